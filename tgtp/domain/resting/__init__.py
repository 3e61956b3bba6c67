"""Tiers that wait at the exchange itself."""
