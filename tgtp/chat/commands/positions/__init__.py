"""/status, /leg, /pair, /pairs, /chart, /equity; and /pause, /resume, /close of one account."""
