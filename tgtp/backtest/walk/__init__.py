"""The same rules over bars: the real engine looks where a price could change a decision, and nothing happens between."""
