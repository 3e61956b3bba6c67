"""The package, built and installed as anybody does it: into an empty environment, started from ``/`` by another user.

By default with the interpreter and the libraries of the tests, and no index. With ``TGTP_PYTHON=python3.13`` with that one, and
with the libraries of ``requirements.txt`` from the index (``make package``).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.e2e.process import Program
from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE
from tgtp import __version__

# Built once, by one of the workers.
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("package")]

ASKED = os.environ.get("TGTP_PYTHON")
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
# Where the interpreter lies in a folder of root's: all may be read, and nothing more be written.
READING_ALL = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
SECRET = "Sh4rdOfSecret"
# A time after that of the oldest archives.
LONG_AGO = 1_000_000_000
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "*cache*", ".hypothesis", "build", "dist", "*.egg-info", "data", ".env")
BUILD = "from setuptools import build_meta; print(build_meta.build_{kind}({folder!r}))"


def ran(words: Sequence[str | Path], within: Path = Path("/"), env: dict[str, str] | None = None) -> CompletedProcess[str]:
    return subprocess.run(words, cwd=within, env=env, capture_output=True, text=True, check=False, timeout=DEADLINE)


class Installed(NamedTuple):
    """``user`` are the words before a command that has another user do it; ``home`` is that user's."""

    wheel: Path
    source: Path
    environment: Path
    user: list[str]
    home: Path

    @property
    def command(self) -> list[str]:
        return [*self.user, str(self.environment / "bin" / "tgtp")]

    def variables(self, **more: Any) -> dict[str, str]:
        given = {"PATH": os.environ["PATH"], "HOME": self.home, "PYTHONUNBUFFERED": "1", "LOCAL_CHAT_PORT": "0", **more}
        return {name: str(value) for name, value in given.items()}

    def ends(self, *words: str, code: int = 0, within: Path = Path("/"), **more: Any) -> str:
        """Do a job that ends with this code; gives what was printed."""
        done = ran([*self.command, *words], within=within, env=self.variables(**more))
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


def built(kind: str, source: Path, into: Path) -> Path:
    done = ran([sys.executable, "-c", BUILD.format(kind=kind, folder=str(into))], within=source)
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


def another_user(python: str) -> list[str]:
    if os.geteuid() != 0:
        return []
    # Shut out of its own library, an interpreter takes the next best one that it finds.
    look = [python, "-c", "import ccxt, os; print(os.__file__)"]
    library = ran(look).stdout
    for words in (AS_NOBODY, [*AS_NOBODY, *READING_ALL]):
        if library and ran([*words, *look]).stdout == library:
            return words
    pytest.fail("no other user can run this interpreter, and to root every folder is open")


