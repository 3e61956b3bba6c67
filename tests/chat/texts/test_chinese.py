"""How Chinese is set: full-width signs bring their own blank, names in Latin letters have one around them, nothing is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.golden import pages
from tests.chat.texts.test_texts import reader
from tests.fixtures.every_event import EVENTS, OTHERS
from tgtp.chat.commands.close import selection_text
from tgtp.chat.events.alert import alert
from tgtp.chat.events.explanation import why
from tgtp.chat.events.one_line import line
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import TEXTS
from tgtp.domain.model import MarginMode, PositionSide
from tgtp.engine.manual.selection import Selection

STOPS, OPENS, CLOSES, WIDE = "，。：；！？、", "（“《", "）”》", "\u4e00-\u9fff"


@dataclass(frozen=True)
class Rule:
    """What must not be found; ``sample`` is an example of it."""

    pattern: str
    sample: str


RULES = {
    "a blank before a full-width sign": Rule(rf"(?<=[^\s]) +(?=[{STOPS}{CLOSES}])", "没有符合“STX ”的仓位"),
    "a blank after a full-width sign": Rule(rf"(?<=[{STOPS}{OPENS}]) +(?=\S)", "没有符合“ STX”的仓位"),
    "a blank between a bracket and a Chinese word": Rule(
        rf"(?<=[{CLOSES}]) +(?=[{WIDE}])|(?<=[{WIDE}]) +(?=[{OPENS}])", "密钥 “a”"
    ),
    "two blanks": Rule(rf"(?<=[{WIDE}{STOPS}{CLOSES}A-Za-z])  +(?=\S)|(?<=\S)  +(?=[{WIDE}A-Za-z])", "平掉  STX，然后"),
    "a bracket around nothing": Rule(r"（\s*）|“\s*”|《\s*》|\(\s*\)", "持仓（）"),
    "a sign without what it follows": Rule(r"^[，。：；、）”]|[，：；、]\s*[，。：；、]|。\s*。", "持仓：，已暂停"),
    "a name that is glued to a Chinese word": Rule(rf"(?<=[{WIDE}])[A-Z]{{2,}}|[A-Z]{{2,}}(?=[{WIDE}])", "修改CRV 回吐保护"),
}
# Columns of sums stand below each other; a log begins with signs of different widths.
IN_COLUMNS = re.compile(r"^\s*(?:[+\-–]?[\d,]*\.?\d*|※|⏱)  \S")
# A terminal would take the sign for a part of the address.
BEFORE_ADDRESSES = {"log.address", "log.address.fixed", "log.monitor", "log.monitor.fixed"}


def faults(text: str) -> Iterator[str]:
    """Name what is set wrongly in a text without markup, line by line."""
    for row in text.split("\n"):
        for what, rule in RULES.items():
            if what == "two blanks" and IN_COLUMNS.match(row):
                continue
            for found in re.finditer(rule.pattern, row):
                yield f"{what}: {row[max(0, found.start() - 15) : found.end() + 15]!r}"


@pytest.mark.parametrize("what", RULES)
def test_each_rule_finds_its_fault(what: str) -> None:
    assert any(fault.startswith(what) for fault in faults(RULES[what].sample))


def test_no_text_is_set_wrongly_as_it_stands() -> None:
    found = {key: wrong for key, text in TEXTS.items() if (wrong := [*_faults_within(_unfilled(text.zh))])}
    assert found.keys() == BEFORE_ADDRESSES


@given(st.sampled_from(sorted(TEXTS.keys() - BEFORE_ADDRESSES)), st.sampled_from(["STX", "多单", "+1.50", "“STX”", "（逐仓）"]))
def test_no_text_is_set_wrongly_with_a_word_in_each_place(key: str, word: str) -> None:
    """Whatever a place is filled with brings no blank of its own, and so none may be missing or too many beside it."""
    text = TEXTS[key].zh
    beside = {name for name in _names(text) if re.search(rf"(?<=[{STOPS}{OPENS}]) \{{{re.escape(name)}", text)}
    assert not beside, key
    assert not [fault for fault in faults(_unfilled(text, word)) if "before" in fault or "around nothing" in fault], key


@given(
    st.one_of(st.none(), st.frozensets(st.sampled_from(["STX-USDT-SWAP", "CRV-USDT-SWAP"]), min_size=1)),
    st.sampled_from([None, *PositionSide]),
    st.sampled_from([None, *MarginMode]),
)
def test_a_selection_is_named_without_blanks_at_its_ends(
    instruments: frozenset[str] | None, side: PositionSide | None, mode: MarginMode | None
) -> None:
    of = Selection(instruments, side, mode)
    for language in ("zh", "en"):
        named = selection_text.what(reader(language), of)
        assert named == named.strip()
    said = reader("zh").say("close.none", what=selection_text.what(reader("zh"), of), known="STX 多单")
    assert not list(faults(bare(said)))
    for share in (None, *map(Decimal, ("0.5", "1"))):
        assert not list(faults(bare(selection_text.title(reader("zh"), of, share))))


@pytest.mark.parametrize("path", sorted(Path(pages.__file__).parent.glob("*.zh.txt")), ids=lambda path: path.stem)
def test_no_view_is_set_wrongly(path: Path) -> None:
    assert not list(faults(bare(path.read_text())))


@pytest.mark.parametrize("tagged", [False, True])
def test_no_event_is_set_wrongly(tagged: bool) -> None:
    of = reader("zh")._replace(tagged=tagged)
    found = {}
    for number, event in enumerate((*EVENTS, *OTHERS)):
        for text in (alert(of, number, event).text, line(of, event), why(of, number, event)):
            if wrong := list(faults(bare(text))):
                found[event.kind] = wrong
    assert not found


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _faults_within(text: str) -> Iterator[str]:
    """Name what is set wrongly wherever a text may stand: a part of a sentence may begin with a sign."""
    return (fault for fault in faults(text) if not fault.startswith("a sign without") or text[0] not in f"{STOPS}{CLOSES}")


def _unfilled(text: str, word: str = "※") -> str:
    """Write a text with one word in each place."""
    parts = [literal + (word if name else "") for literal, name, _, _ in Formatter().parse(text)]
    return bare("".join(parts))
