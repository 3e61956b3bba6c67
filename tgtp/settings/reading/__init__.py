"""What was written: the lines of ``.env``, what secrets look like, and why something is refused."""
