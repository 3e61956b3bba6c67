"""Telegram's HTML: what comes out, in UTF-16 units, and what Telegram refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.local_telegram.bot_api.markup import (
    MarkupError,
    clean,
    inline_keyboard,
    parse_html,
    plain_text,
    reply_keyboard,
    utf16_length,
)


def parts(html: str) -> list[tuple[str, str]]:
    """Give each entity with the text it covers, cut in UTF-16 units as a client does."""
    text, entities = parse_html(html)
    units = text.encode("utf-16-le")
    return [(e["type"], units[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")) for e in entities]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"), ("strong", "bold"), ("i", "italic"), ("em", "italic"), ("u", "underline"), ("ins", "underline"),
        ("s", "strikethrough"), ("strike", "strikethrough"), ("del", "strikethrough"), ("code", "code"), ("pre", "pre"),
        ("blockquote", "blockquote"), ("tg-spoiler", "spoiler"),
    ],
)  # fmt: skip
def test_each_tag_has_its_entity(tag: str, kind: str) -> None:
    assert parts(f"a <{tag}>word</{tag}> b") == [(kind, "word")]
    assert parts(f"<{tag.upper()}>word</{tag}>") == [(kind, "word")]


def test_offsets_count_utf16_units() -> None:
    text, entities = parse_html("🔥🔥 止盈 <b>+5 %</b> 🎉<i>好</i>")
    assert text == "🔥🔥 止盈 +5 % 🎉好"
    assert entities == [{"type": "bold", "offset": 8, "length": 4}, {"type": "italic", "offset": 15, "length": 1}]
    assert utf16_length("🔥a好") == 4


def test_nesting_and_order() -> None:
    assert parts("<b>one <i>two</i></b> <u>three</u>") == [("bold", "one two"), ("italic", "two"), ("underline", "three")]
    assert parts("<b><b>x</b></b>") == [("bold", "x")]
    assert parts("<code><b>x</b></code>") == [("code", "x")]
    assert parts("<b>closed by the short form</>") == [("bold", "closed by the short form")]


def test_code_block_with_language() -> None:
    text, entities = parse_html('<pre><code class="language-python">x = 1</code></pre>')
    assert (text, entities) == ("x = 1", [{"type": "pre", "offset": 0, "length": 5, "language": "python"}])
    assert parse_html('<code class="language-python">x</code>')[1] == [{"type": "code", "offset": 0, "length": 1}]


def test_quotes_links_and_times() -> None:
    assert parts("<blockquote expandable>long</blockquote>") == [("expandable_blockquote", "long")]
    assert parse_html('<a href="https://a.b/?x=1&amp;y=2">here</a>')[1][0]["url"] == "https://a.b/?x=1&y=2"
    assert parse_html("<a href='example.org'>here</a>")[1][0]["url"] == "http://example.org"
    assert parse_html('<a href="javascript:alert(1)">here</a>') == ("here", [])
    time = parse_html('<tg-time unix="1700000000" format="wDT">then</tg-time>')[1]
    assert time == [{"type": "date_time", "offset": 0, "length": 4, "unix_time": 1700000000, "date_time_format": "wDT"}]
    assert "date_time_format" not in parse_html('<tg-time unix="1">then</tg-time>')[1][0]
    assert parts('<span class="tg-spoiler">x</span>') == [("spoiler", "x")]


def test_character_references() -> None:
    assert parse_html("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;q&quot; &#8364; &#x1F525;")[0] == '1 < 2 && 3 > 2 "q" € 🔥'
    assert parse_html("AT&T &nbsp; &#0; &")[0] == "AT&T &nbsp; &#0; &"
    assert parse_html("&amp;lt;b&amp;gt;")[0] == "&lt;b&gt;"


def test_blank_edges_are_trimmed_with_the_entities() -> None:
    assert parse_html("  \n a <b>x \n</b>\n ") == ("a x", [{"type": "bold", "offset": 2, "length": 1}])
    assert parse_html("<b>  </b>") == ("", [])
    assert clean("a\tb\r\nc\x00\u202ed\ud83d") == "a b\nc d\ufffd"


def test_commands_and_addresses_are_found() -> None:
    found = parts("🔥 /status, BTC/USDT or /close@tgtp_bot: see https://a.b/c?d=1. <code>/not https://x.y/</code>")
    assert [f for f in found if f[0] != "code"] == [
        ("bot_command", "/status"),
        ("bot_command", "/close@tgtp_bot"),
        ("url", "https://a.b/c?d=1"),
    ]
    assert plain_text("<b>/start</b>") == ("<b>/start</b>", [])


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("好 <br/>", 'Unsupported start tag "br/" at byte offset 4'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<b =x>x</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-time unix="soon">x</tg-time>', "Invalid date-time entity at byte offset 0"),
        ('<tg-time unix="1" format="dw">x</tg-time>', "Invalid date-time entity at byte offset 0"),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
    ],
)
def test_refusals_use_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_html(html)
    assert str(refused.value) == f"can't parse entities: {words}"


@given(st.text(alphabet="<>/&;=\"' abipre#x1🔥好\n", max_size=60))
def test_any_text_is_parsed_or_refused(html: str) -> None:
    try:
        text, entities = parse_html(html)
    except MarkupError:
        return
    assert all(e["offset"] >= 0 and e["length"] > 0 for e in entities)
    assert all(e["offset"] + e["length"] <= utf16_length(text) for e in entities)


def key(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", **fields}]]}


def test_keyboards_that_pass() -> None:
    assert inline_keyboard(None) is None
    assert inline_keyboard({"inline_keyboard": [[]]}) is None
    assert inline_keyboard({"force_reply": True}) is None
    button = {"text": "Go", "callback_data": "好" * 21, "style": "danger"}
    assert inline_keyboard({"inline_keyboard": [[button | {"unknown": 1}]]}) == {"inline_keyboard": [[button]]}
    assert inline_keyboard(key(url="https://a.b")) == key(url="https://a.b")
    assert inline_keyboard(key(copy_text={"text": "id"})) == key(copy_text={"text": "id"})


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (key(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (key(callback_data="好" * 22), "BUTTON_DATA_INVALID"),
        (key(callback_data=""), "BUTTON_DATA_INVALID"),
        (key(callback_data="x", style="red"), "invalid button style"),
        (key(), "Text buttons are unallowed"),
        (key(callback_data="x", url="https://a.b"), "exactly one action"),
        (key(url="javascript:x"), "Wrong HTTP URL"),
        (key(url="http://localhost:8080/x.y"), "Wrong HTTP URL"),
        (key(copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "Text must be non-empty"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "x"}] * 8] * 13}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": [[{"text": "a"}]]}, "inline keyboard expected"),
    ],
)
def test_keyboards_that_telegram_refuses(markup: dict[str, Any], words: str) -> None:
    with pytest.raises(MarkupError, match=words):
        inline_keyboard(markup)


@pytest.mark.parametrize(
    ("markup", "keys"),
    [
        (None, None),
        ({"inline_keyboard": []}, None),
        ({"remove_keyboard": True}, []),
        ({"keyboard": [[{"text": "a"}, "b"], [], [{"text": "c"}]], "is_persistent": True}, [["a", "b"], ["c"]]),
    ],
)
def test_the_keys_below_the_chat(markup: dict[str, Any] | None, keys: list[list[str]] | None) -> None:
    assert reply_keyboard(markup) == keys


@pytest.mark.parametrize("markup", [{"keyboard": []}, {"keyboard": [[{"text": " "}]]}, {"keyboard": [[{}]]}])
def test_a_key_without_a_word_is_refused(markup: dict[str, Any]) -> None:
    with pytest.raises(MarkupError, match="a key needs a text"):
        reply_keyboard(markup)
