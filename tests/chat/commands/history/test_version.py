"""/version: every part that runs is named on a line of its own, in both languages."""

from __future__ import annotations

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import reader
from tests.fixtures.fakes import paper_leg
from tgtp.chat.commands.history.health_view import Running, version

RUNNING = Running(lambda: None, {"tgtp": "0.2.0", "Python": "3.11.9"})


async def test_the_phone_is_told_what_runs(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert (await phone.says("/version")).startswith("Versions")


def test_each_part_stands_on_its_own_line() -> None:
    assert version(reader("en"), RUNNING).text == "<b>Versions</b>\ntgtp 0.2.0\nPython 3.11.9"
    assert version(reader("zh"), RUNNING).text == "<b>版本</b>\ntgtp 0.2.0\nPython 3.11.9"
