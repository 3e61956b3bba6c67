"""Whose account a key belongs to: two keys of one account, swapped keys, renamed accounts, another account's key."""

from __future__ import annotations

import errno
import itertools
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.storage.test_atomic_file import BreakingOs
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.folders import ROOT
from tests.fixtures.several_accounts import Street
from tgtp.adapters.storage.ledger import STATE
from tgtp.domain.model import EPOCH
from tgtp.domain.report import Span
from tgtp.engine.identity import Hold, Record, first_name, judge
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.reports.reporter import Accountant
from tgtp.errors import AccessRefused

CRV = key()


def keyed(street: Street, uids: Mapping[str, str]) -> None:
    """Give the key of each name to the account of this id."""
    for name, uid in uids.items():
        street.exchanges[name].profile_view = lambda profile, uid=uid: profile.replaced(uid=uid)  # type: ignore[misc]


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = Street(tmp_path, {name: [paper_leg(contracts=1000)] for name in ("main", "alpha", "beta")})
    keyed(street, {"main": "1", "alpha": "2", "beta": "3"})
    return street


def tables(street: Street) -> list[dict[str, Any]]:
    return [street.papers, street.exchanges, street.marks]


def swap(street: Street, one: str, other: str) -> None:
    """Swap two keys in .env: what one name sees from now on is what the other saw."""
    for table in tables(street):
        table[one], table[other] = table[other], table[one]


def held(street: Street) -> dict[str, Hold | None]:
    return {account.name: account.checker.held for account in street.accounts}


async def test_two_keys_of_one_account_fire_its_tier_once(tmp_path: Path) -> None:
    """Both fired tier 1, 600 of 1000 closed."""
    street = Street(tmp_path, {"main": [paper_leg(contracts=1000)], "alpha": []})
    street.papers["alpha"], street.marks["alpha"] = street.paper, street.prices
    street.exchanges["alpha"].inner = street.paper
    keyed(street, {"main": "1", "alpha": "1"})
    street.set_roi(CRV, 26)
    await street.check(4)
    assert street.closed() == [300]
    assert held(street) == {"main": None, "alpha": Hold("shared", "main")}
    (event,) = street.listener.of("account_held")
    assert (event.account, event.why, event.other, event.uid) == ("alpha", "shared", "main", "1")
    leg = (await street.paper.snapshot()).legs[0]
    with pytest.raises(AccessRefused):
        await street.of("alpha").actions.close([CloseOrder(leg, leg.contracts)], 7, "nonce")
    assert street.closed() == [300]


async def test_swapped_keys_fire_nothing_again(street: Street) -> None:
    """Every tier that had fired fired again."""
    street.set_roi_in("alpha", CRV, 26)
    street.set_roi_in("beta", CRV, 36)
    await street.check(3)
    assert [street.held_in(name, CRV) for name in ("alpha", "beta")] == [700, 350]
    street.of("beta").actions.pause("STX-USDT-SWAP", 7)
    swap(street, "alpha", "beta")
    street.restart()
    await street.check(3)
    assert [street.held_in(name, CRV) for name in ("alpha", "beta")] == [350, 700]
    assert [street.fired_in(name, CRV) for name in ("alpha", "beta")] == [[1, 2], [1]]
    assert street.paused_in()["alpha"] == {"STX-USDT-SWAP"}
    assert {event.before for event in street.listener.of("account_renamed")} <= {"alpha", "beta"}
    told = {(event.account, event.before) for _, event in street.ledger.history(50) if event.kind == "account_renamed"}
    assert told == {("alpha", "beta"), ("beta", "alpha")}
    # Each goes on where it was.
    street.set_roi_in("beta", CRV, 36)
    await street.check()
    assert street.held_in("beta", CRV) == 350


