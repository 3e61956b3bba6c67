"""The real process against servers on loopback, with what breaks in between."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal

from tests.e2e.process import Program, sooner
from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import TOKEN, BotApi

SECRETS = {"OKX_API_KEY": "0f1e2d3c-KeyOfTheTests", "OKX_API_SECRET": "Sh4rdOfSecret", "OKX_API_PASSPHRASE": "Phr4seOfPass"}
STX = "STX-USDT-SWAP"


def on_telegram(api: BotApi, **more: Any) -> dict[str, Any]:
    return {
        "CHAT": "telegram",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_ALLOWED_USERS": "42",
        "TELEGRAM_API_URL": api.url,
        "CHECK_INTERVAL": 1,
        **more,
    }


def on_okx(server: OkxServer, **more: Any) -> dict[str, Any]:
    # What a first start does has tests of its own.
    return {"EXCHANGE": "okx", "OKX_API_URL": server.url, "FIRST_START": "run", **SECRETS, **more}


def okx_server() -> OkxServer:
    return OkxServer(key=SECRETS["OKX_API_KEY"], secret=SECRETS["OKX_API_SECRET"], passphrase=SECRETS["OKX_API_PASSPHRASE"])


async def test_paper_and_page_start_and_end_in_order(tmp_path: Path) -> None:
    program = Program(tmp_path, CHECK_INTERVAL=60)
    await program.start()
    await program.said("/?token=")
    # The first check does not wait for the first interval to pass.
    await program.said("check 1:")
    # A line for each leg had pushed the address out of the terminal.
    assert max(n for n, line in enumerate(program.lines) if "   ⚖ " in line) < next(
        n for n, line in enumerate(program.lines) if "/?token=" in line
    )
    begun = time.monotonic()
    program.terminate()
    assert await program.ended() == 0
    print(f"ended {time.monotonic() - begun:.2f} s after SIGTERM")
    await program.said("stopped")
    assert not any("Traceback" in line for line in program.lines)


async def test_log_and_first_words_are_in_the_language_of_the_machine(tmp_path: Path) -> None:
    """Whoever had read the Chinese README met an English log, and an English greeting."""
    async with BotApi() as api, Program(tmp_path, LANG="zh_CN.UTF-8", **on_telegram(api)) as program:
        await program.said("第 1 次检查")
        await api.until(lambda: any("已启动" in text for text in api.texts()))


async def test_the_log_has_the_times_of_the_zone_and_lists_every_leg(tmp_path: Path) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=60, TIMEZONE="Pacific/Kiritimati") as program:
        await program.said("times in this log are those of Pacific/Kiritimati")
        line = await program.said("check 1:")
        await program.said("   · CRV-USDT-SWAP long")
        await program.said("   ⚖ CRV-USDT-SWAP: long")
    ahead = dt.datetime.fromisoformat(line[1:20]) - dt.datetime.now(dt.UTC).replace(tzinfo=None)
    assert round(ahead.total_seconds() / 3600) == 14


LISTING_SOON = """
import datetime, sys
from tgtp.settings.environment import Settings
assert Settings.legs_every.fget(Settings(log_legs_every=7)) == datetime.timedelta(minutes=7)
Settings.legs_every = property(lambda settings: datetime.timedelta(seconds=1))
from tgtp.app import main
sys.exit(main())
"""


async def test_the_log_lists_the_legs_again_after_the_time_of_the_settings(tmp_path: Path) -> None:
    program = Program(tmp_path, ("-c", LISTING_SOON), CHECK_INTERVAL=1)
    async with program:
        # A leg of one contract, which no rule ever touches.
        await program.said("   · UNI-USDT-SWAP short", times=3)


async def test_a_second_process_on_the_same_data_refuses_to_start(tmp_path: Path) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1) as first:
        await first.said("check 1:")
        second = Program(tmp_path, CHECK_INTERVAL=1)
        await second.start()
        assert await second.ended() == 2
        assert len(second.lines) < 8
        assert "another tgtp is using" in second.lines[-1]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"LONG_TIERS": "35:50,25:30"}, ["LONG_TIERS", "35:50,25:30", "must rise"]),
        ({"EXCHANGE": "okx", **SECRETS, "OKX_API_KEY": "", "OKX_DEMO": "yes"}, ["OKX_API_KEY"]),
        ({"CHAT": "telegram"}, ["TELEGRAM_BOT_TOKEN"]),
        ({"ALERT_URLS": "nonsense://Sh4rdOfSecret"}, ["ALERT_URLS", "address 1, nonsense://…", "apprise"]),
        ({"EXCHANGE": "okx", **SECRETS}, ["ALLOW_LIVE_LOCAL_CHAT"]),
    ],
)
async def test_a_wrong_setting_refuses_to_start_with_one_line(
    tmp_path: Path, settings: dict[str, str], words: list[str]
) -> None:
    program = Program(tmp_path, **settings)
    await program.start()
    assert await program.ended() == 2
    # A second way that was set, and took nothing, is named below it.
    assert ["No one could be told" in line for line in program.lines[1:]] == [True] * ("ALERT_URLS" in settings)
    assert all(word in program.lines[0] for word in words)
    assert not any(secret in program.lines[0] for secret in SECRETS.values() if len(secret) > 5)


async def test_all_wrong_settings_are_told_at_once_in_the_language_of_the_settings(tmp_path: Path) -> None:
    program = Program(tmp_path, LANGUAGE="zh", CHECK_INTERVAL="soon", MIN_MARGIN="-1")
    await program.start()
    assert await program.ended() == 2
    assert program.lines == [
        "tgtp 无法启动，共 2 处有误：",
        "  1. CHECK_INTERVAL='soon' 无效；应为 1 到 3600 的整秒数",
        "  2. MIN_MARGIN='-1' 无效；应为 0 到 1000000 的 USDT 金额，如 1",
    ]


@pytest.mark.parametrize("words", [[], ["-m", "tgtp", "run"]])
async def test_a_secret_that_stands_for_the_folder_is_not_told(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "Tr4ding!Pass").write_text("a file, where a folder cannot be made")
    program = Program(tmp_path, DATA_DIR="Tr4ding!Pass")
    await program.start(*words)
    assert await program.ended() == 2
    assert "DATA_DIR=" in program.lines[-1]
    assert "Tr4ding" not in "\n".join(program.lines)


BACKTEST = ["-m", "tgtp", "backtest", "none.csv", "--instrument", "X", "--side", "long"]


@pytest.mark.parametrize("words", [[], ["-m", "tgtp", "run"], BACKTEST])
async def test_an_interrupt_while_it_is_loaded_ends_in_one_line(tmp_path: Path, words: list[str]) -> None:
    # The first thing that is imported after the door is open waits for it.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, os, signal\n"
        "class Waits:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == os.environ['AT']:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Waits())\n"
    )
    for module in ("asyncio", "tgtp.adapters", "pydantic", "telegram"):
        program = Program(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}", AT=module)
        await program.start(*words)
        assert await program.ended() == 130
        assert len([line for line in program.lines if line]) == 1
        assert "stopped before it had started" in program.lines[-1]


async def test_a_port_that_is_taken_refuses_to_start_before_anything_was_traded(tmp_path: Path) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1) as first:
        port = (await first.said("/?token=")).split("127.0.0.1:")[1].split("/")[0]
        second = Program(tmp_path / "second", CHECK_INTERVAL=1, LOCAL_CHAT_PORT=port)
        second.folder.mkdir()
        await second.start()
        assert await second.ended() == 2
        assert f"LOCAL_CHAT_PORT={port}" in second.lines[-1]
        assert not any("check 1:" in line or "Started" in line for line in second.lines)


async def test_a_new_ledger_is_begun_only_for_a_ledger_that_cannot_be_read(tmp_path: Path) -> None:
    """A broken `paper.json` beside it: the whole ledger was given up, and the start refused all the same."""
    async with Program(tmp_path, CHECK_INTERVAL=1) as program:
        await program.said("check 1:")
    ledger = tmp_path / "data" / "paper" / "ledger.json"
    before = ledger.read_bytes()
    paper = ledger.with_name("paper.json")
    whole = paper.read_bytes()
    paper.write_text("{")
    program = Program(tmp_path, CHECK_INTERVAL=1)
    await program.start("-m", "tgtp", "run", "--new-ledger")
    assert await program.ended() == 2
    assert "paper.json cannot be read" in program.lines[-1]
    assert ledger.read_bytes() == before
    paper.write_bytes(whole)
    ledger.write_text("{")
    program = Program(tmp_path, CHECK_INTERVAL=1)
    await program.start("-m", "tgtp", "run", "--new-ledger")
    await program.said("moved to backup/")
    await program.said("check 1:")
    program.terminate()
    assert await program.ended() == 0
    assert b"new_ledger" in ledger.read_bytes()


SLOW_CONSOLE = """
import sys, time
write = sys.stderr.write
def slowly(text):
    time.sleep(0.05)
    return write(text)
