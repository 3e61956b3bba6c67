"""When, and in what order: the cycle and the ports it speaks through."""
