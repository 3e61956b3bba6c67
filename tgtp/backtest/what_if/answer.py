"""Answers what legs of the past would have come to: fetches their minutes, walks each of them, and adds up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tgtp.adapters.clock import SystemClock
from tgtp.adapters.okx.archive.pages import SHORT_PAUSES, OkxArchive
from tgtp.adapters.okx.exchange import okx_client
from tgtp.adapters.okx.market_data import read_instruments
from tgtp.backtest.job import Rates
from tgtp.backtest.what_if.minutes import MOST_MINUTES, Span, fetch_hours, fetch_minutes, span_of, together
from tgtp.backtest.what_if.touches import Watched, estimate, watched
from tgtp.backtest.what_if.walking import IN_FORCE, MOST_MISSING, Coin, Come, Held, Variant, variants, walked
from tgtp.domain.liquidation.position_tiers import PositionTiers
from tgtp.domain.model import Instrument, MarginMode
from tgtp.engine.ports import LegSums, MissedTouches, OneLeg, PastLeg, WhatIfOutcome, WhatIfRequest, WhyLeftOut
from tgtp.settings.environment import Settings
from tgtp.settings.network import read_network

# Says how far a stage is, from 0 to 1.
Heard = Callable[[str, float], None]
REAL = "real"
NOTHING = MissedTouches(minutes=0, of=0, touches=0, missed=0)


class Result(NamedTuple):
    """What one leg has come to under one set of rules."""

    leg: PastLeg
    come: Come


def what_if(request: WhatIfRequest, settings: Settings, heard: Heard) -> WhatIfOutcome:
    """Fetch and walk what is asked for. Raises CannotStart, TemporarilyDown, AccessRefused."""
    return asyncio.run(_WhatIf(request, settings, heard).answer())


class _WhatIf:
    def __init__(self, request: WhatIfRequest, settings: Settings, heard: Heard) -> None:
        self._request, self._heard = request, heard
        self._folder = settings.data_dir / "history"
        self._client = okx_client(url=settings.okx_api_url, ws_url="", demo=False, network=read_network(settings))
        self._archive = OkxArchive(self._client, SystemClock(), SHORT_PAUSES)
        self._left_out: Counter[WhyLeftOut] = Counter()
        self._rules = request.rules.scaled_by({})

    async def answer(self) -> WhatIfOutcome:
        try:
            coins = await self._coins()
            results, touches = await asyncio.to_thread(self._walk, coins)
            touched = NOTHING
            if touches:
                touched = await estimate(
                    self._archive, touches, self._request.interval, lambda done: self._heard("seconds", done)
                )
        finally:
            await self._client.close()
        held = [one for coin in coins for one in coin.held]
        rows = [_real([one.leg for one in held])] if held else []
        rows += [_sums(variant.name, found) for variant, found in results if found]
        return WhatIfOutcome(
            rows=tuple(rows),
            legs=len(held),
            still_open=sum(one.leg.is_open for one in held),
            bars=sum(len(one.bars.opened_ms) for one in held),
            left_out=dict(self._left_out),
            touched=touched,
        )

    def _wanted(self) -> Mapping[str, list[tuple[PastLeg, Span]]]:
        """Return the legs whose minutes one run can read, by instrument; the newest come first."""
        found: dict[str, list[tuple[PastLeg, Span]]] = {}
        minutes = Counter[str]()
        for leg in self._request.legs:
            name, span = leg.leg.instrument_id, span_of(leg)
            if span is None:
                self._left_out["short"] += 1
                continue
            spans = together([span, *(other for _, other in found.get(name, []))])
            of_coin = sum(one.minutes for one in spans)
            if minutes.total() - minutes[name] + of_coin > MOST_MINUTES:
                self._left_out["bound"] += 1
                continue
            minutes[name] = of_coin
            found.setdefault(name, []).append((leg, span))
        return found

    async def _coins(self) -> list[Coin]:
        wanted = self._wanted()
        instruments = await read_instruments(self._client) if wanted else {}
        total = sum(span.minutes for legs in wanted.values() for span in together(span for _, span in legs))
        coins, before = list[Coin](), 0
        for name, legs in wanted.items():
            spans = together(span for _, span in legs)

            def fetched(done: int, _: int, before: int = before) -> None:
                self._heard("history", (before + done) / total)

            coins += await self._coin(instruments.get(name), legs, spans, fetched)
            before += sum(span.minutes for span in spans)
        return coins

    async def _coin(
        self,
        instrument: Instrument | None,
        legs: list[tuple[PastLeg, Span]],
        spans: tuple[Span, ...],
        fetched: Callable[[int, int], None],
    ) -> list[Coin]:
        """Read all that is needed of one coin; none, where none of its legs can be walked."""
        bars = None
        if instrument is not None:
            bars = await fetch_minutes(self._archive, instrument.instrument_id, self._folder, spans, fetched)
        if instrument is None or bars is None:
            self._left_out["bars"] += len(legs)
            return []
        settled = await self._archive.funding(instrument.instrument_id, spans[0].first_ms)
        rates: Rates = tuple((at, Decimal(rate)) for at, rate in sorted(settled.items()))
        tiers: dict[MarginMode, PositionTiers] = {}
        held = list[Held]()
        for leg, span in legs:
            own = bars.between(span.first_ms, span.end_ms)
            missing = span.minutes - len(own.opened_ms)
            if not len(own.opened_ms) or missing * 100 > MOST_MISSING * span.minutes:
                self._left_out["bars"] += 1
                continue
            mode = leg.leg.margin_mode
            if mode not in tiers:
                tiers[mode] = await self._archive.position_tiers(instrument.instrument_id, mode)
            one = Held(leg, instrument, own, tiers[mode].rate(leg.contracts), ())
            held.append(one._replace(rates=tuple((at, rate) for at, rate in rates if one.first_ms <= at < one.end_ms)))
        if not held:
            return []
        hours = None
        if not self._request.other:
            hours = await fetch_hours(self._archive, instrument.instrument_id, self._folder, spans)
        return [Coin(tuple(held), bars, rates, hours)]

    def _walk(self, coins: list[Coin]) -> tuple[list[tuple[Variant, list[Result]]], list[Watched]]:
        """Walk all legs; return what came of it, and what the ladder in force touched."""
        found = [(variant, list[Result]()) for variant in variants(self._rules, self._request.other)]
        touches = list[Watched]()
        groups = [group for coin in coins for group in coin.groups()]
        for number, group in enumerate(groups, start=1):
            for variant, results in found:
                come = walked(group, variant, self._request.interval, hedges=self._request.hedges)
                results.extend(map(Result, (one.leg for one in group.held), come))
                if variant.name == IN_FORCE:
                    touches += [
                        touch for one, of in zip(group.held, come, strict=True) for touch in watched(one, self._rules, of)
                    ]
            self._heard("walk", number / len(groups))
        return found, touches


def _real(legs: list[PastLeg]) -> LegSums:
    nets = [OneLeg(leg=leg.leg, opened_at=leg.opened_at, net=leg.net) for leg in legs]
    return LegSums(
        name=REAL,
        net=sum((leg.net for leg in legs), Decimal(0)),
        fees=sum((leg.fees for leg in legs), Decimal(0)),
        funding=sum((leg.funding for leg in legs), Decimal(0)),
        tiers=sum(leg.tiers for leg in legs),
        hedges=sum(leg.hedges for leg in legs),
        liquidated=sum(leg.liquidated for leg in legs),
        best=max(nets, key=lambda one: one.net),
        worst=min(nets, key=lambda one: one.net),
    )


def _sums(name: str, results: list[Result]) -> LegSums:
    nets = [OneLeg(leg=one.leg.leg, opened_at=one.leg.opened_at, net=one.come.net) for one in results]
    return LegSums(
        name=name,
        net=sum((one.net for one in nets), Decimal(0)),
        fees=sum((one.come.fees for one in results), Decimal(0)),
        funding=sum((one.come.funding for one in results), Decimal(0)),
        tiers=sum(one.come.count("tier") for one in results),
        hedges=sum(one.come.count("hedge") for one in results),
        liquidated=sum(one.come.count("liquidation") for one in results),
        best=max(nets, key=lambda one: one.net),
        worst=min(nets, key=lambda one: one.net),
    )
