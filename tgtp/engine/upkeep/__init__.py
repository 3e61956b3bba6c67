"""Maintenance and correction of sub-accounts: when they are due, who carries them out, what of them is on disk."""
