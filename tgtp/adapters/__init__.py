"""The outside world: a folder or a file for each neighbour."""
