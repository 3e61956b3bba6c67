"""The pages lead somewhere: links and anchors, the same headings in both languages, and a way from the index to each page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from scripts.pages import pages, wanted
from tests.docs.markdown import (
    anchors_of,
    every_page,
    headings_of,
    in_chinese,
    links_of,
    name_of,
    pictures_shown,
    unset_bold_in,
)
from tests.fixtures.folders import ROOT
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.texts import Language
from tgtp.settings.environment import Settings

INDEX = ROOT / "docs" / "README.md"
PAIRS = [page for page in every_page() if in_chinese(page).exists()]
ON_ONE_SCREEN = 60


def broken_in(page: Path) -> list[str]:
    broken = []
    for link in links_of(page):
        if ":" in link.split("/")[0]:
            continue
        path, _, anchor = unquote(link).partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors_of(to)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", every_page(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken_in(page) == []


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A `b` c\n\n## 第 一\n\n## A b c\n", "utf-8")
    page = tmp_path / "page.md"
    good = "[x](there.md#a-b-c) [x](there.md#a-b-c-1) [x](there.md#第-一) [x](https://example.org) `[x](code.md)` [](#here)"
    page.write_text(
        f'# Here\n\n{good}\n\n[x](gone.md) [x](there.md#gone) <img src="gone.png">\n\n```\n# No heading\n```\n', "utf-8"
    )
    assert broken_in(page) == ["gone.md", "there.md#gone", "gone.png"]
    assert len(headings_of(page)) == 1


@pytest.mark.parametrize("page", every_page(), ids=name_of)
def test_what_is_to_be_bold_is_shown_bold(page: Path) -> None:
    assert unset_bold_in(page) == []


def test_bold_that_a_sign_spoils_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("**好**。**A b.** c **“好”**\n\n**句号。**后文 `**码。**后` 前文**“引”**\n", "utf-8")
    assert unset_bold_in(page) == ["句号。", "“引”"]


@pytest.mark.parametrize("page", PAIRS, ids=name_of)
def test_both_languages_have_the_same_headings(page: Path) -> None:
    levels = [heading.level for heading in headings_of(page)]
    assert [heading.level for heading in headings_of(in_chinese(page))] == levels


def test_every_picture_is_shown_somewhere() -> None:
    assert {path.stem for path in (ROOT / "docs" / "img").iterdir()} == pictures_shown()


def test_no_page_is_in_chinese_alone() -> None:
    chinese = [page for page in every_page() if page.name.endswith(".zh.md")]
    assert [name_of(page) for page in chinese if not page.with_name(page.name.replace(".zh.md", ".md")).exists()] == []


def test_what_the_index_names_for_users_stands_in_both_languages() -> None:
    """The last part of the index is for engineers, in English."""

    def pages_in(index: Path) -> list[str]:
        links = [link for link in links_of(index) if link.endswith(".md") and link not in ("README.md", "README.zh.md")]
        return links[: links.index("architecture.md")]

    named = [link if link.startswith("../") else in_chinese(Path(link)).as_posix() for link in pages_in(INDEX)]
    assert pages_in(in_chinese(INDEX)) == named
    assert len(named) > 10


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_stays_one_screen(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= ON_ONE_SCREEN


@pytest.mark.parametrize(("page", "language"), list(pages()), ids=lambda value: getattr(value, "name", value))
def test_what_is_generated_is_of_now(page: Path, language: Language) -> None:
    text = page.read_text("utf-8")
    assert wanted(text, language) == text, "python scripts/pages.py"


@pytest.mark.parametrize("ending", [".md", ".zh.md"])
def test_every_command_and_every_setting_has_its_place(ending: str) -> None:
    commands = {heading.text for heading in headings_of(ROOT / "docs" / f"commands{ending}")}
    assert {f"/{name}" for name in COMMANDS} <= commands
    settings = [name for heading in headings_of(ROOT / "docs" / f"settings{ending}") for name in heading.text.split(", ")]
    assert {name.upper() for name in Settings.model_fields} <= set(settings)
