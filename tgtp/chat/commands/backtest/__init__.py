"""Backtests on the phone."""
