"""The document of the page."""
