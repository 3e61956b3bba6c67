"""Values in words: numbers, names, states of legs, errors, and the ids in callback data. Nothing here sends."""
