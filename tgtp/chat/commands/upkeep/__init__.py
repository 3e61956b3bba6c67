"""/maintain, /correct, /code: upkeep of sub-accounts by hand."""