async def test_the_main_account_and_another_swapped(street: Street) -> None:
    street.set_roi_in("main", CRV, 26)
    await street.check(2)
    owner = "owner of the program, not of an account"
    with street.ledger.step():
        street.ledger.keep_note("owner", owner)
    keyed(street, {"main": "2", "alpha": "1"})
    street.paper, street.prices = street.papers["alpha"], street.marks["alpha"]
    street.papers["alpha"], street.marks["alpha"] = street.papers["main"], street.marks["main"]
    street.exchanges["main"].inner, street.exchanges["alpha"].inner = street.paper, street.papers["alpha"]
    street.restart()
    street.set_roi_in("alpha", CRV, 26)
    await street.check(3)
    assert street.held_in("alpha", CRV) == 700
    assert street.fired_in("alpha", CRV) == [1]
    assert street.fired_in("main", CRV) == []
    assert street.ledger.note("owner") == owner


async def test_a_renamed_account_goes_on_where_it_was_and_so_do_its_orders(street: Street) -> None:
    street.set_roi_in("alpha", CRV, 26)
    await street.check(2)
    first = street.exchanges["alpha"].submitted[0].client_order_id
    street.names = ("main", "gamma", "beta")
    for table in tables(street):
        table["gamma"] = table.pop("alpha")
    street.restart()
    await street.check(3)
    assert street.fired_in("gamma", CRV) == [1]
    assert street.held_in("gamma", CRV) == 700
    street.restart()
    await street.check(2)
    assert street.held_in("gamma", CRV) == 700
    ledger = street.of("gamma").checker.journal.ledger
    assert (ledger.account, ledger.first_name) == ("gamma", "alpha")
    life = ledger.lives()[CRV].replaced(attempts={})
    assert life.order_name(ledger.first_name, "tier1") == first
    assert [event.before for _, event in street.ledger.history(50) if event.kind == "account_renamed"] == ["alpha"]


async def test_a_key_of_an_account_never_seen_does_nothing_until_it_is_confirmed(street: Street) -> None:
    street.set_roi_in("alpha", CRV, 26)
    await street.check(2)
    keyed(street, {"alpha": "9"})
    street.restart()
    for name in street.names:
        street.set_roi_in(name, CRV, 36)
    await street.check(3)
    assert held(street) == {"main": None, "alpha": Hold("changed"), "beta": None}
    assert street.held_in("alpha", CRV) == 700
    assert street.held_in("beta", CRV) == 350
    assert street.of("alpha").checker.last_good is not None
    assert [event.why for event in street.listener.of("account_held")] == ["changed"]
    actions = street.of("alpha").actions
    assert actions.confirm_account(7)
    assert not actions.confirm_account(7)
    await street.check(2)
    assert held(street)["alpha"] is None
    assert street.fired_in("alpha", CRV) == [1, 2]
    # The former key comes back: what had fired there is still known.
    keyed(street, {"alpha": "2"})
    street.restart()
    street.set_roi_in("alpha", CRV, 20)
    await street.check(2)
    assert held(street)["alpha"] is None
    assert street.fired_in("alpha", CRV) == [1]


async def test_a_ledger_of_before_is_adopted_neither_refused_nor_paused(street: Street) -> None:
    keyed(street, dict.fromkeys(street.names, ""))
    street.set_roi_in("alpha", CRV, 26)
    await street.check(2)
    assert street.ledger.note("accounts") is None
    keyed(street, {"main": "1", "alpha": "2", "beta": "3"})
    street.restart()
    await street.check(2)
    assert held(street) == dict.fromkeys(street.names)
    assert street.fired_in("alpha", CRV) == [1]
    assert street.ledger.note("accounts") == {
        "main": {"uid": "1", "name": "main", "former": []},
        "alpha": {"uid": "2", "name": "alpha", "former": []},
        "beta": {"uid": "3", "name": "beta", "former": []},
    }


