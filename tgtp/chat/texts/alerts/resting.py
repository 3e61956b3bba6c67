"""Tiers that rest at the exchange: switched on and off, refused, and left where they should not be."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.resting_changed": Text(
        "🪜 {by:user}: the tiers of {whose} rest at the exchange from now on",
        "🪜 {by:user} 开启挂单止盈：{whose}，档位挂在交易所",
    ),
    "line.resting_changed.off": Text(
        "🪜 {by:user}: the tiers of {whose} do not rest at the exchange any more; the checks fire them",
        "🪜 {by:user} 关闭挂单止盈：{whose}，档位改由检查触发",
    ),
    "line.resting_changed.refused": Text(
        "⚠️ OKX does not take orders that end with their position ({code}): no tier rests there, the checks fire them. An order "
        "that outlives its position could close the next one.",
        "⚠️ OKX 不接受随仓位结束而撤销的委托（{code}）：已关闭挂单止盈，档位改由检查触发。否则委托可能在仓位结束后仍留着，误平下一个仓位。",
    ),
    "line.resting_changed.position_mode": Text(
        "⚠️ The position mode was changed: no tier rests at the exchange any more, the checks fire them. /resting all has them rest again.",
        "⚠️ 持仓模式已更改：已关闭挂单止盈，档位改由检查触发。/resting all 可重新开启。",
    ),
    "line.resting_changed.account_mode": Text(
        "⚠️ The account mode was changed: no tier rests at the exchange any more, the checks fire them. /resting all has them rest again.",
        "⚠️ 账户模式已更改：已关闭挂单止盈，档位改由检查触发。/resting all 可重新开启。",
    ),
    "line.resting_stands.paused": Text(
        "⚠️ Paused here, but {orders:# order still rests|# orders still rest} at the exchange and may fire. I keep cancelling.",
        "⚠️ 本程序已暂停，但交易所仍有 {orders} 笔止盈委托，可能触发。正在继续撤销。",
    ),
    "line.resting_stands.off": Text(
        "⚠️ RESTING is off, but {orders:# order of mine rests|# orders of mine rest} at the exchange and may fire. The tiers of "
        "these are left to them.",
        "⚠️ RESTING 已关闭，但交易所仍有本程序的 {orders} 笔止盈委托，可能触发。这些档位仍由委托执行。",
    ),
    "line.resting_stands.strange": Text(
        "⚠️ {orders:# order rests|# orders rest} at OKX under my names that I know nothing of: is a second tgtp running? I do not "
        "touch them, and fire no tier of these positions.",
        "⚠️ OKX 上有 {orders} 笔以本程序命名、但没有记录的止盈委托：是否运行了第二个 tgtp？不会动它们，这些仓位也不触发止盈。",
    ),
    "line.resting_stands.stuck": Text(
        "⚠️ OKX does not cancel {orders:# order|# orders} of mine: {orders:its tier is|their tiers are} left to "
        "{orders:it|them}. I go on trying.",
        "⚠️ OKX 未能撤销本程序的 {orders} 笔止盈委托：这些档位仍由委托执行。会继续撤销。",
    ),
    "line.resting_stands.unseen": Text(
        "⚠️ OKX does not show the orders that rest there: {orders:# tier is|# tiers are} left to them unseen. I go on asking.",
        "⚠️ 无法读取 OKX 上的止盈委托：{orders} 个档位仍由委托执行，但看不到状态。会继续查询。",
    ),
    "line.resting_stands.unanswered": Text(
        "⚠️ OKX does not answer when {orders:# tier is|# tiers are} to rest there. The checks fire {orders:it|them} meanwhile; I go "
        "on trying.",
        "⚠️ {orders} 个档位挂单时 OKX 没有答复：期间由检查触发，会继续尝试挂单。",
    ),
    "line.resting_cleared.paused": Text(
        "🟢 Paused, and nothing rests at the exchange any more.", "🟢 已暂停，交易所已没有止盈委托。"
    ),
    "line.resting_cleared.off": Text(
        "🟢 No order of mine rests at the exchange any more.", "🟢 交易所已没有本程序的止盈委托。"
    ),
    "line.resting_cleared.strange": Text(
        "🟢 No unknown order under my names rests at OKX any more.", "🟢 OKX 上已没有以本程序命名的未知委托。"
    ),
    "line.resting_cleared.stuck": Text("🟢 OKX has cancelled those orders of mine.", "🟢 OKX 已撤销这些止盈委托。"),
    "line.resting_cleared.unanswered": Text(
        "🟢 No order that is to rest at OKX waits for an answer any more.", "🟢 OKX 上已没有未答复的挂单。"
    ),
    "line.resting_cleared.unseen": Text("🟢 OKX shows the orders that rest there again.", "🟢 已恢复读取 OKX 上的止盈委托。"),
    "line.resting_refused": Text(
        "⚠️ {leg}: tier {tier} could not rest at OKX, {tries:# try|# tries} so far ({code} {reason:brief}). The checks fire it "
        "meanwhile; I try again with growing pauses.",
        "⚠️ {leg}：第 {tier} 档无法挂到 OKX，已尝试 {tries} 次（{code} {reason:brief}）。期间由检查触发，会逐渐拉长间隔重试。",
    ),
    "line.resting_refused.fired": Text(
        "⚠️ {leg}: tier {tier} was triggered at OKX, and its order failed ({code}). The next check acts in its place.",
        "⚠️ {leg}：第 {tier} 档已在 OKX 触发，但委托失败（{code}）。由下次检查代为执行。",
    ),
    "line.resting_left": Text(
        "⚠️ The account {name:brief} is not watched any more, but {orders:# order of mine rests|# orders of mine rest} there at OKX, as "
        "far as I know, and may fire: {legs}. Nobody records that. Cancel {orders:it|them} at OKX, or have me watch the account again.",
        "⚠️ 账户 {name:brief} 已不再监控，但按记录它在 OKX 仍有本程序的 {orders} 笔止盈委托，可能触发：{legs}。触发后无人记录。"
        "请到 OKX 撤销，或重新监控该账户。",
    ),
    "line.resting_lifted": Text(
        "🪜 {by:user} took the orders of {leg} off the exchange until {until}; the checks fire its tiers meanwhile",
        "🪜 {by:user} 暂时撤下 {leg} 的挂单，至 {until} 自动重新挂出；期间由检查触发",
    ),
    "line.resting_full": Text(
        "⚠️ OKX takes no more orders: the nearest {rest:# tier rests|# tiers rest}, {left_out} more are left to the checks.",
        "⚠️ OKX 止盈委托数量已达上限：最近的 {rest} 个档位已挂单，另有 {left_out} 个由检查触发。",
    ),
    "resting.place.okx": Text("OKX", "OKX"),
    "resting.place.okx_demo": Text("OKX demo", "OKX 模拟交易"),
    "resting.place.paper": Text("the paper market", "模拟盘"),
    "resting.place.paper_live": Text("the paper market", "模拟盘"),
    "resting.head.on": Text(
        "🪜 <b>Every remaining tier rests at {place}</b>, as an order of its own",
        "🪜 <b>挂单止盈：已开启</b>，剩余档位挂在 {place}",
    ),
    "resting.head.off": Text(
        "🪜 <b>Resting at {place} is off</b>: tgtp fires the tiers", "🪜 <b>挂单止盈（{place}）：未开启</b>，档位由 tgtp 触发"
    ),
    "resting.apart.off": Text("But not those of {coins}.", "但 {coins} 未开启。"),
    "resting.apart.on": Text("But those of {coins} do.", "但 {coins} 已开启。"),
    "resting.row": Text("{leg}: {tier}", "{leg}：{tier}"),
    "resting.tiers": Text("🪜 At {place}: {tiers}", "🪜 {place} 挂单：{tiers}"),
    "resting.tier.rests": Text(
        "tier {row.tier} closes {row.contracts} at {row.trigger_price}",
        "第 {row.tier} 档 @ {row.trigger_price} 平 {row.contracts} 张",
    ),
    "resting.tier.asked": Text("tier {row.tier} sent, not confirmed yet", "第 {row.tier} 档已提交，尚未确认"),
    "resting.tier.leaving": Text("tier {row.tier} being cancelled", "第 {row.tier} 档正在撤单"),
    "resting.lifted": Text(
        "🪜 Orders taken off until {until}, then they go back: leverage and margin can be changed. The checks fire the tiers meanwhile.",
        "🪜 挂单已撤下，{until} 自动重新挂出：期间可以修改杠杆和保证金，止盈由检查触发。",
    ),
    "resting.lifted.leg": Text("orders taken off until {until}, then they go back", "挂单已撤下，{until} 自动重新挂出"),
    "resting.others": Text(
        "Your own take-profits and stops there: {orders:# order|# orders}, {contracts} contracts",
        "你自己的止盈止损委托：{orders} 笔，{contracts} 张",
    ),
    "resting.others.whole": Text(
        "Your own take-profits and stops there: {orders:# order|# orders}, {contracts} contracts, {whole:# of them|# of them} for a "
        "share of the position",
        "你自己的止盈止损委托：{orders} 笔，{contracts} 张，其中 {whole} 笔按仓位比例",
    ),
    "resting.panel": Text(
        "🪜 {count:# take-profit order|# take-profit orders} at {place}: {legs}", "🪜 {place} 止盈挂单 {count} 笔：{legs}"
    ),
    "resting.panel.leg": Text("{leg} tier {tiers}", "{leg}第 {tiers} 档"),
    "resting.none": Text("Nothing rests there now.", "目前没有挂单。"),
    "resting.how": Text(
        "A leg that is paused, or whose margin is too small, has none there.\n"
        "<code>/resting all</code> · <code>/resting off</code> · <code>/resting all STX</code>",
        "暂停的、保证金不足的仓位不挂单。\n"
        "<code>/resting 全部</code> · <code>/resting 关闭</code> · <code>/resting 开启 STX</code>",
    ),
    "resting.form": Text(
        "I did not understand that; nothing was changed. <code>/resting all</code>, <code>/resting off STX</code>, or /resting to see it.",
        "没看懂，未作修改。用法：<code>/resting 全部</code>、<code>/resting 关闭 STX</code>，或 /resting 查看。",
    ),
    "resting.impossible": Text(
        "No tier can rest here: this exchange takes no such orders. Nothing was changed.",
        "这里无法挂单止盈：该交易所不支持这类委托。未作修改。",
    ),
    "resting.same.on": Text("The tiers of {whose} rest already; nothing was changed.", "挂单止盈早已开启：{whose}。未作修改。"),
    "resting.same.off": Text(
        "The tiers of {whose} do not rest; nothing was changed.", "挂单止盈本来就没有开启：{whose}。未作修改。"
    ),
    "resting.ask.on": Text(
        "🪜 <b>Let every remaining tier of {whose} rest at {place}?</b> Each fires there at its mark price, at market.",
        "🪜 <b>开启挂单止盈：{whose}？</b>剩余档位挂在 {place}，标记价到达时由 {place} 按市价平仓。",
    ),
    "resting.follows.down": Text(
        "• They fire even while tgtp is down. Their sizes then stay as placed.", "• tgtp 停机时也会触发；停机期间数量不会更新。"
    ),
    "resting.follows.down.paper": Text(
        "• In the paper market they fire while tgtp runs; after a stop, at the first price that it sees.",
        "• 模拟盘只在 tgtp 运行时触发；停机后，在恢复后的第一个价格触发。",
    ),
    "resting.follows.trims": Text(
        "• When one fires, OKX trims or cancels limit closes of yours that exceed what is left.",
        "• 触发后，你自己的限价平仓单若超过剩余仓位，OKX 会减少或撤销它们。",
    ),
    "resting.closes.over": Text(
        "   {leg}: you have {orders:# limit close|# limit closes} of {contracts} contracts there, more than the {left} that all its tiers "
        "leave. ⚠️ OKX will trim or cancel {orders:it|them}.",
        "   {leg}：你有 {orders} 笔限价平仓单，共 {contracts} 张，多于各档平仓后剩下的 {left} 张。⚠️ OKX 会减少或撤销。",
    ),
    "resting.closes.fit": Text(
        "   {leg}: you have {orders:# limit close|# limit closes} of {contracts} contracts there; all its tiers leave {left}, so "
        "{orders:it stays|they stay}.",
        "   {leg}：你有 {orders} 笔限价平仓单，共 {contracts} 张；各档平仓后剩下 {left} 张，不受影响。",
    ),
    "resting.closes.none": Text("   You have none there now.", "   目前你没有限价平仓单。"),
    "resting.closes.unknown": Text(
        "   I could not read yours just now: look at OKX before you confirm.",
        "   暂时无法读取你的限价平仓单：确认前请到 OKX 查看。",
    ),
    "resting.follows.leverage": Text(
        "• While one rests, OKX refuses to change the leverage of its position.", "• 有挂单时，OKX 不允许修改该仓位的杠杆。"
    ),
    "resting.follows.net": Text(
        "• Net mode: while one rests, OKX refuses an order that would reverse the position.",
        "• 买卖模式：有挂单时，OKX 会拒绝反向开仓的委托。",
    ),
    "resting.ask.off": Text(
        "🪜 <b>Take the tiers of {whose} off {place}?</b> {orders:# order is|# orders are} cancelled there; tiers then fire "
        "only while tgtp runs.",
        "🪜 <b>关闭挂单止盈：{whose}？</b>将撤销 {place} 上的 {orders} 笔委托；此后只有 tgtp 运行时才会止盈。",
    ),
    "resting.done.on": Text(
        "🪜 From the next check on every remaining tier of {whose} rests at {place}.",
        "🪜 已开启挂单止盈：{whose}，下次检查起挂到 {place}。",
    ),
    "resting.done.off": Text(
        "🪜 The next check cancels what rests of {whose} at {place}.",
        "🪜 已关闭挂单止盈：{whose}，下次检查撤销 {place} 上的委托。",
    ),
    "button.resting.on": Text("Let the tiers rest …", "开启挂单止盈…"),
    "button.resting.off": Text("Rest no more …", "关闭挂单止盈…"),
    "button.resting.cancel": Text("Cancel them …", "撤销这些委托…"),
    "button.resting.show": Text("Show what rests", "查看挂单止盈"),
    "problem.resting.ended": Text("it ended at OKX without filling", "委托在 OKX 未成交即结束"),
    "setting.note.resting": Text(
        "the note {note} of the ledger, about tiers that rest, cannot be read: {why}",
        "数据文件（ledger.json）中关于挂单止盈的记录 {note} 无法读取：{why}",
    ),
}
