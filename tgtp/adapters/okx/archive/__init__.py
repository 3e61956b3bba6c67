"""OKX's record of the past: bars of years, and the funding rates of three months."""
