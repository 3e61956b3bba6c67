"""Tests of what pushed prices mean."""
