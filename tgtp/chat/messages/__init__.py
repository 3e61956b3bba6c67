"""A message as a value, how commands and alerts send or edit it, and the account's name on it."""
