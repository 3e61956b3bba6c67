"""What is told as closed by force, against what was."""

from __future__ import annotations

from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.forced import ForcedCloses

CFX: Where = "CFX-USDT-SWAP", "short", "isolated"


def forced() -> tuple[ForcedCloses, list[str]]:
    found: list[str] = []
    return ForcedCloses(found, " ".join), found


def test_what_is_told_is_the_close_that_nothing_hid() -> None:
    """The history shows the latest close of a life only: of two parts, the first may never be told."""
    watch, found = forced()
    watch.closed(CFX, "partial_adl", 1000.0)
    watch.closed(CFX, "partial_adl", 1005.0).sure = True
    watch.told(CFX, "partial_adl")
    watch.look(2000.0)
    assert found == []


def test_a_close_that_nothing_hid_and_nobody_told_is_found() -> None:
    watch, found = forced()
    watch.closed(CFX, "partial_adl", 1000.0)
    watch.closed(CFX, "partial_adl", 1005.0).sure = True
    watch.look(2000.0)
    assert len(found) == 1


def test_what_is_told_of_no_close_is_found() -> None:
    watch, found = forced()
    watch.closed(CFX, "partial_adl", 1000.0)
    for _ in range(2):
        watch.told(CFX, "partial_adl")
    watch.told(CFX, "adl")
    assert len(found) == 2
