"""Checks that are woken: they come milliseconds apart, and change nothing but how soon a thing is done."""
