"""Reports on the phone: what a day came to, by itself and when asked for; the days in a picture; everything as a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import Phone
from tgtp.chat.charts.model import TakingsChart
from tgtp.chat.events import csv_export
from tgtp.chat.events import report as report_view
from tgtp.chat.events.alert import alert
from tgtp.chat.events.report import ReportRequest
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import LONGEST_CAPTION, Message, bare
from tgtp.chat.outbox.batching import Delay, batches, late
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.events import EVENT, Event, ReportDue
from tgtp.domain.model import LegKey
from tgtp.domain.report import AccountTakings, DayTakings, GuardAct, GuardedLeg, LegTakings, Report, Takings, Worth, span_of
from tgtp.engine.reports.reporter import Reporter
from tgtp.local_telegram.bot_api.markup import parse_html, utf16_length

CRV = key()
STX = key("STX-USDT-SWAP", "short")
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
languages = pytest.mark.parametrize("language", LANGUAGES)


def reader(language: Language = "en") -> Reader:
    return Reader(language, SEED_RULES, 10, SHANGHAI)


def made(period: Any = "day", **changes: Any) -> Report:
    since, until = span_of(period, MONDAY, SHANGHAI)
    fields: dict[str, Any] = {
        "period": period,
        "since": since,
        "until": until,
        "zone": "Asia/Shanghai",
        "equity": "10012.5",
        "equity_before": "10000",
        "takings": Takings(tier="1210", hedge="-22.5", hand="1", fees="0.3", orders=7, tiers=3, hedges=1),
        "funding": "-0.12",
        "best": LegTakings(leg=CRV, realised="5"),
        "worst": LegTakings(leg=STX, realised="-3"),
        "failures": "2",
        "uptime": "0.9999",
        "days": days(14),
        **changes,
    }
    return Report(**fields)


def days(count: int, **each: Any) -> tuple[DayTakings, ...]:
    return tuple(DayTakings(day=MONDAY - (count - 1 - number) * DAY, **({"orders": 1} | each)) for number in range(count))


def shown(message: Message) -> list[str]:
    return bare(message.text).splitlines()


# What a report says


def test_a_report_in_english() -> None:
    assert shown(report_view.report(reader(), made())) == [
        "🗞 Daily report: +1,188.08 U after fees and funding · 3 tiers · 1 hedge · equity +12.50 U (+0.13%)",
        "Mon, Nov 23, 2026 · equity 10,012.50 U",
        "",
        "Realised +1,188.50 U",
        "+1,210.00  tiers",
        "   -22.50  hedge",
        "    +1.00  by hand",
        "    -0.30  fees",
        "    -0.12  funding",
        "+1,188.08  net",
        "",
        "Best: CRV long +5.00 U",
        "Worst: STX short -3.00 U",
        "",
        "Orders 7 · failures 2 · watched 99.9% of the time",
    ]


def test_a_report_in_chinese() -> None:
    assert shown(report_view.report(reader("zh"), made())) == [
        "🗞 日报：+1,188.08 U（已扣手续费、计入资金费） · 止盈 3 档 · 对冲 1 次 · 权益 +12.50 U（+0.13%）",
        "2026年11月23日周一 · 权益 10,012.50 U",
        "",
        "已实现 +1,188.50 U",
        "+1,210.00  止盈",
        "   -22.50  对冲",
        "    +1.00  手动",
        "    -0.30  手续费",
        "    -0.12  资金费",
        "+1,188.08  净额",
        "",
        "盈亏最高：CRV 多单 +5.00 U",
        "盈亏最低：STX 空单 -3.00 U",
        "",
        "成交 7 笔 · 失败 2 次 · 在线 99.9%",
    ]


@pytest.mark.parametrize(
    ("best", "worst", "told"),
    [
        ("5", "-3", ["Best: CRV long +5.00 U", "Worst: STX short -3.00 U"]),
        ("-1", "-3", ["Smallest loss: CRV long -1.00 U", "Worst: STX short -3.00 U"]),
        ("5", "3", ["Best: CRV long +5.00 U", "Smallest gain: STX short +3.00 U"]),
    ],
)
def test_what_lost_is_no_best_and_what_won_no_worst(best: str, worst: str, told: list[str]) -> None:
    legs = {"best": LegTakings(leg=CRV, realised=best), "worst": LegTakings(leg=STX, realised=worst)}
    rows = shown(report_view.report(reader(), made(**legs)))
    assert [row for row in rows if row.startswith(("Best", "Worst", "Smallest"))] == told


@pytest.mark.parametrize(
    ("nets", "told"),
    [
        (["1", "-2"], ["Best day: Nov 23, 2026 +1.00 U", "Worst day: Nov 24, 2026 -2.00 U"]),
        (["-2", "-0.26"], ["Smallest loss: Nov 24, 2026 -0.26 U", "Worst day: Nov 23, 2026 -2.00 U"]),
        (["2", "1"], ["Best day: Nov 23, 2026 +2.00 U", "Smallest gain: Nov 24, 2026 +1.00 U"]),
        (["2", "2"], []),
        (["-0.26"], ["The one day: Nov 24, 2026 -0.26 U"]),
    ],
)
def test_the_days_with_most_and_least_are_named_as_what_they_are(nets: list[str], told: list[str]) -> None:
    first = dt.date(2026, 11, 24) - dt.timedelta(days=len(nets) - 1)
    each = [DayTakings(day=first + dt.timedelta(days=n), tier=net, orders=1) for n, net in enumerate(nets)]
    rows = shown(report_view.pnl(reader(), each))
    assert [row for row in rows if row.startswith(("Best", "Worst", "Smallest", "The one"))] == told


def test_records_that_begin_later_than_the_days_say_so() -> None:
    begins = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    one = days(3)
    assert "My records begin on Nov 23, 2026." in shown(report_view.pnl(reader(), one, begins=begins))
    rows = shown(report_view.pnl(reader(), one, begins=begins - dt.timedelta(days=3)))
    assert not any(row.startswith("My records") for row in rows)


def test_a_month_that_was_watched_for_a_minute_says_since_when() -> None:
    since = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    rows = shown(report_view.report(reader(), made("month", watched_since=since)))
    assert "November 2026 · equity 10,012.50 U, compared with 11-23 12:00:00 UTC" in rows
    assert "Orders 7 · failures 2 · watched 99.9% of the time since 11-23 12:00:00 UTC" in rows


def test_titles_say_which_period_and_whether_it_is_over() -> None:
    def title(report: Report, language: Language = "zh") -> str:
        head, date = shown(report_view.report(reader(language), report))[:2]
        return f"{head[: head.index(':' if language == 'en' else '：')]} · {date[: date.index(' · ')]}"

    early = span_of("day", MONDAY, SHANGHAI).until - DAY / 2
    assert title(made(until=early)) == "🗞 今日（截至目前） · 2026年11月23日周一"
    assert title(made("week")) == "🗞 周报 · 2026年11月23日至29日"
    assert title(made("week", until=early + DAY)) == "🗞 本周（截至目前） · 2026年11月23日至24日"
    assert title(made("week", until=early)) == "🗞 本周（截至目前） · 2026年11月23日"
    assert title(made("month"), "en") == "🗞 Monthly report · November 2026"
    # Told in the zone that it was made in, wherever its reader has moved since.
    assert "Nov 23" in shown(report_view.report(reader()._replace(zone=dt.UTC), made()))[1]
    assert "Nov 23" in shown(report_view.report(reader(), made(zone="Moon/Crater")))[1]


def test_what_is_not_known_is_said_and_not_counted() -> None:
    lines = shown(report_view.report(reader(), made(funding=None, equity=None, takings=Takings(tier=2, orders=1, presumed=1))))
    assert lines[0] == "🗞 Daily report: +2.00 U after fees, funding not known"
    assert lines[1].endswith(" · no equity was recorded")
    assert "    –  funding (not known)" in lines
    assert "+2.00  net" in lines
    assert any("gave no result" in line for line in lines)
    first = shown(report_view.report(reader(), made(equity_before=None)))
    assert first[1] == "Mon, Nov 23, 2026 · equity 10,012.50 U"
    assert "equity" not in first[0]
    nothing = shown(report_view.report(reader(), made(takings=Takings(), funding=Decimal(0), best=None, worst=None)))
    assert nothing[0] == "🗞 Daily report: nothing closed · equity +12.50 U (+0.13%)"
    assert not any("fees" in line for line in nothing)
    assert len(nothing) == 4


def test_the_first_line_says_how_it_was_also_of_losses_and_of_funding_alone() -> None:
    def first(language: Language = "en", **changes: Any) -> str:
        return shown(report_view.report(reader(language), made(**changes)))[0]

    lost = Takings(hedge="-8", fees="0.5", orders=2, hedges=2)
    assert first(takings=lost, equity="9990") == (
        "🗞 Daily report: -8.62 U after fees and funding · 2 hedges · equity -10.00 U (-0.10%)"
    )
    assert first("zh", takings=Takings(), equity=None) == "🗞 日报：没有平仓 · 资金费 -0.12 U"
    # A report of before tiers were counted.
    assert "tier" not in first(takings=Takings(tier="1", orders=4))


def test_there_is_a_picture_where_there_is_something_to_see() -> None:
    message = report_view.report(reader(), made())
    assert isinstance(message.picture, TakingsChart)
    assert message.picture.days == days(14)
    assert report_view.report(reader(), made(days=days(14, orders=0))).picture is None


@languages
def test_the_largest_report_fits_below_its_picture(language: Language) -> None:
    leg = LegKey(instrument_id="1000000BABYDOGE-USDT-SWAP", position_side="long", margin_mode="isolated")
    huge = Decimal("-123456789012.12")
    report = made(
        "week",
        equity=abs(huge),
        equity_before="0.01",
        takings=Takings(tier=huge, hedge=huge, hand=huge, fees=huge, orders=10**6, presumed=10**6),
        best=LegTakings(leg=leg, realised=huge),
        worst=LegTakings(leg=leg, realised=huge),
        funding=huge,
        failures=10**6,
    )
    at = report.until
    message = alert(reader(language), 10**9, ReportDue(at=at, report=report))
    message = late(language, message, Delay(10**6, at - 30 * DAY, at))
    for text in (message.text, report_view.pnl(reader(language), days(366, tier=huge, orders=9999)).text):
        words, entities = parse_html(text)
        assert utf16_length(words) <= LONGEST_CAPTION
        assert len(entities) <= 100


def test_a_report_is_told_whole_in_a_burst() -> None:
    (grown,) = [event for event in EVENTS if event.kind == "leg_shrank"]
    events: list[Event] = [grown, grown, grown, ReportDue(at=grown.at, report=made()), grown, grown]
    told = batches(reader(), list(enumerate(events, 1)), grown.at)
    assert [batch.numbers for batch in told] == [(1, 2, 3), (4,), (5, 6)]
    assert told[1].message.picture is not None


@languages
def test_the_days_are_summed_up(language: Language) -> None:
    quiet = days(28, orders=0)
    row = (*quiet[:-2], quiet[-2].replaced(tier=10, fees=1, orders=2), quiet[-1].replaced(hedge=-4, hand=1, orders=3))
    lines = shown(report_view.pnl(reader(language), row))
    assert [line.split()[0] for line in lines[3:8]] == ["+10.00", "-4.00", "+1.00", "-1.00", "+6.00"]
    assert ("Best day: Nov 22, 2026 +9.00 U" if language == "en" else "盈亏最高的一天：2026年11月22日 +9.00 U") in lines
    assert ("Worst day: Nov 23, 2026 -3.00 U" if language == "en" else "盈亏最低的一天：2026年11月23日 -3.00 U") in lines
    assert ("Orders 5 on 2 of 28 days" if language == "en" else "成交 5 笔，28 天中有 2 天平仓") in lines


@languages
def test_buttons_fit_and_mark_what_is_shown(language: Language) -> None:
    for asked in (ReportRequest("day"), ReportRequest("week", last=True)):
        buttons = [button for row in report_view.report(reader(language), made(), asked).buttons for button in row]
        (marked,) = [button for button in buttons if button.label.startswith("•")]
        assert marked.data == f"rp:={asked.data}"
        assert all(len(button.data.encode()) <= 64 for button in buttons)
    assert report_view.report(reader(language), made()).buttons == ()


# On the phone


async def busy(dial: Dial, **options: Any) -> Phone:
    """A house in which a tier has fired a moment ago."""
    phone = await dial(paper_leg(), **options)
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    return phone


async def test_a_morning_brings_yesterday(dial: Dial) -> None:
    phone = await busy(dial)
    house = phone.house
    house.clock.forward(DAY.total_seconds())
    await Reporter(house.checker, house.clock, dt.UTC, dt.time(8)).tick()
    await phone.until(lambda: any("Daily report" in text for text in phone.alerts()))
    (message,) = [message for message in phone.messages() if "Daily report" in message.get("caption", "")]
    assert message["photo"]
    assert "Fri, Jan 2, 2026" in message["caption"]
    assert "CRV long" in message["caption"]
    await phone.until(lambda: house.ledger.outbox() == [])
    assert "Daily report: realised" in await phone.says("/history 1")


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("", "Today so far · Fri, Jan 2, 2026"),
        ("day", "Today so far"),
        ("日", "Today so far"),
        ("WEEK", "This week so far · Dec 29, 2025"),
        ("周", "This week so far"),
        ("month", "This month so far · January 2026"),
        ("月", "This month so far"),
        ("yesterday", "Daily report · Thu, Jan 1, 2026"),
        ("last week", "Weekly report · Dec 22"),
        ("week last", "Weekly report"),
        ("上周", "Weekly report"),
        ("上个月", "Monthly report · December 2025"),
    ],
)
async def test_report_of_any_period(dial: Dial, words: str, title: str) -> None:
    phone = await busy(dial)
    answer = await phone.says(f"/report {words}")
    head, date = answer.splitlines()[:2]
    title, _, day = title.partition(" · ")
    assert head.startswith(f"🗞 {title}: ")
    assert date.startswith(day)
    assert ("Orders 1" if "so far" in title else "Orders 0") in answer


async def test_a_report_turns_its_pages_in_place(dial: Dial) -> None:
    phone = await busy(dial)
    await phone.says("/report")
    before = phone.messages()
    assert phone.buttons()[0][0] == "• Today"
    assert "This month so far" in await phone.press("This month")
    assert len(phone.messages()) == len(before)
    assert phone.buttons()[0][2] == "• This month"
    # Pressed again, nothing is new and nothing goes wrong.
    assert await phone.press("This month") == ""
    # The button of another room leaves its own message alone.
    for data in ("rp:day", "rp:new"):
        count = len(phone.messages())
        assert "Today so far" in await phone.press(data, on=before[-1]["message_id"])
        assert len(phone.messages()) == count + 1
    assert await phone.press("rp:=century", on=before[-1]["message_id"]) == ""
    assert "/report" in str(phone.toast)


async def test_an_empty_account_has_reports_too(dial: Dial) -> None:
    phone = await dial(checks=0)
    for words in ("/report", "/report week", "/report month", "/report 昨日"):
        assert ": nothing closed" in await phone.says(words)
    for words in ("/pnl", "/pnl 366"):
        assert "Nothing was closed." in await phone.says(words)
    assert "nothing to export" in await phone.says("/export")


async def test_pnl_shows_so_many_days(dial: Dial) -> None:
    phone = await busy(dial)
    answer = await phone.says("/pnl 7")
    assert "Realised in 7 days, Dec 27, 2025" in answer
    assert "Jan 2, 2026" in answer
    assert "Orders 1 on 1 of 7 days" in answer
    assert phone.messages()[-1]["photo"]
    assert phone.buttons()[0] == ["• 7 d", "30 d", "90 d", "365 d"]
    count = len(phone.messages())
    assert "Realised in 365 days" in await phone.press("365 d")
    assert len(phone.messages()) == count
    assert "in 30 days" in await phone.says("/pnl")
    assert "in 3 days" in await phone.says("/pnl 3天")


@pytest.mark.parametrize(
    "words", ["/pnl 0", "/pnl 367", "/pnl -1", "/pnl x", "/pnl 1.5", "/pnl ²", "/pnl १२", "/pnl 7 7", "/export 0"]
)
async def test_a_wrong_number_of_days_is_told_with_the_right_form(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    answer = await phone.says(words)
    assert "from 1 to 366" in answer
    assert f"{words.split(maxsplit=1)[0]} 30" in answer


@pytest.mark.parametrize("words", ["year", "<b>", "day week", "7"])
async def test_a_wrong_period_is_told_with_the_right_form(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    assert "/report week last" in await phone.says(f"/report {words}")
    assert "/report 上周" in await (await dial(paper_leg(), language="zh")).says(f"/report {words}")


async def test_a_disk_that_fails_is_told(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await busy(dial)

    def broken(_: dt.datetime, **how: Any) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(phone.house.ledger, "back_to", broken)
    for words in ("/report", "/pnl", "/export"):
        answer = await phone.says(words)
        assert "Input/output error" in answer
        assert "try again" in answer


# The table


def table_of(phone: Phone) -> tuple[bytes, list[dict[str, str]]]:
    content = phone.tg.file(phone.tg.messages()[-1]["file"]["path"])
    assert content is not None
    return content, list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_the_table_opens_right_in_a_spreadsheet(dial: Dial) -> None:
    phone = await busy(dial, default="zh")
    answer = await phone.says("/export")
    assert "30 天的全部记录" in answer
    content, rows = table_of(phone)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == len(rows) + 1
    assert list(rows[0])[:6] == ["编号", "本地时间", "时区", "UTC 时间", "账户", "类型"]
    assert [int(row["编号"]) for row in rows] == list(range(1, len(rows) + 1))
    (fill,) = [row for row in rows if row["kind"] == "tier_filled"]
    (event,) = phone.house.listener.of("tier_filled")
    assert fill["合约"] == "CRV-USDT-SWAP"
    assert (fill["类型"], fill["方向"], fill["position_side"]) == ("止盈成交", "多单", "long")
    assert (fill["保证金模式"], fill["规则"], fill["档位"]) == ("cross", "tier", "1")
    assert (fill["变动前张数"], fill["委托张数"], fill["成交张数"], fill["剩余张数"]) == ("100", "30", "30", "70")
    assert Decimal(fill["收益率 %"]) == 26
    assert Decimal(fill["已实现盈亏，不含手续费（USDT）"]) == event.order.realised_pnl
    assert Decimal(fill["支付手续费（USDT）"]) == event.order.fee
    assert fill["自定义订单号（clOrdId）"] == event.intent.client_order_id
    assert fill["UTC 时间"] == "2026-01-02 12:00:10"
    assert "第 1 档" in fill["内容"]


async def test_the_table_holds_so_many_days(dial: Dial) -> None:
    phone = await busy(dial)
    phone.house.clock.forward(2 * DAY.total_seconds())
    assert "nothing to export" in await phone.says("/export 2")
    assert "Events of 3 days, Jan 2" in await phone.says("/export 3")


async def test_a_table_that_telegram_does_not_take_is_not_sent(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await busy(dial)
    monkeypatch.setattr("tgtp.chat.commands.history.report_commands.LARGEST_TABLE", 10)
    assert "/export 15" in await phone.says("/export")


@languages
def test_every_event_has_a_row_of_the_same_columns(language: Language) -> None:
    content = csv_export.table(
        reader(language), [csv_export.row(reader(language), number, event) for number, event in enumerate(EVENTS)]
    )
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {len(csv_export.COLUMNS)}
    assert len(rows) == len(EVENTS) + 1
    assert all(
        row[1] == "2026-11-23 16:30:15" and row[2] == "Asia/Shanghai" and row[3] == "2026-11-23 08:30:15" for row in rows[1:]
    )
    assert all("<" not in cell and "\n" not in cell for row in rows for cell in row)


HEADINGS = {"en": ("Event", "Side", "Contracts before", "Left"), "zh": ("类型", "方向", "变动前张数", "剩余张数")}


@languages
def test_kinds_and_sides_are_in_words_and_beside_them_as_programs_read_them(language: Language) -> None:
    content = csv_export.table(reader(language), [csv_export.row(reader(language), 1, event) for event in EVENTS])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    what, side, before, left = HEADINGS[language]
    assert [row["kind"] for row in rows] == [event.kind for event in EVENTS]
    assert all(row[what] and row[what] != row["kind"] for row in rows)
    # No kind passes for another one.
    assert len({row[what] for row in rows}) == len({row["kind"] for row in rows})
    words = {"long": {"en": "long", "zh": "多单"}, "short": {"en": "short", "zh": "空单"}}
    opened = EVENT.validate_python({**event_named("leg_opened"), "leg": key("CRV-USDT-SWAP", "short")})
    (short,) = csv.DictReader(
        io.StringIO(csv_export.table(reader(language), [csv_export.row(reader(language), 1, opened)]).decode("utf-8-sig"))
    )
    sides = {(row["position_side"], row[side]) for row in (*rows, short) if row["position_side"]}
    assert sides == {(code, each[language]) for code, each in words.items()}
    contracts = [row[name] for row in rows for name in (before, left) if row[name]]
    assert len(contracts) > 20
    assert all(re.fullmatch(r"[0-9.]+", each) for each in contracts)
    of = {row["kind"]: (row[before], row[left]) for row in rows}
    for kind in ("ladder_changed", "leverage_changed", "margin_moved", "account_renamed", "upkeep_asked"):
        assert of[kind] == ("", ""), kind
    for kind in ("leg_grew", "leg_shrank", "leg_force_closed", "tier_filled"):
        assert all(of[kind]), kind


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "＝1", " =1", "-"])
def test_no_cell_is_a_formula(word: str) -> None:
    row = EVENT.validate_python({**event_named("order_rejected"), "reason": "x"})
    event = row.replaced(intent=row.intent.replaced(client_order_id=word))  # type: ignore[union-attr]
    (cells,) = csv.reader(io.StringIO(csv_export.row(reader(), 1, event).decode(), newline=""))
    assert f"'{word.strip()}" in cells
    assert not any(cell.startswith(("=", "+", "@", "\t", "＝")) for cell in cells)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-1.50"), "-1.5"),
        (Decimal("1234567.5"), "1234567.5"),
        (Decimal("-0.0000000000001"), "0"),
        (Decimal("1E+3"), "1000"),
        ("-5", "-5"),
        ("2345678901234567890", "'2345678901234567890"),
        ('a, "b"\n c', 'a, "b" c'),
        (None, ""),
        (7, "7"),
    ],
)
def test_cells(value: Any, text: str) -> None:
    assert csv_export.cell(value) == text


def event_named(kind: str) -> dict[str, Any]:
    (event,) = [event for event in EVENTS if event.kind == kind]
    return event.model_dump(mode="json")


# What tiers and hedges were worth


def worth_lines(language: Language, **sums: Any) -> list[str]:
    rows = shown(report_view.report(reader(language), made("month", worth=Worth(**sums))))
    return [row for row in rows if row.startswith(("⚖️", "without", "未计入"))]


def test_a_month_says_what_tiers_and_hedges_were_worth() -> None:
    whole = "⚖️ Against nothing sold: +4.50 U, at the prices of now or of each leg's end, without fees and funding"
    assert worth_lines("en", tier="7", hedge="-2.5") == [f"{whole} (tiers +7.00 U, hedges -2.50 U)"]
    assert worth_lines("en", unknown=2)[1] == "without 2 legs whose prices are not known"
    assert worth_lines("zh", tier="7", unknown=1) == [
        "⚖️ 与完全不卖相比：+7.00 U，按现价或各仓位了结时的价格计，不计手续费和资金费（止盈 +7.00 U，对冲 0.00 U）",
        "未计入价格未知的 1 个仓位",
    ]
    assert not [row for row in shown(report_view.report(reader(), made("month"))) if row.startswith("⚖️")]


# What guards have done


def act(price: Any = "0.5", *, rule: Any = "give_back", ended: bool = False, **changes: Any) -> GuardAct:
    """What a guard has closed for 0.4 a coin."""
    at = span_of("day", MONDAY, SHANGHAI).since
    leg = GuardedLeg(leg=CRV, opened_at=at, contracts=10, coins=100, proceeds=40, price=price, ended_at=at if ended else None)
    return GuardAct(**{"rule": rule, "at": at, "legs": (leg,), **changes})


def guard_lines(language: Language, *acts: GuardAct, **changes: Any) -> list[str]:
    lines = bare(report_view.report(reader(language), made(guard_acts=acts, **changes)).text).splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("🛡"))
    return lines[begin : lines.index("", begin)]


def test_the_first_line_stays_the_answer_and_counts_what_guards_have_done() -> None:
    (first, *_) = bare(report_view.report(reader(), made(guard_acts=(act(), act()))).text).splitlines()
    assert first.startswith("🗞 Daily report: +1,188.08 U after fees and funding · 3 tiers · 1 hedge · 2 guards · equity")
    paused = act(rule="drawdown", legs=(), action="pause", fall="0.05")
    (first, *_) = bare(
        report_view.report(reader(), made(guard_acts=(paused,), takings=Takings(), funding=None)).text
    ).splitlines()
    assert first.startswith("🗞 Daily report: nothing closed · 1 guard")
    # As it was written before what they did was known.
    before = made(takings=Takings(guard="1", orders=3, guards=3))
    assert " · 3 guards · " in bare(report_view.report(reader(), before).text)


@pytest.mark.parametrize(
    ("price", "came"), [("0.5", "cost 10.00 U"), ("0.3", "saved 10.00 U"), ("0.40009", "no difference"), (None, "is not known")]
)
def test_what_a_guard_has_cost_or_saved(price: str | None, came: str) -> None:
    head, row = guard_lines("en", act(price))
    assert "without fees and funding" in head
    assert row.startswith("· CRV long, give-back guard: 10 closed at 0.4, now ")
    assert row.endswith(came)


def test_a_leg_that_has_ended_is_told_as_such() -> None:
    assert "the rest ended at 0.3 → saved 10.00 U" in guard_lines("en", act("0.3", ended=True))[1]
    assert "余下的在 0.3 了结 → 多 10.00 U" in guard_lines("zh", act("0.3", ended=True))[1]


def test_a_firing_is_one_row_with_what_its_pause_held_back() -> None:
    fired = act("0.3", rule="drawdown", action="close", fall="0.0512345", held_back={"tier": 1, "hedge": 2, "break_even": 1})
    fired = fired.replaced(legs=fired.legs * 3)
    (_, row) = guard_lines("en", fired)
    assert row == (
        "· drawdown guard at 5.12%: 3 legs closed → saved 30.00 U; its pause held back 1 tier, 2 hedges, 1 other guard"
    )
    assert "3 个仓位平到底仓" in guard_lines("zh", fired.replaced(action="base"))[1]
    unknown = fired.replaced(fall=None, legs=(*fired.legs, fired.legs[0].replaced(price=None)))
    assert "at ?: 4 legs closed → the difference is not known" in guard_lines("en", unknown)[1]


def test_several_have_a_total_and_at_most_six_rows() -> None:
    acts = [act(f"0.{number}") for number in range(1, 10)]
    head, *rows = guard_lines("en", *acts)
    assert head.endswith(": cost 90.00 U")
    assert len(rows) == 7
    assert rows[-1] == "… and 3 more"


def test_with_several_accounts_each_row_says_whose() -> None:
    acts = (act(account="alpha"), act(account="alpha", rule="drawdown", action="close", fall="0.05"))
    both = (AccountTakings(account="main"), AccountTakings(account="alpha"))
    _, leg, fired = guard_lines("en", *acts, accounts=both)
    assert leg.startswith("· alpha CRV long, ")
    assert fired.startswith("· drawdown guard of alpha at 5%")


@languages
def test_a_report_with_many_guards_is_one_message(language: Language) -> None:
    many = [act(account="a-rather-long-name", held_back={"tier": 9}) for _ in range(40)]
    message = report_view.report(reader(language), made(guard_acts=tuple(many), accounts=(AccountTakings(account="main"),) * 3))
    assert utf16_length(bare(message.text)) < 2000
