"""Several accounts in the real process: one is refused, one killed in the middle of a maintenance, and none hurts another."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi
from tgtp.chat.access.confirmation import TOO_SOON

CRV, STX = "CRV-USDT-SWAP", "STX-USDT-SWAP"
ALPHA = "alpha-key-of-the-tests"


def keys(account: str, key: str) -> dict[str, str]:
    """The keys of a sub-account; the server has one secret for all."""
    return {
        f"{account}_API_KEY": key,
        f"{account}_API_SECRET": SECRETS["OKX_API_SECRET"],
        f"{account}_API_PASSPHRASE": SECRETS["OKX_API_PASSPHRASE"],
    }


def with_alpha(server: OkxServer) -> Account:
    """A sub-account with a leg of 100 U on 20.29 U of margin, and the main one with a leg of the same coin."""
    alpha = server.others[ALPHA] = Account(uid="2")
    server.account.open_leg(CRV, "long", "200", "0.5")
    alpha.open_leg(CRV, "long", "200", "0.5", margin_mode="isolated", added_margin="10.29")
    return alpha


def sink(server: OkxServer, alpha: Account) -> None:
    """Let alpha's leg lose, in both accounts' market: a row whose mark is not the public one would be held."""
    server.account.set_mark(CRV, alpha.set_roi(CRV, "long", -12, "isolated"))


async def seen_and_answered(api: BotApi, data: str) -> None:
    """Press a button, later than it can have been read."""
    asked = time.monotonic()
    await api.until(lambda: time.monotonic() - asked > TOO_SOON + 0.1)
    await api.presses(data)


async def test_one_that_is_refused_holds_up_none_and_one_that_is_killed_is_finished(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        alpha = with_alpha(server)
        settings = on_telegram(
            api,
            **on_okx(server),
            ACCOUNTS="main,alpha,beta",
            **keys("ALPHA", ALPHA),
            **keys("BETA", "nobody-knows-this-key"),
            # By the stream alpha would see the price of the main account's market, which its own rows do not show.
            STREAM="off",
        )
        async with Program(tmp_path, **settings) as program:
            await program.said("[alpha] 🔍 check 2:")
            await program.said("[main] 🔍 check 2:")
            await api.until(lambda: any("beta" in text and "refuses the keys" in text for text in api.texts()))
            await api.says("/accounts")
            await api.until(lambda: any("Together" in text for text in api.texts()))
            # The same coin in both: what the main account sells, alpha does not.
            server.account.set_roi(CRV, "long", 26)
            await server.until(lambda: any(not fill.increased for fill in server.account.fills))
            await api.until(lambda: any("main" in text and "tier 1 (25%)" in text for text in api.texts()))
            assert alpha.leg(CRV, "long", "isolated").contracts == 200

            # A maintenance whose second order hangs, and the process dies there.
            sink(server, alpha)
            seen = len(server.requests_to("/account/positions"))
            await server.until(lambda: len(server.requests_to("/account/positions")) > seen + 6)
            await api.says("/maintain alpha CRV long")
            await api.until(lambda: any("Maintain CRV" in text for text in api.texts()))
            server.fault("POST /trade/order", "hang", times=None, skip=1)
            await seen_and_answered(api, "@alpha:uy:")
            await server.until(lambda: len(server.requests_to("POST /trade/order")) >= 3)
            assert alpha.leg(CRV, "long", "isolated").contracts > 2000
            program.kill()
            await program.ended()
        assert not any("Traceback" in line for line in program.lines)
        server.clear_faults()

        async with Program(tmp_path, **settings) as program:
            await program.said("maintenance 1 done")
            leg = alpha.leg(CRV, "long", "isolated")
            worth = leg.instrument.worth(leg.contracts, leg.instrument.mark)
            assert 100 <= worth <= 105
            bought = sum(fill.contracts for fill in alpha.fills if fill.increased)
            assert bought * leg.instrument.mark < Decimal(2200)
            # The phone hears of it, alone or among the news of the start, with the account's name.
            await api.until(lambda: any("alpha" in text and "maintenance" in text and "done" in text for text in api.texts()))
            await api.says("/status alpha")
            await api.until(lambda: any("🛠 1/3" in text for text in api.texts()))
            program.terminate()
            assert await program.ended() == 0
        assert not any("Traceback" in line for line in program.lines)
        ledger = json.loads((tmp_path / "data" / "okx" / "ledger.json").read_bytes())
        assert ledger["positions alpha"][f"{CRV}_long_isolated"]["maintenances"] == 1
        assert "maintenances" not in ledger["positions"][f"{CRV}_long"]
        assert ALPHA not in json.dumps(ledger)
        assert not any(ALPHA in line or "nobody-knows" in line for line in program.lines)


async def test_an_end_in_order_cuts_back_what_was_bought(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        alpha = with_alpha(server)
        settings = on_telegram(api, **on_okx(server), ACCOUNTS="main,alpha", **keys("ALPHA", ALPHA), ALPHA_MAINTENANCE="on")
        async with Program(tmp_path, **settings) as program:
            await program.said("[alpha] 🔍 check 1:")
            # The cut is refused, and would be tried again in ten seconds.
            refused = server.fault("POST /trade/order", "code", times=None, skip=1, code="51022")
            sink(server, alpha)
            await server.until(lambda: refused.used > 0)
            assert alpha.leg(CRV, "long", "isolated").contracts > 2000
            server.clear_faults()
            program.terminate()
            assert await program.ended() == 0
        leg = alpha.leg(CRV, "long", "isolated")
        assert 100 <= leg.instrument.worth(leg.contracts, leg.instrument.mark) <= 105
        assert not any("Traceback" in line for line in program.lines)


async def test_a_correction_by_itself_moves_margin_step_by_step(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        alpha = with_alpha(server)
        settings = on_telegram(api, **on_okx(server), ACCOUNTS="main,alpha", **keys("ALPHA", ALPHA), ALPHA_CORRECTION="on")
        async with Program(tmp_path, **settings) as program:
            await program.said("margin 20.29 → 10.29 U")
            assert alpha.leg(CRV, "long", "isolated").margin == Decimal("10.29")
            assert len(server.requests_to("/account/position/margin-balance")) == 2
            await api.until(lambda: any("alpha" in text and "margin 20.29 → 10.29 U" in text for text in api.texts()))
            program.terminate()
            assert await program.ended() == 0
        assert not any("Traceback" in line for line in program.lines)
