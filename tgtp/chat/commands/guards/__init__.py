"""Guards of legs: seen and set."""
