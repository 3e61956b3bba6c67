"""The drawdown guard of an account: what it has seen, and what it has done."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.drawdown_warned": Text(
        "📉 <b>Drawdown {fall.fraction:.2%}</b>: P&amp;L of the USDT swaps, fees and funding in it, is {fall.lost:U} U below its peak; the USDT equity was {fall.peak_equity:U} U then. "
        "At {limit:%} the guard acts: {action:drawdown.action.}.",
        "📉 <b>回撤 {fall.fraction:.2%}</b>：USDT 永续的盈亏（含手续费、资金费）比最高点少 {fall.lost:U} U（当时 USDT 权益 {fall.peak_equity:U} U）。"
        "到 {limit:%} 时账户回撤保护会{action:drawdown.action.}。",
    ),
    "line.drawdown_warned.only": Text(
        "📉 <b>Drawdown {fall.fraction:.2%}</b>: P&amp;L of the USDT swaps, fees and funding in it, is {fall.lost:U} U below its peak; the USDT equity was {fall.peak_equity:U} U then. "
        "No limit is set: I only tell.",
        "📉 <b>回撤 {fall.fraction:.2%}</b>：USDT 永续的盈亏（含手续费、资金费）比最高点少 {fall.lost:U} U（当时 USDT 权益 {fall.peak_equity:U} U）。"
        "未设上限，只作提醒。",
    ),
    "drawdown.action.pause": Text("pause the account", "暂停本账户"),
    "drawdown.action.base": Text("pause the account and close every leg to its base", "暂停本账户，并把所有仓位平到底仓"),
    "drawdown.action.close": Text("pause the account and close every leg", "暂停本账户，并平掉所有仓位"),
    "line.drawdown_fired": Text(
        "🛑 <b>Drawdown guard: {firing.fall.fraction:.2%} reached the limit of {firing.limit:%}.</b> P&amp;L is {firing.fall.lost:U} U below its peak; the USDT "
        "equity was {firing.fall.peak_equity:U} U then. The account is paused: nothing else is done by itself. {then}\n"
        "It acts once. /resume asks whether to begin it anew, with a peak of then.",
        "🛑 <b>账户回撤保护已触发：{firing.fall.fraction:.2%}，上限 {firing.limit:%}。</b>盈亏比最高点少 {firing.fall.lost:U} U（当时 USDT 权益 "
        "{firing.fall.peak_equity:U} U）。本账户已暂停，不再自动操作。{then}\n"
        "只触发一次。/resume 会询问是否重新启用，届时重新计算最高点。",
    ),
    "drawdown.then.pause": Text("Nothing is closed.", "没有平仓。"),
    "drawdown.then.none": Text("There is nothing to close.", "没有需要平的仓位。"),
    "drawdown.then.base": Text("It closes {legs:# leg|# legs} down to the base now.", "正在把 {legs} 个仓位平到底仓。"),
    "drawdown.then.close": Text("It closes {legs:# leg|# legs} now.", "正在平掉 {legs} 个仓位。"),
    "line.drawdown_done": Text(
        "🏁 Drawdown guard: all that it had to close is closed ({legs:# leg|# legs}). The account stays paused, and the guard is off: "
        "/resume asks whether to begin it anew.",
        "🏁 账户回撤保护：该平的已全部平完（{legs} 个仓位）。本账户保持暂停，账户回撤保护不再起作用：/resume 会询问是否重新启用。",
    ),
    "line.drawdown_held_back": Text(
        "🛑 <b>Drawdown {fall.fraction:.2%}, the limit is {limit:%}.</b> The guard would {action:drawdown.action.}, but is held back ({why}): nothing is "
        "sent. It stays armed, and acts when that ends if the fall is still there.",
        "🛑 <b>回撤 {fall.fraction:.2%}，上限 {limit:%}。</b>账户回撤保护本应{action:drawdown.action.}，但被搁置（{why}）：没有下单。"
        "保护仍然有效，搁置结束后若回撤仍在就会执行。",
    ),
    "line.drawdown_held_back.acting": Text(
        "🛑 <b>The drawdown guard is stopped in the middle</b> ({why}): {legs} stay open. It goes on when that ends.",
        "🛑 <b>账户回撤保护执行到一半被搁置</b>（{why}）：{legs} 尚未平完。搁置结束后继续。",
    ),
    "line.drawdown_held_back.blind": Text(
        "🛑 <b>The drawdown guard cannot close {legs}</b>: what OKX tells of that is not enough to work with. It closes it as soon as it can "
        "be read; <code>/close</code> works now.",
        "🛑 <b>账户回撤保护无法平 {legs}</b>：OKX 给出的数据不足以操作。数据恢复后会继续平；现在可用 <code>/close</code> 手动平仓。",
    ),
    "drawdown.why.paused": Text("paused: {names}", "已暂停：{names}"),
    "drawdown.why.key": Text("the key may not trade", "密钥不能交易"),
    "line.drawdown_unexplained": Text(
        "⚠️ The USDT equity changed by {amount:+U} U, and neither P&amp;L nor fees, funding or a known transfer explains it. The drawdown guard "
        "does not act on that; it waits until OKX's book does. If it never does, <code>/guards reset</code> begins it anew.",
        "⚠️ USDT 权益变动 {amount:+U} U，盈亏、手续费、资金费和已知划转都无法解释。账户回撤保护不会据此操作，等 OKX 的账单说明后再继续。"
        "若一直没有说明，可用 <code>/guards reset</code> 重新启用。",
    ),
    "line.drawdown_blind": Text(
        "🚨 The drawdown guard has had no reading for {seconds:age} ({why:drawdown.blind.}): nobody guards the account's P&amp;L until then. Told once a "
        "day.",
        "🚨 账户回撤保护已有 {seconds:age}没有可用读数（{why:drawdown.blind.}）：恢复之前账户盈亏无人监控。每天只提醒一次。",
    ),
    "drawdown.blind.equity": Text("OKX tells no USDT equity", "OKX 没有给出 USDT 权益"),
    "drawdown.blind.legs": Text("the P&amp;L of a leg cannot be read", "有仓位的盈亏无法读取"),
    "drawdown.blind.doubted": Text("a leg's numbers are in doubt", "有仓位的数据不合常理"),
    "drawdown.blind.bills": Text("OKX's book cannot be read", "OKX 账单无法读取"),
    "drawdown.blind.unexplained": Text("the USDT equity is not explained", "USDT 权益的变动无法解释"),
    "drawdown.blind.moving": Text("the balance changes at every check, so it cannot begin", "余额每次检查都在变，无法开始"),
    "line.drawdown_reset": Text(
        "🔁 {by:user} began the drawdown guard anew: its peak is that of now.",
        "🔁 {by:user} 重新启用账户回撤保护：最高点从现在算起。",
    ),
    "line.drawdown_reset.itself": Text(
        "🔁 The drawdown guard begins anew, with a peak of now: what changed the equity before cannot be known any more.",
        "🔁 账户回撤保护重新开始，最高点从现在算起：此前的权益变动已无从得知。",
    ),
    "line.drawdown_changed": Text(
        "🛡 {by:user} set the drawdown guard: {was} → {now}", "🛡 {by:user} 设置账户回撤保护：{was} → {now}"
    ),
    "drawdown.rules.off": Text("off", "关闭"),
    "drawdown.rules.warn": Text("warning at {warn:%}", "{warn:%} 提醒"),
    "drawdown.rules.limit": Text("at {limit:%} {action:drawdown.action.}", "{limit:%} {action:drawdown.action.}"),
    "drawdown.rules.both": Text(
        "warning at {warn:%}, at {limit:%} {action:drawdown.action.}", "{warn:%} 提醒，{limit:%} {action:drawdown.action.}"
    ),
    "panel.drawdown": Text("🛡 Drawdown {fraction:.2%} of {limit:%}", "🛡 回撤 {fraction:.2%} / {limit:%}"),
    "panel.drawdown.warn": Text("🛡 Drawdown {fraction:.2%}, warning at {warn:%}", "🛡 回撤 {fraction:.2%}，{warn:%} 提醒"),
    "panel.drawdown.none": Text("🛡 Drawdown guard: no reading yet", "🛡 账户回撤保护：尚无读数"),
    "panel.drawdown.unexplained": Text(
        "⚠️ Drawdown guard waits: {amount:+U} U of the equity are not explained",
        "⚠️ 账户回撤保护等待中：权益有 {amount:+U} U 未能解释",
    ),
    "panel.drawdown.acting": Text(
        "🔴 <b>Drawdown guard is closing</b>: {left:# leg|# legs} to go", "🔴 <b>账户回撤保护正在平仓</b>：还剩 {left} 个仓位"
    ),
    "panel.drawdown.closed": Text(
        "🔴 <b>Drawdown guard has closed it all</b>, and waits for a second look to show that",
        "🔴 <b>账户回撤保护已全部平仓</b>，等待第二次读数确认",
    ),
    "panel.drawdown.fired": Text(
        "🔴 <b>Drawdown guard has acted</b> ({fraction:.2%}) and is off until <code>/guards reset</code>",
        "🔴 <b>账户回撤保护已触发</b>（{fraction:.2%}），<code>/guards reset</code> 之前不再起作用",
    ),
    "alert.drawdown": Text(
        "🛑 {title} · drawdown guard\n"
        "Closed <b>{sums.contracts}</b> of {sums.before} · realised <b>{sums.realised_pnl:+U} U</b>\n"
        "Left {contracts_left}",
        "🛑 {title} · 账户回撤保护\n"
        "平仓 <b>{sums.contracts}</b> / {sums.before} 张，盈亏 <b>{sums.realised_pnl:+U} U</b>\n"
        "剩余 {contracts_left} 张",
    ),
    "line.guard_filled.drawdown": Text(
        "🛑 {leg}: drawdown guard at {intent.basis.roi:+%}, closed {order.filled_contracts}, {order.realised_pnl:+U} U",
        "🛑 {leg}：账户回撤保护，收益率 {intent.basis.roi:+%}，平 {order.filled_contracts} 张，已实现 {order.realised_pnl:+U} U",
    ),
    "what.drawdown": Text("drawdown guard", "账户回撤保护"),
    "why.drawdown": Text(
        "<b>Rule</b>: the account's drawdown reached its limit in two readings → this leg is closed with the others (the numbers are in the guard's "
        "own message, before this one)\n"
        "<b>Seen</b>: ROI {basis.roi:+%} ({intent.leg.position_side}: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x), margin {margin} U, "
        "{basis.contracts:# contract|# contracts} of {basis.contract_size}\n"
        "<b>So</b>: closing {basis.target_contracts} of {basis.contracts} (lot {basis.lot_size}, smallest order {basis.min_contracts}); this order {intent.contracts}",
        "<b>规则</b>：账户回撤两次读数都达到上限 → 本仓位与其他仓位一起平掉（具体数字见此前账户回撤保护的消息）\n"
        "<b>依据</b>：收益率 {basis.roi:+%}（{intent.leg.position_side}：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x），保证金 {margin} U，"
        "{basis.contracts} 张，每张 {basis.contract_size}\n"
        "<b>结果</b>：{basis.contracts} 张中平 {basis.target_contracts} 张（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）；本笔 {intent.contracts} 张",
    ),
    "why.firing": Text(
        "<b>Rule</b>: P&amp;L fell by {firing.limit:%} of the equity at its peak, in two readings at least 8 s apart → {firing.action:drawdown.action.}, once\n"
        "<b>So</b>: {so}",
        "<b>规则</b>：盈亏从最高点回撤达到当时权益的 {firing.limit:%}，且间隔至少 8 秒的两次读数一致 → {firing.action:drawdown.action.}，只执行一次\n"
        "<b>结果</b>：{so}",
    ),
    "why.firing.none": Text("paused, nothing to be closed", "已暂停，没有要平的仓位"),
    "why.firing.legs": Text("paused, and in contracts, held → kept:{rows}", "已暂停，各仓位张数（原有 → 保留）：{rows}"),
    "why.firing.leg": Text("· {target.leg}: {target.held} → {target.keeps}", "· {target.leg}：{target.held} → {target.keeps}"),
    "log.trigger.drawdown": Text(
        "🛑 {intent.leg}: {what}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts} → closing {intent.contracts}, {share:.2%} (order {intent.client_order_id})",
        "🛑 {intent.leg}：{what}，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张 → 平 {intent.contracts} 张，{share:.2%}（订单 {intent.client_order_id}）",
    ),
    "kind.drawdown_warned": Text("Drawdown warning", "回撤提醒"),
    "kind.drawdown_fired": Text("Drawdown guard acted", "账户回撤保护触发"),
    "kind.drawdown_done": Text("Drawdown guard done", "账户回撤保护完成"),
    "kind.drawdown_held_back": Text("Drawdown guard held back", "账户回撤保护被搁置"),
    "kind.drawdown_unexplained": Text("Equity not explained", "权益变动未解释"),
    "kind.drawdown_blind": Text("Drawdown guard without readings", "账户回撤保护无读数"),
    "kind.drawdown_reset": Text("Drawdown guard begun anew", "账户回撤保护重新启用"),
    "kind.drawdown_changed": Text("Drawdown guard set", "设置账户回撤保护"),
    "problem.guard.fall": Text(
        "percent of the equity at the peak, above 0 and below 100, at most two decimals, or off",
        "最高点权益的百分比，大于 0、小于 100，最多两位小数，或 off",
    ),
    "problem.guard.action": Text("pause, base or close", "pause、base 或 close"),
    "problem.guard.order": Text("the warning must come before the limit", "提醒必须低于上限"),
    "setting.wants.fall": Text(
        "percent of the equity at the peak, above 0 and below 100, as 20; empty for off",
        "最高点权益的百分比，大于 0、小于 100，如 20；留空为关闭",
    ),
    "setting.wants.action": Text("pause, base or close", "pause、base 或 close"),
    "setting.note.drawdown": Text(
        "the note {note} of the ledger, about the drawdown guard, cannot be read: {why}",
        "数据文件（ledger.json）中关于账户回撤保护的记录 {note} 无法读取：{why}",
    ),
}
