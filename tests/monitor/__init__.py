"""The monitoring page."""
