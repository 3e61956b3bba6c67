"""A leg's card: everything about one leg on one screen, and what can be done to it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, get_args

from tgtp.chat.charts.model import Picture
from tgtp.chat.commands.resting.rest_rows import others_row, rest_row
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.pause_text import scope_name
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import sided, threshold_of_tier
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import LONGEST_CAPTION, MOST_TOGETHER, Button, Message, bare, utf16
from tgtp.chat.state.guard_rows import comes_first, guard_rows
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import brief, margin, money, price, to_places, when_short
from tgtp.domain.funding.rates import next_funding
from tgtp.domain.ladder_preview import HedgeForecast, TierForecast, forecast
from tgtp.domain.life import Life
from tgtp.domain.model import Instrument, Leg
from tgtp.domain.pauses import Scope
from tgtp.domain.plan import ALL, hedge_plan, ladder_plan
from tgtp.domain.report import Source, Takings
from tgtp.domain.sizing import closable_contracts, is_orderable
from tgtp.engine.monitoring.equity_sampling import Extremes

MOST_BUTTONS = 40
LONGEST_COIN = 20
# Beside a card there is no room for a whole web page.
LONGEST_REASON = 80


class LegFigures(NamedTuple):
    """What a leg's card shows besides the leg: how far its ROI has swung, and what our own orders have taken."""

    extremes: Extremes
    takings: Takings


def leg_card(reader: Reader, outlook: leg_state.Outlook, leg: Leg, told: LegFigures, picture: Picture | None) -> Message:
    """Show one leg. What does not fit under a picture is folded: the tiers that are farthest from being next."""
    language = reader.language
    life = leg_state.life_of(outlook, leg)
    ahead = forecast(leg, outlook.snapshot, outlook.situation)
    head = [*_numbers(reader, outlook, leg, told.extremes), reader.say("card.tiers", now=_now(reader, outlook, leg))]
    guards = [*guard_rows(reader, outlook, leg), *comes_first(reader, outlook, leg)]
    rest = [*rest_row(reader, outlook, leg.key), *others_row(reader, outlook, leg.key)]
    foot = [*rest, *_hedge(language, ahead.hedge), *guards, *_foot(reader, outlook, leg, told.takings)]
    most = LONGEST_CAPTION if picture is not None else MOST_TOGETHER
    rows = [(rung, _rung(reader, outlook, leg, rung)) for rung in ahead.tiers]
    text = _fitting(language, leg, head, rows, foot, most)
    return Message(text, _buttons(reader, outlook, leg, life), picture)


def leg_picker(reader: Reader, legs: Sequence[Leg], text: Html) -> Message:
    """Offer the cards of legs as buttons, below a sentence."""
    language = reader.language
    shown = leg_state.ordered(legs, reader.rules)
    buttons = [leg_button(language, leg) for leg in shown[:MOST_BUTTONS]]
    if len(shown) > MOST_BUTTONS:
        text = Html(f"{text}\n{reader.say('card.more', more=len(shown) - MOST_BUTTONS)}")
    return Message(text, grid(buttons, 2))


def leg_button(language: Language, leg: Leg) -> Button:
    """Return the button that opens a leg's card."""
    label = plain(
        language, "card.pick.button", coin=brief(leg.instrument.coin, LONGEST_COIN), side=sided(language, leg), roi=leg.roi
    )
    return Button(label, f"ll:{mark_of(leg)}:{leg.instrument.coin}")


def open_button(language: Language, leg: Leg) -> Button:
    """Return the same where the ROI stands beside it already."""
    label = plain(language, "card.open.button", coin=brief(leg.instrument.coin, LONGEST_COIN), side=sided(language, leg))
    return Button(label, f"ll:{mark_of(leg)}:{leg.instrument.coin}")


def dot(leg: Leg) -> str:
    """Say by a colour whether a leg wins."""
    return "🟩" if leg.roi > 0 else "🟥" if leg.roi < 0 else "⬜"


def fine(number: Decimal | None, of: Instrument) -> str:
    """Write a price one digit finer than what the exchange trades in; averages have any number of them."""
    return price(None if number is None else to_places(number, 1 - of.tick_size.adjusted()))


def at_tick(number: Decimal | None, of: Instrument) -> str:
    """Write a price with the digits that the exchange quotes it in."""
    return price(None if number is None else to_places(number, -of.tick_size.adjusted()))


