"""What counts as a funding rate of OKX's, and what is none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.okx_engine import okx_on
from tests.simulation.exchange.account import Instrument
from tests.simulation.exchange.rows import funding_row
from tests.simulation.exchange.server import OkxServer
from tgtp.errors import TemporarilyDown

STX = "STX-USDT-SWAP"
PATH = "GET /public/funding-rate"
NOW_MS = 1_795_953_600_000
ONE = Decimal(1)
ROW = funding_row(Instrument(STX, ONE, ONE, ONE, ONE, ONE, ONE, funding_rate=Decimal("0.0002")), NOW_MS)


async def read(row: Any) -> Any:
    async with OkxServer() as server, okx_on(server) as okx:
        server.fault(PATH, "json", body={"code": "0", "data": [row], "msg": ""})
        return await okx.funding_rate(STX)


@pytest.mark.parametrize("field", ["fundingRate", "fundingTime", "instId"])
async def test_a_row_that_lacks_what_it_needs_says_nothing(field: str) -> None:
    assert await read({name: value for name, value in ROW.items() if name != field}) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("fundingRate", value) for value in ("", None, "NaN", 0.0001, "1", "-1", "1e999")),
        *(("fundingTime", value) for value in ("", None, "0", "soon")),
        ("instId", "CRV-USDT-SWAP"),
    ],
)
async def test_what_makes_no_sense_says_nothing(field: str, value: Any) -> None:
    assert await read({**ROW, field: value}) is None


@pytest.mark.parametrize("following", ["", None, "soon", ROW["fundingTime"], "1"])
async def test_how_often_it_settles_may_be_missing(following: Any) -> None:
    found = await read({**ROW, "nextFundingTime": following})
    assert (found.rate, found.interval) == (Decimal("0.0002"), None)


async def test_it_is_what_is_charged_next_and_not_what_was_charged_last() -> None:
    found = await read({**ROW, "settFundingRate": "0.9", "nextFundingRate": "0.8"})
    assert (found.rate, found.interval) == (Decimal("0.0002"), dt.timedelta(hours=8))


@pytest.mark.parametrize("kind", ["http_503", "html_200", "cut_json", "code"])
async def test_what_is_no_reply_is_told_from_a_rate_that_is_not_said(kind: str) -> None:
    async with OkxServer() as server, okx_on(server) as okx:
        server.fault(PATH, kind, times=None, code="50011", message="Too Many Requests")
        with pytest.raises(TemporarilyDown):
            await okx.funding_rate(STX)
