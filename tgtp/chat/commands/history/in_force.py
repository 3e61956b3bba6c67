"""The settings in force, to be shown: of a secret only whether it is set."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from tgtp.settings.environment import SECRETS, Settings
from tgtp.settings.proxies import PROXIES


class Shown(NamedTuple):
    """A setting as it may be shown; ``value`` is None of a secret, which ``is_set`` or not."""

    name: str
    value: str | None
    is_set: bool = True


def in_force(settings: Settings) -> tuple[Shown, ...]:
    """List every setting, in the order in which they are declared."""
    return tuple(_shown(name, getattr(settings, name)) for name in type(settings).model_fields)


def _shown(name: str, value: Any) -> Shown:
    if name in SECRETS or name in PROXIES or isinstance(value, SecretStr):
        return Shown(name.upper(), None, value is not None)
    return Shown(name.upper(), _written(name, value))


def _written(name: str, value: Any) -> str:
    if name == "accounts":
        return ",".join(account.name for account in value)
    if name.endswith("_url") and value:
        # Not what an address may hold besides: a name, a password, a key.
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if value is None:
        return "off" if name == "report_at" else ""
    return f"{value}"
