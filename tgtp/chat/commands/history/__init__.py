"""/history, /why, /ack, /report, /pnl, /export, /health: what was, and how the bot is doing."""
