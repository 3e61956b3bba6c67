"""An event in words: one line, an alert, an explanation, a CSV row, a report, a risk of the API key."""
