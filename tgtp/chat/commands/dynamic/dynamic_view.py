"""What thresholds follow now, and the card that asks before that is switched. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.commands.dynamic.parse import Turn
from tgtp.chat.commands.tiers.change_view import closes_at_once, effects_of
from tgtp.chat.commands.tiers.parse import shown
from tgtp.chat.commands.tiers.rows import CardFrame, answer_buttons, fitting
from tgtp.chat.formatting.leg_state import Outlook, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import money, names
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import LegKey, Snapshot, coin_of_instrument
from tgtp.domain.plan import Rules
from tgtp.domain.volatility.factor import Missing, Volatility
from tgtp.engine.volatility.scaled_rules import Switches

# Switches that a line names.
MOST_NAMED = 8


class InForce(NamedTuple):
    """What is switched, and what is ``known`` of each coin at ``now``, by the exchange's clock."""

    switches: Switches
    known: Mapping[str, Volatility | Missing]
    now: dt.datetime

    def state(self, instrument_id: str) -> Volatility | Missing | None:
        """Return how wild a coin is, or why that is not known; None where it is still to be read."""
        found = self.known.get(instrument_id)
        return "stale" if isinstance(found, Volatility) and not found.is_fresh(self.now) else found


class Switched(NamedTuple):
    """The rules ``after`` a switch; of ``unread`` coins nothing is known yet, and they are in it with the lowest factor."""

    after: Rules
    unread: tuple[str, ...]

    def shown(self, snapshot: Snapshot) -> dict[LegKey, Ladder]:
        """Return the ladder of each leg as it would act, where that is known."""
        legs = (leg.key for leg in snapshot.legs if leg.instrument.instrument_id not in self.unread)
        return {key: self.after.ladder_of(key) for key in legs}


def dynamic_card(reader: Reader, held: Sequence[str], here: InForce) -> Message:
    """Show where thresholds follow the volatility, and for each coin that is held its factor, or why it has none."""
    switches = here.switches
    parts = [reader.say("dynamic.head.on" if switches.account else "dynamic.head.off")]
    if apart := [coin_of_instrument(name) for name in sorted(switches.own)]:
        parts.append(
            reader.say("dynamic.apart.off" if switches.account else "dynamic.apart.on", coins=names(apart, MOST_NAMED))
        )
    rows = [_row(reader, name, here) for name in sorted(held) if switches.is_on(name)]
    parts += [*fitting(reader.language, rows), reader.say("dynamic.how")]
    turn = Button(reader.plain("button.dynamic.off" if switches.account else "button.dynamic.on"), _asks(not switches.account))
    return Message(Html("\n".join(parts)), ((turn,), (Button(reader.plain("button.refresh"), "dy:"),)))


def switch_card(
    reader: Reader, outlook: Outlook, turn: Turn, before: Rules, switched: Switched, asked: CardFrame
) -> tuple[Message, bool]:
    """Show a switch with what each leg's thresholds become, and what is due at once; and whether anything is, or may be."""
    language, after = reader.language, switched.after
    parts = [reader.say("dynamic.ask.on" if turn.on else "dynamic.ask.off", whose=whose_name(reader, turn.instrument_id))]
    rows = [
        reader.say("ladders.from.to.row", whose=leg_name(language, leg.key), before=shown(was), after=shown(becomes))
        for leg in ordered(outlook.snapshot.legs, before)
        if leg.instrument.instrument_id not in switched.unread
        and (was := before.ladder_of(leg.key)) != (becomes := after.ladder_of(leg.key))
    ]
    parts += fitting(language, rows)
    if switched.unread:
        coins = names([coin_of_instrument(name) for name in switched.unread], MOST_NAMED)
        parts.append(reader.say("dynamic.unread", coins=coins))
    due, effects = effects_of(reader._replace(rules=before), outlook, after)
    parts += [*effects, reader.say("close.valid", seconds=asked.seconds)]
    at_once = [(account, one) for account, one in due if not one.is_held]
    confirm, values = "button.confirm.ladder", {}
    if at_once:
        confirm = "button.confirm.ladder.closes"
        values = {"legs": len(at_once), "notional": money(sum((one.notional for _, one in at_once), Decimal(0)))}
        parts.insert(0, closes_at_once(language, at_once))
    return Message(Html("\n".join(parts)), answer_buttons(language, confirm, asked, danger=bool(due), **values)), bool(due)


def whose_name(reader: Reader, instrument_id: str) -> str:
    """Name whose thresholds are switched: a coin, or all of them."""
    return coin_of_instrument(instrument_id) if instrument_id else reader.plain("dynamic.everywhere")


def _row(reader: Reader, instrument_id: str, here: InForce) -> Html:
    state, coin = here.state(instrument_id), coin_of_instrument(instrument_id)
    if isinstance(state, Volatility):
        return reader.say("dynamic.row", coin=coin, state=state, age=max(here.now - state.until, dt.timedelta()))
    return reader.say(f"dynamic.row.{state or 'reading'}", coin=coin)


def _asks(on: bool) -> str:
    return f"dq:{'on' if on else 'off'}:"
