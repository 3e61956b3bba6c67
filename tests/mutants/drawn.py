"""Bugs that nobody thought of: cosmic-ray's mutations of the rooms that decide, send and settle orders, drawn by seed."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor

from tests.mutants.tree import ROOT

HARMLESS = Path(__file__).with_name("harmless.txt")
_UPKEEP = ("tests/engine/upkeep", "tests/domain/upkeep")
_ENGINE = (
    "tests/engine/test_cycle.py",
    "tests/engine/test_settling.py",
    "tests/engine/test_unreadable_legs.py",
    "tests/engine/test_contract_sizes.py",
    "tests/engine/test_late_orders.py",
    "tests/engine/monitoring",
    "tests/engine/manual",
    "tests/engine/test_endurance.py",
    "tests/engine/test_bad_days.py",
    "tests/engine/test_crash.py",
    "tests/engine/upkeep/test_scheduler.py",
)
_DOMAIN = ("tests/domain", "tgtp/domain", *_ENGINE)
# The rooms, and the tests that are to notice what is wrong in them: the quick ones first.
ROOMS: dict[str, Sequence[str]] = {
    "tgtp/domain/plan": (*_DOMAIN, *_UPKEEP),
    "tgtp/domain/ladder.py": _DOMAIN,
    "tgtp/domain/hedge.py": _DOMAIN,
    "tgtp/domain/life.py": (*_DOMAIN, *_UPKEEP),
    "tgtp/domain/sizing.py": (*_DOMAIN, *_UPKEEP),
    "tgtp/domain/position_changes.py": _DOMAIN,
    "tgtp/domain/order.py": _DOMAIN,
    "tgtp/engine/cycle.py": _ENGINE,
    "tgtp/engine/leg_tracker.py": _ENGINE,
    "tgtp/engine/orders": _ENGINE,
    "tgtp/engine/manual/actions.py": (
        "tests/chat/commands/close",
        "tests/chat/commands/tiers",
        *_ENGINE,
    ),
    "tgtp/engine/upkeep": _UPKEEP,
    "tgtp/adapters/okx/exchange.py": ("tests/adapters/okx", "tests/adapters/test_exchange_contract.py", *_ENGINE),
    "tgtp/adapters/okx/orders.py": ("tests/adapters/okx", "tests/adapters/test_exchange_contract.py", *_ENGINE),
    "tgtp/adapters/okx/errors.py": ("tests/adapters/okx", "tests/engine/test_bad_days.py"),
    "tgtp/adapters/okx/rows": ("tests/adapters/okx", "tests/adapters/test_exchange_contract.py", *_ENGINE),
    "tgtp/adapters/storage/ledger.py": (
        "tests/adapters/storage",
        "tests/engine/test_cycle.py",
        "tests/engine/test_crash.py",
        "tests/engine/test_identity.py",
        "tests/engine/test_first_start.py",
        "tests/test_accounts.py",
    ),
    "tgtp/adapters/storage/ledger_file.py": ("tests/adapters/storage", "tests/engine/test_crash.py"),
}


class Drawn(NamedTuple):
    """One mutation: the whole ``source`` with it, and the lines that differ."""

    module: str
    source: str
    was: str
    becomes: str
    tests: Sequence[str]


def drawn(seed: int, count: int) -> list[Drawn]:
    """Draw so many mutations, no two in one place."""
    chance = Random(seed)
    rooms = [(path, tests) for room, tests in ROOMS.items() for path in _modules(room)]
    places = [(path, tests, choices) for path, tests in rooms for choices in _places(path.read_text())]
    chance.shuffle(places)
    found: list[Drawn] = []
    for path, tests, choices in places:
        if len(found) == count:
            break
        one = _mutated(path, tests, *chance.choice(choices))
        # Two operators may say the same at two places of one line.
        if one is not None and all(one.source != other.source for other in found):
            found.append(one)
    return found


def harmless() -> dict[tuple[str, str, str], str]:
    """Read which mutations cannot matter, by module and both lines, and why."""
    known: dict[tuple[str, str, str], str] = {}
    module = was = becomes = ""
    for line in HARMLESS.read_text().splitlines():
        sign, _, text = line.partition(" ")
        if sign == "==":
            module = text
        elif sign == "-":
            was = text
        elif sign == "+":
            becomes = text
        elif sign == "!":
            known[module, was, becomes] = text
    return known


def _modules(room: str) -> list[Path]:
    path = ROOT / room
    return sorted(path.glob("*.py")) if path.is_dir() else [path]


@cache
def _places(source: str) -> list[list[tuple[Any, int]]]:
    """Give, for each place of a module, the operators that can do something there."""
    nodes = list(ast_nodes(get_ast(source)))
    choices: dict[Any, list[tuple[Any, int]]] = {}
    for name in sorted(plugins.operator_names()):
        kind = plugins.get_operator(name)
        if kind.arguments():
            continue
        operator = kind()
        starts = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(starts):
            choices.setdefault(start, []).append((operator, occurrence))
    return [choices[start] for start in sorted(choices)]


def _mutated(path: Path, tests: Sequence[str], operator: Any, occurrence: int) -> Drawn | None:
    """Mutate; None where that is no program any more, or the same one: what is written in annotations is never run."""
    whole = path.read_text()
    try:
        source = MutationVisitor.mutate_code(whole, operator, occurrence)
    except AttributeError:
        # cosmic-ray names a place here and there that it cannot change itself: a sign before more than a number.
        return None
    try:
        if source is None or _run(source) == _run(whole):
            return None
        compile(source, str(path), "exec")
    except SyntaxError:
        return None
    lines = [
        line for line in difflib.ndiff(whole.splitlines(), source.splitlines()) if line[:2] in ("- ", "+ ") and line[2:].strip()
    ]
    was = " ".join(line[2:].strip() for line in lines if line[0] == "-")
    becomes = " ".join(line[2:].strip() for line in lines if line[0] == "+")
    return Drawn(str(path.relative_to(ROOT)), source, was, becomes, tests)


def _run(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(tree)
