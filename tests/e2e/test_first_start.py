"""The real process on its first day with real money, and with an account whose settings make no sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import Program
from tests.e2e.test_accounts import ALPHA, CRV, keys
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.fixtures.fakes import FakeClock, FaultyExchange, RecordingListener, paper_exchange, paper_leg
from tests.simulation.phone.bot_api import BotApi
from tgtp.accounts import build_accounts
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.settings.environment import Settings


async def test_the_first_start_waits_for_a_press(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(CRV, "long", "200", "0.5")
        server.account.set_roi(CRV, "long", 26)
        settings = on_telegram(api, **on_okx(server, FIRST_START="pause"))
        async with Program(tmp_path, **settings) as program:
            await program.said("FIRST_START=run in .env")
            await program.said("tier 1 would close 60 of 200")
            await program.said("check 3:")
            assert server.account.fills == []
            await api.until(lambda: any("First start with this account" in text for text in api.texts()))
            program.kill()
            await program.ended()
        async with Program(tmp_path, **settings) as program:
            await program.said("check 2:")
            assert server.account.fills == []
            await api.presses("pl:")
            await server.until(lambda: bool(server.account.fills))
            program.terminate()
            assert await program.ended() == 0
        assert [fill.contracts for fill in server.account.fills] == [60]
        async with Program(tmp_path, **settings) as program:
            await program.said("check 2:")
            assert not any("FIRST_START" in line for line in program.lines)
        assert not any("Traceback" in line for line in program.lines)


async def test_an_account_whose_settings_make_no_sense_stops_itself_only(tmp_path: Path) -> None:
    """It stopped the start of all."""
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(CRV, "long", "200", "0.5")
        server.account.set_roi(CRV, "long", 26)
        more = {"ACCOUNTS": "main,alpha,beta", **keys("ALPHA", ALPHA), "ALPHA_LADDER": "perhaps", "BETA_API_KEY": "half"}
        async with Program(tmp_path, **on_telegram(api, **on_okx(server), **more)) as program:
            await program.said("The account alpha was not started")
            await server.until(lambda: bool(server.account.fills))
            await api.until(lambda: any("The account beta was not started" in text for text in api.texts()))
            await api.says("/status alpha")
            await api.until(lambda: any("was not started: ALPHA_LADDER='perhaps'" in text for text in api.texts()))
            program.terminate()
            assert await program.ended() == 0
        assert not any(secret in line for line in program.lines for secret in (ALPHA, SECRETS["OKX_API_SECRET"]))


@pytest.mark.parametrize(
    ("more", "pauses"),
    [({}, True), ({"okx_demo": True}, False), ({"first_start": "run"}, False), ({"exchange": "paper"}, False)],
    ids=str,
)
async def test_only_real_money_is_paused(tmp_path: Path, more: dict[str, Any], pauses: bool) -> None:
    money = {"exchange": "okx", "okx_api_key": "k", "okx_api_secret": "s", "okx_api_passphrase": "p"}
    settings = Settings(**{**money, "allow_live_local_chat": True, "data_dir": tmp_path, **more})
    clock, ledger = FakeClock(), TinyLedger(tmp_path / "ledger")
    exchange = FaultyExchange(paper_exchange(clock, paper_leg())[0])
    exchange.profile_view = lambda profile: profile.replaced(uid="77")
    accounts = build_accounts(settings, {"main": exchange}, ledger, lambda _: RecordingListener(), clock)
    await accounts.main.checker.check()
    assert ledger.pauses().has("*", "first_start") is pauses
    ledger.close()
