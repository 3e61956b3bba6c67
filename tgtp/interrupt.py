"""Ctrl-C while the program is being loaded: one line instead of a traceback. Nothing is open yet that had to be closed."""

from __future__ import annotations

import os
import signal
from types import FrameType


def end_in_one_line() -> None:
    """Have Ctrl-C end the program at once, until somebody else takes the signal."""
    signal.signal(signal.SIGINT, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    # Raised as an exception, it would come up in whatever is being imported.
    os.write(2, "\ntgtp: stopped before it had started / 尚未启动即已停止\n".encode())
    os._exit(130)
