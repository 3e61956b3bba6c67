"""What people do by hand: pause, resume, close, re-arm, maintain, correct, and their preferences."""
