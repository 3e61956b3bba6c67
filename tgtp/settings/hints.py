"""What each setting wants, as a refusal says it."""

from __future__ import annotations

from typing import Final

from tgtp.errors import Problem

# No name and password in an address: they would be struck out, as real ones are.
_PROXY = Problem("setting.wants.proxy", http="http://127.0.0.1:7890", socks="socks5h://127.0.0.1:1080")
_BOOL = Problem("setting.wants.bool")

WANTS: Final = {
    "exchange": Problem("setting.wants.exchange"),
    "paper_prices": Problem("setting.wants.prices"),
    "paper_drama": Problem("setting.wants.dynamic"),
    "chat": Problem("setting.wants.chat"),
    "language": Problem("setting.wants.language"),
    "proxy_url": _PROXY,
    "okx_proxy_url": _PROXY,
    "telegram_proxy_url": _PROXY,
    "telegram_allowed_users": Problem("setting.wants.users"),
    "telegram_api_url": Problem("setting.wants.address", example="https://api.telegram.org"),
    "local_chat_port": Problem("setting.wants.port"),
    "local_chat_token": Problem("setting.wants.token"),
    "monitor": Problem("setting.wants.dynamic"),
    "monitor_host": Problem("setting.wants.host"),
    "monitor_password": Problem("setting.wants.password"),
    "monitor_url": Problem("setting.wants.address", example="https://tgtp.example/monitor"),
    "okx_api_url": Problem("setting.wants.address", example="https://www.okx.com"),
    "okx_ws_url": Problem("setting.wants.address", example="wss://ws.okx.com:8443/ws/v5"),
    "okx_demo": _BOOL,
    "allow_live_local_chat": _BOOL,
    "accounts": Problem("setting.wants.accounts"),
    "maintenance_plan": Problem("setting.wants.plan"),
    "sub_maintain_at": Problem("setting.wants.roi"),
    "first_start": Problem("setting.wants.first"),
    "drawdown_warn": Problem("setting.wants.fall"),
    "drawdown_limit": Problem("setting.wants.fall"),
    "drawdown_action": Problem("setting.wants.action"),
    "guard_mode": Problem("setting.wants.guard"),
    "give_back": Problem("setting.wants.give_back"),
    "break_even": Problem("setting.wants.break_even"),
    "totp_secret": Problem("setting.wants.totp"),
    "check_interval": Problem("setting.wants.seconds"),
    "stream": Problem("setting.wants.dynamic"),
    "stream_max_age": Problem("setting.wants.max_age"),
    "resting": Problem("setting.wants.resting"),
    "resting_grace": Problem("setting.wants.grace"),
    "resting_at_exit": Problem("setting.wants.at_exit"),
    "min_margin": Problem("setting.wants.min"),
    "keep_margin": Problem("setting.wants.keep"),
    "long_tiers": Problem("setting.wants.tiers", example="25:30,35:50,50:50"),
    "short_tiers": Problem("setting.wants.tiers", example="35:30,45:50,55:50"),
    "dynamic": Problem("setting.wants.dynamic"),
    "rearm": Problem("setting.wants.rearm"),
    "max_slippage": Problem("setting.wants.slippage"),
    "timezone": Problem("setting.wants.zone"),
    "report_at": Problem("setting.wants.time"),
    "liquidation_warn": Problem("setting.wants.liquidation"),
    "funding_warn": Problem("setting.wants.funding"),
    "alert_level": Problem("setting.wants.alerts"),
    "heartbeat_url": Problem("setting.wants.address", example="https://hc-ping.com/your-uuid"),
    "data_dir": Problem("setting.wants.folder"),
    "log_level": Problem("setting.wants.level"),
    "log_legs_every": Problem("setting.wants.minutes"),
}
