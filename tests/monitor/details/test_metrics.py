"""What Prometheus reads: true, without a secret, and all that the Grafana dashboard asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.fixtures.every_event import EVENTS, OTHERS
from tests.fixtures.fakes import fail, key
from tests.fixtures.folders import ROOT
from tests.monitor.document.book import ABOUT, Book
from tgtp.engine.ports import Exchange, RequestCount
from tgtp.errors import TemporarilyDown
from tgtp.monitor.metrics import PREFIX, SERIES, Metrics

DASHBOARD = ROOT / "docs" / "grafana.json"
PAGE = ROOT / "docs" / "monitoring.md"


@pytest.fixture
def metrics(book: Book) -> Metrics:
    made = Metrics(book.accounts, book.clock, ABOUT.process)
    for number, event in book.listener.events:
        made.happened(event.account, number, event)
    return made


def read(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every value by its name and labels."""
    text = metrics.expose().decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_says_how_the_checks_and_the_account_are(book: Book, metrics: Metrics) -> None:
    found = read(metrics)
    assert found["tgtp_checks_total", "main"] == found["tgtp_checks_total", "alpha"] == 4
    assert found["tgtp_last_check_age_seconds", "main"] == 10
    assert found["tgtp_equity_usd", "alpha"] == 1000
    assert found["tgtp_margin_usdt", "alpha"] == 35
    assert found["tgtp_drawdown_ratio", "main"] == 0
    assert ("tgtp_drawdown_ratio", "alpha") not in found
    assert found["tgtp_legs", "main", "long"] == 4
    assert found["tgtp_orders_total", "main", "filled", "tier"] == found["tgtp_tiers_fired_total", "main"] == 3
    assert found["tgtp_tiers_fired_total", "alpha"] == 0
    book.exchange.before = fail("snapshot", TemporarilyDown("no route"), times=9)
    book.accounts.pause_all(7)
    await book.check()
    after = read(metrics)
    assert after["tgtp_failed_checks_total", "main"] == after["tgtp_failed_checks_in_a_row", "main"] == 1
    assert after["tgtp_paused", "main"] == 1


async def test_what_cannot_be_read_is_counted(book: Book, metrics: Metrics) -> None:
    book.hide(key("DOGE-USDT-SWAP"), key("PEPE-USDT-SWAP"))
    await book.check()
    assert read(metrics)["tgtp_unreadable_legs", "main"] == 2


async def test_requests_are_told_beside_their_limits(metrics: Metrics, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (RequestCount("account/positions", 1200, 4, 10, 2), RequestCount("other", 3, 1, None, 2))
    monkeypatch.setattr(Exchange, "requests", lambda _: asked)
    found = read(metrics)
    assert found["tgtp_requests_total", "main", "account/positions"] == 1200
    assert found["tgtp_request_limit_used_ratio", "main", "account/positions"] == 0.4
    assert ("tgtp_request_limit_used_ratio", "main", "other") not in found


async def test_before_the_first_check_nothing_is_invented(tmp_path: Path) -> None:
    book = Book(tmp_path)
    found = read(Metrics(book.accounts, book.clock))
    assert found["tgtp_checks_total", "main"] == 0
    assert not [name for name, *_ in found if name in ("tgtp_equity_usd", "tgtp_last_check_age_seconds", "tgtp_legs")]
    book.ledger.close()


async def test_any_event_may_happen(metrics: Metrics) -> None:
    for number, event in enumerate((*EVENTS, *OTHERS)):
        metrics.happened("alpha", number, event)
    found = read(metrics)
    outcomes = {name[2] for name in found if name[0] == "tgtp_orders_total" and name[1] == "alpha"}
    assert outcomes == {"filled", "rejected", "unresolved", "not_arrived", "held_back"}
    assert "owner" not in metrics.expose().decode()


def test_names_are_as_prometheus_wants_them() -> None:
    names = [series.name for series in SERIES]
    assert len(set(names)) == len(names)
    units = ("_seconds", "_usd", "_usdt", "_ratio", "_bytes", "_info")
    plain = {"checks", "failed_checks", "failed_checks_in_a_row", "requests", "orders", "tiers_fired", "open_orders"}
    plain |= {"outbox_messages", "stream_up", "legs", "unreadable_legs", "paused"}
    assert [name for name in names if not name.endswith(units) and name not in plain] == []


@pytest.mark.parametrize("path", [DASHBOARD, PAGE], ids=lambda path: path.name)
def test_every_metric_that_is_named_exists_and_is_all_there_is(path: Path) -> None:
    there = {f"{PREFIX}{series.name}{'_total' if series.kind == 'counter' else ''}" for series in SERIES}
    named = set(re.findall(r"\btgtp_[a-z_]+\b", path.read_text("utf-8")))
    assert named <= there
    assert there - named <= {"tgtp_build_info"}


def test_the_dashboard_can_be_loaded() -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= set(board)
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        assert panel["targets"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
