"""OKX's rows → values. Every field is a string, and ``""`` where it does not apply."""
