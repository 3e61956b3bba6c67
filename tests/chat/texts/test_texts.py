"""Every sentence, in both languages: complete, used, well-formed, short enough."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any, get_args

import pytest

import tgtp
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS, KINDS, OTHERS
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.commands import arguments
from tgtp.chat.commands.close import close_view
from tgtp.chat.commands.history import history_view
from tgtp.chat.commands.menu import MENU
from tgtp.chat.commands.positions import status_view
from tgtp.chat.commands.positions.status_view import Place
from tgtp.chat.commands.tiers import rules_view
from tgtp.chat.events import key_risk
from tgtp.chat.events.alert import ALERTS, alert
from tgtp.chat.events.explanation import why
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import age
from tgtp.chat.messages.message import LONGEST_TEXT, Message, bare, pages
from tgtp.chat.texts import LANGUAGES, TEXTS, Html, Language, Text, language_of, plain, say
from tgtp.chat.texts.formats.filler import SPECS
from tgtp.chat.texts.formats.numbers import brief, money, names, percent, price
from tgtp.domain.api_key_risks import RISKS
from tgtp.domain.events import EVENT, Cause, Event
from tgtp.domain.examples import leg
from tgtp.domain.life import Life
from tgtp.domain.model import PositionMode, Snapshot, Unwatched
from tgtp.domain.order import Rule
from tgtp.domain.plan import Note, Situation, Why
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import Problem
from tgtp.local_telegram.bot_api.markup import parse_html, utf16_length
from tgtp.settings.environment import Settings

LONG_NAME = "1000000BABYDOGE-USDT-SWAP"
LONG = "A" * 30 + "<b>&" + "💥" * 90
PACKAGE = Path(tgtp.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

languages = pytest.mark.parametrize("language", LANGUAGES)


def reader(language: Language) -> Reader:
    return Reader(language, SEED_RULES, 10)


def specs(text: str) -> dict[str, set[str]]:
    """How each name of a text is written; a form for one and for more is how a language counts, and a number all the same."""
    found: dict[str, set[str]] = {}
    for _, name, spec, _ in Formatter().parse(text):
        if name and spec is not None:
            found.setdefault(name, set()).add("" if "|" in spec else spec)
    return found


def fields(text: str) -> set[str]:
    """What a text is filled with; ``{order.fee:U}`` reaches into ``order``."""
    return {name.partition(".")[0] for name in specs(text)}


def filling(text: str) -> dict[str, Any]:
    """Values that fit a text: numbers for specs of numbers, a word of ours for a family, the most awkward words elsewhere."""
    values: dict[str, Any] = {}
    for _, name, spec, _ in Formatter().parse(text):
        if not name:
            continue
        fits: Any = LONG if spec in ("", "brief", "user") else 3 if spec == "age" or "|" in (spec or "") else Decimal("-1234.5")
        if spec == "whole":
            fits = leg().key
        if spec and spec.endswith("."):
            fits = min(key.removeprefix(spec) for key in TEXTS if key.startswith(spec) and not fields(TEXTS[key].en))
        *path, last = name.split(".")
        holder = values
        for step in path:
            holder = holder.setdefault(step, {})
        holder[last] = fits
    return {name: held(value) for name, value in values.items()}


def held(value: Any) -> Any:
    return SimpleNamespace(**{name: held(each) for name, each in value.items()}) if isinstance(value, dict) else value


def is_fine(message: Message | str) -> None:
    """Telegram would take this message as it stands."""
    text = message.text if isinstance(message, Message) else message
    shown, entities = parse_html(text)
    assert 0 < utf16_length(shown) <= LONGEST_TEXT
    assert len(entities) <= 100
    assert "{" not in shown
    if isinstance(message, Message):
        buttons = [button for row in message.buttons for button in row]
        assert len(buttons) <= 100
        assert all(1 <= len(button.data.encode()) <= 64 for button in buttons)
        assert all(button.label for button in buttons)


# The table


def test_both_languages_have_the_same_placeholders() -> None:
    for key, text in TEXTS.items():
        assert text.en.strip(), key
        assert text.zh.strip(), key
        assert specs(text.en) == specs(text.zh), key


def parts_of_values() -> set[str]:
    """Every field and property of every class."""
    found: set[str] = set()
    for node in (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)):
        found |= {part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)}
        found |= {part.name for part in node.body if isinstance(part, ast.FunctionDef) and part.decorator_list}
    return found


def test_a_text_reaches_into_values_by_names_that_there_are() -> None:
    known = parts_of_values()
    reached = {(key, part) for key, text in TEXTS.items() for name in specs(text.en) for part in name.split(".")[1:]}
    assert [(key, part) for key, part in sorted(reached) if part not in known] == []


def test_every_spec_is_known() -> None:
    used = {(key, spec) for key, text in TEXTS.items() for found in specs(text.en).values() for spec in found}
    families = {f"{key.rpartition('.')[0]}." for key in TEXTS}
    assert [(key, spec) for key, spec in sorted(used) if spec not in {"", "age", "user", "whole", *SPECS} | families] == []


@languages
def test_every_text_is_well_formed_whatever_fills_it(language: Language) -> None:
    for key, text in TEXTS.items():
        shown, _ = parse_html(say(language, key, **filling(text.en)))
        assert utf16_length(shown) <= LONGEST_TEXT, key
        assert "" not in set().union(*specs(text.en).values()) or "|" in text.en or "<b>&" in shown, key


def test_what_is_chinese_has_chinese_in_it() -> None:
    for key, text in TEXTS.items():
        words = re.sub(r"<[^>]*>|\{[^}]*\}|[\W\d_]", "", text.zh)
        latin = re.sub(
            r"tgtp|OKX|Telegram|USDT|API|IP|ROI|U|x|English|help|status|close|why|STX|start|env|REARMonadd|u", "", words
        )
        assert re.search(r"[\u4e00-\u9fff]", latin) or not re.search(r"[A-Za-z]{3}", latin), key


def keys_in(path: Path) -> Iterator[str]:
    """The keys that a module uses, as patterns: an f-string's holes stand for one part."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in TEXTS:
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[a-z_]+" for p in node.values]
            pattern = "".join(parts)
            if "." in pattern and any(re.fullmatch(pattern, key) for key in TEXTS):
                yield pattern


