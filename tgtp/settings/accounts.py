"""The settings of each account: ``ACCOUNTS`` names them, and ``ALPHA_…`` belongs to the one named alpha."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from pydantic import SecretStr

from tgtp.domain.guards.drawdown import DrawdownRules, parsed_action, parsed_fall, rules_of
from tgtp.domain.model import MAIN, Value
from tgtp.domain.plan import Switches
from tgtp.domain.resting.rules import RestingMode
from tgtp.errors import Invalid, Problem
from tgtp.settings.hints import WANTS
from tgtp.settings.reading.refusals import Refusal, SettingsRefused
from tgtp.settings.reading.secret_shapes import HIDDEN, KEYS, shown

Role = Literal["main", "sub"]

DRAWDOWN = ("DRAWDOWN_WARN", "DRAWDOWN_LIMIT", "DRAWDOWN_ACTION")
# What the main account has among the settings of all, without its name: OKX_API_KEY, DRAWDOWN_WARN, DYNAMIC, RESTING.
NAMELESS = (*KEYS, *DRAWDOWN, "DYNAMIC", "RESTING")
SWITCHES = ("LADDER", "HEDGE", "MAINTENANCE", "CORRECTION")
ON = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
RESTING: Final[Mapping[str, RestingMode]] = {"off": "off", "all": "all"}
NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
# Words that stand where the name of an account may stand, and names that other settings begin with.
TAKEN = frozenset(
    {
        *("all", "long", "longs", "short", "shorts", "cross", "isolated", "keep", "base"),
        *("default", "defaults", "reset", "on", "off"),
        *("day", "today", "yesterday", "week", "lastweek", "month", "lastmonth", "last"),
        *("okx", "telegram", "log", "data", "local", "sub"),
    }
)


class AccountSettings(Value):
    """One account. ``keys`` are key, secret and passphrase, as far as they are set; those of main are ``OKX_API_…``.

    ``dynamic``: whether thresholds follow the volatility; None where it is as ``DYNAMIC`` says. ``resting``: whether tiers rest
    at the exchange; None where it is as ``RESTING`` says. ``problems``: why it cannot be started; none where it can. They stop
    this account only.
    """

    name: str = MAIN
    role: Role = "main"
    keys: tuple[SecretStr, ...] = ()
    switches: Switches = Switches()
    drawdown: DrawdownRules = DrawdownRules()
    dynamic: bool | None = None
    resting: RestingMode | None = None
    problems: tuple[Problem, ...] = ()


def names_of(accounts: Iterable[str]) -> list[str]:
    """Name every setting that belongs to these accounts alone."""
    return [
        f"{account.upper()}_{word}"
        for account in accounts
        for word in (*(() if account == MAIN else NAMELESS), *SWITCHES, "ROLE")
    ]


def account_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Read ``ACCOUNTS``; main alone where it is empty. Raises SettingsRefused."""
    text = environment.get("ACCOUNTS", "")
    names = [word.lower() for word in re.split(r"[,\s]+", text) if word] or [MAIN]
    got = shown(text)
    why: Problem | None = None
    for name in names:
        if not NAME.fullmatch(name):
            why = Problem("setting.account.name", name=HIDDEN if got == HIDDEN else repr(name[:20]))
        elif name in TAKEN:
            why = Problem("setting.account.taken", name=repr(name))
    if not why and names[0] != MAIN:
        why = Problem("setting.account.first")
    if not why and len(set(names)) < len(names):
        why = Problem("setting.account.twice")
    if why:
        raise SettingsRefused([Refusal("ACCOUNTS", why, got=got, wants=WANTS["accounts"])])
    return tuple(names)


def is_of_an_account(name: str) -> bool:
    """Return whether a name is made as those of the settings of one account are, of any account.

    >>> is_of_an_account("BETA_API_KEY"), is_of_an_account("BETA_LADDER"), is_of_an_account("BETA_COLOUR")
    (True, True, False)
    """
    account, _, word = name.partition("_")
    return word in (*NAMELESS, *SWITCHES, "ROLE") and bool(NAME.fullmatch(account.lower()))


def read_accounts(
    environment: Mapping[str, str], *, needs_keys: bool, wrong: Sequence[Refusal] = ()
) -> tuple[AccountSettings, ...]:
    """Read every account; ``environment`` has names in upper case, ``wrong`` is what was found before of any of them.

    Raises SettingsRefused for all that is wrong with main: it holds what the others stand on.
    """
    names = account_names(environment)
    return tuple(
        _read(
            environment,
            name,
            _others(environment, names, name),
            [refusal for refusal in wrong if name in refusal.of],
            needs_keys=needs_keys,
        )
        for name in names
    )


