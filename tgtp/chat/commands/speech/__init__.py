"""What people type in their own words."""
