"""Guards: what closes a leg down to its base once it has won."""
