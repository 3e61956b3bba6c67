"""The doctor as a real process, against an exchange and a Bot API on loopback, with things broken one by one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal

from tests.e2e.process import Program
from tests.e2e.test_accounts import keys
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.rows import announcement
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi

STX = "STX-USDT-SWAP"


class Clinic:
    """An exchange and a Telegram at which everything is well, and the settings of a program on them."""

    def __init__(self, folder: Path, api: BotApi, server: OkxServer) -> None:
        self.folder = folder
        self.api = api
        self.server = server
        self.account = server.account
        self.settings = on_telegram(api, **on_okx(server))
        self.lines: list[str] = []
        self.account.ip = "203.0.113.7"
        self.account.permissions = "read_only,trade"
        self.account.open_leg(STX, "long", "100", "0.30")

    async def examine(self, *words: str, **more: Any) -> int:
        """Run the doctor; gives its exit code, and keeps what it printed."""
        program = Program(self.folder, **{**self.settings, **more})
        await program.start("-m", "tgtp", "doctor", *words)
        code = await program.ended()
        self.lines = program.lines
        return code

    async def findings(self, **more: Any) -> dict[str, dict[str, Any]]:
        """What it found, by key; the exit code stands under ``exit``."""
        code = await self.examine("--json", **more)
        read = json.loads("\n".join(self.lines))
        assert read["exit"] == code
        return {finding["key"]: finding for finding in read["findings"]} | {"exit": {"code": code}}


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    async with BotApi() as api, okx_server() as server:
        yield Clinic(tmp_path, api, server)


async def test_all_is_well(clinic: Clinic) -> None:
    assert await clinic.examine() == 0
    text = "\n".join(clinic.lines)
    for words in (
        "@guard_test_bot",
        "brings mark prices, and 1 account",
        "STX long",
        "bound to addresses",
        "do nothing now",
        "All is well",
    ):
        assert words in text
    assert "→" not in text
    assert not any(secret in text for secret in SECRETS.values())
    # Nothing was sent, and nothing is left behind.
    assert {record.method for record in clinic.server.requests} == {"GET"}
    assert clinic.api.sent == []
    assert not (clinic.folder / "data").exists()
    assert await clinic.examine(LANGUAGE="zh") == 0
    assert clinic.lines[-1] == "一切正常。"


Break = Callable[[Clinic], Any]


def withdraws(clinic: Clinic) -> None:
    clinic.account.permissions = "read_only,withdraw,trade"


def may_not_trade(clinic: Clinic) -> None:
    clinic.account.permissions = "read_only"


def unbound(clinic: Clinic) -> None:
    clinic.account.ip = ""


def spot(clinic: Clinic) -> None:
    clinic.account.legs.clear()
    clinic.account.level = "1"


def portfolio_margin(clinic: Clinic) -> None:
    clinic.account.level = "4"


def due(clinic: Clinic) -> None:
    clinic.account.set_roi(STX, "long", 26)


def rests(clinic: Clinic) -> None:
    clinic.account.algo_orders.append({"algoId": "9", "instId": STX, "ordType": "conditional", "algoClOrdId": ""})


def suspended(clinic: Clinic) -> None:
    clinic.account.instruments[STX].state = "suspend"


def ends(clinic: Clinic) -> None:
    clinic.account.instruments[STX].ends_at_ms = clinic.account.now_ms() + 3_600_000


def downtime(clinic: Clinic) -> None:
    now = clinic.account.now_ms()
    clinic.account.announced.append(announcement("Upgrade", now + 3_600_000, now + 7_200_000))


def clock_off(clinic: Clinic) -> None:
    clinic.server.clock_offset = 10


def wrong_region(clinic: Clinic) -> None:
    clinic.server.fault("GET /account/config", "code", code="50119", message="API key doesn't exist", times=None)


def wrong_address(clinic: Clinic) -> None:
    message = "Your IP 198.51.100.9 is not included in your API key's IP whitelist."
    clinic.server.fault("GET /account/config", "code", code="50110", message=message, times=None)


def down(clinic: Clinic) -> None:
    clinic.server.fault("/account/positions", "http_503", times=None)


def stream_shut(clinic: Clinic) -> None:
    clinic.server.stream.refuses_with = 403


def stream_login(clinic: Clinic) -> None:
    clinic.server.stream.login_code = "60024"


def stream_clock(clinic: Clinic) -> None:
    clinic.server.stream.login_code = "60006"


def token_refused(clinic: Clinic) -> None:
    clinic.api.refuse = lambda _: ApiRefusal("Unauthorized", 401)


def owner_deaf(clinic: Clinic) -> None:
    clinic.api.refuse = lambda method: ApiRefusal("Bad Request: chat not found", 400) if method == "getChat" else None


@pytest.mark.parametrize(
    ("breaks", "key", "words"),
    [
        (withdraws, "may_withdraw", "without that permission"),
        (may_not_trade, "may_not_trade", "permission to trade"),
        (unbound, "unbound", "Bind it"),
        (spot, "mode_spot", "Choose a mode"),
        (portfolio_margin, "mode_portfolio_margin", "isolated"),
        (due, "due", "/pause first"),
        (rests, "rests", "cancel"),
        (suspended, "suspended", "trades again"),
        (ends, "ends", "Close it before"),
        (downtime, "downtime", "Nothing can be guarded"),
        (clock_off, "clock_off", "Set the clock"),
        (wrong_region, "okx_region", "OKX_API_URL"),
        (wrong_address, "okx_address", "key's list"),
        (down, "okx_problem", "Try again"),
        (stream_shut, "stream_shut", "connect to 127.0.0.1"),
        (stream_login, "stream_login", "checks alone"),
        (stream_clock, "stream_clock", "Set the clock"),
        (token_refused, "token_refused", "@BotFather"),
        (owner_deaf, "owner_deaf", "/start"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_what_is_broken_is_named_with_what_to_do(clinic: Clinic, breaks: Break, key: str, words: str) -> None:
    breaks(clinic)
    found = await clinic.findings()
    assert found["exit"]["code"] == 1
    assert found[key]["level"] == "attention"
    assert words in found[key]["do"]
    if key == "due":
        assert "tier 1 would close 30 of 100" in found[key]["text"]
    if key == "okx_address":
        assert "198.51.100.9" in found[key]["text"]
    assert {record.method for record in clinic.server.requests} == {"GET"}


async def test_it_foresees_what_the_first_start_shows(clinic: Clinic) -> None:
    """All tiers that are reached, both rules, and upkeep of a sub-account: the same sentences."""
    alpha = clinic.server.others["the-key-of-alpha"] = Account(uid="2")
    clinic.account.set_roi(STX, "long", 40)
    alpha.open_leg(STX, "long", "100", "0.30", margin_mode="isolated")
    alpha.set_roi(STX, "long", -12, "isolated")
    more = {"ACCOUNTS": "main,alpha", **keys("ALPHA", "the-key-of-alpha"), "ALPHA_MAINTENANCE": "on", "FIRST_START": "pause"}
    await clinic.examine("--json", **more)
    found = json.loads("\n".join(clinic.lines))["findings"]
    due = {finding["account"]: finding["text"] for finding in found if finding["key"] == "due_first"}
    # It said that the next check does it, which frightens those who have just been promised a pause.
    assert all("Start guarding" in text for text in due.values())
    assert "tier 1, 2 would close 65 of 100" in due["main"]
    assert "a maintenance would buy for 100 U of margin" in due["alpha"]
    async with Program(clinic.folder, **{**clinic.settings, **more}) as program:
        for text in due.values():
            # The log has the whole names of legs.
            await program.said(text.partition(": ")[2].replace("STX ", f"{STX} "))
        await program.said("[alpha]")
    # The account is known from now on: the list is held back by the pause that stands.
    await clinic.examine("--json", **more)
    keys_of_main = {finding["key"] for finding in json.loads("\n".join(clinic.lines))["findings"]}
    assert keys_of_main & {"held_back", "due_first"} == {"held_back"}


async def test_what_stops_a_start_ends_with_two(clinic: Clinic) -> None:
    found = await clinic.findings(LONG_TIERS="35:50,25:30", ALERT_URLS="nonsense://x")
    assert found["exit"]["code"] == 2
    assert "LONG_TIERS" in found["settings_wrong"]["text"]
    assert found["address_refused"]["level"] == "stop"
    # What does not hang on it is looked at all the same.
    assert "bot" in found
    ledger = clinic.folder / "data" / "okx" / "ledger.json"
    ledger.parent.mkdir(parents=True)
    ledger.write_text("{", encoding="utf-8")
    found = await clinic.findings()
    assert found["exit"]["code"] == 2
    assert str(ledger.relative_to(clinic.folder)) in found["ledger_wrong"]["text"]
    assert "tgtp-doctor-" not in found["ledger_wrong"]["text"]
    assert ledger.read_text(encoding="utf-8") == "{"


async def test_beside_a_running_program_it_reads_what_that_remembers_and_changes_nothing(clinic: Clinic) -> None:
    clinic.account.set_roi(STX, "long", 26)
    async with Program(clinic.folder, **clinic.settings) as program:
        await clinic.server.until(lambda: len(clinic.account.fills) == 1)
        await program.said("check 3:")
        found = await clinic.findings()
        assert "running" in found["runs"]["text"]
        # Tier 1 has fired: nothing is due, and its order is known.
        assert "nothing_due" in found
        assert "foreign" not in found
        # The program goes on, on its lock and its ledger.
        await program.said("check 6:")
        program.terminate()
        assert await program.ended() == 0
    data = clinic.folder / "data" / "okx"
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in data.rglob("*") if path.is_file()}
    found = await clinic.findings()
    assert "runs_not" in found
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in data.rglob("*") if path.is_file()}


async def test_a_second_machine_on_the_account_is_found(clinic: Clinic) -> None:
    async with Program(clinic.folder, **clinic.settings) as first:
        await first.said("check 2:")
        first.terminate()
        assert await first.ended() == 0
    second = clinic.folder / "second"
    second.mkdir()
    clinic.account.set_roi(STX, "long", 26)
    async with Program(second, **clinic.settings) as other:
        await clinic.server.until(lambda: len(clinic.account.fills) == 1)
        other.terminate()
        await other.ended()
    found = await clinic.findings()
    assert found["foreign"]["level"] == "attention"
    assert "Stop the other tgtp" in found["foreign"]["do"]
