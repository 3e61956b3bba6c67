"""/close: what is asked for, the card that asks back, the outcome."""
