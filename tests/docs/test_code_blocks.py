"""What the pages tell people to type exists: jobs and their options, targets of make, commands, settings, modules."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import blocks_of, in_both_languages, inline_code_of, name_of, own_pages
from tests.fixtures.folders import ROOT
from tgtp.__main__ import _command_line
from tgtp.chat.bot.router import COMMANDS
from tgtp.settings.accounts import is_of_an_account
from tgtp.settings.environment import Settings

IN_A_SHELL = {"", "sh", "bash", "console"}
GIVEN = re.compile(r"(?:[A-Z][A-Z0-9_]*=\S* +)+")
TARGET = re.compile(r"^([\w./-]+(?: [\w./-]+)*):", re.MULTILINE)
OURS = {"tests", "bench", "scripts"}
SETTING = re.compile(r"(?<![\w$])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w])")
# Of a chat: nothing stands before the slash, and no path goes on behind it.
SLASH = re.compile(r"^/([a-z_]{3,})(?![\w./-])")
# Names of others: of the shell, of the build, of the tests, of OKX.
OTHERS = {
    "DEVICE_KEY",
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("TGTP_HOME", "TGTP_PYTHON", "TGTP_TESTS_FULL", "TGTP_REQUIRE_CHROMIUM", "PYTHONUNBUFFERED"),
}
# What some pages say for a path.
PATHS = {"metrics", "monitor", "tmp", "opt", "data", "srv", "etc", "var", "home", "dev", "proc", "usr", "revoke", "newbot"}


def commands_in(page: Path) -> Iterator[list[str]]:
    """Yield the words of each line that a shell is meant to run, the values before it left out."""
    lines = [line for language, block in blocks_of(page) if language in IN_A_SHELL for line in block.splitlines()]
    for line in [*lines, *inline_code_of(page)]:
        typed = GIVEN.sub("", re.sub(r"^\s*(?:\$ |sudo (?:-u \S+ )?)?", "", line), count=1)
        if not re.match(r"make( |$)|tgtp -?\w|(?:\S*/)?python[\d.]* (?:-m|scripts/|bot\.py)", typed) or "…" in typed:
            continue
        try:
            words = shlex.split(re.split(r" && | \| |;", typed)[0], comments=True)
        except ValueError as exc:
            raise AssertionError(f"{line}: {exc}") from None
        yield [word.strip("[]") for word in words]


def unknown_in(words: list[str]) -> str:
    """Return what of a command is not known, "" where all is."""
    line = shlex.join(words)
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(VENV)", ".venv")
        targets = {name for names in TARGET.findall(makefile) for name in names.split()}
        asked = {word for word in words[1:] if word[0] not in "-/" and "=" not in word}
        return "" if asked <= targets else line
    if words[0] != "tgtp" and words[1] != "-m":
        return "" if (ROOT / words[1]).exists() else line
    if words[0] != "tgtp" and words[2] != "tgtp":
        module = ROOT.joinpath(*words[2].split("."))
        is_there = module.with_suffix(".py").exists() or (module / "__main__.py").exists()
        return "" if is_there or words[2].partition(".")[0] not in OURS else line
    typed = words[1:] if words[0] == "tgtp" else words[3:]
    try:
        _, rest = _command_line("en", typed).parse_known_args(typed)
    except SystemExit as exc:
        # --help and --version end it well.
        return line if exc.code else ""
    return line if rest else ""


@pytest.mark.parametrize("page", own_pages(), ids=name_of)
@pytest.mark.usefixtures("capsys")
def test_what_is_to_be_typed_is_known(page: Path) -> None:
    assert [unknown for words in commands_in(page) if (unknown := unknown_in(words))] == []


def test_what_there_is_not_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    good = "```\nA=1 B=2 make run   # says so\ntgtp --home /srv/x doctor --json\n.venv/bin/python -m tgtp pair && ls\n```\n"
    bad = "`make fly` `tgtp fly` `tgtp run --fly`\n"
    bad += "```\npython -m tgtp doctor --fly\npython scripts/fly.py\npython -m bench.fly\n```\n"
    page.write_text(f"{good}`tgtp …` `tgtp.json` `/close all` {bad}`/fly` `FLY_HIGH`\n", "utf-8")
    assert list(filter(None, map(unknown_in, commands_in(page)))) == [
        *("python -m tgtp doctor --fly", "python scripts/fly.py", "python -m bench.fly"),
        *("make fly", "tgtp fly", "tgtp run --fly"),
    ]
    assert unknown_names_in(page) == ["/fly", "FLY_HIGH"]
    capsys.readouterr()


def unknown_names_in(page: Path) -> list[str]:
    """Return what is written as a command of the chat or as a setting, and is none."""
    code = [*inline_code_of(page), *(line for _, block in blocks_of(page) for line in block.splitlines())]
    slashed = [found[1] for text in code if (found := SLASH.match(text))]
    settings = {name for text in code for name in SETTING.findall(text)}
    known = OTHERS | {name.upper() for name in Settings.model_fields}
    return [f"/{name}" for name in slashed if name not in COMMANDS.keys() | PATHS] + sorted(
        name for name in settings if name not in known and not is_of_an_account(name)
    )


@pytest.mark.parametrize("page", in_both_languages(), ids=name_of)
def test_every_command_and_setting_that_is_named_exists(page: Path) -> None:
    assert unknown_names_in(page) == []
