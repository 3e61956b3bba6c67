from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A ``.env`` for each test here, which is not there until it is written."""
    monkeypatch.setenv("TGTP_HOME", str(tmp_path))
