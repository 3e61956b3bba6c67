"""The guards at work: what they have seen, and what they do about it."""
