"""Closing by hand, from the question to the outcome."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # close by hand
    "close.pick": Text("Which leg shall I close?", "要平哪个仓位？"),
    "close.pick.button": Text("{name} {leg.roi:+%}", "{name} {leg.roi:+%}"),
    "close.more": Text(
        "{more} more: say e.g. <code>/close STX long</code>.", "还有 {more} 个：可发送如 <code>/close STX 多单</code>。"
    ),
    "close.how": Text(
        "How much of <b>{leg}</b> ({contracts:# contract|# contracts})?", "平掉 <b>{leg}</b>（{contracts} 张）多少？"
    ),
    "close.card": Text(
        "✋ <b>Close {leg.key}?</b>\nHeld now: {leg.contracts:# contract|# contracts}, {leg.initial_margin:U} U margin, ROI {leg.roi:+%}\n"
        "Closes: <b>{closes}</b> at market, about {leg.mark_price:price}\nLeft: {left}\nRealises about <b>{pnl:+U} U</b> before fees",
        "✋ <b>平仓 {leg.key}？</b>\n当前：{leg.contracts} 张，保证金 {leg.initial_margin:U} U，收益率 {leg.roi:+%}\n"
        "平掉：<b>{closes}</b> 张，市价约 {leg.mark_price:price}\n剩余：{left} 张\n预计实现 <b>{pnl:+U} U</b>（未扣手续费）",
    ),
    "close.card.blind": Text(
        "✋ <b>Close {leg}?</b>\nHeld now: {contracts:# contract|# contracts}\nCloses: <b>{closes}</b> at market\nLeft: {left}\n"
        "⚠️ Not known: {unknown}. {why}",
        "✋ <b>平仓 {leg}？</b>\n当前：{contracts} 张\n平掉：<b>{closes}</b> 张，市价\n剩余：{left} 张\n⚠️ 未知：{unknown}。{why}",
    ),
    "close.blind.roi": Text("its ROI and margin", "收益率和保证金"),
    "close.blind.lots": Text("contract size and lot", "合约面值和下单精度"),
    "close.blind.pnl": Text("what it realises", "实现盈亏"),
    "close.blind.opened": Text("when it was opened", "开仓时间"),
    "close.blind.realises": Text("Realises about <b>{pnl:+U} U</b> before fees", "预计实现 <b>{pnl:+U} U</b>（未扣手续费）"),
    "close.row.blind": Text(
        "{leg}: {size} (what it realises is not known)",
        "{leg}：{size} 张（实现盈亏未知）",
    ),
    "close.all.unknown": Text("⚠️ The sum does not include those that cannot be read.", "⚠️ 合计不含无法读取的仓位。"),
    "close.blind.whole": Text(
        "{leg} cannot be read: only a share that is whole lots could be closed, and its lot is not known. Say "
        "<code>/close {coin} {side} all</code>.",
        "{leg} 无法读取，下单精度未知，只能全部平仓：<code>/close {coin} {side} all</code>。",
    ),
    "close.blind.base": Text(
        "{leg} cannot be read, so its base is not known. A share of it or all of it can be closed.",
        "{leg} 无法读取，底仓未知。可以按比例或全部平仓。",
    ),
    "close.pick.whole": Text("Close all of {leg}", "全部平仓 {leg}"),
    "close.pick.blind": Text("{name} ⚠️", "{name} ⚠️"),
    # several legs at once
    "close.card.all": Text(
        "{title} {legs:# leg|# legs} at market:\n{rows}\nTogether worth <b>{worth:U} U</b>, margin {margin:U} U\n"
        "Realises about <b>{pnl:+U} U</b> before fees",
        "{title}共 {legs} 个仓位，市价：\n{rows}\n合计平仓：价值 <b>{worth:U} U</b>，保证金 {margin:U} U\n"
        "预计实现 <b>{pnl:+U} U</b>（未扣手续费）",
    ),
    "close.title.all": Text("✋ <b>Close everything?</b>", "✋ <b>全部平仓？</b>"),
    "close.title.whole": Text("✋ <b>Close {what}?</b>", "✋ <b>平仓：{what}？</b>"),
    "close.title.share": Text("✋ <b>Close {share:%} of each: {what}?</b>", "✋ <b>各平 {share:%}：{what}？</b>"),
    "close.title.keep": Text("✋ <b>Close {what} down to the base?</b>", "✋ <b>平到底仓：{what}？</b>"),
    "close.what.all": Text("everything", "全部仓位"),
    "close.what.all_side": Text("all {side} legs", "全部{side}"),
    "close.what.coin": Text("all of {coin}", "{coin} 全部仓位"),
    "close.what.coin_side": Text("{coin} {side}", "{coin} {side}"),
    "close.what.mode": Text("{what} ({mode})", "{what}（{mode}）"),
    "close.anchors": Text(
        "{count:# of them is an anchor|# of them are anchors}: {min_margin} U of margin or less, which the rules leave alone.",
        "其中 {count} 个是锚定单：保证金不超过 {min_margin} U，规则不处理。",
    ),
    "close.anchor": Text(
        "It is an anchor: {min_margin} U of margin or less, which the rules leave alone.",
        "这是锚定单：保证金不超过 {min_margin} U，规则不处理。",
    ),
    "close.total": Text(
        "Together: worth {worth:U} U, margin {margin:U} U, <b>{pnl:+U} U</b>",
        "合计已平：价值 {worth:U} U，保证金 {margin:U} U，盈亏 <b>{pnl:+U} U</b>",
    ),
    "close.small.dust": Text(
        "🔸 {share:%} is less than the smallest order, left as they are: {legs}", "🔸 {share:%} 不足最小下单量，不平：{legs}"
    ),
    "close.small.base": Text(
        "🔸 At the base of {keep_margin} U already, left as they are: {legs}", "🔸 已是 {keep_margin} U 底仓，不平：{legs}"
    ),
    "close.small.blind_base": Text(
        "⚠️ Cannot be read, so the base is not known; left as they are: {legs}", "⚠️ 无法读取，底仓未知，不平：{legs}"
    ),
    "close.small.blind_lot": Text(
        "⚠️ Cannot be read, so only all of it can be closed; left as they are: {legs}",
        "⚠️ 无法读取，只能全部平仓，不平：{legs}",
    ),
    "close.none": Text("Nothing is open for: {what}. Open now: {known}.", "没有符合“{what}”的仓位。当前有：{known}。"),
    "close.of.what": Text(
        "{word} of what? <code>/close STX {word}</code>, <code>/close long {word}</code>, <code>/close all {word}</code>",
        "要平哪些仓位的 {word}？<code>/close STX {word}</code>、<code>/close 多 {word}</code>、<code>/close 全部 {word}</code>",
    ),
    "close.of.what.mode": Text(
        "Which legs, {word}? <code>/close STX {word}</code>, <code>/close long {word}</code>, <code>/close all {word}</code>",
        "“{word}”是指保证金模式；要平哪些仓位？<code>/close STX {word}</code>、<code>/close 多 {word}</code>、"
        "<code>/close 全部 {word}</code>",
    ),
    "close.two.meanings": Text(
        "{word} is a word of mine and a coin that you hold. For the coin: <code>/close {coin}USDT</code>",
        "{word} 既是指令用词，也是你持有的币种。要平该币种：<code>/close {coin}USDT</code>",
    ),
    "close.size.of": Text("{contracts} of {held}", "{contracts}/{held}"),
    "close.done_several": Text("✋ Done: {count:# leg|# legs}\n{rows}", "✋ 已完成：{count} 个仓位\n{rows}"),
    "button.confirm.these": Text("✅ Close these {count}", "✅ 平掉这 {count} 个"),
    "button.confirm.share": Text("✅ Close {share:%} of {count}", "✅ 平 {share:%}（{count} 个）"),
    "button.confirm.keep": Text("✅ Close {count} to base", "✅ {count} 个平到底仓"),
    "close.row": Text("{leg}: {size} (about {pnl:+U} U)", "{leg}：{size} 张（约 {pnl:+U} U）"),
    "close.row.sliced": Text(
        "{leg}: {size} in {count} orders (about {pnl:+U} U)",
        "{leg}：{size} 张，分 {count} 笔（约 {pnl:+U} U）",
    ),
    "close.left.out": Text("⚠️ Not included, I cannot close them: {names}", "⚠️ 不包括，我无法平仓：{names}"),
    "close.unreadable": Text(
        "{legs}: open, but its size, side or margin mode is not known, so I cannot close it. Close it at OKX if it is urgent. {why}",
        "{legs}：持仓中，但无法确定其张数、方向或保证金模式，我无法平仓。如紧急请到 OKX 操作。{why}",
    ),
    "leg.unreadable": Text("⚠️ {legs}: open, but cannot be read. {why}", "⚠️ {legs}：持仓中，但无法读取。{why}"),
    "leg.not.found": Text("There is no such leg that I can read, and nothing was sent.", "没有可读取的该仓位，未下单。"),
    "leg.unreadable.size": Text("{contracts:# contract is|# contracts are} held.", "持有 {contracts} 张。"),
    "close.rows.more": Text("… and {more} more", "……另有 {more} 个"),
    "close.valid": Text("Valid for {seconds} s.", "{seconds} 秒内有效。"),
    "close.orders": Text(
        "⚠️ {count:# resting take-profit or stop order|# resting take-profit or stop orders} of yours on it may be trimmed or cancelled by OKX.",
        "⚠️ 你在该仓位上有 {count} 笔止盈止损挂单，OKX 可能会减少或撤销它们。",
    ),
    "close.doubted": Text(
        "⚠️ {leg}: its data is in doubt ({why}). This many contracts are closed; the values shown here may be wrong.",
        "⚠️ {leg}：数据不合常理（{why}）。会按张数平仓；此处显示的价值可能有误。",
    ),
    "close.sliced": Text(
        "In {count} orders, one after the other: a single market order takes at most {most}.",
        "分 {count} 笔依次下单：单笔市价单最多 {most} 张。",
    ),
    "close.in.orders": Text(" in {count} orders", "，共 {count} 笔"),
    "close.changed": Text(
        "🔁 The leg has changed since; nothing was sent. This is how it stands now:", "🔁 仓位已变化，未下单。现在的情况："
    ),
    "close.grown": Text(
        "🔁 These have changed or are new since; nothing was sent for them. This is how they stand now:",
        "🔁 以下仓位之后有变动或是新开的，未下单。现在的情况：",
    ),
    "close.were.gone": Text("⬜ Closed already: {legs}", "⬜ 已经平掉：{legs}"),
    "close.busy": Text(
        "⏳ {legs}: the last order is not confirmed yet; nothing was sent. Try again in a moment.",
        "⏳ {legs}：上一笔订单的结果尚未确认，未下单。请稍后再试。",
    ),
    "close.dust": Text(
        "{leg} holds {contracts}: {share:%} of it is less than the smallest order ({of.min_contracts}). Nothing to do.",
        "{leg} 共 {contracts} 张：{share:%} 不足最小下单量（{of.min_contracts} 张）。无需操作。",
    ),
    "close.at.base": Text(
        "{leg.key} holds {leg.contracts:# contract|# contracts}; the base of {keep_margin} U is {base}. Nothing to close.",
        "{leg.key} 持有 {leg.contracts} 张，{keep_margin} U 底仓为 {base} 张，无需平仓。",
    ),
    "close.working": Text("⏳ Closing …", "⏳ 正在平仓……"),
    "close.done": Text("✋ Done: {rows}", "✋ 已完成：{rows}"),
    "close.partly": Text("⚠️ {filled} of {count} closed as asked:\n{rows}", "⚠️ 按要求平掉 {filled}/{count} 个：\n{rows}"),
    "close.unclear": Text("⏳ {filled} of {count} closed so far:\n{rows}", "⏳ 目前已平 {filled}/{count} 个：\n{rows}"),
    "close.not_done": Text("⚠️ Not closed:\n{rows}", "⚠️ 未平仓：\n{rows}"),
    "close.broken": Text("⚠️ Interrupted: {why}. /status shows the current state.", "⚠️ 已中断：{why}。/status 查看当前情况。"),
    "close.row.filled": Text(
        "{leg}: {done.closed} closed{orders} at {price:price}, {pnl:+U} U · #{number}",
        "{leg}：平 {done.closed} 张{orders}，成交价 {price:price}，{pnl:+U} U · #{number}",
    ),
    "close.row.part": Text(
        "{leg}: only {done.closed} of {done.order.contracts} closed{orders} at {price:price}, {pnl:+U} U · #{number}",
        "{leg}：仅平 {done.closed}/{done.order.contracts} 张{orders}，成交价 {price:price}，{pnl:+U} U · #{number}",
    ),
    "close.row.then.refused": Text("; the next order was refused ({reason})", "；下一笔被拒绝（{reason}）"),
    "close.row.then.not_sent": Text("; the rest was not sent", "；其余未发送"),
    "close.row.then.open": Text(
        "; not known yet whether the next order closed more; I am looking it up and will tell you",
        "；下一笔结果待确认，确认后会通知你",
    ),
    "close.row.rejected": Text("{leg}: refused ({reason}) · #{number}", "{leg}：被拒绝（{reason}）· #{number}"),
    "close.row.unresolved": Text(
        "{leg}: not known yet whether it was closed; I am looking it up and will tell you", "{leg}：结果待确认，确认后会通知你"
    ),
    "close.row.not_sent": Text("{leg}: not sent", "{leg}：未发送"),
    "close.gone": Text("✋ The leg is gone; nothing was sent.", "✋ 仓位已不存在，未下单。"),
    "close.unsent": Text("⚠️ Nothing was sent: {why}. Try again.", "⚠️ 未下单：{why}。请重试。"),
    "close.cancelled": Text("Cancelled. Nothing was sent.", "已取消，未下单。"),
    "button.confirm": Text("✅ Close {closes}", "✅ 平 {closes} 张"),
    "button.confirm.all": Text("✅ Close all {count}", "✅ 全部平仓（{count}）"),
    "button.cancel": Text("Cancel", "取消"),
    "button.keep": Text("✂️ to base", "✂️ 平到底仓"),
    "button.all": Text("🛑 all", "🛑 全部"),
    "button.refresh": Text("🔄 Refresh", "🔄 刷新"),
    "button.rearm": Text("Re-arm the tiers", "重置档位"),
    "button.no.rearm": Text("Keep as they are", "保持不变"),
    "button.old": Text("This button is from an older message; use /{command}.", "这是旧消息的按钮，请使用 /{command}。"),
    "button.ack": Text("I know", "我知道了"),
    "ack.done": Text("🔑 Noted, no more reminders: {what}.", "🔑 已记录，不再提醒：{what}。"),
    "ack.none": Text("There is no API key warning to acknowledge.", "没有待确认的 API 密钥提醒。"),
    "rearm.done": Text("🔁 {leg}: all tiers may fire again.", "🔁 {leg}：全部档位已重置。"),
    "rearm.kept": Text("{leg}: tiers stay as they are.", "{leg}：档位保持不变。"),
    "rearm.old": Text("You have answered this already, or the leg has changed since.", "已经处理过了，或仓位已变化。"),
    "rearm.late": Text("{leg} has changed since; its tiers were left as they are.", "{leg} 已变化，档位未改动。"),
}
