"""OKX through ccxt. Nothing outside this folder names ccxt."""
