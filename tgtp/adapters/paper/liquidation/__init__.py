"""When the paper exchange takes a leg away: by what it must keep, and where that is used up."""
