"""Thresholds that follow the volatility: what is in force, and the switch."""
