"""Tests of the guards in the engine."""
