"""How things stand, in the words that the chat and the monitoring page share."""
