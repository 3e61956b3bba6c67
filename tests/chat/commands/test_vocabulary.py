"""One word, one meaning, wherever it is written."""

from __future__ import annotations

import itertools
from decimal import Decimal

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.snapshots import snapshot
from tgtp.chat.commands.close.parse import CloseRequest, read_share, read_wish
from tgtp.chat.commands.preferences.notify_parse import read_hours, read_levels
from tgtp.chat.commands.tiers.parse import Give, Show, read_ladder_words
from tgtp.chat.commands.vocabulary import ALL_WORDS, DEFAULT_WORDS, KEEP_WORDS, MODES, OFF_WORDS, ON_WORDS, SIDES, THEMES
from tgtp.chat.formatting.half_width import half_width
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.examples import leg
from tgtp.domain.notifications.levels import GROUPS
from tgtp.engine.rulebook import Whose

READER = Reader("zh", SEED_RULES, 10)
LEGS = leg(), leg(side="short")
SEEN = snapshot(*LEGS)


def test_no_word_means_two_things() -> None:
    lists = (ALL_WORDS, DEFAULT_WORDS, KEEP_WORDS, MODES, OFF_WORDS, ON_WORDS, SIDES, THEMES)
    for some, others in itertools.combinations(lists, 2):
        assert set(some).isdisjoint(others)
    for word in itertools.chain(*lists):
        assert word == half_width(word).lower(), "it is compared with what is written so"


def test_every_list_is_understood_wherever_it_is_asked_for() -> None:
    for word in ALL_WORDS:
        assert read_wish(READER, [word], SEEN) == CloseRequest(None)
        assert read_share(READER, word, "CRV long") == 1
        assert read_ladder_words(READER, [word], SEEN, ()) == Show()
        assert read_levels(READER, [word, "off"]) == (GROUPS, "off")
    for word in KEEP_WORDS:
        assert read_share(READER, word, "CRV long") is None
    for word, side in SIDES.items():
        held = next(each for each in LEGS if each.position_side is side)
        assert read_wish(READER, [held.instrument.coin, word, "50%"], SEEN) == CloseRequest(held.key, Decimal("0.5"))
        gives = read_ladder_words(READER, [word, "default"], SEEN, {Whose("", side)})
        assert isinstance(gives, Give)
        assert gives.wanted == {Whose("", side): None}
    for word, mode in MODES.items():
        held = leg().replaced(margin_mode=mode)
        assert read_wish(READER, [held.instrument.coin, "long", word], snapshot(held)).key == held.key
    for word in DEFAULT_WORDS:
        assert isinstance(read_ladder_words(READER, ["long", word], SEEN, ()), Give)
    for word in OFF_WORDS:
        assert read_levels(READER, ["tier", word]) == (("tier",), "off")
        assert read_hours(READER, word) is None
    for word in ON_WORDS:
        assert read_levels(READER, ["tier", word]) == (("tier",), "on")
