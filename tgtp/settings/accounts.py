"""The settings of each account: ``ACCOUNTS`` names them, and ``ALPHA_…`` belongs to the one named alpha."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import SecretStr

from tgtp.domain.model import MAIN, Value
from tgtp.domain.plan import Switches
from tgtp.errors import SettingsInvalid

Role = Literal["main", "sub"]

KEYS = ("API_KEY", "API_SECRET", "API_PASSPHRASE")
SWITCHES = ("LADDER", "HEDGE", "MAINTENANCE", "CORRECTION")
ON = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
# Words that stand where the name of an account may stand, and names that other settings begin with.
TAKEN = frozenset(
    {
        *("all", "long", "short", "cross", "isolated", "keep", "base", "default", "defaults", "reset", "on", "off"),
        *("day", "today", "yesterday", "week", "lastweek", "month", "lastmonth", "last"),
        *("okx", "telegram", "log", "data", "local", "sub"),
    }
)


class AccountSettings(Value):
    """One account. ``keys`` are key, secret and passphrase, as far as they are set; those of main are ``OKX_API_…``.

    ``problem``: why it cannot be started, "" where it can. It stops this account only.
    """

    name: str = MAIN
    role: Role = "main"
    keys: tuple[SecretStr, ...] = ()
    switches: Switches = Switches()
    problem: str = ""


def names_of(accounts: Iterable[str]) -> list[str]:
    """Name every setting that belongs to these accounts alone."""
    return [
        f"{account.upper()}_{word}" for account in accounts for word in (*(() if account == MAIN else KEYS), *SWITCHES, "ROLE")
    ]


def account_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Read ``ACCOUNTS``; main alone where it is empty. Raises SettingsInvalid."""
    text = environment.get("ACCOUNTS", "")
    names = [word.lower() for word in re.split(r"[,\s]+", text) if word] or [MAIN]
    wants = f"ACCOUNTS={text!r}: {{}}; it wants names of letters and digits, main first, as main,alpha,beta"
    for name in names:
        if not NAME.fullmatch(name):
            raise SettingsInvalid(wants.format(f"{name[:20]!r} is no name of an account (1 to 12 letters or digits)"))
        if name in TAKEN:
            raise SettingsInvalid(wants.format(f"{name!r} means something else in commands or settings"))
    if names[0] != MAIN:
        raise SettingsInvalid(wants.format("the first account is the main one"))
    if len(set(names)) < len(names):
        raise SettingsInvalid(wants.format("an account is named twice"))
    return tuple(names)


def read_accounts(environment: Mapping[str, str], *, needs_keys: bool) -> tuple[AccountSettings, ...]:
    """Read every account; ``environment`` has names in upper case. Raises SettingsInvalid for what is wrong with main."""
    names = account_names(environment)
    found: list[AccountSettings] = []
    for name in names:
        try:
            found.append(_read(environment, name, _others(environment, names, name), needs_keys=needs_keys))
        except SettingsInvalid as exc:
            if name == MAIN:
                raise
            keys = tuple(SecretStr(key) for key in _keys(environment, name) if key)
            found.append(AccountSettings(name=name, role="sub", keys=keys, problem=str(exc)))
    return tuple(found)


def _read(environment: Mapping[str, str], name: str, others: Mapping[str, str], *, needs_keys: bool) -> AccountSettings:
    """Read one account; ``others`` are the keys of the others with the names of their settings. Raises SettingsInvalid."""
    prefix, keys = name.upper(), _keys(environment, name)
    missing = [f"{prefix}_{word}" for word, key in zip(KEYS, keys, strict=False) if not key]
    if needs_keys and missing:
        raise SettingsInvalid(
            f"{missing[0]} is empty, but EXCHANGE=okx needs it for the account {name}; put it into .env, "
            f"or take {name} out of ACCOUNTS"
        )
    if keys and keys[0] in others:
        raise SettingsInvalid(
            f"{prefix}_API_KEY is the same key as {others[keys[0]]}: two accounts would trade the same legs twice; "
            "give each account its own key"
        )
    role = _role(environment, name)
    switches = Switches(**{word.lower(): _switch(environment, name, word) for word in SWITCHES})
    if role == "main" and (switches.maintenance or switches.correction):
        word = "MAINTENANCE" if switches.maintenance else "CORRECTION"
        raise SettingsInvalid(f"{prefix}_{word}=on, but {name} is no sub-account; set it to off, or {prefix}_ROLE to sub")
    return AccountSettings(name=name, role=role, keys=tuple(SecretStr(key) for key in keys if key), switches=switches)


def _keys(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(environment.get(f"{name.upper()}_{word}", "").strip() for word in KEYS) if name != MAIN else ()


def _others(environment: Mapping[str, str], names: Iterable[str], name: str) -> dict[str, str]:
    """Give the keys of all accounts but one, main's among them."""
    # Of two that have the same it is not known whose it is: neither starts.
    keys = {f"{other.upper()}_API_KEY": _keys(environment, other)[0] for other in names if other not in (name, MAIN)}
    keys["OKX_API_KEY"] = environment.get("OKX_API_KEY", "").strip()
    return {key: setting for setting, key in keys.items() if key}


def _role(environment: Mapping[str, str], name: str) -> Role:
    text = environment.get(f"{name.upper()}_ROLE", "").strip().lower() or (MAIN if name == MAIN else "sub")
    if text == "main":
        return "main"
    if text == "sub":
        return "sub"
    raise SettingsInvalid(f"{name.upper()}_ROLE={text!r} is not valid; it wants main or sub")


def _switch(environment: Mapping[str, str], name: str, word: str) -> bool:
    text = environment.get(f"{name.upper()}_{word}", "").strip().lower()
    if not text:
        return bool(Switches.model_fields[word.lower()].default)
    if text not in ON:
        raise SettingsInvalid(f"{name.upper()}_{word}={text!r} is not valid; it wants on or off")
    return ON[text]
