"""How long a person waits for the first sign of an answer while checks of 500 legs run, one after the other."""

from __future__ import annotations

import time
from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.simulation.phone.bot_api import BotApi
from tgtp.chat.bot.router import COMMANDS

LEGS = 500
ROUNDS = 3
POSITIONS = "GET /account/positions"
# What each command is said with, so that it has the most to do.
WORDS = {
    "start": "",
    "close": "all",
    "leg": "C000 long",
    "pair": "C000",
    "chart": "C000",
    "rearm": "C000 long",
    "history": "100",
    "why": "1",
    "lang": "en",
    "tiers": "C000 long 26:30 40:50",
    "pnl": "30",
    "equity": "30",
    "report": "month",
    "export": "366",
    "theme": "dark",
    "notify": "tier silent",
    "quiet": "23:00-07:00",
}
# An answer, or the sign that one is being made.
SIGNS = ("sendMessage", "sendPhoto", "sendDocument", "sendChatAction", "setMessageReaction")


class Answers(BotApi):
    """The Bot API server with the moment of every sign of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.signs: list[tuple[float, str]] = []

    def validate(self, method: str, fields: dict[str, object], uploads: dict[str, object]) -> object:
        if method in SIGNS:
            self.signs.append((time.monotonic(), method))
        return super().validate(method, fields, uploads)


async def slowest_answers(folder: Path) -> list[tuple[str, float]]:
    """Seconds from a command's arrival at Telegram's server to the first sign of an answer; the slowest of some rounds each."""
    async with Answers() as api, okx_server() as server:
        for number in range(LEGS // 2):
            name = f"C{number:03d}-USDT-SWAP"
            server.account.add_instrument(name, "1", "1", mark="5")
            for side in ("long", "short"):
                server.account.open_leg(name, side, "100", "5")
        async with Program(folder, **on_telegram(api, **on_okx(server), CHECK_INTERVAL=1)) as program:
            await program.said("check 3:")
            await api.until(lambda: bool(api.sent))
            slowest = []
            for name in COMMANDS:
                times = []
                for _ in range(ROUNDS):
                    # When a check has just asked for the positions, the answer is read and judged meanwhile.
                    looks = len(server.requests_to(POSITIONS))
                    await server.until(lambda looks=looks: len(server.requests_to(POSITIONS)) > looks)  # type: ignore[misc]
                    before = len(api.signs)
                    begun = time.monotonic()
                    await api.says(f"/{name} {WORDS.get(name, '')}".strip())
                    await api.until(lambda before=before: len(api.signs) > before)  # type: ignore[misc]
                    times.append(api.signs[before][0] - begun)
                slowest.append((name, max(times)))
            program.terminate()
            await program.ended()
            return sorted(slowest, key=lambda row: row[1], reverse=True)
