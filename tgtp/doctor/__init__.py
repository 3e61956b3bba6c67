"""Looks at everything that a start needs, and says what to do; sends no order, takes no lock, writes nothing that is kept."""
