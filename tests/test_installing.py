"""How it is installed and run for good: every file has its hash, and the service is bounded."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from noto_cjk_sans_otc import FONT_PATH  # type: ignore[import-untyped]

from scripts.licences import PAGE, page
from tests.fixtures.folders import ROOT
from tgtp import __version__
from tgtp.adapters.alive_file import TOO_OLD


def rows(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_everything_that_is_installed_is_pinned_with_hashes(name: str) -> None:
    found = rows(name)
    assert len(found) > 50
    for row in found:
        assert re.match(r"[a-z0-9._-]+==[\w.+]+ ", row), row
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", row), row
        assert not re.search(r"https?://|file:|--index|--find", row), row


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_used_directly_is_what_is_installed(name: str) -> None:
    direct = [re.sub(r"\[.*?\]", "", row).lower() for row in rows(f"{name}.in") if not row.startswith("-r")]
    assert all("==" in row for row in direct)
    installed = {row.split()[0] for row in rows(f"{name}.txt")}
    assert set(direct) <= installed


def test_the_tests_run_with_what_the_program_runs_with() -> None:
    assert {row.split()[0] for row in rows("requirements.txt")} <= {row.split()[0] for row in rows("requirements-dev.txt")}


def test_what_is_of_one_platform_only_says_so() -> None:
    marked = {row.split("==")[0]: row for row in rows("requirements.txt")}
    assert "sys_platform != 'win32'" in marked["uvloop"]
    assert "sys_platform == 'win32'" in marked["winloop"]


def unit(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    found.optionxform = str  # type: ignore[method-assign,assignment]
    found.read(ROOT / "docs" / name, encoding="utf-8")
    return found


def test_the_service_is_bounded_and_ends_for_good_where_it_refuses_to_start() -> None:
    service = unit("systemd.service")
    asked = service["Service"]
    assert asked["RestartPreventExitStatus"] == "2"
    assert asked["LimitCORE"] == "0"
    assert int(asked["LimitNOFILE"]) <= 65536
    assert asked["MemoryMax"]
    failed = service["Unit"]["OnFailure"].removeprefix("tgtp-").removesuffix(".service")
    assert "-m tgtp tell" in unit(f"systemd-{failed}.service")["Service"]["ExecStart"]


def healthcheck() -> list[str]:
    """The command of the image's healthcheck."""
    found = re.search(r"HEALTHCHECK .*\\\n\s*CMD (\[.*\])", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert found is not None
    words: list[str] = json.loads(found[1])
    return words


@pytest.mark.parametrize(("age", "is_alive"), [(0, True), (TOO_OLD - 10, True), (TOO_OLD + 10, False), (None, False)])
def test_the_image_is_healthy_while_its_file_is_young(tmp_path: Path, age: float | None, is_alive: bool) -> None:
    file = tmp_path / "alive"
    if age is not None:
        file.touch()
        os.utime(file, (time.time() - age, time.time() - age))
    ended = subprocess.run(healthcheck(), env={"PATH": os.environ["PATH"], "TGTP_ALIVE_FILE": str(file)}, check=False)
    assert (ended.returncode == 0) is is_alive


def test_the_image_is_of_nothing_secret_and_runs_as_nobody() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert " pip " not in last
    assert all(
        "--require-hashes" in line for line in text.replace("\\\n", " ").split(" && ") if "install" in line and " -r " in line
    )
    taken = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert taken[1] == "*"
    assert {"!.env", "!data", "!.git", "!tests"} & set(taken) == set()
    for name in re.findall(r"^!(\S+)", "\n".join(taken), re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_the_container_may_do_no_more_than_it_must() -> None:
    rows = [line.strip() for line in (ROOT / "compose.yaml").read_text(encoding="utf-8").splitlines()]
    assert {"read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "- data:/data"} <= set(rows)
    # The image's file of life lies there.
    assert "- /tmp:size=64m,mode=1777" in rows
    assert "TGTP_ALIVE_FILE=/tmp/" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_nothing_is_installed_as_root() -> None:
    text = (ROOT / "docs" / "systemd.service").read_text(encoding="utf-8")
    assert "sudo make" not in text
    assert "sudo pip" not in text
    assert "sudo -u tgtp-build make" in text


def test_the_script_that_pins_is_a_script() -> None:
    subprocess.run(["sh", "-n", str(ROOT / "scripts" / "requirements.sh")], check=True)


def test_the_version_stands_in_one_place_and_the_next_one_is_prepared() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert not re.search(r"^version = \"|^dependencies = \[", text, re.MULTILINE)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.+)", changes, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert {each for each in headings if not each.startswith("[")} <= {
        *("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"),
    }
    versions = [each for each in headings if each.startswith("[")][1:]
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", each) for each in versions)
    assert versions[0].startswith(f"[{__version__}] - ")


def test_the_licences_of_all_that_is_installed_are_listed() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python scripts/licences.py"


def test_the_font_is_the_one_that_was_looked_at() -> None:
    """It is drawn with on every phone, and read by a parser of fonts."""
    assert (
        hashlib.sha256(Path(FONT_PATH).read_bytes()).hexdigest()
        == "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
    )
