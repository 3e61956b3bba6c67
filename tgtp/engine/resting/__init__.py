"""Tiers that rest at the exchange: placed, watched, and brought to their end."""
