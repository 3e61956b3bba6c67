"""Alerts and lines of history: numbers in front, the story behind."""
