"""A copy of the tree to spoil, and its tests; the checkout itself is never changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from enum import Enum, unique
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ("tgtp", "tests", "bot.py", "pyproject.toml")
# Seconds; a bug that hangs is noticed too.
LONGEST = 900.0


@unique
class Verdict(str, Enum):
    """What the tests made of a bug."""

    NOTICED = "noticed"
    HUNG = "hung"
    LIVED = "lived"
    NOT_RUN = "not run"


class Tree:
    """One copy; one bug at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tgtp"
        self._folder.mkdir()
        if (ROOT.parent / "shared").is_dir():
            # What is beside the checkout, or the tests of recorded replies would be skipped, and notice nothing.
            (folder / "shared").symlink_to(ROOT.parent / "shared")
        for name in KEPT:
            # With what was compiled already: the copies have the times of their originals.
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, self._folder / name)

    def judge(self, module: str, source: str, tests: Sequence[str]) -> tuple[Verdict, str]:
        """Run tests with another text of a module; gives what came of it, and what the tests said."""
        path = self._folder / module
        whole = path.read_text()
        try:
            path.write_text(source)
            for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
                # Told apart by second and size only: the spoiled text may have both in common with the whole one.
                compiled.unlink()
            return self._run(tests)
        finally:
            path.write_text(whole)

    def whole(self, tests: Sequence[str]) -> tuple[Verdict, str]:
        """Run tests on the copy as it is."""
        return self._run(tests)

    def _run(self, tests: Sequence[str]) -> tuple[Verdict, str]:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=line", *tests]
        mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        # The same examples every time; and nothing compiled is left behind.
        mine |= {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                command, cwd=self._folder, env=mine, capture_output=True, text=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            return Verdict.HUNG, f"more than {LONGEST:.0f} s"
        said = ended.stdout + ended.stderr
        # 1: a test failed. 2: a module cannot even be read any more.
        verdicts = {0: Verdict.LIVED, 1: Verdict.NOTICED, 2: Verdict.NOTICED}
        return verdicts.get(ended.returncode, Verdict.NOT_RUN), said
