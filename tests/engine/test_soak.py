"""Nothing grows with the number of checks; ``make soak`` is the long version."""

from __future__ import annotations

import subprocess
import sys

from tests.fixtures.folders import ROOT
from tests.fixtures.thoroughness import tries
from tests.soak import Held, grown


def test_checks_leave_nothing_behind() -> None:
    checks = tries(1500, 3000)
    # A process of its own: in this one other tests have left what they like.
    ended = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--checks", str(checks), "--warm", str(checks // 2)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_growth_is_seen() -> None:
    held = Held(checks=1000, resident=140.0, blocks=800_000, traced=70.0, tasks=9, files=15, events=160)
    assert grown(held, held._replace(checks=100_000, resident=146.0, blocks=830_000, tasks=10, files=17)) == []
    assert grown(held, held._replace(checks=3000, resident=148.0)) == ["resident: 140 have become 148"]
    assert grown(held, held._replace(checks=100_000, blocks=841_000)) == ["blocks: 800,000 have become 841,000"]
    assert grown(held, held._replace(checks=3000, blocks=830_000)) == ["every check has left 15.0 blocks behind"]
    assert grown(held, held._replace(checks=3000, tasks=20, files=30)) == [
        "tasks: 9 have become 20",
        "files: 15 have become 30",
    ]
