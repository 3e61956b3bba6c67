"""Thresholds that follow how wild a coin is: what is known of it, where that is wanted, and who reads it."""
