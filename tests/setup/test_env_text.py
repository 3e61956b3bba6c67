"""Other values in a text of settings: they are read as they were meant, and all else stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.settings.reading.env_file import env_file_of
from tgtp.setup.env_text import typed_as, with_value

TEXT = "# mine\r\n\r\nexport CHAT = local   # for now\r\nMY_OWN='a\r\nb'\r\n  chat=local\r\nbroken line\r\nEND=1"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12).map(lambda text: text.strip()))
def test_a_secret_is_read_as_it_was_meant_or_is_not_taken(value: str) -> None:
    typed = typed_as("OKX_API_PASSPHRASE", value, is_secret=True)
    if typed is not None:
        text = with_value("# first\nOKX_API_PASSPHRASE=old\nLAST=1\n", "OKX_API_PASSPHRASE", typed)
        assert env_file_of(Path(), text).values.get("OKX_API_PASSPHRASE", "") == value
        assert text.startswith("# first\n")
        assert text.endswith("\nLAST=1\n")
    else:
        assert "'" in value or '"' in value or "\\" in value


@pytest.mark.parametrize("value", ["p#w", "p w", "$HOME", "${X}", "it's", 'say "x"', "back\\slash", "#first", "a=b", "`id`"])
def test_signs_of_passwords_are_kept(value: str) -> None:
    typed = typed_as("X", value, is_secret=True)
    assert typed is not None
    assert env_file_of(Path(), f"X={typed}\n").values["X"] == value


def test_what_else_stands_there_is_not_touched() -> None:
    found = with_value(TEXT, "CHAT", "telegram")
    assert found == TEXT.replace("export CHAT = local   # for now", "# for now\r\nexport CHAT=telegram").replace(
        "  chat=local", "  chat=telegram"
    )
    assert with_value(TEXT, "NEW", "1") == f"{TEXT}\nNEW=1\n"
    assert with_value("", "NEW", "1") == "NEW=1\n"
