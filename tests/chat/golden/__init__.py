"""Golden texts: every view, word for word, in both languages, with 0, 1, 2 and 60 legs.

``python -m tests.chat.golden`` writes the files anew; what changed is then read in the diff, in both languages.
"""
