from __future__ import annotations

from tests.fixtures.chromium import browser, chromium

__all__ = ["browser", "chromium"]
