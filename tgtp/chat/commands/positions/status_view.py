"""The status as a message: the state and a page of legs. Pure: the same values give the same text."""

from __future__ import annotations

from collections.abc import Mapping

from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.leg_state import Outlook, ordered, state, verdict
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import none_readable, unguarded
from tgtp.chat.messages.keyboard import pager
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import digits, dots, margin, money, names
from tgtp.domain.model import Leg, LegKey, MarginMode
from tgtp.domain.plan import ALL, Note, Situation, hedge_plan, ladder_plan

LEGS_PER_PAGE = 12
# Where each leg has a second row.
TALL_LEGS_PER_PAGE = 8
MOST_FIRED = 60


def status(
    reader: Reader,
    outlook: Outlook,
    page: int = 1,
    coin: str | None = None,
    beneath: Mapping[LegKey, Html] | None = None,
) -> Message:
    """Show the state and a page of legs; the legs that the rules look at come first. ``beneath`` are second rows of legs."""
    language, rules = reader.language, reader.rules
    snapshot, situation = outlook.snapshot, outlook.situation
    ladder_notes = {note.leg.key: note for note in ladder_plan(snapshot, situation).notes}
    hedge_notes = {note.leg.key: note for note in hedge_plan(snapshot, situation).notes}
    legs = [leg for leg in ordered(snapshot.legs, rules) if coin is None or leg.instrument.coin == coin]
    per_page = TALL_LEGS_PER_PAGE if beneath else LEGS_PER_PAGE
    count = max(1, -(-len(legs) // per_page))
    page = min(max(page, 1), count)

    head = [
        reader.say(
            "status.head",
            state=state(language, outlook),
            exchange=reader.plain(f"exchange.{outlook.exchange}"),
            equity=f"{money(snapshot.equity)} U" if snapshot.equity is not None else reader.plain("unknown"),
            age=(outlook.now - snapshot.taken_at).total_seconds(),
        )
    ]
    if outlook.failed:
        head.append(reader.say("status.blind", failed=outlook.failed, why=problem(language, outlook.failure)))
    if outlook.refused:
        head.append(reader.say("status.refused.do"))
    blind = [leg for leg in snapshot.unreadable if coin in (None, leg.key.coin)]
    if coin is None:
        small = sum(leg.initial_margin <= rules.min_margin for leg in snapshot.legs)
        counts = {"legs": len(snapshot.legs), "small": small, "min_margin": digits(rules.min_margin)}
        unwatched = sorted({row.name for row in snapshot.unwatched})
        if snapshot.legs:
            head.append(reader.say("status.counts", **counts))
        elif snapshot.has_legs:
            head.append(reader.say("no.legs.readable"))
        else:
            head.append(none_readable(language, snapshot))
        head += unguarded(language, blind, snapshot.nameless, outlook.account_mode)
        if page == 1 and unwatched and snapshot.has_legs:
            head.append(reader.say("status.unwatched", names=names(unwatched, 10)))
    else:
        head += unguarded(language, blind, snapshot.nameless)
        if not (legs or blind):
            head.append(reader.say("status.gone", coin=coin))
    rows: list[Html] = []
    for leg in legs[(page - 1) * per_page : page * per_page]:
        rows.append(_leg(reader, situation, leg, ladder_notes[leg.key], hedge_notes.get(leg.key)))
        rows += [beneath[leg.key]] if beneath and leg.key in beneath else []
    text = Html("\n".join(head) + ("\n\n" + "\n".join(rows) if rows else ""))

    where = coin or ALL
    turning = pager(reader, page, count, lambda number: f"st:{number}:{where}")
    refresh = (Button(reader.plain("button.refresh"), f"st:{page}:{where}"),)
    return Message(text, (*turning, refresh))


def _leg(reader: Reader, situation: Situation, leg: Leg, note: Note, hedge: Note | None) -> Html:
    life = situation.lives.get(leg.key)
    fired = life.fired_numbers if life is not None else frozenset()
    words = verdict(reader, note, hedge)
    if situation.is_paused(leg.key, "tier") and note.why not in ("small", "paused"):
        words += reader.plain("what.held")
    isolated = leg.margin_mode is MarginMode.ISOLATED
    return reader.say(
        "status.leg",
        dot="🟩" if leg.roi > 0 else "🟥" if leg.roi < 0 else "⬜",
        leg=leg,
        mode=f" {reader.plain('mode.isolated')}" if isolated else "",
        margin=margin(leg.initial_margin, reader.rules.min_margin),
        tiers=dots(fired, len(reader.rules.ladder_of(leg.key).tiers)),
        what=words,
    )
