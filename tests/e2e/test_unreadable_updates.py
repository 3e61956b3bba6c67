"""An update that the library cannot read leaves the bot with its ears, and is gone after one look."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import on_telegram
from tests.simulation.phone.bot_api import UNREADABLE, BotApi


def polls(api: BotApi) -> int:
    return sum(request["method"] == "getUpdates" for request in api.requests)


async def test_the_bot_hears_on_after_updates_that_it_cannot_read(tmp_path: Path) -> None:
    async with BotApi() as api:
        async with Program(tmp_path, **on_telegram(api)) as program:
            await program.said("check 1:")
            for update in UNREADABLE.values():
                await api.sends(update)
            await api.says("/status")
            await api.until(lambda: any("Equity" in text for text in api.texts()))
            assert sum("could not be read" in line for line in program.lines) == len(UNREADABLE)
            assert any("KeyError" in line for line in program.lines)
            assert not any("Traceback" in line for line in program.lines)
            count = len(UNREADABLE)
            await api.says("/health")
            await api.until(lambda: any(f"{count} updates could not be read since the start" in text for text in api.texts()))
            await api.says("/health", code="zh")
            await api.until(lambda: any(f"有 {count} 条更新无法识别" in text for text in api.texts()))
            # One answer to each: no hot loop.
            assert polls(api) < 30
        # They were acknowledged: a start after it does not meet them again.
        async with Program(tmp_path, **on_telegram(api)) as program:
            await program.said("check 1:")
            await api.says("/help")
            await api.until(lambda: any("/maintain" in text for text in api.texts()))
            before = len(api.texts())
            await api.says("/health")
            await api.until(lambda: any("The last hour" in text for text in api.texts()[before:]))
            assert not any("updates since the start could not be read" in text for text in api.texts()[before:])
            assert not any("could not be read" in line for line in program.lines)
