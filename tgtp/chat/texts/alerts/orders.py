"""Orders in alerts and lines: filled, refused, not known yet; and why one was not sent."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # what is read at a glance; ``name`` is the coin and the side
    "alert.name": Text("<b>{name}</b> {roi:+%}", "<b>{name}</b> {roi:+%}"),
    "alert.name.bare": Text("<b>{name}</b>", "<b>{name}</b>"),
    "alert.tier": Text(
        "🎯 {title} · tier {intent.tier} ({threshold})\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left}{next}",
        "🎯 {title} · 第 {intent.tier} 档（{threshold}）\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张{next}",
    ),
    "alert.tier.part": Text(
        "⏳ {title} · tier {intent.tier} ({threshold}) under way\n"
        "So far <b>{closed}</b> of the {intent.basis.target_contracts} that this tier closes ({progress:%}) · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left} of the leg · the rest of the tier follows while the ROI is above 0",
        "⏳ {title} · 第 {intent.tier} 档（{threshold}）成交中\n"
        "本档应平 {intent.basis.target_contracts} 张，至今已平 <b>{closed}</b> 张（{progress:%}），盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "仓位剩余 {contracts_left} 张 · 收益率为正时继续平完本档",
    ),
    "alert.end": Text(
        "🏁 <b>{end}.</b> My closes of this position have brought <b>{earned:+U} U</b> in all, after fees.",
        "🏁 <b>{end}。</b>本次持仓由我平仓累计 <b>{earned:+U} U</b>（已扣手续费）。",
    ),
    "alert.end.bare": Text("🏁 <b>{end}.</b>", "🏁 <b>{end}。</b>"),
    "end.ladder": Text("Tiers finished", "止盈档位已走完"),
    "end.closed": Text("Position closed", "仓位已全部平掉"),
    "next.price": Text(" · next {threshold} at {next_price:price}", " · 下一档 {threshold}，价格 {next_price:price}"),
    "next.small": Text(
        " · next {threshold} at {next_price:price}, where its margin is {min_margin} U or less: skipped",
        " · 下一档 {threshold}，价格 {next_price:price}，但届时保证金 ≤ {min_margin} U，不处理",
    ),
    "next.threshold": Text(" · next {threshold}", " · 下一档 {threshold}"),
    "alert.hedge": Text(
        "⚖️ {title} · {intent.leg.position_side.opposite} wins {intent.basis.other_roi:+%}\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left} (the base is {intent.basis.base_contracts})",
        "⚖️ {title} · {intent.leg.position_side.opposite}盈利 {intent.basis.other_roi:+%}\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张（底仓 {intent.basis.base_contracts} 张）",
    ),
    "alert.give_back": Text(
        "🛡 {title} · give-back guard, best {intent.basis.best_roi:+%}\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left} (the base is {intent.basis.base_contracts})",
        "🛡 {title} · 回吐保护，最高 {intent.basis.best_roi:+%}\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张（底仓 {intent.basis.base_contracts} 张）",
    ),
    "alert.break_even": Text(
        "🛡 {title} · break-even guard at {intent.basis.guard_price:~price}\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left} (the base is {intent.basis.base_contracts})",
        "🛡 {title} · 保本保护 @ {intent.basis.guard_price:~price}\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张（底仓 {intent.basis.base_contracts} 张）",
    ),
    "alert.hand": Text(
        "✋ {title} · closed by hand\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left}",
        "✋ {title} · 手动平仓\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张",
    ),
    # the rest of the numbers, folded; ``rows`` are those below
    "alert.numbers": Text("<blockquote expandable>{rows}</blockquote>", "<blockquote expandable>{rows}</blockquote>"),
    "alert.numbers.filled": Text(
        "{intent.leg:whole}\n"
        "Filled at {sums.average_price:price} · mark then {intent.basis.mark_price:price}\n"
        "Slippage {sums.slippage:+U} U · fee {sums.fee:U} U · margin was {margin} U",
        "{intent.leg:whole}\n"
        "成交价 {sums.average_price:price} · 触发时标记价 {intent.basis.mark_price:price}\n"
        "滑点 {sums.slippage:+U} U · 手续费 {sums.fee:U} U · 平仓前保证金 {margin} U",
    ),
    "alert.numbers.tier": Text(
        "This tier closes {intent.basis.share:%} of what was held · tiers {tiers}",
        "本档平当时持仓的 {intent.basis.share:%} · 档位 {tiers}",
    ),
    "alert.numbers.pushed": Text(
        "Decided by the stream, on a mark price {basis.pushed_age} s old", "由实时推送触发，标记价延迟 {basis.pushed_age} 秒"
    ),
    "alert.tier.pausing": Text(
        "⏸ Fired while pausing: its order was triggered before my cancel got there.",
        "⏸ 暂停时触发：撤单到达之前，这笔委托已被触发。",
    ),
    "alert.numbers.rested": Text("Fired at the exchange, where its order rested", "由挂在交易所的委托触发"),
    "alert.numbers.hand": Text("Asked by {intent.by:user}", "操作人 {intent.by:user}"),
    "alert.numbers.order": Text("Order <code>{order.order_id}</code>", "订单 <code>{order.order_id}</code>"),
    "button.copy_order": Text("📋 Copy order id", "📋 复制订单号"),
    "alert.in_all": Text(
        "Filled in {orders} orders: these are the totals, the order id is the last one's. /history lists each.",
        "分 {orders} 笔成交；以上为合计，订单号为最后一笔。/history 可查看每一笔。",
    ),
    "line.in_all": Text(
        " ({contracts} in {orders} orders by then, {realised_pnl:+U} U)",
        "（至此 {orders} 笔共平 {contracts} 张，已实现 {realised_pnl:+U} U）",
    ),
    "alert.filled_before": Text(
        "⚠️ Nothing was closed now: this order filled at {at} already. Another data folder of this account had sent it.",
        "⚠️ 现在没有平仓：该订单已于 {at} 成交，由同一账户的另一个数据文件夹发出。",
    ),
    "alert.presumed": Text(
        "⚠️ OKX no longer knows this order, but the leg became smaller by exactly this amount: it counts as filled, at an unknown price.",
        "⚠️ OKX 已查不到该订单，但仓位正好减少了这么多：视为已成交，成交价未知。",
    ),
    "alert.rejected": Text(
        "⚠️ <b>{intent.leg}</b>: OKX refused to close {intent.contracts} ({what}): {code} {reason:brief}\n{then}",
        "⚠️ <b>{intent.leg}</b>：平 {intent.contracts} 张（{what}）被 OKX 拒绝：{code} {reason:brief}\n{then}",
    ),
    "alert.canceled": Text(
        "⚠️ <b>{intent.leg}</b>: OKX took the order to close {intent.contracts} ({what}) and cancelled it unfilled: {reason:brief}\n{then}",
        "⚠️ <b>{intent.leg}</b>：平 {intent.contracts} 张（{what}）的订单未成交即被 OKX 撤销：{reason:brief}\n{then}",
    ),
    "rejected.why": Text("OKX's reason: {reason:brief}.", "OKX 的原因：{reason:brief}。"),
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
    "line.tier_filled.pausing": Text(
        "🎯 {leg}: tier {intent.tier} fired while pausing, at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "🎯 {leg}：暂停撤单时第 {intent.tier} 档已触发，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.hedge_filled": Text(
        "⚖️ {leg}: hedge at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "⚖️ {leg}：对冲，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.guard_filled.give_back": Text(
        "🛡 {leg}: give-back guard at {intent.basis.roi:+%} after a best of {intent.basis.best_roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "🛡 {leg}：回吐保护，收益率 {intent.basis.roi:+%}，最高 {intent.basis.best_roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.guard_filled.break_even": Text(
        "🛡 {leg}: break-even guard at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "🛡 {leg}：保本保护，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.hand_filled": Text(
        "✋ {leg}: by hand, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "✋ {leg}：手动，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "line.order_rejected": Text(
        "⚠️ {intent.leg}: refused, {code} {reason:brief}", "⚠️ {intent.leg}：被拒绝，{code} {reason:brief}"
    ),
    "line.order_rejected.canceled": Text(
        "⚠️ {intent.leg}: the order to close {intent.contracts} ({what}) was cancelled unfilled, {reason:brief}",
        "⚠️ {intent.leg}：平 {intent.contracts} 张（{what}）的订单未成交即被撤销，{reason:brief}",
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
        "🔸 {leg}：达到第 {tier} 档（{threshold:%}），但 {basis.contracts} 张的 {share:%} 是 {basis.target_contracts} 张，小于最小下单量 {basis.min_contracts} 张。仅提醒一次，改看更高一档。",
    ),
    "line.would_have_closed": Text(
        "⏸ {intent.leg}: {what} is due at {intent.basis.roi:+%}; I would have closed {intent.contracts}, but am paused.",
        "⏸ {intent.leg}：{what}条件已满足（收益率 {intent.basis.roi:+%}），本应平 {intent.contracts} 张，但已暂停。",
    ),
    "alert.tier.raised": Text(
        "⚠️ Reached because the leverage was raised by hand from {basis.lower_leverage}x to {basis.leverage}x: with {basis.lower_leverage}x its ROI would be {roi:+%}.",
        "⚠️ 因手动提高杠杆（{basis.lower_leverage}x → {basis.leverage}x）而触发：{basis.lower_leverage}x 时收益率为 {roi:+%}。",
    ),
    "line.legacy_close": Text(
        "📜 {leg}: closed {share:%} at {profit:+%} by the older daemon, {closed_at} ({reason:brief})",
        "📜 {leg}：旧程序 {closed_at} 在收益率 {profit:+%} 平 {share:%}（{reason:brief}）",
    ),
}
