"""What the exchange announces in advance."""
