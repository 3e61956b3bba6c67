"""What stands on the console: the story of the checks, the log's set-up, and no secret."""
