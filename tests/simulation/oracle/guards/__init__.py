"""The judge of guards: by its own reckoning, not by the engine's code."""
