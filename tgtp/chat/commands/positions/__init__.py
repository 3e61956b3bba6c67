"""/status, /leg, /pair, /pairs, /chart, /equity: what is held, in text and pictures."""