sys.stderr.write = slowly
from tgtp.app import main
sys.exit(main())
"""


async def test_the_reason_stands_below_the_log_even_when_the_console_is_slow(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        program = Program(tmp_path, LOCAL_CHAT_PORT=taken.getsockname()[1])
        await program.start("-c", SLOW_CONSOLE)
        assert await program.ended() == 2
    assert len(program.lines) > 2
    assert program.lines[-1].startswith("tgtp cannot start: LOCAL_CHAT_PORT=")


async def test_a_broken_ledger_refuses_to_start_and_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "data" / "paper").mkdir(parents=True)
    ledger = tmp_path / "data" / "paper" / "ledger.json"
    ledger.write_text('{"positions": {"STX')
    program = Program(tmp_path)
    await program.start()
    assert await program.ended() == 2
    assert "ledger.json cannot be read" in program.lines[-1]
    assert ledger.read_text() == '{"positions": {"STX'


async def test_okx_and_telegram_end_to_end_without_a_secret_in_the_log(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "20", "0.30")
        server.account.permissions = "read_only,trade,withdraw"
        settings = on_telegram(api, **on_okx(server), LOG_LEVEL="DEBUG")
        async with Program(tmp_path, **settings) as program:
            await api.until(lambda: any("watches OKX" in text for text in api.texts()))
            started = next(text for text in api.texts() if "watches OKX" in text)
            assert "can withdraw" in started
            assert "not bound to an IP" in started
            await api.until(lambda: len(api.menus) >= 2)

            server.account.set_roi(STX, "long", 26)
            await api.until(lambda: any("tier 1" in text for text in api.texts()))
            alert = next(text for text in api.texts() if "tier 1" in text)
            assert "Closed <b>6</b> of 20" in alert
            await api.says("/status")
            await api.until(lambda: any("last check" in text for text in api.texts()))
            await api.says("/status", user_id=666)
            # From here on this person's Telegram speaks Chinese, and so do the alerts.
            await api.says("/why 2", code="zh")
            await api.until(lambda: any("规则" in text for text in api.texts()))
            assert api.texts(666) == []
            server.fault("GET /account/positions", "unauthorized", times=2)
            await api.until(lambda: any("拒绝了密钥" in text for text in api.texts()))
            await api.until(lambda: any("重新接受密钥" in text for text in api.texts()))
            program.terminate()
            assert await program.ended() == 0
        assert any("已停止" in text for text in api.texts())
        log = "\n".join(program.lines)
        assert "check 1:" in log
        for secret in (TOKEN, TOKEN.split(":")[1], *SECRETS.values()):
            assert secret not in log
        assert sum(fill.contracts for fill in server.account.fills) == 6
        assert not any(fill.increased for fill in server.account.fills)


@pytest.mark.parametrize("forgetful", [False, True], ids=["names refused for ever", "names unique while pending"])
async def test_killed_around_an_order_there_is_one_order_per_tier(tmp_path: Path, forgetful: bool) -> None:
    async with asyncio.TaskGroup() as together:
        for moment in ("before the order", "after the order", "before the look-up"):
            folder = tmp_path / moment
            folder.mkdir()
            together.create_task(killed_around_an_order(folder, moment, forgetful), name=moment)


async def killed_around_an_order(tmp_path: Path, moment: str, forgetful: bool) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.reuses_client_ids = forgetful
        server.account.open_leg(STX, "long", "20", "0.30")
        server.account.set_roi(STX, "long", 26)
        program = Program(tmp_path, **on_telegram(api, **on_okx(server)))
        killed = asyncio.Event()

        async def kill(record: Any) -> None:
            wanted = "GET" if moment == "before the look-up" else "POST"
            if not killed.is_set() and record.method == wanted and record.path.endswith("/trade/order"):
                killed.set()
                program.kill()

        if moment == "after the order":
            server.on_reply = kill
        else:
            server.on_request = kill
        await program.start()
        await asyncio.wait_for(killed.wait(), DEADLINE)
        await program.ended()
        server.on_request = server.on_reply = None

        async with Program(tmp_path, **on_telegram(api, **on_okx(server))) as again:
            await api.until(lambda: any("tier 1" in text for text in api.texts()))
            await again.said("check 9:")
        assert [fill.contracts for fill in server.account.fills] == [Decimal(6)]
        state = json.loads((tmp_path / "data" / "okx" / "ledger.json").read_text())
        assert state["positions"][f"{STX}_long"]["triggered_levels"] == [25]
        assert sum("tier 1" in text for text in api.texts()) == 1


async def test_telegram_absent_at_the_start_and_gone_for_a_while(tmp_path: Path) -> None:
    async with okx_server() as server:
        api = BotApi()
        await api.start()
        await api.stop()
        server.account.open_leg(STX, "long", "100", "0.30")
        server.account.set_roi(STX, "long", 26)
        async with Program(tmp_path, **on_telegram(api, **on_okx(server))) as program:
            await program.said("check 3:")
            assert [fill.contracts for fill in server.account.fills] == [30]
            await api.start()
            await api.until(lambda: any("tier 1" in text for text in api.texts()))

            await api.stop()
            server.account.set_roi(STX, "long", 36)
            await server.until(lambda: len(server.account.fills) == 2)
            server.account.set_roi(STX, "long", 51)
            await server.until(lambda: len(server.account.fills) == 3)
            await api.start()
            await api.until(lambda: any("tier 3" in text for text in api.texts()))
        tiers = [text.split("tier ")[1][0] for text in api.texts() if "🎯" in text]
        assert tiers == ["1", "2", "3"]
        await api.stop()


async def test_a_refused_token_does_not_stop_the_checks(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        api.refuse = lambda _: ApiRefusal("Unauthorized", 401)
        async with Program(tmp_path, **on_telegram(api, **on_okx(server))) as program:
            await program.said("refuses TELEGRAM_BOT_TOKEN")
            server.account.set_roi(STX, "long", 26)
            await server.until(lambda: len(server.account.fills) == 1)
            await program.said("check 4:")


async def test_a_401_while_polling_does_not_make_it_deaf(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        async with Program(tmp_path, **on_telegram(api, **on_okx(server))):
            await api.until(api.texts)
            api.refuse = lambda method: ApiRefusal("Unauthorized", 401) if method == "getUpdates" else None
            await api.says("/tiers")
            refused = len([row for row in api.requests if row["status"] == 401])
            await api.until(lambda: len([row for row in api.requests if row["status"] == 401]) > refused)
            api.refuse = lambda _: None
            await api.says("/status")
            await api.until(lambda: any("last check" in text for text in api.texts()))


async def test_pairing_makes_the_first_one_with_the_code_the_owner(tmp_path: Path) -> None:
    async with BotApi() as api:
        settings = on_telegram(api)
        del settings["TELEGRAM_ALLOWED_USERS"]
        async with Program(tmp_path, **settings) as program:
            code = (await program.said("/start ")).rsplit(" ", 1)[-1]
            await api.says("/status", user_id=7)
            await api.says("/start WRONGONE", user_id=7)
            await api.says(f"/start {code}", user_id=8)
            await api.until(lambda: any("Paired" in text for text in api.texts(8)))
            await api.until(lambda: any("Started" in text or "watches" in text for text in api.texts(8)))
            await api.says(f"/start {code}", user_id=9)
            await api.says("/status", user_id=8)
            await api.until(lambda: any("last check" in text for text in api.texts(8)))
            assert api.texts(7) == []
            assert api.texts(9) == []


async def test_sigterm_while_an_order_hangs_ends_in_order(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        server.account.set_roi(STX, "long", 26)
        server.fault("POST /trade/order", "hang", times=None)
        program = Program(tmp_path, **on_telegram(api, **on_okx(server)))
        await program.start()
        await server.until(lambda: bool(server.requests_to("POST /trade/order")))
        begun = time.monotonic()
        program.terminate()
        assert await program.ended() == 0
        print(f"ended {time.monotonic() - begun:.2f} s after SIGTERM")
        await program.said("looked up at the next start")
        assert [line for line in program.lines if "raised an exception" in line] == []
        server.clear_faults()
        # Where nothing shows it for 65 s, it never arrived.
        async with Program(tmp_path, sooner(LOOK_UP_LAG=1), **on_telegram(api, **on_okx(server))):
            await until(lambda: server.account.fills)
            await api.until(lambda: any("tier 1" in text for text in api.texts()))
        assert [fill.contracts for fill in server.account.fills] == [30]


# Seconds: an end that waits for what hangs takes half a minute and more. Below five are promised; the rest is a busy machine's.
UNDULY = 15
# Every address of Telegram hangs, as where no name server answers.
NO_NAMES = """
import socket, sys, threading, time
look_up = socket.getaddrinfo
def hang(host, *more, **named):
    if "telegram" not in str(host):
        return look_up(host, *more, **named)
    print("looking up", host, flush=True)
    time.sleep(60)
    raise socket.gaierror(socket.EAI_AGAIN, "planted")
