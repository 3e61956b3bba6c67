"""One event of every kind, with every field filled."""

from __future__ import annotations

import datetime as dt
from typing import get_args

from tgtp.domain import events as e
from tgtp.domain.examples import leg
from tgtp.domain.life import Life
from tgtp.domain.model import Intent, Order, OrderStatus, PositionMode, Profile, Unwatched
from tgtp.domain.plan import basis_of
from tgtp.domain.price_checks import Doubt
from tgtp.domain.report import DayTakings, LegTakings, Report, Takings
from tgtp.domain.upkeep.maintenance import Draft, Maintenance, Refusal
from tgtp.domain.upkeep.rules import Target

AT = dt.datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=dt.UTC)
LEG = leg(roi="26.5", mark_price="1.10", lot_size="0.1", contract_size="10")
BASIS = basis_of(LEG, LEG.contracts, threshold=LEG.roi, share=LEG.roi, other_roi=-LEG.roi, base_contracts=LEG.contracts)
INTENT = Intent(
    client_order_id=Life.begun(LEG).order_name("main", "tier1"),
    leg=LEG.key,
    opened_at=LEG.opened_at,
    position_mode=LEG.position_mode,
    rule="tier",
    tag="tier1",
    tier=1,
    contracts="30.0",
    basis=BASIS,
    meant_at=AT,
    by=7,
    late_told=True,
)
ORDER = Order(
    client_order_id=INTENT.client_order_id,
    order_id="1234567890",
    status=OrderStatus.CANCELED,
    filled_contracts="30.0",
    average_price="1.1001",
    fee="-0.00012",
    realised_pnl="-1.5E-7",
    updated_at=AT,
    reason="换行\n\u2028 \"quotes\" 'more'",
)

DRAFT = Draft(
    leg=LEG.key,
    opened_at=AT,
    count=0,
    target=Target(margin="10"),
    buy="100",
    contracts="9",
    mark_price="1.1",
    buy_contracts="90.9",
    cut_contracts="90.8",
    needed="102.4",
    available="500",
    average_price="1.11",
    fees="1",
    realised_loss="0.9",
)
WORK = Maintenance(
    draft=DRAFT, begun_at=AT, entry_price="1.2", stage="bought", bought="90.9", fees="0.5", broken="51008", reason="x", by=7
)

