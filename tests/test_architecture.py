"""The map is true: its drawings are current, and every file and name on it exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from scripts.structure import PAGE, drawn, imports_of
from tests.fixtures.folders import ROOT

# All source is read once, by one of the workers.
pytestmark = pytest.mark.xdist_group("source")

PAGES = [ROOT / "CONTRIBUTING.md", PAGE]
QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md)|(?:tgtp|tests|docs|scripts)/[\w/.-]*")
DOTTED = re.compile(r"[A-Z]\w+\.[a-z_]\w*")
NAME = re.compile(r"[A-Z]+[a-z]\w*|[a-z]+_\w+")


@cache
def names_in_the_code() -> set[str]:
    """Every function, class and ``Class.method`` of the package and its tests."""
    found: set[str] = set()
    for path in (path for folder in ("tgtp", "tests") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                found.add(node.name)
            if isinstance(node, ast.ClassDef):
                found |= {
                    f"{node.name}.{of.name}" for of in node.body if isinstance(of, (ast.FunctionDef, ast.AsyncFunctionDef))
                }
    return found


def wrong_on(page: str, known: set[str]) -> list[str]:
    quoted = QUOTED.findall(page)
    files = {word for word in quoted if FILE.fullmatch(word)}
    missing = [word for word in quoted if word in files and not (ROOT / word).exists()]
    named = [word for word in quoted if word not in files and (DOTTED.fullmatch(word) or NAME.fullmatch(word))]
    return missing + [word for word in named if word not in known]


def test_the_drawings_show_the_imports_of_now() -> None:
    page = PAGE.read_text("utf-8")
    assert drawn(page, imports_of("tgtp")) == page, "python scripts/structure.py --draw"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_name_on_the_map_exists(page: Path) -> None:
    assert wrong_on(page.read_text("utf-8"), names_in_the_code()) == []


def test_what_is_not_there_is_found() -> None:
    page = "`tgtp/nowhere.py` `Checker.check` `Checker.fly` `Nobody` `no_such_thing` `tgtp/app.py`"
    assert wrong_on(page, names_in_the_code()) == ["tgtp/nowhere.py", "Checker.fly", "Nobody", "no_such_thing"]
