"""What the stream of mark prices means for the rules."""
