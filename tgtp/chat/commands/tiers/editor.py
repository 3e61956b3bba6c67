"""The inline editor of a ladder: a draft that is never wrong, and the buttons that change it."""

from __future__ import annotations

import asyncio
import secrets
from decimal import Decimal
from typing import NamedTuple

from tgtp.bounded_dict import BoundedDict
from tgtp.chat.commands.tiers.change_view import Beside, effects_of
from tgtp.chat.commands.tiers.parse import shown, whose_name
from tgtp.chat.commands.tiers.rows import worked
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import digits, percent
from tgtp.domain.ladder import HIGHEST_THRESHOLD, MOST_TIERS, Ladder
from tgtp.domain.plan import Rules
from tgtp.engine.rulebook import Whose

MOST_DRAFTS = 100
STEPS = (5, 1)
# What a tier that is added stands above the last one, and what it closes; in percent.
NEXT_ABOVE = 10
NEXT_SHARE = Decimal(50)
HIGHEST = HIGHEST_THRESHOLD * 100


class DraftTier(NamedTuple):
    """A tier of a draft; both in percent."""

    threshold: Decimal
    share: Decimal


class LadderDraft(NamedTuple):
    """A ladder that somebody is editing. ``begun`` is the one that was in force when they began."""

    whose: Whose
    user_id: int
    begun: Ladder
    rungs: tuple[DraftTier, ...]
    step: int = STEPS[0]

    @classmethod
    def of(cls, whose: Whose, user_id: int, ladder: Ladder) -> LadderDraft:
        """Begin to edit a ladder."""
        return cls(whose, user_id, ladder, tuple(DraftTier(tier.threshold * 100, tier.share * 100) for tier in ladder.tiers))

    @property
    def ladder(self) -> Ladder:
        """The ladder as it is edited by now."""
        return Ladder.parse(",".join(f"{digits(rung.threshold)}:{digits(rung.share)}" for rung in self.rungs))


class Open:
    """A draft that is being edited; ``lock`` lets one edit of its message end before the next."""

    def __init__(self, draft: LadderDraft) -> None:
        self.draft = draft
        self.lock = asyncio.Lock()


class LadderDrafts:
    """The open drafts by nonce, in memory only; the oldest gives way."""

    def __init__(self) -> None:
        self._open: BoundedDict[str, Open] = BoundedDict(MOST_DRAFTS)

    def begin(self, draft: LadderDraft) -> str:
        """Keep a draft; its nonce goes into the buttons."""
        nonce = secrets.token_hex(4)
        self._open[nonce] = Open(draft)
        return nonce

    def get(self, nonce: str) -> Open | None:
        """Return a draft, or None when it is no more."""
        return self._open.get(nonce)

    def drop(self, nonce: str) -> None:
        """Forget a draft."""
        self._open.pop(nonce, None)


class Stop(NamedTuple):
    """A press that cannot be followed, and why: the name of a text and its values."""

    key: str
    tier: int = 0
    threshold: Decimal = Decimal(0)

    def said(self, reader: Reader) -> str:
        """Say why, for a toast."""
        threshold = percent(self.threshold / 100)
        return reader.plain(f"ladders.stop.{self.key}", tier=self.tier, threshold=threshold, most=MOST_TIERS)


def pressed(draft: LadderDraft, act: str) -> LadderDraft | Stop | None:
    """Follow a button: ``t2+`` and ``s2-`` move a threshold and a share, ``r2`` removes, ``a`` adds, ``p`` changes the step.

    None for what is no such button.
    """
    rungs = draft.rungs
    if act == "p":
        return draft._replace(step=STEPS[(STEPS.index(draft.step) + 1) % len(STEPS)])
    if act == "a":
        return _added(draft)
    verb, number, sign = act[:1], act[1:].rstrip("+-"), act[-1:]
    if not number.isdecimal() or not 1 <= int(number) <= len(rungs):
        return None
    at = int(number) - 1
    if verb == "r" and sign not in "+-":
        return draft._replace(rungs=(*rungs[:at], *rungs[at + 1 :])) if len(rungs) > 1 else Stop("one")
    if sign not in "+-" or verb not in "ts":
        return None
    rung = _moved_threshold(draft, at, up=sign == "+") if verb == "t" else _moved_share(draft, at, up=sign == "+")
    return rung if isinstance(rung, Stop) else draft._replace(rungs=(*rungs[:at], rung, *rungs[at + 1 :]))


