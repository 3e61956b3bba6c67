"""Words on pictures and about them."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "chart.mark": Text("Mark", "标记价"),
    "chart.entry": Text("Entry", "开仓均价"),
    "chart.tier": Text("T{tier} {threshold}", "{tier} 档 {threshold}"),
    "chart.liquidation": Text("Liquidation", "强平价"),
    "chart.break_even": Text("Break-even", "保本价"),
    "chart.fill.tier": Text("Tier fired", "止盈成交"),
    "chart.fill.hedge": Text("Hedge", "对冲平仓"),
    "chart.fill.upkeep": Text("Upkeep", "维护"),
    "chart.fill.hand": Text("By hand", "手动平仓"),
    "chart.takings.tier": Text("Tiers", "止盈"),
    "chart.takings.hedge": Text("Hedge", "对冲"),
    "chart.takings.upkeep": Text("Upkeep", "维护"),
    "chart.takings.hand": Text("By hand", "手动"),
    "chart.takings.sum": Text("Cumulative, before fees", "累计（未扣手续费）"),
    "chart.drawdown": Text("Deepest drawdown {fraction} on {when}", "最大回撤 {fraction}（{when}）"),
    "chart.drawdown.none": Text("No drawdown", "无回撤"),
    "chart.row": Text("<b>{leg}</b> · ROI <b>{roi}</b> · {pnl} U", "<b>{leg}</b> · 收益率 <b>{roi}</b> · {pnl} U"),
    "chart.which": Text(
        "Which coin? <code>/chart STX</code>, or one side of it: <code>/chart STX long</code>",
        "请写明币种：<code>/chart STX</code>，或只看一侧：<code>/chart STX long</code>",
    ),
    "chart.none": Text(
        "The exchange gives me no prices of {coin} to draw right now. The numbers: <code>/status {coin}</code>",
        "暂时取不到 {coin} 的价格走势，无法画图。数据请看 <code>/status {coin}</code>",
    ),
    "equity.day": Text("1 day", "1 天"),
    "equity.days": Text("{days} days", "{days} 天"),
    "equity.title": Text("Equity, {span}", "账户权益 · {span}"),
    "equity.view": Text(
        "Equity <b>{equity} U</b>\nSince {since}: {change}", "账户权益 <b>{equity} U</b>\n自 {since} 起：{change}"
    ),
    "equity.deepest": Text("Deepest drawdown {fraction}, {when}", "最大回撤 {fraction}，{when}"),
    "equity.none": Text(
        "I have too few looks at the equity within {span} to draw it; one is kept every five minutes.",
        "近 {span}的权益记录太少，还画不出曲线；每五分钟记录一次。",
    ),
    "equity.form": Text(
        "{word} is not a number of days from 1 to {most}: <code>/equity 30</code>",
        "{word} 不是 1 到 {most} 的天数：<code>/equity 30</code>",
    ),
    "theme.is.light": Text("Your pictures are drawn for a light screen.", "图片为浅色主题。"),
    "theme.is.dark": Text("Your pictures are drawn for a dark screen.", "图片为深色主题。"),
    "theme.button.light": Text("Light", "浅色"),
    "theme.button.dark": Text("Dark", "深色"),
    "theme.form": Text(
        "There are two looks: <code>/theme dark</code> and <code>/theme light</code>",
        "主题有两种：<code>/theme dark</code>（深色）、<code>/theme light</code>（浅色）",
    ),
}