async def test_while_the_others_key_cannot_be_read_a_swapped_one_waits_and_says_so(street: Street) -> None:
    await street.check()
    swap(street, "alpha", "beta")
    street.restart()
    street.exchanges["beta"].before = lambda name: AccessRefused("50111") if name == "profile" else None
    for name in street.names:
        street.set_roi_in(name, CRV, 26)
    await street.check(5)
    assert held(street)["alpha"] == Hold("waits", "beta")
    assert [street.held_in(name, CRV) for name in street.names] == [700, 1000, 1000]
    assert street.listener.of("account_held") == []
    await street.check(3)
    assert [(event.account, event.why) for event in street.listener.of("account_held")] == [("alpha", "waits")]
    street.exchanges["beta"].before = lambda _: None
    await street.check(3)
    assert [street.held_in(name, CRV) for name in street.names] == [700, 700, 700]


async def test_the_history_of_a_renamed_or_swapped_account_is_that_of_the_account(street: Street) -> None:
    """What had happened under its former name was missing from its history and reports, or was another account's."""

    def told(name: str) -> list[str]:
        events = street.of(name).checker.journal.ledger.since(EPOCH)
        return [event.account for _, event in events if event.kind == "tier_filled"]

    for name in ("alpha", "beta"):
        street.set_roi_in(name, CRV, 26)
    await street.check(2)
    street.set_roi_in("beta", CRV, 36)
    await street.check(2)
    assert (told("alpha"), told("beta")) == (["alpha"], ["beta", "beta"])
    swap(street, "alpha", "beta")
    street.restart()
    await street.check(2)
    assert (told("alpha"), told("beta")) == (["beta", "beta"], ["alpha"])
    street.set_roi_in("beta", CRV, 36)
    await street.check(2)
    rename(street, "beta", "gamma")
    street.restart()
    await street.check(2)
    assert (told("alpha"), told("gamma")) == (["beta", "beta"], ["alpha", "beta"])
    together = Accountant(*(account.checker for account in street.accounts))
    kinds = await together.written(Span(EPOCH, street.clock.now()), lambda _, event: [event.kind])
    assert kinds.count(["tier_filled"]) == 4


def rename(street: Street, before: str, name: str) -> None:
    """Call an account otherwise in .env."""
    street.names = tuple(name if other == before else other for other in street.names)
    for table in tables(street):
        table[name] = table.pop(before)


async def test_a_pause_pressed_before_the_keys_were_read_holds_for_a_renamed_account(street: Street) -> None:
    """All were told to be paused; the renamed one took up its state of before, and fired."""
    await street.check(2)
    rename(street, "alpha", "gamma")
    street.restart()
    street.accounts.pause_all(7)
    for name in street.names:
        street.set_roi_in(name, CRV, 26)
    await street.check(3)
    assert [street.held_in(name, CRV) for name in street.names] == [1000, 1000, 1000]
    street.restart()
    assert set(street.paused_in().values()) == {frozenset({"*"})}


async def test_a_pause_pressed_before_the_keys_were_read_holds_for_a_swapped_account(street: Street) -> None:
    await street.check(2)
    swap(street, "alpha", "beta")
    street.restart()
    street.of("alpha").actions.pause("*", 7)
    for name in street.names:
        street.set_roi_in(name, CRV, 26)
    await street.check(3)
    assert [street.held_in(name, CRV) for name in street.names][:2] == [700, 1000]


async def test_a_pause_holds_for_the_account_whose_key_is_confirmed(street: Street) -> None:
    """Paused because its key was another one, and confirmed afterwards: it fired at once."""
    await street.check(2)
    keyed(street, {"alpha": "9"})
    street.restart()
    street.set_roi_in("alpha", CRV, 26)
    await street.check(2)
    street.of("alpha").actions.pause("*", 7)
    assert street.of("alpha").actions.confirm_account(7)
    await street.check(3)
    assert street.held_in("alpha", CRV) == 1000
    assert street.paused_in()["alpha"] == {"*"}


