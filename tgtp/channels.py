"""Builds the ways besides Telegram by which people are reached."""

from __future__ import annotations

from tgtp.adapters.heartbeat import Heartbeat
from tgtp.chat.commands.history.drill_commands import Channel
from tgtp.chat.console.redaction import Redaction
from tgtp.engine.ports import FallbackNotifier
from tgtp.settings.environment import Settings


def build_fallback(settings: Settings) -> FallbackNotifier | None:
    """Build the second way out, if there is one."""
    if not settings.alert_addresses:
        return None
    # Imported here: whoever has no such address need not pay 40 MB for it.
    from tgtp.adapters.apprise_alerts import AppriseFallback  # noqa: PLC0415

    return AppriseFallback(settings.alert_addresses, Redaction(settings.secrets).strike, settings.also_sounded)


def build_channels(settings: Settings, heartbeat: Heartbeat | None) -> list[Channel]:
    """Build the ways besides Telegram by which a drill goes out, each by itself."""
    found = []
    if settings.alert_addresses:
        from tgtp.adapters.apprise_alerts import AppriseFallback  # noqa: PLC0415

        strike = Redaction(settings.secrets).strike
        for number, address in enumerate(settings.alert_addresses, 1):
            name = f"ALERT_URLS {number} ({address.partition('://')[0]}://)"
            found.append(Channel(name, AppriseFallback([address], strike).heard))
    if heartbeat is not None:
        alive = heartbeat
        found.append(Channel("HEARTBEAT_URL", lambda _: alive.try_once()))
    return found
