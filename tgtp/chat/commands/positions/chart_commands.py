"""Pictures of a price and of the equity: what goes onto them, and the commands that ask for them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from telegram import Update

from tgtp.chat.charts.model import EquityChart, FillMark, LineKind, PriceChart, PriceLine, Theme
from tgtp.chat.commands.close import close_view
from tgtp.chat.commands.context import Context, Handler, Press, Reception
from tgtp.chat.events.one_line import Setting
from tgtp.chat.formatting.numbers import leg_name, money, percent, side, when
from tgtp.chat.messages.message import Button, Message, answer
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.drawdown import deepest_drawdown
from tgtp.domain.event_totals import FilledEvent, source_of
from tgtp.domain.life import Life
from tgtp.domain.model import Candle, Instrument, Leg, LegKey, Sample
from tgtp.domain.sizing import price_at_roi
from tgtp.engine.manual.actions import Desk
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

DAY = dt.timedelta(days=1)
# Since entry; but what the last days did must still be seen.
LONGEST_SPAN = dt.timedelta(days=30)
USUAL_DAYS = 30
MOST_DAYS = 365
# Of each leg, where several are on one picture.
FEW_TIERS = 3
THEMES: dict[str, Theme] = {"light": "light", "浅色": "light", "dark": "dark", "深色": "dark"}


def price_chart(
    setting: Setting,
    legs: Sequence[Leg],
    lives: Mapping[LegKey, Life],
    candles: Sequence[Candle],
    fills: Iterable[FilledEvent],
) -> PriceChart:
    """Put one leg, or several of one instrument, on a picture. ``candles`` oldest first, at least one.

    ``fills`` may be those of any leg and life: the others are left out.
    """
    language, first = setting.language, legs[0]
    title = leg_name(language, first.key) if len(legs) == 1 else first.instrument.instrument_id
    lines = [_line(plain(language, "chart.mark"), first.mark_price, "mark", first.instrument)]
    for leg in legs:
        lines += _lines(setting, leg, lives.get(leg.key), legs)
    held = {(leg.key, leg.opened_at) for leg in legs}
    marks = tuple(
        FillMark(fill.order.updated_at, fill.order.average_price, source_of(fill))
        for fill in fills
        if (fill.intent.leg, fill.intent.opened_at) in held and fill.order.average_price is not None
    )
    return PriceChart(title, tuple(candles), tuple(lines), marks, setting.look)


def _lines(setting: Setting, leg: Leg, life: Life | None, legs: Sequence[Leg]) -> list[PriceLine]:
    language, instrument = setting.language, leg.instrument
    of = "" if len(legs) == 1 else f"{_short_name(language, leg, legs)} "
    fired = life.fired_numbers if life is not None and life.is_of(leg) else frozenset()
    lines = [_line(of + plain(language, "chart.entry"), leg.entry_price, "entry", instrument)]
    tiers = setting.rules.ladder_of(leg.key).tiers
    if len(legs) > 1:
        # Several ladders at once can only be read by what is next.
        tiers = tuple(tier for tier in tiers if tier.number not in fired)[:FEW_TIERS]
    for tier in tiers:
        reached = price_at_roi(leg, tier.threshold)
        if reached is not None:
            label = of + plain(language, "chart.tier", tier=tier.number, threshold=percent(tier.threshold))
            lines.append(_line(label, reached, "fired" if tier.number in fired else "tier", instrument))
    if leg.liquidation_price is not None:
        lines.append(_line(of + plain(language, "chart.liquidation"), leg.liquidation_price, "liquidation", instrument))
    if leg.break_even_price is not None and len(legs) == 1:
        lines.append(_line(plain(language, "chart.break_even"), leg.break_even_price, "break_even", instrument))
    return lines


def _line(label: str, price: Decimal, kind: LineKind, instrument: Instrument) -> PriceLine:
    # One digit finer than what the exchange trades in; averages have any number of them.
    return PriceLine(label, round(price, max(0, 1 - instrument.tick_size.adjusted())), kind)


def _short_name(language: Language, leg: Leg, legs: Sequence[Leg]) -> str:
    name = side(language, leg.position_side)
    if sum(other.position_side is leg.position_side for other in legs) > 1:
        name += f" {plain(language, f'mode.{leg.margin_mode.value}')}"
    return name


async def read_fills(reception: Reception, legs: Sequence[Leg]) -> list[FilledEvent]:
    """Read the orders that have filled since the oldest of these legs was opened, at most so far back as pictures go."""
    since = max(min(leg.opened_at for leg in legs), reception.clock.now() - LONGEST_SPAN)
    events = await asyncio.to_thread(reception.checker.journal.ledger.since, since)
    return [event for _, event in events if isinstance(event, FilledEvent)]


async def gather(
    reception: Reception, setting: Setting, legs: Sequence[Leg], fills: Sequence[FilledEvent] | None = None
) -> PriceChart | None:
    """Read what belongs on the picture of one leg, or of several of one instrument: the last day, or all since the entry.

    ``fills`` are read where the asker has not read them. None where the exchange gives no prices. Takes as long as the exchange
    and the disk do.
    """
    checker, now = reception.checker, reception.clock.now()
    since = max(min(*(leg.opened_at for leg in legs), now - DAY), now - LONGEST_SPAN)
    try:
        candles = await checker.mark_candles(legs[0].instrument.instrument_id, since)
    except ExchangeProblem as exc:
        log.warning("the prices for a picture could not be read: %s", exc)
        return None
    if not candles:
        return None
    if fills is None:
        fills = await read_fills(reception, legs)
    return price_chart(setting, legs, checker.journal.ledger.lives(), candles, fills)


def chart_view(setting: Setting, legs: Sequence[Leg], picture: PriceChart | None) -> Message:
    """Show the picture of these legs, with how they stand; without one, say so."""
    language = setting.language
    if picture is None:
        return Message(say(language, "chart.none", coin=legs[0].instrument.coin))
    rows = [
        say(
            language,
            "chart.row",
            leg=leg_name(language, leg.key),
            roi=percent(leg.roi, signed=True),
            pnl=money(leg.unrealised_pnl, signed=True),
        )
        for leg in legs
    ]
    return Message(Html("\n".join(rows)), picture=picture)


def equity_view(setting: Setting, days: int, samples: Sequence[Sample]) -> Message:
    """Show the equity of so many days. ``samples`` oldest first; with fewer than two there is nothing to draw."""
    language = setting.language
    span = plain(language, "equity.day") if days == 1 else plain(language, "equity.days", days=days)
    if len(samples) < 2:
        return Message(say(language, "equity.none", span=span))
    first, last, deepest = samples[0].equity, samples[-1].equity, deepest_drawdown(samples)
    change = money(last - first, signed=True)
    if first > 0:
        change += f" ({percent((last - first) / first, signed=True)})"
    since = when(samples[0].at)
    rows = [say(language, "equity.view", equity=money(last), since=since, change=change)]
    if deepest.fraction > 0:
        rows.append(say(language, "equity.deepest", fraction=percent(-deepest.fraction, signed=True), when=when(deepest.at)))
    return Message(
        Html("\n".join(rows)), picture=EquityChart(plain(language, "equity.title", span=span), tuple(samples), setting.look)
    )


def theme_view(setting: Setting) -> Message:
    """Say how pictures are drawn, and offer both ways."""
    language = setting.language
    buttons = tuple(Button(plain(language, f"theme.button.{theme}"), f"th:{theme}") for theme in ("light", "dark"))
    return Message(say(language, f"theme.is.{setting.theme}"), (buttons,))


class Pictures:
    """Answers /chart and /equity in one account."""

    slow: frozenset[str] = frozenset({"chart", "equity"})

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command."""
        return {"chart": self.chart, "equity": self.equity}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button."""
        return {}

    async def chart(self, update: Update, context: Context) -> None:
        """Draw the price of a coin, with what hangs on it."""
        reception = self._reception
        setting, outlook = reception.setting(update), reception.outlook()
        if outlook is None:
            await reception.reply(update, context, reception.unseen(setting))
            return
        words = context.args or []
        if not words:
            raise close_view.Unclear(say(setting.language, "chart.which"))
        legs, rest = close_view.named_legs(setting, words, outlook.snapshot, "chart")
        if rest:
            raise close_view.Unclear(say(setting.language, "chart.which"))
        await reception.work(update, context)
        picture = await gather(reception, setting, legs)
        await reception.reply(update, context, chart_view(setting, legs, picture))

    async def equity(self, update: Update, context: Context) -> None:
        """Draw the equity of the last days."""
        reception = self._reception
        setting, outlook = reception.setting(update), reception.outlook()
        word = " ".join(context.args or [str(USUAL_DAYS)])
        days = int(word) if word.isdecimal() and len(word) <= len(str(MOST_DAYS)) else 0
        if not 1 <= days <= MOST_DAYS:
            raise close_view.Unclear(say(setting.language, "equity.form", word=word[:40], most=MOST_DAYS))
        await reception.work(update, context)
        samples = await asyncio.to_thread(reception.checker.diary.since, reception.clock.now() - days * DAY)
        # The diary takes a sample every few minutes; what was seen since then is the newest.
        if outlook is not None and outlook.snapshot.equity is not None:
            seen = Sample(at=outlook.snapshot.taken_at, equity=outlook.snapshot.equity)
            if not samples or seen.at > samples[-1].at:
                samples = [*samples, seen]
        # A year of samples takes a while to go through.
        message = await asyncio.to_thread(equity_view, setting, days, samples)
        await reception.reply(update, context, message)


class Themes:
    """Answers /theme: each person has their own, in all accounts."""

    slow: frozenset[str] = frozenset()

    def __init__(self, reception: Reception, desk: Desk) -> None:
        self._reception = reception
        self._desk = desk

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command."""
        return {"theme": self.theme}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button."""
        return {"th": self._press_theme}

    async def theme(self, update: Update, context: Context) -> None:
        """Choose how pictures are drawn."""
        words = context.args or []
        if not words:
            await self._reception.reply(update, context, theme_view(self._reception.setting(update)))
            return
        chosen = THEMES.get(" ".join(words).lower())
        if chosen is None:
            raise close_view.Unclear(say(self._reception.setting(update).language, "theme.form"))
        await self._choose(update, context, chosen)

    async def _press_theme(self, update: Update, context: Context, rest: str) -> None:
        if rest in THEMES:
            await self._choose(update, context, THEMES[rest])
        elif update.callback_query is not None:
            words = plain(self._reception.setting(update).language, "button.old", command="theme")
            await answer(update.callback_query, words)

    async def _choose(self, update: Update, context: Context, theme: Theme) -> None:
        user = update.effective_user
        if user is not None and self._reception.setting(update).theme != theme:
            self._desk.keep_wish("theme", f"theme:{user.id}", theme, user.id)
        await self._reception.reply(update, context, theme_view(self._reception.setting(update)))
