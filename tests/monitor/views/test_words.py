"""The scripts of the page and its words fit together."""

from __future__ import annotations

import re
from pathlib import Path

import tgtp.monitor
from tests.fixtures.every_event import EVENTS
from tgtp.monitor.words import words

SCRIPTS = (Path(tgtp.monitor.__file__).parent / "static" / "js").rglob("*.js")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)


def test_each_kind_of_event_has_a_name() -> None:
    assert {f"page.kind.{event.kind}" for event in EVENTS} - words("en").keys() == set()
    chosen = re.findall(r'"(\w+)"', re.findall(r"const KINDS = \[(.*?)\]", SOURCE, re.DOTALL)[0])
    assert set(chosen) <= {event.kind for event in EVENTS}


def test_each_text_that_a_script_asks_for_is_there() -> None:
    keys = {key.removeprefix("page.") for key in words("en")}
    said = set(re.findall(r'words\.(?:say|has)\("([\w.]+)"', SOURCE))
    counted = {f"{key}.{form}" for key in re.findall(r'words\.plural\("([\w.]+)"', SOURCE) for form in ("one", "many")}
    assert len(said) > 50
    assert sorted((said | counted) - keys) == []
