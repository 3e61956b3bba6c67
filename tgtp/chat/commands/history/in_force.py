"""The settings in force, to be shown: of a secret only whether it is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from tgtp.domain.guards.drawdown import DrawdownRules, written_fall
from tgtp.domain.guards.rules import written_give_back
from tgtp.domain.model import MAIN
from tgtp.settings.accounts import DRAWDOWN, SWITCHES, AccountSettings
from tgtp.settings.environment import SECRETS, Settings
from tgtp.settings.proxies import PROXIES
from tgtp.settings.reading.secret_shapes import KEYS


class Shown(NamedTuple):
    """A setting as it may be shown; ``value`` is None of a secret, which ``is_set`` or not."""

    name: str
    value: str | None
    is_set: bool = True


def in_force(settings: Settings) -> tuple[Shown, ...]:
    """List every setting, in the order in which they are declared; then those of each account, where it has any."""
    of_all = [_shown(name, getattr(settings, name)) for name in type(settings).model_fields]
    of_one = [row for account in settings.startable if account != AccountSettings() for row in _of_account(account, settings)]
    return (*of_all, *of_one)


def drawdown_texts(rules: DrawdownRules) -> dict[str, str]:
    """Return what the settings of a drawdown guard say, by name."""
    return dict(zip(DRAWDOWN, (written_fall(rules.warn), written_fall(rules.limit), rules.action), strict=True))


def _of_account(account: AccountSettings, settings: Settings) -> Iterator[Shown]:
    prefix = account.name.upper()
    texts = {"ROLE": account.role, **{word: on_off(getattr(account.switches, word.lower())) for word in SWITCHES}}
    if account.name != MAIN:
        yield from (Shown(f"{prefix}_{word}", None, bool(account.keys)) for word in KEYS)
        texts |= {**drawdown_texts(account.drawdown), "DYNAMIC": on_off(settings.scales(account))}
        texts["RESTING"] = settings.resting_of(account).mode
    yield from (Shown(f"{prefix}_{word}", text) for word, text in texts.items())


def on_off(on: bool) -> str:
    """Write a switch as settings have it."""
    return "on" if on else "off"


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
    if name == "give_back":
        return written_give_back(value or Decimal(0))
    if name in ("drawdown_warn", "drawdown_limit"):
        return written_fall(value)
    if value is None:
        return "off" if name == "report_at" else ""
    return f"{value}"