def test_every_text_is_used() -> None:
    patterns = {pattern for path in SOURCES if path.parent.name not in ("texts", "problems") for pattern in keys_in(path)}
    patterns |= {r"refusal\.\w+", "problem.words"}
    # Those of events have a test of their own; others stand inside of a text that names their family.
    patterns |= {r"line\.[\w.]+"}
    # Those of the monitoring page are used by its own scripts.
    patterns |= {r"page\.[\w.]+"}
    families = {spec for text in TEXTS.values() for found in specs(text.en).values() for spec in found if spec.endswith(".")}
    patterns |= {rf"{re.escape(family)}\w+" for family in families}
    used = re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))
    assert [key for key in TEXTS if not used.fullmatch(key)] == []


def calls_in(path: Path) -> Iterator[tuple[str, set[str], int]]:
    """Every ``say`` and ``plain`` with a literal key: the key, the names it is given, the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        # A reader, and the console's own way of saying, have the language already.
        ways = ("say", "plain", "_tell") if path.name == "story.py" else ("say", "plain")
        tells = isinstance(node.func, ast.Attribute) and node.func.attr in ways
        says = isinstance(node.func, ast.Name) and node.func.id in ("say", "plain")
        keys = node.args[: 1 if tells else 0] or node.args[1 : 2 if says else 0]
        if not keys:
            continue
        choices = [keys[0].body, keys[0].orelse] if isinstance(keys[0], ast.IfExp) else keys
        given = {keyword.arg or "**" for keyword in node.keywords}
        for choice in choices:
            if isinstance(choice, ast.Constant):
                yield str(choice.value), given, node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_key_that_is_used_exists_and_is_filled(path: Path) -> None:
    for key, given, number in calls_in(path):
        assert key in TEXTS, f"{path.name}:{number}"
        assert "**" in given or fields(TEXTS[key].en) <= given, f"{path.name}:{number} {key}"


@languages
def test_families_are_complete(language: Language) -> None:
    """Keys that are made of a word of the domain: every word has its text."""
    for why_ in get_args(Why):
        assert why_ in ("at_base", "loser_small") or f"what.{why_}" in TEXTS, why_
    for why_ in ("due", "at_base", "loser_small", "forbidden", "paused", "backing_off"):
        assert f"log.pair.{why_}" in TEXTS
    for cause in get_args(Cause):
        assert f"line.exchange_lost.{cause}" in TEXTS
        assert f"line.exchange_found.{cause}" in TEXTS
    for reason in get_args(Unwatched.model_fields["reason"].annotation):
        assert f"unwatched.{reason}" in TEXTS
    for mode in PositionMode:
        assert f"position_mode.{mode.value}" in TEXTS
    for answer in ("expired", "old", "hasty"):
        assert {f"confirm.{answer}.sent", f"confirm.{answer}.changed"} <= TEXTS.keys()
    for exchange in (*get_args(Settings.model_fields["exchange"].annotation), "paper_live", "okx_demo"):
        assert f"exchange.{exchange}" in TEXTS
    for rule in get_args(Rule):
        assert {f"what.{rule}", f"why.{rule}", f"log.trigger.{rule}"} <= TEXTS.keys(), rule
    assert {f"menu.{name}" for name in MENU} <= TEXTS.keys()
    assert set(MENU) <= set(COMMANDS)
    for risk in RISKS:
        assert f"key_risk.{risk}" in TEXTS
        assert key_risk.TODO[risk] in TEXTS
    for rearm in ("on_close", "on_add"):
        plain(language, f"tiers.rearm.{rearm}")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_button_has_a_label_that_is_no_text(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Button" and node.args:
            label = node.args[0]
            words = isinstance(label, ast.Constant) and any(map(str.isalpha, str(label.value)))
            assert not words, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("name", MENU)
@languages
def test_the_menu_fits(name: str, language: Language) -> None:
    assert 1 <= utf16_length(plain(language, f"menu.{name}")) <= 256
    assert utf16_length(plain(language, "bot.about")) <= 120
    assert utf16_length(plain(language, "bot.description")) <= 512


@pytest.mark.parametrize(
    "key", ["button.old", "confirm.used", "confirm.foreign", "confirm.hasty.sent", "confirm.hasty.changed", "rearm.old"]
)
@languages
def test_toasts_fit(key: str, language: Language) -> None:
    assert utf16_length(plain(language, key, command="status")) <= 200
    assert "<" not in plain(language, key, command="status")


# Events


def swollen(event: Event) -> Event:
    """The same event with the longest names, and words from outside that are long and look like markup."""
    row: dict[str, Any] = json.loads(
        event.model_dump_json().replace("CRV-USDT-SWAP", LONG_NAME).replace('"cross"', '"isolated"')
    )
    for name in ("reason", "detail", "name", "label", "readable_secrets"):
        if isinstance(row.get(name), str | dict) and row["kind"] not in ("paused", "resumed", "wish_changed"):
            row[name] = LONG * 50
    if row["kind"] == "close_asked":
        row["legs"], row["contracts"] = row["legs"] * 250, row["contracts"] * 250
    if row["kind"] == "started":
        row["unwatched"] = [{"name": f"{LONG_NAME}{number}", "reason": "unreadable"} for number in range(200)]
        row["paused"] = [f"{number}{LONG_NAME}" for number in range(200)]
    return EVENT.validate_python(row)


def rules_of(event: Event) -> list[Event]:
    """The event as each rule would give it, where it has an order."""
    if event.kind not in ("order_rejected", "order_unresolved", "order_not_arrived", "would_have_closed"):
        return [event]
    intent = event.intent
    return [event.replaced(intent=intent.replaced(rule=rule)) for rule in get_args(Rule)]


def test_there_is_one_event_of_every_kind() -> None:
    assert {event.kind for event in EVENTS} == KINDS
    assert ALERTS.keys() <= KINDS


@pytest.mark.parametrize("event", [*EVENTS, *OTHERS], ids=lambda event: event.kind)
@languages
def test_every_event_has_a_line_an_alert_and_a_why(event: Event, language: Language) -> None:
    for as_is in (event, swollen(event)) if event in EVENTS else (event,):
        for one in rules_of(as_is):
            is_fine(line(reader(language), one))
            is_fine(alert(reader(language), 99_999, one))
            is_fine(why(reader(language), 99_999, one))
            assert bare(alert(reader(language), 17, one).text).endswith("#17")
            assert "\n\n" not in line(reader(language), one)


class Remembered(dict[str, Text]):
    """The texts, and which of them were asked for."""

    def __init__(self) -> None:
        super().__init__(TEXTS)
        self.told: set[str] = set()

    def __getitem__(self, key: str) -> Text:
        self.told.add(key)
        return super().__getitem__(key)


# What the texts of events begin with, and those that are put together elsewhere: by the outbox, and as answers.
OF_EVENTS = (
    *("line.", "alert.", "why.", "first.", "next.", "started.", "stuck.", "maintenance.", "corrected.", "account_mode."),
    *("rejected.", "not_arrived.", "failed.", "unresolved.", "doubt.", "witness.", "clock.", "key_risk.", "unreadable."),
)
ELSEWHERE = ("alert.many", "alert.delayed", "alert.dropped", "alert.unwritten", "why.none", "why.which")


@languages
def test_every_sentence_of_an_event_is_filled_by_one(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name or spec fails here, and not in front of people."""
    texts = Remembered()
    monkeypatch.setattr("tgtp.chat.texts.TEXTS", texts)
    for event in (one for each in [*EVENTS, *OTHERS] for one in rules_of(each)):
        shown = (line(reader(language), event), alert(reader(language), 17, event).text, why(reader(language), 17, event))
        assert not [text for text in shown if re.search(r"\bNone\b|[<(]\w+\.\w+[:>]|Decimal|&lt;tg-time", text)]
    assert "event.unsaid" not in texts.told
    assert [key for key in TEXTS if key.startswith(OF_EVENTS) and not key.startswith(ELSEWHERE) and key not in texts.told] == []


