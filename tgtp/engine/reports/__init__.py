"""Reports: when they are due, and what goes into them."""
