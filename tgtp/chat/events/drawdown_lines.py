"""What the drawdown guard of an account has seen and done."""

from __future__ import annotations

from typing import Any

from tgtp.chat.formatting import pause_text
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain import events as ev
from tgtp.domain.guards.drawdown import DrawdownRules


def warned_variant(event: ev.DrawdownWarned) -> str:
    """Name the text: without a limit nothing is done."""
    return "" if event.limit is not None else ".only"


def fired(reader: Reader, event: ev.DrawdownFired) -> dict[str, Any]:
    """Return what is being closed."""
    legs = sum(not target.done for target in event.firing.targets)
    action = event.firing.action
    then = "none" if action != "pause" and not legs else action
    return {"then": reader.say(f"drawdown.then.{then}", legs=legs)}


def done(_: Reader, event: ev.DrawdownDone) -> dict[str, Any]:
    """Return how many legs it had to close."""
    return {"legs": sum(target.held > target.keeps for target in event.firing.targets)}


def held_back(reader: Reader, event: ev.DrawdownHeldBack) -> dict[str, Any]:
    """Return what holds it back."""
    if not event.pauses:
        return {"why": reader.plain("drawdown.why.key")}
    scopes = names([pause_text.scope_name(reader.language, pause.scope) for pause in event.pauses])
    return {"why": reader.plain("drawdown.why.paused", names=scopes)}


def changed(reader: Reader, event: ev.DrawdownChanged) -> dict[str, Any]:
    """Return what it was set to, before and after."""
    return {"was": in_words(reader.language, event.before), "now": in_words(reader.language, event.after)}


def in_words(language: Language, rules: DrawdownRules) -> str:
    """Say what a drawdown guard does at which fall."""
    if not rules.is_on:
        return plain(language, "drawdown.rules.off")
    key = "both" if rules.warn and rules.limit else "limit" if rules.limit else "warn"
    return plain(language, f"drawdown.rules.{key}", **dict(rules))
