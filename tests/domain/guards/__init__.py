"""Tests of the guards as decisions."""
