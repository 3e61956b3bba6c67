"""The cards that ask before anything is kept up: what would be done, in contracts, margin, price and cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.upkeep_text import obstacle_words, refusal_words
from tgtp.chat.formatting.values import leg_name, side
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import names, percent
from tgtp.domain.model import MAIN, Leg
from tgtp.domain.sizing import one_order
from tgtp.domain.upkeep.correction import LARGEST_STEP, InBand, Move, Stuck, correction_step, left_after
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, MaintenanceRefusal
from tgtp.domain.upkeep.rules import Target, trim_contracts

MOST_BUTTONS = 12
# As many rows as a card can have must fit into one message.
MOST_ROWS = 20


def which(reader: Reader, legs: Sequence[Leg], account: str) -> Message:
    """Ask which leg is to be maintained: the losing ones, the worst first."""
    language = reader.language
    losing = sorted((leg for leg in legs if leg.roi < 0), key=lambda leg: leg.roi)
    rows = [
        (
            Button(
                f"{leg.instrument.coin} {side(language, leg.position_side)} {percent(leg.roi, signed=True)}",
                f"um:{mark_of(leg)}",
            ),
        )
        for leg in losing[:MOST_BUTTONS]
    ]
    known = names([leg_name(language, leg.key) for leg in losing]) or reader.plain("maintain.none.lose")
    prefix = "" if account == MAIN else f"{account} "
    return Message(reader.say("maintain.which", account=prefix, known=known), tuple(rows))


def refused(reader: Reader, leg: Leg, refusal: MaintenanceRefusal, count: int) -> Message:
    """Say why a maintenance cannot be done."""
    why = refusal_words(reader.language, refusal, count=count, roi=leg.roi)
    return Message(reader.say("maintain.refused", leg=leg.key, why=why))


def maintain_card(reader: Reader, leg: Leg, plan: MaintenanceDraft, nonce: str, seconds: int) -> Message:
    """Show a maintenance; the first button confirms, the second cancels."""
    language, instrument = reader.language, leg.instrument
    worth = instrument.contract_size * plan.mark_price
    parts = [
        reader.say("maintain.card", leg=leg, count=plan.count + 1, of=reader.rounds, plan=plan),
        reader.say("maintain.steps", plan=plan, bought=plan.buy_contracts * worth, kept=plan.contracts_left * worth),
        reader.say("maintain.cost", cost=plan.realised_loss + plan.fees, plan=plan),
    ]
    largest = one_order(plan.buy_contracts, instrument)
    if largest < plan.buy_contracts:
        parts.append(reader.say("maintain.parts", most=largest))
    least = plan.contracts_left * worth / leg.leverage
    if least > plan.target.highest:
        parts.append(reader.say("maintain.margin", leg=leg, kept=plan.contracts_left * worth, least=least, target=plan.target))
    label = reader.plain("maintain.button", plan=plan)
    return _asking(language, parts, label, nonce, seconds)


class CorrectionRows(NamedTuple):
    """What a correction would do: the legs that it would bring nearer to their targets, and in words all that there is."""

    legs: tuple[Leg, ...]
    rows: tuple[Html, ...]
    stuck: tuple[Html, ...]
    in_band: int
    slowly: bool


def correction_rows(reader: Reader, targets: Iterable[tuple[Leg, Target]], available: Decimal | None) -> CorrectionRows:
    """Work out what a correction would do to these legs."""
    language = reader.language
    legs: list[Leg] = []
    rows: list[Html] = []
    stuck: list[Html] = []
    in_band, slowly, left = 0, False, available
    for leg, target in targets:
        name = leg_name(language, leg.key)
        step = correction_step(leg, target, left)
        if isinstance(step, InBand):
            in_band += 1
        elif isinstance(step, Stuck):
            stuck.append(reader.say("correct.stuck", leg=name, why=obstacle_words(language, leg, step)))
        else:
            steps, moves = _steps(reader, leg, target, left)
            slowly = slowly or moves > 1
            left = left_after(step, left)
            legs.append(leg)
            rows.append(reader.say("correct.row", leg=name, steps=reader.plain("correct.then").join(steps)))
    return CorrectionRows(tuple(legs), tuple(rows), tuple(stuck), in_band, slowly)


def correct_card(reader: Reader, found: CorrectionRows, nonce: str, seconds: int) -> Message:
    """Show a correction; the first button confirms, the second cancels. Without a leg there is nothing to confirm."""
    language = reader.language
    parts: list[Html] = []
    if found.legs:
        rows = [*found.rows[:MOST_ROWS]]
        if len(found.rows) > MOST_ROWS:
            rows.append(reader.say("close.rows.more", more=len(found.rows) - MOST_ROWS))
        parts.append(reader.say("correct.card", count=len(found.legs), rows=Html("\n".join(rows))))
    else:
        parts.append(reader.say("correct.nothing"))
    parts += found.stuck[:MOST_ROWS]
    if found.in_band:
        parts.append(reader.say("correct.in_band", count=found.in_band))
    if found.slowly:
        parts.append(reader.say("correct.slowly", most=LARGEST_STEP, interval=reader.interval))
    if not found.legs:
        return Message(Html("\n".join(parts)))
    return _asking(language, parts, reader.plain("correct.button", count=len(found.legs)), nonce, seconds)


def _asking(language: Language, parts: Sequence[Html], label: str, nonce: str, seconds: int) -> Message:
    """Put the buttons below what they are about."""
    valid = say(language, "close.valid", seconds=seconds)
    confirm = Button(label, f"uy:{nonce}", "danger")
    cancel = Button(plain(language, "button.cancel"), f"ux:{nonce}")
    return Message(Html("\n".join((*parts, valid))), ((confirm,), (cancel,)))


def _steps(reader: Reader, leg: Leg, target: Target, available: Decimal | None) -> tuple[list[str], int]:
    """Say what is done to one leg, in order, and how often margin is moved; what comes after a close is reckoned."""
    words = []
    above = trim_contracts(leg, target)
    held = leg
    if above > 0:
        words.append(reader.plain("correct.trim", contracts=above, held=leg.contracts))
        left = leg.contracts - above
        share = left / leg.contracts
        held = leg.replaced(
            contracts=left, initial_margin=leg.initial_margin * share, unrealised_pnl=leg.unrealised_pnl * share
        )
    step, margin, moves = correction_step(held, target, available), held.initial_margin, 0
    before = margin
    while isinstance(step, Move):
        margin, moves = margin + step.amount, moves + 1
        held = held.replaced(initial_margin=margin)
        step = correction_step(held, target, available)
    if moves:
        key = "correct.in" if margin > before else "correct.out"
        words.append(reader.plain(key, before=before, margin=margin, steps=moves))
    return words, moves
