"""A few of the planted bugs, and that the lists are true; ``make mutants`` judges them all."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.fixtures.thoroughness import tries
from tests.mutants.drawn import ROOMS, drawn, harmless
from tests.mutants.planted import Planted, planted
from tests.mutants.tree import ROOT, Tree, Verdict

SEED = int(os.environ.get("MUTANTS_SEED", "1"))
ALL = planted()
FEW = Random(SEED).sample(ALL, tries(6, 12))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize("bug", FEW, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(tree: Tree, bug: Planted) -> None:
    verdict, said = tree.judge(bug.module, bug.spoil((ROOT / bug.module).read_text()), bug.tests)
    assert verdict is Verdict.NOTICED, said


def test_without_a_bug_the_same_tests_pass(tree: Tree) -> None:
    verdict, said = tree.whole(sorted({test for bug in FEW for test in bug.tests}))
    assert verdict is Verdict.LIVED, said


@pytest.mark.parametrize("module", sorted({bug.module for bug in ALL}))
def test_every_planted_bug_has_its_place(module: str) -> None:
    source = (ROOT / module).read_text()
    for bug in ALL:
        if bug.module == module:
            # Raises where the text is not found.
            compile(bug.spoil(source), module, "exec")


def test_every_planted_bug_names_tests_that_are_there() -> None:
    for bug in ALL:
        assert bug.tests, f"nothing is to notice: {bug.name}"
        for test in bug.tests:
            path, *names = test.split("::")
            source = (ROOT / path).read_text()
            for name in names if path.startswith("tests/") else ():
                plain = name.split("[")[0]
                assert f"def {plain}(" in source or f"class {plain}:" in source, f"{bug.name}: {test} is not there"


def test_no_two_planted_bugs_are_one() -> None:
    assert len({(bug.module, bug.old, bug.new) for bug in ALL}) == len({bug.name for bug in ALL}) == len(ALL)


def test_a_list_that_is_not_true_any_more_is_an_error() -> None:
    (bug,) = planted("For people.\n\n== tgtp/x.py\n* a name\n- one\n-   two\n+ three\n? tests/test_x.py::test_it\n")
    assert bug == Planted("a name", "tgtp/x.py", "one\n  two", "three", ("tests/test_x.py::test_it",))
    assert bug.spoil("zero\none\n  two\n") == "zero\nthree\n"
    for text in ("one\ntwo", "one\n  two\none\n  two"):
        with pytest.raises(ValueError, match="re-word it"):
            bug.spoil(text)
    with pytest.raises(ValueError, match="no line of a bug"):
        planted("== tgtp/x.py\n* a name\nsomething else\n")


def test_the_copy_is_spoiled_and_the_checkout_is_not(tree: Tree, tmp_path: Path) -> None:
    module = ROOT / "tgtp/errors.py"
    before = module.read_text()
    verdict, _ = tree.judge("tgtp/errors.py", "raise RuntimeError\n", ["tests/domain/test_sizing.py"])
    assert verdict is not Verdict.LIVED
    assert module.read_text() == before
    assert tree.whole(["tests/domain/test_sizing.py::test_the_base_is_never_rounded_to_nothing"])[0] is Verdict.LIVED


def test_a_draw_is_the_same_again_and_changes_what_is_run() -> None:
    first = drawn(7, 5)
    assert first == drawn(7, 5)
    assert first != drawn(8, 5)
    for one in first:
        assert one.source != (ROOT / one.module).read_text()
        compile(one.source, one.module, "exec")


def test_what_cannot_matter_has_a_reason_and_a_line_that_is_there() -> None:
    for (module, was, _), why in harmless().items():
        assert why
        lines = " ".join(line.strip() for line in (ROOT / module).read_text().splitlines())
        assert was in lines, f"{module}: {was!r} is not there any more"
    assert all((ROOT / room).exists() for room in ROOMS)
