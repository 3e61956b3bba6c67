"""The rules of maintenance and correction."""
