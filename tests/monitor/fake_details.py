"""What the views of pairs, accounts, events and health show, made up so that each of their cases is there to see."""

from __future__ import annotations

import datetime as dt

from tests.monitor.made_document import Document, MadeDocument, Record, iso

READS = {
    "positions": (4, 10, 2),
    "balance": (4, 10, 2),
    "orders-algo-pending": (9, 20, 2),
    "order": (12, 60, 2),
    "fills-history": (1, 10, 2),
    "instruments": (17, 20, 2),
}
SAID = {
    "en": {
        "pause": "STX-USDT-SWAP long: paused by user 7 since 09:12",
        "stream": "prices come too late: 1.90 s old in the middle, at most 0.40 s",
        "drawdown": "Drawdown 12.40% of the peak 4,991.20 U; at 10% it warns, at 20% it pauses everything",
        "hedge_filled": "⚖️ {coin}: hedge closed 40 contracts, realised -3.12 U",
        "order_rejected": "🚨 {coin} long: OKX refuses the order: 51008, insufficient balance",
        "leg_grew": "➕ {coin} long: 100 → 140 contracts, added to",
        "paused": "⏸ user 7 paused {coin}",
        "trim": "close 12 contracts above the target",
        "in_band": "nothing",
    },
    "zh": {
        "pause": "STX-USDT-SWAP 多单：用户 7 已暂停，自 09:12",
        "stream": "价格推送过慢：中位数 1.90 秒，上限 0.40 秒",
        "drawdown": "回撤 12.40%，高点 4,991.20 U；10% 时提醒，20% 时全部暂停",
        "hedge_filled": "⚖️ {coin}：对冲平仓 40 张，已实现 -3.12 U",
        "order_rejected": "🚨 {coin} 多单：OKX 拒绝订单：51008，余额不足",
        "leg_grew": "➕ {coin} 多单：加仓，100 → 140 张",
        "paused": "⏸ 用户 7 暂停了 {coin}",
        "trim": "平掉超出目标的 12 张",
        "in_band": "无",
    },
}
LEVELS = {"hedge_filled": "hedge", "order_rejected": "danger", "leg_grew": "positions", "paused": "people"}


def furnished(made: MadeDocument) -> MadeDocument:
    """Give a made document what these views can show besides the least of it."""
    made.change({"health": _health(made), "accounts": _accounts(made), "upkeep": _upkeep(made), "events": _events(made)})
    return made


def trouble(made: MadeDocument) -> Document:
    """Have things go wrong: the stream too late, reads near their limit, checks that fail; gives the patch."""
    main = made.accounts[0]
    stream = {**_stream(), "trouble": "late", "median_age": "1.9", "text": SAID[made.language]["stream"]}
    return made.change(
        {
            "health": {
                f"stream:{main}": stream,
                f"reads:{main}:positions": {"used": 9, "limit": 10, "seconds": 2},
                "outbox": {"messages": 31, "orders": 2},
                "clock": {"skew": "-6.2"},
            },
            "accounts": {main: {"failed": 3, "failure": "OKX: 50001, Service temporarily unavailable"}},
        }
    )


def _health(made: MadeDocument) -> Record:
    found: Record = {}
    for account in made.accounts:
        found |= {
            f"reads:{account}:{name}": {"used": used, "limit": limit, "seconds": seconds}
            for name, (used, limit, seconds) in READS.items()
        }
        found[f"stream:{account}"] = _stream()
    return found


def _stream() -> Record:
    return {
        "trouble": None,
        "text": None,
        "median_age": "0.11",
        "limit": "0.4",
        "fired": 14,
        "missed": 2,
        "missed_ages": ["0.52", "0.61"],
        "obstacles": ["prices came too late: 3", "the leg had changed since the last check: 1"],
    }


def _accounts(made: MadeDocument) -> Record:
    said = SAID[made.language]
    main, *subs = made.accounts
    fall = {"fraction": "0.124", "peak": "4991.2", "warn": "0.1", "limit": "0.2", "red": False, "text": said["drawdown"]}
    return {main: {"drawdown": fall}} | {sub: {"pauses": [said["pause"]]} for sub in subs}


def _upkeep(made: MadeDocument) -> Record:
    said, found = SAID[made.language], {}
    for place, key in enumerate(made.document["upkeep"]):
        target = (("100", "10"), ("100", "10"), ("200", "20"), ("200", "20"))[place % 4]
        steps = place % 3 == 0
        found[key] = {
            "count": place % 4,
            "target_notional": target[0],
            "target_margin": target[1],
            "next": said["trim" if steps else "in_band"],
            "next_at": iso(made.now + dt.timedelta(seconds=200)) if steps else None,
        }
        # Near its target, as maintenance leaves it.
        leg = made.document["legs"][key]
        mark = float(made.document["marks"][leg["instrument"]])
        held = float(target[0]) * (1.12 if steps else 1.01) / mark / float(leg["contract_size"])
        margin = None if leg["margin"] is None else target[1]
        made.change({"legs": {key: {"contracts": f"{held:.6f}", "lot": "0.000001", "leverage": "10", "margin": margin}}})
    return found


def _events(made: MadeDocument) -> Record:
    legs = [leg for leg in made.document["legs"].values() if leg["side"] == "long"] or [None]
    found: Record = {}
    for place, (kind, level) in enumerate(LEVELS.items()):
        leg = legs[place % len(legs)]
        line = SAID[made.language][kind].format(coin=leg["coin"] if leg else "STX")
        number = str(len(made.document["events"]) + place + 1)
        found[number] = {
            "at": iso(made.now - dt.timedelta(minutes=9 - 2 * place)),
            "account": leg["account"] if leg else made.accounts[0],
            "kind": kind,
            "leg": next((key for key, one in made.document["legs"].items() if one is leg), None),
            "coin": leg["coin"] if leg else None,
            "line": line,
            "level": level,
        }
    # The next event of the document goes on from here.
    made.events += len(found)
    return found
