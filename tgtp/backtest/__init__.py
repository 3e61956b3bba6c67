"""What the rules would have done: bars of the past, and the same rules over them."""
