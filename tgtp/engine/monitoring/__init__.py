"""What is observed of the account and of the checks themselves, who hears of it, and what is said only once."""
