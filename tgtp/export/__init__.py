"""What the data folder holds, taken out of it: as tables for people's own analysis, and as a backup that can be restored.

The bot may run meanwhile: nothing here takes the ledger's lock but a restore.
"""