async def test_records_that_cannot_be_written_turn_no_ledger(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    await street.check(2)
    rename(street, "alpha", "gamma")
    street.restart()
    street.set_roi_in("gamma", CRV, 26)
    with monkeypatch.context() as patch:
        BreakingOs(0, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))).install(patch)
        await street.of("gamma").checker.check()
    ledger = street.of("gamma").checker.journal.ledger
    assert ledger.first_name == "gamma"
    await street.check(2)
    assert ledger.first_name == "alpha"
    assert street.held_in("gamma", CRV) == 700


async def test_a_second_key_waits_while_it_is_not_known_whose_the_fired_tiers_are(tmp_path: Path) -> None:
    """A ledger of before, the main key out of order, a second key of its account new in .env: its tier fired again."""
    street = Street(tmp_path, {"main": [paper_leg(contracts=1000)], "alpha": []})
    keyed(street, {"main": "", "alpha": ""})
    street.set_roi(CRV, 26)
    await street.check(2)
    street.papers["alpha"], street.marks["alpha"] = street.paper, street.prices
    street.exchanges["alpha"].inner = street.paper
    keyed(street, {"main": "1", "alpha": "1"})
    street.restart()
    street.exchange.before = lambda name: AccessRefused("50111") if name == "profile" else None
    street.set_roi(CRV, 26)
    await street.check(10)
    assert held(street)["alpha"] == Hold("waits", "main")
    assert street.closed() == [300]
    street.exchange.before = lambda _: None
    await street.check(3)
    assert held(street) == {"main": None, "alpha": Hold("shared", "main")}
    assert street.closed() == [300]


async def test_one_account_alone_and_an_exchange_without_ids(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    assert house.checker.held is None
    assert house.ledger.note("accounts") is None


def test_every_note_of_an_account_follows_it_to_another_name() -> None:
    """A note of the engine that is not of people, or of the program, is of what is held at the exchange."""
    common = {"ladders", "accounts", "reported", "dropped_messages", "owner", "resting_left"}
    pattern = re.compile(r"""^(?:NOTE|[A-Z]+) = "([a-z_]+)"$|(?:keep_)?note\("([a-z_]+)"[,)]""", re.M)
    engine = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tgtp/engine").rglob("*.py"))
    found = {first or second for first, second in pattern.findall(engine)}
    # That of the pauses is written by the ledger itself.
    assert (found - common) | {"paused"} == STATE


NAMES = ("main", "alpha", "beta")


@pytest.mark.parametrize("order", list(itertools.permutations(NAMES)))
def test_whatever_the_keys_no_account_is_in_two_hands_and_no_state_is_lost(order: tuple[str, ...]) -> None:
    """Every way to deal four accounts to three names that knew three of them, whichever is read first."""
    for uids in itertools.product("1234", repeat=3):
        expect_one_hand(uids, order)


def expect_one_hand(uids: tuple[str, ...], order: tuple[str, ...]) -> None:
    records: Mapping[str, Record] = {name: Record(uid=str(number), name=name) for number, name in enumerate(NAMES, 1)}
    keys, seen = dict(zip(NAMES, uids, strict=True)), {}
    holds: Mapping[str, Hold] = {}
    for name in (*order, *order):
        seen[name] = keys[name]
        judged = judge(NAMES, seen, records)
        records, holds = judged.records, judged.holds
        free = [other for other in seen if other not in holds]
        assert len({seen[other] for other in free}) == len(free)
        for other in free:
            # Whoever acts on an account does so with what is remembered of that account.
            assert records[first_name(other, records)].uid == seen[other]
    assert {record.uid for record in records.values()} >= {"1", "2", "3"}
    assert len({record.uid for record in records.values()}) == len(records)
    for name in NAMES:
        if name not in holds:
            found = records[first_name(name, records)]
            assert (found.uid, found.name) == (keys[name], name)
    new = {name for name in NAMES if keys[name] == "4"}
    assert all(holds[name].why in ("changed", "shared") for name in new)