def editor(
    reader: Reader,
    draft: LadderDraft,
    nonce: str,
    outlook: Outlook,
    after: Rules,
    *,
    is_changed: bool,
    was_gone: bool = False,
    beside: Beside | None = None,
) -> Message:
    """Show a draft with its buttons, and what it would do; ``after`` are the rules as they would be with it.

    ``is_changed``: there is a default to go back to. ``was_gone``: another draft stood here that is no more.
    """
    language, whose = reader.language, draft.whose
    in_force = whose.ladder(reader.rules)
    parts = [reader.say("ladders.edit.gone")] if was_gone else []
    parts += [reader.say("ladders.edit", whose=whose_name(reader, whose)), *worked(language, draft.ladder)]
    if in_force != draft.begun:
        parts.append(reader.say("ladders.edit.meanwhile", ladder=shown(in_force)))
    if draft.ladder != in_force:
        parts += effects_of(reader, outlook, after, beside)[1]
    parts.append(reader.say("ladders.edit.how"))

    def data(act: str) -> str:
        return f"ld:{nonce}:{act}:{whose.name}"

    rows = [
        (
            Button("−", data(f"t{number}-")),
            Button(reader.plain("button.threshold", threshold=rung.threshold / 100), data("n")),
            Button("+", data(f"t{number}+")),
            Button("−", data(f"s{number}-")),
            Button(reader.plain("button.share", share=rung.share / 100), data("n")),
            Button("+", data(f"s{number}+")),
            Button("✕", data(f"r{number}")),
        )
        for number, rung in enumerate(draft.rungs, start=1)
    ]
    more = [Button(reader.plain("button.add.tier"), data("a"))]
    more.append(Button(reader.plain("button.step", step=draft.step), data("p")))
    if is_changed:
        more.append(Button(reader.plain("button.default"), data("z")))
    save = Button(reader.plain("button.save"), data("w"), "primary")
    cancel = Button(reader.plain("button.cancel"), data("x"))
    return Message(Html("\n".join(parts)), (*rows, tuple(more), (save, cancel)))


def _added(draft: LadderDraft) -> LadderDraft | Stop:
    last = draft.rungs[-1]
    if len(draft.rungs) == MOST_TIERS:
        return Stop("most")
    if last.threshold >= HIGHEST:
        return Stop("highest", threshold=HIGHEST)
    return draft._replace(rungs=(*draft.rungs, DraftTier(min(last.threshold + NEXT_ABOVE, HIGHEST), NEXT_SHARE)))


def _moved_threshold(draft: LadderDraft, at: int, *, up: bool) -> DraftTier | Stop:
    """Move to the next whole step, and no further than just before the neighbour."""
    rungs, rung = draft.rungs, draft.rungs[at]
    moved = _stepped(rung.threshold, draft.step, up=up)
    if up and at + 1 < len(rungs):
        above = rungs[at + 1].threshold
        moved = moved if moved < above else above - 1
        return DraftTier(moved, rung.share) if moved > rung.threshold else Stop("above", at + 2, above)
    if up:
        moved = min(moved, HIGHEST)
        return DraftTier(moved, rung.share) if moved > rung.threshold else Stop("highest", threshold=HIGHEST)
    below = rungs[at - 1].threshold if at else Decimal(0)
    moved = moved if moved > below else below + 1
    if moved < rung.threshold:
        return DraftTier(moved, rung.share)
    return Stop("above", at, below) if at else Stop("lowest")


def _moved_share(draft: LadderDraft, at: int, *, up: bool) -> DraftTier | Stop:
    rung = draft.rungs[at]
    moved = min(max(_stepped(rung.share, draft.step, up=up), Decimal(1)), Decimal(100))
    return DraftTier(rung.threshold, moved) if moved != rung.share else Stop("share")


def _stepped(value: Decimal, step: int, *, up: bool) -> Decimal:
    """Return the next multiple of a step.

    >>> [str(_stepped(Decimal(value), 5, up=up)) for value in ("25", "26.5") for up in (True, False)]
    ['30', '20', '30', '25']
    """
    whole = value // step
    if up:
        return (whole + 1) * step
    return whole * step if value % step else (whole - 1) * step
