"""What each setting wants, in the words of a refusal."""

from __future__ import annotations

from typing import Final

# No name and password in an address: they would be struck out, as real ones are.
_PROXY = (
    "direct, or an address as http://127.0.0.1:7890 or socks5h://127.0.0.1:1080 "
    "(a name and a password stand before the host as name:password@; # in them is %23)"
)

WANTS: Final = {
    "exchange": "paper or okx",
    "paper_prices": "simulated or live",
    "chat": "local or telegram",
    "language": "zh, en, or nothing (each user's own)",
    "proxy_url": _PROXY,
    "okx_proxy_url": _PROXY,
    "telegram_proxy_url": _PROXY,
    "telegram_allowed_users": "numeric user ids, comma separated, as 12345678,87654321",
    "telegram_api_url": "an address as https://api.telegram.org",
    "local_chat_port": "a port from 0 to 65535",
    "local_chat_token": "32 to 200 letters, digits, - and _",
    "okx_api_url": "an address as https://www.okx.com",
    "okx_ws_url": "an address as wss://ws.okx.com:8443/ws/v5",
    "okx_demo": "true or false",
    "allow_live_local_chat": "true or false",
    "accounts": "names of letters and digits, main first, as main,alpha,beta",
    "maintenance_plan": "rounds BUY:KEEP in USDT of margin, as 100:10,100:10,200:20",
    "sub_maintain_at": "a ROI in percent from -100 to below 0, as -10",
    "first_start": "pause or run",
    "guard_mode": "guard or watch",
    "totp_secret": "a base32 secret of 23 characters or more",
    "check_interval": "whole seconds from 1 to 3600",
    "min_margin": "an amount in USDT from 0 to 1000000, as 1",
    "keep_margin": "an amount in USDT above 0 and up to 1000000, as 1",
    "long_tiers": "rising tiers ROI:SHARE in percent, as 25:30,35:50,50:50",
    "short_tiers": "rising tiers ROI:SHARE in percent, as 35:30,45:50,55:50",
    "rearm": "on_close or on_add",
    "max_slippage": "percent of the mark price from 0 (off) to 50, as 0.5",
    "timezone": "a name as Asia/Shanghai or UTC",
    "report_at": "a time of day as 08:00, or off",
    "liquidation_warn": "percent of the price from 0 (off) to 100, as 20",
    "alert_level": "critical or tiers",
    "heartbeat_url": "an address as https://hc-ping.com/your-uuid",
    "data_dir": "a folder",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
}
