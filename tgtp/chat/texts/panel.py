"""The pinned panel, and pictures."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "panel.head": Text("{state} · {exchange}", "{state} · {exchange}"),
    "panel.old": Text(
        "🔴 <b>Data is {age} old</b> (seen {when})\n{why}. Nothing is guarded meanwhile.",
        "🔴 <b>数据是 {age}前的</b>（更新于 {when}）\n{why}，期间仓位无人监控。",
    ),
    "panel.old.failed": Text("The last {failed:check|# checks} failed: {why}", "最近 {failed} 次检查失败：{why}"),
    "panel.old.hanging": Text("No check has finished since", "此后没有完成过检查"),
    "panel.unseen": Text(
        "🔴 <b>I cannot see the account</b> (tried {when})\n{why}. Nothing is guarded; I try again every {interval} s.",
        "🔴 <b>无法读取账户</b>（尝试于 {when}）\n{why}，仓位无人监控；我每 {interval} 秒重试一次。",
    ),
    "panel.starting": Text("⏳ <b>Starting</b>: the first check has not finished yet.", "⏳ <b>启动中</b>：首次检查尚未完成。"),
    "panel.stopped": Text(
        "⏹ <b>Stopped</b> {when}\nNothing is guarded until I am started again.",
        "⏹ <b>已停止</b> {when}\n重新启动前，仓位无人监控。",
    ),
    "panel.equity": Text("Equity <b>{equity}</b>", "权益 <b>{equity}</b>"),
    # the day's change first: it is what the strip above the chat has room for
    "panel.equity.today": Text(
        "Today{begins} <b>{change} U</b> ({percent}) · equity {equity} U",
        "今日{begins} <b>{change} U</b>（{percent}）· 权益 {equity} U",
    ),
    "panel.equity.since": Text(
        "<b>{change} U</b> ({percent}) since {since} · equity {equity} U",
        "<b>{change} U</b>（{percent}，{since} 起）· 权益 {equity} U",
    ),
    "panel.realised": Text(
        "Realised today{begins}, net <b>{realised} U</b> · orders {orders}",
        "今日{begins}已实现（净）<b>{realised} U</b> · 成交 {orders} 笔",
    ),
    "panel.day_begins": Text(" (from {at})", "（{at} 起）"),
    "panel.legs": Text(
        "Legs {legs}: {won} up, {lost} down · unrealised {pnl} U", "仓位 {legs}：盈 {won} 亏 {lost} · 未实现盈亏 {pnl} U"
    ),
    "panel.funding": Text(
        "Next funding ≈ {ahead.payment:+U} U by {ahead.until} · {ahead.legs:# leg|# legs}{unknown}{reading}",
        "下次资金费 ≈ {ahead.payment:+U} U（{ahead.until} 前结算）· {ahead.legs} 个仓位{unknown}{reading}",
    ),
    "panel.funding.unknown": Text(" · {count} not known", " · {count} 个未知"),
    "panel.funding.reading": Text(" · {count} being read", " · {count} 个读取中"),
    "panel.funding.leg": Text("{coin} {side}{mode}", "{coin} {side}{mode}"),
    "panel.funding.slips": Text(
        "⚠️ Down to {gate} U of margin or less by it: {names}", "⚠️ 扣费后保证金不高于 {gate} U：{names}"
    ),
    "panel.nearest": Text("<b>Nearest to their next tier</b>", "<b>最接近下一档</b>"),
    "panel.tier": Text(
        "{bar} <b>{coin}</b> {side}{mode} {roi} → {threshold}{why}", "{bar} <b>{coin}</b> {side}{mode} {roi} → {threshold}{why}"
    ),
    "panel.losers": Text("⚖️ Losers above base: {names}", "⚖️ 亏损侧高于底仓：{names}"),
    "panel.losers.none": Text("⚖️ Pairs {pairs}: no loser above base", "⚖️ 双向持仓 {pairs} 个币种：亏损侧都不高于底仓"),
    "panel.loser": Text("{coin} {side}{mode} {roi} ({why})", "{coin} {side}{mode} {roi}（{why}）"),
    "panel.loser.due": Text("due", "待平仓"),
    "panel.loser.paused": Text("paused", "已暂停"),
    "panel.loser.forbidden": Text("the key cannot trade", "密钥无交易权限"),
    "panel.loser.backing_off": Text("was refused, tried again soon", "被拒绝，稍后重试"),
    "panel.seen": Text("Seen {when}", "数据更新于 {when}"),
    "panel.moved": Text(
        "This panel is no longer updated; /panel sends a new one.", "此面板已停止更新；发送 /panel 可重新置顶。"
    ),
    "panel.off": Text("The panel is off. /panel brings it back.", "面板已关闭。发送 /panel 可重新打开。"),
    "panel.off.already": Text("There is no panel; /panel makes one.", "当前没有面板；发送 /panel 可打开。"),
    "panel.paused": Text("⏸ {row}", "⏸ {row}"),
    "panel.words": Text(
        "I do not understand {word}. /panel pins the panel, <code>/panel off</code> removes it.",
        "无法识别“{word}”。/panel 置顶面板，<code>/panel 关</code> 关闭面板。",
    ),
    "panel.toast.paused": Text("Paused: I close nothing by myself.", "已暂停：不再自动平仓。"),
    "panel.toast.paused.already": Text("It was paused already.", "已经是暂停状态。"),
    "panel.toast.resumed": Text("Running again, everything.", "全部恢复运行。"),
    "panel.toast.stands": Text("Something stays paused: see below.", "仍有暂停，请看下方消息。"),
    "panel.toast.resumed.already": Text("It was not paused.", "没有暂停。"),
    "panel.button.pause": Text("⏸ Pause", "⏸ 暂停"),
    "panel.button.resume": Text("🟢 Resume", "🟢 恢复"),
    "panel.button.positions": Text("Positions", "仓位"),
    "panel.button.pairs": Text("Pairs", "双向持仓"),
    "panel.button.report": Text("Report", "日报"),
    # words on pictures and about them
    "chart.mark": Text("Mark", "标记价"),
    "chart.entry": Text("Entry", "开仓均价"),
    "chart.tier": Text("T{tier.number} {tier.threshold:%}", "{tier.number} 档 {tier.threshold:%}"),
    "chart.tier.scaled": Text(
        "T{tier.number} {tier.threshold:%} ({base:%})", "{tier.number} 档 {tier.threshold:%}（{base:%}）"
    ),
    "chart.liquidation": Text("Liquidation", "强平价"),
    "chart.break_even": Text("Break-even", "盈亏平衡价"),
    "chart.fill.tier": Text("Tier fired", "止盈成交"),
    "chart.fill.hedge": Text("Hedge", "对冲平仓"),
    "chart.fill.guard": Text("Guard", "保护平仓"),
    "chart.fill.upkeep": Text("Upkeep", "维护"),
    "chart.fill.hand": Text("By hand", "手动平仓"),
    "chart.takings.tier": Text("Tiers", "止盈"),
    "chart.takings.hedge": Text("Hedge", "对冲"),
    "chart.takings.guard": Text("Guards", "保护"),
    "chart.takings.upkeep": Text("Upkeep", "维护"),
    "chart.takings.hand": Text("By hand", "手动"),
    "chart.takings.sum": Text("Cumulative, before fees", "累计（未扣手续费）"),
    "chart.drawdown": Text("Deepest drawdown {fraction:+%} on {when}", "最大回撤 {fraction:+%}（{when}）"),
    "chart.drawdown.tiny": Text("Deepest drawdown below 0.01%", "最大回撤不足 0.01%"),
    "chart.drawdown.none": Text("No drawdown", "无回撤"),
    "chart.row": Text(
        "<b>{leg.key}</b> · ROI <b>{leg.roi:+%}</b> · {leg.unrealised_pnl:+U} U",
        "<b>{leg.key}</b> · 收益率 <b>{leg.roi:+%}</b> · {leg.unrealised_pnl:+U} U",
    ),
    "chart.which": Text(
        "Which coin? <code>/chart STX</code>, or one side of it: <code>/chart STX long</code>",
        "请写明币种：<code>/chart STX</code>，或只看一侧：<code>/chart STX 多单</code>",
    ),
    "chart.none": Text(
        "There are no prices of {coin} to draw right now. The numbers: <code>/status {coin}</code>",
        "暂时取不到 {coin} 的价格走势，无法画图。数据请看 <code>/status {coin}</code>",
    ),
    "equity.day": Text("1 day", "1 天"),
    "equity.days": Text("{days:# day|# days}", "{days} 天"),
    "equity.title": Text("Equity, {span}", "账户权益 · {span}"),
    "equity.view": Text(
        "Equity <b>{equity:U} U</b>\nSince {since}: {change}", "账户权益 <b>{equity:U} U</b>\n自 {since} 起：{change}"
    ),
    "equity.deepest": Text("Deepest drawdown {fraction:+%}, {when}", "最大回撤 {fraction:+%}，{when}"),
    "equity.none": Text(
        "There are too few records of the equity within {span} to draw it; one is kept every five minutes.",
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
