"""Findings in words, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tgtp import __version__
from tgtp.chat.formatting.error_text import reasons, sentence
from tgtp.chat.formatting.pause_text import scope_name
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import Language, plain, say
from tgtp.chat.texts.formats.numbers import money, names, percent
from tgtp.doctor.finding import Finding, Level, exit_code
from tgtp.errors import Problem

SIGNS = {Level.GOOD: "🟢", Level.ATTENTION: "⚠️", Level.STOP: "🔴"}

# By the exit code.
ENDS = ("good", "attention", "stop")


def sentence_of(language: Language, finding: Finding) -> str:
    """Return what was found."""
    return plain(language, f"doctor.{finding.key}", **_values(language, finding))


def remedy(language: Language, finding: Finding) -> str:
    """Return what to do; nothing for what is good."""
    return "" if finding.level is Level.GOOD else plain(language, f"doctor.{finding.key}.do", **_values(language, finding))


def in_words(language: Language, findings: Sequence[Finding]) -> str:
    """Write a line for each, with what to do below it, and what it comes to."""
    lines = [line for finding in findings for line in said(language, finding)]
    return "\n".join([*lines, plain(language, f"doctor.exit_{ENDS[exit_code(findings)]}")])


def said(language: Language, finding: Finding) -> list[str]:
    """Return the line of one finding, and the line of what to do."""
    account = f"{finding.account}: " if finding.account else ""
    line, do = f"{SIGNS[finding.level]} {account}{sentence_of(language, finding)}", remedy(language, finding)
    return [line, f"   → {do}"] if do else [line]


def as_json(language: Language, findings: Sequence[Finding]) -> str:
    """Write them for a program."""
    rows = [
        {
            "level": finding.level.value,
            "key": finding.key,
            "account": finding.account,
            "text": sentence_of(language, finding),
            "do": remedy(language, finding),
        }
        for finding in findings
    ]
    return json.dumps({"version": __version__, "exit": exit_code(findings), "findings": rows}, ensure_ascii=False, indent=1)


def _values(language: Language, finding: Finding) -> Mapping[str, Any]:
    values = dict(finding.values)
    if isinstance(values.get("why"), Problem):
        values["why"] = sentence(language, values["why"])
    if "scopes" in values:
        values["names"] = names([scope_name(language, scope) for scope in values["scopes"]])
    if finding.key in ("mode", "position_mode"):
        values["mode"] = plain(language, f"{'account_mode' if finding.key == 'mode' else 'position_mode'}.{values['mode']}")
    if "reasons" in values:
        values["why"] = reasons(language, values["reasons"])
    if "legs" in values:
        rows = [
            f"{leg_name(language, leg.key)} {percent(leg.roi, signed=True)} ({money(leg.initial_margin)} U)"
            for leg in values["legs"]
        ]
        values |= {"legs": len(rows), "rows": names(rows) if rows else "–"}
    if "legs_named" in values:
        values["rows"] = names([leg_name(language, key) for key in values["legs_named"]]) if values["legs_named"] else "–"
    if "foreseen" in values:
        values["rows"] = "; ".join(bare(say(language, f"first.{one.rule}", **dict(one))) for one in values["foreseen"])
    return values
