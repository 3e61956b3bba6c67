"""Tests of decisions by pushed prices."""
