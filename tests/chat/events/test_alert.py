"""Alerts: what each of them says where there are several accounts."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS, OTHERS
from tgtp.chat.events import one_line
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import COMMANDS_OF_MAIN
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain import events as ev

OF_MAIN = re.compile(rf"(?<![\w/])/(?:{'|'.join(COMMANDS_OF_MAIN)})\b(?! alpha\b)")
OF_ONE = [event.replaced(account="alpha") for event in (*EVENTS, *OTHERS) if event.kind not in one_line.OF_ALL]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", OF_ONE, ids=lambda event: event.kind)
def test_no_alert_of_an_account_names_a_command_that_means_main(event: ev.Event, language: Language) -> None:
    text = bare(alert(Reader(language, SEED_RULES, 10, tagged=True), 7, event).text)
    assert OF_MAIN.search(text) is None, text


# It is the instrument that is spoken of, or what is to be found at the exchange.
OF_INSTRUMENTS = ("foreign_orders", "instrument_ends", "unwatched_found", "started")
QUOTE = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", [*EVENTS, *OTHERS], ids=lambda event: event.kind)
def test_a_leg_goes_by_its_coin_wherever_it_is_told_and_by_its_instrument_in_the_log(
    event: ev.Event, language: Language
) -> None:
    reader = Reader(language, SEED_RULES, 10)
    told = alert(reader, 7, event).text
    for text in (QUOTE.sub("", told), one_line.line(reader, event)):
        assert "USDT-SWAP" not in text or event.kind in OF_INSTRUMENTS, text
    if "<blockquote expandable>" in told:
        assert "CRV-USDT-SWAP" in told
    if re.search(r"CRV (long|short|多单|空单)", one_line.line(reader, event)) and event.kind not in BY_SIDE:
        assert "CRV-USDT-SWAP" in one_line.line(reader._replace(whole=True), event)


# Of a coin, of whichever instrument.
BY_SIDE = ("ladder_changed", "guard_changed", "paused", "resumed")


@pytest.mark.parametrize(("seconds", "is_said"), [(-61, True), (-59, False), (5, False)])
def test_an_order_that_had_filled_before_it_was_meant_is_not_told_as_done_now(seconds: int, is_said: bool) -> None:
    filled = next(event for event in EVENTS if isinstance(event, ev.TierFilled))
    order = filled.order.replaced(updated_at=filled.intent.meant_at + dt.timedelta(seconds=seconds))
    told = bare(alert(Reader("en", SEED_RULES, 10), 7, filled.replaced(order=order)).text)
    assert ("Nothing was closed now" in told) is is_said
