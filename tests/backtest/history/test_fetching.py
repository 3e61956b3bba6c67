"""The cache is filled whole, whatever pages the exchange sends and wherever the program is killed."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import shutil
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.process import Program
from tests.fixtures.okx_engine import QuickClock, client_of
from tests.fixtures.sentences import raises, told
from tests.fixtures.thoroughness import FULL
from tests.simulation.exchange.history import candle_rows
from tests.simulation.exchange.server import OkxServer, Record
from tgtp.__main__ import main
from tgtp.adapters.okx.archive.pages import FEW, MANY, OkxArchive, PriceKind
from tgtp.backtest.history.bar_file import BarFile
from tgtp.backtest.history.fetching import Asked, fetch_bars, fetch_into
from tgtp.backtest.history.funding_file import read_funding
from tgtp.backtest.history.reading import read_bars
from tgtp.errors import CannotStart, TemporarilyDown

STX = "STX-USDT-SWAP"
MINUTE = 60_000
FIVE, HOUR = 5 * MINUTE, 60 * MINUTE
FIRST = 1651363200000
PAGES = "/market/history-mark-price-candles"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.limits = None
        yield running


def asked(bars: int, first_ms: int = FIRST, kind: PriceKind = "mark") -> Asked:
    return Asked(STX, "1m", kind, first_ms, first_ms + bars * MINUTE, MINUTE)


async def fetch(server: OkxServer, wanted: Asked, path: Path, clock: QuickClock | None = None) -> int:
    client = client_of(server, keys=None)
    try:
        await fetch_into(OkxArchive(client, clock or QuickClock()), wanted, path, lambda done, total: None)
        return int(BarFile(path).present(wanted.first_ms, wanted.step_ms, wanted.bars).sum())
    finally:
        await client.close()


def truth(server: OkxServer, wanted: Asked) -> dict[int, list[str]]:
    """What the exchange knows, without a page in between."""
    rows: dict[int, list[str]] = {}
    for end in range(wanted.first_ms + 100 * MINUTE, wanted.end_ms + 100 * MINUTE, 100 * MINUTE):
        query = {"instId": STX, "bar": "1m", "after": str(end), "before": str(wanted.first_ms - 1)}
        found = candle_rows(server.account, query, int(server.now() * 1000), newest=None)
        rows |= {int(row[0]): row[1:5] for row in found if int(row[0]) < wanted.end_ms and row[5] == "1"}
    return rows


def held(path: Path) -> dict[int, list[str]]:
    bars = read_bars(path, allow_gaps=True)
    return {at: [str(price) for price in bars.exact(number)] for number, at in enumerate(bars.opened_ms.tolist())}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def same(one: dict[int, list[str]], other: dict[int, list[str]]) -> bool:
    return {at: list(map(float, prices)) for at, prices in one.items()} == {
        at: list(map(float, prices)) for at, prices in other.items()
    }


@pytest.mark.parametrize("kind", ["mark", "last"])
async def test_a_whole_time_is_fetched_in_as_few_pages_as_it_takes(server: OkxServer, tmp_path: Path, kind: PriceKind) -> None:
    wanted = asked(650, kind=kind)
    assert await fetch(server, wanted, tmp_path / "STX.npz") == 650
    assert same(held(tmp_path / "STX.npz"), truth(server, wanted))
    assert len(server.requests) == {"mark": 7, "last": 3}[kind]
    assert names_in(tmp_path) == ["STX.lock", "STX.npz"]
    # What is there is not asked for again.
    before = (tmp_path / "STX.npz").read_bytes()
    assert await fetch(server, wanted, tmp_path / "STX.npz") == 650
    assert len(server.requests) == {"mark": 7, "last": 3}[kind]
    assert (tmp_path / "STX.npz").read_bytes() == before
    # Earlier and later ones join them.
    wider = wanted._replace(first_ms=FIRST - 100 * MINUTE, end_ms=wanted.end_ms + 50 * MINUTE)
    assert await fetch(server, wider, tmp_path / "STX.npz") == 800
    assert same(held(tmp_path / "STX.npz"), truth(server, wider))


@pytest.mark.parametrize("seed", range(40 if FULL else 4))
async def test_unkind_pages_lose_and_invent_nothing(server: OkxServer, tmp_path: Path, seed: int) -> None:
    server.unkind = random.Random(seed)
    holes = {FIRST + place * MINUTE for place in (3, 40, 41, 42, 199, 200, 250)}
    server.account.missing_bars = holes
    wanted = asked(400)
    known = truth(server, wanted)
    assert len(known) == 393
    for _ in range(6):
        count = await fetch(server, wanted, tmp_path / "STX.npz")
        found = held(tmp_path / "STX.npz")
        assert same(found, {at: known[at] for at in found})
        if count == 393:
            break
    # Two empty answers in a row for one time are rare, and the next run asks again.
    assert same(found, known)
    assert read_bars(tmp_path / "STX.npz", allow_gaps=True).gaps == (3, 39, 195, 244)


async def test_the_bar_that_is_not_over_is_never_kept(server: OkxServer, tmp_path: Path) -> None:
    now_ms = int(server.now() * 1000)
    first_ms = (now_ms // MINUTE - 5) * MINUTE
    # Asked for as if it were over: its row says that it is not.
    await fetch(server, asked(6, first_ms), tmp_path / "STX.npz")
    found = held(tmp_path / "STX.npz")
    assert list(found) == [first_ms + place * MINUTE for place in range(5)]


async def test_years_before_the_first_bar_cost_few_pages(server: OkxServer, tmp_path: Path) -> None:
    server.account.begins_ms[STX] = FIRST + 500_000 * MINUTE
    assert await fetch(server, asked(500_100), tmp_path / "STX.npz") == 100
    assert len(server.requests) < 50


async def test_pages_come_slowly_enough_and_again_where_okx_was_busy(tmp_path: Path) -> None:
    clock = QuickClock()
    async with OkxServer() as server:
        server.account.time = lambda: clock.now().timestamp()
        asked_at: list[float] = []

        async def note(record: Record) -> None:
            asked_at.append(clock.monotonic())

        server.on_request = note
        for kind, most in (("mark", FEW), ("last", MANY)):
            kind_of: PriceKind = "mark" if kind == "mark" else "last"
            asked_at.clear()
            server.fault("candles", "code", code="50011", times=2)
            await fetch(server, asked(100 * 40, kind=kind_of), tmp_path / f"{kind}.npz", clock)
            window: deque[float] = deque()
            for at in asked_at:
                window.append(at)
                while window[0] <= at - 2:
                    window.popleft()
                assert len(window) <= most
        assert server.limits is not None
        assert server.limits.refused == 0


async def test_an_exchange_that_stays_away_is_given_up_and_what_was_read_is_kept(server: OkxServer, tmp_path: Path) -> None:
    path = tmp_path / "STX.npz"
    server.fault(PAGES, "http_503", times=None, skip=2)
    with pytest.raises(TemporarilyDown) as caught:
        await fetch(server, asked(400), path)
    assert "OKX" in told(caught.value)
    server.clear_faults()
    before = len(server.requests)
    assert await fetch(server, asked(400), path) == 400
    assert len(server.requests) == before + 2


async def test_a_kill_between_any_two_pages_changes_nothing(server: OkxServer, tmp_path: Path) -> None:
    server.account.missing_bars = {FIRST + 150 * MINUTE}
    wanted = asked(450)
    await fetch(server, wanted, tmp_path / "whole" / "STX.npz")
    whole = (tmp_path / "whole" / "STX.npz").read_bytes()
    client = client_of(server, keys=None)

    class Killed(BaseException):
        pass

    for killed_after, torn in itertools.product(range(6), (0, 1, 30)):
        path = tmp_path / f"{killed_after}-{torn}" / "STX.npz"
        path.parent.mkdir()
        pages = itertools.count()

        def page_read(done: int, total: int, pages: itertools.count[int] = pages, last: int = killed_after) -> None:
            if next(pages) == last:
                raise Killed

        with pytest.raises(Killed):
            await fetch_bars(OkxArchive(client, QuickClock()), wanted, BarFile(path), page_read)
        part = path.with_suffix(".part.csv")
        content = part.read_bytes()
        # What a machine that lost its power has written of the last page.
        part.write_bytes(content[: len(content) - torn])
        await fetch(server, wanted, path)
        assert path.read_bytes() == whole
        # Killed after the cache was written, and before its pages were removed.
        part.write_bytes(content)
        await fetch(server, wanted, path)
        assert path.read_bytes() == whole
        shutil.rmtree(path.parent)
    await client.close()


WORDS = ("-m", "tgtp", "fetch-history", STX, "5m")


async def pages_read(server: OkxServer, count: int) -> None:
    await server.until(lambda: len(server.requests_to(PAGES)) >= count)


async def test_a_process_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(5)
    today = dt.datetime.now(dt.UTC).date()
    days = [today - dt.timedelta(days=2), today]
    words = (*WORDS, str(days[0]), "--end", str(days[1]), "--to", str(tmp_path), "--funding")
    first_ms = int(dt.datetime.combine(days[0], dt.time(), dt.UTC).timestamp() * 1000)
    path, rates = tmp_path / f"{STX}-5m-mark.npz", tmp_path / f"{STX}-funding.csv"
    async with OkxServer() as server:
        server.account.missing_bars = {first_ms + 200 * FIVE}
        for _ in range(5 if FULL else 1):
            program = Program(tmp_path, words, OKX_API_URL=server.url)
            await program.start()
            await pages_read(server, len(server.requests_to(PAGES)) + chance.randint(1, 4))
            program.kill()
            await program.ended()
        program = Program(tmp_path, words, OKX_API_URL=server.url)
        await program.start()
        assert await program.ended() == 0, program.lines
        assert any("575 bars from" in line and "gaps: 1" in line for line in program.lines), program.lines
        assert server.limits is not None
        assert server.limits.refused == 0
        server.limits = None
        wanted = Asked(STX, "5m", "mark", first_ms, first_ms + 576 * FIVE, FIVE)
        await fetch(server, wanted, tmp_path / "whole.npz")
        assert path.read_bytes() == (tmp_path / "whole.npz").read_bytes()
        settled = read_funding(rates, STX)
        assert [at - first_ms for at, _ in settled[:3]] == [0, 8 * HOUR, 16 * HOUR]
        assert settled[-1][0] <= int(server.now() * 1000)


async def test_funding_of_months_is_read_page_by_page(server: OkxServer) -> None:
    client = client_of(server, keys=None)
    since_ms = int(server.now() * 1000) - 200 * 24 * HOUR
    rates = await OkxArchive(client, QuickClock()).funding(STX, since_ms)
    assert len(rates) == 270
    assert list(rates) == sorted(rates)
    # What was settled, and not what had been forecast.
    assert "0.0005" not in rates.values()
    await client.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["../../ETH-USDT-SWAP", "5m"], "not the name of a USDT swap"),
        (["ETH-USDC-SWAP", "5m"], "not the name of a USDT swap"),
        ([STX, "7m"], "not a length of bars; there are 1m, 3m, 5m"),
    ],
)
def test_words_that_name_nothing_are_refused(words: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch-history", *words, "2022-01-01"]) == 2
    assert why in capsys.readouterr().err


async def test_two_never_fill_one_cache(server: OkxServer, tmp_path: Path) -> None:
    with FileLock(tmp_path / "STX.lock"), raises(CannotStart, "another fetch-history fills"):
        await fetch(server, asked(5), tmp_path / "STX.npz")
    assert await fetch(server, asked(5), tmp_path / "STX.npz") == 5


def test_an_end_before_the_start_is_refused_before_anything_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["fetch-history", STX, "5m", "2022-02-01", "--end", "2022-01-01"]
    assert main(words) == 2
    assert "--end (2022-01-01) must come after the start (2022-02-01)" in capsys.readouterr().err
