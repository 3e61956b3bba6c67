"""How wild a coin is now against its own month, and the thresholds that follow it."""
