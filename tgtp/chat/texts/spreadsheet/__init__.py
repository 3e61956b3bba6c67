"""What stands in the cells of an exported table."""