def install(wheel: Path, environment: Path) -> str:
    """Install the wheel into a new environment; gives its interpreter."""
    python = str(environment / "bin" / "python")
    quiet = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    if ASKED:
        subprocess.run([ASKED, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", *quiet, "--require-hashes", "-r", ROOT / "requirements.txt"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        libraries = environment / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
        (libraries / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [python, "-m", "pip"] if ASKED else [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, *quiet, "--no-index", "--no-deps", wheel], check=True)
    return python


def close_to_writers(folder: Path, *, closed: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode & ~0o222 if closed else mode | stat.S_IWUSR)


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    # Below pytest's own folder no other user may look.
    folder = Path(tempfile.mkdtemp(prefix="tgtp-package-"))
    folder.chmod(0o755)
    try:
        checkout = folder / "checkout"
        shutil.copytree(ROOT, checkout, ignore=NOT_COPIED)
        (checkout / ".env").write_text(f"OKX_API_SECRET={SECRET}\n", encoding="utf-8")
        for name in ("data/paper/ledger.json", "tgtp/data/paper/ledger.json", "tgtp/.env"):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_text(SECRET, encoding="utf-8")
        source = built("sdist", checkout, folder)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        # Of the source archive alone: it must contain all that a build needs. What an earlier build has left there is newer.
        unpacked = folder / source.name.removesuffix(".tar.gz")
        left = unpacked / "build" / "lib" / "tgtp" / "typed.py"
        left.parent.mkdir(parents=True)
        left.write_text(SECRET, encoding="utf-8")
        for path in unpacked.rglob("*.py"):
            os.utime(path, (LONG_AGO, LONG_AGO) if path != left else None)
        wheel = built("wheel", unpacked, folder)
        environment = folder / "environment"
        python = install(wheel, environment)
        package = Path(ran([python, "-c", "import tgtp; print(tgtp.__path__[0])"]).stdout.strip())
        assert package.is_relative_to(environment)
        user, home = another_user(python), folder / "home"
        home.mkdir(mode=0o700)
        if user:
            shutil.chown(home, NOBODY, NOBODY)
        close_to_writers(environment, closed=True)
        yield Installed(wheel, source, environment, user, home)
    finally:
        if (folder / "environment").exists():
            close_to_writers(folder / "environment", closed=False)
        shutil.rmtree(folder)


def names_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in (folder, *folder.rglob("*"))}


def at_root() -> set[Path]:
    return set(Path("/").iterdir())


class Page:
    """The chat page, as a browser asks it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self.root, _, self._token = address.partition("/?token=")
        self._headers: dict[str, str] = {}

    async def enter(self) -> None:
        """Make the key of this run from the token in the address."""
        async with self._session.get(f"{self.root}/api/hello?nonce={'0' * 32}") as reply:
            run = (await reply.json())["run"]
        key = hmac.new(self._token.encode(), f"tab\n{run}".encode(), hashlib.sha256).hexdigest()
        self._headers = {"Authorization": f"Bearer {key}", "Origin": self.root}

    async def html(self) -> str:
        async with self._session.get(f"{self.root}/") as reply:
            return await reply.text()

    async def write(self, text: str) -> None:
        async with self._session.post(f"{self.root}/api/text", json={"text": text}, headers=self._headers) as reply:
            assert reply.status == 200

    async def shows(self, word: str) -> str:
        """Wait until the chat holds a word; gives all of the chat."""
        async with asyncio.timeout(DEADLINE):
            while True:
                async with self._session.get(f"{self.root}/api/state", headers=self._headers) as reply:
                    assert reply.status == 200
                    text = await reply.text()
                if word in text:
                    return text
                await asyncio.sleep(0.05)

    async def file(self, path: str) -> bytes:
        async with self._session.get(f"{self.root}/api/file/{path}", headers=self._headers) as reply:
            assert reply.status == 200
            return await reply.read()


async def test_it_runs_from_anywhere_for_another_user_and_writes_nothing_beside_its_code(installed: Installed) -> None:
    before, root = names_in(installed.environment), at_root()
    program = Program(installed.home)
    await program.run(*installed.command, "run", environment=installed.variables(CHECK_INTERVAL=1), within=Path("/"))
    try:
        address = (await program.said("/?token=")).rsplit(" ", 1)[-1]
        await program.said("check 1:")
        async with aiohttp.ClientSession() as session:
            page = Page(session, address)
            assert "<title>" in await page.html()
            await page.enter()
            await page.shows(f"tgtp {__version__}")
            # A picture needs the fonts, and a place for what matplotlib writes.
            await page.write("/chart STX")
            path = re.search(r"photos/[\w.-]+", await page.shows("photos/"))
            assert path is not None
            assert (await page.file(path[0]))[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0")
        program.terminate()
        assert await program.ended() == 0
    finally:
        program.kill()
    await program.said("stopped")
    assert not any("Traceback" in line for line in program.lines)
    assert names_in(installed.environment) == before
    assert at_root() == root
    # root may look; where the tests are not root's, the folder is their own.
    assert (installed.home / ".tgtp" / "data" / "paper" / "ledger.json").is_file()
    assert stat.S_IMODE((installed.home / ".tgtp").stat().st_mode) == 0o700


def test_the_command_names_itself_and_its_jobs(installed: Installed) -> None:
    said = installed.ends("--help")
    assert said.startswith("usage: tgtp [")
    assert all(f"\n    {job}" in said for job in ("run", "doctor", "pair", "tell", "backtest", "import-legacy"))
    example = Path(said.rstrip().rpartition(" ")[2])
    assert example.is_relative_to(installed.environment)
    assert "TELEGRAM_BOT_TOKEN" in example.read_text(encoding="utf-8")
    python = installed.environment / "bin" / "python"
    assert ran([*installed.user, python, "-m", "tgtp", "--version"]).stdout == f"tgtp {__version__}\n"


def test_the_same_memory_wherever_it_is_started_and_another_one_by_name(installed: Installed) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tgtp-home-"))
    try:
        if installed.user:
            shutil.chown(folder, NOBODY, NOBODY)
        (folder / ".env").write_text("CHAT=telegram\nTELEGRAM_BOT_TOKEN=1:t0ken\n", encoding="utf-8")
        (folder / ".env").chmod(0o644)
        passed_over = installed.ends("pair", code=2, within=folder)
        assert f"{folder}/.env is not read: tgtp works in {installed.home}/.tgtp" in passed_over
        assert not (installed.home / ".tgtp" / "data" / "paper" / "pairing.json").exists()
        assert "/start" in installed.ends("--home", ".", "pair", within=folder)
        ledger = folder / "data" / "paper" / "ledger.json"
        ledger.write_text("", encoding="utf-8")
        ledger.chmod(0o666)
        refused = installed.ends("run", CHAT="local", TGTP_HOME=folder, code=2)
        assert f"{ledger} cannot be read" in refused
        assert f"start a new one: tgtp --home {folder} run --new-ledger (" in refused
    finally:
        shutil.rmtree(folder)


def test_a_home_that_cannot_be_made_is_refused_in_a_sentence(installed: Installed) -> None:
    assert "DATA_DIR=/nonexistent/.tgtp/data/paper cannot be used" in installed.ends("run", code=2, HOME="/nonexistent")


def test_the_wheel_holds_the_package_and_what_it_needs_and_no_secret(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
        assert not [name for name in names if SECRET.encode() in wheel.read(name)]
        metadata = message_from_bytes(wheel.read(f"tgtp-{__version__}.dist-info/METADATA"))
    ours = [path for path in (ROOT / "tgtp").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {name for name in names if name.startswith("tgtp/")} == {path.relative_to(ROOT).as_posix() for path in ours}
    assert {name.split("/")[0] for name in names} == {"tgtp", f"tgtp-{__version__}.dist-info", f"tgtp-{__version__}.data"}
    for example in (".env.example", ".env.example.zh", "docs/rules.zh.md"):
        assert any(name.endswith(f"share/doc/tgtp/{example}") for name in names)
    asked = [line for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]
    wanted = metadata.get_all("Requires-Dist") or []
    assert [row for row in wanted if "extra ==" not in row] == asked
    assert metadata.get_all("Provides-Extra") == ["feather", "sweep"]
    # The tests run with the very releases that the extras name.
    pinned = (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    assert {row.split(";")[0].strip() for row in wanted if "extra ==" in row} <= set(pinned)
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_source_archive_holds_no_secret_and_no_tests(installed: Installed) -> None:
    with tarfile.open(installed.source) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
        files = [archive.extractfile(member) for member in archive.getmembers() if member.isfile()]
        assert not [file.name for file in files if file is not None and SECRET.encode() in file.read()]
    assert {"pyproject.toml", "requirements.in", "LICENSE", "README.md", ".env.example", ".env.example.zh", "bot.py"} <= set(
        names
    )
    assert not [
        name for name in names if name.startswith(("tests", "data", "bench")) or name.endswith("/data") or name == ".env"
    ]
