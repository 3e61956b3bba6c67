"""Make the ledgers of earlier versions that tests/fixtures/ledgers keeps: ``python scripts/old_ledgers.py [COMMIT …]``.

Each version runs in a worktree of its own, on its paper exchange: it trades, somebody pauses a coin and sets tiers by hand,
Telegram is out of reach for a while, and the process dies between writing an order down and sending it. A version may need
libraries that are not used any more: run this with a Python that has them (the older ones: pydantic-settings).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "tests" / "fixtures" / "ledgers"
# Each change of what is written, oldest first, and what it was.
VERSIONS = {
    "b7b83295": "the first version",
    "d5fb0968": "tiers by hand",
    "3f17a612": "several accounts",
    "2624ccff": "the last without a mark",
    "c66b8eb0": "format 2: causes of pauses",
    "b08562f6": "problems by key",
    "efbbb8a7": "the last of format 2",
    "feb0a201": "format 3: pauses of a side or a rule",
    "fb96ae0c": "the last of format 3",
    "743e02f4": "format 4: guards",
    "c0801b31": "resting tiers",
}
KEPT = ("tgtp.json", "ledger.json", "events/*", "paper*.json")
TIERS = {"LONG_TIERS": "1:30,60:50,90:50", "SHORT_TIERS": "1:30,60:50,90:50"}
SOONER = {"LONG_TIERS": "1:30,2:50,3:50", "SHORT_TIERS": "1:30,2:50,3:50"}
DYING = """
import os, sys
try:
    from tgtp.adapters.paper.exchange import PaperExchange
except ImportError:
    from tgtp.adapters.paper import PaperExchange
async def submit(self, intent):
    os._exit(9)
PaperExchange.submit = submit
from tgtp.app import main
sys.exit(main())
"""
PATIENCE = 60.0


class Version:
    """A process of an earlier version, and its chat page."""

    def __init__(self, tree: Path, folder: Path, *words: str, **settings: str) -> None:
        self.log = folder / "log"
        self.word = ""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(tree),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(folder),
            "DATA_DIR": str(folder / "data"),
            "EXCHANGE": "paper",
            "CHECK_INTERVAL": "1",
            "LOCAL_CHAT_PORT": "0",
            **settings,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *words], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def said(self, pattern: str) -> str:
        """Wait until it has printed this; give what was found."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := re.search(pattern, self.log.read_text("utf-8", "replace")):
                return found[1] if found.groups() else found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise SystemExit(f"{pattern} was not said:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")

    def ask(self, address: str, path: str, body: Any = None) -> Any:
        """Ask its page."""
        base, _, token = address.partition("/?token=")
        if not self.word:
            self.word = _word_for(base, token)
        data = None if body is None else json.dumps(body).encode()
        headers = {"Origin": base, "Content-Type": "application/json", "Authorization": f"Bearer {self.word}"}
        request = urllib.request.Request(f"{base}{path}?token={token}", data, headers)
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def press_newest(self, address: str) -> None:
        """Press the first button below the newest message that has one."""
        for message in reversed(self.ask(address, "/api/state")["messages"]):
            if rows := message.get("reply_markup", {}).get("inline_keyboard"):
                body = {"message_id": message["message_id"], "data": rows[0][0]["callback_data"]}
                self.ask(address, "/api/press", body)
                return

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


def _word_for(base: str, token: str) -> str:
    """Return the word that a tab sends; the first versions took the token itself."""
    try:
        with urllib.request.urlopen(f"{base}/api/hello?nonce={'0' * 32}") as reply:
            run = json.load(reply)["run"]
    except urllib.error.HTTPError:
        return token
    return hmac.new(token.encode(), f"tab\n{run}".encode(), hashlib.sha256).hexdigest()


def make(commit: str) -> None:
    """Run one version and keep its data folder."""
    with tempfile.TemporaryDirectory() as name:
        tree, folder = Path(name) / "tree", Path(name) / "home"
        folder.mkdir()
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tree), commit], cwd=ROOT, check=True)
        try:
            first = Version(tree, folder, str(tree / "bot.py"), CHAT="local", **TIERS)
            address = first.said(r"(http://127\.0\.0\.1:\d+/\?token=\S+)")
            first.said("check [3-9]:")
            for words in ("/pause STX", "/tiers CRV long 45:30 70:50"):
                first.ask(address, "/api/text", {"text": words})
                time.sleep(3)
                if words.startswith("/tiers"):
                    first.press_newest(address)
            first.said(r"check (1[0-9]|[2-9][0-9]):")
            first.kill()
            telegram = {"CHAT": "telegram", "TELEGRAM_BOT_TOKEN": f"123456789:{'A' * 35}", "TELEGRAM_ALLOWED_USERS": "42"}
            last = Version(tree, folder, "-c", DYING, TELEGRAM_API_URL="http://127.0.0.1:9", **telegram, **SOONER)
            try:
                print(commit, "ended with", last.process.wait(PATIENCE))
            except subprocess.TimeoutExpired:
                print(commit, "sent no order")
                last.kill()
            print(last.log.read_text("utf-8", "replace")[-300:])
            data = folder / "data" / "paper"
            if not data.exists():
                data = folder / "data"
            TARGET.mkdir(exist_ok=True)
            with tarfile.open(TARGET / f"{commit}.tar.xz", "w:xz") as tar:
                for path in sorted(found for pattern in KEPT for found in data.glob(pattern)):
                    tar.add(path, path.relative_to(data).as_posix(), filter=_plain)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)
            shutil.rmtree(tree, ignore_errors=True)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    for version in sys.argv[1:] or VERSIONS:
        make(version)