EVENTS: list[e.Event] = [
    e.Started(
        at=AT,
        version="0.1.0",
        exchange="paper",
        profile=Profile(position_mode=PositionMode.NET, can_trade=True, can_withdraw=False, ip_bound=None, label="my 标签"),
        legs=22,
        small_legs=3,
        min_margin="1.00",
        unwatched=(Unwatched(name="BTC-USD-SWAP", reason="not_usdt", detail="x"),),
        paused=("*",),
        long_tiers="25:30",
        short_tiers="35:30",
        interval=10,
        missed_seconds=5,
        key_risks=("withdraw", "unbound"),
        readable_secrets=".env",
    ),
    e.Stopped(at=AT),
    e.ExchangeLost(at=AT, cause="down", detail="no answer"),
    e.ExchangeFound(at=AT, cause="broken", lost_at=AT),
    e.TradingForbidden(at=AT),
    e.TradingAllowed(at=AT),
    e.TierFilled(at=AT, intent=INTENT, order=ORDER, contracts_left="70.0", finished=False, fired=(1, 2), next_threshold="0.35"),
    e.HedgeFilled(at=AT, intent=INTENT, order=ORDER, contracts_left="0"),
    e.HandFilled(at=AT, intent=INTENT, order=ORDER, contracts_left="0"),
    e.OrderRejected(at=AT, intent=INTENT, code="51121", reason="lot", again_at=AT),
    e.OrderUnresolved(at=AT, intent=INTENT),
    e.OrderNotArrived(at=AT, intent=INTENT),
    e.TierIsDust(at=AT, leg=LEG.key, tier=1, threshold="0.25", share="0.3", basis=BASIS),
    e.WouldHaveClosed(at=AT, intent=INTENT),
    e.LegOpened(at=AT, leg=LEG.key, contracts="5", entry_price="1.1", initial_margin="0.99", reopened=True),
    e.LegGrew(at=AT, leg=LEG.key, opened_at=AT, generation=2, before="0", contracts="5", fired=(1,), rearmed=True),
    e.LegShrank(at=AT, leg=LEG.key, before="9", contracts="5"),
    e.LegGone(at=AT, leg=LEG.key, contracts="0", by_us=True),
    e.LegUnreadable(at=AT, leg=LEG.key, detail="x"),
    e.LegDoubted(
        at=AT, leg=LEG.key, doubt=Doubt(cause="jump", mark_price="1.5", last_mark="1.1", age="3", roi="0.1", exchange_roi="0.2")
    ),
    e.ClockSkewed(at=AT, ahead="-2.5"),
    e.LookedAway(at=AT, seconds=3600),
    e.NotWatched(at=AT, rows=(Unwatched(name="BTC-USD-SWAP", reason="not_usdt"),)),
    e.LegRearmed(at=AT, leg=LEG.key, by=7),
    e.Paused(at=AT, name="*", by=7),
    e.Resumed(at=AT, name="CRV-USDT-SWAP", by=7),
    e.LadderChanged(
        at=AT,
        instrument_id="CRV-USDT-SWAP",
        position_side="long",
        before="25:30",
        after="20:30,40:50",
        default=False,
        by=7,
    ),
    e.WishChanged(at=AT, name="notify", value="tier silent", by=7),
    e.LiquidationNear(
        at=AT,
        leg=LEG.key,
        opened_at=AT,
        mark_price="1.1",
        roi="-0.8",
        liquidation_price="1.0",
        distance="0.09",
        margin_ratio="1.5",
    ),
    e.ReportDue(
        at=AT,
        report=Report(
            period="week",
            since=AT,
            until=AT,
            zone="Asia/Shanghai",
            equity="1012.5",
            equity_before="1000",
            takings=Takings(tier="10", hedge="-2.5", hand="1", fees="0.3", orders=7),
            funding="-0.12",
            best=LegTakings(leg=LEG.key, realised="5"),
            worst=LegTakings(leg=LEG.key, realised="-3"),
            failures="2",
            uptime="0.998",
            days=(DayTakings(day=AT.date(), tier="10", hedge="-2.5", hand="1", fees="0.3", orders=7),),
        ),
    ),
    e.CloseAsked(at=AT, legs=(LEG.key, LEG.key), contracts=("5", "0.1"), by=7),
    e.LanguageChosen(at=AT, language="zh", by=7),
    e.OwnerPaired(at=AT, by=7, name="张三"),
    e.TelegramConflict(at=AT),
    e.KeyRisk(at=AT, label="my 标签", risks=("withdraw", "unbound")),
    e.KeyRiskAcknowledged(at=AT, label="", risks=("unbound",), by=7),
    e.StrangersTurnedAway(at=AT, since=AT, people=2, crowd=True, tries=17, ids=(666, 667)),
    e.LegacyClose(
        at=AT,
        closed_at=AT,
        instrument_id="CRV-USDT-SWAP",
        side="long",
        profit="0.26",
        share="0.3",
        reason="第1档",
        fingerprint="ab",
    ),
    e.UpkeepFilled(at=AT, intent=INTENT.replaced(rule="buy", tag="m1buy"), order=ORDER, contracts_left="9"),
    e.UpkeepAsked(at=AT, what="correction", legs=(LEG.key,), by=7),
    e.MaintenanceBegun(at=AT, work=WORK, roi="-0.12"),
    e.MaintenanceDone(
        at=AT,
        leg=LEG.key,
        work=WORK,
        count=1,
        contracts="9.1",
        margin="10.01",
        notional="100.1",
        entry_before="1.2",
        entry_price="1.11",
    ),
    e.MaintenanceBroken(at=AT, leg=LEG.key, work=WORK, why="51008", reason="Insufficient"),
    e.MaintenanceHeldBack(
        at=AT,
        leg=LEG.key,
        count=1,
        roi="-0.12",
        refusal=Refusal(why="poor", missing="3.2", needed="103.2", again_at=AT),
    ),
    e.LegSinking(at=AT, leg=LEG.key, count=3, roi="-0.21", margin="20"),
    e.MarginMoved(at=AT, leg=LEG.key, amount="-5", before="20.29", after="15.29"),
    e.MarginNotMoved(at=AT, leg=LEG.key, amount="-5", margin="20.29", code="59301", reason="exceeds"),
    e.Corrected(
        at=AT,
        leg=LEG.key,
        target=Target(margin="10"),
        trimmed="3",
        steps=2,
        margin_before="20.29",
        margin="10.29",
        contracts="9.1",
        by=7,
    ),
    e.CorrectionStuck(
        at=AT,
        leg=LEG.key,
        target=Target(margin="10"),
        why="unreachable",
        contracts="2",
        margin="12",
        notional="119.5",
        leverage="10",
        least="11.95",
        missing="1",
        code="59301",
        reason="exceeds",
        by=7,
    ),
]

KINDS = {kind.model_fields["kind"].default for kind in get_args(get_args(e.Event)[0])}
