"""A cell shows what it holds, and calculates nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tgtp.chat.events.csv_export import cell
from tgtp.chat.texts import say


@pytest.mark.parametrize("sign", [*"=+-@", *"＝＋－＠", *"﹢﹣﹦﹫"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n", "\u00a0", "\u3000"])
def test_no_cell_begins_a_formula(sign: str, before: str) -> None:
    assert cell(f"{before}{sign}cmd|x!A1") == f"'{sign}cmd|x!A1"


@pytest.mark.parametrize("sign", [*"=+-@", "＝"])
@pytest.mark.parametrize("gap", [";", "; ", "；"])
def test_nor_where_a_semicolon_begins_the_next_cell(sign: str, gap: str) -> None:
    # Quotes do not help there: the whole line is read otherwise.
    assert cell(f"OKX says no{gap}{sign}HYPERLINK(1)") == f"OKX says no{gap}'{sign}HYPERLINK(1)"
    assert cell(f'"{gap}{sign}1+1') == f"\"{gap}'{sign}1+1"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\ufeff", "\x00", "\x1b"])
def test_what_hides_in_front_of_a_sign_is_shown(hidden: str) -> None:
    assert cell(f"{hidden}=1+1").startswith("\\")


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (Decimal("-1.5"), "-1.5", "+2", 7, None)] == ["-1.5", "-1.5", "+2", "7", ""]


def test_what_cannot_be_seen_of_a_value_is_shown_in_the_chat() -> None:
    words = say("en", "problem.says", code="1", words="x\u202egpj.exe\x1b[2J\u200b<b>")
    assert words == r"OKX says 1: x\u202egpj.exe\x1b[2J\u200b&lt;b&gt;"
