"""One small server on this computer, for whatever pages the program has: who may connect, who may come in, and streams."""
