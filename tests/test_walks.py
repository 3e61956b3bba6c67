"""The walks of docs/architecture.md are what happens: each name on them is called, step after step."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from scripts.structure import PAGE
from tests.chat.conftest import Dial, dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.folders import ROOT
from tests.fixtures.pushes import PushedHouse
from tests.simulation.phone.phone import ME
from tgtp.chat.console.story import ConsoleListener
from tgtp.engine.monitoring.fan_out import FanOut

__all__ = ["dial"]
PACKAGE = f"{ROOT / 'tgtp'}/"
# A class of the package is named with its method; a function alone.
CALLED = re.compile(r"`([A-Z]\w+\.\w+|[a-z_]{3,})`")


class Step(NamedTuple):
    """What one step names; ``beside``: the next one does not wait for it."""

    names: list[str]
    beside: bool = False


def steps_of(title: str) -> list[Step]:
    walk = PAGE.read_text("utf-8").split(f"## {title}")[1].split("\n## ")[0]
    steps = re.split(r"^\d+\. ", walk, flags=re.MULTILINE)[1:]
    return [Step(CALLED.findall(step), "beside the check" in step) for step in steps]


@contextmanager
def calls() -> Iterator[list[str]]:
    """Every call within the package, in order; also where a coroutine goes on."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            seen.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def strays(steps: list[Step], seen: list[str]) -> list[str]:
    """The names that were not called, or not after the step before; what was called before the walk began was built then."""
    # A port is called by the name of what fulfils it.
    called = [name.replace("PaperExchange.", "Exchange.") for name in seen]
    begun = called.index(steps[0].names[0])
    wrong: list[str] = []
    at = begun
    for step in steps:
        later = {name: called.index(name, at) for name in step.names if name in called[at:]}
        wrong += [name for name in step.names if name not in later and name not in called[:begun]]
        at = at if step.beside else max(later.values(), default=at)
    return wrong


async def test_from_one_mark_price_to_a_phone_alert(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    phone = await dial(house=house)
    house.listener = FanOut(house.listener, ConsoleListener(phone.reader(ME)))  # type: ignore[assignment]
    await phone.restart()
    house.set_roi(key(), 26)
    with calls() as seen:
        await phone.side.start_checks(house.checker.check, 3600)
        await phone.until(lambda: any("Closed 30" in alert for alert in phone.alerts()) and not house.ledger.outbox())
        await phone.until(lambda: house.checker.last_report and house.checker.last_report.sent)
    assert strays(steps_of("From one mark price to a phone alert"), seen) == []


async def test_from_a_pushed_price_to_an_order(tmp_path: Path) -> None:
    house = PushedHouse(tmp_path, paper_leg(contracts=100))
    await house.begin()
    with calls() as seen:
        house.push_roi(key(), 26)
        await house.decider.act()
    assert house.woken == 1
    assert strays(steps_of("From a pushed price to an order"), seen) == []
    house.ledger.close()


async def test_one_close(dial: Dial) -> None:
    with calls() as seen:
        phone = await dial(paper_leg("STX-USDT-SWAP", contracts=100))
        await phone.says("/close STX long 50%")
        assert "50 closed" in await phone.press("Close 50")
    assert strays(steps_of("One `/close STX long 50%`"), seen) == []


def test_a_walk_that_is_wrong_is_found() -> None:
    walk = [Step(["Checker.check"]), Step(["Exchange.snapshot", "ladder_plan"]), Step(["send"])]
    assert strays(walk, ["Checker.check", "PaperExchange.snapshot", "ladder_plan", "send"]) == []
    assert strays(walk, ["Checker.check", "ladder_plan", "send"]) == ["Exchange.snapshot"]
    assert strays(walk, ["Checker.check", "send", "PaperExchange.snapshot", "ladder_plan"]) == ["send"]
