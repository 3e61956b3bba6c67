"""A document of the monitoring page as the server would send it, made up: the same one for the same numbers."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

Record = dict[str, Any]
Document = dict[str, dict[str, Any]]

NAMES = """
BTC ETH SOL STX CRO CRV APT LINK DOT UNI TON FIL AAVE XLM NEAR CFX TAO BCH ADA AVAX ATOM LTC ETC ARB OP SUI SEI INJ
TIA DYDX PEPE WIF BONK DOGE SHIB GALA SAND MANA AXS IMX LDO ENS GMX SNX COMP MKR RUNE KAVA EGLD FLOW
"""
COINS = NAMES.split()
# What is done about one leg in many.
CODES = {1: "small", 2: "paused", 3: "doubted", 4: "unreadable", 5: "off"}
# Threshold and share of a tier, as the ladders of the rules have them.
LADDERS = {"long": ((0.25, 0.3), (0.35, 0.5), (0.5, 0.5)), "short": ((0.35, 0.3), (0.45, 0.5), (0.55, 0.5))}
SAID = {
    "en": {
        "waiting": "waits for {tier}", "done": "all tiers fired", "small": "margin below 1 U", "paused": "paused by hand",
        "doubted": "price jumped: not believed yet", "unreadable": "leverage missing", "off": "ladder switched off",
        "running": "Running", "some_paused": "Running, 1 leg paused", "refused": "OKX refuses the key",
        "hedge": "the short leg loses: 40 contracts above base", "both": "both win: nothing to do",
        "fired": "Tier {tier} closed {contracts} contracts of {coin} {side}", "closed": "{coin} {side} was closed",
        "started": "Started, version 0.2.0", "next": "close 12 U above the target",
    },
    "zh": {
        "waiting": "等待 {tier}", "done": "各档均已触发", "small": "保证金低于 1 U", "paused": "已手动暂停",
        "doubted": "价格跳变，待确认", "unreadable": "缺少杠杆倍数", "off": "止盈档位已关闭",
        "running": "运行中", "some_paused": "运行中，1 个仓位已暂停", "refused": "OKX 拒绝该密钥",
        "hedge": "空单亏损：高于底仓 40 张", "both": "双向均盈利，无需操作",
        "fired": "{coin} {side} 第 {tier} 档平仓 {contracts} 张", "closed": "{coin} {side} 已平仓",
        "started": "已启动，版本 0.2.0", "next": "平掉高于目标的 12 U",
    },
}  # fmt: skip


def iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def decimal(number: float) -> str:
    """Write a number with the digits that an exchange gives it."""
    places = max(0, 5 - len(str(int(abs(number)))) if abs(number) >= 1 else 6)
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class MadeDocument:
    """The document of some legs in two accounts, which moves when it is told to; ``change`` gives the patch of each move."""

    def __init__(
        self, legs: int = 60, *, language: str = "en", seed: int = 1, accounts: tuple[str, ...] = ("main", "alpha")
    ) -> None:
        self.language = language
        self.said = SAID[language]
        self.random = random.Random(seed)
        self.now = dt.datetime.now(dt.UTC)
        self.accounts = accounts
        self.events = 0
        self.document: Document = {
            "meta": {"one": self._meta()},
            "marks": {},
            "legs": {},
            "pairs": {},
            "accounts": {},
            "upkeep": {},
            "buckets": {},
            "events": {},
            "health": self._health(),
        }
        for number in range(legs):
            self._add_leg(number)
        self._add_pairs()
        for account in accounts:
            self.document["accounts"][account] = self._account(account)
            counts = [max(0, self.random.randint(-1, 1) + legs // 16) for _ in range(8)]
            self.document["buckets"][account] = {"at": iso(self.now - dt.timedelta(hours=1)), "counts": counts}
        self._add_events(min(40, 3 + legs))

    def move(self, share: float = 1.0) -> Document:
        """Move the marks of so many of the coins; gives the patch."""
        self.now = dt.datetime.now(dt.UTC)
        marks = self.document["marks"]
        moved = {
            name: decimal(float(mark) * (1 + self.random.gauss(0, 0.001)))
            for name, mark in marks.items()
            if self.random.random() < share
        }
        checked = {name: {"at": iso(self.now), "checked_at": iso(self.now)} for name in self.accounts}
        return self.change({"marks": moved, "meta": {"one": {"at": iso(self.now)}}, "accounts": checked})

    def fire(self, key: str) -> Document:
        """Have the next tier of a leg fire; gives the patch, with its event."""
        leg = self.document["legs"][key]
        tiers = [dict(tier) for tier in leg["tiers"]]
        fired = next(tier for tier in tiers if tier["status"] in ("next", "resting"))
        fired.update(status="fired", stage="fired", at=iso(self.now), size=None)
        for tier in tiers:
            if tier["status"] == "waiting":
                tier["status"] = "next"
                break
        left = float(leg["contracts"]) - float(fired["contracts"])
        state = self._state("waiting" if any(tier["status"] == "next" for tier in tiers) else "done", tiers)
        event = self._event(
            "tier_filled", leg, self._say("fired", leg, tier=fired["number"], contracts=fired["contracts"]), "tier"
        )
        return self.change({"legs": {key: {"tiers": tiers, "contracts": decimal(left), "state": state}}, "events": event})

    def close(self, key: str) -> Document:
        """Have a leg go; gives the patch, with its event."""
        leg = self.document["legs"][key]
        event = self._event("leg_gone", leg, self._say("closed", leg), "positions")
        upkeep = {key: None} if key in self.document["upkeep"] else {}
        return self.change({"legs": {key: None}, "upkeep": upkeep, "events": event})

    def refused(self, line: str, *, group: str = "one order") -> Record:
        """Have the exchange refuse an order once more; gives the section of it."""
        found = self._event("order_rejected", None, line, "danger")
        for event in found.values():
            event["group"] = group
        return found

    def change(self, patch: Document) -> Document:
        """Take a patch into the document, as the page does."""
        for name, records in patch.items():
            section = self.document.setdefault(name, {})
            for key, value in records.items():
                if value is None:
                    section.pop(key, None)
                elif isinstance(value, dict) and isinstance(section.get(key), dict):
                    section[key] = {
                        field: one for field, one in {**section[key], **value}.items() if one is not None or field not in value
                    }
                else:
                    section[key] = value
        return patch

    def key_of(self, code: str) -> str:
        """Return the first leg with this code."""
        return next(key for key, leg in self.document["legs"].items() if leg["code"] == code)

    def _meta(self) -> Record:
        return {
            "run": "made",
            "version": "0.2.0",
            "exchange": "paper",
            "interval": 10,
            "timezone": "Asia/Shanghai",
            "started_at": iso(self.now - dt.timedelta(hours=31)),
            "at": iso(self.now),
            "min_margin": "1",
            "chat": True,
            "several": len(self.accounts) > 1,
        }

    def _add_leg(self, number: int) -> None:
        coin = COINS[number // 2 % len(COINS)] + ("" if number < 2 * len(COINS) else str(number // (2 * len(COINS))))
        side = "long" if number % 2 == 0 else "short"
        if number % 5 == 4:
            side = "short" if side == "long" else "long"
        mode = "isolated" if number % 4 == 3 else "cross"
        account = self.accounts[1 if number % 6 == 5 and len(self.accounts) > 1 else 0]
        instrument = f"{coin}-USDT-SWAP"
        key = f"{account}|{instrument}_{side}" + ("_isolated" if mode == "isolated" else "")
        if key in self.document["legs"]:
            mode = "cross" if mode == "isolated" else "isolated"
            key = f"{account}|{instrument}_{side}" + ("_isolated" if mode == "isolated" else "")
        rng = self.random
        mark = float(self.document["marks"].get(instrument, decimal(10 ** rng.uniform(-2, 4.5))))
        self.document["marks"][instrument] = decimal(mark)
        sign, leverage = (1 if side == "long" else -1), rng.choice((3, 5, 10, 10, 20))
        roi = rng.gauss(0.12, 0.28)
        entry = mark / (1 + sign * roi / leverage)
        size = rng.choice((0.01, 0.1, 1, 1, 10))
        contracts = max(1, round(rng.uniform(20, 900) * leverage / (mark * size)))
        code = (
            ("waiting", "small", "paused", "doubted", "unreadable", "off")[number % 29 if number % 29 < 6 else 0]
            if number
            else "waiting"
        )
        tiers = self._tiers(side, sign, entry, leverage, contracts, roi, code, rests=number % 7 == 3)
        if code == "waiting" and not any(tier["status"] in ("next", "resting") for tier in tiers):
            code = "done"
        margin = decimal(contracts * size * entry / leverage) if mode == "isolated" else None
        self.document["legs"][key] = {
            "account": account,
            "instrument": instrument,
            "coin": coin,
            "side": side,
            "mode": mode,
            "contracts": str(contracts),
            "contract_size": str(size),
            "lot": "1",
            "tick": decimal(mark / 10000),
            "entry": decimal(entry),
            "leverage": str(leverage),
            "margin": margin,
            "exchange_roi": None,
            "roi_low": f"{min(roi, rng.gauss(-0.1, 0.1)):.6f}",
            "roi_high": f"{max(roi, rng.gauss(0.3, 0.1)):.6f}",
            "realised": f"{rng.gauss(6, 9):.4f}",
            "fees": f"{rng.uniform(0, 2):.4f}",
            "funding": f"{rng.gauss(0, 1):.4f}",
            "break_even": decimal(entry * (1 + sign * 0.001)),
            "liquidation": decimal(entry * (1 - sign * 0.9 / leverage)),
            "opened_at": iso(self.now - dt.timedelta(hours=rng.uniform(1, 400))),
            "state": self._state(code, tiers),
            "code": code,
            "others": 1 if number % 11 == 5 else 0,
            "guards": None,
            "tiers": tiers,
        }
        if account != self.accounts[0]:
            self.document["upkeep"][key] = {
                "account": account,
                "count": number % 4,
                "of": 3,
                "target_notional": "100",
                "target_margin": "10",
                "next": self.said["next"],
                "waits": 240,
            }

    def _tiers(
        self, side: str, sign: int, entry: float, leverage: int, contracts: float, roi: float, code: str, *, rests: bool
    ) -> list[Record]:
        tiers: list[Record] = []
        held, has_next = float(contracts), False
        for number, (threshold, share) in enumerate(LADDERS[side], start=1):
            closes = int(held * share)
            fired = roi >= threshold and code == "waiting"
            status = "fired" if fired else "off" if code in ("off", "small") else "dust" if not closes else "waiting"
            if status == "waiting" and not has_next:
                status, has_next = "resting" if rests else "next", True
            tiers.append(
                {
                    "number": number,
                    "threshold": str(threshold),
                    "price": decimal(entry * (1 + sign * threshold / leverage)),
                    "share": str(share),
                    "contracts": str(closes),
                    "status": status,
                    "stage": "small" if code == "small" else status,
                    "at": iso(self.now - dt.timedelta(hours=3)) if fired else None,
                    "size": str(closes) if status == "resting" else None,
                }
            )
            held -= closes
        return tiers

    def _state(self, code: str, tiers: list[Record]) -> str:
        coming = next((tier for tier in tiers if tier["status"] in ("next", "resting")), None)
        tier = "" if coming is None else f"{float(coming['threshold']) * 100:g}%"
        return self.said[code].replace("{tier}", tier)

    def _add_pairs(self) -> None:
        together: dict[str, list[str]] = {}
        for key, leg in self.document["legs"].items():
            together.setdefault(f"{leg['account']}|{leg['instrument']}", []).append(key)
        for name, keys in together.items():
            legs = [self.document["legs"][key] for key in keys]
            if len({leg["side"] for leg in legs}) < 2:
                continue
            net = sum((1 if leg["side"] == "long" else -1) * float(leg["contracts"]) for leg in legs)
            self.document["pairs"][name] = {
                "account": legs[0]["account"],
                "instrument": legs[0]["instrument"],
                "legs": keys,
                "net_contracts": decimal(net),
                "net_coins": decimal(net * float(legs[0]["contract_size"])),
                "break_even": legs[0]["break_even"],
                "realised": "3.2",
                "bases": [{"leg": key, "contracts": "2", "margin": "1.01", "above": "40", "can_close": True} for key in keys],
                "hedge": self.said["hedge" if len(name) % 2 else "both"],
                "code": "due" if len(name) % 2 else "idle",
            }

    def _account(self, name: str) -> Record:
        main = name == self.accounts[0]
        return {
            "state": self.said["running" if main else "some_paused"],
            "code": "running" if main else "some_paused",
            "equity": "4821.53" if main else "312.08",
            "available": "3122.9" if main else "201.4",
            "today": {
                "realised": "38.42" if main else "-2.10",
                "fees": "1.93",
                "orders": 7,
                "equity_before": "4760.10" if main else "315.20",
            },
            "drawdown": {"fraction": "0.034", "peak": "4991.2", "warn": "0.1", "limit": "0.2", "text": "3.4%"}
            if main
            else None,
            "pauses": [],
            "sub": not main,
            "at": iso(self.now),
            "checked_at": iso(self.now),
            "duration": 0.31,
            "failed": 0,
            "failure": None,
            "unreadable": 0,
        }

    def _health(self) -> Record:
        checks = {"checks": 360, "failed": 1, "failed_reads": 3, "median": 0.21, "p95": 0.44, "longest": 1.9, "interval": 10}
        found: Record = {f"check:{name}": {**checks, "last_at": iso(self.now)} for name in self.accounts}
        for name in self.accounts:
            found[f"reads:{name}:positions"] = {"used": 2, "limit": 10, "seconds": 2}
        found["outbox"] = {"messages": 0, "orders": 0}
        found["process"] = {
            "memory": 148_000_000,
            "running_for": 111600,
            "versions": {"tgtp": "0.2.0", "ccxt": "4.5.1", "python": "3.11.9"},
        }
        found["clock"] = {"skew": 0.04}
        return found

    def _say(self, what: str, leg: Record, **values: Any) -> str:
        side = leg["side"] if self.language == "en" else {"long": "多单", "short": "空单"}[leg["side"]]
        return self.said[what].format(coin=leg["coin"], side=side, **values)

    def _event(self, kind: str, leg: Record | None, line: str, level: str, *, ago: float = 0) -> Record:
        self.events += 1
        key = next((key for key, one in self.document["legs"].items() if one is leg), None)
        return {
            str(self.events): {
                "at": iso(self.now - dt.timedelta(minutes=ago)),
                "account": leg["account"] if leg else self.accounts[0],
                "kind": kind,
                "leg": key,
                "coin": leg["coin"] if leg else None,
                "line": line,
                "level": level,
            }
        }

    def _add_events(self, count: int) -> None:
        legs = list(self.document["legs"].values())
        self.change({"events": self._event("started", None, self.said["started"], "system", ago=60 * 31)})
        for number in range(count if legs else 0):
            leg = legs[number % len(legs)]
            line = self._say("fired", leg, tier=1 + number % 3, contracts=leg["tiers"][0]["contracts"])
            self.change({"events": self._event("tier_filled", leg, line, "tier", ago=17 * (count - number))})
