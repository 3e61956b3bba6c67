"""What guards must remember between two checks."""
