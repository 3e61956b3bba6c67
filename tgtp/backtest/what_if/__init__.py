"""A trader's own legs of the past, walked again under other rules."""
