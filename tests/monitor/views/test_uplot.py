"""The chart library is what its makers have published, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

import tgtp.monitor

VENDOR = Path(tgtp.monitor.__file__).parent / "static" / "vendor" / "uplot"
LIST = VENDOR / "SHA256SUMS.txt"


def sums() -> dict[str, str]:
    rows = (line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {name: digest for digest, name in rows}


def test_the_files_are_those_that_were_written_down() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir() if path != LIST}
    assert found == sums()
    assert "MIT" in LIST.read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in (VENDOR / "LICENSE").read_text(encoding="utf-8")


def test_the_files_are_those_of_the_npm_package(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    head = LIST.read_text(encoding="utf-8")
    version = re.findall(r"uPlot (\S+),", head)[0]
    pack = [npm, "pack", f"uplot@{version}", "--silent", "--fetch-retries=0", "--fetch-timeout=10000"]
    asked = subprocess.run(pack, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    if asked.returncode:
        pytest.skip("the registry of npm cannot be reached")
    tarball = (tmp_path / asked.stdout.decode().strip()).read_bytes()
    assert f"sha512-{base64.b64encode(hashlib.sha512(tarball).digest()).decode()}" in head
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as archive:
        published = {Path(member.name).name: archive.extractfile(member) for member in archive if member.isfile()}
        for name, digest in sums().items():
            file = published[name]
            assert file is not None
            assert hashlib.sha256(file.read()).hexdigest() == digest
