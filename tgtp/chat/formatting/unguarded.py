"""What is open and not guarded, in words: legs that cannot be read, rows that name none. No view may take them for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tgtp.chat.formatting.values import leg_name
from tgtp.chat.texts import Html, Language, say, written
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.model import AccountMode, Snapshot, UnreadableLeg, name_of_instrument


def blind_name(language: Language, leg: UnreadableLeg, *, whole: bool = False) -> str:
    """Name a leg that cannot be read; by its instrument alone where its row does not say which one it is.

    ``whole``: by the whole name of the instrument, for the log.
    """
    if not leg.certain:
        return f"{leg.key.instrument_id if whole else name_of_instrument(leg.key.instrument_id)} (?)"
    return written(language, leg.key, "whole") if whole else leg_name(language, leg.key)


def reason(language: Language, leg: UnreadableLeg) -> Html:
    """Write in a sentence why a leg cannot be read."""
    return say(language, f"unreadable.{leg.why}")


def unguarded(
    language: Language, legs: Iterable[UnreadableLeg], nameless: int = 0, account_mode: AccountMode | None = None
) -> list[Html]:
    """Write what is open and not guarded, one line for each cause; nothing where everything is guarded."""
    by_cause: dict[str, list[str]] = {}
    for leg in legs:
        by_cause.setdefault(leg.why, []).append(blind_name(language, leg))
    lines = [
        say(language, "unguarded", names=names(sorted(found)), why=say(language, f"unreadable.{why}"))
        for why, found in sorted(by_cause.items())
    ]
    if nameless:
        lines.append(say(language, "unguarded.nameless", count=nameless))
    if account_mode is AccountMode.PORTFOLIO_MARGIN and "portfolio_margin" not in by_cause:
        lines.append(say(language, "unguarded.mode", why=say(language, "unreadable.portfolio_margin")))
    return lines


def unguarded_now(language: Language, snapshot: Snapshot, account_mode: AccountMode | None = None) -> list[Html]:
    """Write what is open in a snapshot and not guarded."""
    return unguarded(language, snapshot.unreadable, snapshot.nameless, account_mode)


def none_readable(language: Language, snapshot: Snapshot) -> Html:
    """Say, where no leg can be read, what there is all the same: the sentence for "nothing is open" and its kin."""
    lines = unguarded_now(language, snapshot)
    if lines:
        return Html("\n".join([say(language, "no.legs.readable"), *lines]))
    unwatched = _unwatched(snapshot)
    if unwatched:
        return say(language, "no.legs.mine", count=len(unwatched), names=names(unwatched, 10))
    return say(language, "no.legs")


def gone_or_blind(language: Language, snapshot: Snapshot, key: str, **values: str) -> Html:
    """Write that a leg is gone (``key`` names the sentence); with it, what is open all the same and may be that leg."""
    lines = unguarded_now(language, snapshot)
    return Html("\n".join([say(language, "leg.not.found"), *lines])) if lines else say(language, key, **values)


def _unwatched(snapshot: Snapshot) -> Sequence[str]:
    return sorted({row.name for row in snapshot.unwatched})
