"""Guards: what ends a loss, or keeps a win, that no tier and no hedge looks at."""
