"""How values look, and how they are filled into sentences."""
