"""The invariants of orders, held against what the exchange was asked, showed and did.

Whatever is wrong is appended to ``found`` as a sentence; the simulated day looks there after every step. Nothing is raised in
the middle of a request, where the program might take it for one more bad day.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.simulation.exchange.account import Account, Leg, Order
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.server import Answer, Record
from tests.simulation.oracle.forced import ForcedCloses
from tests.simulation.oracle.guards.drawdown import DRAWDOWN, DrawdownAudit
from tests.simulation.oracle.guards.drawdown import Set as DrawdownSet
from tests.simulation.oracle.guards.leg_guards import LEG_GUARDS, LegGuardAudit
from tests.simulation.oracle.guards.leg_guards import Settings as GuardSettings
from tests.simulation.oracle.guards.scaling import Factors, Scaling
from tests.simulation.oracle.held_back import holds_back, rule_of
from tests.simulation.oracle.order_names import HAND, RESTING_TAGS, UPKEEP_TAGS, Meaning, Names, key_of, where_of
from tests.simulation.oracle.resting.audit import RestingAudit, is_ours, name_of
from tests.simulation.oracle.shown_legs import Shown, ShownLeg, whole_rows
from tests.simulation.oracle.tier_book import TierBook, TierOf
from tests.simulation.oracle.upkeep import BUY, UpkeepAudit
from tgtp.domain.events import (
    DrawdownFired,
    DynamicChanged,
    Event,
    FundingHigh,
    GuardChanged,
    LegForceClosed,
    LegGone,
    LegGrew,
    LegUnreadable,
)
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, LegKey
from tgtp.domain.order import LOOK_UP_LAG
from tgtp.domain.plan import Rules, Switches

POSITIONS, MARGIN, BALANCE = "/account/positions", "/account/position/margin-balance", "/account/balance"
# Nothing is shown that is older (seconds): what OKX says of how far its records lag, not the patience that the engine has.
STALEST = float(LOOK_UP_LAG)
# Seconds between two whole replies without a leg, by the rules, for it to be gone.
GONE_AFTER = 8.0
# Replies that are kept, and the seconds within which one of them a maintenance was decided on.
MOST_REPLIES = 60
LATELY = 240.0


@dataclass(frozen=True)
class _Sent:
    shown: Shown | None
    where: Where
    name: str
    contracts: Decimal
    # The mark price that was pushed, where one was decided on.
    pushed: Decimal | None = None


class Audit:
    """Watches one account through all processes that trade on it."""

    def __init__(
        self, account: Account, rules: Rules, found: list[str], name: str = MAIN, switches: Switches | None = None
    ) -> None:
        """``name`` is what the program calls the account, ``switches`` say which rules act there by themselves."""
        self.account = account
        self.rules = rules
        self.found = found
        self.name = name
        self.switches = switches or Switches()
        self.upkeep = UpkeepAudit(account, self.switches, rules.min_margin, found)
        self.forced = ForcedCloses(found, self.text)
        self.guards = LegGuardAudit(account, rules.min_margin, found, GuardSettings())
        self.drawdown = DrawdownAudit(account, found, name, DrawdownSet())
        self.scaling = Scaling(Factors(), on=False)
        self.resting: RestingAudit | None = None
        # Whether anything of the guards is ever on, so that each reply is worth reading.
        self.is_guarded = False
        self.tiers: dict[TierOf, TierBook] = {}
        self.meanings: dict[str, Meaning] = {}
        # By name: what the ledger says has come to an end, and how much it says was filled.
        self.ended: set[str] = set()
        self.told_filled: dict[str, Decimal] = {}
        # The rates of the last settlement: what was told just before it may be written down just after it.
        self.settled_at: dict[str, Decimal] = {}
        self.sent_orders = 0
        self._names = Names(account, name)
        self._replies: deque[Shown] = deque(maxlen=MOST_REPLIES)
        self._sent: dict[int, _Sent] = {}
        self._moved_on: dict[int, float] = {}
        self._under_way: dict[Where, str] = {}
        self._touched: dict[Where, float] = {}
        self._rearms: dict[Where, int] = {}
        self._blind: set[Where] = set()
        self._recounted: set[str] = set()
        self._unended: dict[Where, str] = {}
        self._orders = self._fills = 0
        self._lives: Mapping[LegKey, Life] | None = None

    # -- what happens ----------------------------------------------------------------------------------------------

    def touch(self, where: Where, at: float, *, may_rearm: bool = False) -> None:
        """A person's hand was on this leg."""
        self._touched[where] = at
        self._loosen(where)
        if self.resting is not None:
            self.resting.touch(where)
        self.upkeep.touch(where, at, grows=may_rearm)
        self.forced.touch(where, at)
        if may_rearm:
            self._rearms[where] = self._rearms.get(where, 0) + 1

    def changed_at_rest(self, where: Where, at: float, place: TierOf | None) -> None:
        """A conditional order has fired; ``place`` is the tier that it stands for, where it is ours."""
        self._touched[where] = at
        for one, book in self.tiers.items():
            book.loose |= one[0] == where and one != place
        self.upkeep.touch(where, at, grows=False)
        self.forced.spoil(where)

    def meaning(self, where: Where, name: str) -> Meaning | None:
        """Say which decision a name stands for."""
        return self._names.meaning(where, name, self._rearms.get(where, 0))

    def judge_resting(self, resting: RestingAudit) -> None:
        """Judge conditional orders too."""
        self.resting = resting
        self._names.expect_tag(*RESTING_TAGS)

    def text(self, where: Where) -> str:
        """Name a leg."""
        return " ".join(where if self.name == MAIN else (self.name, *where))

    def force_closed(self, leg: Leg, how: str, at: float, *, undisturbed: bool) -> None:
        """The exchange has closed a leg, or a part of it, by force; ``undisturbed``: nothing else is in the way."""
        where = (leg.instrument.inst_id, leg.side, leg.margin_mode)
        shown = (reply.legs(self.account).get(where) for reply in self._replies)
        rows = [row for row in shown if row is not None and row.opened_at_ms >= leg.opened_at_ms]
        # What a hand had added before, and no row has shown, hides it: the next row is larger than the last, or the same.
        left = self.account.legs.get(where)
        was_seen = bool(rows) and (left is None or left.contracts < rows[-1].contracts)
        close = self.forced.closed(where, how, at)
        self.touch(where, at)
        close.sure = undisturbed and was_seen

    def redenominated(self, inst_id: str, times: Decimal, at: float) -> None:
        """The exchange counts an instrument in other contracts: so many times as many."""
        self._recounted.add(inst_id)
        for (where, *_), book in self.tiers.items():
            if where[0] == inst_id:
                book.resize(times)
        self.upkeep.resize(inst_id, times)
        self.guards.resize(inst_id, times)
        self.drawdown.redenominated(inst_id, times)
        for where in self.account.legs:
            if where[0] == inst_id:
                # What is on its way was decided on the contracts of before.
                self._touched[where] = at
                self.forced.spoil(where)

    def expect(self, where: Where, opened_at_ms: int, nonce: str) -> None:
        """A person closes a leg through the program."""
        self._names.expect(where, opened_at_ms, nonce)

    def forget_process(self) -> None:
        """The process is gone, and with it whatever it was waiting for."""
        self._under_way.clear()
        self._lives = None

    def sent(self, record: Record, paused: frozenset[str], others: frozenset[str], pushed: Decimal | None = None) -> None:
        """A request leaves the program; ``others`` are the pauses that no guard has set, ``pushed`` is what it rests on."""
        if record.path.endswith(MARGIN):
            self._moved_on[id(record)] = self._newest()
        if not record.is_order:
            return
        self.sent_orders += 1
        body = record.body
        where = _where_of(body)
        name = str(body["clOrdId"])
        if where in self._under_way:
            self.found.append(f"{self.text(where)}: {name} was sent while {self._under_way[where]} was under way")
        if where in self._unended and self._unended[where] not in self.ended:
            self.found.append(f"{self.text(where)}: {name} was sent before the end of {self._unended[where]} was written down")
        if self._is_held_back(where, name, paused, others, record.at):
            self.found.append(f"{self.text(where)}: {name} was sent in spite of a pause")
        self._under_way[where] = name
        shown = self._replies[-1] if self._replies else None
        self._sent[id(record)] = _Sent(shown, where, name, Decimal(body["sz"]), pushed)

    def read(self, record: Record, answer: Answer, at: float) -> None:
        """A reply reaches the program."""
        if not record.path.endswith(POSITIONS) or answer.status != 200:
            return
        rows = whole_rows(answer.text)
        if rows is not None:
            stale = record.fault == "stale"
            # The legs are those of so long ago; without a lag, those of when the reply was made.
            self._replies.append(Shown(at - (STALEST if stale else self.account.row_lag), rows, at))
            if self.is_guarded:
                self.guards.read(self._replies[-1])

    def _newest(self) -> float:
        """Give when the newest row that was shown was true."""
        return self._replies[-1].at if self._replies else 0.0

    def over(self, record: Record) -> None:
        """The program waits for this request no longer."""
        where = _where_of(record.body) if record.is_order else None
        if where is not None and self._under_way.get(where) == record.body["clOrdId"]:
            del self._under_way[where]

    def done(self, record: Record, at: float) -> None:
        """The exchange has done what a request asked for."""
        if record.path.endswith(BALANCE):
            self.drawdown.looked(at)
        if record.is_algo and self.resting is not None:
            self.resting.look()
        if record.is_order:
            sent = self._sent.pop(id(record))
            for order in self.account.orders[self._orders :]:
                # One that was triggered meanwhile was asked for long before.
                if order.algo is None:
                    self._accepted(order, sent, at)
            self._orders = len(self.account.orders)
        self.look_at_fills(at)
        # A move that arrives late was decided on the rows of when it was sent.
        self.upkeep.done(self._moved_on.pop(id(record), self._newest()))

    def look_at_fills(self, at: float) -> None:
        """Take in the trades since the last look."""
        for fill in self.account.fills[self._fills :]:
            where = (fill.inst_id, fill.pos_side, fill.margin_mode)
            meaning = self.meanings.get(fill.client_order_id)
            if meaning is not None and is_upkeep(meaning.tag) and fill.increased is meaning.tag.endswith(BUY):
                self.upkeep.filled(where, meaning, fill, at)
                continue
            if fill.increased:
                self.found.append(f"{self.text(where)}: {fill.client_order_id} made the leg larger by {fill.contracts}")
                continue
            # In net mode a buy that a hand came before, with a leg of the other side, makes that one smaller.
            if meaning is not None and meaning.tag in LEG_GUARDS:
                self._say(where, self.guards.filled(_life_of(where, meaning), fill.contracts))
            if meaning is None or not meaning.tag.startswith("tier"):
                continue
            book = self.tiers[_tier_of(where, meaning)]
            book.closed += fill.contracts
            if book.closed > book.target:
                self.found.append(f"{self.text(where)}: {meaning.tag} has closed {book.closed}, its share was {book.target}")
        self._fills = len(self.account.fills)

    def _may_be_recounted(self, event: LegGrew) -> bool:
        """Say whether it is a leg that could not be read: alone, it does not show that contracts have another size."""
        where = where_of(event.leg)
        return where in self._blind and where[0] in self._recounted

    def settings_written(self, event: Event, at: float) -> None:
        """Somebody has set what holds in all accounts, and it is on disk."""
        if isinstance(event, GuardChanged):
            self.is_guarded = True
            self.guards.settings.changed(event.rule, event.instrument_id, event.after, at)

    def guard_written(self, event: Event, others: frozenset[str], at: float, calm_since: float | None) -> None:
        """An event of this account is on disk; ``others`` are the pauses that no guard has set."""
        if isinstance(event, DynamicChanged):
            self.scaling.changed(event.instrument_id, on=event.on, at=at)
        if isinstance(event, DrawdownFired):
            self._names.expect_tag(event.firing.tag)
        self.drawdown.written(event, others, self._replies[-1] if self._replies else None, at, calm_since)

    def stand_still(self) -> None:
        """Prices have stood where they are for many checks, and nothing was in the way."""
        self.guards.stand_still()
        self.drawdown.stand_still()

    def written(self, event: Event, paused: frozenset[str], lives: Mapping[LegKey, Life]) -> None:
        """An event is in the ledger, on disk; these are paused, and those lives are remembered."""
        self.upkeep.written(event, paused)
        intent = getattr(event, "intent", None)
        order = getattr(event, "order", None)
        if intent is not None and event.kind in ("order_rejected", "order_not_arrived"):
            self.ended.add(intent.client_order_id)
        if order is not None:
            name = order.client_order_id if intent is None else intent.client_order_id
            self.ended.add(name)
            self.told_filled[name] = self.told_filled.get(name, Decimal(0)) + order.filled_contracts
        if isinstance(event, LegGone):
            self._gone(event, lives.get(event.leg))
        elif isinstance(event, LegForceClosed):
            self.forced.told(where_of(event.leg), event.how)
        elif isinstance(event, FundingHigh):
            name = event.instrument_id
            if event.rate not in (self.account.instruments[name].funding_rate, self.settled_at.get(name)) or event.payment >= 0:
                self.found.append(f"{name}: a funding of {event.rate} is told that costs {-event.payment}, nobody published it")
        elif isinstance(event, LegUnreadable) and event.leg is not None:
            self._blind.add(where_of(event.leg))
        elif isinstance(event, LegGrew) and not self._rearms.get(where_of(event.leg)) and not self._may_be_recounted(event):
            self.found.append(f"{self.text(where_of(event.leg))}: grown to {event.contracts}, it is told, by nobody's hand")

    # -- what must hold --------------------------------------------------------------------------------------------

    def after_check(self, lives: Mapping[LegKey, Life], at: float, calm_since: float | None) -> None:
        """Look at the ledger after a check; nothing was in the way since ``calm_since``."""
        self.upkeep.look(at, calm_since)
        self.forced.look(at)
        if lives is self._lives:
            return
        self._lives = lives
        for life in lives.values():
            where = where_of(life.key)
            milliseconds = round(life.opened_at.timestamp() * 1000)
            if life.maintenances:
                self.upkeep.counts((where, milliseconds), life.maintenances)
            for tier in life.fired:
                tag = f"tier{tier.tier}"
                book = self.tiers.get((where, milliseconds, life.generation, tag))
                if book is None or not book.closed:
                    self.found.append(f"{self.text(where)}: {tag} is marked as fired, but nothing of it has filled")
                elif not book.loose and book.target - book.closed >= self.account.instruments[where[0]].min_contracts:
                    self.found.append(f"{self.text(where)}: {tag} is marked as fired with {book.closed} of {book.target}")

    def settled(self) -> None:
        """Nothing is open any more: every order that was filled must be in the ledger, with what it filled."""
        filled: dict[str, Decimal] = {}
        for order in self.account.orders:
            # A conditional order may have become several.
            if order.algo is None or (is_ours(order.algo) and order.filled):
                filled[name_of(order)] = filled.get(name_of(order), Decimal(0)) + order.filled
        for name, contracts in filled.items():
            told = self.told_filled.get(name, Decimal(0))
            if name not in self.ended:
                self.found.append(f"{name} was accepted, but its end is not in the ledger")
            elif told != contracts:
                self.found.append(f"{name} filled {contracts}, the ledger says {told}")

    def due(self, lives: Mapping[LegKey, Life], paused: frozenset[str], at: float) -> dict[TierOf, str]:
        """Name what is due by the exchange's own numbers and has not been done, though none of these pauses holds it back."""
        lost: dict[TierOf, str] = {}
        for where, leg in self.account.legs.items():
            ladder = self.rules.long if where[1] == "long" else self.rules.short
            instrument, life = leg.instrument, lives.get(key_of(where))
            if leg.initial_margin <= self.rules.min_margin:
                continue
            generation = life.generation if life else 0
            for tier in ladder.tiers if self.switches.ladder else ():
                place = (where, leg.opened_at_ms, generation, f"tier{tier.number}")
                share = leg.contracts * tier.share // instrument.lot_size * instrument.lot_size
                threshold = self.scaling.thresholds(where[0], tier.threshold, at)[-1]
                if leg.roi < threshold or share < instrument.min_contracts:
                    continue
                book = self.tiers.get(place)
                if not (book is not None and book.closed):
                    lost[place] = f"{self.text(where)}: {place[3]} is due at {leg.roi * 100:.1f} %, and has not fired"
            unfinished = life.unfinished if life is not None and leg.roi > 0 else None
            if unfinished is not None and unfinished.rest >= instrument.min_contracts:
                place = (where, leg.opened_at_ms, generation, f"tier{unfinished.tier} rest")
                lost[place] = f"{self.text(where)}: {unfinished.rest} of tier {unfinished.tier} are still to close"
            fired = life.fired_numbers if life is not None else ()
            closed = self._closed_by_tiers((where, leg.opened_at_ms, generation))
            if what := self.guards.due(where, leg, generation, frozenset(fired), closed):
                lost[where, leg.opened_at_ms, generation, "guard"] = f"{self.text(where)}: {what}"
            if self.switches.hedge and leg.roi < 0 and any(one.roi > 0 for one in self._across(leg)):
                above = leg.contracts - _base_of(leg)
                if above >= max(instrument.min_contracts, instrument.lot_size):
                    lost[where, leg.opened_at_ms, generation, "hedge"] = f"{self.text(where)}: {above} stand above the base"
        return {place: what for place, what in lost.items() if not holds_back(paused, place[0], rule_of(place[3]) or "")}

    def unkept(self, lives: Mapping[LegKey, Life]) -> list[str]:
        """Name what upkeep has left undone."""
        counts = {
            (where_of(life.key), round(life.opened_at.timestamp() * 1000)): life.maintenances
            for life in lives.values()
            if life.gone_at is None
        }
        return self.upkeep.missed(counts)

    def has_filled(self, place: TierOf) -> bool:
        """Say whether anything of a tier has filled."""
        return place in self.tiers and bool(self.tiers[place].closed)

    def touched_since(self, where: Where, at: float) -> bool:
        """Say whether a hand was on the leg since."""
        return self._touched.get(where, -1.0) >= at

    # -- inside ----------------------------------------------------------------------------------------------------

    def _accepted(self, order: Order, sent: _Sent, at: float) -> None:
        # What was asked for: in net mode OKX may trim it to what a hand has left of the leg.
        where, name, contracts = sent.where, sent.name, sent.contracts
        self._unended[where] = name
        self.forced.spoil(where)
        self.ended.discard(name)
        meaning = self._names.meaning(where, name, self._rearms.get(where, 0))
        if meaning is None:
            self.found.append(f"{self.text(where)}: {name} is the name of no decision")
            return
        self.meanings[name] = meaning
        rivals = [one for one in self.account.live_orders() if one is not order and self._where_of_order(one) == where]
        if rivals:
            self.found.append(f"{self.text(where)}: {name} came on top of {rivals[0].client_order_id}, which still rests")
        shown = sent.shown.legs(self.account).get(where) if sent.shown else None
        if sent.shown is None or shown is None or shown.opened_at_ms != meaning.leg.opened_at_ms:
            self.found.append(f"{self.text(where)}: {name} was sent for a life that the last look did not show")
            return
        if sent.pushed is not None:
            shown = shown.at_mark(sent.pushed, where)
        if self._touched.get(where, -1.0) < sent.shown.at:
            before = meaning.leg.contracts + (-order.filled if meaning.tag.endswith(BUY) else order.filled)
            if before != shown.contracts:
                self.found.append(
                    f"{self.text(where)}: {name} was decided on {shown.contracts} contracts, the leg held {before}"
                )
        if meaning.tag == HAND:
            self._loosen(where)
            if contracts > shown.contracts:
                self.found.append(f"{self.text(where)}: {name} was to close {contracts} by hand, {shown.contracts} were shown")
        elif is_upkeep(meaning.tag):
            self._loosen(where)
            lately = (reply.legs(self.account) for reply in self._replies if reply.read_at >= at - LATELY)
            self.upkeep.accepted(where, meaning, contracts, shown, lately, at, sent.shown.at)
        elif meaning.tag == "hedge":
            self._loosen(where)
            self._check_hedge(where, contracts, shown, sent.shown)
        elif meaning.tag in LEG_GUARDS:
            self._loosen(where)
            life = _life_of(where, meaning)
            replies = [*itertools.takewhile(lambda one: one is not sent.shown, self._replies), sent.shown]
            tiers = self._closed_by_tiers(life)
            self._say(where, self.guards.accepted(life, meaning.tag, contracts, replies, at, tiers))
        elif meaning.tag.startswith(DRAWDOWN):
            self._loosen(where)
            what = self.drawdown.accepted(where, meaning.leg.opened_at_ms, contracts, shown)
            if self._touched.get(where, -1.0) < sent.shown.at:
                self._say(where, what)
        else:
            if self.resting is not None:
                self.resting.beside(where, meaning, name)
            self._check_tier(where, contracts, shown, meaning, at)
            self.tiers[_tier_of(where, meaning)].loose |= self._touched.get(where, -1.0) >= sent.shown.at

    def _where_of_order(self, order: Order) -> Where | None:
        """Say of which leg an order is: a buy into a short and a close of a long are both sold."""
        meaning = self.meanings.get(order.client_order_id)
        return None if meaning is None else (meaning.leg.instrument.inst_id, meaning.leg.side, meaning.leg.margin_mode)

    def _check_tier(self, where: Where, contracts: Decimal, shown: ShownLeg, meaning: Meaning, at: float) -> None:
        ladder = self.rules.long if where[1] == "long" else self.rules.short
        tier = ladder.tiers[int(meaning.tag.removeprefix("tier")) - 1]
        lot = shown.instrument.lot_size
        book = self.tiers.get(_tier_of(where, meaning))
        if shown.margin <= self.rules.min_margin or not self.switches.ladder:
            self.found.append(f"{self.text(where)}: {meaning.tag} was sent at a margin of {shown.margin}")
        if book is None or not book.closed:
            target = shown.contracts * tier.share // lot * lot
            self.tiers[_tier_of(where, meaning)] = TierBook(target, shown.contracts)
            if shown.roi < self.scaling.thresholds(where[0], tier.threshold, at)[0]:
                self.found.append(f"{self.text(where)}: {meaning.tag} was sent at {shown.roi * 100:.2f} %")
            if contracts != min(target, shown.instrument.max_market_contracts):
                self.found.append(f"{self.text(where)}: {meaning.tag} was to close {target}, {contracts} was asked for")
            return
        if self.resting is not None and contracts > book.target - book.closed:
            self.resting.pool(_tier_of(where, meaning))
        rest = book.target - book.closed
        if shown.roi <= 0:
            self.found.append(f"{self.text(where)}: the rest of {meaning.tag} was sent at {shown.roi * 100:.2f} %")
        if shown.contracts < book.left:
            # Somebody closed something meanwhile: the rest shrinks with the leg.
            rest = rest * shown.contracts / book.left // lot * lot
            book.target = book.closed + rest
        book.shown, book.closed_then = shown.contracts, book.closed
        if contracts > rest:
            self.found.append(f"{self.text(where)}: {meaning.tag} had {rest} left to close, {contracts} was asked for")

    def _check_hedge(self, where: Where, contracts: Decimal, shown: ShownLeg, reply: Shown) -> None:
        inst_id, side, _ = where
        other = "short" if side == "long" else "long"
        legs = reply.legs(self.account)
        wins = [leg for (name, one, _), leg in legs.items() if (name, one) == (inst_id, other) and leg.roi > 0]
        if not wins or shown.roi >= 0 or not self.switches.hedge or not shown.leverage:
            self.found.append(f"{self.text(where)}: a hedge order without a winner on the other side")
        if shown.margin <= self.rules.min_margin:
            self.found.append(f"{self.text(where)}: a hedge order at a margin of {shown.margin}")
        if shown.contracts - contracts < shown.base():
            self.found.append(f"{self.text(where)}: the hedge leaves {shown.contracts - contracts}, the base is {shown.base()}")

    def _is_held_back(self, where: Where, name: str, paused: frozenset[str], others: frozenset[str], at: float) -> bool:
        """Say whether a pause holds an order back; never what a person asks for, nor the cut of what was bought."""
        if not paused or self._names.is_by_hand(name):
            return False
        meaning = self._names.meaning(where, name, self._rearms.get(where, 0))
        if meaning is not None and meaning.tag.startswith(DRAWDOWN):
            paused = others
        rule = rule_of(meaning.tag) if meaning is not None else None
        if meaning is None or rule is None or not holds_back(paused, where, rule):
            return False
        if rule == "maintenance":
            return not self.upkeep.was_asked(where, at)
        return rule != "correction" or where not in self.upkeep.correcting_in_pause

    def _across(self, leg: Leg) -> list[Leg]:
        return [one for one in self.account.legs.values() if one.instrument is leg.instrument and one.side != leg.side]

    def _closed_by_tiers(self, life: tuple[Where, int, int]) -> dict[int, Decimal]:
        """Give the contracts that each tier of one life has closed."""
        return {int(tag.removeprefix("tier")): book.closed for (*of, tag), book in self.tiers.items() if tuple(of) == life}

    def _say(self, where: Where, what: str | None) -> None:
        if what is not None:
            self.found.append(f"{self.text(where)}: {what}")

    def _loosen(self, where: Where) -> None:
        for (one, *_), book in self.tiers.items():
            if one == where:
                book.loose = True

    def _gone(self, event: LegGone, life: Life | None) -> None:
        where = where_of(event.leg)
        if where not in self.account.legs:
            return
        opened_at_ms = self.account.legs[where].opened_at_ms
        if life is None or life.gone_at is None or round(life.opened_at.timestamp() * 1000) != opened_at_ms:
            # It is told of the life before: what the history says of its end was waited for, or the disk.
            return
        newest = itertools.takewhile(lambda reply: not reply.shows(self.account, where, opened_at_ms), reversed(self._replies))
        missed_at = [reply.read_at for reply in newest]
        if len(missed_at) < 2 or missed_at[0] - missed_at[-1] < GONE_AFTER:
            self.found.append(f"{self.text(where)}: taken for gone although it is open, and was not missing twice in a row")


def is_upkeep(tag: str) -> bool:
    """Say whether an order of this tag belongs to the upkeep of a sub-account."""
    return tag in UPKEEP_TAGS


def _base_of(leg: Leg) -> Decimal:
    instrument = leg.instrument
    exact = leg.leverage / (instrument.mark * instrument.contract_size)
    lots = exact // instrument.lot_size * instrument.lot_size
    return lots if lots == exact else lots + instrument.lot_size


def _tier_of(where: Where, meaning: Meaning) -> TierOf:
    return where, meaning.leg.opened_at_ms, meaning.generation, meaning.tag


def _life_of(where: Where, meaning: Meaning) -> tuple[Where, int, int]:
    return where, meaning.leg.opened_at_ms, meaning.generation


def _where_of(body: dict[str, str]) -> Where:
    side = body.get("posSide") or ("long" if (body["side"] == "sell") is _is_true(body.get("reduceOnly")) else "short")
    return body["instId"], "long" if side == "long" else "short", "cross" if body["tdMode"] == "cross" else "isolated"


def _is_true(value: object) -> bool:
    return value in (True, "true")
