"""What is on disk: the ledger in TinyDB, events by month, equity samples. Nothing outside this folder names tinydb."""
