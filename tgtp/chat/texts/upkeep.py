"""The upkeep of sub-accounts: maintenance, correction, margin moves."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

_UNKNOWN_FUNDS: Final = Text("the account's free margin could not be read", "读不到账户的可用保证金")

TEXTS: Final[dict[str, Text]] = {
    "account.tag": Text("<b>{account}</b> · ", "<b>{account}</b> · "),
    # what an order is for, and the console's story of it
    "what.buy": Text("maintenance, buy", "维护加仓"),
    "what.cut": Text("maintenance, cut back", "维护减仓"),
    "what.trim": Text("correction", "纠错平仓"),
    "log.trigger.buy": Text(
        "🛠 {intent.leg}: {what}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts} → buying {intent.contracts} (order {intent.client_order_id})",
        "🛠 {intent.leg}：{what}，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张 → 加仓 {intent.contracts} 张（订单 {intent.client_order_id}）",
    ),
    "log.trigger.cut": Text(
        "🛠 {intent.leg}: {what}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts} → closing {intent.contracts} (order {intent.client_order_id})",
        "🛠 {intent.leg}：{what}，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张 → 平 {intent.contracts} 张（订单 {intent.client_order_id}）",
    ),
    "log.trigger.trim": Text(
        "⚙️ {intent.leg}: {what}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts} → closing {intent.contracts} (order {intent.client_order_id})",
        "⚙️ {intent.leg}：{what}，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张 → 平 {intent.contracts} 张（订单 {intent.client_order_id}）",
    ),
    "why.buy": Text(
        "<b>Maintenance</b>: buy {intent.contracts:# contract|# contracts} of {basis.contract_size} into {intent.leg.position_side}\n"
        "<b>Seen</b>: {basis.contracts:# contract|# contracts}, entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x, ROI {basis.roi:+%}, margin {margin} U (lot {basis.lot_size})",
        "<b>维护</b>：{intent.leg.position_side}加仓 {intent.contracts} 张，每张 {basis.contract_size}\n"
        "<b>依据</b>：持仓 {basis.contracts} 张，开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x，收益率 {basis.roi:+%}，保证金 {margin} U（最小变动 {basis.lot_size} 张）",
    ),
    "why.cut": Text(
        "<b>Maintenance</b>: back to the target, close {intent.contracts} of {basis.contracts} {intent.leg.position_side}\n"
        "<b>Seen</b>: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x, ROI {basis.roi:+%}, margin {margin} U, contracts of {basis.contract_size} (lot {basis.lot_size}, "
        "smallest order {basis.min_contracts})",
        "<b>维护</b>：减仓至目标，平 {intent.leg.position_side} {intent.contracts} / {basis.contracts} 张\n"
        "<b>依据</b>：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x，收益率 {basis.roi:+%}，保证金 {margin} U，每张 {basis.contract_size}（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）",
    ),
    "why.trim": Text(
        "<b>Correction</b>: above the target, close {intent.contracts} of {basis.contracts} {intent.leg.position_side}\n"
        "<b>Seen</b>: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x, ROI {basis.roi:+%}, margin {margin} U, contracts of {basis.contract_size} (lot {basis.lot_size}, "
        "smallest order {basis.min_contracts})",
        "<b>纠错</b>：超出目标，平 {intent.leg.position_side} {intent.contracts} / {basis.contracts} 张\n"
        "<b>依据</b>：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x，收益率 {basis.roi:+%}，保证金 {margin} U，每张 {basis.contract_size}（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）",
    ),
    # lines of history
    "line.upkeep_filled.buy": Text(
        "🛠 {intent.leg}: bought {order.filled_contracts} at {order.average_price:price}, holds {contracts_left}",
        "🛠 {intent.leg}：加仓 {order.filled_contracts} 张 @ {order.average_price:price}，持仓 {contracts_left} 张",
    ),
    "line.upkeep_filled.cut": Text(
        "🛠 {intent.leg}: cut back by {order.filled_contracts} at {order.average_price:price}, realised {order.realised_pnl:+U} U, holds {contracts_left}",
        "🛠 {intent.leg}：减仓 {order.filled_contracts} 张 @ {order.average_price:price}，已实现 {order.realised_pnl:+U} U，持仓 {contracts_left} 张",
    ),
    "line.upkeep_filled.trim": Text(
        "⚙️ {intent.leg}: {order.filled_contracts} above the target closed at {order.average_price:price}, realised {order.realised_pnl:+U} U, holds {contracts_left}",
        "⚙️ {intent.leg}：平掉超出目标的 {order.filled_contracts} 张 @ {order.average_price:price}，已实现 {order.realised_pnl:+U} U，持仓 {contracts_left} 张",
    ),
    "line.upkeep_asked.maintenance": Text("🛠 {by:user} confirmed a maintenance: {legs}", "🛠 {by:user} 确认维护：{legs}"),
    "line.upkeep_asked.correction": Text("⚙️ {by:user} confirmed a correction: {legs}", "⚙️ {by:user} 确认纠错：{legs}"),
    "line.maintenance_begun": Text(
        "🛠 {work.draft.leg}: maintenance {count} begins at ROI {roi:+%}: buy {work.draft.buy_contracts}, back to {work.draft.target.notional} U",
        "🛠 {work.draft.leg}：第 {count} 次维护开始，收益率 {roi:+%}：加仓 {work.draft.buy_contracts} 张，再减仓至 {work.draft.target.notional} U",
    ),
    "line.maintenance_done": Text(
        "🛠 {leg}: maintenance {count} done, entry {entry_before:~price} → {entry_price:~price}, {notional:U} U on {margin:U} U of margin",
        "🛠 {leg}：第 {count} 次维护完成，均价 {entry_before:~price} → {entry_price:~price}，名义价值 {notional:U} U，保证金 {margin:U} U",
    ),
    "line.maintenance_broken": Text(
        "🚨 {leg}: maintenance {count} was not finished ({why}); bought {work.bought}, cut back {work.cut}; it does not count",
        "🚨 {leg}：第 {count} 次维护未完成（{why}）；加仓 {work.bought} 张，减仓 {work.cut} 张；不计次数",
    ),
    "line.maintenance_broken.counted": Text(
        "🚨 {leg}: maintenance {count} is in doubt ({why}); bought {work.bought}, cut back {work.cut}; it counts all the same",
        "🚨 {leg}：第 {count} 次维护存疑（{why}）；加仓 {work.bought} 张，减仓 {work.cut} 张；仍计入次数",
    ),
    "line.would_have_kept_up.maintenance": Text(
        "⏸ {leg}: maintenance {count} is due at {roi:+%}; I would have bought {contracts} and cut back to {target.notional} U, but am paused.",
        "⏸ {leg}：达到第 {count} 次维护的条件（收益率 {roi:+%}），本应加仓 {contracts} 张再减仓至 {target.notional} U，但已暂停。",
    ),
    "line.would_have_kept_up.trim": Text(
        "⏸ {leg}: {held:U} U of margin, its target is {target.margin:U} U; I would have closed {contracts}, but am paused.",
        "⏸ {leg}：保证金 {held:U} U，目标 {target.margin:U} U，本应平 {contracts} 张纠正，但已暂停。",
    ),
    "line.would_have_kept_up.move": Text(
        "⏸ {leg}: {held:U} U of margin, its target is {target.margin:U} U; I would have moved {margin:+U} U of margin, but am paused.",
        "⏸ {leg}：保证金 {held:U} U，目标 {target.margin:U} U，本应调整保证金 {margin:+U} U 纠正，但已暂停。",
    ),
    "line.maintenance_held_back": Text(
        "⚠️ {leg}: due for maintenance at ROI {roi:+%}, but {why}", "⚠️ {leg}：收益率 {roi:+%}，应维护，但未执行：{why}"
    ),
    "line.leg_sinking": Text(
        "🚨 {leg}: ROI {roi:+%} after {count:# maintenance|# maintenances}; no more is planned for it",
        "🚨 {leg}：已维护 {count} 次，收益率 {roi:+%}；计划内的维护次数已用完",
    ),
    "line.margin_moved": Text(
        "⚙️ {leg}: margin {before:U} → {after:U} U ({amount:+U})", "⚙️ {leg}：保证金 {before:U} → {after:U} U（{amount:+U}）"
    ),
    "line.margin_not_moved": Text(
        "⚙️ {leg}: {amount:+U} U of margin did not move ({why})", "⚙️ {leg}：保证金 {amount:+U} U 未能调整（{why}）"
    ),
    "line.corrected": Text("⚙️ {leg}: {what}", "⚙️ {leg}：{what}"),
    "corrected.trimmed": Text("closed {trimmed} above the target", "平掉超出目标的 {trimmed} 张"),
    "corrected.moved": Text(
        "margin {margin_before:U} → {margin:U} U, steps: {steps}", "保证金 {margin_before:U} → {margin:U} U，{steps} 步"
    ),
    "line.corrected.nothing": Text("⚙️ {leg}: at its target, margin {margin:U} U", "⚙️ {leg}：已在目标内，保证金 {margin:U} U"),
    "line.correction_stuck": Text(
        "⚠️ {leg}: cannot be brought to {target.margin:U} U of margin (it has {margin:U} U): {why}",
        "⚠️ {leg}：无法调到 {target.margin:U} U 保证金（现为 {margin:U} U）：{why}",
    ),
    # why not
    "upkeep.refused": Text("OKX says {code}: {reason:brief}", "OKX 返回 {code}：{reason:brief}"),
    "refusal.unknown_funds": _UNKNOWN_FUNDS,
    "stuck.unknown_funds": _UNKNOWN_FUNDS,
    "maintenance.unverified": Text(
        "both orders filled, but OKX shows a margin that does not fit its size: look at the leg",
        "两笔订单都已成交，但其保证金与仓位大小不符：请查看该仓位",
    ),
    "maintenance.slow": Text("the buy did not fill in two minutes", "加仓订单两分钟内未成交"),
    "maintenance.gone": Text("the leg was closed meanwhile", "仓位中途被平掉"),
    "maintenance.hand": Text("ended by hand: the leg was made smaller", "手动结束：中途有人减仓"),
    "maintenance.paused": Text("paused meanwhile", "中途被暂停"),
    "maintenance.forbidden": Text("the key can no longer trade", "密钥已不能交易"),
    "maintenance.stopped": Text("the program was stopped", "程序已停止"),
    "maintenance.denied": Text("the buy was stopped here, before it was sent", "加仓订单在发出前被本程序拦下"),
    "maintenance.refused": Text("OKX refuses the key: {reason:brief}", "OKX 拒绝了密钥：{reason:brief}"),
    "maintenance.missing": Text("the leg was missing from OKX’s replies for a while", "OKX 的回复中一度没有该仓位"),
    "refusal.hedged": Text(
        "its other side wins and the hedge rule is on here: the hedge rule closes it down to its base",
        "另一侧盈利，且本账户开启了对冲规则：由对冲规则平到底仓",
    ),
    "refusal.used_up": Text(
        "its {count:one maintenance is|# maintenances are} used up; what to do now is up to you",
        "{count} 次维护已用完，请自行决定下一步",
    ),
    "refusal.winning": Text("it is not losing: ROI {roi:+%}", "它没有亏损：收益率 {roi:+%}"),
    "refusal.resting": Text(
        "the last maintenance was less than 15 minutes ago; again from {again_at}",
        "距上次维护不足 15 分钟，{again_at} 后可再次维护",
    ),
    "refusal.running": Text("a maintenance is running", "维护正在进行"),
    "refusal.poor": Text(
        "the account lacks {missing:U} U of free margin ({needed:U} U are needed)",
        "账户可用保证金不足，还差 {missing:U} U（需要 {needed:U} U）",
    ),
    "refusal.small": Text("the round buys less than the smallest order", "加仓量不足最小下单量"),
    "refusal.no_leverage": Text("OKX gives no leverage for it", "OKX 没有给出它的杠杆"),
    "refusal.huge": Text("that size would take too many orders", "数量太大，需要拆成太多订单"),
    "stuck.cross": Text("the margin of a cross leg cannot be moved", "全仓仓位的保证金不能单独调整"),
    "stuck.no_leverage": Text("OKX gives no leverage for it", "OKX 没有给出它的杠杆"),
    "stuck.unreachable": Text(
        "{held.notional:U} U at {held.leverage}x need {least:U} U of margin. Raise the leverage or make the leg smaller first",
        "名义价值 {held.notional:U} U、{held.leverage}x 至少要 {least:U} U。请先提高杠杆或减仓",
    ),
    "stuck.losing": Text(
        "with its loss {held.notional:U} U need {least:U} U; it comes down as the loss shrinks",
        "算上未实现亏损，名义价值 {held.notional:U} U 需要 {least:U} U；亏损减少后会继续下调",
    ),
    "stuck.poor": Text("the account lacks {missing:U} U", "账户还差 {missing:U} U"),
    "stuck.refused": Text(
        "OKX says {code}: {reason:brief}. I try again when the leg has changed, or with /correct",
        "OKX 返回 {code}：{reason:brief}。仓位变化后或用 /correct 再试",
    ),
    "stuck.lost": Text(
        "a margin change was sent, but never showed on the leg. Look at it at OKX; /correct tries again",
        "已提交保证金调整，但仓位没有变化。请到 OKX 查看；/correct 可再试",
    ),
    "margin.lost": Text("it never showed on the leg", "仓位上一直没有变化"),
    # alerts
    "alert.maintenance_done": Text(
        "🛠 <b>{leg}</b>: maintenance <b>{count}</b> of {of} done\n"
        "Bought {work.bought}, cut back {work.cut}; entry {entry_before:~price} → <b>{entry_price:~price}</b>\n"
        "Holds {contracts}, <b>{notional:U} U</b> on {margin:U} U of margin\n"
        "Realised {work.realised:+U} U, fees {work.fees:U} U",
        "🛠 <b>{leg}</b>：第 <b>{count}</b> 次维护完成（共 {of} 次）\n"
        "加仓 {work.bought} 张，减仓 {work.cut} 张；均价 {entry_before:~price} → <b>{entry_price:~price}</b>\n"
        "持仓 {contracts} 张，名义价值 <b>{notional:U} U</b>，保证金 {margin:U} U\n"
        "实现盈亏 {work.realised:+U} U，手续费 {work.fees:U} U",
    ),
    "alert.leg_sinking": Text(
        "🚨 <b>{leg}</b> stands at ROI <b>{roi:+%}</b> after {count:# maintenance|# maintenances}.\n"
        "All planned maintenances are used up: close it, or add to it by hand.",
        "🚨 <b>{leg}</b> 已维护 {count} 次，收益率 <b>{roi:+%}</b>。\n计划内的维护次数已用完：请自行决定手动平仓还是加仓。",
    ),
    # /status of a sub-account
    "upkeep.row": Text(
        "　🛠 {count}/{of} · target {target.notional} U on {target.margin} U · {deviation} · {next}",
        "　🛠 {count}/{of} · 目标名义价值 {target.notional} U、保证金 {target.margin} U · {deviation} · {next}",
    ),
    "upkeep.in_band": Text("in band", "在目标内"),
    "upkeep.off_band": Text("{notional:+U} U, {margin:+U} U", "名义价值 {notional:+U} U、保证金 {margin:+U} U"),
    "upkeep.next.none": Text("nothing to do", "无需操作"),
    "upkeep.next.trim": Text("next: close {contracts}", "下一步：平 {contracts} 张"),
    "upkeep.next.move": Text("next: {amount:+U} U of margin", "下一步：保证金 {amount:+U} U"),
    "upkeep.next.in": Text("{step}, in {age:age}", "{step}，{age:age}后"),
    "upkeep.next.asked": Text("{step}, with /correct", "{step}，用 /correct"),
    "upkeep.next.now": Text("{step}, now", "{step}，进行中"),
    "upkeep.next.stuck": Text("stuck: {why}", "无法调整：{why}"),
    "started.yields": Text(
        "🛠 Hedge rule and maintenance are both on: where the other side wins, the hedge rule handles the losing leg and it is not maintained.",
        "🛠 对冲规则和维护都已开启：另一侧盈利的亏损仓位交给对冲规则，不做维护。",
    ),
    "upkeep.hedged": Text("no maintenance: left to the hedge rule", "不做维护：交给对冲规则"),
    "upkeep.maintaining": Text("maintenance running", "维护中"),
    # /maintain
    "maintain.which": Text(
        "Which leg? For example <code>/maintain {account}CRV long</code>. Losing legs: {known}",
        "要维护哪个仓位？例如 <code>/maintain {account}CRV 多单</code>。亏损仓位：{known}",
    ),
    "maintain.none.lose": Text("none", "无"),
    "maintain.card": Text(
        "🛠 <b>Maintain {leg.key}?</b> {count} of {of}\n"
        "Now: {plan.contracts:# contract|# contracts}, entry {leg.entry_price:~price}, mark {plan.mark_price:price}, {leg.leverage}x, ROI {leg.roi:+%}, margin {leg.initial_margin:U} U",
        "🛠 <b>维护 {leg.key}？</b>第 {count} 次（共 {of} 次）\n"
        "当前：{plan.contracts} 张，开仓均价 {leg.entry_price:~price}，标记价 {plan.mark_price:price}，{leg.leverage}x，收益率 {leg.roi:+%}，保证金 {leg.initial_margin:U} U",
    ),
    "maintain.steps": Text(
        "1. Buy <b>{plan.buy_contracts}</b> at market: {bought:U} U on {plan.buy} U of margin\n"
        "2. Close <b>{plan.cut_contracts}</b>, which leaves {plan.contracts_left}: {kept:U} U\n"
        "Entry after: <b>{plan.average_price:~price}</b>",
        "1. 市价加仓 <b>{plan.buy_contracts}</b> 张：名义价值 {bought:U} U，保证金 {plan.buy} U\n"
        "2. 平 <b>{plan.cut_contracts}</b> 张，剩余 {plan.contracts_left} 张：名义价值 {kept:U} U\n"
        "维护后均价：<b>{plan.average_price:~price}</b>",
    ),
    "maintain.cost": Text(
        "Costs about <b>{cost:U} U</b>: {plan.realised_loss:U} U realised loss, {plan.fees:U} U fees\nFree margin: {plan.available:U} U, needed {plan.needed:U} U",
        "预计花费 <b>{cost:U} U</b>：实现亏损 {plan.realised_loss:U} U，手续费 {plan.fees:U} U\n可用保证金：{plan.available:U} U，需要 {plan.needed:U} U",
    ),
    "maintain.parts": Text(
        "One market order takes at most {most}; it is sent in several orders.", "单笔市价单最多 {most} 张，将分多笔下单。"
    ),
    "maintain.margin": Text(
        "⚠️ At {leg.leverage}x {kept:U} U need {least:U} U of margin, more than the {target.margin} U of the plan.",
        "⚠️ {leg.leverage}x 时名义价值 {kept:U} U 需要 {least:U} U 保证金，超过计划的 {target.margin} U。",
    ),
    "maintain.button": Text(
        "Buy {plan.buy_contracts}, close {plan.cut_contracts}", "加仓 {plan.buy_contracts} 张，平 {plan.cut_contracts} 张"
    ),
    "maintain.refused": Text("🛠 {leg}: no maintenance, {why}. Nothing was sent.", "🛠 {leg}：不能维护，{why}。未下单。"),
    "upkeep.not_sub": Text(
        "{account} is not a sub-account: legs there are neither maintained nor corrected. {subs}",
        "{account} 不是子账户，不做维护和纠错。{subs}",
    ),
    "upkeep.subs": Text("Sub-accounts: {names}; name one behind the command.", "子账户：{names}；请在命令后写明。"),
    "upkeep.no_subs": Text("There are none; ACCOUNTS in .env defines them.", "目前没有子账户，请在 .env 的 ACCOUNTS 中设置。"),
    "upkeep.code": Text(
        "Now send the 6 digits of your authenticator within {seconds} s.", "请在 {seconds} 秒内发送验证器的 6 位数字。"
    ),
    "upkeep.working": Text("⏳ Working …", "⏳ 进行中……"),
    "upkeep.cancelled": Text("↩️ Nothing was sent.", "↩️ 未下单。"),
    "upkeep.gone": Text("This leg is not open any more; nothing was sent.", "该仓位已不存在，未下单。"),
    "upkeep.busy": Text(
        "⏳ {leg}: an order or a margin change is not confirmed yet; nothing was sent. Try again in a moment.",
        "⏳ {leg}：尚有未确认的操作，未下单。请稍后再试。",
    ),
    "upkeep.forbidden": Text("The key cannot trade now; nothing was sent.", "密钥当前不能交易，未下单。"),
    "upkeep.unsent": Text("Nothing was sent: {why}", "未下单：{why}"),
    "upkeep.goes_on": Text(
        "⏳ {leg}: started, not yet at its target. The next check continues; I tell you how it ends.",
        "⏳ {leg}：已开始，尚未完成。下次检查会继续，结束后通知你。",
    ),
    "upkeep.problem": Text("Interrupted: {why}", "已中断：{why}"),
    # the code
    "code.right": Text("The code is right; continuing.", "验证码正确，继续执行。"),
    "code.wrong": Text("Wrong code; {left:# try|# tries} left.", "验证码不对，还可试 {left} 次。"),
    "code.spent": Text("Three wrong codes: nothing was sent. Ask again.", "三次错误，未下单。请重新发起。"),
    "code.locked": Text(
        "🔒 Too many wrong codes: none is accepted before {until}. Pausing and closing need no code.",
        "🔒 错误验证码过多：{until} 之前不再接受。暂停和平仓不需要验证码。",
    ),
    "line.code_locked": Text(
        "🔒 {wrong} wrong authenticator codes in a row, the last by {by:user}: none is accepted before {until}. If that was not you, someone "
        "has one of your phones: /pause, and end its Telegram session",
        "🔒 连续 {wrong} 次错误的验证码，最后一次来自{by:user}：{until} 之前不再接受。如果不是你们自己输入的，说明有人拿到了你们的手机："
        "请 /pause 并终止该 Telegram 会话",
    ),
    "code.nobody": Text(
        "No code is expected now; a question waits for 60 s. Ask again for what you wanted.",
        "当前没有等待验证码的操作（超过 60 秒即失效）；请重新发起该操作。",
    ),
    # /correct
    "correct.card": Text("⚙️ <b>Correct?</b> Legs: {count}\n{rows}", "⚙️ <b>纠错？</b>仓位：{count} 个\n{rows}"),
    "correct.row": Text("{leg}: {steps}", "{leg}：{steps}"),
    "correct.trim": Text("close {contracts} of {held}", "平 {contracts} / {held} 张"),
    "correct.out": Text("margin {before:U} → {margin:U} U, steps: {steps}", "保证金 {before:U} → {margin:U} U，{steps} 步"),
    "correct.in": Text("margin {before:U} → {margin:U} U", "保证金 {before:U} → {margin:U} U"),
    "correct.then": Text(", then ", "，然后"),
    "correct.slowly": Text(
        "Margin is reduced by at most {most} U in each check, every {interval} s.",
        "保证金每次检查最多减少 {most} U，每 {interval} 秒一次。",
    ),
    "correct.stuck": Text("⚠️ {leg}: {why}", "⚠️ {leg}：{why}"),
    "correct.in_band": Text("{count} in band", "{count} 个在目标内"),
    "correct.nothing": Text("⚙️ Nothing to correct.", "⚙️ 无需纠错。"),
    "correct.button": Text("Correct {count}", "纠错 {count} 个"),
    "correct.begun": Text(
        "⚙️ Started: {legs}. One step in each check; I tell you how it ends.",
        "⚙️ 进行中：{legs}。每次检查走一步，结束后通知你。",
    ),
    "correct.done": Text("⚙️ Done: {legs}", "⚙️ 完成：{legs}"),
    # /help
    "help.maintain": Text(
        "/maintain – a losing leg of a sub-account: buy into it, then close down to its target. A card shows contracts, margin, the entry "
        "price after it and what it costs; nothing is sent before you confirm\n"
        "<code>/maintain alpha CRV long</code>",
        "/maintain – 维护子账户的亏损仓位：先加仓，再减仓至目标。卡片会列出张数、保证金、维护后的均价和花费，确认后才下单\n"
        "<code>/maintain alpha CRV 多单</code>",
    ),
    "help.correct": Text(
        "/correct – bring the legs of a sub-account to their targets: close what is above, take margin out in steps of at most 5 U, "
        "add what is missing at once. It never adds size\n"
        "<code>/correct alpha</code>\n<code>/correct alpha CRV long</code>",
        "/correct – 把子账户的仓位调到目标：平掉超出的部分，保证金每步最多减少 5 U，不足则一次补足；不会加仓\n"
        "<code>/correct alpha</code>\n<code>/correct alpha CRV 多单</code>",
    ),
    "help.code": Text(
        "/code – the code of your authenticator, when I ask for it; the 6 digits alone will do\n<code>/code 123456</code>",
        "/code – 我要求时发送验证器的验证码；只发 6 位数字也可以\n<code>/code 123456</code>",
    ),
}
