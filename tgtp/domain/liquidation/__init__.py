"""Where the exchange takes a leg away, because what bears its loss is used up."""
