"""/panel, /accounts: everything at a glance."""