socket.getaddrinfo = hang
from tgtp.app import main
sys.exit(main())
"""


async def ends_in_order(program: Program) -> None:
    begun = time.monotonic()
    program.terminate()
    assert await program.ended() == 0
    lasted = time.monotonic() - begun
    print(f"ended {lasted:.2f} s after SIGTERM")
    assert lasted < UNDULY
    assert program.lines[-1].endswith("stopped")
    assert [line for line in program.lines if "Traceback" in line or "exception" in line] == []


async def test_sigterm_while_telegram_answers_with_errors_ends_in_order(tmp_path: Path) -> None:
    """The library sleeps between two polls, and an answer to a person is tried for a minute."""
    async with BotApi() as api:
        program = Program(tmp_path, **on_telegram(api))
        await program.start()
        await api.until(api.texts)
        api.refuse = lambda method: ApiRefusal("Bad Gateway", 502) if method == "sendMessage" else None
        await api.says("/status")
        await api.until(lambda: any(row["status"] == 502 for row in api.requests))
        api.refuse = lambda _: ApiRefusal("Bad Gateway", 502)
        # Each time it sleeps longer: three seconds and more after the fourth.
        await api.until(lambda: [row["method"] for row in api.requests if row["status"] == 502].count("getUpdates") == 4)
        await ends_in_order(program)


async def test_sigterm_while_a_name_is_looked_up_ends_in_order(tmp_path: Path) -> None:
    settings = {"CHAT": "telegram", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_ALLOWED_USERS": "42"}
    program = Program(tmp_path, ("-c", NO_NAMES), CHECK_INTERVAL=1, **settings)
    await program.start()
    await program.said("looking up")
    await program.said("check 2:")
    await ends_in_order(program)


async def test_live_prices_on_paper_need_no_key_and_say_when_they_cannot_be_reached(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        settings = on_telegram(api, PAPER_PRICES="live", OKX_API_URL=server.url)
        async with Program(tmp_path, **settings) as program:
            await api.until(lambda: any("a paper account at live OKX prices" in text for text in api.texts()))
            await server.stop()
            await api.until(lambda: any("cannot see the account" in text for text in api.texts()))
            assert "OKX could not be reached" in next(text for text in api.texts() if "cannot see" in text)
            await server.start()
            await api.until(lambda: any("see the account again" in text for text in api.texts()))
            await program.said("see the account again")
        assert not any(record.headers.get("ok-access-key") for record in server.requests)


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def test_a_crowd_of_idle_connections_stops_neither_the_checks_nor_the_ledger(tmp_path: Path) -> None:
    # 1,100 of them had stopped the ledger, and filled the log with a traceback for each that could not be taken.
    async with Program(tmp_path, CHECK_INTERVAL=1) as program:
        port = int((await program.said("/?token=")).split("127.0.0.1:")[1].split("/")[0])
        crowd: list[asyncio.StreamWriter] = []
        before = len(program.lines)
        for _ in range(600):
            crowd.append((await asyncio.open_connection("127.0.0.1", port))[1])
        number = max(int(line.split("check ")[1].split(":")[0]) for line in program.lines if "check " in line and " ms" in line)
        await program.said(f"check {number + 3}:")
        assert open_files(program.pid) < 200
        assert not [line for line in program.lines[before:] if "open files" in line or "Traceback" in line]
        for each in crowd:
            each.close()
        program.terminate()
        assert await program.ended() == 0
