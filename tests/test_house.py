"""The rules of the house, held by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from scripts.structure import between_modules, between_rooms, circles, floors, imports_of
from tests.fixtures.folders import ROOT


def modules_of(*rooms: str, root: Path = ROOT) -> list[Path]:
    """Every module below these folders of the package, however deep."""
    return sorted(path for room in rooms for path in (root / "tgtp" / room).rglob("*.py"))


# All source is read once, by one of the workers.
pytestmark = pytest.mark.xdist_group("source")

SOURCES = modules_of("")
DOMAIN = modules_of("domain")
ENGINE = modules_of("engine")

LONGEST = 400
MAY_BE_LONGER: set[str] = set()
MOST_MODULES = 12
MAY_HOLD_MORE = {"tgtp/chat/texts": 16, "tgtp/domain": 18, "tgtp/domain/events": 16}
# Seconds in the engine are floats, as the event loop's are; money never is.
SECONDS = {"READ_PAUSE", "LOOK_PAUSE", "LOOKS", "LONGEST_LOOK", "duration"}


def name_of(path: Path) -> str:
    return path.as_posix().removeprefix(f"{ROOT.as_posix()}/")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def found(paths: list[Path], wrong: Callable[[ast.AST], bool]) -> list[str]:
    return [f"{name_of(path)}:{getattr(node, 'lineno', 0)}" for path in paths for node in ast.walk(tree(path)) if wrong(node)]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.level or not node.module):
            # It would pass every rule about what may be imported.
            yield "a relative import"
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return (isinstance(function, ast.Attribute) and function.attr in names) or (
        isinstance(function, ast.Name) and function.id in names
    )


def catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    named = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    passes_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
    return node.type is None or "Exception" in named or ("BaseException" in named and not passes_on)


def test_there_is_something_to_read() -> None:
    # Fewer are there at the top of each alone.
    assert len(SOURCES) > 200
    assert len(DOMAIN) > 25
    assert len(ENGINE) > 20
    assert [name_of(path) for path in SOURCES if "a relative import" in imported(path)] == []


def test_values_are_changed_by_a_way_that_validates() -> None:
    assert found(SOURCES, lambda node: calls(node, "model_copy", "model_construct")) == []


def floats_in(domain: list[Path], engine: list[Path]) -> list[str]:
    """Where money could become a float: every float of the domain, and those of the engine that are no seconds."""
    places = found(domain, lambda node: calls(node, "float", "timestamp", "total_seconds"))
    places += found(domain, lambda node: isinstance(node, ast.Constant) and isinstance(node.value, float))
    places += found(engine, lambda node: calls(node, "float"))
    for path in engine:
        named = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Assign | ast.AnnAssign)]
        seconds = {
            id(constant)
            for node in named
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id in SECONDS
            for constant in ast.walk(node)
        }
        places += [
            f"{name_of(path)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, float) and id(node) not in seconds
        ]
    return places


def test_no_money_is_a_float() -> None:
    assert floats_in(DOMAIN, ENGINE) == []


def test_only_settings_reads_the_environment() -> None:
    def reads(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"}

    places = found(SOURCES, reads)
    # Besides it: a switch of the Telegram library that must be set before the library is imported.
    allowed = [place for place in places if place.startswith("tgtp/app.py:")]
    assert len(allowed) <= 1
    assert 'os.environ.setdefault("PTB_TIMEDELTA"' in (ROOT / "tgtp" / "app.py").read_text(encoding="utf-8") or not allowed
    assert {place.split(":")[0] for place in places} - {"tgtp/app.py"} == {
        "tgtp/settings/contact.py",
        "tgtp/settings/environment.py",
        "tgtp/settings/key_log.py",
        "tgtp/settings/network.py",
        "tgtp/settings/reading/env_file.py",
        "tgtp/settings/reading/home.py",
        "tgtp/settings/reading/locale.py",
        "tgtp/settings/reading/service.py",
    }
    assert [name_of(path) for path in SOURCES for name in imported(path) if name in {"os.environ", "os.getenv"}] == []


def test_everything_is_caught_at_three_places_at_most() -> None:
    assert len(found(SOURCES, catches_everything)) <= 3


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_knows_no_time_no_chance_and_no_waiting(path: Path) -> None:
    forbidden = {"asyncio", "random", "secrets", "logging", "time", "os", "pathlib", "uuid", "threading", "socket"}
    assert {name.split(".")[0] for name in imported(path)} & forbidden == set()
    waits = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
    assert found([path], lambda node: isinstance(node, waits)) == []
    assert found([path], lambda node: calls(node, "now", "utcnow", "today", "print", "open", "input")) == []


def divides_whole(node: ast.AST) -> bool:
    # Times are divided into whole units too.
    into_units = isinstance(node, ast.BinOp) and calls(node.right, "timedelta")
    divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv)
    return (divides and not into_units) or calls(node, "divide_int")


def roundings_in(paths: list[Path]) -> list[str]:
    rounding = ("quantize", "to_integral", "to_integral_value", "to_integral_exact", "round", "floor", "ceil")
    return found(paths, lambda node: calls(node, *rounding))


def test_contracts_are_rounded_in_one_place() -> None:
    # What is rounded there are factors and thresholds.
    thresholds = {"tgtp/domain/volatility/factor.py", "tgtp/domain/volatility/scaling.py"}
    assert {place.split(":")[0] for place in roundings_in(DOMAIN + ENGINE)} <= thresholds
    assert {place.split(":")[0] for place in found(DOMAIN + ENGINE, divides_whole)} == {"tgtp/domain/sizing.py"}
    whole_lots = next(
        node
        for node in ast.walk(tree(ROOT / "tgtp" / "domain" / "sizing.py"))
        if isinstance(node, ast.FunctionDef) and node.name == "whole_lots"
    )
    assert sum(map(divides_whole, ast.walk(whole_lots))) == 1
    assert len(found([ROOT / "tgtp" / "domain" / "sizing.py"], divides_whole)) == 1


@pytest.mark.parametrize("room", ["domain", "engine"])
def test_what_is_planted_in_a_deep_folder_is_found(room: str, tmp_path: Path) -> None:
    deep = tmp_path / "tgtp" / room / "upkeep" / "deeper"
    deep.mkdir(parents=True)
    (deep / "planted.py").write_text("share = 0.3\nmargin = float(1)\nlots = round(7 / 2)\nwhole = 7 // 2\n", encoding="utf-8")
    domain, engine = modules_of("domain", root=tmp_path), modules_of("engine", root=tmp_path)
    assert {place.rpartition(":")[2] for place in floats_in(domain, engine)} == {"1", "2"}
    assert [place.rpartition(":")[2] for place in roundings_in(domain + engine)] == ["3"]
    assert [place.rpartition(":")[2] for place in found(domain + engine, divides_whole)] == ["4"]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_is_too_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST or name_of(path) in MAY_BE_LONGER


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=name_of)
def test_no_folder_holds_too_many_modules(folder: Path) -> None:
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MAY_HOLD_MORE.get(name_of(folder), MOST_MODULES)


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(between_modules(imports_of("tgtp"))) == []


def test_a_circle_is_found_wherever_its_imports_stand(tmp_path: Path) -> None:
    modules = {
        "__init__": "",
        "low": "",
        "deep/__init__": "",
        "deep/one": "import typing\nfrom planted import low\nif typing.TYPE_CHECKING:\n    from planted import two\n",
        "two": "def late() -> None:\n    from planted.deep import one\n",
    }
    (tmp_path / "planted" / "deep").mkdir(parents=True)
    for name, text in modules.items():
        (tmp_path / "planted" / f"{name}.py").write_text(text, encoding="utf-8")
    assert circles(between_modules(imports_of("planted", tmp_path))) == [{"planted.deep.one", "planted.two"}]


def test_floors_and_arrows_are_counted_as_they_are(tmp_path: Path) -> None:
    modules = {"__init__": "", "top": "from counted import left, right", "left": "from counted.base import low", "right": ""}
    modules |= {"base/__init__": "", "base/low": "from counted.base import lowest", "base/lowest": ""}
    (tmp_path / "counted" / "base").mkdir(parents=True)
    for name, text in modules.items():
        (tmp_path / "counted" / f"{name}.py").write_text(text, encoding="utf-8")
    arrows = between_rooms(imports_of("counted", tmp_path), "counted")
    assert arrows["counted.top"] == {"counted.left", "counted.right"}
    assert floors(arrows) == [["counted.base", "counted.right"], ["counted.left"], ["counted.top"]]
    assert floors({"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset()}) == [["c"], ["a", "b"]]
    with pytest.raises(SystemExit, match="holds no package"):
        imports_of("missing", tmp_path)


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "common", "manager", "base", "core", "misc"}
    assert [name_of(path) for path in SOURCES if path.stem in drawers or path.parent.name in drawers] == []


def test_only_the_doors_build_concrete_things() -> None:
    doors = {
        "tgtp/accounts.py",
        "tgtp/app.py",
        "tgtp/channels.py",
        "tgtp/chat_builder.py",
        "tgtp/exchanges.py",
        "tgtp/tell.py",
        "tgtp/jobs/do.py",
    }
    for path in SOURCES:
        if name_of(path) not in doors and not name_of(path).startswith(
            ("tgtp/adapters/", "tgtp/backtest/", "tgtp/doctor/", "tgtp/export/", "tgtp/setup/")
        ):
            assert [name for name in imported(path) if name.startswith("tgtp.adapters")] == [], name_of(path)


def test_the_engine_reads_no_clock_of_its_own() -> None:
    for path in ENGINE:
        assert {name.split(".")[0] for name in imported(path)} & {"time", "random", "secrets", "os"} == set(), name_of(path)
        assert found([path], lambda node: calls(node, "utcnow", "today") or asks_the_machine(node)) == []


def asks_the_machine(node: ast.AST) -> bool:
    """``dt.datetime.now()``, and not a clock that was passed in."""
    return calls(node, "now") and "datetime" in ast.unparse(node).split("now(")[0]


@pytest.mark.parametrize(
    ("text", "asks"), [("dt.datetime.now(dt.UTC)", True), ("datetime.now()", True), ("self._clock.now()", False)]
)
def test_a_clock_of_the_machine_is_told_from_a_given_one(text: str, asks: bool) -> None:
    assert any(asks_the_machine(node) for node in ast.walk(ast.parse(text))) is asks


def test_every_error_comes_from_one_tree() -> None:
    from tgtp import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BaseException)]
    assert all(issubclass(kind, errors.TgtpError) for kind in kinds)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)
