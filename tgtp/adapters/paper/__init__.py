"""The paper exchange: its account, and prices that move."""
