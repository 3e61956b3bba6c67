"""What stands around alerts on their way: numbers, many in one, late ones, those that were dropped."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "event.unsaid": Text(
        "⚠️ “{kind}” has happened, but I cannot put it into words: look at your positions at OKX",
        "⚠️ 发生了事件“{kind}”，但无法显示详情：请到 OKX 查看仓位",
    ),
    "alert.number": Text("<i>#{number}</i>", "<i>#{number}</i>"),
    "alert.many": Text("📦 <b>{count} messages in one</b>", "📦 <b>{count} 条消息合并</b>"),
    "alert.many.row": Text("#{number} {line}", "#{number} {line}"),
    "alert.many.row.late": Text("#{number} · {when} {line}", "#{number} · {when} {line}"),
    "alert.delayed": Text("🕰 <b>{count} messages were delayed, {span}</b>", "🕰 <b>{count} 条消息延迟送达，{span}</b>"),
    "alert.delayed.one": Text(
        "🕰 <b>This message is late</b>; it happened at {when}.", "🕰 <b>本消息延迟送达</b>，发生于 {when}。"
    ),
    "fallback.head": Text(
        "tgtp: Telegram is unreachable. Urgent messages meanwhile:",
        "tgtp：Telegram 暂时无法送达消息。需要你知道的情况：",
    ),
    "fallback.more": Text("… and {more} more", "……另有 {more} 条"),
    "alert.unwritten": Text(
        "⚠️ {count} messages, #{first} to #{last}, could not be read or put into words. Look at your positions at OKX; the log has the cause, and /history may show what happened.",
        "⚠️ {count} 条消息（#{first} 至 #{last}）无法读取或显示。请到 OKX 查看仓位；原因见日志，/history 可能有记录。",
    ),
    "alert.unwritten.one": Text(
        "⚠️ Message #{number} could not be read or put into words. Look at your positions at OKX; the log has the cause, and /why {number} may show what happened.",
        "⚠️ 消息 #{number} 无法读取或显示。请到 OKX 查看仓位；原因见日志，/why {number} 可能有记录。",
    ),
    "alert.dropped": Text(
        "⚠️ {count} older messages, #{first} to #{last}, waited too long and were dropped. /history shows what happened.",
        "⚠️ 更早的 {count} 条消息（#{first} 至 #{last}）等待过久，未保留。/history 可查看记录。",
    ),
    "alert.dropped.one": Text(
        "⚠️ An older message, #{first}, waited too long and was not kept. /history has what happened.",
        "⚠️ 更早的一条消息（#{first}）等待过久，未保留。/history 可查看记录。",
    ),
}
