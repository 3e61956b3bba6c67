"""What legs are charged or paid for being held."""
