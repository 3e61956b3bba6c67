"""Values in words, and for whom: numbers, names, states of legs, errors, the ids in callback data. Nothing here sends."""