@languages
def test_a_tier_alert_names_all_that_it_must(language: Language) -> None:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    shown, _ = parse_html(alert(reader(language), 5, event).text)
    order = event.order
    for words in (
        "CRV-USDT-SWAP",
        plain(language, "side.long"),
        percent(event.intent.basis.roi or Decimal(0), signed=True),
        money(event.intent.basis.initial_margin),
        "100",  # contracts before
        percent(event.intent.basis.share or Decimal(0)),
        "30",  # closed
        price(order.average_price),
        money(order.realised_pnl, signed=True),
        order.order_id,
        "70",  # left
        "●●○",
        "35%",
    ):
        assert words in shown, words


# Views


def crowd(count: int) -> Snapshot:
    legs = [
        leg(f"{number}{LONG_NAME}", side=side, contracts="123456789.123", roi="26.12345", margin_mode="isolated")
        for number in range(count // 2)
        for side in ("long", "short")
    ]
    unwatched = tuple(Unwatched(name=f"{LONG_NAME}{number}", reason="unknown_instrument") for number in range(99))
    return Snapshot(taken_at=legs[0].opened_at, legs=tuple(legs), unwatched=unwatched, equity=Decimal("123456789.12"))


@languages
@pytest.mark.parametrize("count", [2, 22, 60, 500])
def test_views_of_many_legs_with_long_names_fit(language: Language, count: int) -> None:
    snapshot = crowd(count)
    lives = {leg.key: Life.begun(leg) for leg in snapshot.legs}
    paused = [leg.instrument.instrument_id for leg in snapshot.legs]
    situation = Situation("main", SEED_RULES, lives, frozenset(), paused, snapshot.taken_at, may_trade=True)
    outlook = leg_state.Outlook(
        snapshot, situation, "paper_live", False, 3, Problem.of_words(brief(LONG * 50)), snapshot.taken_at
    )
    for page in range(count // status_view.MOST_LEGS + 2):
        is_fine(status_view.status(reader(language), outlook, Place(page)))
    is_fine(status_view.status(reader(language), outlook, Place(coin=f"1{LONG_NAME}".split("-")[0])))
    for page in range(1, 4):
        is_fine(rules_view.rules_card(reader(language), frozenset(), [rules_view.Seen("main", outlook, lives)], page))
    marks = {leg.key: life_mark(leg.key, leg.opened_at, 0) for leg in snapshot.legs}
    is_fine(close_view.picker(reader(language), snapshot, marks))
    is_fine(close_view.how_much(reader(language), snapshot.legs[0], marks[snapshot.legs[0].key]))
    orders = [CloseOrder(leg, leg.contracts) for leg in snapshot.legs]
    is_fine(close_view.card(reader(language), orders, "01234567", 60, [say(language, "status.blind", failed=9, why=LONG)]))
    is_fine(close_view.card(reader(language), orders[:1], "01234567", 60))
    is_fine(say(language, "no.such.coin", word=LONG[:40], known=arguments.known_legs(reader(language), snapshot)))


@languages
def test_a_long_history_is_cut_between_entries_only(language: Language) -> None:
    events = [(number, swollen(event)) for number, event in enumerate(EVENTS * 4)]
    messages = history_view.history(reader(language), events)
    assert len(messages) > 1
    for message in messages:
        is_fine(message)
    assert sum(len(re.findall(r"#\d+ · <tg-time", message.text)) for message in messages) == len(events)


@languages
@pytest.mark.parametrize("why_", [word for word in get_args(Why) if word not in ("at_base", "loser_small")])
def test_every_verdict_can_be_explained(language: Language, why_: Why) -> None:
    tier = SEED_RULES.long.tiers[0]
    for dust in ((), (tier,)):
        assert leg_state.explain(reader(language), Note(leg(), "tier", why_, tier, dust=dust))


def test_pages_keep_blocks_whole() -> None:
    blocks = [Html(f"<b>{number}</b>" + "🔥" * 300) for number in range(20)]
    texts = pages(blocks)
    assert "\n".join(texts) == "\n".join(blocks)
    assert all(utf16_length(text) <= LONGEST_TEXT for text in texts)
    assert pages([]) == []


# Words and numbers


@pytest.mark.parametrize(
    ("code", "language"),
    [("zh", "zh"), ("zh-hans", "zh"), ("ZH-TW", "zh"), ("en", "en"), ("en-GB", "en"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_the_language_of_a_code(code: str | None, language: str) -> None:
    assert language_of(code) == language


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (0.9, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 d")],
)
def test_ages(seconds: float, text: str) -> None:
    assert age("en", seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("1E-12", "0.000000000001"),
        ("60000.10", "60000.1"),
        ("1E+5", "100000"),
        ("0.000000123456789012345", "0.000000123456789012"),
    ],
)
def test_prices_are_full_digits(number: str, text: str) -> None:
    assert price(Decimal(number)) == text


def test_what_is_listed_says_how_many_more() -> None:
    assert names(["a", "b"]) == "a, b"
    assert names(["a", "b", "c"], 2) == "a, b +1"
    assert brief("x\n  y") == "x y"
    assert len(brief("x" * 999)) == 300


@languages
def test_a_margin_just_over_the_gate_never_reads_as_the_gate(language: Language) -> None:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    basis = event.intent.basis.replaced(initial_margin=Decimal("1.003"), min_margin=Decimal(1))
    event = event.replaced(intent=event.intent.replaced(basis=basis))
    assert "1.003 U" in bare(alert(reader(language), 5, event).text)
    assert "1.003 U" in bare(why(reader(language), 5, event))
