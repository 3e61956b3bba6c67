"""Decides between two checks, by what the exchange pushes."""
