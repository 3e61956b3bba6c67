"""Reports, realised money and the export."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # the report
    # its first line is the answer: ``net`` is one of the sums below, ``more`` what else there is to say
    "report.head": Text("🗞 <b>{title}: {net}</b>{more}", "🗞 <b>{title}：{net}</b>{more}"),
    "report.title.day": Text("Daily report", "日报"),
    "report.title.week": Text("Weekly report", "周报"),
    "report.title.month": Text("Monthly report", "月报"),
    "report.title.day.running": Text("Today so far", "今日（截至目前）"),
    "report.title.week.running": Text("This week so far", "本周（截至目前）"),
    "report.title.month.running": Text("This month so far", "本月（截至目前）"),
    "report.net.whole": Text("{net:+U} U", "{net:+U} U"),
    "report.net.none": Text("nothing closed", "没有平仓"),
    "report.after.all": Text(" after fees and funding", "（已扣手续费、计入资金费）"),
    "report.after.fees": Text(" after fees, funding not known", "（已扣手续费，资金费未知）"),
    "report.only.funding": Text(" · funding {funding:+U} U", " · 资金费 {funding:+U} U"),
    "report.tiers": Text(" · {count:# tier|# tiers}", " · 止盈 {count} 档"),
    "report.hedges": Text(" · {count:# hedge|# hedges}", " · 对冲 {count} 次"),
    "report.guards": Text(" · {count:# guard|# guards}", " · 保护 {count} 次"),
    "report.change": Text(" · equity {change:+U} U ({percent:+%})", " · 权益 {change:+U} U（{percent:+%}）"),
    "report.change.none": Text(" · equity unchanged", " · 权益不变"),
    "report.date": Text("{date} · equity {equity:U} U", "{date} · 权益 {equity:U} U"),
    "report.date.since": Text(
        "{date} · equity {equity:U} U, compared with {since}", "{date} · 权益 {equity:U} U，与 {since} 相比"
    ),
    "report.date.unseen": Text("{date} · no equity was recorded", "{date} · 期间没有权益记录"),
    # where the reader's days begin at another moment
    "report.of_zone": Text("{dates} (days of {zone})", "{dates}（按 {zone} 计日）"),
    "report.realised": Text("Realised <b>{realised:+U} U</b>", "已实现 <b>{realised:+U} U</b>"),
    "report.nothing": Text("Nothing was closed.", "没有平仓。"),
    "report.row": Text("<code>{number}</code>  {what}", "<code>{number}</code>  {what}"),
    "report.row.tier": Text("tiers", "止盈"),
    "report.row.hedge": Text("hedge", "对冲"),
    "report.row.guard": Text("guards", "保护"),
    "report.row.upkeep": Text("upkeep", "维护"),
    "report.row.hand": Text("by hand", "手动"),
    "report.row.fees": Text("fees", "手续费"),
    "report.row.funding": Text("funding", "资金费"),
    "report.row.funding.unknown": Text("funding (not known)", "资金费（未知）"),
    "report.row.net": Text("<b>net</b>", "<b>净额</b>"),
    "report.presumed": Text(
        "For {count} of these orders OKX gave no result; they count as 0.", "其中 {count} 笔订单 OKX 未给出盈亏，按 0 计入。"
    ),
    "report.best": Text("Best: {leg} <b>{best.realised:+U} U</b>", "盈亏最高：{leg} <b>{best.realised:+U} U</b>"),
    "report.best.lost": Text("Smallest loss: {leg} <b>{best.realised:+U} U</b>", "亏损最少：{leg} <b>{best.realised:+U} U</b>"),
    "report.worst.won": Text(
        "Smallest gain: {leg} <b>{worst.realised:+U} U</b>", "盈利最少：{leg} <b>{worst.realised:+U} U</b>"
    ),
    "report.worst": Text("Worst: {leg} <b>{worst.realised:+U} U</b>", "盈亏最低：{leg} <b>{worst.realised:+U} U</b>"),
    # what tiers and hedges were worth
    "report.worth": Text(
        "⚖️ <b>Against nothing sold: {net:+U} U</b>, at the prices of now or of each leg's end, without fees and funding "
        "(tiers {worth.tier:+U} U, hedges {worth.hedge:+U} U)",
        "⚖️ <b>与完全不卖相比：{net:+U} U</b>，按现价或各仓位了结时的价格计，不计手续费和资金费"
        "（止盈 {worth.tier:+U} U，对冲 {worth.hedge:+U} U）",
    ),
    "report.worth.unknown": Text(
        "without {count:# leg whose price is|# legs whose prices are} not known", "未计入价格未知的 {count} 个仓位"
    ),
    # what guards have done, and what holding until now would have brought
    "report.guards.head": Text(
        "🛡 <b>Guards</b> against holding until now, without fees and funding{total}",
        "🛡 <b>保护</b>与一直持有到现在相比，不计手续费和资金费{total}",
    ),
    "report.guards.total": Text(": {came}", "：{came}"),
    "report.guards.cost": Text("cost <b>{amount:U} U</b>", "少 <b>{amount:U} U</b>"),
    "report.guards.saved": Text("saved <b>{amount:U} U</b>", "多 <b>{amount:U} U</b>"),
    "report.guards.even": Text("no difference", "没有差别"),
    "report.guards.unknown": Text("the difference is not known", "差额未知"),
    "report.guards.leg": Text(
        "· {leg}, {what}: {row.contracts} closed at {row.average_price:~price}, now {row.price:~price} → {came}",
        "· {leg} {what}：平 {row.contracts} 张 @ {row.average_price:~price}，现价 {row.price:~price} → {came}",
    ),
    "report.guards.leg.ended": Text(
        "· {leg}, {what}: {row.contracts} closed at {row.average_price:~price}, the rest ended at {row.price:~price} → {came}",
        "· {leg} {what}：平 {row.contracts} 张 @ {row.average_price:~price}，余下的在 {row.price:~price} 了结 → {came}",
    ),
    "report.guards.fired": Text(
        "· {what} at {fall:.2%}: {legs:# leg|# legs} closed → {came}",
        "· {what}（{fall:.2%}）：平掉 {legs} 个仓位 → {came}",
    ),
    "report.guards.fired.base": Text(
        "· {what} at {fall:.2%}: {legs:# leg|# legs} closed to the base → {came}",
        "· {what}（{fall:.2%}）：{legs} 个仓位平到底仓 → {came}",
    ),
    "report.guards.fired.pause": Text(
        "· {what} at {fall:.2%}: paused, nothing closed", "· {what}（{fall:.2%}）：已暂停，没有平仓"
    ),
    "report.guards.held": Text("; its pause held back {what}", "；暂停拦下了 {what}"),
    "report.guards.held.tier": Text("{count:# tier|# tiers}", "{count} 档止盈"),
    "report.guards.held.hedge": Text("{count:# hedge|# hedges}", "{count} 次对冲"),
    "report.guards.held.guard": Text("{count:# other guard|# other guards}", "{count} 次其他保护"),
    "report.guards.held.upkeep": Text("{count:# order of upkeep|# orders of upkeep}", "{count} 笔维护"),
    "report.guards.more": Text("… and {more:# more|# more}", "……另有 {more} 项"),
    "report.end": Text(
        "Orders {takings.orders} · failures {failures} · watched {uptime:%} of the time",
        "成交 {takings.orders} 笔 · 失败 {failures} 次 · 在线 {uptime:%}",
    ),
    "report.end.since": Text(
        "Orders {takings.orders} · failures {failures} · watched {uptime:%} of the time since {since}",
        "成交 {takings.orders} 笔 · 失败 {failures} 次 · 自 {since} 起在线 {uptime:%}",
    ),
    "report.how": Text(
        "{word} is not a period. Write <code>/report day</code>, <code>week</code> or <code>month</code>; with <code>last</code> behind it, "
        "the one before: <code>/report week last</code>",
        "无法识别“{word}”。请用 <code>/report 日</code>、<code>周</code> 或 <code>月</code>；再前一期加“上”：<code>/report 上周</code>",
    ),
    "report.unread": Text(
        "The records could not be read just now ({what}). Please try again in a minute.",
        "暂时无法读取记录（{what}）。请稍后再试。",
    ),
    "button.report.day": Text("Today", "今日"),
    "button.report.week": Text("This week", "本周"),
    "button.report.month": Text("This month", "本月"),
    "button.report.day.last": Text("Yesterday", "昨日"),
    "button.report.week.last": Text("Last week", "上周"),
    "button.report.month.last": Text("Last month", "上月"),
    "button.report.shown": Text("• {label}", "• {label}"),
    "line.report_due.day": Text(
        "🗞 Daily report: realised {report.takings.realised:+U} U", "🗞 日报：已实现 {report.takings.realised:+U} U"
    ),
    "line.report_due.week": Text(
        "🗞 Weekly report: realised {report.takings.realised:+U} U", "🗞 周报：已实现 {report.takings.realised:+U} U"
    ),
    "line.report_due.month": Text(
        "🗞 Monthly report: realised {report.takings.realised:+U} U", "🗞 月报：已实现 {report.takings.realised:+U} U"
    ),
    # realised per day
    "pnl.title": Text("Realised, {days:# day|# days}", "已实现盈亏，{days} 天"),
    "pnl.head": Text("📊 <b>Realised in {days:# day|# days}</b>, {date}", "📊 <b>{days} 天已实现盈亏</b>，{date}"),
    "pnl.best": Text("Best day: {date} <b>{realised} U</b>", "盈亏最高的一天：{date} <b>{realised} U</b>"),
    "pnl.best.lost": Text("Smallest loss: {date} <b>{realised} U</b>", "亏损最少的一天：{date} <b>{realised} U</b>"),
    "pnl.worst.won": Text("Smallest gain: {date} <b>{realised} U</b>", "盈利最少的一天：{date} <b>{realised} U</b>"),
    "pnl.only": Text("The one day: {date} <b>{realised} U</b>", "只有一天：{date} <b>{realised} U</b>"),
    "pnl.since": Text("My records begin on {date}.", "记录从 {date} 开始。"),
    "pnl.worst": Text("Worst day: {date} <b>{realised} U</b>", "盈亏最低的一天：{date} <b>{realised} U</b>"),
    "pnl.end": Text("Orders {orders} on {busy} of {days:# day|# days}", "成交 {orders} 笔，{days} 天中有 {busy} 天平仓"),
    "pnl.how": Text(
        "{word} is not a number of days from 1 to {most}. Example: <code>/{command} 30</code>",
        "{word} 不是 1 到 {most} 的天数。例如：<code>/{command} 30</code>",
    ),
    "button.pnl": Text("📊 {days:# day|# days}", "📊 {days} 天"),
    "button.pnl.days": Text("{days} d", "{days} 天"),
    # the table
    "button.export": Text("📄 CSV", "📄 导出 CSV"),
    "export.caption": Text(
        "📄 <b>Events of {days:# day|# days}</b>, {date}: {count} in all. Local times are those of {zone}.",
        "📄 <b>{days} 天的全部记录</b>，{date}，共 {count} 条。本地时间为 {zone} 时区。",
    ),
    "export.nothing": Text(
        "Nothing happened in {days:# day|# days}: there is nothing to export.", "{days} 天内没有记录，无需导出。"
    ),
    "export.large": Text(
        "The table of {days:# day|# days} is larger than Telegram takes. Fewer days fit, for example <code>/export {fewer}</code>",
        "{days} 天的表格超出 Telegram 的大小限制。请减少天数，例如 <code>/export {fewer}</code>",
    ),
    "export.column.number": Text("Number", "编号"),
    "export.column.local": Text("Local time", "本地时间"),
    "export.column.zone": Text("Time zone", "时区"),
    "export.column.utc": Text("UTC", "UTC 时间"),
    "export.column.account": Text("Account", "账户"),
    "export.column.what": Text("Event", "类型"),
    "export.column.instrument": Text("Instrument", "合约"),
    "export.column.side": Text("Side", "方向"),
    "export.column.mode": Text("Margin mode", "保证金模式"),
    "export.column.rule": Text("Rule", "规则"),
    "export.column.tier": Text("Tier", "档位"),
    "export.column.roi": Text("ROI %", "收益率 %"),
    "export.column.margin": Text("Margin (USDT)", "保证金（USDT）"),
    "export.column.mark": Text("Mark price", "标记价"),
    "export.column.before": Text("Contracts before", "变动前张数"),
    "export.column.ladder_before": Text("Ladder before", "变动前档位"),
    "export.column.ladder_after": Text("Ladder after", "变动后档位"),
    "export.column.ordered": Text("Ordered", "委托张数"),
    "export.column.filled": Text("Filled", "成交张数"),
    "export.column.left": Text("Left", "剩余张数"),
    "export.column.price": Text("Fill price", "成交均价"),
    "export.column.realised": Text("Realised, without fee (USDT)", "已实现盈亏，不含手续费（USDT）"),
    "export.column.fee": Text("Fee paid (USDT)", "支付手续费（USDT）"),
    "export.column.order": Text("Order id", "订单号"),
    "export.column.client": Text("Client order id", "自定义订单号（clOrdId）"),
    "export.column.by": Text("By user", "操作人"),
    "export.column.words": Text("What happened", "内容"),
    # backtests
    "backtests.form": Text(
        "Write a coin, and what you like of the rest: <code>/backtest ETH long 10x 2022-05-01 2022-06-01</code>. Instead of "
        "<code>long</code>: <code>short</code> or <code>pair</code>. A ladder of your own goes behind it: <code>25:30,50:50</code>",
        "请写币种，其余可省略：<code>/backtest ETH 多 10x 2022-05-01 2022-06-01</code>。方向可写 <code>多</code>、<code>空</code>、"
        "<code>双向</code>；想试别的档位，写在后面：<code>25:30,50:50</code>",
    ),
    "backtests.word": Text(
        "{word} is not understood: a side is <code>long</code>, <code>short</code> or <code>pair</code>, a day is written as "
        "<code>2022-05-01</code>, a leverage as <code>10x</code>.",
        "无法识别“{word}”：方向写 <code>多</code>、<code>空</code> 或 <code>双向</code>，日期写成 <code>2022-05-01</code>，杠杆写成 <code>10x</code>。",
    ),
    "backtests.leverage": Text("A leverage is 1x to {most}x.", "杠杆为 1x 至 {most}x。"),
    "backtests.days": Text(
        "{since} to {until} cannot be walked: the earlier day comes first, at most {most} days, none of them after {today} (UTC).",
        "无法回测 {since} 至 {until}：开始日期须早于结束日期，最多 {most} 天，且不能晚于 {today}（UTC）。",
    ),
    "backtests.ladder": Text("That is no ladder: {what}", "档位写法有误：{what}"),
    "backtests.pair": Text("long and short", "多空双向"),
    "backtests.title": Text(
        "🧪 <b>Backtest {coin} {side} {leverage}x</b> · {since} to {until} (UTC)",
        "🧪 <b>回测 {coin} {side} {leverage}x</b> · {since} 至 {until}（UTC）",
    ),
    "backtests.history": Text(
        "{title}\nreading the history from OKX … {done:%}", "{title}\n正在从 OKX 读取历史行情…… {done:%}"
    ),
    "backtests.walk": Text("{title}\nwalking … {done:%}", "{title}\n正在回测…… {done:%}"),
    "backtests.seconds": Text(
        "{title}\nlooking at touched minutes second by second … {done:%}", "{title}\n正在逐秒复查触及档位的分钟…… {done:%}"
    ),
    "backtests.button.cancel": Text("✖ Cancel", "✖ 取消"),
    "backtests.busy": Text(
        "One is under way:\n{title} … {done:%}\n/cancel ends it; then ask again.",
        "已有一个回测在进行：\n{title}…… {done:%}\n/cancel 可结束它，然后再试。",
    ),
    "backtests.nowhere": Text(
        "The simulated market has no past to walk. With <code>PAPER_PRICES=live</code> or <code>EXCHANGE=okx</code> it is OKX's; "
        "“tgtp backtest FILE” walks a file of yours.",
        "模拟行情没有历史可回测。设置 <code>PAPER_PRICES=live</code> 或 <code>EXCHANGE=okx</code> 后使用 OKX 的历史；"
        "也可用“tgtp backtest 文件”回测自己的数据。",
    ),
    "backtests.none": Text("No backtest is under way.", "没有正在进行的回测。"),
    "backtests.cancelled": Text("{title}\nCancelled.", "{title}\n已取消。"),
    "backtests.ended": Text("Cancelled.", "已取消。"),
    "backtests.below": Text("{title}\nDone: what came of it stands below.", "{title}\n已完成，结果见下方。"),
    "backtests.failed": Text("{title}\nNothing came of it: {what}", "{title}\n没有结果：{what}"),
    "backtests.long": Text(
        "it took longer than {minutes} minutes; fewer days take less", "超过 {minutes} 分钟仍未完成，请缩短日期范围"
    ),
    "backtests.broken": Text("its process ended early ({why})", "回测进程中途退出（{why}）"),
    "backtests.leg": Text(
        "{outcome.margin:U} U of margin, opened {opened} UTC at {outcome.entry_price:price}",
        "保证金 {outcome.margin:U} U，{opened} UTC 以 {outcome.entry_price:price} 开仓",
    ),
    "backtests.head.net": Text("net U", "净额U"),
    "backtests.head.open": Text("open", "浮盈亏"),
    "backtests.head.drawdown": Text("fall", "回撤"),
    "backtests.row": Text("<code>{numbers}</code>  {name}{end}", "<code>{numbers}</code>  {name}{end}"),
    "backtests.name.ladder": Text("your ladder", "你的档位"),
    "backtests.name.hold": Text("hold to the end", "一直持有"),
    "backtests.name.scaled": Text("your ladder, by volatility", "你的档位（随波动率）"),
    "backtests.name.single": Text("all at {threshold} %", "到 {threshold}% 全平"),
    "backtests.tiers": Text(" · {count:# tier|# tiers}", " · 止盈 {count} 档"),
    "backtests.hedges": Text(" · {count:# hedge|# hedges}", " · 对冲 {count} 次"),
    "backtests.liquidated": Text(" · ⚠️ liquidated {at} UTC", " · ⚠️ {at} UTC 强平"),
    "backtests.assumed": Text(
        "{outcome.bars} bars of {outcome.minutes} min of the mark price, looked at every 10 s; low before high in each. Fee 0.05 %, no slippage, funding "
        "not counted. <i>open</i>: what of the net is not realised; <i>fall</i>: the greatest one from a peak. What was is no promise of what "
        "will be.",
        "标记价 {outcome.minutes} 分钟 K 线 {outcome.bars} 根，每 10 秒看一次，每根先低后高。手续费 0.05%，不计滑点和资金费。"
        "浮盈亏：净额中尚未实现的部分；回撤：从最高点的最大回落。过去不代表将来。",
    ),
    "backtests.missing": Text(
        "{outcome.missing:# bar is|# bars are} missing at OKX; nothing was done across the gap.",
        "OKX 缺 {outcome.missing} 根 K 线，缺口处不交易。",
    ),
    # the trader's own legs under other rules
    "what_if.form": Text(
        "{word} is not understood. Write how many days (1 to {most}), and a ladder of your own if you like: <code>/whatif 30</code> · "
        "<code>/whatif 30 20:50,40:50</code>",
        "无法识别“{word}”。请写天数（1 至 {most}），想试别的档位可写在后面：<code>/whatif 30</code> · <code>/whatif 30 20:50,40:50</code>",
    ),
    "what_if.days": Text(
        "{days} days cannot be read: 1 to {most}, as OKX keeps closed positions for three months.",
        "无法读取 {days} 天：可写 1 至 {most} 天，OKX 只保留三个月的已平仓位。",
    ),
    "what_if.title": Text("🧪 <b>What if: your positions of {days:# day|# days}</b>", "🧪 <b>复盘：最近 {days} 天的仓位</b>"),
    "what_if.title.account": Text("account {name}", "账户 {name}"),
    "what_if.title.other": Text("against {ladder}", "对比 {ladder}"),
    "what_if.nothing": Text(
        "There was no position to walk.",
        "没有可复盘的仓位。",
    ),
    "what_if.legs": Text("{outcome.legs:# position|# positions}.", "共 {outcome.legs} 个仓位。"),
    "what_if.legs.open": Text(
        "{outcome.legs:# position|# positions}, {outcome.still_open} of them still open and counted up to now.",
        "共 {outcome.legs} 个仓位，其中 {outcome.still_open} 个仍持有，算到现在。",
    ),
    "what_if.left.terms": Text(
        "Left out: {count}, of which OKX tells no leverage, entry or size.",
        "未计入：{count} 个，OKX 未给出杠杆、开仓价或张数。",
    ),
    "what_if.left.short": Text(
        "Left out: {count}, held for less than a whole clock minute.", "未计入：{count} 个，持有不足一个整分钟。"
    ),
    "what_if.left.bars": Text(
        "Left out: {count}, of whose time OKX has no bars.", "未计入：{count} 个，OKX 没有该时段的 K 线。"
    ),
    "what_if.left.bound": Text(
        "Left out: {count}, the oldest ones: one run reads no more minutes than it has. Fewer days reach all of theirs.",
        "未计入：最早的 {count} 个，超出一次可读取的分钟数。缩短天数可全部计入。",
    ),
    "what_if.paper": Text(
        "This account is on paper, which remembers no closed positions: only those that are open are counted, up to now.",
        "这是模拟账户，不保存已平仓的仓位：只计算仍持有的，算到现在。",
    ),
    "what_if.head.net": Text("net U", "净额U"),
    "what_if.head.costs": Text("costs", "成本"),
    "what_if.name.real": Text("as it was", "实际结果"),
    "what_if.name.ladder": Text("your ladder", "你的档位"),
    "what_if.name.hold": Text("held to its end", "中途不止盈"),
    "what_if.name.scaled": Text("scaled by volatility", "档位随波动率"),
    "what_if.name.resting": Text("tiers resting at OKX", "档位挂单"),
    "what_if.name.unguarded": Text("without guards", "不含仓位保护"),
    "what_if.name.tier": Text("all at tier {number}", "到第 {number} 档全平"),
    "what_if.liquidated": Text(" · ⚠️ {count} liquidated", " · ⚠️ 强平 {count} 个"),
    "what_if.extremes": Text("{name}: best {best} · worst {worst}", "{name}：最好 {best}，最差 {worst}"),
    "what_if.one": Text("{leg} {day} {net:+U}", "{leg} {day} {net:+U}"),
    "what_if.untouched": Text("No minute touched a tier of your ladder.", "没有任何一分钟触及你的档位。"),
    "what_if.unseen": Text(
        "{touched.of:# minute|# minutes} touched a tier; OKX has no one-second prices of them (it keeps three months).",
        "有 {touched.of} 分钟触及档位，但 OKX 没有这些分钟的秒级价格（只保留三个月）。",
    ),
    "what_if.missed": Text(
        "<b>Estimate</b> of what a look every {interval} s misses: of {touched.touches:# touch|# touches} of a tier, {touched.missed} "
        "were over before a look. From one-second traded prices of {touched.minutes} of the {touched.of:# minute|# minutes} that "
        "touched a tier.",
        "<b>估计</b>每 {interval} 秒看一次会错过多少：触及档位 {touched.touches} 次，其中 {touched.missed} 次在两次查看之间就已结束。"
        "依据成交价秒线，触及档位的 {touched.of} 分钟中查看了 {touched.minutes} 分钟。",
    ),
    "what_if.assumed": Text(
        "Each position in its largest size from its first whole minute on, by one-minute bars of the mark price, low before high; the rest "
        "is closed when yours was. While both sides of a coin were open, the hedge rule acts on them if it is on. Costs are fees "
        "(0.05 %) and funding as settled, and in the net; no slippage, and cross positions are not liquidated. What was is no promise of "
        "what will be.",
        "每个仓位自第一个完整分钟起按最大持仓计算，用标记价 1 分钟 K 线，每根先低后高；剩余部分在你实际平仓时平掉。同一币种多空同时持有期间，"
        "对冲规则若已开启则照常执行。成本为手续费（0.05%）和实际结算的资金费，已计入净额；不含滑点，全仓不计强平。过去不代表将来。",
    ),
}
