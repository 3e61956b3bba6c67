"""What the page asks for besides its document."""
