"""What the page asks for besides its document: one leg, the money of some days, past events."""
