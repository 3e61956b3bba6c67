"""Whatever is raised has its sentence in both languages, filled with just what it is raised with."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import ccxt.async_support as ccxt
import pytest

from tests.fixtures.folders import ROOT
from tests.fixtures.sentences import told
from tgtp import errors
from tgtp.adapters.okx.errors import reading_problem, submission_problem
from tgtp.chat.formatting.error_text import problem, sentence
from tgtp.chat.texts import TEXTS
from tgtp.domain.events import EVENT
from tgtp.engine.identity import HELD
from tgtp.errors import AccessRefused, ExchangeProblem, Invalid, LedgerWriteFailed, Problem, TemporarilyDown, TgtpError

PACKAGE = ROOT / "tgtp"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MAKER = PACKAGE / "errors.py"
RAISED = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, TgtpError | Invalid)}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call by a bare name, with the name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def test_every_problem_has_its_sentence_and_just_what_fills_it() -> None:
    count = 0
    for path in SOURCES:
        for name, call in calls(path):
            if name != "Problem" or path == MAKER:
                continue
            count += 1
            (key,) = call.args
            place = f"{path.name}:{call.lineno}"
            assert isinstance(key, ast.Constant), place
            assert key.value in TEXTS, place
            given = {keyword.arg for keyword in call.keywords}
            for text in TEXTS[key.value]:
                assert {field for _, field, _, _ in Formatter().parse(text) if field} == given, place
    assert count > 150


@pytest.mark.parametrize("path", [path for path in SOURCES if path != MAKER], ids=lambda path: path.name)
def test_nothing_is_raised_with_a_sentence(path: Path) -> None:
    """Words of the exchange's alone are words: also where the paper exchange uses them."""
    wordless = RAISED - {"OrderRefused"}
    if path.relative_to(PACKAGE).parts[0] == "settings":
        wordless |= {"ValueError", "Refusal"}
    for name, call in calls(path):
        if name in wordless:
            words = [*call.args[1:], *call.keywords] if name == "Refusal" else call.args
            values = [word.value if isinstance(word, ast.keyword) and word.arg == "why" else word for word in words]
            assert not any(isinstance(word, ast.Constant | ast.JoinedStr) for word in values), f"{path.name}:{call.lineno}"


NESTED = Problem("problem.through", why=Problem("problem.slow"), proxy="http://10.0.0.1:80", setting="ALL_PROXY")


def test_an_event_keeps_key_and_values() -> None:
    row = {"kind": "exchange_lost", "at": "2026-01-02T03:04:05Z", "cause": "down", "detail": NESTED}
    event = EVENT.validate_python(row)
    assert event.kind == "exchange_lost"
    kept = json.loads(event.model_dump_json())
    assert kept["detail"] == {
        "key": "problem.through",
        "values": {
            "why": {"key": "problem.slow", "values": {}},
            "proxy": "http://10.0.0.1:80",
            "setting": "ALL_PROXY",
        },
    }
    assert EVENT.validate_python(kept) == event
    assert EVENT.validate_json(event.model_dump_json()) == event
    assert hash(NESTED) == hash(Problem(NESTED.key, **dict(NESTED.values)))


def test_an_older_ledger_has_sentences_that_stand_as_they_are() -> None:
    at = "2026-01-02T03:04:05Z"
    lost = EVENT.validate_python({"kind": "exchange_lost", "at": at, "cause": "down", "detail": "OKX refuses the keys"})
    assert lost.kind == "exchange_lost"
    assert lost.detail == Problem.of_words("OKX refuses the keys")
    assert problem("zh", lost.detail) == "OKX refuses the keys"
    left_out = {"kind": "account_left_out", "at": at, "name": "alpha", "why": "ALPHA_TIERS is odd\nALPHA_ROLE is too"}
    event = EVENT.validate_python(left_out)
    assert event.kind == "account_left_out"
    assert [str(why) for why in event.why] == ["ALPHA_TIERS is odd", "ALPHA_ROLE is too"]


@pytest.mark.parametrize(
    "row", [7, None, {}, {"key": "problem.slow"}, {"key": 1, "values": {}}, {"key": "x", "values": {"a": 1}}]
)
def test_what_is_no_problem_is_not_read_as_one(row: object) -> None:
    with pytest.raises(ValueError, match="has a key and values"):
        Problem.read(row)


def test_a_key_of_another_version_is_shown_as_it_is() -> None:
    assert sentence("zh", Problem("problem.of_tomorrow", why="x")) == "problem.of_tomorrow (why: x)"
    assert sentence("zh", Problem("problem.says", number="50011")) == "problem.says (number: 50011)"


@pytest.mark.parametrize(
    "raised",
    [
        TemporarilyDown(Problem("problem.long", seconds=60)),
        LedgerWriteFailed(Problem("problem.unwritten", path="/data/ledger.json", why="No space left on device")),
        TgtpError(Problem("problem.unforeseen", what="ZeroDivisionError: division by zero")),
        *(AccessRefused(held) for held in HELD.values()),
        reading_problem(ccxt.RequestTimeout("okx GET")),
        reading_problem(ccxt.ExchangeNotAvailable("okx 503")),
        reading_problem(ccxt.AuthenticationError("okx 401")),
        submission_problem(ccxt.ExchangeError('okx {"code":"50004","msg":"API endpoint request timeout."}')),
    ],
)
def test_a_problem_is_told_in_chinese(raised: ExchangeProblem) -> None:
    assert told(raised) != told(raised, "zh")
    assert re.match(r"[^A-Za-z]|OKX [\u4e00-\u9fff]|/data/ledger.json [\u4e00-\u9fff]", told(raised, "zh"))
    assert re.search(r"[\u4e00-\u9fff]", told(raised, "zh"))
