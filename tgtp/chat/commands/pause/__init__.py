"""Pauses: /pause, /resume, and the buttons that lift what /resume does not."""
