"""Pictures: what they show, and how matplotlib draws them."""
