"""What is told, how loudly, and what is not delivered yet."""
