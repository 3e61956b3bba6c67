"""The maintenance rate of a leg, by its size: read, never guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.okx_engine import client_of
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.market_data import read_position_tiers
from tgtp.domain.model import MarginMode
from tgtp.errors import TemporarilyDown

PATH = "GET /public/position-tiers"


async def read(server: OkxServer, contracts: Any, name: str = "STX-USDT-SWAP") -> Decimal:
    client = client_of(server, keys=None)
    try:
        return (await read_position_tiers(client, name, MarginMode.ISOLATED)).rate(Decimal(contracts))
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("contracts", "rate"),
    [(1, "0.004"), (2500, "0.004"), ("2500.1", "0.01"), (40000, "0.02"), (50000, "0.02")],
)
async def test_it_grows_with_the_size(contracts: Any, rate: str) -> None:
    async with OkxServer() as server:
        assert await read(server, contracts) == Decimal(rate)
        assert server.requests[-1].query == {"instType": "SWAP", "tdMode": "isolated", "instFamily": "STX-USDT"}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"maxSz": "", "mmr": "0.01"}],
        [{"maxSz": "9", "mmr": ""}],
        [{"maxSz": "9", "mmr": "0"}],
        [{"maxSz": "9", "mmr": "4"}],
    ],
)
async def test_without_one_that_makes_sense_there_is_none(rows: list[Any]) -> None:
    async with OkxServer() as server:
        server.fault(PATH, "json", body={"code": "0", "data": rows, "msg": ""})
        with pytest.raises(TemporarilyDown):
            await read(server, 1)


async def test_an_instrument_that_okx_does_not_know_has_none() -> None:
    async with OkxServer() as server:
        with pytest.raises(TemporarilyDown):
            await read(server, 1, "NONE-USDT-SWAP")
