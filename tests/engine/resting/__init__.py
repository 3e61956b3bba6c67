"""Tests of tiers that rest at the exchange."""
