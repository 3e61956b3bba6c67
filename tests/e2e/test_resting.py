"""The real process and tiers that rest at the exchange: they fire while it is dead, and it takes them in when it is back."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import STX, okx_server, on_okx, on_telegram
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi

ORDERS = ("POST /trade/order", "POST /trade/order-algo", "POST /trade/amend-algos", "POST /trade/cancel-algos")


def asked(server: OkxServer) -> list[int]:
    """How many requests of each kind that trades have arrived."""
    return [len(server.requests_to(path)) for path in ORDERS]


async def test_three_tiers_fire_while_it_is_dead_and_are_taken_in_once(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        account = server.account
        account.open_leg(STX, "long", "100", "0.30")
        settings = on_telegram(api, **on_okx(server, RESTING="all"))
        async with Program(tmp_path, **settings) as program:
            await server.until(lambda: len(account.algo.waiting()) == 3)
            await program.said("check 2:")
            program.kill()
            await program.ended()
        assert asked(server) == [0, 3, 0, 0]
        for percent in range(61):
            account.set_roi(STX, "long", percent)
        assert [f"{fill.contracts:f} at {fill.price:f}" for fill in account.fills] == [
            "30.0 at 0.3075",
            "35.0 at 0.3105",
            "17.5 at 0.315",
        ]

        async with Program(tmp_path, **settings) as again:
            await api.until(lambda: sum("🎯" in text for text in api.texts()) == 3)
            await again.said("check 3:")
            again.terminate()
            assert await again.ended() == 0
        # Not one of them was sent again, and nothing else was.
        assert asked(server) == [0, 3, 0, 0]
        assert len(account.fills) == 3
        alerts = [text for text in api.texts() if "🎯" in text]
        for alert, roi, words, filled in zip(
            alerts,
            ("+25.00% · tier 1", "+35.00% · tier 2", "+50.00% · tier 3"),
            ("Closed <b>30</b> of 100", "Closed <b>35</b> of 70", "Closed <b>17.5</b> of 35"),
            ("Filled at 0.3075", "Filled at 0.3105", "Filled at 0.315 "),
            strict=True,
        ):
            assert roi in alert
            assert words in alert
            assert filled in alert
            assert "Fired at the exchange, where its order rested" in alert
        life = json.loads((tmp_path / "data" / "okx" / "ledger.json").read_text())["positions"][f"{STX}_long"]
        fired = [(row["tier"], row["contracts"]) for row in life["fired"]]
        assert (fired, life["contracts"]) == ([(1, "30"), (2, "35"), (3, "17.5")], "17.5")
        assert not any("Traceback" in line for line in (*program.lines, *again.lines))