def seen(reader: Reader, outlook: leg_state.Outlook) -> Html:
    """Say of when the numbers are, loudly where the last checks have failed."""
    language, taken_at = reader.language, outlook.snapshot.taken_at
    if outlook.failed:
        why = brief(problem(language, outlook.failure), LONGEST_REASON)
        return reader.say("card.seen.old", when=taken_at, old=outlook.now - taken_at, failed=outlook.failed, why=why)
    return reader.say("card.seen", when=when_short(taken_at, outlook.now, reader.clock_zone))


def paused_line(reader: Reader, outlook: leg_state.Outlook, leg: Leg) -> list[Html]:
    """Write what of a leg is paused: everything, or each scope that it is in, and until when."""
    paused = outlook.situation.paused
    if ALL in paused:
        return [reader.say("card.paused.all")]
    rows = []
    for name in sorted(paused, key=lambda name: (Scope.of(name).parts, name)):
        if not Scope.of(name).touches(leg.key):
            continue
        ends = [pause.until for pause in outlook.pauses.entries if pause.scope == name]
        until = max((end for end in ends if end is not None), default=None) if None not in ends else None
        key = "card.paused.until" if until is not None else "card.paused"
        rows.append(reader.say(key, name=scope_name(reader.language, name), until=until))
    return rows


def _numbers(reader: Reader, outlook: leg_state.Outlook, leg: Leg, extremes: Extremes) -> list[Html]:
    unknown = reader.plain("unknown")
    of = leg.instrument
    rows = [
        *([] if leg.leverage_known else [reader.say("card.no_leverage")]),
        reader.say("card.head", dot=dot(leg), leg=leg, extremes=extremes),
        reader.say(
            "card.prices",
            entry=fine(leg.entry_price, of),
            mark=leg.mark_price,
            break_even=fine(leg.break_even_price, of) if leg.break_even_price is not None else unknown,
        ),
        reader.say(
            "card.size",
            margin=margin(leg.initial_margin, reader.rules.min_margin),
            leg=leg,
            coins=leg.contracts * of.contract_size,
            coin=of.coin,
        ),
        reader.say(
            "card.pnl",
            leg=leg,
            fees=f"{money(leg.fees)} U" if leg.fees is not None else unknown,
            funding=f"{money(leg.funding, signed=True)} U" if leg.funding is not None else unknown,
        ),
        *_funding(reader, outlook, leg),
    ]
    if leg.liquidation_price is None:
        risk = reader.say("card.liquidation.none")
    else:
        distance = abs(leg.mark_price - leg.liquidation_price) / leg.mark_price
        risk = reader.say("card.liquidation", price=at_tick(leg.liquidation_price, of), distance=to_places(distance, 3))
    if leg.margin_ratio is not None:
        risk = Html(f"{risk}\n{reader.say('card.ratio', ratio=to_places(leg.margin_ratio, 2))}")
    return [*rows, risk]


