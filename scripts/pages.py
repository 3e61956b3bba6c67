"""Write what follows from the program into docs/: every command with its forms, every setting with its default.

``python scripts/pages.py`` writes, between two lines that name what stands there; a test fails while a page is stale.
Commands come from their declarations and the texts of /help, settings from the comments of ``.env.example``.
"""

from __future__ import annotations

import html
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The path must be set first.
# ruff: noqa: E402
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.commands.help import TOPICS
from tgtp.chat.texts import LANGUAGES, TEXTS, Language, plain
from tgtp.settings.hints import WANTS

DOCS = ROOT / "docs"
ENDINGS: Final[dict[Language, str]] = {"en": ".md", "zh": ".zh.md"}
EXAMPLES: Final[dict[Language, Path]] = {"en": ROOT / ".env.example", "zh": ROOT / ".env.example.zh"}
GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = re.compile(r"# --- (.+?) -+")
# What is typed: an address, a command, a setting with or without its value, a file.
TYPED = re.compile(
    r"""(?<![`\w/.])(
        \w+://[\w.:/@%-]*[\w/] | /[a-z_]{3,}\b | [A-Z]{4,}=[\w.-]*\w | [A-Z][A-Z\d]*_[A-Z\d_…]*(?:=[\w.-]*\w)?
        | \.env\b | \.venv/bin/python\ -c\ '[^']*'
    )""",
    re.ASCII | re.VERBOSE,
)


def wanted(page: str, language: Language) -> str:
    """Return the page as it should be."""
    made = {"commands": commands, "settings": settings}
    return GENERATED.sub(lambda found: f"{found[1]}{made[found[2]](language)}{found[3]}", page)


def commands(language: Language) -> str:
    """Return every command by topic, with its forms."""
    blocks: list[str] = []
    for topic in TOPICS:
        if names := [name for name, of in COMMANDS.items() if of == topic.name]:
            blocks.append(f"## {plain(language, f'help.topic.{topic.name}')}")
            for name in names:
                blocks += [f"### /{name}", *_entry(name, language)]
    blocks.append(f"## {plain(language, 'help.topic.signs')}")
    signs = _markdown(getattr(TEXTS["help.signs"], language)).split("\n")
    blocks += _listed(signs, lambda line: not line.startswith("**"))
    return "\n\n".join(blocks) + "\n"


def settings(language: Language) -> str:
    """Return every setting with its default, what it takes and what it does."""
    blocks: list[str] = []
    for section, words, rows in _explained(EXAMPLES[language]):
        if section:
            blocks.append(f"## {section}")
        names = [row.partition("=")[0] for row in rows]
        blocks.append("### " + ", ".join(names))
        blocks.append("\n".join(f"- `{row}`{_takes(name, language)}" for row, name in zip(rows, names, strict=True)))
        blocks += _paragraphs(words)
    return "\n\n".join(blocks) + "\n"


def _takes(name: str, language: Language) -> str:
    problem = WANTS.get(name.lower())
    return "" if problem is None else f" · {_code(plain(language, problem.key, **dict(problem.values)))}"


def _entry(name: str, language: Language) -> list[str]:
    """Return what /help says of a command, in Markdown."""
    lines = _markdown(getattr(TEXTS[f"help.{name}"], language).replace("{pair}", "tgtp pair")).split("\n")
    said = lines[0].removeprefix(f"/{name} – ")
    # A letter that begins a Chinese line is that of a name, which keeps its case.
    lines[0] = said[:1].upper() + said[1:] if language == "en" else said
    stop = "." if language == "en" else "。"
    lines = [line if line[0] == "`" or line[-1] in ".。`" else line + stop for line in lines]
    return _listed(lines, lambda line: line.startswith("`"))


def _listed(lines: list[str], is_listed: Callable[[str], bool]) -> list[str]:
    """Return the lines as blocks: each by itself, those of a list together."""
    blocks: list[str] = []
    for is_list, run in itertools.groupby(lines, is_listed):
        if is_list:
            blocks.append("\n".join(f"- {line}" for line in run))
        else:
            blocks.extend(run)
    return blocks


def _markdown(text: str) -> str:
    for tag, sign in (("code", "`"), ("b", "**"), ("i", "*")):
        text = re.sub(rf"</?{tag}>", sign, text)
    return html.unescape(text).replace("\u00a0", " ")


def _explained(example: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the heading where one begins, the lines of a comment, and the settings below it."""
    section = ""
    words: list[str] = []
    rows: list[str] = []
    # What stands before the first heading is about the file.
    started = False
    for line in [*example.read_text("utf-8").splitlines(), "#"]:
        if line.startswith("#") and rows:
            yield section, words, rows
            section, words, rows = "", [], []
        if heading := HEAD.match(line):
            section, words, started = heading[1], [], True
        elif line.startswith("#") and started:
            words.append(line[1:].removeprefix(" "))
        elif line and started:
            rows.append(line)


def _paragraphs(words: list[str]) -> list[str]:
    """Return a comment as paragraphs, and what is aligned in columns as a list."""
    blocks: list[str] = []
    for is_list, run in itertools.groupby(words, lambda line: "  " in line):
        if is_list:
            blocks.append("\n".join(f"- {_code(re.sub(' {2,}', ' ', line))}" for line in run))
        else:
            # Chinese goes on without a blank.
            blocks.append(_code(re.sub(r"(?<=[^\x00-\x7f])\n", "", "\n".join(run)).replace("\n", " ")))
    return blocks


def _code(text: str) -> str:
    return TYPED.sub(r"`\1`", text)


def pages() -> Iterator[tuple[Path, Language]]:
    """Yield the pages that hold something generated."""
    for name in ("commands", "settings"):
        for language in LANGUAGES:
            yield DOCS / f"{name}{ENDINGS[language]}", language


if __name__ == "__main__":
    for page, language in pages():
        page.write_text(wanted(page.read_text("utf-8"), language), "utf-8")
