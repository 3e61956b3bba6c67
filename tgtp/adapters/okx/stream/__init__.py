"""What OKX pushes by itself, over WebSockets (https://www.okx.com/docs-v5/en/#overview-websocket)."""
