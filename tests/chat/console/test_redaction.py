"""What nobody caught is printed, by every way that Python has for it, and never with a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE

TOKEN = "1234567890:AAF-abcdefghijklmnopqrstuvwxyz12345"
SECRETS = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "OKX_API_SECRET": "Sh4rdOfSecret",
    "ALERT_URLS": "json://ann:Passw0rd@127.0.0.1:9/PathToken77?:k=QueryToken88, discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3",
}
NEVER = (TOKEN, "Sh4rdOfSecret", "Passw0rd", "PathToken77", "QueryToken88", "4174216298", "JHMHI8qBe7bk2ZwO5U711o3")

# The program as it is, but for its inside, which lets everything fall.
PROGRAM = """
import asyncio, gc, logging, sys, threading
from tgtp import app

LEAK = " ".join(sys.argv[1:])

def fall(where):
    raise RuntimeError(f"{where}: https://api.example.com/bot{LEAK}/send")

async def fall_later():
    fall("in a task")

class Falling:
    def __del__(self):
        fall("in a finaliser")

async def inside(*_):
    thread = threading.Thread(target=fall, args=("in a thread",), name="worker")
    thread.start()
    thread.join()
    asyncio.get_running_loop().call_soon(fall, "in a callback")
    task = asyncio.create_task(fall_later())
    await asyncio.wait([task])
    del task
    gc.collect()
    Falling()
    gc.collect()
    logging.getLogger("tgtp").error("a line %d", LEAK)
    fall("at the top")

app._run = inside
sys.exit(app.main())
"""


def test_what_nobody_caught_is_printed_without_secrets(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path), **SECRETS}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *NEVER],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    for words in (
        "a thread broke: worker",
        "in a thread: ",
        "in a callback: ",
        "Task exception was never retrieved",
        "in a task: ",
        "Falling.__del__",
        "in a finaliser: ",
        "a malformed line of the log",
        "the program broke",
        "at the top: ",
    ):
        assert words in said, words
    assert said.count("Traceback") == 5
    for secret in NEVER:
        assert secret not in said
