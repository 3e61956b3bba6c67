"""Orders: sent, looked up, brought to their end."""
