"""Pauses of an account: written down, lifted, ended when their time has run out."""
