"""What nobody caught is printed, by every way that Python has for it, and never with a secret."""

from __future__ import annotations

import base64
import html
import json
import logging
import os
import queue
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE
from tgtp.chat.console.log_setup import OnceAMinute, Waiting
from tgtp.chat.console.redaction import Redacted, Redaction
from tgtp.errors import Problem, TemporarilyDown

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


def cost(strike: Callable[[str], str], text: str) -> float:
    """Give the least of the processor's seconds that it took in a few tries: others may be at work here too."""
    tries = []
    for _ in range(7):
        begin = time.thread_time()
        strike(text)
        tries.append(time.thread_time() - begin)
    return min(tries)


@pytest.mark.parametrize("text", ["7", "1:", "://a", "1 2", "Sh4rd\n", "\\n", "a@", "12345:abc "])
def test_redaction_is_linear_in_the_text(text: str) -> None:
    # 80,000 digits of an error froze the process for 13 seconds: eight times as long took sixty-four times the time.
    strike = Redaction([TOKEN, "Sh4rdOfSecret", *NEVER]).strike
    short, long = text * (10_000 // len(text)), text * (80_000 // len(text))
    assert cost(strike, long) < 40 * max(cost(strike, short), 0.001)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\n    ", "\\n", " \n\t"])
@pytest.mark.parametrize("at", [1, 12, 40])
def test_a_secret_broken_over_lines_is_struck_out(gap: str, at: int) -> None:
    struck = Redaction([TOKEN, "Sh4rdOfSecret"]).strike(f"before {TOKEN[:at]}{gap}{TOKEN[at:]} after")
    assert struck == "before ••• after"
    assert "OfSecret" not in Redaction(["Sh4rdOfSecret"]).strike(f"x Sh4rd{gap}OfSecret")


def test_a_line_of_the_log_shows_what_cannot_be_seen_and_none_is_forged() -> None:
    record = logging.LogRecord(
        "tgtp", logging.INFO, "x.py", 1, "OKX says: \x1b[2Jgone\u202e\n[2026-11-28 10:00:00] all is well", (), None
    )
    first, second = Redacted(Redaction([])).format(record).split("\n")
    assert first.endswith("OKX says: \\x1b[2Jgone\\u202e")
    assert second == "  [2026-11-28 10:00:00] all is well"


def test_accepts_that_fail_are_told_once_a_minute() -> None:
    said = OnceAMinute("socket.accept() out of system resource")
    record = logging.LogRecord(
        "asyncio", logging.ERROR, "x.py", 1, "socket.accept() out of system resource\nsocket: x", (), None
    )
    assert [said.filter(record) for _ in range(1000)].count(True) == 1
    other = logging.LogRecord("asyncio", logging.ERROR, "x.py", 1, "Task exception was never retrieved", (), None)
    assert said.filter(other)
    assert said.filter(other)


def test_a_line_of_the_log_says_a_problem_by_its_sentence() -> None:
    lines: queue.Queue[logging.LogRecord] = queue.Queue()
    problem = Problem("problem.says", code="50011", words="Too Many Requests")
    record = logging.LogRecord("tgtp", logging.WARNING, "x.py", 1, "%s: %s", ("alpha", TemporarilyDown(problem)), None)
    Waiting(lines).handle(record)
    assert lines.get().getMessage() == "alpha: OKX says 50011: Too Many Requests"


REAL = ("p4$$ w0rd&'\"\\x/<Ä中😀>Z9", "Pa55=w0rd/with+and&Z9", "k9~w0rd-_.Z9x", "w0rdofsecretZ9")
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "repr": repr,
    "repr of a repr": lambda secret: repr(repr(secret)),
    "repr within a list": lambda secret: repr([str({"key": secret})]),
    "ascii": ascii,
    "bytes": lambda secret: repr(secret.encode()),
    "json": json.dumps,
    "json in letters": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json in json": lambda secret: json.dumps(json.dumps({"key": secret})),
    "json in json in json": lambda secret: json.dumps(json.dumps(json.dumps([secret]), ensure_ascii=False)),
    "json of others": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "json as bytes": lambda secret: repr(json.dumps(secret).encode()),
    "address": quote,
    "address, all of it": lambda secret: quote(secret, safe=""),
    "address, low": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "address in an address": lambda secret: quote(quote(secret, safe=""), safe=""),
    "query": quote_plus,
    "page": html.escape,
    "page, apostrophes": lambda secret: html.escape(secret, quote=False),
    "page of a page": lambda secret: html.escape(html.escape(secret)),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of more": lambda secret: base64.b64encode(f"me:{secret}:x".encode()).decode(),
    "base64 of an address": lambda secret: base64.urlsafe_b64encode(f"m:{secret}".encode()).decode(),
    "hex": lambda secret: secret.encode().hex(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", REAL)
def test_a_secret_is_struck_out_however_it_is_written(secret: str, form: str) -> None:
    written = FORMS[form](secret)
    left = Redaction([secret, "w0rd&", "Z9x"]).strike(f"before {written} after")
    assert "•••" in left
    around = 6 if "of more" in form or "of an address" in form else 0
    # But for the quotes around it, and what else stood in the same base64.
    kept = [sign for sign in left.partition("before ")[2].rpartition(" after")[0] if sign.isalnum() and around == 0]
    assert "".join(kept).removeprefix("b").removeprefix("key") in ("", "key")
    assert "w0rd" not in left


def test_what_is_no_secret_stays() -> None:
    text = 'GET /api/v5/account/config 200 {"code": "0", "msg": "&amp; \\u4e2d"} w0rd p4$$'
    assert Redaction(REAL).strike(text) == text
