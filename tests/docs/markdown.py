"""What the Markdown pages hold: headings, links, code."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.fixtures.folders import ROOT

CHINESE = ".zh.md"
FENCED = re.compile(r"^(```+)(\w*)[^\n]*\n(.*?)^\1\s*$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|(?:href|src)=\"([^\"]+)\"")
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")


class Heading(NamedTuple):
    """``level`` is 1 for the title."""

    level: int
    text: str


@functools.cache
def text_of(page: Path) -> str:
    """Return the page without comments."""
    return COMMENT.sub("", page.read_text("utf-8"))


@functools.cache
def prose_of(page: Path) -> str:
    """Return the page without comments and without its blocks of code."""
    return FENCED.sub("", text_of(page))


def headings_of(page: Path) -> list[Heading]:
    return [Heading(len(found[1]), found[2]) for found in HEADING.finditer(prose_of(page))]


def blocks_of(page: Path) -> Iterator[tuple[str, str]]:
    """Yield language and text of every block of code."""
    for found in FENCED.finditer(text_of(page)):
        yield found[2], found[3]


def inline_code_of(page: Path) -> list[str]:
    return INLINE.findall(prose_of(page))


def links_of(page: Path) -> list[str]:
    return [first or second for first, second in LINK.findall(INLINE.sub("`x`", prose_of(page)))]


@functools.cache
def anchors_of(page: Path) -> frozenset[str]:
    """Return the names that a link may end with, as the hosts of repositories make them."""
    seen: Counter[str] = Counter()
    found = set(ANCHOR.findall(prose_of(page)))
    for heading in headings_of(page):
        plain = LINK.sub("", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.text.replace("`", "")))
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return frozenset(found)


def unset_bold_in(page: Path) -> list[str]:
    """Return what stands in ** and is not shown bold: a sign within them, and a letter right beside them outside."""
    found = []
    for row in INLINE.sub("`", prose_of(page)).split("\n"):
        parts = row.split("**")
        for before, bold, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            opens = not (re.search(r"\w$", before) and re.match(r"[^\w\s]", bold))
            closes = not (re.search(r"[^\w\s]$", bold) and re.match(r"\w", after))
            if not (opens and closes):
                found.append(bold)
    return found


def every_page() -> list[Path]:
    """Return every page that people read: those in the root, and those in docs/."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def pictures_shown() -> set[str]:
    """Return the names, without their ending, of the pictures of ``docs/img`` that a page shows."""
    return {name for page in every_page() for name in re.findall(r'img/([\w-]+)\.png"', page.read_text("utf-8"))}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def in_chinese(page: Path) -> Path:
    return page.with_name(page.name.removesuffix(".md") + CHINESE)


def in_both_languages() -> list[Path]:
    """Return the pages for traders, but for those of hosts: these name what others set."""
    english = [page for page in every_page() if in_chinese(page).exists() and page.parent.name != "hosts"]
    return [*english, *map(in_chinese, english)]


def own_pages() -> list[Path]:
    """Return the pages that are kept with the program; what has changed over time tells of names that are gone."""
    return [page for page in every_page() if page.name != "CHANGELOG.md" and page.parent.name != "decisions"]
