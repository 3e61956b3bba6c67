"""Whether what a row says of a leg is to be believed."""