def _read(
    environment: Mapping[str, str], name: str, others: Mapping[str, str], wrong: list[Refusal], *, needs_keys: bool
) -> AccountSettings:
    """Read one account; ``others`` are the keys of the others with the names of their settings. Raises SettingsRefused."""
    prefix, keys = name.upper(), _keys(environment, name)
    for word in [f"{prefix}_{word}" for word, key in zip(KEYS, keys, strict=False) if needs_keys and not key]:
        wrong.append(Refusal(word, Problem("setting.account.key", setting=word, name=name)))
    for word, key in zip(KEYS, keys, strict=False):
        if not (key.isascii() and (key.isprintable() or not key)):
            wrong.append(Refusal(f"{prefix}_{word}", Problem("setting.letters"), got=HIDDEN))
    if keys and keys[0] in others:
        setting = f"{prefix}_API_KEY"
        wrong.append(Refusal(setting, Problem("setting.account.same", setting=setting, other=others[keys[0]])))
    role, switches = _role(environment, name, wrong), _switches(environment, name, wrong)
    if role == "main" and (switches.maintenance or switches.correction):
        setting = f"{prefix}_{'MAINTENANCE' if switches.maintenance else 'CORRECTION'}"
        why = Problem("setting.account.main", name=setting, account=name, role=f"{prefix}_ROLE")
        wrong.append(Refusal(setting, why))
    drawdown = _drawdown(environment, name, wrong)
    dynamic = _switch(environment, f"{prefix}_DYNAMIC", wrong) if name != MAIN else None
    resting = _resting(environment, f"{prefix}_RESTING", wrong) if name != MAIN else None
    set_keys = tuple(SecretStr(key) for key in keys if key)
    if not wrong:
        return AccountSettings(
            name=name, role=role, keys=set_keys, switches=switches, drawdown=drawdown, dynamic=dynamic, resting=resting
        )
    if name == MAIN:
        raise SettingsRefused(wrong)
    return AccountSettings(name=name, role="sub", keys=set_keys, problems=tuple(refusal.problem for refusal in wrong))


def _keys(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(environment.get(f"{name.upper()}_{word}", "").strip() for word in KEYS) if name != MAIN else ()


def _others(environment: Mapping[str, str], names: Iterable[str], name: str) -> dict[str, str]:
    """Return the keys of all accounts but one, main's among them."""
    # Of two that have the same it is not known whose it is: neither starts.
    keys = {f"{other.upper()}_API_KEY": _keys(environment, other)[0] for other in names if other not in (name, MAIN)}
    keys["OKX_API_KEY"] = environment.get("OKX_API_KEY", "").strip()
    return {key: setting for setting, key in keys.items() if key}


def _role(environment: Mapping[str, str], name: str, wrong: list[Refusal]) -> Role:
    text = environment.get(f"{name.upper()}_ROLE", "").strip()
    if text.lower() == "main":
        return "main"
    if text.lower() == "sub":
        return "sub"
    if text:
        wrong.append(Refusal(f"{name.upper()}_ROLE", got=shown(text), wants=Problem("setting.wants.role")))
    return "main" if name == MAIN else "sub"


def _switches(environment: Mapping[str, str], name: str, wrong: list[Refusal]) -> Switches:
    found = {word.lower(): _switch(environment, f"{name.upper()}_{word}", wrong) for word in SWITCHES}
    return Switches(**{word: on for word, on in found.items() if on is not None})


def _switch(environment: Mapping[str, str], setting: str, wrong: list[Refusal]) -> bool | None:
    text = environment.get(setting, "").strip()
    if text and text.lower() not in ON:
        wrong.append(Refusal(setting, got=shown(text), wants=Problem("setting.wants.switch")))
    return ON.get(text.lower())


def _resting(environment: Mapping[str, str], setting: str, wrong: list[Refusal]) -> RestingMode | None:
    text = environment.get(setting, "").strip()
    if text and text.lower() not in RESTING:
        wrong.append(Refusal(setting, got=shown(text), wants=WANTS["resting"]))
    return RESTING.get(text.lower())


def _drawdown(environment: Mapping[str, str], name: str, wrong: list[Refusal]) -> DrawdownRules:
    if name == MAIN:
        return DrawdownRules()
    setting = ""
    texts = {word: environment.get(f"{name.upper()}_{word}", "") for word in DRAWDOWN}
    try:
        setting = "DRAWDOWN_LIMIT"
        limit = parsed_fall(texts[setting])
        setting = "DRAWDOWN_ACTION"
        action = parsed_action(texts[setting])
        setting = "DRAWDOWN_WARN"
        return rules_of(parsed_fall(texts[setting]), limit, action)
    except Invalid as exc:
        wrong.append(Refusal(f"{name.upper()}_{setting}", exc.problem, got=shown(texts[setting])))
        return DrawdownRules()
