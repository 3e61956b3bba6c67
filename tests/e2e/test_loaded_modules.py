"""What the running bot has loaded: nothing that only backtests need."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.process import Program

# At the end it names every package that it has loaded.
NAMING = """
import os, sys
from tgtp.__main__ import main
def name_them(code):
    # In one piece: the log writes beside it.
    sys.stdout.write("\\nloaded: " + " ".join(sorted({name.partition(".")[0] for name in sys.modules})) + "\\n")
    sys.exit(code)
os._exit = name_them
main(["run"])
"""


async def test_the_bot_loads_nothing_of_backtests(tmp_path: Path) -> None:
    program = Program(tmp_path, ("-c", NAMING), CHECK_INTERVAL=60)
    await program.start()
    await program.said("check 1:")
    program.terminate()
    assert await program.ended() == 0
    loaded = set(next(line for line in program.lines if line.startswith("loaded:")).split())
    assert "tgtp" in loaded
    assert loaded & {"pyarrow", "joblib", "rich", "dask", "distributed", "pandas", "numpy"} == set()
