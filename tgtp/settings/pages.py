"""The settings of the pages: the local chat, and the monitoring page."""

from __future__ import annotations

import ipaddress
import itertools
import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from tgtp.errors import Invalid, Problem
from tgtp.settings.reading.refusals import Refusal
from tgtp.settings.urls import is_address, is_this_machine

# As long as those that the page makes for itself: what is shorter can be guessed by whoever may connect to it.
SHORTEST_TOKEN = 32
# It is all that protects a page in the internet: whoever has many addresses may guess often.
SHORTEST_PASSWORD: Final = 16
LONGEST_PASSWORD: Final = 200


# What people try first.
_TRIED_FIRST: Final = re.compile(
    r"passw(or[dt])?|qwert[yz](uiop?)?|asdf(ghjkl?)?|[yz]xcv(bnm)?|letmein|welcome|changeme|secret|admin|monitor|trad(er|ing)|"
    r"crypto|bitcoin|okx|tgtp"
)
# Of what is left then: signs that do not follow from the one before, and different ones.
_FEWEST_NEW: Final = 8
_FEWEST_DIFFERENT: Final = 7


class PageSettings(BaseModel):
    """Where the pages are, and what opens them. ``monitor`` None: on where the chat is local, else off."""

    local_chat_port: Annotated[int, Field(ge=0, le=65535)] = 8765
    local_chat_token: SecretStr | None = None
    monitor: Literal["off", "on"] | None = None
    monitor_host: str = "127.0.0.1"
    monitor_password: SecretStr | None = None
    monitor_url: str = ""

    @field_validator("local_chat_token")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(rf"[A-Za-z0-9_-]{{{SHORTEST_TOKEN},200}}", value.get_secret_value()):
            raise Invalid(Problem("setting.token"))
        return value

    @field_validator("monitor", mode="before")
    @classmethod
    def _lower_word(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("monitor_host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        # A name could lead anywhere, and tomorrow elsewhere.
        text = value.strip()
        if text.lower() == "localhost":
            return "127.0.0.1"
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            raise Invalid(Problem("setting.host")) from None

    @field_validator("monitor_password")
    @classmethod
    def _is_password(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            text = value.get_secret_value()
            if not (text.isascii() and text.isprintable()):
                raise Invalid(Problem("setting.letters"))
            if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
                raise Invalid(Problem("setting.password"))
            if is_easily_guessed(text):
                raise Invalid(Problem("setting.password.guessed"))
        return value

    @field_validator("monitor_url")
    @classmethod
    def _is_page(cls, value: str) -> str:
        text = value.strip()
        # What stands before the host or behind the path would go to everybody who is shown the address.
        if text and (not is_address(text, ("http", "https")) or re.search(r"[@?#\\\s\"<>]", text)):
            raise Invalid(Problem("setting.address", safe="https://", plain="http://"))
        if text and "." not in (urlsplit(text).hostname or ""):
            # It would refuse the whole message with the button.
            raise Invalid(Problem("setting.dot"))
        return text

    @property
    def is_seen_from_elsewhere(self) -> bool:
        """Whether the monitoring page is to answer on another address than this machine's own."""
        return not is_this_machine(self.monitor_host)

    def misfits(self, *, is_monitored: bool) -> list[Refusal]:
        """Return what does not fit together."""
        if is_monitored and self.is_seen_from_elsewhere and self.monitor_password is None:
            return [Refusal("MONITOR_HOST", Problem("setting.monitor.open"))]
        return []


def is_easily_guessed(password: str) -> bool:
    """Return whether a password consists of rows, of few signs, or of what people try first.

    >>> is_easily_guessed("abcdefgh12345678"), is_easily_guessed("Password-2026-okx"), is_easily_guessed("7f7f7f7f7f7f7f7f")
    (True, True, True)
    >>> is_easily_guessed("correct horse battery"), is_easily_guessed("ekZ7-mWq0-vUb3-t")
    (False, False)
    """
    left = _TRIED_FIRST.sub("", password.lower())
    new = sum(abs(ord(one) - ord(other)) > 1 for one, other in itertools.pairwise(left))
    return new < _FEWEST_NEW or len(set(left)) < _FEWEST_DIFFERENT
