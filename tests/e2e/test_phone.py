"""The phone's views from the real process, over somebody else's Bot API server: what is pinned and changed outlives a kill."""

from __future__ import annotations

import time
from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.simulation.phone.bot_api import BotApi
from tgtp.chat.access.confirmation import TOO_SOON

PNG = b"\x89PNG"


async def test_a_panel_a_picture_and_a_ladder_over_a_kill(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg("STX-USDT-SWAP", "long", "100", "0.30")
        settings = on_telegram(api, **on_okx(server))
        async with Program(tmp_path, **settings) as program:
            await program.said("check 2:")
            await api.says("/panel")
            await api.until(lambda: any("Legs 1: " in text for text in api.texts()))
            await api.says("/leg STX long")
            await api.until(lambda: bool(api.pictures))
            picture = api.pictures[0]
            assert [photo[:4] for photo in picture["photos"]] == [PNG]
            assert "STX long" in picture["caption"]
            await api.says("/tiers STX long 20:30 40:50")
            await api.until(lambda: any("20:30 40:50" in text for text in api.texts()))
            # A press sooner than it can have been read is taken for the second tap of a double tap.
            asked = time.monotonic()
            await api.until(lambda: time.monotonic() - asked > TOO_SOON + 0.1)
            await api.presses(":y")
            await program.said("changed the tiers of STX")
            server.account.set_roi("STX-USDT-SWAP", "long", 21)
            await server.until(lambda: len(server.account.fills) == 1)
            await api.until(lambda: any("tier 1 (20%)" in text for text in api.texts()))
            program.kill()
            await program.ended()
        assert not any("Traceback" in line for line in program.lines)
        edited = len(api.edits)
        async with Program(tmp_path, **settings) as program:
            await program.said("STX-USDT-SWAP long")
            await api.until(lambda: len(api.edits) > edited)
            # The panel is the one of before the kill, and the ladder too: what it closed is not closed again.
            await program.said("check 3:")
            assert len(server.account.fills) == 1
            server.account.set_roi("STX-USDT-SWAP", "long", 41)
            await server.until(lambda: len(server.account.fills) == 2)
            program.terminate()
            assert await program.ended() == 0
        assert any("Stopped" in edit["text"] for edit in api.edits[edited:])
        assert not any("Traceback" in line for line in program.lines)
