"""Words that the engine's side of the monitoring page writes into what it sends."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "monitor.unreadable": Text("cannot be read, not guarded", "无法读取，未监控"),
}
