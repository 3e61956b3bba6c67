"""Alerts and lines of history: numbers in front, the story behind."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # what people changed, and what is near
    "line.ladder_changed": Text(
        "🪜 {by:user} changed the tiers of {whose}: {before} → {after}", "🪜 {by:user} 修改档位：{whose}，{before} → {after}"
    ),
    "line.ladder_changed.default": Text(
        "🪜 {by:user} put the tiers of {whose} back to the default: {before} → {after}",
        "🪜 {by:user} 把 {whose} 的档位恢复为默认：{before} → {after}",
    ),
    "line.liquidation_near": Text(
        "🚨 {leg} is {distance:.2%} away from its liquidation at {liquidation_price:~price} (mark {mark_price:price})",
        "🚨 {leg} 距强平价 {liquidation_price:~price} 仅 {distance:.2%}（标记价 {mark_price:price}）",
    ),
    "line.liquidation_near.ratio": Text(
        "🚨 {leg}: margin ratio {margin_ratio:.2%}; OKX liquidates at 100% (mark {mark_price:price})",
        "🚨 {leg}：维持保证金率 {margin_ratio:.2%}，到 100% 时强平（标记价 {mark_price:price}）",
    ),
    # alerts: numbers in front, the story behind
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
    "alert.tier": Text(
        "🎯 <b>{leg}</b>: tier {intent.tier} ({intent.basis.threshold:%}) at ROI <b>{intent.basis.roi:+%}</b>\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} ({intent.basis.share:%} of the rest) at {sums.average_price:price}\n"
        "Mark at the decision {intent.basis.mark_price:price} · slippage {sums.slippage:+U} U\n"
        "Realised <b>{sums.realised_pnl:+U} U</b>, fee {sums.fee:U} U · margin was {margin} U\n"
        "Left: {contracts_left} · tiers {tiers} · {next}\n"
        "Order <code>{order.order_id}</code>",
        "🎯 <b>{leg}</b>：收益率 <b>{intent.basis.roi:+%}</b> 触发第 {intent.tier} 档（{intent.basis.threshold:%}）\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张（剩余的 {intent.basis.share:%}），成交价 {sums.average_price:price}\n"
        "触发时标记价 {intent.basis.mark_price:price} · 滑点 {sums.slippage:+U} U\n"
        "实现盈亏 <b>{sums.realised_pnl:+U} U</b>，手续费 {sums.fee:U} U · 平仓前保证金 {margin} U\n"
        "剩余：{contracts_left} 张 · 档位 {tiers} · {next}\n"
        "订单 <code>{order.order_id}</code>",
    ),
    "alert.tier.part": Text(
        "Only part of the tier has filled; the rest of its {intent.basis.target_contracts} follows from the next check on, while the ROI is above 0.",
        "本档仅部分成交；收益率为正时，之后的检查会平完其 {intent.basis.target_contracts} 张的剩余部分。",
    ),
    "alert.hedge": Text(
        "⚖️ <b>{intent.leg.instrument_id}</b>: the {intent.leg.position_side.opposite} wins, ROI {intent.basis.other_roi:+%}; the {side} loses, ROI {intent.basis.roi:+%}\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} {side} at {sums.average_price:price}\n"
        "Mark at the decision {intent.basis.mark_price:price} · slippage {sums.slippage:+U} U\n"
        "Realised <b>{sums.realised_pnl:+U} U</b>, fee {sums.fee:U} U · margin was {margin} U\n"
        "Left: {contracts_left} (the base is {intent.basis.base_contracts})\n"
        "Order <code>{order.order_id}</code>",
        "⚖️ <b>{intent.leg.instrument_id}</b>：{intent.leg.position_side.opposite}盈利（收益率 {intent.basis.other_roi:+%}），{side}亏损（收益率 {intent.basis.roi:+%}）\n"
        "平掉{side} <b>{sums.contracts}</b> / {sums.before} 张，成交价 {sums.average_price:price}\n"
        "触发时标记价 {intent.basis.mark_price:price} · 滑点 {sums.slippage:+U} U\n"
        "实现盈亏 <b>{sums.realised_pnl:+U} U</b>，手续费 {sums.fee:U} U · 平仓前保证金 {margin} U\n"
        "剩余：{contracts_left} 张（底仓 {intent.basis.base_contracts}）\n"
        "订单 <code>{order.order_id}</code>",
    ),
    "alert.hand": Text(
        "✋ <b>{leg}</b>: closed by hand\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} at {sums.average_price:price}, ROI {intent.basis.roi:+%}\n"
        "Mark at the decision {intent.basis.mark_price:price} · slippage {sums.slippage:+U} U\n"
        "Realised <b>{sums.realised_pnl:+U} U</b>, fee {sums.fee:U} U\n"
        "Left: {contracts_left} · asked by {intent.by:user}\n"
        "Order <code>{order.order_id}</code>",
        "✋ <b>{leg}</b>：手动平仓\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，成交价 {sums.average_price:price}，收益率 {intent.basis.roi:+%}\n"
        "下单时标记价 {intent.basis.mark_price:price} · 滑点 {sums.slippage:+U} U\n"
        "实现盈亏 <b>{sums.realised_pnl:+U} U</b>，手续费 {sums.fee:U} U\n"
        "剩余：{contracts_left} 张 · 操作人 {intent.by:user}\n"
        "订单 <code>{order.order_id}</code>",
    ),
    "alert.in_all": Text(
        "Filled in {orders} orders: these are the totals, the order id is the last one's. /history lists each.",
        "分 {orders} 笔成交；以上为合计，订单号为最后一笔。/history 可查看每一笔。",
    ),
    "line.in_all": Text(
        " ({contracts} in {orders} orders by then, {realised_pnl:+U} U)",
        "（至此 {orders} 笔共平 {contracts} 张，已实现 {realised_pnl:+U} U）",
    ),
    "alert.dropped": Text(
        "⚠️ {count} older messages, #{first} to #{last}, waited too long and were dropped. /history shows what happened.",
        "⚠️ 更早的 {count} 条消息（#{first} 至 #{last}）等待过久，未保留。/history 可查看记录。",
    ),
    "alert.dropped.one": Text(
        "⚠️ An older message, #{first}, waited too long and was not kept. /history has what happened.",
        "⚠️ 更早的一条消息（#{first}）等待过久，未保留。/history 可查看记录。",
    ),
    "alert.presumed": Text(
        "⚠️ OKX no longer knows this order, but the leg became smaller by exactly this amount: it counts as filled, at an unknown price.",
        "⚠️ OKX 已查不到该订单，但仓位正好减少了这么多：视为已成交，成交价未知。",
    ),
    "next.threshold": Text("next {next_threshold:%}", "下一档 {next_threshold:%}"),
    "next.none": Text("no tier left", "没有后续档位"),
    "alert.rejected": Text(
        "⚠️ <b>{intent.leg}</b>: OKX refused to close {intent.contracts} ({what}): {code} {reason:brief}\n{then}",
        "⚠️ <b>{intent.leg}</b>：平 {intent.contracts} 张（{what}）被 OKX 拒绝：{code} {reason:brief}\n{then}",
    ),
    "rejected.again": Text(
        "Nothing was closed. I try again, each time after a longer pause, and remind you once a day while it lasts.",
        "没有平仓。我会逐渐拉长间隔重试；持续期间每天提醒一次。",
    ),
    "not_arrived.again": Text(
        "I try again, each time after a longer pause, and remind you once a day until one succeeds.",
        "我会逐渐拉长间隔重试；成功之前每天提醒一次。",
    ),
    "rejected.slippage": Text(
        "Nothing was closed (MAX_SLIPPAGE). I try again at every check, and remind you once a day while it lasts.",
        "没有平仓（MAX_SLIPPAGE）。每次检查都会重试；持续期间每天提醒一次。",
    ),
    "failed.still": Text(
        "🔁 <b>Still failing since {since}</b>, {tries:# try|# tries} so far. I keep trying, and remind you once a day.",
        "🔁 <b>自 {since} 起一直如此</b>，已尝试 {tries} 次。会继续重试，每天提醒一次。",
    ),
    "unresolved.still": Text(
        "🔁 <b>Still unknown since {since}.</b> Check the order at OKX; I remind you once a day.",
        "🔁 <b>自 {since} 起一直如此。</b>请到 OKX 查看该订单的结果；每天提醒一次。",
    ),
    "rejected.hand": Text("Nothing was closed. I do not try again by myself.", "没有平仓，我不会自动重试。"),
    "alert.unresolved": Text(
        "⏳ <b>{intent.leg}</b>: I asked OKX to close {intent.contracts} ({what}) and do not know yet whether it did. I am looking it up; until then "
        "I do nothing with this leg.",
        "⏳ <b>{intent.leg}</b>：已请求平 {intent.contracts} 张（{what}），结果待确认，正在查询；确认之前不动这个仓位。",
    ),
    "line.tier_filled": Text(
        "🎯 {leg}: tier {intent.tier} at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "🎯 {leg}：第 {intent.tier} 档，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.hedge_filled": Text(
        "⚖️ {leg}: hedge at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "⚖️ {leg}：对冲，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.hand_filled": Text(
        "✋ {leg}: by hand, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "✋ {leg}：手动，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.order_rejected": Text(
        "⚠️ {intent.leg}: refused, {code} {reason:brief}", "⚠️ {intent.leg}：被拒绝，{code} {reason:brief}"
    ),
    "line.order_rejected.slippage": Text(
        "⚠️ {intent.leg}: {what} due, but {intent.contracts} did not fill at {intent.limit_price:price} or better",
        "⚠️ {intent.leg}：{what}已触发，但 {intent.contracts} 张在 {intent.limit_price:price} 或更优价位无人成交",
    ),
    "line.order_unresolved": Text("⏳ {intent.leg}: outcome of an order unknown", "⏳ {intent.leg}：订单结果待确认"),
    "line.order_not_arrived": Text(
        "↩️ {intent.leg}: the order to close {intent.contracts} never reached OKX",
        "↩️ {intent.leg}：平 {intent.contracts} 张的订单没有到达 OKX",
    ),
    "line.tier_is_dust": Text(
        "🔸 {leg}: tier {tier} ({threshold:%}) is reached, but {share:%} of {basis.contracts} is {basis.target_contracts}, below the smallest order {basis.min_contracts}. "
        "Told once; the next tier up counts.",
        "🔸 {leg}：达到第 {tier} 档（{threshold:%}），但 {basis.contracts} 张的 {share:%} 是 {basis.target_contracts}，小于最小下单量 {basis.min_contracts}。仅提醒一次，改看更高一档。",
    ),
    "line.would_have_closed": Text(
        "⏸ {intent.leg}: {what} is due at {intent.basis.roi:+%}; I would have closed {intent.contracts}, but am paused.",
        "⏸ {intent.leg}：{what}条件已满足（收益率 {intent.basis.roi:+%}），本应平 {intent.contracts} 张，但已暂停。",
    ),
    "line.leg_opened": Text(
        "➕ {leg}: opened by hand, {contracts:# contract|# contracts} at {entry_price:price}, {initial_margin:U} U margin",
        "➕ {leg}：手动开仓 {contracts} 张，均价 {entry_price:price}，保证金 {initial_margin:U} U",
    ),
    "line.leg_opened.anew": Text(
        "🔁 {leg}: closed and opened again by hand, {contracts:# contract|# contracts} at {entry_price:price}, {initial_margin:U} U margin; its tiers start anew",
        "🔁 {leg}：手动平仓后重新开仓 {contracts} 张，均价 {entry_price:price}，保证金 {initial_margin:U} U；档位重新开始",
    ),
    "line.leg_opened.reopened": Text(
        "↩️ {leg}: still open after all; tiers that have fired stay fired", "↩️ {leg}：仓位仍在，已触发的档位继续有效"
    ),
    "line.leg_grew": Text("➕ {leg}: grew by hand, {before} → {contracts}", "➕ {leg}：手动加仓，{before} → {contracts} 张"),
    "line.leg_grew.ask": Text(
        "Tiers {tiers} have fired and stay fired. Shall they fire again?", "档位 {tiers} 已触发，保持不变。要重置吗？"
    ),
    "line.leg_grew.rearmed": Text("Its tiers may fire again (REARM=on_add).", "档位已重置（REARM=on_add）。"),
    "line.leg_shrank": Text(
        "➖ {leg}: became smaller, {before} → {contracts}, not by me (by hand, or by the exchange)",
        "➖ {leg}：{before} → {contracts} 张，不是我操作的（手动或交易所减仓）",
    ),
    "line.leg_redenominated": Text(
        "📐 {leg}: OKX changed the contract size from {size_before} to {size} coins, so {before} contracts are {contracts} now: "
        "nothing was bought or sold, and what has fired stays fired",
        "📐 {leg}：OKX 将合约面值由 {size_before} 改为 {size} 币，{before} 张变为 {contracts} 张：没有任何买卖，已触发的档位保持不变",
    ),
    "line.leg_gone": Text(
        "⬜ {leg}: closed by hand or by the exchange ({contracts} were held)",
        "⬜ {leg}：已被手动或交易所平仓（原 {contracts} 张）",
    ),
    "line.leg_gone.by_us": Text("⬜ {leg}: closed", "⬜ {leg}：已全部平仓"),
    "line.leg_unreadable": Text("⚠️ {leg}: open, not guarded. {why}{detail}", "⚠️ {leg}：持仓中，未监控。{why}{detail}"),
    "line.leg_unreadable.detail": Text(" ({detail})", "（{detail}）"),
    "line.leg_unreadable.nameless": Text(
        "⚠️ OKX sends a position that names no instrument: something may be open that I cannot name. No leg counts as closed "
        "meanwhile, and the others are guarded. Told once a day.",
        "⚠️ OKX 返回了一个没有合约名称的仓位：可能有我无法识别的仓位。在此期间不会把任何仓位视为已平，其他仓位照常监控。每天只提醒一次。",
    ),
    "line.leg_readable": Text(
        "🟢 {leg}: can be read again, {contracts:# contract|# contracts}; guarded from now on",
        "🟢 {leg}：已可读取，{contracts} 张，现在开始监控",
    ),
    "line.leverage_changed": Text(
        "🎚 {leg}: leverage changed by hand, {before}x → {after}x; its ROI is {roi:+%} with it",
        "🎚 {leg}：手动调整杠杆，{before}x → {after}x；收益率变为 {roi:+%}",
    ),
    "line.margin_changed.in": Text(
        "🎚 {leg}: {amount:U} U of margin added, not by me; it has {margin:U} U now",
        "🎚 {leg}：手动增加保证金 {amount:U} U，现有 {margin:U} U",
    ),
    "line.margin_changed.out": Text(
        "🎚 {leg}: {amount:U} U of margin taken out, not by me; it has {margin:U} U now",
        "🎚 {leg}：手动减少保证金 {amount:U} U，现有 {margin:U} U",
    ),
    "alert.tier.raised": Text(
        "⚠️ Reached because the leverage was raised by hand from {basis.lower_leverage}x to {basis.leverage}x: with {basis.lower_leverage}x its ROI would be {roi:+%}.",
        "⚠️ 因手动提高杠杆（{basis.lower_leverage}x → {basis.leverage}x）而触发：{basis.lower_leverage}x 时收益率为 {roi:+%}。",
    ),
    "line.leg_doubted.jump": Text(
        "⚠️ {leg}: the mark price jumped from {doubt.last_mark:price} to {doubt.mark_price:price} between two checks. I skip the leg for one check; if the price "
        "stays, I go on. Told once a day.",
        "⚠️ {leg}：标记价在两次检查之间从 {doubt.last_mark:price} 跳到 {doubt.mark_price:price}。本次不处理；若价格保持，下次继续。每天只提醒一次。",
    ),
    "line.leg_doubted.old": Text(
        "⚠️ {leg}: OKX's mark price is {doubt.age} s old. I skip the leg until it is fresh. Told once a day.",
        "⚠️ {leg}：OKX 的标记价已是 {doubt.age} 秒前的。恢复之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.roi": Text(
        "⚠️ {leg}: from its prices the ROI is {doubt.roi:+%}, but OKX says {doubt.exchange_roi:+%}. I skip the leg until they agree. Told once a "
        "day.",
        "⚠️ {leg}：按价格计算收益率为 {doubt.roi:+%}，OKX 却显示 {doubt.exchange_roi:+%}。一致之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.size": Text(
        "⚠️ {leg}: from its contracts its {doubt.witness:witness.} is {doubt.worked_out:U} U, but OKX says {doubt.shown:U} U. Perhaps OKX changed the contract size: I "
        "read the instruments again, and skip the leg until the two agree. Told once a day.",
        "⚠️ {leg}：按张数计算{doubt.witness:witness.}为 {doubt.worked_out:U} U，OKX 却显示 {doubt.shown:U} U。可能是合约面值变了：我正重新读取合约信息，两者一致之前"
        "不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.size.count": Text(
        "⚠️ {leg}: OKX changed the contract size, but still shows as many contracts as before. I skip the leg until it is clear "
        "how many they are. Told once a day.",
        "⚠️ {leg}：合约面值变了，但 OKX 显示的张数仍与之前相同。弄清实际张数之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.frozen": Text(
        "⚠️ {leg}: its mark price has stood at {doubt.mark_price:price} for {doubt.age} s, while OKX's public mark price is {doubt.public_mark:price}. I skip the leg until it "
        "moves. Told once a day.",
        "⚠️ {leg}：仓位的标记价停在 {doubt.mark_price:price} 已 {doubt.age} 秒，而 OKX 公布的是 {doubt.public_mark:price}。更新之前不处理。每天只提醒一次。",
    ),
    "line.leg_unguarded": Text(
        "🚨 {leg}: its data has not been consistent for {seconds:age} ({doubt.cause:doubt.}), so no rule acts on it: it is not guarded. Look at it at OKX; "
        "closing it by hand works here too.",
        "🚨 {leg}：其数据已有 {seconds:age}互相矛盾（{doubt.cause:doubt.}），所有规则都不处理它：它无人监控。请到 OKX 查看；在这里手动平仓仍然可用。",
    ),
    "doubt.jump": Text("the mark price jumps", "标记价跳动"),
    "doubt.old": Text("the mark price is old", "标记价过旧"),
    "doubt.roi": Text("OKX shows another ROI", "OKX 显示的收益率不同"),
    "doubt.behind": Text("OKX shows it as it was before", "OKX 显示的是旧数据"),
    "doubt.size": Text("OKX values it differently: its contract size is in doubt", "OKX 的估值不同：合约面值存疑"),
    "doubt.frozen": Text("its mark price does not move", "标记价停滞"),
    "witness.notional": Text("notional", "仓位价值"),
    "witness.pnl": Text("unrealised P&L", "未实现盈亏"),
    "witness.margin": Text("margin", "保证金"),
    "line.clock_skewed": Text(
        "⚠️ This machine's clock is {seconds} s {way:clock.} OKX's. Orders still work (the difference is corrected), but set the clock: at 30 s OKX would "
        "refuse orders without that.",
        "⚠️ 本机时钟比 OKX {way:clock.} {seconds} 秒。下单仍可用（已自动修正），但请校准时钟：不修正的话，相差 30 秒时 OKX 会拒绝下单。",
    ),
    "line.leg_doubted.behind": Text(
        "⚠️ {leg}: for {doubt.age} s OKX has shown old data of it, from before an order or a change by hand. I skip "
        "the leg until OKX shows it as it is now. Told once a day.",
        "⚠️ {leg}：{doubt.age} 秒以来 OKX 显示的仍是旧数据（在我们下单或手动改动之前）。更新之前不处理。每天只提醒一次。",
    ),
    "line.looked_away": Text(
        "⚠️ For {seconds:age} no checks ran: this machine slept, or its clock was set. Checks have resumed.",
        "⚠️ 有 {seconds:age}没有检查：本机曾休眠，或时钟被调整。现已恢复检查。",
    ),
    "clock.ahead": Text("ahead of", "快"),
    "clock.behind": Text("behind", "慢"),
    "line.not_watched": Text("👀 Not watched, and never touched: {names}", "👀 不监控，也不会动：{names}"),
    "line.leg_rearmed": Text("🔁 {leg}: tiers re-armed by {by:user}", "🔁 {leg}：{by:user} 重置了档位"),
    "line.paused": Text("⏸ {name} paused by {by:user}", "⏸ {by:user} 暂停：{name}"),
    "line.resumed": Text("🟢 {name}: {by:user} lifted the pause", "🟢 {by:user} 解除了暂停：{name}"),
    "line.paused.cause": Text("⏸ {name} paused: {cause:pause.cause.}", "⏸ {name} 已暂停：{cause:pause.cause.}"),
    "line.resumed.cause": Text(
        "🟢 {name}: {by:user} lifted the pause ({cause:pause.cause.})",
        "🟢 {by:user} 解除了 {name} 的暂停（{cause:pause.cause.}）",
    ),
    "line.paused.watch": Text(
        "👁 {name}: from now on I only watch (GUARD_MODE=watch in .env)", "👁 {name}：从现在起仅观察（.env 中 GUARD_MODE=watch）"
    ),
    "line.resumed.watch": Text(
        "🟢 {name}: I no longer only watch (GUARD_MODE=guard in .env)", "🟢 {name}：不再只是观察（.env 中 GUARD_MODE=guard）"
    ),
    "line.resumed.over": Text("🟢 {name} goes on: the time of its pause is over", "🟢 {name} 恢复：暂停时间已到"),
    "line.close_asked": Text("✋ {by:user} confirmed: close {legs}", "✋ {by:user} 确认平仓：{legs}"),
    "line.telegram_conflict": Text(
        "⚠️ Another program fetches this bot's messages: some of your commands may go there. Is a second tgtp running?",
        "⚠️ 另一个程序在接收本机器人的消息，你的部分指令可能被它拿走。是否运行了第二个 tgtp？",
    ),
    "line.legacy_close": Text(
        "📜 {leg}: closed {share:%} at {profit:+%} by the older daemon, {closed_at} ({reason:brief})",
        "📜 {leg}：旧程序 {closed_at} 在收益率 {profit:+%} 平 {share:%}（{reason:brief}）",
    ),
    "line.stopped": Text("👋 Stopped. Nothing is watched until I am started again.", "👋 已停止。重新启动之前不再监控。"),
    "line.exchange_lost.down": Text(
        "⚠️ I cannot see the account: {detail}. I try again every {interval} s; no leg counts as closed, no tier is lost.",
        "⚠️ 无法读取账户：{detail}。每 {interval} 秒重试；不会误判平仓，不会丢失档位。",
    ),
    "line.exchange_lost.refused": Text(
        "⚠️ OKX refuses the keys: {detail}. Nothing is sent while this lasts. Check the key, its IP list and its permissions.",
        "⚠️ OKX 拒绝了密钥：{detail}。期间不会下单。请检查密钥、IP 白名单和权限。",
    ),
    "line.exchange_lost.broken": Text(
        "⚠️ A check failed: {detail}. The next one starts afresh; if this lasts, nothing is guarded. See the log for details.",
        "⚠️ 检查出错：{detail}。下次检查会重新开始；若持续，则监控已中断。详情见日志。",
    ),
    "line.exchange_found.down": Text("🟢 I can see the account again, after {lasted:age}.", "🟢 {lasted:age}后恢复读取账户。"),
    "line.exchange_found.refused": Text(
        "🟢 OKX accepts the keys again, after {lasted:age}.", "🟢 {lasted:age}后 OKX 重新接受密钥。"
    ),
    "line.exchange_found.broken": Text("🟢 Checks work again, after {lasted:age}.", "🟢 {lasted:age}后检查恢复正常。"),
    "alarm": Text(
        "🚨 Nothing is guarded: {what}. Nothing is sent while the ledger cannot be written. Free some disk space, or put the data folder back; I resume by myself.",
        "🚨 监控已中断：{what}。数据文件无法写入期间不会下单。请清理磁盘空间或恢复数据文件夹，之后会自动恢复。",
    ),
    "alarm.late": Text(
        "🚨 No check started for {what}: the clock or the machine stood still. I have started one now.",
        "🚨 已有 {what} 没有检查：时钟或机器曾停顿。现已重新开始。",
    ),
    "line.trading_forbidden": Text(
        "⚠️ The API key can read but not trade: I close nothing. Allow “trade” for it; I notice by myself.",
        "⚠️ API 密钥只能查看、不能交易：不会下单。请给它“交易”权限，我会自动发现。",
    ),
    "line.trading_allowed": Text("🟢 The API key can trade now.", "🟢 API 密钥已可交易。"),
    "started.routes": Text("Network: {ways}", "网络：{ways}"),
    "line.started": Text(
        "🚀 Started: {legs:# leg|# legs} on {exchange:exchange.}", "🚀 已启动：{exchange:exchange.}，{legs} 个仓位"
    ),
    "alert.started": Text(
        "🚀 <b>tgtp {version}</b> watches {exchange:exchange.}\n"
        "{legs:# leg|# legs}: {watched} under the rules, {small_legs} at {min_margin} U of margin or less (skipped)\n"
        "Every {interval} s · long {long_tiers} · short {short_tiers}\n"
        "Position mode: {profile.position_mode:position_mode.}",
        "🚀 <b>tgtp {version}</b> 已启动：{exchange:exchange.}\n"
        "{legs} 个仓位：{watched} 个按规则处理，{small_legs} 个保证金 ≤ {min_margin} U（不处理）\n"
        "每 {interval} 秒 · 多单 {long_tiers} · 空单 {short_tiers}\n"
        "持仓模式：{profile.position_mode:position_mode.}",
    ),
    "started.account_mode": Text(
        "Account mode: {profile.account_mode:account_mode.}", "账户模式：{profile.account_mode:account_mode.}"
    ),
    "account_mode.spot": Text("spot, which holds no perpetual swaps", "现货模式，不能持有永续合约"),
    "account_mode.futures": Text("futures", "合约模式"),
    "account_mode.multi_currency": Text("multi-currency margin", "跨币种保证金"),
    "account_mode.portfolio_margin": Text("portfolio margin", "组合保证金"),
    "started.perm": Text("Key: {what}", "密钥：{what}"),
    "started.trade": Text("can trade", "可交易"),
    "started.no_trade": Text("CANNOT trade: I only look", "不能交易：仅查看"),
    "started.bound": Text("bound to an IP", "已绑定 IP"),
    "started.unbound": Text(
        "not bound to an IP (bind it at OKX: a stolen key is then worthless)", "未绑定 IP（建议在 OKX 绑定，被盗也无法使用）"
    ),
    "started.withdraw": Text(
        "🚨 <b>This key can withdraw your money.</b> tgtp never needs that: make a key without it.",
        "🚨 <b>此密钥有提币权限。</b>tgtp 不需要它：请换一个没有提币权限的密钥。",
    ),
    "started.readable": Text(
        "⚠️ <b>{readable_secrets:brief} holds secrets, and other users of that machine can read it.</b> Close it there: <code>chmod 600 {readable_secrets:brief}</code>",
        "⚠️ <b>{readable_secrets:brief} 里有密钥，同一台机器上的其他用户可以读取。</b>请在那台机器上执行 <code>chmod 600 {readable_secrets:brief}</code>",
    ),
    "started.unwatched": Text("Not watched: {names}", "未监控：{names}"),
    "started.paused": Text("⏸ Still paused: {names}", "⏸ 仍在暂停：{names}"),
    "started.paper": Text(
        "The paper account has an imaginary trader who reopens a leg now and then, so that there is something to see.",
        "模拟盘里有一个虚拟交易者，会不时重新开仓，方便观察。",
    ),
    "started.missed": Text("I was away for {missed_seconds:age}.", "离线了 {missed_seconds:age}。"),
    "unwatched.not_usdt": Text("not settled in USDT", "非 USDT 结算"),
    "unwatched.not_swap": Text("not a perpetual swap", "非永续合约"),
    "unwatched.unknown_instrument": Text("not in OKX's list", "不在 OKX 列表中"),
    "unwatched.unreadable": Text("invalid data", "数据异常"),
}
