"""A message as a value, and the one way to send or edit it."""
