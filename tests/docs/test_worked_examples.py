"""The worked examples on the page of the rules: every row is worked out again by what decides with money."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.folders import ROOT
from tgtp.domain.examples import OPENED_AT, leg
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.guards.drawdown import Level
from tgtp.domain.guards.leg_guards import guard_lines
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.hedge import hedge_verdicts
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.life import Life
from tgtp.domain.model import PositionSide
from tgtp.domain.sizing import break_even, is_orderable, price_of_roi, share_of
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, draft
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.domain.volatility.scaling import scaled
from tgtp.settings.environment import Settings

PAGES = [ROOT / "docs" / name for name in ("rules.md", "rules.zh.md")]
TABLE = re.compile(r"<!-- worked: (\w+) -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)")
RULES = Settings().rules
ONE = Decimal(1)
SIDES = {"long": "long", "short": "short", "多": "long", "空": "short"}
Row = list[str]


def number(cell: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.+-]", "", cell.replace("−", "-")))


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def roi(side: str, entry: str, mark: str, leverage: str) -> Row:
    return [plain(leg(side=SIDES[side], entry_price=entry, mark_price=mark, leverage=leverage).roi * 100)]


def margin(_coin: str, contracts: str, size: str, mark: str, leverage: str) -> Row:
    held = leg(contracts=contracts, contract_size=size, lot_size="0.1", mark_price=mark, leverage=leverage)
    return [plain(held.notional), plain(held.notional / held.leverage)]


def tiers(held: str, lot: str) -> Row:
    now, cells = leg(contracts=held, lot_size=lot), []
    for tier in RULES.long.tiers:
        closes = share_of(now, tier.share)
        is_order = is_orderable(closes, now.instrument)
        cells.append(plain(closes) if is_order else "")
        now = now.replaced(contracts=now.contracts - closes) if is_order else now
    return [*cells, plain(now.contracts)]


def prices(side: str, entry: str, leverage: str) -> Row:
    of = PositionSide(SIDES[side])
    ladder = RULES.long if of is PositionSide.LONG else RULES.short
    found = [price_of_roi(Decimal(entry), Decimal(leverage), of, tier.threshold) for tier in ladder.tiers]
    return [plain(price) for price in found if price is not None]


def hedge(held: str, mark: str, size: str, leverage: str, lot: str) -> Row:
    fields: dict[str, Any] = {
        "contracts": held,
        "mark_price": mark,
        "contract_size": size,
        "leverage": leverage,
        "lot_size": lot,
    }
    losing, winning = leg(side="long", roi="-8", **fields), leg(side="short", roi="45", **fields)
    (verdict,) = hedge_verdicts([losing, winning], RULES.min_margin, RULES.keep_margin)
    return [plain(verdict.base), plain(verdict.contracts) if verdict.contracts else ""]


def giveback(best: str, share: str) -> Row:
    fired = FiredTier(tier=1, threshold=Decimal("0.25"), fired_at=OPENED_AT)
    held = leg(roi=20)
    rules = GuardRules(give_back=number(share) / 100)
    (line,) = guard_lines(held, Life.begun(held, (fired,)), number(best) / 100, rules)
    return [plain(line.roi * 100 if line.roi is not None else Decimal(0))]


def breakeven(side: str, entry: str, coins: str, fees: str, funding: str) -> Row:
    held = leg(side=SIDES[side], entry_price=entry, contracts=coins, fees=number(fees), funding=number(funding))
    (line,) = guard_lines(held, Life.begun(held), None, GuardRules(break_even=1))
    assert line.price == break_even(
        Decimal(entry), held.position_side, Decimal(coins), number(funding) - number(fees), Decimal("0.0005")
    )
    return [f"{line.price:.4f}"]


def drawdown(peak: str, lost: str, moved: str) -> Row:
    before = Level(number(peak), -number(lost))
    after = before.after([number(moved)]) if number(moved) else before
    assert after is not None
    return [plain(-level.below / level.peak_equity * 100) for level in (before, after)]


def dynamic(threshold: str, factor: str) -> Row:
    ladder = Ladder(tiers=(Tier(number=1, threshold=number(threshold) / 100, share=ONE),))
    return [plain(scaled(ladder, Decimal(factor)).tiers[0].threshold * 100)]


def maintenance(count: str, held: str, entry: str, mark: str) -> Row:
    of = leg(contracts=held, entry_price=entry, mark_price=mark)
    found = draft(of, UpkeepRules(), int(count), None, Decimal(1000), OPENED_AT)
    if not isinstance(found, MaintenanceDraft):
        return ["", "", "", ""]
    numbers = (found.buy_contracts, found.cut_contracts, found.contracts_left)
    return [*map(plain, numbers), f"{found.average_price:.4f}"]


WORKED: dict[str, Callable[..., Row]] = {
    "roi": roi,
    "margin": margin,
    "tiers": tiers,
    "prices": prices,
    "hedge": hedge,
    "giveback": giveback,
    "breakeven": breakeven,
    "drawdown": drawdown,
    "dynamic": dynamic,
    "maintenance": maintenance,
}


def rows_of(text: str) -> list[tuple[str, Row]]:
    """Return the cells of every row, under the name of its table."""
    return [
        (found[1], [cell.strip() for cell in line.strip("|").split("|")])
        for found in TABLE.finditer(text)
        for line in found[2].splitlines()
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_comes_out_as_it_stands(page: Any) -> None:
    rows = rows_of(page.read_text("utf-8"))
    assert {name for name, _ in rows} == WORKED.keys()
    wrong = []
    for name, cells in rows:
        work = WORKED[name]
        taken = work.__code__.co_argcount
        said = [number(cell) if re.search(r"\d", cell) else None for cell in cells[taken:]]
        worked = work(*cells[:taken])
        if said != [Decimal(cell) if cell else None for cell in worked]:
            wrong.append((name, cells, worked))
    assert wrong == []


def test_the_table_of_tiers_shows_the_defaults() -> None:
    for page in PAGES:
        rows = re.findall(
            r"^\| ([123]) \| (\d+) % \| (\d+) % \| (\d+) % \| ([\d.]+) \|$", page.read_text("utf-8"), re.MULTILINE
        )
        left, wanted = Decimal(100), []
        for upper, lower in zip(RULES.long.tiers, RULES.short.tiers, strict=True):
            assert upper.share == lower.share
            left -= left * upper.share
            wanted.append(
                (
                    f"{upper.number}",
                    *(plain(part * 100) for part in (upper.threshold, lower.threshold, upper.share)),
                    plain(left),
                )
            )
        assert rows == wanted
