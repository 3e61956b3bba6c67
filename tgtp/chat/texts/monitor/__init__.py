"""The words of the monitoring page."""
