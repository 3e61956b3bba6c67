"""Values in sentences: how each spec shows them, what stands safe in markup, and what does not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.every_event import LEG
from tgtp.chat.texts import Html, Text
from tgtp.chat.texts.formats.filler import SPECS, Filler
from tgtp.chat.texts.sentence import Language
from tgtp.domain.model import MarginMode, PositionSide

AT = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
TEXTS = {
    "leg.cross": Text("{name} {leg.position_side}", "{name} {leg.position_side}"),
    "leg.isolated": Text("{name} isolated", "{name} 逐仓"),
    "side.long": Text("long", "多单"),
    "someone": Text("user {id}", "用户 {id}"),
    "age.seconds": Text("{n} s", "{n} 秒"),
    "age.minutes": Text("{n} min", "{n} 分钟"),
    "doubt.old": Text("<b>old</b> since {when}", "<b>旧</b>，自 {when}"),
}


def filled(text: str, language: Language = "en", *, markup: bool = True, **values: Any) -> str:
    return Filler({**TEXTS, "asked": Text(text, text)}, language, markup=markup).fill("asked", values)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("{x}", Decimal("1E+2"), "100"),
        ("{x}", LEG.key, "CRV long"),
        ("{x}", LEG.key.replaced(margin_mode=MarginMode.ISOLATED), "CRV isolated"),
        ("{x:whole}", LEG.key, "CRV-USDT-SWAP long"),
        # Its coin alone would be the USDT swap.
        ("{x}", LEG.key.replaced(instrument_id="CRV-USD-SWAP"), "CRV-USD-SWAP long"),
        ("{x}", PositionSide.LONG, "long"),
        ("{x}", (LEG.key, LEG.key), "CRV long, CRV long"),
        ("{x}", (1, 2), "1, 2"),
        ("{x}", AT, '<tg-time unix="1795422600" format="dt">11-23 08:30:00 UTC</tg-time>'),
        ("{x}", None, "?"),
        ("{x:U} {x:+U}", Decimal("1234.5"), "1,234.50 +1,234.50"),
        ("{x:%} {x:+%} {x:.2%}", Decimal("0.123456"), "12.3456% +12.35% 12.35%"),
        ("{x:price} {x:~price}", Decimal("0.401359516616"), "0.401359516616 0.40136"),
        ("{x:age}", 119, "119 s"),
        ("{x:age}", dt.timedelta(minutes=9), "9 min"),
        ("{x:user}", 7, "user 7"),
        ("{x:brief}", "a\n b", "a b"),
        ("{x:# leg|# legs} {x:was|were}", 1, "1 leg was"),
        ("{x:# leg|# legs} {x:was|were}", 0, "0 legs were"),
        ("{x:# contract|# contracts}", Decimal("1.0"), "1 contract"),
        ("{x:# contract|# contracts}", Decimal("1.50"), "1.5 contracts"),
        ("{x.key.position_side} {x.contracts}", LEG, "long 100"),
    ],
)
def test_a_text_says_how_its_values_look(text: str, value: Any, shown: str) -> None:
    assert filled(text, x=value) == shown


@pytest.mark.parametrize("spec", ["", *SPECS, "age", "user", "# leg|# legs"])
def test_what_is_not_known_is_a_question_mark(spec: str) -> None:
    assert filled("{x:" + spec + "}", x=None) == "?"
    assert filled("{x.fee.paid:" + spec + "}", x=None) == "?"


def test_what_comes_from_outside_is_escaped_however_it_is_written() -> None:
    assert filled("{x} {x:brief} {x:user}", x="<b>&") == "&lt;b&gt;&amp; &lt;b&gt;&amp; user &lt;b&gt;&amp;"
    assert filled("{x}", x=("<i>", "a")) == "&lt;i&gt;, a"
    assert filled("{x}", x=LEG.key.replaced(instrument_id="<i>")) == "&lt;i&gt; long"
    assert filled("{x}", x=[LEG.key.replaced(instrument_id="<i>")]) == "&lt;i&gt; long"
    assert filled("{x}", x="a\u202eb") == r"a\u202eb"
    assert filled("{x}", x=Html("<b>a</b>")) == "<b>a</b>"


def test_a_text_of_ours_stands_in_another_with_its_markup_and_the_same_values() -> None:
    assert filled("{x:doubt.}", "zh", x="old", when="<") == "<b>旧</b>，自 &lt;"
    assert filled("{x:doubt.}", markup=False, x="old", when="<") == "<b>old</b> since <"


def test_on_the_console_nothing_is_escaped_and_a_moment_is_plain() -> None:
    assert filled("{x}", markup=False, x="<b>&") == "<b>&"
    assert filled("{x}", markup=False, x=AT) == "11-23 08:30:00 UTC"


def test_a_list_is_written_as_its_language_does() -> None:
    assert filled("{x}", "zh", x=("a", "b")) == "a、b"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{y}", 1),
        ("{x.fee}", LEG),
        ("{x:UU}", Decimal(1)),
        ("{x:U}", "1.00"),
        ("{x:+%}", "25%"),
        ("{x:doubt.}", "none of ours"),
        ("{x:doubt.}", None),
    ],
)
def test_a_value_that_does_not_fit_is_an_error(text: str, value: Any) -> None:
    with pytest.raises((KeyError, AttributeError, TypeError)):
        filled(text, x=value)
