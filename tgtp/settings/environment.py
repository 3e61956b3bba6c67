"""The environment, read once. ``.env.example`` explains every line; the two mirror each other, and a test holds them to it."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from tgtp.domain.ladder import Ladder
from tgtp.domain.model import MAIN, NotNegative, Number, Positive
from tgtp.domain.plan import Rules
from tgtp.domain.resting.rules import RestingMode, RestingRules
from tgtp.domain.upkeep.rules import MaintenancePlan, UpkeepRules
from tgtp.errors import Invalid, Problem
from tgtp.settings.accounts import AccountSettings, account_names, names_of
from tgtp.settings.alerts import AlertSettings
from tgtp.settings.checking import Given, build
from tgtp.settings.guarding import GuardingSettings
from tgtp.settings.pages import PageSettings
from tgtp.settings.proxies import PROXIES, ProxySettings, secrets_of, secrets_of_api, shared_secrets
from tgtp.settings.reading.env_file import EnvFile, given_by, read_env_file, wrong_lines
from tgtp.settings.reading.home import check_home, home
from tgtp.settings.reading.home import env_file as home_file
from tgtp.settings.reading.locale import language_word, machine_language
from tgtp.settings.reading.refusals import Refusal, SettingsRefused, missing
from tgtp.settings.reading.secret_shapes import HIDDEN, KEYS, is_a_name, shown
from tgtp.settings.urls import addresses_in, is_address, is_this_machine, keep_token_at_home, secrets_within

LARGEST_MARGIN = Decimal(1_000_000)
OKX_KEYS = ("okx_api_key", "okx_api_secret", "okx_api_passphrase")
SECRETS = (
    "telegram_bot_token",
    "local_chat_token",
    "monitor_password",
    *OKX_KEYS,
    "heartbeat_url",
    "alert_urls",
    "totp_secret",
)
INTERFACES = ("telegram_api_url", "okx_api_url", "okx_ws_url")
# 112 bits: what is shorter can be guessed from a few codes.
SHORTEST_TOTP = 23
TELEGRAM_API = "https://api.telegram.org"


class Settings(AlertSettings, PageSettings, ProxySettings, GuardingSettings):
    """All settings. ``read_settings`` gives them; what is not given has its default."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    exchange: Literal["paper", "okx"] = "paper"
    paper_prices: Literal["simulated", "live"] = "simulated"
    paper_drama: Literal["off", "on"] = "off"
    chat: Literal["local", "telegram"] = "local"
    language: Literal["zh", "en"] | None = None

    telegram_bot_token: SecretStr | None = None
    telegram_allowed_users: frozenset[int] = frozenset()
    telegram_api_url: str = TELEGRAM_API
    alert_urls: SecretStr | None = None

    okx_api_key: SecretStr | None = None
    okx_api_secret: SecretStr | None = None
    okx_api_passphrase: SecretStr | None = None
    okx_api_url: str = ""
    okx_ws_url: str = ""
    okx_demo: bool = False
    allow_live_local_chat: bool = False

    maintenance_plan: MaintenancePlan = MaintenancePlan.parse("100:10,100:10,200:20")
    sub_maintain_at: Annotated[Number, Field(ge=-100, lt=0)] = Decimal(-10)
    totp_secret: SecretStr | None = None

    check_interval: Annotated[int, Field(ge=1, le=3600)] = 10
    stream: Literal["off", "on"] = "on"
    stream_max_age: Annotated[int, Field(ge=1, le=1000)] = 400
    resting: RestingMode = "off"
    resting_grace: Annotated[int, Field(ge=1, le=60)] = 3
    resting_at_exit: Literal["keep", "cancel"] = "keep"
    min_margin: Annotated[NotNegative, Field(le=LARGEST_MARGIN)] = Decimal(1)
    keep_margin: Annotated[Positive, Field(le=LARGEST_MARGIN)] = Decimal(1)
    long_tiers: Ladder = Ladder.parse("25:30,35:50,50:50")
    short_tiers: Ladder = Ladder.parse("35:30,45:50,55:50")
    dynamic: Literal["off", "on"] = "off"
    rearm: Literal["on_close", "on_add"] = "on_close"
    max_slippage: Annotated[NotNegative, Field(le=50)] = Decimal(0)

    timezone: str = "UTC"
    report_at: dt.time | None = dt.time(8)
    liquidation_warn: Annotated[NotNegative, Field(le=100)] = Decimal(20)
    funding_warn: Annotated[NotNegative, Field(le=100)] = Decimal("0.3")

    heartbeat_url: SecretStr | None = None
    data_dir: Path = Path("data")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_legs_every: Annotated[int, Field(ge=0, le=1440)] = 10

    @field_validator("long_tiers", "short_tiers", mode="before")
    @classmethod
    def _read_ladder(cls, value: Any) -> Any:
        return Ladder.parse(value) if isinstance(value, str) else value

    @field_validator("maintenance_plan", mode="before")
    @classmethod
    def _read_plan(cls, value: Any) -> Any:
        return MaintenancePlan.parse(value) if isinstance(value, str) else value

    @field_validator("totp_secret")
    @classmethod
    def _is_base32(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value().replace(" ", "").upper().rstrip("=")
        if len(text) < SHORTEST_TOTP or not set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
            raise Invalid(Problem("setting.base32"))
        return SecretStr(text)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (ValueError, OSError, LookupError):
            raise Invalid(Problem("setting.zone")) from None

    @field_validator("report_at", mode="before")
    @classmethod
    def _read_time(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        word = value.strip().lower()
        if word == "off":
            return None
        # 8:00 and 08:00, and nothing that only looks like a time.
        if not re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", word):
            raise Invalid(Problem("setting.time"))
        hour, minute = map(int, word.split(":"))
        if hour > 23 or minute > 59:
            raise Invalid(Problem("setting.time"))
        return dt.time(hour, minute)

    @field_validator("language", mode="before")
    @classmethod
    def _read_language(cls, value: Any) -> Any:
        return language_word(value)

    @field_validator(*SECRETS, mode="before")
    @classmethod
    def _strip(cls, value: Any) -> Any:
        # Pasted with a blank; blanks alone are no key.
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("telegram_bot_token", *OKX_KEYS)
    @classmethod
    def _can_be_sent(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not (value.get_secret_value().isascii() and value.get_secret_value().isprintable()):
            raise Invalid(Problem("setting.letters"))
        return value

    @field_validator("min_margin", "keep_margin", "sub_maintain_at", "max_slippage", "liquidation_warn", "funding_warn")
    @classmethod
    def _can_be_written(cls, value: Decimal) -> Decimal:
        # 1e-999999999 is a number, and as long as that when it is written out.
        if int(value.as_tuple().exponent) < -12:
            raise Invalid(Problem("setting.small"))
        return value

    @field_validator("data_dir")
    @classmethod
    def _of_home(cls, value: Path) -> Path:
        if any(ord(letter) < 32 for letter in str(value)):
            raise Invalid(Problem("setting.folder.control"))
        try:
            return value.expanduser()
        except RuntimeError:
            raise Invalid(Problem("setting.folder.home")) from None

    @field_validator("telegram_allowed_users", mode="before")
    @classmethod
    def _read_users(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        words = [word for word in re.split(r"[,\s]+", value) if word]
        # Telegram's ids have at most 52 bits.
        if wrong := next((word for word in words if not re.fullmatch(r"\d{1,16}", word) or not 0 < int(word) < 2**52), None):
            raise Invalid(Problem("setting.user", id=shown(wrong)))
        return frozenset(map(int, words))

    @field_validator("dynamic", "paper_drama", "stream", "resting", "resting_at_exit", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("telegram_api_url", "okx_api_url", "okx_ws_url")
    @classmethod
    def _is_url(cls, value: str, info: Any) -> str:
        if value:
            schemes = ("ws", "wss") if info.field_name == "okx_ws_url" else ("http", "https")
            if not is_address(value, schemes):
                raise Invalid(Problem("setting.address", safe=f"{schemes[1]}://", plain=f"{schemes[0]}://"))
            parts = urlsplit(value)
            if info.field_name.startswith("okx_") and parts.scheme == schemes[0] and not is_this_machine(parts.hostname):
                raise Invalid(Problem("setting.clear", safe=f"{schemes[1]}://"))
            if info.field_name == "telegram_api_url":
                keep_token_at_home(parts)
        return value.rstrip("/")

    @field_validator("heartbeat_url")
    @classmethod
    def _is_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_address(value.get_secret_value(), ("http", "https")):
            raise Invalid(Problem("setting.address", safe="https://", plain="http://"))
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        wrong: list[Refusal] = []
        if self.exchange == "okx":
            wrong += [missing(name, "EXCHANGE=okx") for name in OKX_KEYS if getattr(self, name) is None]
            if self.chat == "local" and not self.allow_live_local_chat and not self.okx_demo:
                wrong.append(Refusal("CHAT", Problem("setting.live")))
        if self.paper_drama == "on" and self.exchange_name == "paper_live":
            wrong.append(Refusal("PAPER_DRAMA", Problem("setting.drama")))
        if self.chat == "telegram" and self.telegram_bot_token is None:
            wrong.append(missing("telegram_bot_token", "CHAT=telegram"))
        wrong += self.misfits(is_monitored=self.is_monitored)
        if wrong:
            raise SettingsRefused(wrong)
        return self

    @property
    def rules(self) -> Rules:
        """The dials of the main rules."""
        return Rules(
            long=self.long_tiers,
            short=self.short_tiers,
            min_margin=self.min_margin,
            keep_margin=self.keep_margin,
            rearm=self.rearm,
            max_slippage=self.max_slippage / 100,
            guards=self.guards,
        )

    def scales(self, account: AccountSettings) -> bool:
        """Return whether the thresholds of an account follow the volatility, before people say otherwise on the phone."""
        return self.dynamic == "on" if account.dynamic is None else account.dynamic

    def resting_of(self, account: AccountSettings) -> RestingRules:
        """Return whether tiers of an account rest at the exchange, before people say otherwise on the phone, and how."""
        mode = account.resting or self.resting
        return RestingRules(mode=mode, grace=Decimal(self.resting_grace), at_exit=self.resting_at_exit)

    @property
    def upkeep(self) -> UpkeepRules:
        """The dials of the sub-accounts' upkeep."""
        return UpkeepRules(plan=self.maintenance_plan, maintain_at=self.sub_maintain_at / 100)

    @property
    def is_monitored(self) -> bool:
        """Return whether there is a monitoring page."""
        return self.chat == "local" if self.monitor is None else self.monitor == "on"

    @property
    def is_streamed(self) -> bool:
        """Return whether OKX's stream is used: paper accounts have none."""
        return self.exchange == "okx" and self.stream == "on"

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone whose days the reports follow."""
        return ZoneInfo(self.timezone)

    @property
    def legs_every(self) -> dt.timedelta:
        """After how long the log lists all legs again; 0 for never."""
        return dt.timedelta(minutes=self.log_legs_every)

    @property
    def knows_the_past(self) -> bool:
        """Whether the prices are OKX's, which keeps those of years."""
        return self.exchange == "okx" or self.paper_prices == "live"

    @property
    def console_language(self) -> Literal["zh", "en"]:
        """The language of the log, and of who has not said another: LANGUAGE, else the machine's locale."""
        return self.language or machine_language()

    @property
    def exchange_name(self) -> str:
        """What people call the exchange in use: paper, paper_live, okx or okx_demo."""
        if self.exchange == "okx":
            return "okx_demo" if self.okx_demo else "okx"
        return "paper_live" if self.paper_prices == "live" else "paper"

    @property
    def folder(self) -> Path:
        """Where this account's memory lies: a folder of its own for each exchange, so that paper and money never mix."""
        return home() / self.data_dir / self.exchange_name

    @property
    def alert_addresses(self) -> tuple[str, ...]:
        """The addresses of the second way out."""
        text = self.alert_urls.get_secret_value() if self.alert_urls is not None else ""
        return addresses_in(text)

    @property
    def okx_keys(self) -> tuple[str, ...]:
        """What is set of key, secret and passphrase."""
        found = (getattr(self, name) for name in OKX_KEYS)
        return tuple(secret.get_secret_value() for secret in found if secret is not None)

    @property
    def exchange_keys(self) -> tuple[str, ...]:
        """What is set of the keys of all accounts."""
        return (*self.okx_keys, *(key.get_secret_value() for account in self.accounts for key in account.keys))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be printed."""
        own = (self.telegram_bot_token, self.local_chat_token, self.monitor_password)
        tokens = tuple(each.get_secret_value() for each in own if each is not None)
        heartbeat = (self.heartbeat_url.get_secret_value(),) if self.heartbeat_url is not None else ()
        addresses = (*heartbeat, *self.alert_addresses)
        within = (secret for address in addresses for secret in (address, *secrets_within(address)))
        proxies = [secret for address in self.proxies.values() for secret in secrets_of(address)]
        proxies += [secret for name in INTERFACES for secret in secrets_of_api(getattr(self, name))]
        totp = (self.totp,) if self.totp else ()
        return (*tokens, *self.exchange_keys, *totp, *within, *proxies, *shared_secrets(os.environ))

    @property
    def totp(self) -> str | None:
        """The secret of the authenticator app, if there is one."""
        return self.totp_secret.get_secret_value() if self.totp_secret is not None else None


KNOWN = [name.upper() for name in Settings.model_fields]


def read_settings(env_file: Path | None = None) -> Settings:
    """Read the settings; the environment wins over the file. Raises SettingsRefused with all that is wrong."""
    if env_file is None:
        check_home(KNOWN)
    return settings_of(read_env_file(env_file or home_file()))


def settings_of(file: EnvFile) -> Settings:
    """Return the settings that a file says, the environment winning over it. Raises as ``read_settings``."""
    environment = given_by(file)
    owners: dict[str, str] = {}
    try:
        names = account_names(environment)
        known = [*KNOWN, *names_of(names)]
        owners = {name: account for account in names if account != MAIN for name in names_of([account])}
    except SettingsRefused:
        # Told below; which other names there are is not known then.
        known = [*KNOWN, *file.lines]
    secret = {name for name in (*known, *environment) if name.lower() in (*SECRETS, *PROXIES) or name.endswith(KEYS)}
    # A line that the environment stands in for is not looked at.
    file = file._replace(lines={name: line for name, line in file.lines.items() if not os.environ.get(name)})
    return build(Settings, Given(environment, secret, file), wrong_lines(file, known, secret, owners))


def readable_secrets(env_file: Path | None = None) -> str:
    """Name the file of the settings when it holds secrets and other users of this machine can read it; else ""."""
    env_file = env_file or home_file()
    # Elsewhere these bits say nothing.
    if os.name != "posix" or not env_file.is_file() or not env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return ""
    written = read_env_file(env_file).values
    # A proxy's address is secret where it holds a password.
    proxies = [name.upper() for name in PROXIES if "@" in written.get(name.upper(), "")]
    is_secret = any(name.lower() in SECRETS or name.endswith(KEYS) for name in written) or proxies
    return str(env_file) if is_secret else ""


def unknown_names(env_file: Path | None = None) -> list[str]:
    """Name the lines of ``.env`` that are no settings."""
    file = read_env_file(env_file or home_file())
    known = [*KNOWN, *names_of(account_names(given_by(file)))]
    return [line.name if is_a_name(line.name) else HIDDEN for name, line in file.lines.items() if name not in known]
