"""/tiers, /rearm: the ladders, seen and changed."""
