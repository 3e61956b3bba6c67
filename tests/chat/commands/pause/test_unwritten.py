"""A stop that cannot be written down: it holds, and the person is told what that is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.adapters.storage import atomic_file

CRV = key()


def refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("words", ["/pause", "stop", "暂停", "/pause CRV", "stop CRV long", "/pause 1h", "pause hedge"])
async def test_it_says_that_a_restart_would_lose_it(dial: Dial, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    phone = await dial(paper_leg())
    with monkeypatch.context() as full:
        full.setattr(atomic_file, "write_whole", refuse)
        said = await phone.says(words)
        assert "Paused, but it cannot be written down" in said
        assert "a restart would lose it" in said
        assert len(phone.house.ledger.paused()) == 1
    await phone.house.check()
    await phone.settle()
    assert phone.house.ledger.unwritten_pauses() == ()
    assert phone.house.ledger.paused()


@pytest.mark.parametrize("way", ["panel", "card"])
async def test_so_does_each_button_that_pauses(dial: Dial, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/panel" if way == "panel" else "/leg CRV long")
    with monkeypatch.context() as full:
        full.setattr(atomic_file, "write_whole", refuse)
        await phone.press("pa:" if way == "panel" else "Pause CRV")
        assert any("a restart would lose it" in text for text in phone.texts())
    assert phone.house.ledger.paused() == ({"*"} if way == "panel" else {"CRV-USDT-SWAP"})


async def test_in_several_accounts_and_of_a_name_that_is_both(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "crv": [paper_leg()]})
    phone = await dial(house=street)
    with monkeypatch.context() as full:
        full.setattr(atomic_file, "write_whole", refuse)
        assert "a restart would lose it" in await phone.says("/pause crv")
        assert street.paused_in() == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}
        assert "a restart would lose it" in await phone.says("stop")
    assert street.paused_in() == {"main": {"CRV-USDT-SWAP", "*"}, "crv": {"*"}}
