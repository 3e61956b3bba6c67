"""Tiers that rest at the exchange: what rests, and the switch."""
