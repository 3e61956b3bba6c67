"""Ladders on the phone: seen, changed, put back."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # the rules in force
    "tiers.title": Text("<b>Rules in force</b>", "<b>当前规则</b>"),
    "tiers.ladder": Text("<b>{side}</b>: of 100 contracts", "<b>{side}</b>：以 100 张为例"),
    "tiers.ladder.changed": Text(
        "<b>{side}</b> (changed by hand): of 100 contracts", "<b>{side}</b>（已手动修改）：以 100 张为例"
    ),
    "tiers.ladder.own": Text("<b>{whose}</b>, its own: of 100 contracts", "<b>{whose}</b>，单独设置：以 100 张为例"),
    "tiers.ladder.follows": Text("<b>{whose}</b>, as all: of 100 contracts", "<b>{whose}</b>，同全局：以 100 张为例"),
    "tiers.row": Text(
        "  {tier.number}. ROI ≥ {threshold}: close {tier.share:%} → {closes}, {left} left",
        "  {tier.number}. 收益率 ≥ {threshold}：平 {tier.share:%} → {closes}，剩 {left}",
    ),
    "tiers.own": Text("<b>Of their own</b>", "<b>单独设置</b>"),
    "tiers.own.row": Text("{whose}: <code>{ladder}</code>", "{whose}：<code>{ladder}</code>"),
    "tiers.factors": Text(
        "🌡 Times the volatility of now: {coins}. <code>/dynamic</code>", "🌡 按波动率调整：{coins}。<code>/dynamic</code>"
    ),
    "tiers.gate": Text(
        "Shares are of what is still held. Only legs with more than {min_margin} U of margin, one tier a check, every {interval} s.",
        "比例按剩余仓位计算。仅处理保证金大于 {min_margin} U 的仓位，每次检查最多一档，每 {interval} 秒一次。",
    ),
    "tiers.hedge": Text(
        "<b>Hedge</b>: one side wins, the other loses → the loser is closed down to {keep_margin} U.",
        "<b>对冲</b>：一侧盈利、另一侧亏损 → 亏损侧平到 {keep_margin} U 底仓。",
    ),
    "tiers.rearm.on_close": Text(
        "Fired tiers come back when a leg is closed and opened anew. After adding to a leg I ask you.",
        "仓位平掉重开后档位重置；加仓后我会询问你。",
    ),
    "tiers.rearm.on_add": Text("Fired tiers come back when you add to a leg.", "加仓后档位自动重置。"),
    "tiers.ahead": Text("<b>Still ahead</b>, the nearest first", "<b>待触发档位</b>，由近到远"),
    "tiers.ahead.row": Text("{tiers} <b>{leg.key}</b> {leg.roi:+%} · {what}", "{tiers} <b>{leg.key}</b> {leg.roi:+%} · {what}"),
    "tiers.next": Text("{threshold} at {price:price}", "{threshold}，价格 {price:price}"),
    "tiers.small": Text(
        "{count} at {min_margin} U of margin or less: skipped", "{count} 个仓位保证金 ≤ {min_margin} U，不处理"
    ),
    "tiers.how": Text(
        "One leg of its own: <code>/tiers STX</code> or <code>/tiers STX long 20:30 40:50</code>",
        "单独设置：<code>/tiers STX</code> 或 <code>/tiers STX 多单 20:30 40:50</code>",
    ),
    "tiers.fold": Text("<blockquote expandable>{rows}</blockquote>", "<blockquote expandable>{rows}</blockquote>"),
    # whose ladder
    "tiers.unseen": Text("Not seen yet: {names}", "尚未读到：{names}"),
    "tiers.account": Text("<b>{account}</b>", "<b>{account}</b>"),
    "ladders.whose.all": Text("all {side} legs", "全部{side}"),
    "ladders.whose.one": Text("{coin} {side}", "{coin} {side}"),
    # wrong words
    "ladders.wrong": Text(
        "These are no tiers: {why}. Nothing was changed. The form is <code>/tiers {example}</code>: at ROI 25 % close 30 %, and so on.",
        "档位有误：{why}。未作修改。格式为 <code>/tiers {example}</code>：收益率 25% 时平 30%，以此类推。",
    ),
    "ladders.side": Text(
        "Which side? <code>/tiers {coin} long 25:30 35:50 50:50</code>; {word} is not a side. Nothing was changed.",
        "哪个方向？<code>/tiers {coin} 多单 25:30 35:50 50:50</code>；{word} 不是方向。未作修改。",
    ),
    "ladders.side.first": Text(
        "Whose tiers? <code>/tiers long {ladder}</code> or <code>/tiers STX long {ladder}</code>. Nothing was changed.",
        "修改哪一侧的档位？<code>/tiers 多单 {ladder}</code> 或 <code>/tiers STX 多单 {ladder}</code>。未作修改。",
    ),
    "ladders.not.open": Text(
        "{coin} is not open, so it gets no tiers; <code>/tiers {coin} default</code> takes away the one that it has. Nothing was changed.",
        "{coin} 当前没有仓位，不能设置档位；<code>/tiers {coin} 默认</code> 可删除已有的设置。未作修改。",
    ),
    "ladders.unknown": Text(
        "There is no leg of {word}: only a coin that is open gets its own tiers. Open now: {known}.",
        "没有 {word} 的仓位：只有持仓中的币种可以单独设置档位。当前有：{known}。",
    ),
    "ladders.unknown.none": Text(
        "There is no leg of {word}: only a coin that is open gets its own tiers, and none is.",
        "没有 {word} 的仓位：只有持仓中的币种可以单独设置档位，当前没有任何仓位。",
    ),
    "ladders.same": Text(
        "Already in force for {whose}: <code>{ladder}</code>. Nothing was changed.",
        "{whose}：<code>{ladder}</code> 已经生效。未作修改。",
    ),
    "ladders.default.already": Text(
        "The default is in force already ({whose}). Nothing was changed.", "已经是默认档位（{whose}）。未作修改。"
    ),
    # the card that asks
    "ladders.ask": Text("🪜 <b>Change the tiers of {whose}?</b>", "🪜 <b>修改档位：{whose}？</b>"),
    "ladders.ask.default": Text("🪜 <b>Put the tiers of {whose} back to the default?</b>", "🪜 <b>恢复默认档位：{whose}？</b>"),
    "ladders.ask.all": Text("🪜 <b>Put all changed tiers back to the default?</b>", "🪜 <b>把所有改过的档位恢复为默认？</b>"),
    "ladders.closes": Text(
        "🚨 <b>Closes at once: {legs}; in all {notional} U, about {pnl} U realised</b>",
        "🚨 <b>将立即平仓：{legs}；合计 {notional} U，约实现 {pnl} U</b>",
    ),
    "ladders.closes.leg": Text(
        "{leg} {one.contracts:# contract|# contracts} ({one.notional:U} U)", "{leg} {one.contracts} 张（{one.notional:U} U）"
    ),
    "ladders.now.closes": Text(
        "🚨 <b>The market has moved: this change would now close something at once.</b> Nothing was changed; this is how it stands:",
        "🚨 <b>行情变化，修改后会立即平仓。</b>尚未修改，现在的情况：",
    ),
    "ladders.code": Text(
        "Nothing is changed yet: it would close something at once. Now send the 6 digits of your authenticator within {seconds} s.",
        "尚未修改：修改后会立即平仓。请在 {seconds} 秒内发送验证器的 6 位数字。",
    ),
    "ladders.from.to": Text("<code>{before}</code> → <code>{after}</code>", "<code>{before}</code> → <code>{after}</code>"),
    "ladders.from.to.row": Text(
        "{whose}: <code>{before}</code> → <code>{after}</code>", "{whose}：<code>{before}</code> → <code>{after}</code>"
    ),
    "ladders.hundred": Text("Of 100: {closes} — {left} left", "以 100 张为例：平 {closes}，剩 {left}"),
    "ladders.pinned": Text(
        "The same tiers, but its own from now on: a later change of {side} does not touch it.",
        "档位相同，但从此单独设置：以后修改{side}档位不再影响它。",
    ),
    "ladders.touches": Text("Open legs that it touches, {count}: {legs}", "影响 {count} 个仓位：{legs}"),
    "ladders.touches.none": Text("No open leg is touched now.", "当前没有受影响的仓位。"),
    "ladders.at.once": Text(
        "⚠️ <b>Reached already</b>: closes from the next check on, while the price stays",
        "⚠️ <b>已经达到</b>：价格不变的话，下次检查起就会平仓",
    ),
    "ladders.at.once.row": Text(
        "{due.leg.key} {due.leg.roi:+%}: tier {tiers} closes {due.contracts} of {due.leg.contracts}, about {due.realised:+U} U",
        "{due.leg.key} {due.leg.roi:+%}：第 {tiers} 档，平 {due.contracts}/{due.leg.contracts} 张，约 {due.realised:+U} U",
    ),
    "ladders.at.once.held": Text(
        "{due.leg.key} {due.leg.roi:+%}: tier {tiers} would close {due.contracts} of {due.leg.contracts}, but is paused",
        "{due.leg.key} {due.leg.roi:+%}：第 {tiers} 档，应平 {due.contracts}/{due.leg.contracts} 张，但已暂停",
    ),
    "ladders.fired": Text("Tiers that have fired stay fired, by number:", "已触发的档位按编号保持已触发："),
    "ladders.fired.row": Text("{tiers} {leg}: {next}", "{tiers} {leg}：{next}"),
    "ladders.fired.next": Text("next is tier {tier}, {threshold}", "下一档是第 {tier} 档，{threshold}"),
    "ladders.fired.none": Text("no tier left", "没有剩余档位"),
    "ladders.begun": Text(
        "{legs}: the tier that is partly filled keeps its old settings.", "{legs}：部分成交的档位按原设置完成。"
    ),
    "ladders.meanwhile": Text(
        "🔁 <b>Changed by someone meanwhile</b>; nothing was changed now. This is how it stands:",
        "🔁 <b>期间有人改过</b>，本次未作修改。现在的情况：",
    ),
    "ladders.working": Text("⏳ Waiting for the check that is running …", "⏳ 等待正在进行的检查……"),
    "ladders.done": Text("🪜 Done, in force from the next check on:\n{rows}", "🪜 已修改，下次检查起生效：\n{rows}"),
    "ladders.cancelled": Text("Nothing was changed.", "未作修改。"),
    # re-arming
    "ladders.rearm.ask": Text(
        "🔁 <b>Re-arm {leg}?</b>\n{tiers} Fired: {fired}. All of its tiers may fire again: <code>{ladder}</code>",
        "🔁 <b>重置档位：{leg}？</b>\n{tiers} 已触发：{fired}。全部档位将可以再次触发：<code>{ladder}</code>",
    ),
    "ladders.rearm.quiet": Text("None of them is reached now.", "目前没有达到任何一档。"),
    "ladders.rearm.none": Text("No tier of {leg} has fired; there is nothing to re-arm.", "{leg} 没有已触发的档位，无需重置。"),
    "ladders.rearm.nothing": Text(
        "No leg has a tier that has fired; there is nothing to re-arm.", "没有仓位触发过档位，无需重置。"
    ),
    "ladders.rearm.which": Text("Which leg shall I re-arm?", "要重置哪个仓位的档位？"),
    "ladders.rearm.words": Text(
        "Too many words. The form is <code>/rearm STX long</code>.", "参数太多。格式为 <code>/rearm STX 多单</code>。"
    ),
    # the editor
    "ladders.edit": Text("🪜 <b>Tiers of {whose}</b>: of 100 contracts", "🪜 <b>档位：{whose}</b>，以 100 张为例"),
    "ladders.edit.how": Text(
        "<i>Left: the ROI that it fires at. Right: the share of the rest that it closes. Nothing changes before you confirm.</i>",
        "<i>左边：触发的收益率；右边：平掉剩余仓位的比例。确认之前不会生效。</i>",
    ),
    "ladders.edit.gone": Text(
        "⏳ <b>The earlier edit is gone</b> (I was restarted, or it was too long ago). In force now:",
        "⏳ <b>之前的编辑已失效</b>（程序重启过，或时间太久）。现在生效的是：",
    ),
    "ladders.edit.meanwhile": Text(
        "🔁 Changed by someone meanwhile; in force now: <code>{ladder}</code>",
        "🔁 期间有人改过，现在生效的是：<code>{ladder}</code>",
    ),
    "ladders.stop.above": Text(
        "Tier {tier} stands at {threshold}: move that one first.", "第 {tier} 档在 {threshold}：请先移动它。"
    ),
    "ladders.stop.lowest": Text("The lowest threshold is above 0 %.", "触发值必须大于 0%。"),
    "ladders.stop.highest": Text("No threshold is above {threshold}.", "触发值最高 {threshold}。"),
    "ladders.stop.share": Text("A share is from 1 % to 100 %.", "比例为 1% 到 100%。"),
    "ladders.stop.most": Text("At most {most} tiers are possible.", "最多 {most} 档。"),
    "ladders.stop.one": Text("At least one tier is needed.", "至少要有一档。"),
    "ladders.stop.same": Text("You have not changed anything yet.", "还没有任何改动。"),
    "button.threshold": Text("≥{threshold:%}", "≥{threshold:%}"),
    "button.share": Text("{share:%}", "{share:%}"),
    "button.add.tier": Text("Add a tier", "加一档"),
    "button.step": Text("Steps of {step}%", "步长 {step}%"),
    "button.default": Text("Default", "恢复默认"),
    "button.save": Text("Save …", "保存…"),
    "button.back": Text("Back to editing", "继续编辑"),
    "button.edit.tiers": Text("Edit {whose}", "修改 {whose}"),
    "button.edit.side": Text("Edit {side}", "修改{side}"),
    "button.rearm.leg": Text("Re-arm {leg}", "重置 {leg}"),
    "button.confirm.ladder": Text("✅ Change", "✅ 确认修改"),
    "button.confirm.ladder.closes": Text(
        "🚨 Change, and close {legs} at once: {notional} U", "🚨 确认修改，并立即从 {legs} 个仓位平掉 {notional} U"
    ),
    "button.confirm.rearm": Text("✅ Re-arm", "✅ 确认重置"),
    "button.tiers": Text("Show the tiers", "查看档位"),
    "button.ask.again": Text("Ask again", "重新发起"),
    # an order that OKX has forgotten
    "alert.forgotten": Text(
        "⏳ <b>{intent.leg}</b>: on {since} I asked OKX to close {intent.contracts} (tier {intent.tier}). OKX keeps orders and trades for three months and no "
        "longer knows this one, so <b>only you can say what became of it</b>. Until then I do nothing with this leg.",
        "⏳ <b>{intent.leg}</b>：{since} 曾请求平 {intent.contracts} 张（第 {intent.tier} 档）。OKX 只保留三个月的订单和成交，已查不到这一笔，"
        "<b>只有你能说明结果</b>。在此之前不动这个仓位。",
    ),
    "button.forgotten.filled": Text("It filled: tier {intent.tier} has fired", "已成交：第 {intent.tier} 档已触发"),
    "button.forgotten.not_filled": Text("It did not: tier {intent.tier} may fire", "未成交：第 {intent.tier} 档仍可触发"),
    "forgotten.filled": Text("🧾 {leg}: tier {tier} counts as fired.", "🧾 {leg}：第 {tier} 档记为已触发。"),
    "forgotten.not_filled": Text("🧾 {leg}: tier {tier} may fire again.", "🧾 {leg}：第 {tier} 档可以再次触发。"),
    "forgotten.old": Text("You have answered this already.", "已经处理过了。"),
    "line.order_decided.filled": Text(
        "🧾 {intent.leg}: {by:user} confirmed that tier {intent.tier} has fired",
        "🧾 {intent.leg}：{by:user} 确认第 {intent.tier} 档已触发",
    ),
    "line.order_decided.not_filled": Text(
        "🧾 {intent.leg}: {by:user} confirmed that tier {intent.tier} has not fired",
        "🧾 {intent.leg}：{by:user} 确认第 {intent.tier} 档没有触发",
    ),
    # thresholds that follow the volatility
    "dynamic.head.on": Text("🌡 <b>Thresholds follow the volatility</b>", "🌡 <b>波动率调整：已开启</b>"),
    "dynamic.head.off": Text("🌡 <b>Thresholds act as they are written</b>", "🌡 <b>波动率调整：未开启</b>，按原阈值止盈"),
    "dynamic.apart.off": Text("But not those of {coins}.", "但 {coins} 未开启。"),
    "dynamic.apart.on": Text("But those of {coins} follow the volatility.", "但 {coins} 已开启。"),
    "dynamic.row": Text(
        "{coin} × {state.factor}: an hour spans {state.now:.2%}, usually {state.usual:.2%} · data {age:age} old",
        "{coin} × {state.factor}：每小时波幅 {state.now:.2%}，常态 {state.usual:.2%} · 数据 {age:age}前",
    ),
    "dynamic.row.reading": Text(
        "{coin}: its month is being read; as written until then", "{coin}：正在读取历史数据，暂按原阈值"
    ),
    "dynamic.row.young": Text("{coin}: younger than a month; as written", "{coin}：上市不足一个月，按原阈值"),
    "dynamic.row.gaps": Text("{coin}: too many hours are missing; as written", "{coin}：K 线缺失太多，按原阈值"),
    "dynamic.row.still": Text("{coin}: its price has stood still; as written", "{coin}：价格长时间没有波动，按原阈值"),
    "dynamic.row.stale": Text(
        "{coin}: no hour of the last three could be read; as written", "{coin}：超过三小时读不到新的小时 K 线，按原阈值"
    ),
    "dynamic.how": Text(
        "Each threshold is multiplied by the volatility of now against its month, 0.75 to 1.5.\n"
        "<code>/dynamic on</code> · <code>/dynamic off</code> · <code>/dynamic STX off</code>",
        "每个阈值乘以当前波动率与近一个月常态之比，范围 0.75 到 1.5。\n"
        "<code>/dynamic 开</code> · <code>/dynamic 关</code> · <code>/dynamic STX 关</code>",
    ),
    "dynamic.form": Text(
        "I did not understand that; nothing was changed. <code>/dynamic on</code>, <code>/dynamic STX off</code>, or /dynamic to see it.",
        "没看懂，未作修改。用法：<code>/dynamic 开</code>、<code>/dynamic STX 关</code>，或 /dynamic 查看。",
    ),
    "dynamic.unknown": Text(
        "There is no leg of {word}. Nothing was changed. Open now: {known}.", "没有 {word} 的仓位，未作修改。当前有：{known}。"
    ),
    "dynamic.moved": Text(
        "🔁 <b>The volatility has been read anew meanwhile, and the thresholds would be others</b>; nothing was changed. "
        "This is how it stands:",
        "🔁 <b>期间波动率已更新，阈值与刚才显示的不同</b>，本次未作修改。现在的情况：",
    ),
    "dynamic.same.on": Text(
        "The thresholds of {whose} follow the volatility already. Nothing was changed.",
        "波动率调整已经开启：{whose}。未作修改。",
    ),
    "dynamic.same.off": Text(
        "The thresholds of {whose} act as they are written already. Nothing was changed.",
        "波动率调整本来就没有开启：{whose}。未作修改。",
    ),
    "dynamic.ask.on": Text(
        "🌡 <b>Let the thresholds of {whose} follow the volatility?</b>", "🌡 <b>开启波动率调整：{whose}？</b>"
    ),
    "dynamic.ask.off": Text(
        "🌡 <b>Let the thresholds of {whose} act as they are written?</b>", "🌡 <b>关闭波动率调整：{whose}？</b>"
    ),
    "dynamic.unread": Text(
        "Not read yet: {coins}. Their factor will be from 0.75 to 1.5; what is said below is for 0.75, with which most would close.",
        "尚未读取：{coins}。系数将在 0.75 到 1.5 之间；以下按 0.75（平仓最早的情况）计算。",
    ),
    "dynamic.done.on": Text(
        "🌡 From the next check on the thresholds of {whose} follow the volatility, wherever it is known.",
        "🌡 已开启波动率调整：{whose}，下次检查起生效（有数据的币种）。",
    ),
    "dynamic.done.off": Text(
        "🌡 From the next check on the thresholds of {whose} act as they are written.",
        "🌡 已关闭波动率调整：{whose}，下次检查起按原阈值。",
    ),
    "button.dynamic.on": Text("Follow the volatility …", "开启波动率调整…"),
    "button.dynamic.off": Text("As written …", "关闭波动率调整…"),
    "button.dynamic.show": Text("Show what is in force", "查看当前状态"),
}
