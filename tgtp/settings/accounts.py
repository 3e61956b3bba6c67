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
    {"all", "long", "short", "cross", "isolated", "keep", "base", "okx", "telegram", "log", "data", "local", "sub"}
)


class AccountSettings(Value):
    """One account. ``keys`` are key, secret and passphrase, as far as they are set; those of main are ``OKX_API_…``."""

    name: str = MAIN
    role: Role = "main"
    keys: tuple[SecretStr, ...] = ()
    switches: Switches = Switches()


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
    """Read every account; ``environment`` has names in upper case. Raises SettingsInvalid."""
    found: list[AccountSettings] = []
    owner: dict[str, str] = {environment["OKX_API_KEY"].strip(): "OKX_API_KEY"} if environment.get("OKX_API_KEY") else {}
    for name in account_names(environment):
        prefix = name.upper()
        keys = tuple(environment.get(f"{prefix}_{word}", "").strip() for word in KEYS) if name != MAIN else ()
        missing = [f"{prefix}_{word}" for word, key in zip(KEYS, keys, strict=False) if not key]
        if needs_keys and missing:
            raise SettingsInvalid(
                f"{missing[0]} is empty, but EXCHANGE=okx needs it for the account {name}; put it into .env, "
                f"or take {name} out of ACCOUNTS"
            )
        if keys and keys[0]:
            if keys[0] in owner:
                raise SettingsInvalid(
                    f"{prefix}_API_KEY is the same key as {owner[keys[0]]}: two accounts would trade the same legs twice; "
                    "give each account its own key"
                )
            owner[keys[0]] = f"{prefix}_API_KEY"
        role = _role(environment, name)
        switches = Switches(**{word.lower(): _switch(environment, name, word) for word in SWITCHES})
        if role == "main" and (switches.maintenance or switches.correction):
            word = "MAINTENANCE" if switches.maintenance else "CORRECTION"
            raise SettingsInvalid(f"{prefix}_{word}=on, but {name} is no sub-account; set it to off, or {prefix}_ROLE to sub")
        found.append(
            AccountSettings(name=name, role=role, keys=tuple(SecretStr(key) for key in keys if key), switches=switches)
        )
    return tuple(found)


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
