"""The monitoring page: what the engine knows and decides, as plain JSON and as a picture."""
