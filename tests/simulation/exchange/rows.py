"""What OKX shows of an account: the rows of its replies. Numbers are strings, newer fields of every type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from tests.simulation.exchange.account import Account, Instrument, Leg, Order, Refused, Row

# Fields of a position row that never apply to a swap in futures mode; OKX sends them empty.
_INAPPLICABLE = (
    "baseBal baseBorrowed baseInterest bizRefId bizRefType clSpotInUseAmt deltaBS deltaPA gammaBS gammaPA hedgedPos "
    "interest liab liabCcy maxSpotInUseAmt nonSettleAvgPx optVal pendingCloseOrdLiabVal posCcy quoteBal quoteBorrowed "
    "quoteInterest settledPnl spotInUseAmt spotInUseCcy thetaBS thetaPA vegaBS vegaPA"
)

# What the numbers of a row become once the position is closed and is shown only because its instId was asked for.
_GONE = "availPos avgPx bePx imr liqPx margin mgnRatio mmr notionalUsd upl uplLastPx uplRatio uplRatioLastPx"


@lru_cache(1_000)
def text(value: Decimal) -> str:
    """Write a number as OKX does: plain digits, at most 16 after the point."""
    plain = format(round(value, 16), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in {"-0", ""} else plain


@lru_cache
def _named(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def empty(names: str) -> Row:
    """Give the fields that do not apply: OKX sends them as empty text."""
    return dict.fromkeys(_named(names), "")


def position_rows(account: Account, inst_type: str = "", inst_ids: str = "") -> list[Row]:
    """Rows of ``/account/positions``: newest life first; with an explicit instId also what is closed, at zero."""
    wanted = set(inst_ids.split(",")) if inst_ids else None
    shown: dict[str, Leg] = {}
    for leg in account.shown_lives():  # the latest life of a position id wins
        if leg.contracts or (wanted and leg.instrument.inst_id in wanted):
            shown.pop(leg.position_id, None)
            shown[leg.position_id] = leg
    newest = sorted(shown.values(), key=lambda leg: leg.opened_at_ms, reverse=True)
    upl = account.upl
    rows = [*(_position_row(account, leg, upl) for leg in newest), *(dict(row) for row in account.extra_rows)]
    return [row for row in rows if inst_type in ("", row.get("instType")) and (wanted is None or row.get("instId") in wanted)]


def _position_row(account: Account, leg: Leg, account_upl: Decimal) -> Row:
    instrument = leg.instrument
    mark = instrument.mark if instrument.frozen_mark is None else instrument.frozen_mark
    contracts = account.contracts_in_row(leg)
    last = mark if instrument.last is None else instrument.last
    isolated, net = leg.margin_mode == "isolated", account.position_mode == "net_mode"
    notional = instrument.worth(leg.contracts, mark)
    sign = 1 if leg.side == "long" else -1
    row = empty(_INAPPLICABLE)
    row |= {
        "adl": "1",
        "cTime": str(leg.opened_at_ms),
        "ccy": instrument.settle,
        "closeOrderAlgo": [
            {
                "algoId": f"{leg.position_id}{index}",
                "closeFraction": leg.closing_fraction,
                "slTriggerPx": "",
                "slTriggerPxType": "",
                "tpTriggerPx": text(leg.entry_price * (2 if sign > 0 else Decimal("0.5"))),
                "tpTriggerPxType": "last",
            }
            for index in range(leg.closing_orders)
        ],
        "fee": text(leg.fee),
        "fundingFee": text(leg.funding),
        "idxPx": text(mark),
        "instId": instrument.inst_id,
        "instType": "SWAP",
        "last": text(last),
        "lever": text(leg.leverage) if _gives_leverage(account, leg) else account.no_lever,
        "liqPenalty": text(leg.penalty),
        "markPx": text(mark),
        "mgnMode": leg.margin_mode,
        "pnl": text(leg.pnl),
        "pos": text(contracts * sign if net else contracts),
        "posId": leg.position_id,
        "posSide": "net" if net else leg.side,
        "realizedPnl": text(leg.pnl + leg.fee + leg.funding + leg.penalty),
        "tradeId": leg.position_id[-9:],
        "uTime": str(leg.adjusted_at_ms),
        "usdPx": text(account.usdt_usd) if account.shows_usd_price and instrument.settle == "USDT" else "",
    }
    if not leg.contracts:
        return row | empty(_GONE)
    upl, upl_last = leg.upl_at(mark), leg.upl_at(last)
    maintenance = notional * account.maintenance_rate
    cover = leg.margin + upl if isolated else account.cash + account_upl
    dollars = leg.contracts * instrument.contract_size if instrument.inverse else notional * account.usdt_usd
    return row | {
        "availPos": "" if net else text(contracts),
        "avgPx": text(leg.entry_price),
        "bePx": text(leg.entry_price * (1 + sign * account.fee_rate) / (1 - sign * account.fee_rate)),
        "imr": "" if isolated else text(_initial_margin(account, leg, notional)),
        "liqPx": _liquidation(account, leg) if isolated and not instrument.inverse else "",
        "margin": text(leg.margin) if isolated else "",
        "mgnRatio": text(cover / (maintenance + notional * account.fee_rate)),
        "mmr": text(maintenance),
        "notionalUsd": text(dollars),
        "upl": text(upl),
        "uplLastPx": text(upl_last),
        "uplRatio": text(upl / leg.entry_margin),
        "uplRatioLastPx": text(upl_last / leg.entry_margin),
    }


def _gives_leverage(account: Account, leg: Leg) -> bool:
    return leg.gives_leverage and not (account.level == "4" and leg.margin_mode == "cross")


def _initial_margin(account: Account, leg: Leg, notional: Decimal) -> Decimal:
    """Give ``imr`` of a cross leg: in portfolio margin that of all legs of its coin, which hedge each other."""
    if account.level != "4":
        return notional / leg.leverage
    unit = [other for other in account.legs.values() if other.instrument is leg.instrument and other.margin_mode == "cross"]
    net = sum((other.contracts * (1 if other.side == "long" else -1) for other in unit), Decimal(0))
    return leg.instrument.worth(abs(net), leg.instrument.mark) * account.maintenance_rate * Decimal("1.3")


def _liquidation(account: Account, leg: Leg) -> str:
    sign = 1 if leg.side == "long" else -1
    coins = leg.contracts * leg.instrument.contract_size
    bound = account.maintenance_rate + account.fee_rate
    price = (sign * leg.entry_price * coins - leg.margin) / (coins * (sign - bound))
    return text(price) if price > 0 else ""


def history_rows(account: Account) -> list[Row]:
    """Rows of ``/account/positions-history``: one per life that has closed something, the latest first.

    A row tells how its life was closed last, and no more than that; what came before is in its sums only.
    """
    known = [leg if account.has_lagged(leg.closed_at_ms, account.close_lag) else leg.before_close for leg in account.lives]
    lives = sorted((leg for leg in known if leg and leg.closed_contracts), key=lambda leg: -leg.closed_at_ms)
    realised = {id(leg): leg.pnl + leg.fee + leg.funding + leg.penalty for leg in lives}
    return [
        {
            "cTime": str(leg.opened_at_ms),
            "ccy": leg.instrument.settle,
            "closeAvgPx": text(leg.closed_worth / leg.closed_contracts),
            "closeTotalPos": text(leg.closed_contracts),
            "direction": leg.side,
            "fee": text(leg.fee),
            "fundingFee": text(leg.funding),
            "instId": leg.instrument.inst_id,
            "instType": "SWAP",
            "lever": text(leg.leverage) if _gives_leverage(account, leg) else "",
            "liqPenalty": text(leg.penalty),
            "mgnMode": leg.margin_mode,
            "nonSettleAvgPx": "",
            "openAvgPx": text(leg.entry_price),
            "openMaxPos": text(leg.most_contracts),
            "pnl": text(leg.pnl),
            "pnlRatio": text(realised[id(leg)] * leg.leverage / leg.instrument.worth(leg.closed_contracts, leg.entry_price)),
            "posId": leg.position_id,
            "posSide": "net" if account.position_mode == "net_mode" else leg.side,
            "realizedPnl": text(realised[id(leg)]),
            "settledPnl": "",
            "triggerPx": text(leg.instrument.mark) if leg.closed_how in ("3", "4", "5") else "",
            "type": leg.closed_how,
            "uTime": str(leg.closed_at_ms),
            "uly": leg.instrument.inst_id.removesuffix("-SWAP"),
        }
        for leg in lives
    ]


def instrument_rows(account: Account) -> list[Row]:
    """Rows of ``/public/instruments``."""
    return [_instrument_row(account.listed_instrument(one.inst_id)) for one in account.instruments.values() if one.listed]


def _instrument_row(instrument: Instrument) -> Row:
    base, quote, _ = instrument.inst_id.split("-")
    blank = empty("alias auctionEndTime baseCcy category contTdSwTime optType quoteCcy stk")
    largest = text(instrument.max_market_contracts)
    return blank | {
        "category": "1",
        "ctMult": "1",
        "ctType": "inverse" if instrument.inverse else "linear",
        "ctVal": text(instrument.contract_size),
        "ctValCcy": "USD" if instrument.inverse else base,
        "expTime": "" if instrument.ends_at_ms is None else str(instrument.ends_at_ms),
        "futureSettlement": False,
        "groupId": "1",
        "instFamily": f"{base}-{quote}",
        "instId": instrument.inst_id,
        "instIdCode": 10_000 + sum(instrument.inst_id.encode()),
        "instType": "SWAP",
        "lever": "50",
        "listTime": "1611916828000",
        "lotSz": text(instrument.lot_size),
        "maxIcebergSz": "100000000",
        "maxLmtAmt": "20000000",
        "maxLmtSz": "100000000",
        "maxMktAmt": "",
        "maxMktSz": largest,
        "maxStopSz": largest,
        "maxTriggerSz": "100000000",
        "maxTwapSz": "100000000",
        "minSz": text(instrument.min_contracts),
        "ruleType": "normal",
        "settleCcy": instrument.settle,
        "state": instrument.state,
        "tickSz": text(instrument.tick_size),
        "tradeQuoteCcyList": [],
        "uly": f"{base}-{quote}",
        "upcChg": [{"effTime": "1704876947000", "newValue": text(instrument.lot_size), "param": "lotSz"}],
    }


def announcement(title: str, begin_ms: int, end_ms: int | None, **more: str) -> Row:
    """Return a row of ``/system/status``: trading stands still from one moment to another."""
    return {
        "begin": str(begin_ms),
        "end": "" if end_ms is None else str(end_ms),
        "env": "1",
        "href": "",
        "maintType": "1",
        "preOpenBegin": "",
        "scheDesc": "",
        "serviceType": "5",
        "state": "scheduled",
        "system": "unified",
        "title": title,
        **more,
    }


def mark_rows(account: Account) -> list[Row]:
    """Rows of ``/public/mark-price``."""
    now = str(account.now_ms())
    return [
        {"instId": one.inst_id, "instType": "SWAP", "markPx": text(one.mark), "ts": now}
        for one in account.instruments.values()
        if one.listed
    ]


def funding_row(instrument: Instrument, now_ms: int) -> Row:
    """Return the row of ``/public/funding-rate``: what is charged at ``fundingTime``, the settlement that comes next."""
    every = instrument.funding_every_ms
    settles_at = (now_ms // every + 1) * every
    return {
        "formulaType": "withRate",
        "fundingRate": text(instrument.funding_rate),
        "fundingTime": str(settles_at),
        "impactValue": "20000",
        "instId": instrument.inst_id,
        "instType": "SWAP",
        "interestRate": "0.0001",
        "maxFundingRate": "0.015",
        "method": "current_period",
        "minFundingRate": "-0.015",
        "nextFundingRate": "",
        "nextFundingTime": str(settles_at + every),
        "premium": "-0.0003",
        "settFundingRate": "0.00007",
        "settState": "settled",
        "ts": str(now_ms),
    }


# Contracts up to which a maintenance rate holds, and the rate.
_POSITION_TIERS = (("2500", "0.004"), ("5000", "0.01"), ("40000", "0.02"))


def position_tier_rows(account: Account, asked: Mapping[str, str]) -> list[Row]:
    """Return the rows of ``/public/position-tiers``: those of one family and one margin mode, in no order."""
    family = asked.get("instFamily", "")
    if asked.get("instType") != "SWAP" or asked.get("tdMode") not in {"cross", "isolated"} or not family:
        raise Refused("50014", "Parameter instFamily can not be empty.")
    if f"{family}-SWAP" not in account.instruments:
        raise Refused("51001")
    lower = ["0", *(most for most, _ in _POSITION_TIERS)]
    return [
        {
            "baseMaxLoan": "",
            "imr": text(Decimal(rate) * 2),
            "instFamily": family,
            "instId": "",
            "maxLever": text(1 / (Decimal(rate) * 2)),
            "maxSz": most,
            "minSz": lower[number],
            "mmr": rate,
            "optMgnFactor": "0",
            "quoteMaxLoan": "",
            "tier": str(number + 1),
            "uly": family,
        }
        for number, (most, rate) in reversed(list(enumerate(_POSITION_TIERS)))
    ]


def order_row(account: Account, order: Order) -> Row:
    """Return the row of ``/trade/order``."""
    blank = empty(
        "attachAlgoClOrdId cancelSourceReason ccy px pxType pxUsd pxVol quickMgnType rebate "
        "slOrdPx slTriggerPx slTriggerPxType stpId stpMode tgtCcy tpOrdPx tpTriggerPx tpTriggerPxType "
        "tradeQuoteCcy"
    )
    return blank | {
        "accFillSz": text(order.filled),
        "algoClOrdId": "" if order.algo is None else order.algo.name,
        "algoId": "" if order.algo is None else order.algo.algo_id,
        "attachAlgoOrds": [],
        "avgPx": text(order.filled_value / order.filled) if order.filled else "",
        "cTime": str(order.created_at_ms),
        "cancelSource": "" if order.state != "canceled" else "14",
        "category": "normal",
        "clOrdId": order.client_order_id,
        "fee": text(order.fee),
        "feeCcy": order.instrument.settle,
        "fillPx": "" if order.last_price is None else text(order.last_price),
        "fillSz": text(order.last_contracts),
        "fillTime": "" if order.filled_at_ms is None else str(order.filled_at_ms),
        "instId": order.instrument.inst_id,
        "instType": "SWAP",
        "isTpLimit": "false",
        "lever": text(order.leverage),
        "linkedAlgoOrd": {"algoId": ""},
        "ordId": order.order_id,
        "ordType": order.order_type,
        "px": "" if order.limit is None else text(order.limit),
        "pnl": text(order.pnl),
        "posSide": order.pos_side,
        "rebateCcy": order.instrument.settle,
        "reduceOnly": "true" if order.reduce_only else "false",
        "side": order.side,
        "source": "" if order.algo is None else "7",
        "state": order.state,
        "sz": text(order.contracts),
        "tag": order.tag,
        "tdMode": order.margin_mode,
        "tradeId": "" if order.filled_at_ms is None else order.order_id[-9:],
        "uTime": str(order.updated_at_ms),
    }


def fill_rows(account: Account) -> list[Row]:
    """Rows of the trades that may be seen by now, the latest first."""
    net = account.position_mode == "net_mode"
    fills = sorted([*account.fills, *account.hand_fills], key=lambda fill: fill.at_ms)
    return [
        {
            "billId": f"{fill.order_id}{index}",
            "clOrdId": fill.client_order_id,
            "execType": "T",
            "fee": text(fill.fee),
            "feeCcy": account.instruments[fill.inst_id].settle,
            "feeRate": text(-account.fee_rate),
            "fillPnl": text(fill.pnl),
            "fillPx": text(fill.price),
            "fillSz": text(fill.contracts),
            "fillTime": str(fill.at_ms),
            "instId": fill.inst_id,
            "instType": "SWAP",
            "ordId": fill.order_id,
            "posSide": "net" if net else fill.pos_side,
            "side": fill.side,
            "subType": "",
            "tag": "",
            "tradeId": fill.order_id[-9:],
            "ts": str(fill.at_ms),
        }
        for index, fill in reversed(list(enumerate(fills)))
        if account.has_lagged(fill.at_ms, account.fill_lag)
    ]


def balance_row(account: Account) -> Row:
    """Return the row of ``/account/balance``."""
    now = str(account.now_ms())
    upl, available = account.upl, account.available
    # As in OKX's own example: ``eq`` is ``cashBal`` + ``upl`` + ``stgyEq`` to the last digit.
    held = account.cash + upl + account.bots
    # Rows of a test are of what the account holds besides; of them, expiry futures in USDT win and lose in it.
    held += sum((Decimal(row["upl"]) for row in account.extra_rows if row.get("instType") == "FUTURES"), Decimal(0))
    details = empty("borrowFroz crossLiab interest liab maxLoan mgnRatio twap uplLiab") | {
        "availBal": text(available),
        "availEq": text(available),
        "cashBal": text(account.cash),
        "ccy": "USDT",
        "disEq": text(held * account.usdt_usd),
        "eq": "" if account.shows_usdt is None else text(held * account.shows_usdt),
        "eqUsd": text(held * account.usdt_usd),
        "frozenBal": text(held - account.bots - available),
        "stgyEq": text(account.bots),
        "uTime": now,
        "upl": text(upl),
    }
    return empty("adjEq borrowFroz imr isoEq mgnRatio mmr notionalUsd ordFroz") | {
        "details": [details],
        "totalEq": text(account.equity),
        "uTime": now,
        "upl": text(upl),
    }


def config_row(account: Account) -> Row:
    """Return the row of ``/account/config``."""
    return {
        "acctLv": account.level,
        "acctStpMode": "cancel_maker",
        "autoLoan": False,
        "ctIsoMode": "automatic",
        "enableSpotBorrow": False,
        "greeksType": "PA",
        "ip": account.ip,
        "kycLv": "3",
        "label": account.label,
        "level": "Lv1",
        "levelTmp": "",
        "liquidationGear": "-1",
        "mainUid": account.main_uid or account.uid,
        "mgnIsoMode": "automatic",
        "opAuth": "0",
        "perm": account.permissions,
        "posMode": account.position_mode,
        "roleType": "0",
        "spotBorrowAutoRepay": False,
        "spotOffsetType": "",
        "spotRoleType": "0",
        "spotTraderInsts": [],
        "stgyType": "0",
        "traderInsts": [],
        "type": "0",
        "uid": account.uid,
    }
