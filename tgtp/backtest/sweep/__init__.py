"""Many backtests at once: which rules were the best, and whether they stay so on bars that did not choose them."""
