"""Plant bugs and see that tests notice: ``make mutants``, or ``python -m tests.mutants --drawn 60 --seed 1``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutants.drawn import drawn, harmless
from tests.mutants.planted import planted
from tests.mutants.tree import ROOT, Tree, Verdict


class Bug(NamedTuple):
    """A bug to judge, from wherever it came."""

    name: str
    module: str
    source: str
    tests: Sequence[str]


def main() -> int:
    """Judge them all; gives 1 when one lives, or when a list is not true any more."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="plants bugs and sees that tests notice")
    parser.add_argument("--drawn", type=int, default=60, help="mutations to draw besides the planted bugs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only those whose name or module contains this")
    parser.add_argument("--without-planted", action="store_true")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tgtp-mutants-") as folder:
        judge = Judge(Path(folder), chosen.workers)
        good = True
        if not chosen.without_planted:
            bugs = [
                Bug(one.name, one.module, one.spoil((ROOT / one.module).read_text()), one.tests)
                for one in planted()
                if chosen.only in f"{one.module} {one.name}"
            ]
            tests = sorted({test for bug in bugs for test in bug.tests})
            verdict, said = judge.whole(tests)
            if verdict is not Verdict.LIVED:
                print(f"the tests do not pass without any bug:\n{said}")
                return 1
            lived = judge.all(bugs)
            good = not lived
            print(f"planted: {len(bugs) - len(lived)} of {len(bugs)} noticed", flush=True)
        draw = drawn(chosen.seed, chosen.drawn)
        mutants = [
            Bug(f"{one.was}  →  {one.becomes}", one.module, one.source, one.tests)
            for one in draw
            if chosen.only in f"{one.module} {one.was}"
        ]
        explained = {(module, f"{was}  →  {becomes}") for module, was, becomes in harmless()}
        lived = judge.all(mutants)
        unexplained = [bug for bug in lived if (bug.module, bug.name) not in explained]
        print(
            f"drawn with seed {chosen.seed}: {len(mutants) - len(lived)} of {len(mutants)} noticed, "
            f"{len(lived) - len(unexplained)} cannot matter, {len(unexplained)} lived",
            flush=True,
        )
    return 0 if good and not unexplained else 1


class Judge:
    """Some copies of the tree, side by side."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._workers = workers
        self._trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(workers):
            place = folder / str(number)
            place.mkdir()
            self._trees.put(Tree(place))

    def whole(self, tests: Sequence[str]) -> tuple[Verdict, str]:
        """Run tests without any bug."""
        return self._with_a_tree(lambda tree: tree.whole(tests))

    def all(self, bugs: Iterable[Bug]) -> list[Bug]:
        """Judge bugs; gives those that lived."""
        with ThreadPoolExecutor(self._workers) as pool:
            return [bug for bug, lived in pool.map(self._one, bugs) if lived]

    def _one(self, bug: Bug) -> tuple[Bug, bool]:
        verdict, said = self._with_a_tree(lambda tree: tree.judge(bug.module, bug.source, bug.tests))
        print(f"{verdict.value:<8} {bug.module}: {bug.name}", flush=True)
        if verdict is Verdict.NOT_RUN:
            print(said, flush=True)
        return bug, verdict in (Verdict.LIVED, Verdict.NOT_RUN)

    def _with_a_tree(self, work: Callable[[Tree], tuple[Verdict, str]]) -> tuple[Verdict, str]:
        tree = self._trees.get()
        try:
            return work(tree)
        finally:
            self._trees.put(tree)


if __name__ == "__main__":
    sys.exit(main())
