"""What is asked, in which order, and what is tried after each answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from tgtp.chat.console.redaction import Redaction
from tgtp.chat.formatting.error_text import sentence
from tgtp.chat.texts import language_of, plain
from tgtp.doctor.finding import Finding
from tgtp.doctor.key import WRONG_KEY, examine_key
from tgtp.doctor.report import said
from tgtp.doctor.telegram import judge_phone, read_phone
from tgtp.settings.proxies import DIRECT, Way, proxy_address
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.setup.console import Console, Ended
from tgtp.setup.draft import Draft, is_secret

KEYS: Final = ("OKX_API_KEY", "OKX_API_SECRET", "OKX_API_PASSPHRASE")
PROXY: Final = "PROXY_URL"
# What is asked for, in this order.
ASKED: Final = (
    *("LANGUAGE", "EXCHANGE", "OKX_DEMO", "CHAT", "TIMEZONE", PROXY, "TELEGRAM_BOT_TOKEN", "TELEGRAM_ALLOWED_USERS"),
    *("OKX_API_URL", "OKX_WS_URL", *KEYS),
)
# The addresses of OKX_API_URL and OKX_WS_URL.
REGIONS: Final[Mapping[str, tuple[str, str]]] = {
    "www": ("", ""),
    "eea": ("https://eea.okx.com", "wss://wseea.okx.com:8443/ws/v5"),
    "us": ("https://us.okx.com", "wss://wsus.okx.com:8443/ws/v5"),
}
# The token itself is wrong.
WRONG_TOKEN: Final = frozenset({"token_refused"})
# A key that OKX knows is in the right region, and only this of it can be wrong.
ALONE: Final[Mapping[str, Sequence[str]]] = {"okx_signature": KEYS[:2], "okx_passphrase": KEYS[2:]}
# Findings after which it makes sense to try again, or to go on all the same.
UNSURE: Final = frozenset({"telegram_down", "okx_problem", "okx_address", "may_not_trade"})
# Seconds until a proxy has answered.
PATIENCE = 5.0
ZONES = "zoneinfo"


class Questions:
    """The conversation: it fills the draft, and writes nothing."""

    def __init__(self, console: Console, draft: Draft) -> None:
        self._console, self._draft = console, draft
        # Set already, but refused, or to be asked for again because the person wishes so.
        self._again: set[str] = set()

    def run(self) -> None:
        """Ask for everything. Raises Ended."""
        self._language()
        self._console.say("setup.head", file=self._draft.path)
        if not self._draft.is_new:
            self._what_is_there()
        self._exchange()
        self._chat()
        if self._is_wanted("TIMEZONE"):
            self._ask("TIMEZONE", default=machine_zone())
        self._proxy()
        if self._draft.value("CHAT") == "telegram":
            self._telegram()
        if self._draft.value("EXCHANGE") == "okx":
            self._okx()

    def _language(self) -> None:
        wish = self._draft.file.values.get("LANGUAGE", "")
        if not wish:
            wish = self._console.choose(
                "setup.ask.language", {"en": "setup.english", "zh": "setup.chinese"}, self._console.language
            )
            self._draft.put("LANGUAGE", wish)
        self._console.language = language_of(wish)

    def _what_is_there(self) -> None:
        """Show what is set, and ask whether it stays so."""
        refused = {refusal.name: refusal for refusal in self._draft.refusals() if refusal.name in ASKED}
        for name in ASKED:
            if name in refused and self._draft.value(name):
                self._again.add(name)
                self._console.tell(f"✗ {sentence(self._console.language, refused[name].problem)}")
            elif self._draft.value(name):
                where = "setup.kept.environment" if self._draft.is_of_the_environment(name) else "setup.kept"
                self._console.say(where, name=name, value=self._draft.shown(name))
        words = {"keep": "setup.keep.yes", "change": "setup.keep.no"}
        if any(map(self._draft.value, ASKED[1:])) and self._console.choose("setup.keep", words, "keep") == "change":
            self._again |= set(ASKED)

    def _exchange(self) -> None:
        if not self._is_wanted("EXCHANGE"):
            return
        is_demo = self._draft.value("OKX_DEMO") in ("true", "yes", "on", "1")
        now = "demo" if is_demo else self._draft.value("EXCHANGE") or "paper"
        words = {"paper": "setup.exchange.paper", "okx": "setup.exchange.okx", "demo": "setup.exchange.demo"}
        wish = self._console.choose("setup.ask.exchange", words, now if now in words else "paper")
        self._draft.put("EXCHANGE", "paper" if wish == "paper" else "okx")
        if wish == "demo" or is_demo:
            self._draft.put("OKX_DEMO", "true" if wish == "demo" else "false")

    def _chat(self) -> None:
        is_money = self._draft.value("EXCHANGE") == "okx" and self._draft.value("OKX_DEMO") != "true"
        if is_money and self._draft.value("ALLOW_LIVE_LOCAL_CHAT") in ("", "false"):
            # Whoever sits at the machine could trade: the settings refuse it.
            if self._draft.value("CHAT") != "telegram":
                self._console.say("setup.chat.money")
                self._draft.put("CHAT", "telegram")
        elif self._is_wanted("CHAT"):
            words = {"local": "setup.chat.local", "telegram": "setup.chat.telegram"}
            now = self._draft.value("CHAT")
            self._draft.put("CHAT", self._console.choose("setup.ask.chat", words, now if now in words else "local"))

    def _proxy(self) -> None:
        if self._draft.value("EXCHANGE") != "okx" and self._draft.value("CHAT") != "telegram":
            return
        shared = self._draft.contact().way
        if shared.proxy and shared.setting != PROXY:
            self._console.say("setup.proxy.shared", name=shared.setting, proxy=shared.shown)
        if self._is_wanted(PROXY):
            self._ask(PROXY)
        self._try_proxy()

    def _try_proxy(self) -> None:
        """Ask anew until the proxy that is set can be connected to, or the person goes on all the same."""
        while (address := self._draft.value(PROXY)) and address.lower() != DIRECT:
            way = Way(proxy_address(address))
            try:
                socket.create_connection((way.host, way.port), PATIENCE).close()
            except OSError as exc:
                self._console.say("setup.proxy.shut", proxy=way.shown, why=exc.strerror or type(exc).__name__)
                if self._settled(()):
                    return
            else:
                self._console.say("setup.proxy.good", proxy=way.shown)
                return

    def _telegram(self) -> None:
        if self._is_wanted("TELEGRAM_BOT_TOKEN"):
            self._console.say("setup.token.how")
            self._ask("TELEGRAM_BOT_TOKEN", is_needed=True)
        self._until_good(lambda: self._of_the_bot(False), WRONG_TOKEN, ("TELEGRAM_BOT_TOKEN",))
        if self._is_wanted("TELEGRAM_ALLOWED_USERS"):
            self._ask("TELEGRAM_ALLOWED_USERS")
        if self._draft.value("TELEGRAM_ALLOWED_USERS"):
            self._tell(self._of_the_bot(True))

    def _of_the_bot(self, owners: bool) -> Sequence[Finding]:
        phone = read_phone(self._draft.contact())
        found = judge_phone(phone) if phone is not None else []
        return [each for each in found if each.key != "no_owner" and each.key.startswith("owner") == owners]

    def _okx(self) -> None:
        is_new = self._is_wanted(KEYS[0])
        if is_new:
            self._console.say("setup.key.how")
        if is_new and not (self._draft.value("OKX_API_URL") and "OKX_API_URL" not in self._again):
            self._region()
        for name in KEYS:
            if self._is_wanted(name):
                self._ask(name, is_needed=True)
        self._until_good(lambda: asyncio.run(examine_key(self._draft.settings())), WRONG_KEY, KEYS, self._region)

    def _region(self) -> None:
        address = self._draft.value("OKX_API_URL")
        now = next((name for name, (url, _) in REGIONS.items() if url == address), "other")
        words = {name: f"setup.region.{name}" for name in (*REGIONS, "other")}
        wish = self._console.choose("setup.ask.region", words, now)
        if wish == "other":
            self._ask("OKX_API_URL", is_needed=True)
            self._ask("OKX_WS_URL")
            return
        for name, url in zip(("OKX_API_URL", "OKX_WS_URL"), REGIONS[wish], strict=True):
            self._draft.put(name, url)

    def _until_good(
        self,
        examine: Callable[[], Sequence[Finding]],
        wrong: Iterable[str],
        names: Sequence[str],
        first: Callable[[], None] | None = None,
    ) -> None:
        """Try what was answered; while it is ``wrong`` ask for these names again, where it is not known whether to."""
        while True:
            try:
                found = examine()
            except SettingsRefused as exc:
                # Not by an answer of this conversation: the doctor says it at the end.
                self._console.tell("\n".join(f"✗ {sentence(self._console.language, each.problem)}" for each in exc.refusals))
                return
            self._tell(found)
            keys = {finding.key for finding in found}
            if keys & set(wrong):
                if not self._console.is_terminal:
                    raise Ended.wrong()
                alone = next((ALONE[key] for key in keys if key in ALONE), ())
                self._answers_anew(alone or names, None if alone else first)
            elif not keys & UNSURE or self._settled(names, first):
                return

    def _settled(self, names: Sequence[str], first: Callable[[], None] | None = None) -> bool:
        """Ask what is to be done about what could not be tried; return whether to go on. A pipe goes on: the doctor says it."""
        if not self._console.is_terminal:
            return True
        words = {
            "again": "setup.then.again",
            "answers": "setup.then.answers",
            "proxy": "setup.then.proxy",
            "on": "setup.then.on",
        }
        if not names:
            del words["answers"]
        wish = self._console.choose("setup.ask.then", words, "again")
        if wish == "answers":
            self._answers_anew(names, first)
        if wish == "proxy":
            # What cannot be reached is not kept by Enter: that says "none".
            self._draft.put(PROXY, "")
            self._ask(PROXY)
        return wish == "on"

    def _answers_anew(self, names: Iterable[str], first: Callable[[], None] | None) -> None:
        if first is not None:
            first()
        for name in names:
            self._ask(name, is_needed=True)

    def _is_wanted(self, name: str) -> bool:
        return name in self._again or not self._draft.value(name)

    def _ask(self, name: str, *, default: str = "", is_needed: bool = False) -> None:
        """Ask for a setting until its answer can be one; Enter keeps what there is, or takes the ``default``."""
        while True:
            shown = self._draft.shown(name) or default
            answer = self._console.ask(f"setup.ask.{name.lower()}", shown, is_hidden=is_secret(name) and name != PROXY)
            answer = answer or self._draft.value(name) or default
            if not answer and is_needed:
                self._console.wrong(plain(self._console.language, "setup.needed"))
                continue
            try:
                self._draft.put(name, answer)
            except SettingsRefused as exc:
                self._console.wrong("\n".join(sentence(self._console.language, each.problem) for each in exc.refusals))
                continue
            if answer and is_secret(name) and name != PROXY:
                self._console.say("setup.taken", shown=self._draft.shown(name), count=len(answer))
            return

    def _tell(self, findings: Sequence[Finding]) -> None:
        strike = Redaction(self._draft.contact().secrets).strike
        for finding in findings:
            self._console.tell(strike("\n".join(said(self._console.language, finding))))


def machine_zone() -> str:
    """Return the zone that the machine's clock shows; UTC where it does not say which."""
    parts = Path("/etc/localtime").resolve().parts
    name = "/".join(parts[parts.index(ZONES) + 1 :]).removeprefix("Etc/") if ZONES in parts else "UTC"
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):
        return "UTC"
