"""The sentences of problems: a key for each that is raised anywhere. Ledgers hold keys, which keep their names and values."""
