"""What a person reads who types a command in a terminal."""
