"""Tests of what is to rest."""