def _funding(reader: Reader, outlook: leg_state.Outlook, leg: Leg) -> list[Html]:
    """Say what the next settlement comes to, and that it takes the leg out of the rules where it does."""
    funding = next_funding(leg, outlook.funding, outlook.now)
    if funding is None:
        is_tried = leg.instrument.instrument_id in outlook.funding_tried
        return [reader.say("card.funding.unknown" if is_tried else "card.funding.reading")]
    interval, gate = funding.rate.interval, reader.rules.min_margin
    hours = Decimal(interval // dt.timedelta(minutes=1)) / 60 if interval is not None else None
    every = reader.plain("card.funding.every", hours=hours) if hours is not None else ""
    rows = [reader.say("card.funding", funding=funding, every=every)]
    if funding.margin_after is not None and funding.slips_under(gate):
        rows.append(reader.say("card.funding.slips", after=margin(funding.margin_after, gate), gate=gate))
    return rows


def _now(reader: Reader, outlook: leg_state.Outlook, leg: Leg) -> str:
    """Say what the ladder makes of a leg now, and the hedge rule where its other side wins."""
    of = leg.instrument.instrument_id
    legs = tuple(other for other in outlook.snapshot.legs if other.instrument.instrument_id == of)
    part = outlook.snapshot.replaced(legs=legs)
    note = next(note for note in ladder_plan(part, outlook.situation).notes if note.leg.key == leg.key)
    hedge = next((note for note in hedge_plan(part, outlook.situation).notes if note.leg.key == leg.key), None)
    return leg_state.verdict(reader, note, hedge, outlook.situation)


def _rung(reader: Reader, outlook: leg_state.Outlook, leg: Leg, rung: TierForecast) -> Html:
    of, now = leg.instrument, outlook.now
    key = "card.tier.fired.unknown" if rung.stage == "fired" and not rung.closes else f"card.tier.{rung.stage}"
    values = {"price": at_tick(rung.price, of), "fires_at": at_tick(rung.fires_at, of), "gate": reader.rules.min_margin}
    fired = when_short(rung.fired_at, now, reader.clock_zone) if rung.fired_at is not None else "?"
    at = threshold_of_tier(reader.language, outlook.situation.rules, leg.key, rung.number, rung.threshold)
    return reader.say(key, rung=rung, threshold=at, fired=fired, **values)


def _hedge(language: Language, hedge: HedgeForecast | None) -> list[Html]:
    return [] if hedge is None else [say(language, "card.hedge", hedge=hedge, left=hedge.held - hedge.closes)]


def _foot(reader: Reader, outlook: leg_state.Outlook, leg: Leg, takings: Takings) -> list[Html]:
    rows: list[Html] = []
    if takings.orders:
        rules = {rule: getattr(takings, rule) for rule in get_args(Source)}
        by = reader.plain("card.and").join(reader.plain(f"card.taken.{rule}", pnl=pnl) for rule, pnl in rules.items() if pnl)
        rows.append(reader.say("card.taken", by=by or "0", orders=takings.orders))
    return [*rows, *paused_line(reader, outlook, leg), seen(reader, outlook)]


def _fitting(
    language: Language,
    leg: Leg,
    head: list[Html],
    rows: list[tuple[TierForecast, Html]],
    foot: list[Html],
    most: int,
) -> Html:
    shown, folded = list(rows), 0
    while True:
        more = [say(language, "card.tiers.more", more=folded, coin=leg.instrument.coin)] if folded else []
        text = Html("\n".join([*head, *(row for _, row in shown), *more, *foot]))
        if not shown or utf16(bare(text)) <= most:
            return text
        fired = next((place for place, (rung, _) in enumerate(shown) if rung.stage == "fired"), None)
        # What lies behind goes first, then what lies farthest ahead.
        del shown[fired if fired is not None else -1]
        folded += 1


def _buttons(reader: Reader, outlook: leg_state.Outlook, leg: Leg, life: Life) -> tuple[tuple[Button, ...], ...]:
    language, mark, coin = reader.language, mark_of(leg), leg.instrument.coin
    shares = tuple(
        Button(reader.plain("card.button.close", share=share), f"cl:{mark}:{share}:new", "primary") for share in (25, 50)
    )
    whole = [Button(reader.plain("card.button.close.all"), f"cl:{mark}:100:new", "danger")]
    if is_orderable(closable_contracts(leg, reader.rules.keep_margin), leg.instrument):
        whole.insert(0, Button(reader.plain("card.button.close.base"), f"cl:{mark}:keep:new", "primary"))
    ladder = [Button(reader.plain("card.button.ladder"), f"le:{mark}")]
    if life.fired or life.unfinished is not None:
        ladder.append(Button(reader.plain("card.button.rearm"), f"lr:{mark}", "primary"))
    can_lift = leg.key not in outlook.lifted and any(row.leg == leg.key for row in outlook.at_rest)
    lift = ((Button(reader.plain("card.button.lift"), f"lu:{mark}:{coin}"),),) if can_lift else ()
    last = [Button(reader.plain("button.refresh"), f"ll:{mark}:{coin}:r")]
    of = leg.instrument.instrument_id
    if any(other.instrument.instrument_id == of and other.key != leg.key for other in outlook.snapshot.legs):
        last.insert(0, Button(reader.plain("card.button.pair"), f"lp:{coin}"))
    return (shares, tuple(whole), (_switch(language, outlook, leg, mark),), tuple(ladder), *lift, tuple(last))


def _switch(language: Language, outlook: leg_state.Outlook, leg: Leg, mark: str) -> Button:
    paused, of = outlook.situation.paused, leg.instrument
    if ALL in paused:
        return Button(plain(language, "card.button.resume.all"), f"lz:r:{mark}:{ALL}", "success")
    for name in (of.instrument_id, f"{of.instrument_id} {leg.position_side.value}"):
        if name in paused:
            what = scope_name(language, name)
            return Button(plain(language, "card.button.resume", coin=what), f"lz:r:{mark}:{name}", "success")
    return Button(plain(language, "card.button.pause", coin=of.coin), f"lz:p:{mark}:{of.instrument_id}", "primary")
