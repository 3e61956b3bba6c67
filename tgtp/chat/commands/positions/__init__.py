"""/status, /leg, /pair, /chart: the legs."""
