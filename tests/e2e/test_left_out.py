"""A slip in the settings of one account, in the real process: the others run, and every view names the one that does not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.e2e.process import Program
from tests.e2e.test_accounts import keys
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.simulation.exchange.account import Account
from tests.simulation.phone.bot_api import BotApi

CRV = "CRV-USDT-SWAP"
SAID = {
    "en": ("The account alpha was not started", "did you mean ALPHA_LADDER", "Ignored, because ACCOUNTS does not name"),
    "zh": ("账户 alpha 未启动", "是否想写 ALPHA_LADDER", "已忽略（ACCOUNTS 中没有对应的账户）：BETA_API_KEY"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_it_is_named_everywhere_and_the_others_run(tmp_path: Path, language: str) -> None:
    async with BotApi() as api, okx_server() as server:
        alpha, gamma = Account(uid="2"), Account(uid="3")
        server.others |= {"the-key-of-alpha": alpha, "the-key-of-gamma": gamma}
        for account in (server.account, alpha, gamma):
            account.open_leg(CRV, "long", "200", "0.5")
        settings = on_telegram(api, **on_okx(server), ACCOUNTS="main,alpha,gamma", LANGUAGE=language)
        settings |= {**keys("ALPHA", "the-key-of-alpha"), **keys("GAMMA", "the-key-of-gamma")}
        (tmp_path / ".env").write_text("ALPHA_LADER=off\nBETA_API_KEY=the-key-of-beta\n", encoding="utf-8")
        (tmp_path / ".env").chmod(0o600)
        who, what, strays = SAID[language]

        async def shows(*words: str) -> None:
            await api.until(lambda: any(all(word in text for word in words) for text in api.texts()[seen:]))

        async with Program(tmp_path, **settings) as program:
            await program.said("[gamma] 🔍")
            await program.said(strays)
            seen = 0
            # The start message, and the alert of its own.
            await shows("tgtp", who, what, strays)
            for command in ("/status", "/health", "/accounts"):
                seen, asked = len(api.texts()), time.monotonic()
                await api.says(command)
                await shows(who, what)
                assert time.monotonic() - asked < 30
            server.account.set_roi(CRV, "long", 26)
            gamma.set_roi(CRV, "long", 26)
            await server.until(lambda: bool(server.account.fills and gamma.fills))
            program.terminate()
            assert await program.ended() == 0
        # Nobody guesses what its settings were meant to be.
        assert not alpha.fills
        assert not any("the-key-of" in line for line in program.lines)
        assert "the-key-of" not in json.dumps(api.texts())

        doctor = Program(tmp_path, **settings)
        await doctor.start("-m", "tgtp", "doctor", "--json")
        assert await doctor.ended() == 1
        found = {finding["key"]: finding for finding in json.loads("\n".join(doctor.lines))["findings"]}
        assert found["left_out"]["account"] == "alpha"
        assert what in found["left_out"]["text"]
        assert "BETA_API_KEY" in found["stray_setting"]["text"]
        assert not any("the-key-of" in line for line in doctor.lines)
