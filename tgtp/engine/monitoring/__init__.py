"""What is observed of the account and of the checks themselves: data, outages, liquidation, API key, metrics, equity."""
