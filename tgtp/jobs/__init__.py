"""The jobs behind the words of the command line."""
