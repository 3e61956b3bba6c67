"""What people ask for. Each topic has a folder of its own: handlers, views and parsers together."""
