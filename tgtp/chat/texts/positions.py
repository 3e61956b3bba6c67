"""A leg's card and a pair's; the status has its words in ``answers``."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # closes that were not ours
    "line.foreign_orders": Text(
        "🚨 Another program trades on this account under my orders' names: {count:# order|# orders}, the first of {first.instrument_id}, {first.created_at} "
        "(order {first.order_id}). Is tgtp running on a second machine? Two of them do everything twice. Nothing is closed by itself here until "
        "you lift the pause; stop the other one first.",
        "🚨 另一个程序正以本程序的订单名在此账户下单：{count} 笔，第一笔为 {first.instrument_id}，{first.created_at}（订单 {first.order_id}）。是否在另一台机器上也运行了 tgtp？"
        "两个程序会重复操作。已暂停全部自动平仓，请先停掉另一个，再解除暂停。",
    ),
    "line.foreign_orders.restored": Text(
        "🚨 OKX knows {count:# order of mine that is newer|# orders of mine that are newer} than anything in this ledger, the first of {first.instrument_id}, {first.created_at} (order "
        "{first.order_id}): the data folder comes from a backup or was begun anew, or a second tgtp is running. Tiers that have fired since are not "
        "remembered and could fire again. Nothing is closed by itself until you lift the pause; look at /tiers first.",
        "🚨 OKX 上有 {count} 笔本程序的订单比数据文件中的任何记录都新，第一笔为 {first.instrument_id}，{first.created_at}（订单 {first.order_id}）：数据文件来自备份或是新建的，或有另一个 tgtp 在运行。"
        "之后触发的档位没有记录，可能再次触发。已暂停全部自动平仓，请先查看 /tiers，再解除暂停。",
    ),
    "line.leg_shrank.order": Text(
        "➖ {leg}: became smaller, {before} → {contracts}, by an order that is not mine (by hand, or a resting order of yours)",
        "➖ {leg}：{before} → {contracts} 张，由非本程序的订单减仓（手动，或你的挂单）",
    ),
    "line.leg_gone.order": Text(
        "⬜ {leg}: closed by an order that is not mine (by hand, or a resting order of yours; {contracts} were held)",
        "⬜ {leg}：已被非本程序的订单平仓（手动，或你的挂单；原 {contracts} 张）",
    ),
    "line.leg_force_closed.liquidation": Text(
        "🚨 {leg}: LIQUIDATED by OKX, all of its {before:# contract|# contracts}: {realised:+U} U",
        "🚨 {leg}：被 OKX 强平，全部 {before} 张：{realised:+U} U",
    ),
    "line.leg_force_closed.partial_liquidation": Text(
        "🚨 {leg}: partly LIQUIDATED by OKX, {before} → {contracts:# contract|# contracts}: {realised:+U} U",
        "🚨 {leg}：被 OKX 部分强平，{before} → {contracts} 张：{realised:+U} U",
    ),
    "line.leg_force_closed.adl": Text(
        "🚨 {leg}: closed by OKX's auto-deleveraging (ADL), all of its {before:# contract|# contracts}: {realised:+U} U",
        "🚨 {leg}：被 OKX 自动减仓（ADL）全部平掉，共 {before} 张：{realised:+U} U",
    ),
    "line.leg_force_closed.partial_adl": Text(
        "🚨 {leg}: partly closed by OKX's auto-deleveraging (ADL), {before} → {contracts:# contract|# contracts}: {realised:+U} U",
        "🚨 {leg}：被 OKX 自动减仓（ADL），{before} → {contracts} 张：{realised:+U} U",
    ),
    "alert.leg_force_closed": Text(
        "This order was not sent from here. Over its life the leg made <b>{life_realised:+U} U</b>, with fees, funding and penalty.",
        "这不是任何人的下单。该仓位全程盈亏 <b>{life_realised:+U} U</b>（含手续费、资金费和强平罚金）。",
    ),
    "alert.leg_force_closed.mark": Text(" The mark price was {mark_price:price}.", "当时标记价 {mark_price:price}。"),
    # a leg
    "leg.cross": Text("{name} {leg.position_side}", "{name} {leg.position_side}"),
    "leg.isolated": Text(
        "{name} {leg.position_side} {leg.margin_mode:mode.}", "{name} {leg.position_side} {leg.margin_mode:mode.}"
    ),
    "card.elsewhere": Text("Here is no {coin} leg; there is one in:", "本账户没有 {coin} 仓位，以下账户有："),
    "card.head": Text(
        "{dot} <b>{leg.key}</b> · {leg.leverage}x\n<b>ROI {leg.roi:+%}</b> · low {extremes.lowest:+%} · high {extremes.highest:+%}",
        "{dot} <b>{leg.key}</b> · {leg.leverage}x\n<b>收益率 {leg.roi:+%}</b> · 低 {extremes.lowest:+%} · 高 {extremes.highest:+%}",
    ),
    "card.no_leverage": Text(
        "⚠️ OKX gives no leverage of it: the ROI is OKX's own, the leverage is what the margin comes to. Only its tiers act on it; "
        "hedge and maintenance leave it alone.",
        "⚠️ OKX 没有给出杠杆：收益率为 OKX 数据，杠杆按保证金推算。只执行止盈，不做对冲和维护。",
    ),
    "card.prices": Text(
        "Entry {entry} · mark {mark:price}\nBreak-even {break_even}",
        "开仓均价 {entry} · 标记价 {mark:price}\n盈亏平衡价 {break_even}",
    ),
    "card.size": Text(
        "Margin {margin} U · notional {leg.notional:U} U\n{leg.contracts:# contract|# contracts} = {coins} {coin}",
        "保证金 {margin} U · 名义价值 {leg.notional:U} U\n{leg.contracts} 张 = {coins} {coin}",
    ),
    "card.pnl": Text(
        "Unrealised {leg.unrealised_pnl:+U} U · realised {leg.realised_pnl:+U} U\nof that fees {fees}, funding {funding}",
        "未实现盈亏 {leg.unrealised_pnl:+U} U · 已实现 {leg.realised_pnl:+U} U\n其中手续费 {fees}，资金费 {funding}",
    ),
    "card.funding": Text(
        "Next funding ≈ {funding.payment:+U} U at {funding.rate.settles_at} (rate {funding.rate.rate:%}{every})",
        "下次资金费 ≈ {funding.payment:+U} U，{funding.rate.settles_at} 结算（费率 {funding.rate.rate:%}{every}）",
    ),
    "card.funding.every": Text(", every {hours} h", "，每 {hours} 小时"),
    "card.funding.unknown": Text("Next funding: not known", "下次资金费：未知"),
    "card.funding.reading": Text("Next funding: the rate is being read…", "下次资金费：费率读取中……"),
    "card.funding.slips": Text(
        "⚠️ It takes the margin to {after} U: at {gate} U or less the rules leave the leg alone",
        "⚠️ 扣除后保证金为 {after} U：不高于 {gate} U，规则不再处理该仓位",
    ),
    "card.liquidation": Text(
        "Liquidation {price}, {distance:%} away",
        "强平价 {price}，距标记价 {distance:%}",
    ),
    "card.liquidation.none": Text(
        "Liquidation: no price given",
        "强平价：交易所未给出",
    ),
    "card.ratio": Text(
        "Margin ratio {ratio:%} (100% is liquidation)",
        "维持保证金率 {ratio:%}（100% 强平）",
    ),
    "card.tiers": Text("\n<b>Tiers</b>: {now}", "\n<b>档位</b>：{now}"),
    "card.tier.fired": Text(
        "● {threshold} at {price}: closed {rung.closes}, {fired}",
        "● {threshold} @ {price}：已平 {rung.closes} 张，{fired}",
    ),
    "card.tier.fired.unknown": Text("● {threshold} at {price}: fired, {fired}", "● {threshold} @ {price}：已触发，{fired}"),
    "card.tier.begun": Text(
        "◐ {threshold} at {price}: begun, {rung.closes} of {rung.held} still to close while the ROI is above 0",
        "◐ {threshold} @ {price}：部分成交，{rung.held} 张中还要平 {rung.closes} 张（收益率为正时）",
    ),
    "card.tier.ahead": Text(
        "○ {threshold} at {price}: closes {rung.closes} of {rung.held}",
        "○ {threshold} @ {price}：平 {rung.closes}/{rung.held} 张",
    ),
    "card.tier.dust": Text(
        "○ {threshold} at {price}: dust, below the smallest order",
        "○ {threshold} @ {price}：不足最小下单量，跳过",
    ),
    "card.tier.small": Text(
        "○ {threshold} at {price}: nothing, the margin is {gate} U or less by then",
        "○ {threshold} @ {price}：届时保证金不高于 {gate} U，不平仓",
    ),
    "card.tier.late": Text(
        "○ {threshold} at {price}: waits for more than {gate} U of margin; closes {rung.closes} of {rung.held} at {fires_at}",
        "○ {threshold} @ {price}：届时保证金不高于 {gate} U；价格到 {fires_at} 才平 {rung.closes}/{rung.held} 张",
    ),
    "card.tier.gone": Text("○ {threshold} at {price}: nothing is left by then", "○ {threshold} @ {price}：届时已全部平完"),
    "card.tier.off": Text("○ {threshold} at {price}: off", "○ {threshold} @ {price}：止盈已关闭"),
    "card.tier.unclear": Text(
        "○ {threshold} at {price}: after too many orders to say",
        "○ {threshold} @ {price}：之前的订单过多，无法预估",
    ),
    "card.hedge": Text(
        "⚖️ Hedge rule at {hedge.fires_at:price}: closes {hedge.closes} of {hedge.held}, keeps {left}",
        "⚖️ 对冲规则 @ {hedge.fires_at:price}：平 {hedge.closes}/{hedge.held} 张，保留 {left} 张",
    ),
    "card.tier.beyond": Text("○ {threshold}: no price reaches it", "○ {threshold}：没有价格能达到"),
    "card.tiers.more": Text("… and {more} more: <code>/tiers {coin}</code>", "……另有 {more} 档：<code>/tiers {coin}</code>"),
    "card.taken": Text(
        "My {orders:# order|# orders}: {by} before fees",
        "本程序平仓 {orders} 笔：{by}，未扣手续费",
    ),
    "card.and": Text(", ", "，"),
    "card.taken.tier": Text("tiers {pnl:+U} U", "止盈 {pnl:+U} U"),
    "card.taken.hedge": Text("hedge {pnl:+U} U", "对冲 {pnl:+U} U"),
    "card.taken.guard": Text("guards {pnl:+U} U", "保护 {pnl:+U} U"),
    "card.taken.upkeep": Text("upkeep {pnl:+U} U", "维护 {pnl:+U} U"),
    "card.taken.hand": Text("by hand {pnl:+U} U", "手动 {pnl:+U} U"),
    "card.paused": Text("⏸ {name} is paused", "⏸ {name} 已暂停"),
    "card.paused.until": Text("⏸ {name} is paused until {until}", "⏸ {name} 已暂停至 {until}"),
    "card.paused.all": Text("⏸ Everything is paused", "⏸ 已全部暂停"),
    "card.seen": Text("<i>As of {when}</i>", "<i>数据时间 {when}</i>"),
    "card.seen.old": Text(
        "⚠️ <b>Old data</b>, from {when}, {old:age} ago: the last {failed:check|# checks} failed ({why})",
        "⚠️ <b>数据已旧</b>，{when}，{old:age}前：最近 {failed} 次检查失败（{why}）",
    ),
    "card.broken": Text("⚠️ {coin}: its data is invalid, nothing can be calculated.", "⚠️ {coin}：数据异常，无法计算。"),
    "card.pick": Text("Which leg?", "看哪个仓位？"),
    "card.pick.coin": Text("Which leg of {coin}?", "看 {coin} 的哪个仓位？"),
    "card.pick.button": Text("{coin} {side} {roi:+%}", "{coin} {side} {roi:+%}"),
    "card.open.button": Text("{coin} {side}", "{coin} {side}"),
    "card.more": Text(
        "{more} more: say e.g. <code>/leg STX long</code>.", "还有 {more} 个：可发送如 <code>/leg STX 多单</code>。"
    ),
    "card.form": Text(
        "Too many words. The form is <code>/leg STX long</code>.", "参数太多。格式为 <code>/leg STX 多单</code>。"
    ),
    "card.old": Text("🕰 That button is old: its leg was closed.", "🕰 按钮已失效：对应的仓位已经平掉。"),
    "card.old.offer": Text("{old} Open now:", "{old}当前仓位："),
    "card.toast.old": Text("An old button: that leg was closed.", "旧按钮：对应的仓位已经平掉。"),
    "card.toast.blind": Text("That leg is open, but cannot be read now.", "该仓位仍在，但目前无法读取。"),
    "card.toast.paused": Text("⏸ {what}: paused. I close nothing of it by myself.", "⏸ {what} 已暂停，不再自动平仓。"),
    "card.toast.paused.already": Text("⏸ {what}: was paused already.", "⏸ {what} 已经是暂停状态。"),
    "card.toast.paused.resting": Text(
        "⚠️ {what}: paused here, but {left:# order still rests|# orders still rest} at the exchange until I reach it.",
        "⚠️ {what} 已暂停，但在撤销之前，交易所仍有 {left} 笔止盈委托。",
    ),
    "card.toast.lifted": Text("🪜 Taken off: they go back by themselves in 10 minutes.", "🪜 已撤下，10 分钟后自动重新挂出。"),
    "card.toast.lifted.left": Text(
        "⚠️ {left:# order still rests|# orders still rest} at the exchange: I go on cancelling.",
        "⚠️ 交易所仍有 {left} 笔止盈委托，正在继续撤销。",
    ),
    "card.toast.resumed": Text("🟢 {what}: running again.", "🟢 {what} 已恢复。"),
    "card.toast.resumed.already": Text("🟢 {what}: was running already.", "🟢 {what} 没有暂停。"),
    "card.toast.resumed.but": Text(
        "⏸ {what}: no longer paused on its own, but a wider pause holds it.",
        "⏸ {what} 的单独暂停已取消，但仍有更大范围的暂停。",
    ),
    # what closes a part, and what closes all of it, must not look alike
    "card.button.close": Text("✂️ Close {share}%", "✂️ 平 {share}%"),
    "card.button.close.base": Text("✂️ Close to base", "✂️ 平到底仓"),
    "card.button.close.all": Text("🛑 Close all", "🛑 全部平仓"),
    "button.half": Text("✂️ Close half", "✂️ 平一半"),
    "button.why": Text("❓ Why", "❓ 为什么"),
    "card.button.pause": Text("⏸ Pause {coin}", "⏸ 暂停 {coin}"),
    "card.button.pause.all": Text("⏸ Pause everything", "⏸ 全部暂停"),
    "card.button.resume": Text("▶️ Resume {coin}", "▶️ 恢复 {coin}"),
    "card.button.resume.all": Text("▶️ Resume everything", "▶️ 全部恢复"),
    "card.button.lift": Text("🪜 Take its orders off for 10 min", "🪜 撤下挂单 10 分钟"),
    "card.button.ladder": Text("🪜 Edit tiers", "🪜 修改档位"),
    "card.button.rearm": Text("🔁 Re-arm", "🔁 重置档位"),
    "card.button.pair": Text("⚖️ Pair", "⚖️ 双向持仓"),
    # a pair
    "pair.head": Text("⚖️ <b>{coin}</b> · mark {mark:price}", "⚖️ <b>{coin}</b> · 标记价 {mark:price}"),
    "pair.side": Text(
        "{dot} <b>{side}</b> · <b>{leg.roi:+%}</b> · {pnl:+U} U\n　 {leg.contracts} at {entry} · {margin} U · above base {above}",
        "{dot} <b>{side}</b> · <b>{leg.roi:+%}</b> · {pnl:+U} U\n　 {leg.contracts} 张 @ {entry} · {margin} U · 高于底仓 {above}",
    ),
    "pair.above.dust": Text("{above} (below the smallest order)", "{above}（不足最小下单量）"),
    "pair.net": Text("<b>Net</b>: {net}", "<b>净敞口</b>：{net}"),
    "pair.net.long": Text(
        "long {contracts} = {coins} {coin} = {notional:U} U",
        "净多 {contracts} 张 = {coins} {coin} = {notional:U} U",
    ),
    "pair.net.short": Text(
        "short {contracts} = {coins} {coin} = {notional:U} U",
        "净空 {contracts} 张 = {coins} {coin} = {notional:U} U",
    ),
    "pair.net.none": Text("nothing, both sides are the same size", "无，多空张数相等"),
    "pair.even": Text(
        "<b>Break-even</b> of both: {price} ({away:+%} from here); now {pair.total_pnl:+U} U with what was realised",
        "<b>合计盈亏平衡价</b>：{price}（距现价 {away:+%}）；目前合计 {pair.total_pnl:+U} U（含已实现）",
    ),
    "pair.even.equal": Text(
        "<b>Break-even</b> of both: none, the sizes are equal: {pair.total_pnl:+U} U at every price",
        "<b>合计盈亏平衡价</b>：无，多空相等，任何价格下都是 {pair.total_pnl:+U} U",
    ),
    "pair.even.none": Text(
        "<b>Break-even</b> of both: none; now {pair.total_pnl:+U} U, and no price brings it to 0",
        "<b>合计盈亏平衡价</b>：无；目前合计 {pair.total_pnl:+U} U，任何价格下都不会归零",
    ),
    "pair.hedge": Text("<b>Hedge rule</b>: {what}", "<b>对冲规则</b>：{what}"),
    "pair.hedge.due": Text(
        "the {side} loses; the next check closes {contracts} of it, down to the base of {base}",
        "{side}亏损，下次检查平掉 {contracts} 张，保留底仓 {base} 张",
    ),
    "pair.hedge.paused": Text(
        "paused; it would close {contracts} of the losing {side}, down to {base}",
        "已暂停；否则会平掉亏损的{side} {contracts} 张，保留 {base} 张",
    ),
    "pair.hedge.forbidden": Text(
        "the key cannot trade; it would close {contracts} of the losing {side}, down to {base}",
        "密钥无交易权限；否则会平掉亏损的{side} {contracts} 张，保留 {base} 张",
    ),
    "pair.hedge.backing_off": Text(
        "closing the losing {side} was refused; tried again soon, down to {base}",
        "亏损的{side}平仓被拒绝，稍后重试；应保留 {base} 张",
    ),
    "pair.hedge.at_base": Text("nothing, the losing {side} is at its base", "不操作，亏损的{side}已是底仓"),
    "pair.hedge.loser_small": Text(
        "nothing, the losing {side} has no more than {min_margin} U of margin",
        "不操作，亏损的{side}保证金不超过 {min_margin} U",
    ),
    "pair.hedge.broken": Text("nothing, the data of the {side} is invalid", "不操作，{side}数据异常"),
    "pair.hedge.held": Text("nothing now, {side}: {why}", "暂不操作，{side}：{why}"),
    "pair.hedge.blind": Text("nothing, one side cannot be read now", "不操作，有一侧目前无法读取"),
    "pair.hedge.no_leverage": Text("nothing, OKX gives no leverage for one side", "不操作，OKX 没有给出其中一侧的杠杆"),
    "pair.hedge.both_win": Text("nothing, both sides win", "不操作，两侧都盈利"),
    "pair.hedge.both_lose": Text("nothing, both sides lose", "不操作，两侧都亏损"),
    "pair.hedge.neither": Text("nothing, no side loses while the other wins", "不操作，没有一侧亏损而另一侧盈利"),
    "pair.base": Text(
        "<b>Base</b> of {keep} U at {leverage}x{sides}: {exact:# contract|# contracts}. A lot is {of.lot_size} = {lot_margin} U, the smallest order "
        "{of.min_contracts}. Nearest that can be had: {base} = {margin} U",
        "<b>底仓</b> {keep} U（{leverage}x{sides}）：{exact} 张。最小变动 {of.lot_size} 张 = {lot_margin} U，最小下单 {of.min_contracts} 张。"
        "最接近的可行底仓：{base} 张 = {margin} U",
    ),
    "pair.one": Text(
        "{coin} is held on one side only: {sides}. That is no pair; here is its card:",
        "{coin} 只有一侧：{sides}，不构成对冲。查看仓位：",
    ),
    "pair.one.blind": Text(
        "Of {coin} I can read one side only: {sides}. The other cannot be read now.",
        "{coin} 目前只能读到一侧：{sides}，另一侧无法读取。",
    ),
    "pair.form": Text("One coin at a time: <code>/pair STX</code>", "一次只能看一个币种：<code>/pair STX</code>"),
    "pairs.form": Text(
        "No words are needed: <code>/pairs</code>. One pair: <code>/pair STX</code>",
        "不需要参数：<code>/pairs</code>。单个：<code>/pair STX</code>",
    ),
    # all pairs
    "pairs.none": Text("There is no pair: no coin is held on both sides.", "没有双向持仓：没有币种同时持有多单和空单。"),
    "pairs.head": Text(
        "⚖️ <b>Pairs</b>: {count}, {above} with a loser above base: these first, then by loss",
        "⚖️ <b>双向持仓</b>：{count} 个币种，其中 {above} 个亏损侧高于底仓，排在最前；其余按亏损排序",
    ),
    "pairs.head.none": Text(
        "⚖️ <b>Pairs</b>: {count}, no loser above base. The largest loss first",
        "⚖️ <b>双向持仓</b>：{count} 个币种，亏损侧都不高于底仓。亏损最大的在前",
    ),
    "pairs.row": Text("<b>{coin}</b> · {net}\n{legs}\n{what}", "<b>{coin}</b> · {net}\n{legs}\n{what}"),
    "pairs.side": Text("{dot} {side} {leg.roi:+%} · {pnl:+U} U", "{dot} {side} {leg.roi:+%} · {pnl:+U} U"),
    "pairs.net.long": Text("net long {notional:U} U", "净多 {notional:U} U"),
    "pairs.net.short": Text("net short {notional:U} U", "净空 {notional:U} U"),
    "pairs.net.none": Text("balanced", "多空相等"),
    "pairs.nothing": Text("hedge: nothing to do", "对冲：无需操作"),
    "pairs.held": Text("hedge: {why}", "对冲：{why}"),
    "pairs.hedge.due": Text("hedge closes {contracts} of the {side}", "对冲将平{side} {contracts} 张"),
    "pairs.hedge.paused": Text("⏸ would close {contracts} of the {side}", "⏸ 已暂停，否则平{side} {contracts} 张"),
    "pairs.hedge.forbidden": Text("the key cannot close {contracts} of the {side}", "密钥无权平{side} {contracts} 张"),
    "pairs.hedge.backing_off": Text("⚠️ closing the {side} was refused, tried again soon", "⚠️ 平{side}被拒绝，稍后重试"),
    "pairs.hedge.at_base": Text("{side} at base", "{side}已是底仓"),
    "pairs.hedge.loser_small": Text("{side} too small to touch", "{side}保证金过小，不处理"),
    "pairs.hedge.broken": Text("⚠️ data of the {side} is invalid", "⚠️ {side}数据异常"),
    "pairs.broken": Text("⚠️ <b>{coin}</b>: its data is invalid", "⚠️ <b>{coin}</b>：数据异常"),
}
