"""``SSLKEYLOGFILE``: imported before all else, because libraries fail while they are imported where it cannot be written."""

from __future__ import annotations

import os
from pathlib import Path

KEY_LOG = "SSLKEYLOGFILE"


def _take_out_unusable() -> bool:
    """Take the variable out where the file that it names cannot be written; say whether that was so."""
    if not os.environ.get(KEY_LOG):
        return False
    try:
        with Path(os.environ[KEY_LOG]).open("a", encoding="utf-8"):
            return False
    except (OSError, ValueError):
        del os.environ[KEY_LOG]
        return True


IS_UNUSABLE = _take_out_unusable()
