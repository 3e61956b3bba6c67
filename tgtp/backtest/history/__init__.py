"""Where bars and funding rates come from: files of people, the cache, OKX's history."""
