"""Every view of the chat by name, as it is with so many legs; None where there is no such view of so many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import get_args

from tests.chat.golden.example_account import NOW, World
from tests.chat.golden.guard_views import FIRED, GUARD_CARDS, GUARD_VIEWS
from tests.fixtures.every_event import EVENTS, TROUBLE
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.commands.close import close_view
from tgtp.chat.commands.help import TOPICS, help_command
from tgtp.chat.commands.history import history_view
from tgtp.chat.commands.history.health_view import Depths, Running, health
from tgtp.chat.commands.overview import accounts_view, panel_view
from tgtp.chat.commands.positions import chart_commands, leg_card, pair_card, status_view
from tgtp.chat.commands.positions.status_view import Place
from tgtp.chat.commands.preferences import language_view, notify_view, theme
from tgtp.chat.commands.tiers import change_view, editor, rearm_view, rows, rules_view
from tgtp.chat.commands.tiers.parse import Give, whose_name
from tgtp.chat.commands.upkeep import upkeep_cards
from tgtp.chat.events import report
from tgtp.chat.events.alert import alert
from tgtp.chat.events.explanation import why
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.messages.account_tags import addressed, headed
from tgtp.chat.messages.message import Message
from tgtp.chat.state import upkeep_row
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.chat.state.today_totals import SoFar
from tgtp.chat.texts import say
from tgtp.domain.event_totals import total
from tgtp.domain.events import Route
from tgtp.domain.examples import leg as example
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, PositionSide
from tgtp.domain.notifications.levels import NotificationPreferences, QuietHours
from tgtp.domain.plan import ALL
from tgtp.domain.report import AccountTakings, LegTakings, Report, Takings
from tgtp.domain.stream.state import OBSTACLES, StreamCause, StreamState
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, MaintenanceRefusal, draft
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.monitoring.equity_sampling import Extremes
from tgtp.engine.monitoring.metrics import Health
from tgtp.engine.rulebook import LadderChange, Whose
from tgtp.engine.upkeep.scheduler import UpkeepStatus
from tgtp.errors import Problem

Shown = Message | Sequence[Message] | None
View = Callable[[World], Shown]

EARLY = Ladder.parse("20:30,40:50")
STREAM = StreamState(None, None, 0.12, 0.4, 3, 2, (0.41, 1.2), dict.fromkeys(OBSTACLES, 2))
ASKED = rows.CardFrame("lc:n0nce123:y:again", "lc:n0nce123:n:again", 60)


def _overview(outlook: Outlook, old: float, today: SoFar | None = None) -> AccountOverview:
    return AccountOverview("main", outlook, old, frozenset(outlook.situation.paused), NOW, today=today)


def _panel(world: World) -> Shown:
    takings = Takings(tier="31.5", hedge="-4.25", fees="0.61", orders=world.count)
    return panel_view.panel(world.reader, [_overview(world.outlook, 4, SoFar(takings, Decimal("12300.5")))], "okx")


def _panel_blind(world: World) -> Shown:
    return panel_view.panel(world.reader, [_overview(world.blind, 42)], "okx")


def _leg(world: World) -> Shown:
    if not world.legs:
        return None
    leg = world.legs[0]
    told = leg_card.LegFigures(
        Extremes(leg.opened_at, Decimal("0.2931"), Decimal("-0.0412")), Takings(tier="7.8", hand="1.2", fees="0.1", orders=2)
    )
    return leg_card.leg_card(world.reader, world.outlook, leg, told, world.picture(leg))


def _pair(world: World) -> Shown:
    legs = world.legs[:2]
    return pair_card.pair_card(world.reader, world.outlook, legs, world.picture(*legs)) if len(legs) == 2 else None


def _tiers(world: World, page: int = 1) -> Shown:
    return rules_view.rules_card(world.reader, frozenset(), [rules_view.Seen("main", world.outlook, world.lives)], page)


def _tiers_coin(world: World) -> Shown:
    changed = frozenset({Whose("CRV-USDT-SWAP", PositionSide.LONG)})
    own = {"CRV-USDT-SWAP long": EARLY}
    reader = world.reader._replace(rules=world.reader.rules.replaced(own=own))
    return rules_view.coin_card(reader, "CRV-USDT-SWAP", changed, [rules_view.Seen("main", world.outlook, world.lives)])


def _tiers_ask(world: World) -> Shown:
    rules, whose = world.reader.rules, Whose("", PositionSide.LONG)
    change = LadderChange({whose: EARLY}, {whose: rules.long}, {whose: EARLY})
    give = Give({whose: EARLY}, whose_name(world.reader, whose))
    return change_view.change_card(world.reader, give, change, rules.replaced(long=EARLY), world.outlook, ASKED)


def _tiers_edit(world: World) -> Shown:
    rules, whose = world.reader.rules, Whose("", PositionSide.SHORT)
    draft = editor.LadderDraft.of(whose, 7, rules.short)
    changed = editor.pressed(draft, "t1-")
    assert isinstance(changed, editor.LadderDraft)
    after = rules.replaced(short=changed.ladder)
    return editor.editor(world.reader, changed, "n0nce123", world.outlook, after, is_changed=True)


def _rearm(world: World) -> Shown:
    if not world.legs:
        return None
    leg = world.legs[0]
    return rearm_view.rearm_card(world.reader, leg, world.lives[leg.key], world.outlook, ASKED)


def _close_pick(world: World) -> Shown:
    return close_view.picker(world.reader, world.snapshot, world.marks)


def _close_how(world: World) -> Shown:
    return close_view.how_much(world.reader, world.legs[0], world.marks[world.legs[0].key]) if world.legs else None


def _close_ask(world: World) -> Shown:
    if not world.legs:
        return None
    left_out = close_view.left_out(world.reader, world.snapshot)
    orders = [CloseOrder(leg, leg.contracts) for leg in world.legs]
    return close_view.card(world.reader, orders, "n0nce123", 60, [left_out] if left_out else [])


def _report(world: World) -> Shown:
    first = NOW.replace(hour=0, minute=0) - dt.timedelta(days=7)
    found = [LegTakings(leg=leg.key, realised=9 - number) for number, leg in enumerate(world.legs[:2])]
    made = Report(
        period="week",
        since=first - dt.timedelta(days=1),
        until=first + dt.timedelta(days=6),
        zone="UTC",
        equity="12345.678" if world.count else None,
        equity_before="12000" if world.count else None,
        takings=total(world.days),
        funding="-0.31" if world.count > 1 else None,
        best=found[0] if found else None,
        worst=found[-1] if len(found) > 1 else None,
        failures=world.count // 2,
        uptime="0.9986",
        days=world.days,
    )
    return report.report(world.reader, made, report.ReportRequest("week", last=True))


def _seen(world: World) -> list[AccountOverview]:
    """Two accounts with so many legs each, and where there are many, a third that is not seen."""
    today = SoFar(Takings(tier="31.5", fees="0.61", orders=world.count), Decimal("12300.5"))
    main = AccountOverview("main", world.outlook, 4, frozenset(), NOW - dt.timedelta(seconds=4), today=today)
    outlook = world.outlook._replace(situation=world.situation._replace(account="alpha", paused=frozenset({ALL})))
    if world.count == 2:
        # Its drawdown guard has acted.
        outlook = outlook._replace(drawdown=FIRED)
    alpha = main._replace(account="alpha", outlook=outlook, paused=frozenset({ALL}))
    beta = AccountOverview("beta", None, 0, frozenset(), NOW - dt.timedelta(seconds=9), Problem("problem.keys"), refused=True)
    return [main, alpha, beta] if world.count > 2 else [main, alpha]


def _accounts_report(world: World) -> Shown:
    legs = world.legs[:1]
    first = NOW.replace(hour=0, minute=0)
    made = Report(
        period="day",
        since=first - dt.timedelta(days=1),
        until=first,
        zone="UTC",
        equity="24691.36",
        equity_before="24000",
        takings=total(world.days),
        best=LegTakings(leg=legs[0].key, realised=9, account="alpha") if legs else None,
        uptime="0.9986",
        days=world.days,
        accounts=(
            AccountTakings(account="main", equity="12345.678", equity_before="12000", **dict(total(world.days))),
            AccountTakings(account="alpha", equity="12345.678"),
        ),
    )
    return report.report(world.reader, made)


def _accounts_close(world: World) -> Shown:
    if not world.legs:
        return None
    only = say(world.reader.language, "close.only.here", account="alpha", other="main", words="all")
    orders = [CloseOrder(leg, leg.contracts) for leg in world.legs]
    return _of_alpha(close_view.card(world.reader, orders, "n0nce123", 60, [only]))


def _accounts_ladders(world: World) -> Shown:
    rules, whose = world.reader.rules, Whose("", PositionSide.LONG)
    change = LadderChange({whose: EARLY}, {whose: rules.long}, {whose: EARLY})
    give, after = Give({whose: EARLY}, whose_name(world.reader, whose)), rules.replaced(long=EARLY)
    beside = {one.account: one.outlook for one in _seen(world)[1:]}
    return change_view.change_card(world.reader, give, change, after, world.outlook, ASKED, beside)


def _of_alpha(message: Message) -> Message:
    return headed(addressed(message, "alpha"), "alpha", ("main", "alpha"))


def _pnl(world: World) -> Shown:
    return report.pnl(world.reader, world.days) if world.count else None


def _losing(world: World) -> list[Leg]:
    """Isolated legs of a sub-account: one that loses, one with too much margin, one that its leverage keeps from its target."""
    names = [leg.instrument.instrument_id for leg in world.legs]
    margins = ("10", "20.29", "25", "10.2")
    return [
        example(
            name,
            contracts=(20, 20, 26, 20)[number % 4],
            roi=("-12", "1", "2", "-3")[number % 4],
            leverage=(10, 10, 5, 10)[number % 4],
            margin_mode="isolated",
            initial_margin=margins[number % 4],
        )
        for number, name in enumerate(dict.fromkeys(names))
    ]


def _maintain_ask(world: World) -> Shown:
    for leg in _losing(world)[:1]:
        plan = draft(leg, UpkeepRules(), 1, None, Decimal(812), NOW)
        assert isinstance(plan, MaintenanceDraft)
        return upkeep_cards.maintain_card(world.reader, leg, plan, "n0nce123", 60)
    return None


def _maintain_pick(world: World) -> Shown:
    return upkeep_cards.which(world.reader, _losing(world), "alpha")


def _maintain_no(world: World) -> Shown:
    refusal = MaintenanceRefusal(why="poor", missing="3.2", needed="103.21")
    return [upkeep_cards.refused(world.reader, leg, refusal, 1) for leg in _losing(world)[:1]] or None


def _correct_ask(world: World) -> Shown:
    target = UpkeepRules().target(0)
    rows = upkeep_cards.correction_rows(world.reader, [(leg, target) for leg in _losing(world)], Decimal(812))
    return upkeep_cards.correct_card(world.reader, rows, "n0nce123", 60)


def _status_sub(world: World) -> Shown:
    legs, target = _losing(world), UpkeepRules().target(0)
    outlook = world.outlook._replace(
        snapshot=world.snapshot.replaced(legs=tuple(legs), unwatched=()),
        situation=world.outlook.situation._replace(lives={leg.key: Life.begun(leg) for leg in legs}),
    )
    rows = {
        leg.key: upkeep_row.row(
            world.reader,
            leg,
            UpkeepStatus(number % 4, target, maintaining=number == 7, correcting=number == 1),
            Decimal(812),
            (None, 190.0)[number % 2],
        )
        for number, leg in enumerate(legs)
    }
    return status_view.status(world.reader, outlook, beneath=rows)


def _chart(world: World) -> Shown:
    legs = world.legs[:2]
    return chart_commands.chart_view(world.reader, legs, world.picture(*legs)) if legs else None


# By the number of legs, days or events.
VIEWS: dict[str, View] = {
    "status": lambda world: status_view.status(world.reader, world.outlook),
    "status-blind": lambda world: status_view.status(world.reader, world.blind, Place(2)),
    "status-anchors": lambda world: (
        status_view.status(world.reader, world.outlook, Place(opened=True)) if world.count > 2 else None
    ),
    "status-coin": lambda world: status_view.status(world.reader, world.outlook, Place(coin="CRV")),
    "panel": _panel,
    "panel-blind": _panel_blind,
    "leg": _leg,
    "pair": _pair,
    "pairs": lambda world: pair_card.pairs_page(world.reader, world.outlook),
    **GUARD_VIEWS,
    "tiers": _tiers,
    "tiers-coin": _tiers_coin,
    "tiers-ask": _tiers_ask,
    "tiers-edit": _tiers_edit,
    "rearm": _rearm,
    "maintain-pick": _maintain_pick,
    "maintain-ask": _maintain_ask,
    "maintain-no": _maintain_no,
    "correct-ask": _correct_ask,
    "status-sub": _status_sub,
    "close-pick": _close_pick,
    "close-how": _close_how,
    "close-ask": _close_ask,
    "history": lambda world: history_view.history(world.reader, world.events),
    "report": _report,
    "pnl": _pnl,
    "equity": lambda world: chart_commands.equity_view(world.reader, 7, world.samples),
    "chart": _chart,
    "accounts": lambda world: accounts_view.accounts(world.reader, _seen(world), "paper", NOW),
    "accounts-panel": lambda world: panel_view.panel(world.reader, _seen(world), "paper"),
    "accounts-status": lambda world: _of_alpha(status_view.status(world.reader, world.outlook)),
    "accounts-close": _accounts_close,
    "accounts-tiers": _accounts_ladders,
    "accounts-report": _accounts_report,
}


def _health(world: World, stream: StreamState | None = None) -> Shown:
    reading = Health(93_784, 360, 2, 7, NOW - dt.timedelta(seconds=4), 0.21, 0.64, 2.5)
    routes = (
        Route(side="okx", setting="OKX_PROXY_URL"),
        Route(side="telegram", proxy="socks5h://127.0.0.1:7890", setting="ALL_PROXY"),
    )
    running = Running(lambda: 142 * 2**20, {"tgtp": "0.1.0", "ccxt": "4.5"}, routes)
    return health(world.reader, reading, Depths(3, 1), dt.timedelta(seconds=-0.25), running, NOW, stream)


def _panel_streamed(world: World) -> Shown:
    """The panel of one account, and of two, in each trouble of the stream."""
    found: list[Message] = []
    for cause in get_args(StreamCause):
        trouble = TROUBLE.replaced(cause=cause)
        seen = _overview(world.outlook._replace(stream=STREAM._replace(trouble=trouble, told=trouble)), 4)
        # What is wrong with the prices is the main account's to tell.
        alpha = _overview(world.outlook if cause != "account" else seen.outlook or world.outlook, 4)._replace(account="alpha")
        found += [panel_view.panel(world.reader, each, "okx") for each in ([seen], [seen, alpha])]
    return found


def _notify(world: World) -> Shown:
    wish = NotificationPreferences(levels={"tier": "silent", "people": "off"}, quiet=QuietHours.parse("23-7"))
    return notify_view.notices(world.reader, wish), notify_view.quiet_hours(world.reader, wish, dt.time(9, 5))


# Whatever the number of legs.
OTHERS: dict[str, View] = {
    **GUARD_CARDS,
    "health": _health,
    "health-stream": lambda world: _health(world, STREAM),
    "health-stream-down": lambda world: _health(world, STREAM._replace(trouble=TROUBLE, median_age=None, missed_ages=())),
    "panel-stream": _panel_streamed,
    "notify": _notify,
    "theme": lambda world: theme.theme_view(world.reader),
    "language": lambda world: language_view.language_choice(world.reader.language),
    "help": lambda world: help_command(world.reader, COMMANDS),
    **{
        f"help-{topic.name}": partial(lambda name, world: help_command(world.reader, COMMANDS, name), topic.name)
        for topic in TOPICS
    },
    "alerts": lambda world: [alert(world.reader, number, event) for number, event in enumerate(EVENTS, start=101)],
    "why": lambda world: [Message(why(world.reader, number, event)) for number, event in enumerate(EVENTS, start=101)],
}
