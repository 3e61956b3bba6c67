from __future__ import annotations

import os

# As the program sets it: without it reading a flood's waiting time warns, and a warning is an error here.
os.environ["PTB_TIMEDELTA"] = "1"

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fixtures.folders import SHARED

# The ledger waits for the disk at every step; what lies in memory waits for nothing. An own TMPDIR is left alone.
RAM = Path("/dev/shm")
if "TMPDIR" not in os.environ and RAM.is_dir():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(RAM))

# Machines are noisy: no example is timed. What CI runs is the same every time; at a person's desk new examples are sought.
settings.register_profile(
    "tgtp", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("tgtp")


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads this machine's settings, or a .env beside the checkout. Once for all: there are many tests."""
    from tgtp.settings.environment import Settings
    from tgtp.settings.reading.locale import LOCALE

    with pytest.MonkeyPatch.context() as patch:
        for name in (*Settings.model_fields, *LOCALE):
            patch.delenv(name.upper(), raising=False)
        patch.setenv("TGTP_HOME", str(tmp_path_factory.mktemp("none")))
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the tests that wait for processes evenly among those that compute: no worker is left with all of them."""
    if not hasattr(config, "workerinput"):
        return
    waiting = [item for item in items if "e2e" in item.path.parts]
    computing = [item for item in items if "e2e" not in item.path.parts]
    items.clear()
    for number, item in enumerate(waiting):
        items += computing[len(computing) * number // len(waiting) : len(computing) * (number + 1) // len(waiting)]
        items.append(item)
    items += computing if not waiting else []


@pytest.fixture
def shared() -> Path:
    """The data beside the checkout, where there is any."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data is not beside this checkout")
    return SHARED
