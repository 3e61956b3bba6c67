from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _a_home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A home for each test here, which is not there until something is written; and the log as it was."""
    monkeypatch.setenv("TGTP_HOME", str(tmp_path / "home"))
    yield
    logging.disable(logging.NOTSET)
