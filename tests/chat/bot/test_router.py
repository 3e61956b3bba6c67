"""Every command, in right and wrong forms, as a person types and sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from tests.chat.conftest import Dial
from tests.fixtures.engine import occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.snapshots import blind
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.bot import runner as runner_module
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.commands.menu import MENU
from tgtp.domain.model import Snapshot
from tgtp.errors import AccessRefused, TemporarilyDown

CRV = key()
CRV_SHORT = key(side="short")
STX = key("STX-USDT-SWAP")
HAN = re.compile(r"[\u4e00-\u9fff]")
NASTY = (
    "<b>x</b>",
    "</code>",
    "&lt;",
    "{0}",
    "{word}",
    "%s",
    "💥" * 300,
    "a" * 3000,
    "\u202eabc",
    "²",
    "१२",
    "'\"",
    "/close",
    "-",
)


def many_legs(count: int) -> list[Any]:
    names = [f"{prefix}COIN{number:02d}-USDT-SWAP" for number, prefix in enumerate(["1000000BABY"] * (count // 2))]
    return [paper_leg(name, side) for name in names for side in ("long", "short")]


async def test_start_and_help(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "guards your perpetual swaps" in await phone.says("/start")
    answer = await phone.says("/help")
    assert "every 10 s" in answer.lower()
    for name in set(COMMANDS) - {"start", "help"}:
        assert f"/{name}" in answer


@pytest.mark.parametrize("language", ["zh", "zh-hans", "zh-hant-tw"])
async def test_everything_is_answered_in_chinese(dial: Dial, language: str) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), language=language)
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    words = [f"/{name}" for name in COMMANDS]
    words += [
        "/status CRV",
        "/status XYZ",
        "/close CRV",
        "/close XYZ long",
        "/close CRV up",
        "/close CRV long 0%",
        "/close all",
    ]
    words += [
        "/close CRV long",
        "/close CRV long keep",
        "/pause CRV",
        "/resume XYZ",
        "/history abc",
        "/why abc",
        "/why 99",
        "hi",
    ]
    for word in [*words, "/xyz", "/history 100"]:
        answer = await phone.says(word)
        assert HAN.search(answer), (word, answer)
        assert "perpetual" not in answer
    # Alerts of before the first word went out while nothing was known of this person's language.
    phone.house.set_roi(CRV, 60)
    await phone.house.check()
    await phone.until(lambda: "第 2 档" in phone.alerts()[-1])


async def test_english_has_no_chinese_but_its_name(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for name in (*COMMANDS, "status CRV", "close CRV long", "close all", "why 1"):
        assert not HAN.search((await phone.says(f"/{name}")).replace("中文", ""))


async def test_the_setting_decides_where_nothing_was_chosen(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="en", default="zh")
    assert HAN.search(await phone.says("/status"))
    await phone.says("/lang en")
    assert not HAN.search(await phone.says("/status"))


# /status


async def test_status_of_an_empty_account(dial: Dial) -> None:
    phone = await dial()
    answer = await phone.says("/status")
    assert "no open leg" in answer
    assert phone.buttons() == [["🔄 Refresh"]]
    assert "no open leg" in await phone.says("/status CRV")


async def test_status_shows_what_a_person_asks_for(dial: Dial) -> None:
    phone = await dial(
        paper_leg(), paper_leg("STX-USDT-SWAP", "short", contracts=1), paper_leg("UNI-USDT-SWAP", mode="isolated")
    )
    house = phone.house
    house.set_roi(CRV, 26)
    await house.check()
    await phone.says("/pause UNI")
    answer = await phone.says("/status")
    assert answer.startswith(f"🟢 Running, paused: UNI (by user {ME}, since 01-02 12:00:20 UTC) · a paper account\nEquity 1,0")
    assert "last check 10 s ago" in answer
    assert "🟩 CRV long +26.00% · +9.10 U" in answer
    assert "35.91 U · ●○○ next 35% at 5.175" in answer
    assert "⬜ STX short 0.00% · 0.00 U\n\u3000 0.50 U · ○○○ skipped: margin ≤\u00a01\u00a0U" in answer
    assert "UNI long isolated" in answer
    assert re.search(r"UNI .*\n.*next 25% at 5.125 · ⏸ paused", answer)
    await phone.says("/pause")
    answer = await phone.says("/status")
    assert answer.startswith("⏸ Paused")
    # The head has said it of all legs.
    assert re.search(r"CRV .*\n.*next 35% at 5.175$", answer, re.MULTILINE)
    assert "· ⏸ paused" not in answer


async def test_status_says_dust_and_base(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=3), paper_leg(side="short", contracts=2))
    phone.house.set_roi(CRV, 26)
    await phone.house.check(2)
    answer = await phone.says("/status")
    assert "next 35% at 5.175, too small for tier 1" in answer


async def test_status_of_sixty_legs_turns_pages(dial: Dial) -> None:
    phone = await dial(*many_legs(60))
    first = await phone.says("/status")
    assert phone.buttons()[-2:] == [["◀", "page 1 of 2", "▶"], ["🔄 Refresh"]]
    assert all(len(data.encode()) <= 64 for data in phone.data())
    assert len(phone.house.paper._legs) == 60
    seen = [data for data in phone.data() if data.startswith("ll:")]
    await phone.press("▶")
    assert "page 2 of 2" in str(phone.buttons())
    seen += [data for data in phone.data() if data.startswith("ll:")]
    assert len(seen) == len(set(seen)) == 60
    assert await phone.press("▶") == first
    assert "page 2 of 2" in str([await phone.press("◀"), phone.buttons()])
    assert len(phone.texts()) == 2


async def test_a_page_that_is_no_more_shows_the_last(dial: Dial) -> None:
    phone = await dial(*many_legs(64))
    await phone.says("/status")
    await phone.press("◀")
    assert "page 3 of 3" in str(phone.buttons())
    for leg in list(phone.house.paper._legs)[:58]:
        phone.house.paper.drop_leg(leg)
    await phone.house.check(2)
    assert "Legs: 6" in await phone.press("Refresh")


@pytest.mark.parametrize("page", ["0", "-1", "²", "", "x", "99999999999999999999"])
async def test_a_made_up_page_is_harmless(dial: Dial, page: str) -> None:
    phone = await dial(*many_legs(64))
    await phone.says("/status")
    await phone.press(f"st:{page}:*", on=phone.messages()[-1]["message_id"])
    assert "page " in str(phone.buttons())


@pytest.mark.parametrize("word", ["CRV", "crv", "CRV-USDT-SWAP", "crv-usdt-swap"])
async def test_status_of_one_coin(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), paper_leg("STX-USDT-SWAP"))
    answer = await phone.says(f"/status {word}")
    assert "CRV long" in answer
    assert "CRV short" in answer
    assert "STX" not in answer
    phone.house.paper.drop_leg(CRV)
    phone.house.paper.drop_leg(CRV_SHORT)
    await phone.house.check(2)
    assert "no leg of CRV any more" in await phone.press("Refresh")


async def test_an_unknown_coin_says_what_there_is(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), paper_leg("STX-USDT-SWAP"))
    for command in ("status", "close", "pause", "resume"):
        answer = await phone.says(f"/{command} XYZ")
        assert answer == "There is no leg of XYZ. Open now: CRV long/short, STX long."
    assert phone.house.ledger.paused() == frozenset()


async def test_refresh_edits_in_place(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    count = len(phone.texts())
    assert await phone.press("Refresh") == ""
    assert phone.toast == ""
    phone.house.set_roi(CRV, 5)
    await phone.house.check()
    assert "+5.00%" in await phone.press("Refresh")
    assert len(phone.texts()) == count


async def test_a_refresh_of_a_message_that_is_gone_comes_anew(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    phone.tg.fail_next("editMessageText", 400, "Bad Request: message to edit not found")
    assert "CRV long" in await phone.press("Refresh")


async def test_a_press_that_telegram_has_forgotten_is_carried_out(dial: Dial) -> None:
    # After an outage presses come late; answering one fails then, and that must not be all that happens.
    phone = await dial(paper_leg())
    await phone.says("/status")
    phone.house.set_roi(CRV, 5)
    await phone.house.check()
    phone.tg.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    assert "+5.00%" in await phone.press("Refresh")


@pytest.mark.parametrize("word", ["/status", "/status CRV", "/close", "/close CRV long"])
async def test_before_the_first_check(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg(), checks=0)
    assert "first check has not finished yet" in await phone.says(word)


async def test_a_pause_works_before_anything_was_seen(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=0)
    assert "CRV paused" in await phone.says("/pause crv")
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/pause STX CRV", "nothing was paused"),
        ("/resume STX CRV", "nothing was resumed"),
        ("/status STX CRV", "One coin at a time"),
    ],
)
async def test_one_coin_at_a_time(dial: Dial, words: str, said: str) -> None:
    phone = await dial(paper_leg())
    assert said in await phone.says(words)
    assert phone.house.ledger.paused() == frozenset()


@pytest.mark.parametrize("word", ["/status", "/close CRV long"])
async def test_when_the_account_was_never_seen(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg(), checks=0)
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("<html>" + "x" * 9000), times=-1)
    await phone.house.check()
    answer = await phone.says(word)
    assert "I cannot see the account yet" in answer
    assert "<html>" in answer
    assert len(answer) < 1000


async def test_while_the_exchange_is_down_old_numbers_are_called_old(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("HTTP 502"), times=-1)
    await phone.house.check(3)
    answer = await phone.says("/status")
    assert "Old data: the last 3 checks failed (HTTP 502)" in answer
    assert "CRV long" in answer
    await phone.says("/close CRV long")
    assert "Old data" in phone.texts()[-1]
    phone.house.exchange.before = lambda _: None
    await phone.house.check()
    assert "Old data" not in await phone.says("/status")


async def test_refused_keys_are_said(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.exchange.before = fail("snapshot", AccessRefused("50113: Invalid sign"), times=-1)
    await phone.house.check()
    answer = await phone.says("/status")
    assert answer.startswith("⚠️ Stopped: OKX refuses the keys")
    assert "Check the key, its IP list and its permissions at OKX" in answer


async def test_a_leg_that_cannot_be_read_is_named(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))

    def half_blind(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != STX), unreadable=(blind(STX),))

    phone.house.exchange.view = half_blind
    await phone.house.check()
    answer = await phone.says("/status")
    assert re.search(r"STX long.*invalid data", answer)


# /pause and /resume


async def test_pause_all_and_resume(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "I close nothing by myself" in await phone.says("/pause")
    phone.house.set_roi(CRV, 60)
    await phone.house.check()
    assert phone.house.closed() == []
    await phone.until(lambda: "would have closed 30" in phone.alerts()[-1])
    assert "paused already" in await phone.says("/pause all")
    assert "Running again" in await phone.says("/resume")
    assert "was not paused" in await phone.says("/resume")
    await phone.house.check()
    assert phone.house.closed() != []
    kinds = phone.house.listener.kinds()
    assert (kinds.count("paused"), kinds.count("resumed")) == (1, 1)
    assert phone.house.listener.of("paused")[0].by == ME


@pytest.mark.parametrize("word", ["crv", "CRV", "CRV-USDT-SWAP"])
async def test_pause_of_one_coin(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    assert "CRV paused" in await phone.says(f"/pause {word}")
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}
    assert "CRV: paused already" in await phone.says(f"/pause {word}")
    await phone.says("/pause")
    assert "This holds it still: everything (by" in await phone.says(f"/resume {word}")
    assert phone.house.ledger.paused() == {"*"}


async def test_resume_all_ends_every_pause(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says("/pause CRV")
    await phone.says("/resume all")
    assert phone.house.ledger.paused() == frozenset()


async def test_what_is_paused_can_be_resumed_after_its_leg_is_gone(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says("/pause CRV")
    phone.house.paper.drop_leg(CRV)
    await phone.house.check(2)
    assert "CRV: running again" in await phone.says("/resume crv")


async def test_a_pause_survives_a_restart(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.restart()
    assert (await phone.says("/status")).startswith("⏸ Paused")
    await phone.until(lambda: "Still paused: everything" in phone.alerts()[-1])


async def test_a_command_that_could_not_be_written_down_says_so(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert "Running" in await phone.says("/status")
        # A stop waits for no disk.
        assert "cannot be written down" in await phone.says("/pause")
        assert "Not done: the ledger could not be written" in await phone.says("/resume")
        assert phone.house.ledger.paused() == {"*"}
    assert "I close nothing" in await phone.says("/pause")


LOOKS = (
    *("/start", "/help", "/help close", "/status", "/leg CRV long", "/pair CRV", "/pairs", "/accounts", "/tiers", "/history"),
    *("/why 1", "/health", "/version", "/report", "/pnl", "/equity", "/chart CRV", "/export", "/logs", "/show_config"),
    *(
        "/close",
        "/close CRV long",
        "/notify",
        "/quiet",
        "/theme",
        "/lang",
        "/keyboard",
        "/keyboard on",
        "/keyboard off",
        "/panel",
    ),
)


@pytest.mark.parametrize("words", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_only_shows_is_shown_though_the_disk_is_full(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, words: str, language: str
) -> None:
    phone = await dial(paper_leg(), language=language)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        before = len(phone.messages())
        await phone.says(words)
        said = [message.get("text", "") for message in phone.messages()[before:]]
    assert said
    assert not any("Not done" in text or "⚠️ 未执行" in text or "went wrong" in text for text in said)


async def test_a_start_on_a_full_disk_greets_gives_the_keys_and_says_what_a_restart_forgets(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await dial(paper_leg())

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        said = await phone.says("/start")
        assert "a restart would forget it" in said
        assert phone.people.has_keys(1)
        # Asked for anew nothing is lost any more.
        assert "a restart would forget it" not in await phone.says("/start")
    assert "a restart" not in await phone.says("/start")


# /history and /why


async def test_history_lists_newest_first(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for _ in range(6):
        await phone.says("/pause")
        await phone.says("/resume")
    numbers = re.findall(r"^#(\d+) · ", await phone.says("/history"), re.MULTILINE)
    assert numbers == [str(number) for number in range(13, 3, -1)]
    assert len(re.findall(r"^#\d+ · ", await phone.says("/history 3"), re.MULTILINE)) == 3
    answer = await phone.says("/history 100")
    assert "The last 13" in answer
    assert f"user {ME} lifted the pause" in answer


@pytest.mark.parametrize("word", ["0", "-1", "abc", "1000", "1.5", "²", "1e1", "9" * 4000])
async def test_history_of_a_wrong_number(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert await phone.says(f"/history {word}") == f"{word[:40]} is not a number from 1 to 100: /history 30"


async def test_a_long_history_is_never_cut_within_an_entry(dial: Dial) -> None:
    phone = await dial(*many_legs(60))
    for name in phone.house.prices.marks:
        phone.house.set_roi(key(name), 60)
    await phone.house.check(2)
    await phone.says("/history 100")
    texts = [text for text in phone.texts() if text.startswith(("The last", "#"))]
    entries = [block for text in texts for block in text.split("\n\n")[text.startswith("The last") :]]
    assert len(entries) == 91
    assert len(texts) > 1
    assert all(re.match(r"#\d+ · .*UTC\n\S", entry) for entry in entries)


async def test_why_explains_a_tier_with_and_without_hash(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    number = phone.house.listener.events[-1][0]
    answer = await phone.says(f"/why {number}")
    assert await phone.says(f"/why #{number}") == answer
    for words in ("tier 1", "ROI ≥ 25%", "ROI +26.00%", "entry 5", "mark 5.13", "10x", "100 × 30% → 30", "paper000001", "tg"):
        assert words in answer


async def test_why_explains_a_hedge_and_a_hand(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=200), paper_leg(side="short"))
    phone.house.set_roi(CRV, 5)
    await phone.house.check()
    number = phone.house.listener.events[-1][0]
    assert "the other side wins (+5.00%), this one loses (-5.00%)" in await phone.says(f"/why {number}")
    await phone.says("/close CRV long 50%")
    await phone.press("Close 100")
    number = phone.house.listener.events[-1][0]
    assert f"Asked by user {ME}: close 100 of 200 long" in await phone.says(f"/why {number}")


async def test_why_of_what_was_no_order(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    for number, _ in phone.house.listener.events:
        assert (await phone.says(f"/why {number}")).startswith(f"#{number} · ")


@pytest.mark.parametrize("word", ["", " abc", " 0x1", " #", " -1", " ²", " 1.0"])
async def test_why_of_no_number(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert await phone.says(f"/why{word}") == "Which message? Every alert ends with its number: /why 1"


@pytest.mark.parametrize("word", ["0", "99", "9" * 4000])
async def test_why_of_an_unknown_number(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert await phone.says(f"/why {word}") == f"There is no event #{word[:20]}. The newest is #1."


# /lang


def described(phone: Phone) -> str:
    return str(next(row["description"] for row in phone.tg.menu() if row["command"] == "status"))


@pytest.mark.parametrize("word", ["zh", "ZH", "中文"])
async def test_lang_by_words(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert described(phone) == "All positions and their tiers"
    assert await phone.says(f"/lang {word}") == "已切换为中文。"
    assert described(phone) == "全部仓位和档位"
    await phone.restart()
    assert HAN.search(await phone.says("/status"))
    assert await phone.says("/lang English") == "I speak English with you now."
    assert described(phone) == "All positions and their tiers"


@pytest.mark.parametrize("word", ["/lang", "/lang xx", "/lang <b>"])
async def test_lang_by_buttons(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert await phone.says(word) == "Which language?"
    assert phone.buttons() == [["English", "中文"]]
    assert await phone.press("中文") == "已切换为中文。"
    assert phone.toast == ""
    assert described(phone) == "全部仓位和档位"
    assert phone.house.listener.of("language_chosen")[0].by == ME


async def test_alerts_speak_the_language_that_telegram_said_last(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh-hans")
    await phone.says("/status")
    await phone.restart()
    await phone.until(lambda: "已启动" in phone.alerts()[-1])


async def test_the_menu_is_published_in_both_languages(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert [row["command"] for row in phone.tg.menu()] == list(MENU)
    phone.tg.set_language("zh-hans")
    assert [row["command"] for row in phone.tg.menu()] == list(MENU)
    assert all(HAN.search(row["description"]) for row in phone.tg.menu())


# What is no command


async def test_an_unknown_command_suggests_the_nearest(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Did you mean /status?" in await phone.says("/statsu")
    assert "Did you mean /help?" in await phone.says("/zzzzzz")


async def test_plain_text_and_pictures_get_a_hint(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for words in ("hello", "你好"):
        assert (await phone.says(words)).startswith(f"I do not know “{words}”, and did nothing.")
        assert phone.buttons() == [["Positions", "Close"], ["Pause", "Help"]]


async def test_service_messages_get_no_answer(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.settle()
    said = phone.said()
    update = {
        "update_id": 9000,
        "message": {
            "message_id": 900,
            "date": int(phone.house.clock.now().timestamp()),
            "chat": {"id": ME, "type": "private"},
            "from": {"id": ME, "is_bot": False, "first_name": "You"},
            "message_auto_delete_timer_changed": {"message_auto_delete_time": 60},
        },
    }
    await phone.app.process_update(Update.de_json(update, phone.app.bot))
    assert phone.said() == said


@pytest.mark.parametrize("word", ["/status@tgtp_local_bot", "/STATUS", "/Status CRV", "/status   CRV  "])
async def test_forms_of_a_command(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    assert "CRV long" in await phone.says(word)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_nasty_words_are_shown_as_they_are_and_do_nothing(dial: Dial, language: str) -> None:
    phone = await dial(paper_leg(), language=language)
    await phone.says("/status")
    before = (phone.house.folder / "ledger.json").read_bytes()
    forms = ["/status {}", "/close {}", "/close {} long", "/close CRV {}", "/close CRV long {}", "/close CRV long 5 {}"]
    forms += ["/close CRV long isolated {}", "/history {}", "/why {}", "/pause {}", "/resume {}", "/{}", "{}", "/lang {}"]
    for number, form in enumerate(forms):
        # Four words for each form, so that every word meets many forms; Telegram takes no more than 30 messages a second.
        for nasty in (NASTY * 2)[number % len(NASTY) :][:4]:
            answer = await phone.says(form.format(nasty))
            assert answer, (form, nasty)
            assert len(answer) < 1000, (form, nasty)
    assert (phone.house.folder / "ledger.json").read_bytes() == before
    assert phone.house.exchange.submitted == []
    # All of it was taken with its markup: nothing had to be sent a second time as plain text.
    assert all(call.get("parse_mode") == "HTML" for call in phone.wire.of("sendMessage"))


async def test_a_word_in_markup_is_shown_literally(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "no leg of <b>x</b>." in await phone.says("/close <b>x</b> long")
    assert "<i>sideways</i> is not a side" in await phone.says("/close CRV <i>sideways</i>")


async def test_a_handler_that_breaks_says_so_in_ones_language(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg(), language="zh")

    def broken(*_: Any) -> None:
        raise KeyError("planted")

    monkeypatch.setattr("tgtp.chat.commands.tiers.tiers_commands.rules_card", broken)
    assert "处理时出错（KeyError）" in await phone.says("/tiers")


# Adding to a leg: re-arm or keep


async def grown(dial: Dial) -> Phone:
    phone = await dial(paper_leg())
    house = phone.house
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.put_leg(paper_leg(contracts=200).replaced(adjusted_at=house.clock.now()))
    await house.check()
    await phone.until(lambda: len(phone.alerts()) == 3)
    assert phone.buttons() == [["Re-arm the tiers", "Keep as they are"]]
    return phone


async def test_rearm(dial: Dial) -> None:
    phone = await grown(dial)
    assert "all tiers may fire again" in await phone.press("Re-arm")
    assert phone.house.fired(CRV) == []
    assert phone.house.listener.of("leg_rearmed")[0].by == ME


async def test_keep(dial: Dial) -> None:
    phone = await grown(dial)
    assert "tiers stay as they are" in await phone.press("Keep")
    assert phone.house.fired(CRV) == [1]


@pytest.mark.parametrize("label", ["Re-arm", "Keep"])
async def test_a_double_tap_on_rearm_keeps_the_answer_of_the_first(dial: Dial, label: str) -> None:
    phone = await grown(dial)
    question = phone.messages()[-1]["message_id"]
    data = next(data for data in phone.data() if (label == "Re-arm") == data.startswith("ra:"))
    taken = len(phone.wire.of("answerCallbackQuery"))
    async with occupied(phone.house.checker):
        await phone.press(data, on=question, wait=False)
        await phone.press(data, on=question, wait=False)
        # Both are answered before the first is carried out.
        await phone.until(lambda: len(phone.wire.of("answerCallbackQuery")) == taken + 2)
    await phone.settle()
    answer = next(text for number, text in ((m["message_id"], m["text"]) for m in phone.messages()) if number == question)
    assert ("all tiers may fire again" if label == "Re-arm" else "stay as they are") in answer
    assert len(phone.house.listener.of("leg_rearmed")) == (label == "Re-arm")


async def test_rearm_of_a_leg_that_was_closed_meanwhile(dial: Dial) -> None:
    phone = await grown(dial)
    house = phone.house
    house.paper.drop_leg(CRV)
    house.paper.put_leg(paper_leg(opened_at=house.clock.now()))
    await house.check()
    assert await phone.press("Re-arm") == ""
    assert "the leg has changed since" in (phone.toast or "")
    assert house.listener.of("leg_rearmed") == []


async def test_rearm_works_again_after_a_full_disk(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await grown(dial)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert "Not done" in await phone.press("Re-arm")
    assert phone.house.fired(CRV) == [1]
    assert "all tiers may fire again" in await phone.press("Re-arm")
    assert phone.house.fired(CRV) == []


async def test_a_button_of_no_kind_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    for data in ("", "x", "lg:xx", "lg:", "zz:1"):
        assert await phone.press(data, on=phone.messages()[-1]["message_id"]) == ""
        assert "older message" in (phone.toast or "")


@pytest.mark.parametrize(("status", "more"), [(429, {"parameters": {"retry_after": 0}}), (502, {})])
async def test_an_answer_survives_a_flood_or_a_hiccup(dial: Dial, status: int, more: dict[str, Any]) -> None:
    phone = await dial(paper_leg())
    phone.tg.fail_next("sendMessage", status, "Too Many Requests: retry after 0" if more else "Bad Gateway", **more)
    await phone.says("/pause")
    await phone.until(lambda: any("Paused" in text for text in phone.texts()))
    assert sum("Paused" in text for text in phone.texts()) == 1


async def test_the_menu_is_published_in_the_end(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    phone.wire.calls.clear()
    phone.tg.fail_next("setMyCommands", 429, "Too Many Requests: retry after 0", parameters={"retry_after": 0})
    phone.tg.fail_next("setMyDescription", 502, "Bad Gateway")
    monkeypatch.setattr(runner_module, "FIRST_MENU_WAIT", 0.01)
    await phone.side._publish()
    menus = phone.wire.of("setMyCommands")
    assert [menu.get("language_code") for menu in menus][-2:] == [None, "zh"]
    assert phone.wire.of("setMyDescription")[-1]["language_code"] == "zh"


async def test_health_says_how_the_program_is_doing(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=20)
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=7)
    await phone.house.check(4)
    answer = await phone.says("/health")
    assert "Last check 10 s ago, every 10 s" in answer
    # The first two checks failed in all their three tries, the third check in its first.
    assert "24 checks, 2 failed; 7 reads of the account failed" in answer
    assert "0 orders whose outcome is unknown" in answer
    phone.house.clock.forward(3700)
    assert "0 checks, 0 failed; 0 reads" in await phone.says("/health")
    await phone.says("/lang zh")
    assert "已运行" in await phone.says("/health")


@pytest.mark.parametrize("words", ["／ｓｔａｔｕｓ　ｃｒｖ", "、status CRV", "／STATUS crv"])
async def test_the_slash_of_a_chinese_keyboard_begins_a_command(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    answer = await phone.says(words)
    assert "CRV long" in answer
    assert "STX" not in answer


async def test_a_word_that_is_glued_to_such_a_command_resumes_nothing(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.says("／resume，CRV")
    assert phone.house.ledger.pauses()
