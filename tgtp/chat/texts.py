"""Every sentence that people read, in English and Chinese. ``say`` fills one for a chat (HTML), ``plain`` for the console."""

from __future__ import annotations

import html
from typing import Any, Final, Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Text(NamedTuple):
    """One sentence in both languages; the placeholders are the same in both."""

    en: str
    zh: str


class Html(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


def say(language: Language, key: str, **values: Any) -> Html:
    """Fill a sentence for a chat; values are escaped unless they are ``Html``."""
    safe = {name: value if isinstance(value, Html) else html.escape(str(value), quote=False) for name, value in values.items()}
    return Html(getattr(TEXTS[key], language).format(**safe))


def plain(language: Language, key: str, **values: Any) -> str:
    """Fill a sentence for the console."""
    text: str = getattr(TEXTS[key], language)
    return text.format(**values)


def language_of(code: str | None) -> Language:
    """Give the language that a Telegram language code (``zh-hans``, ``en-GB``, None) stands for."""
    return "zh" if (code or "").lower().startswith("zh") else "en"


TEXTS: Final[dict[str, Text]] = {
    # words
    "side.long": Text("long", "多单"),
    "side.short": Text("short", "空单"),
    "mode.isolated": Text("isolated", "逐仓"),
    "mode.cross": Text("cross", "全仓"),
    "exchange.paper": Text("a paper account", "模拟盘"),
    "exchange.paper_live": Text("a paper account at live OKX prices", "模拟盘(OKX 实时价格)"),
    "exchange.okx": Text("OKX", "OKX 实盘"),
    "exchange.okx_demo": Text("OKX demo", "OKX 模拟交易"),
    "position_mode.long_short": Text("long and short side by side", "双向持仓"),
    "position_mode.net": Text("net", "单向持仓"),
    "unknown": Text("unknown", "未知"),
    "all": Text("everything", "全部"),
    "someone": Text("user {id}", "用户 {id}"),
    # start and help
    "start.hello": Text(
        "👋 <b>tgtp</b> guards your perpetual swaps: it looks every {interval} s, takes profit in tiers, closes the losing leg of a "
        "pair down to its base, and tells you here.\n\nTry /status, or /help.",
        "👋 <b>tgtp</b> 看护你的永续合约：每 {interval} 秒检查一次，分档止盈，把对冲亏损的一侧平到底仓，并在这里告诉你。\n\n"
        "试试 /status 或 /help。",
    ),
    "start.paired": Text(
        "🔑 Paired. From now on this bot obeys only you ({id}).\n\nTry /status, or /help.",
        "🔑 配对成功。从现在起机器人只听你的指令（{id}）。\n\n试试 /status 或 /help。",
    ),
    "help": Text(
        "<b>What I do by myself</b>\n"
        "Every {interval} s: tiers of profit, long at {long}, short at {short} (ROI : share of what is still held, in percent), only "
        "while a leg's margin is over {min_margin} U; and when one side of a pair wins while the other loses, the loser is closed "
        "down to a base of {keep_margin} U.\n\n"
        "<b>What you can ask</b>\n"
        "/status – all legs · <code>/status STX</code> – one coin\n"
        "/tiers – the rules in force\n"
        "/pause · <code>/pause STX</code> – I close nothing by myself, I keep looking\n"
        "/resume · <code>/resume STX</code>\n"
        "/close – pick a leg · <code>/close STX long 50%</code> · <code>/close STX long keep</code> (down to the base) · "
        "<code>/close all</code>; always asks first\n"
        "/history – what happened · <code>/history 30</code>\n"
        "/health – how I am doing\n"
        "<code>/why 12</code> – the numbers behind message #12\n"
        "/ack – I know of a warning of the API key, say it no more\n"
        "/lang – 中文 / English\n\n"
        "<b>Signs</b>\n"
        "🎯 tier · ⚖️ hedge · ✋ by hand · ⚠️ needs your eye · 🟢 running · ⏸ paused · ●○ fired and open tiers",
        "<b>我自动做的事</b>\n"
        "每 {interval} 秒：分档止盈，多单 {long}，空单 {short}（收益率 : 平掉剩余仓位的百分比），仅在仓位保证金大于 {min_margin} U 时；"
        "同一合约一侧盈利、另一侧亏损时，把亏损的一侧平到 {keep_margin} U 底仓。\n\n"
        "<b>你可以发送</b>\n"
        "/status – 全部仓位 · <code>/status STX</code> – 单个币种\n"
        "/tiers – 当前规则\n"
        "/pause · <code>/pause STX</code> – 暂停自动平仓，检查照常\n"
        "/resume · <code>/resume STX</code> – 恢复\n"
        "/close – 选择仓位 · <code>/close STX long 50%</code> · <code>/close STX long keep</code>（平到底仓）· "
        "<code>/close all</code>；都会先请你确认\n"
        "/history – 历史 · <code>/history 30</code>\n"
        "/health – 运行状况\n"
        "<code>/why 12</code> – 第 12 号消息背后的数字\n"
        "/ack – 已知晓 API 密钥的提醒，不再重复\n"
        "/lang – 中文 / English\n\n"
        "<b>符号</b>\n"
        "🎯 止盈档 · ⚖️ 对冲 · ✋ 手动 · ⚠️ 需要你看一眼 · 🟢 运行中 · ⏸ 已暂停 · ●○ 已触发和未触发的档位",
    ),
    "menu.status": Text("All positions and their tiers", "全部仓位和档位"),
    "menu.tiers": Text("The rules in force", "当前规则"),
    "menu.pause": Text("Stop closing by itself", "暂停自动平仓"),
    "menu.resume": Text("Resume", "恢复运行"),
    "menu.history": Text("What happened", "历史记录"),
    "menu.why": Text("The numbers behind a message", "某条消息背后的数字"),
    "menu.health": Text("How I am doing", "运行状况"),
    "menu.lang": Text("中文 / English", "中文 / English"),
    "menu.help": Text("What this bot does", "使用说明"),
    "menu.close": Text("Close a leg by hand (asks first)", "手动平仓（先确认）"),
    "bot.about": Text("Guards perpetual-swap positions on OKX.", "看护 OKX 永续合约仓位。"),
    "bot.description": Text(
        "Takes profit in tiers, closes the losing leg of a hedged pair down to its base, and tells you about it.",
        "分档止盈，把对冲亏损的一侧平到底仓，并通知你。",
    ),
    # answers to commands
    "unknown.command": Text(
        "I do not know {word}. Did you mean {nearest}? /help lists everything.",
        "没有 {word} 这个命令。你是想用 {nearest} 吗？/help 有完整列表。",
    ),
    "unknown.text": Text("I take commands: /status, /close, /help.", "我只认命令：/status、/close、/help。"),
    "stale": Text(
        "⏳ Not done: “{text}” reached me {age} late. Send it again if you still want it.",
        "⏳ 未执行：“{text}” 晚到了 {age}。如果仍然需要，请重新发送。",
    ),
    "pasted.deleted": Text("🔐 <b>I have deleted your message.</b>", "🔐 <b>已删除你的消息。</b>"),
    "pasted.kept": Text(
        "🔐 <b>I could not delete your message: delete it yourself, now.</b>", "🔐 <b>未能删除你的消息：请立即自行删除。</b>"
    ),
    "pasted.token": Text(
        "It held what looks like a bot token. Whoever has it can read and answer in the bot's place, so take it for known: send "
        "<code>/revoke</code> to @BotFather, put the new token into .env as TELEGRAM_BOT_TOKEN and start me again. Never send one in a "
        "chat.",
        "消息里有疑似机器人 token 的内容。拿到它的人可以冒充机器人，请视为已泄露：向 @BotFather 发送 <code>/revoke</code>，"
        "把新 token 写入 .env 的 TELEGRAM_BOT_TOKEN，然后重启。切勿在聊天中发送。",
    ),
    "pasted.okx": Text(
        "It held what looks like a key of OKX or a part of one. Whoever has it may trade with your money, so take it for known: delete "
        "that key at OKX (API management), make a new one (read and trade, no withdrawal, bound to your address), put it into .env and "
        "start me again. Never send one in a chat.",
        "消息里有疑似 OKX API 密钥的内容。拿到它的人可能动用你的资金，请视为已泄露：在 OKX 的 API 管理中删除该密钥，"
        "新建一个（读取和交易，不含提币，绑定 IP），写入 .env，然后重启。切勿在聊天中发送。",
    ),
    "failed": Text(
        "⚠️ That went wrong here ({what}). /status and /history show how things stand; the log has the details.",
        "⚠️ 处理时出错（{what}）。/status 和 /history 显示当前情况，详情见日志。",
    ),
    "not_written": Text(
        "⚠️ Not done: the ledger could not be written ({what}). Free some disk space and try again.",
        "⚠️ 未执行：账本无法写入（{what}）。请清理磁盘空间后再试。",
    ),
    "no.legs": Text("There is no open leg.", "当前没有仓位。"),
    "no.such.coin": Text("There is no leg of {word}. Open now: {known}.", "没有 {word} 的仓位。当前有：{known}。"),
    "no.such.side": Text(
        "{word} is not a side; say <code>long</code> or <code>short</code>: <code>/close {coin} long</code>",
        "{word} 不是方向；请用 <code>long</code> 或 <code>short</code>：<code>/close {coin} long</code>",
    ),
    "no.such.leg": Text("There is no {side} leg of {coin}. Open now: {known}.", "{coin} 没有{side}。当前有：{known}。"),
    "no.such.mode": Text("{coin} {side} is {other}, not {mode}.", "{coin} {side}是{other}，不是{mode}。"),
    "two.modes": Text(
        "{coin} {side} is held twice; say which: <code>/close {coin} {word} cross</code> or "
        "<code>/close {coin} {word} isolated</code>",
        "{coin} {side}有两个仓位，请说明：<code>/close {coin} {word} cross</code> 或 <code>/close {coin} {word} isolated</code>",
    ),
    "bad.share": Text(
        "{word} is not a share; say a percentage from 1 to 100 or <code>keep</code>: <code>/close STX long 50%</code>",
        "{word} 不是有效比例；请用 1 到 100 的百分比或 <code>keep</code>：<code>/close STX long 50%</code>",
    ),
    "too.many.words": Text(
        "Too many words. The form is <code>/close STX long 50%</code>.", "参数太多。格式为 <code>/close STX long 50%</code>。"
    ),
    "bad.number": Text(
        "{word} is not a number from 1 to {most}: <code>/history 30</code>",
        "{word} 不是 1 到 {most} 的数字：<code>/history 30</code>",
    ),
    "why.which": Text(
        "Which message? Every alert ends with its number: <code>/why {example}</code>",
        "哪一条消息？每条通知末尾都有编号：<code>/why {example}</code>",
    ),
    "not.yet": Text("The first check has not ended yet; ask again in a moment.", "首次检查尚未完成，请稍后再试。"),
    "nothing.seen": Text(
        "I have not been able to see the account yet: {why}. I try again every {interval} s.",
        "还没能读取账户：{why}。我每 {interval} 秒重试一次。",
    ),
    "pause.all": Text(
        "⏸ Paused: I close nothing by myself, and keep looking. /resume goes on. Closing by hand works.",
        "⏸ 已暂停：不再自动平仓，检查照常。/resume 恢复。手动平仓仍可用。",
    ),
    "pause.one": Text(
        "⏸ {coin} paused. <code>/resume {coin}</code> goes on.", "⏸ {coin} 已暂停。<code>/resume {coin}</code> 恢复。"
    ),
    "pause.already": Text("⏸ {coin}: paused already.", "⏸ {coin}：已经是暂停状态。"),
    "resume.all": Text("🟢 Running again, everything.", "🟢 全部恢复运行。"),
    "resume.one": Text("🟢 {coin} runs again.", "🟢 {coin} 已恢复。"),
    "resume.one.but": Text(
        "🟢 {coin} is no longer paused on its own, but everything is: /resume ends that.",
        "🟢 {coin} 的单独暂停已取消，但全局仍在暂停：/resume 恢复。",
    ),
    "resume.all.only": Text(
        "⏸ {coin} was not paused on its own; everything is: /resume ends that.",
        "⏸ {coin} 没有单独暂停；全局暂停中：/resume 恢复。",
    ),
    "one.coin": Text("One coin at a time: <code>/{command} STX</code>", "一次只能指定一个币种：<code>/{command} STX</code>"),
    "resume.already": Text("🟢 {coin}: was not paused.", "🟢 {coin}：没有暂停。"),
    "lang.chosen": Text("I speak English with you now.", "已切换为中文。"),
    "lang.ask": Text("Which language?", "请选择语言"),
    "history.none": Text("Nothing has happened yet.", "还没有任何记录。"),
    "history.title": Text("<b>The last {count}</b>, newest first", "<b>最近 {count} 条</b>，新的在前"),
    "why.none": Text("There is no event #{number}. The newest is #{newest}.", "没有第 {number} 号事件。最新是 #{newest}。"),
    # health
    "health.head": Text(
        "🩺 <b>Last check</b> {last} ago, every {interval} s · up for {up}",
        "🩺 <b>上次检查</b> {last}前，每 {interval} 秒 · 已运行 {up}",
    ),
    "health.checks": Text(
        "<b>The last hour</b>: {checks} checks, {failed} failed; {reads} reads of the account failed\n"
        "A check takes {median} (half of them), {p95} (95 %), {longest} at most",
        "<b>最近一小时</b>：检查 {checks} 次，失败 {failed} 次；读取账户失败 {reads} 次\n"
        "单次检查耗时：中位 {median}，95% 在 {p95} 以内，最长 {longest}",
    ),
    "health.waiting": Text(
        "<b>Waiting</b>: {messages} messages to be delivered, {orders} orders whose outcome is unknown",
        "<b>等待中</b>：待送达消息 {messages} 条，结果未知的订单 {orders} 个",
    ),
    "health.clock": Text("<b>Clock</b> against the exchange's: {skew}", "<b>时钟</b>与交易所相差：{skew}"),
    "health.process": Text("<b>Memory</b> {memory}\n{versions}", "<b>内存</b> {memory}\n{versions}"),
    # status
    "status.running": Text("🟢 <b>Running</b>", "🟢 <b>运行中</b>"),
    "status.paused": Text("⏸ <b>Paused</b>", "⏸ <b>已暂停</b>"),
    "status.paused.some": Text("🟢 <b>Running</b>, paused: {names}", "🟢 <b>运行中</b>，已暂停：{names}"),
    "status.forbidden": Text("⚠️ <b>Only looking</b>: the key may not trade", "⚠️ <b>仅查看</b>：API 密钥没有交易权限"),
    "status.refused": Text("⚠️ <b>Stopped</b>: OKX refuses the keys", "⚠️ <b>已停止</b>：OKX 拒绝了密钥"),
    "status.head": Text(
        "{state} · {exchange}\nEquity {equity} · last check {age} ago", "{state} · {exchange}\n权益 {equity} · {age}前检查"
    ),
    "status.blind": Text(
        "⚠️ <b>Old numbers</b>: the last {failed} check(s) failed ({why})",
        "⚠️ <b>数据已旧</b>：最近 {failed} 次检查失败（{why}）",
    ),
    "status.counts": Text(
        "Legs: {legs}, of them {small} at {min_margin} U of margin or less (left alone)",
        "{legs} 个仓位，其中 {small} 个保证金 ≤ {min_margin} U（不处理）",
    ),
    "status.unreadable": Text(
        "⚠️ Open, but OKX sends numbers that make no sense, so I leave it alone: {names}",
        "⚠️ 仓位存在，但 OKX 返回的数据无法理解，不处理：{names}",
    ),
    "status.unwatched": Text("Not watched: {names}", "未看护：{names}"),
    "status.leg": Text(
        "{dot} <b>{instrument}</b> {side}{mode} <b>{roi}</b>\n      {margin} U · {tiers} {what}",
        "{dot} <b>{instrument}</b> {side}{mode} <b>{roi}</b>\n      {margin} U · {tiers} {what}",
    ),
    "status.gone": Text("There is no leg of {coin} any more.", "{coin} 已没有仓位。"),
    "status.page": Text("page {page} of {pages}", "第 {page}/{pages} 页"),
    "what.waiting": Text("next {threshold}", "下一档 {threshold}"),
    "what.due": Text("tier {tier} is due", "第 {tier} 档触发中"),
    "what.small": Text("skipped: margin ≤\u00a0{min_margin}\u00a0U", "跳过：保证金 ≤\u00a0{min_margin}\u00a0U"),
    "what.done": Text("all tiers fired", "档位已全部触发"),
    "what.dust": Text("too small for tier {tiers}", "第 {tiers} 档不足最小下单量"),
    "what.paused": Text("paused; tier {tier} is due", "已暂停；第 {tier} 档已达到"),
    "what.forbidden": Text("tier {tier} is due, the key may not trade", "第 {tier} 档已达到，密钥无交易权限"),
    "what.unresolved": Text("an order is being looked up", "有订单结果待查"),
    "what.backing_off": Text("tier {tier} was refused, trying again soon", "第 {tier} 档被拒绝，稍后重试"),
    "what.stale": Text("waiting for fresh numbers", "等待最新数据"),
    "what.unknown": Text("just opened", "刚开仓"),
    "what.doubted": Text("left alone for this check: doubtful numbers", "数据可疑，本次不处理"),
    "what.broken": Text("its numbers make no sense", "数据无法理解"),
    "what.held": Text(" · ⏸ paused", " · ⏸ 已暂停"),
    "what.pair": Text(" · ⚖️ loses against its pair", " · ⚖️ 对冲亏损侧"),
    "what.at_base": Text(" · ⚖️ at base", " · ⚖️ 已是底仓"),
    # tiers
    "tiers.title": Text("<b>Rules in force</b>", "<b>当前规则</b>"),
    "tiers.ladder": Text("<b>{side}</b>: of 100 contracts", "<b>{side}</b>：以 100 张为例"),
    "tiers.row": Text(
        "  {number}. ROI ≥ {threshold}: close {share} of the rest → {closes}, {left} left",
        "  {number}. 收益率 ≥ {threshold}：平剩余的 {share} → 平 {closes}，剩 {left}",
    ),
    "tiers.gate": Text(
        "Only legs with more than {min_margin} U of margin, one tier a check, every {interval} s.",
        "仅处理保证金大于 {min_margin} U 的仓位，每次检查最多一档，每 {interval} 秒一次。",
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
    "tiers.fired": Text("<b>Fired so far</b>", "<b>已触发</b>"),
    "tiers.fired.row": Text("{tiers} {leg}", "{tiers} {leg}"),
    # close by hand
    "close.pick": Text("Which leg shall I close?", "要平哪个仓位？"),
    "close.pick.button": Text("{coin} {side} {roi}", "{coin} {side} {roi}"),
    "close.more": Text(
        "{more} more: say e.g. <code>/close STX long</code>.", "还有 {more} 个：可发送如 <code>/close STX long</code>。"
    ),
    "close.how": Text("How much of <b>{leg}</b> ({contracts} contracts)?", "平掉 <b>{leg}</b>（{contracts} 张）多少？"),
    "close.card": Text(
        "✋ <b>Close {leg}?</b>\nHeld now: {contracts} contracts, {margin} U margin, ROI {roi}\n"
        "Closes: <b>{closes}</b> at market, about {mark}\nLeft: {left}\nRealises about <b>{pnl} U</b> before fees",
        "✋ <b>平仓 {leg}？</b>\n当前：{contracts} 张，保证金 {margin} U，收益率 {roi}\n"
        "平掉：<b>{closes}</b> 张，市价约 {mark}\n剩余：{left}\n预计实现 <b>{pnl} U</b>（未扣手续费）",
    ),
    "close.card.all": Text(
        "✋ <b>Close everything?</b> {count} legs at market:\n{rows}\nRealises about <b>{pnl} U</b> before fees",
        "✋ <b>全部平仓？</b>共 {count} 个仓位，市价：\n{rows}\n预计实现 <b>{pnl} U</b>（未扣手续费）",
    ),
    "close.row": Text("{leg}: {closes} (about {pnl} U)", "{leg}：{closes}（约 {pnl} U）"),
    "close.row.capped": Text(
        "{leg}: {closes} of {contracts}, the most that one market order takes (about {pnl} U)",
        "{leg}：{closes}/{contracts}，单笔市价单上限（约 {pnl} U）",
    ),
    "close.left.out": Text("⚠️ Not among them, I cannot close it: {names}", "⚠️ 不包括，我无法平仓：{names}"),
    "close.unreadable": Text(
        "{legs}: it is open, but OKX sends numbers that make no sense, so I cannot close it. Close it at OKX if it is urgent.",
        "{legs}：仓位存在，但 OKX 返回的数据无法理解，我无法平仓。如紧急请到 OKX 操作。",
    ),
    "close.rows.more": Text("… and {more} more", "……另有 {more} 个"),
    "close.valid": Text("Valid for {seconds} s.", "{seconds} 秒内有效。"),
    "close.orders": Text(
        "⚠️ {count} resting take-profit or stop order(s) of yours on it may be trimmed or cancelled by OKX.",
        "⚠️ 该仓位上有 {count} 个你的止盈/止损挂单，OKX 可能会调整或撤销它们。",
    ),
    "close.capped": Text(
        "A single market order takes at most {most}; this closes that much.", "单笔市价单最多 {most} 张；本次只平这么多。"
    ),
    "close.changed": Text(
        "🔁 The leg has changed since; nothing was sent. This is how it stands now:", "🔁 仓位已变化，未下单。现在的情况："
    ),
    "close.busy": Text(
        "⏳ {legs}: what the last order left is not settled yet; nothing was sent. Try again in a moment.",
        "⏳ {legs}：上一笔订单的结果尚未落定，未下单。请稍后再试。",
    ),
    "close.dust": Text(
        "{leg} holds {contracts}: {what} of it is less than the smallest order ({least}). Nothing to do.",
        "{leg} 共 {contracts} 张：{what} 不足最小下单量（{least}）。无需操作。",
    ),
    "close.at.base": Text(
        "{leg} holds {held} contracts; the base of {keep_margin} U is {base}. Nothing to close.",
        "{leg} 持有 {held} 张，{keep_margin} U 底仓为 {base} 张，无需平仓。",
    ),
    "close.working": Text("⏳ Closing …", "⏳ 正在平仓……"),
    "close.done": Text("✋ Done: {rows}", "✋ 已完成：{rows}"),
    "close.partly": Text("⚠️ {filled} of {count} closed as asked:\n{rows}", "⚠️ 按要求平掉 {filled}/{count} 个：\n{rows}"),
    "close.unclear": Text("⏳ {filled} of {count} closed so far:\n{rows}", "⏳ 目前已平 {filled}/{count} 个：\n{rows}"),
    "close.not_done": Text("⚠️ Not closed:\n{rows}", "⚠️ 未平仓：\n{rows}"),
    "close.broken": Text(
        "⚠️ It was broken off: {why}. /status shows how things stand.", "⚠️ 过程中断：{why}。/status 查看当前情况。"
    ),
    "close.row.filled": Text(
        "{leg}: {closed} closed at {price}, {pnl} U · #{number}", "{leg}：平 {closed} 张，成交价 {price}，{pnl} U · #{number}"
    ),
    "close.row.part": Text(
        "{leg}: only {closed} of {asked} closed at {price}, {pnl} U · #{number}",
        "{leg}：仅平 {closed}/{asked} 张，成交价 {price}，{pnl} U · #{number}",
    ),
    "close.row.rejected": Text("{leg}: refused ({reason}) · #{number}", "{leg}：被拒绝（{reason}）· #{number}"),
    "close.row.unresolved": Text(
        "{leg}: not known yet whether it was closed; I am looking it up and will tell you", "{leg}：结果待查，查清后会通知你"
    ),
    "close.row.not_sent": Text("{leg}: not sent", "{leg}：未发送"),
    "close.gone": Text("✋ The leg is gone; nothing was sent.", "✋ 仓位已不存在，未下单。"),
    "close.unsent": Text("⚠️ Nothing was sent: {why}. Try again.", "⚠️ 未下单：{why}。请重试。"),
    "close.cancelled": Text("Cancelled. Nothing was sent.", "已取消，未下单。"),
    "close.expired": Text(
        "This question is over {seconds} s old and no longer valid. Nothing was sent.",
        "该确认已超过 {seconds} 秒，已失效，未下单。",
    ),
    "close.old": Text("This question is no longer valid. Nothing was sent.", "该确认已失效，未下单。"),
    "close.hasty": Text(
        "Too quick to have read it; nothing was sent. Press again if you mean it.", "按得太快，未下单。确认无误请再按一次。"
    ),
    "close.used": Text("You have answered this already.", "已经处理过了。"),
    "close.foreign": Text("Somebody else was asked this.", "这是别人的确认。"),
    "button.confirm": Text("✅ Close {closes}", "✅ 平 {closes} 张"),
    "button.confirm.all": Text("✅ Close all {count}", "✅ 全部平仓（{count}）"),
    "button.cancel": Text("Cancel", "取消"),
    "button.keep": Text("to base", "平到底仓"),
    "button.all": Text("all", "全部"),
    "button.refresh": Text("🔄 Refresh", "🔄 刷新"),
    "button.rearm": Text("Re-arm the tiers", "重置档位"),
    "button.no.rearm": Text("Keep as they are", "保持不变"),
    "button.old": Text("This button is from an older message; use /{command}.", "这是旧消息的按钮，请使用 /{command}。"),
    "button.ack": Text("I know", "我知道了"),
    "ack.done": Text("🔑 Noted. I say no more of this: {what}.", "🔑 已记录，不再提醒：{what}。"),
    "ack.none": Text("There is no warning of the API key left to acknowledge.", "没有待确认的 API 密钥提醒。"),
    "rearm.done": Text("🔁 {leg}: all tiers may fire again.", "🔁 {leg}：全部档位已重置。"),
    "rearm.kept": Text("{leg}: tiers stay as they are.", "{leg}：档位保持不变。"),
    "rearm.old": Text("You have answered this already, or the leg has changed since.", "已经处理过了，或仓位已变化。"),
    "rearm.late": Text("{leg} has changed since; its tiers were left as they are.", "{leg} 已变化，档位未改动。"),
    # alerts: numbers in front, the story behind
    "alert.number": Text("<i>#{number}</i>", "<i>#{number}</i>"),
    "alert.many": Text("📦 <b>{count} messages in one</b>", "📦 <b>{count} 条消息合并</b>"),
    "alert.many.row": Text("#{number} {line}", "#{number} {line}"),
    "alert.many.row.late": Text("#{number} · {when} {line}", "#{number} · {when} {line}"),
    "alert.delayed": Text("🕰 <b>{count} messages were delayed, {span}</b>", "🕰 <b>{count} 条消息延迟送达，{span}</b>"),
    "alert.delayed.one": Text(
        "🕰 <b>This message is late</b>; it happened at {when}.", "🕰 <b>本消息延迟送达</b>，发生于 {when}。"
    ),
    "siren.head": Text(
        "tgtp: Telegram takes no message from me. What you must know meanwhile:",
        "tgtp：Telegram 暂时无法送达消息。需要你知道的情况：",
    ),
    "siren.more": Text("… and {more} more", "……另有 {more} 条"),
    "alert.tier": Text(
        "🎯 <b>{instrument} {side}</b>: tier {tier} ({threshold}) at ROI <b>{roi}</b>\n"
        "Closed <b>{closed}</b> of {before} ({share} of the rest) at {price}\n"
        "Realised <b>{pnl} U</b>, fee {fee} U · margin was {margin} U\n"
        "Left: {left} · tiers {tiers} · {next}\n"
        "Order <code>{order}</code>",
        "🎯 <b>{instrument} {side}</b>：收益率 <b>{roi}</b> 触发第 {tier} 档（{threshold}）\n"
        "平仓 <b>{closed}</b> / {before} 张（剩余的 {share}），成交价 {price}\n"
        "实现盈亏 <b>{pnl} U</b>，手续费 {fee} U · 平仓前保证金 {margin} U\n"
        "剩余：{left} 张 · 档位 {tiers} · {next}\n"
        "订单 <code>{order}</code>",
    ),
    "alert.tier.part": Text(
        "Only part of the tier has filled; the next check closes the rest of its {target}.",
        "本档仅部分成交；下次检查会平完其 {target} 张的剩余部分。",
    ),
    "alert.hedge": Text(
        "⚖️ <b>{instrument}</b>: the {other_side} wins, ROI {other_roi}; the {side} loses, ROI {roi}\n"
        "Closed <b>{closed}</b> of {before} {side} at {price}\n"
        "Realised <b>{pnl} U</b>, fee {fee} U · margin was {margin} U\n"
        "Left: {left} (the base is {base})\n"
        "Order <code>{order}</code>",
        "⚖️ <b>{instrument}</b>：{other_side}盈利（收益率 {other_roi}），{side}亏损（收益率 {roi}）\n"
        "平掉{side} <b>{closed}</b> / {before} 张，成交价 {price}\n"
        "实现盈亏 <b>{pnl} U</b>，手续费 {fee} U · 平仓前保证金 {margin} U\n"
        "剩余：{left} 张（底仓 {base}）\n"
        "订单 <code>{order}</code>",
    ),
    "alert.hand": Text(
        "✋ <b>{instrument} {side}</b>: closed by hand\n"
        "Closed <b>{closed}</b> of {before} at {price}, ROI {roi}\n"
        "Realised <b>{pnl} U</b>, fee {fee} U\n"
        "Left: {left} · asked by {by}\n"
        "Order <code>{order}</code>",
        "✋ <b>{instrument} {side}</b>：手动平仓\n"
        "平仓 <b>{closed}</b> / {before} 张，成交价 {price}，收益率 {roi}\n"
        "实现盈亏 <b>{pnl} U</b>，手续费 {fee} U\n"
        "剩余：{left} 张 · 操作人 {by}\n"
        "订单 <code>{order}</code>",
    ),
    "alert.dropped": Text(
        "⚠️ {count} older messages, #{first} to #{last}, waited too long and were not kept. /history has what happened.",
        "⚠️ 更早的 {count} 条消息（#{first} 至 #{last}）等待过久，未保留。/history 可查看记录。",
    ),
    "alert.presumed": Text(
        "⚠️ OKX no longer knows this order, but the leg became smaller by just this much: taken as filled, its price is unknown.",
        "⚠️ OKX 已查不到该订单，但仓位正好减少了这么多：视为已成交，成交价未知。",
    ),
    "next.threshold": Text("next {threshold}", "下一档 {threshold}"),
    "next.none": Text("no tier left", "没有后续档位"),
    "alert.rejected": Text(
        "⚠️ <b>{leg}</b>: OKX refused to close {contracts} ({what}): {code} {reason}\n{then}",
        "⚠️ <b>{leg}</b>：平 {contracts} 张（{what}）被 OKX 拒绝：{code} {reason}\n{then}",
    ),
    "rejected.again": Text(
        "Nothing was closed. I try again with a growing pause and say no more of this reason.",
        "没有平仓。我会逐渐拉长间隔重试，同一原因不再提醒。",
    ),
    "not_arrived.again": Text(
        "I try again with a growing pause and say no more of this until one gets through.",
        "我会逐渐拉长间隔重试，成功之前不再提醒。",
    ),
    "rejected.hand": Text("Nothing was closed. I do not repeat it by myself.", "没有平仓，我不会自动重试。"),
    "alert.unresolved": Text(
        "⏳ <b>{leg}</b>: I asked OKX to close {contracts} ({what}) and do not know yet whether it did. I am looking it up; until then "
        "I leave this leg alone.",
        "⏳ <b>{leg}</b>：已请求平 {contracts} 张（{what}），结果未知，正在查询；查清之前不动这个仓位。",
    ),
    "line.tier_filled": Text(
        "🎯 {leg}: tier {tier} at {roi}, closed {closed}, {pnl} U", "🎯 {leg}：第 {tier} 档，收益率 {roi}，平 {closed}，{pnl} U"
    ),
    "line.hedge_filled": Text(
        "⚖️ {leg}: hedge at {roi}, closed {closed}, {pnl} U", "⚖️ {leg}：对冲，收益率 {roi}，平 {closed}，{pnl} U"
    ),
    "line.hand_filled": Text("✋ {leg}: by hand, closed {closed}, {pnl} U", "✋ {leg}：手动，平 {closed}，{pnl} U"),
    "line.order_rejected": Text("⚠️ {leg}: refused, {code} {reason}", "⚠️ {leg}：被拒绝，{code} {reason}"),
    "line.order_unresolved": Text("⏳ {leg}: outcome of an order unknown", "⏳ {leg}：订单结果未知"),
    "line.order_not_arrived": Text(
        "↩️ {leg}: the order to close {contracts} never reached OKX", "↩️ {leg}：平 {contracts} 张的订单没有到达 OKX"
    ),
    "line.tier_is_dust": Text(
        "🔸 {leg}: tier {tier} ({threshold}) is reached, but {share} of {contracts} is {exact}, below the smallest order {least}. "
        "Told once; the next tier up counts.",
        "🔸 {leg}：达到第 {tier} 档（{threshold}），但 {contracts} 张的 {share} 是 {exact}，小于最小下单量 {least}。仅提醒一次，继续看上一档。",
    ),
    "line.would_have_closed": Text(
        "⏸ {leg}: {what} is due at {roi}; I would have closed {contracts}, but am paused.",
        "⏸ {leg}：{what}已触发（收益率 {roi}），本应平 {contracts} 张，但已暂停。",
    ),
    "line.leg_opened": Text(
        "➕ {leg}: opened by hand, {contracts} contracts at {price}, {margin} U margin",
        "➕ {leg}：手动开仓 {contracts} 张，均价 {price}，保证金 {margin} U",
    ),
    "line.leg_opened.anew": Text(
        "🔁 {leg}: closed and opened again by hand, {contracts} contracts at {price}, {margin} U margin; its tiers start anew",
        "🔁 {leg}：手动平仓后重新开仓 {contracts} 张，均价 {price}，保证金 {margin} U；档位重新开始",
    ),
    "line.leg_reopened": Text(
        "↩️ {leg}: is there after all; what it had fired still counts", "↩️ {leg}：仓位仍在，已触发的档位继续有效"
    ),
    "line.leg_grew": Text("➕ {leg}: grew by hand, {before} → {contracts}", "➕ {leg}：手动加仓，{before} → {contracts}"),
    "line.leg_grew.ask": Text(
        "Tiers {tiers} have fired and stay fired. Shall they fire again?", "档位 {tiers} 已触发，保持不变。要重置吗？"
    ),
    "line.leg_grew.rearmed": Text("Its tiers may fire again (REARM=on_add).", "档位已重置（REARM=on_add）。"),
    "line.leg_shrank": Text(
        "➖ {leg}: became smaller, {before} → {contracts}, not by me (by hand, or by the exchange)",
        "➖ {leg}：{before} → {contracts}，不是我操作的（手动或交易所减仓）",
    ),
    "line.leg_gone": Text(
        "⬜ {leg}: closed by hand or by the exchange ({contracts} were held)",
        "⬜ {leg}：已被手动或交易所平仓（原 {contracts} 张）",
    ),
    "line.leg_gone.by_us": Text("⬜ {leg}: closed", "⬜ {leg}：已平完"),
    "line.leg_unreadable": Text(
        "⚠️ {leg}: OKX sends numbers that make no sense; I leave it alone until they do",
        "⚠️ {leg}：OKX 返回的数据无法理解，恢复前不处理",
    ),
    "line.leg_doubted.jump": Text(
        "⚠️ {leg}: the mark price jumped from {last} to {mark} between two looks. I leave the leg alone for one check; if the price "
        "stays, I go on. Told once a day.",
        "⚠️ {leg}：标记价在两次检查之间从 {last} 跳到 {mark}。本次不处理；若价格保持，下次继续。每天只提醒一次。",
    ),
    "line.leg_doubted.old": Text(
        "⚠️ {leg}: OKX's mark price is {age} s old. I leave the leg alone until it is fresh. Told once a day.",
        "⚠️ {leg}：OKX 的标记价已是 {age} 秒前的。恢复之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.roi": Text(
        "⚠️ {leg}: by its prices the ROI is {roi}, but OKX says {exchange_roi}. I leave the leg alone until they agree. Told once a "
        "day.",
        "⚠️ {leg}：按价格计算收益率为 {roi}，OKX 却显示 {exchange_roi}。一致之前不处理。每天只提醒一次。",
    ),
    "line.clock_skewed": Text(
        "⚠️ This machine's clock is {seconds} s {way} OKX's. Orders still work (I allow for it), but set the clock: at 30 s OKX would "
        "refuse without that.",
        "⚠️ 本机时钟比 OKX {way} {seconds} 秒。下单仍可用（已自动修正），但请校准时钟。",
    ),
    "line.leg_doubted.behind": Text(
        "⚠️ {leg}: for {age} s OKX has shown it as it was before something that I know already (an order, a change by hand). I leave "
        "the leg alone until it is shown as it is. Told once a day.",
        "⚠️ {leg}：{age} 秒以来 OKX 显示的仍是旧数据（在我们下单或手动改动之前）。更新之前不处理。每天只提醒一次。",
    ),
    "line.looked_away": Text(
        "⚠️ For {age} nobody looked: this machine slept, or its clock was set. I look again now.",
        "⚠️ 有 {age}没有检查：本机曾休眠，或时钟被调整。现已恢复检查。",
    ),
    "clock.ahead": Text("ahead of", "快"),
    "clock.behind": Text("behind", "慢"),
    "line.not_watched": Text("👀 Not watched, and never touched: {names}", "👀 不看护，也不会动：{names}"),
    "line.leg_rearmed": Text("🔁 {leg}: tiers re-armed by {by}", "🔁 {leg}：{by} 重置了档位"),
    "line.paused": Text("⏸ {name} paused by {by}", "⏸ {by} 暂停了 {name}"),
    "line.resumed": Text("🟢 {name} resumed by {by}", "🟢 {by} 恢复了 {name}"),
    "line.close_asked": Text("✋ {by} confirmed: close {legs}", "✋ {by} 确认平仓：{legs}"),
    "line.language_chosen": Text("🗣 {by} chose {chosen}", "🗣 {by} 选择了语言 {chosen}"),
    "line.owner_paired": Text("🔑 {by} became the owner by pairing code", "🔑 {by} 通过配对码成为所有者"),
    "line.telegram_conflict": Text(
        "⚠️ Another program fetches this bot's messages: some of your commands may go there. Is a second tgtp running?",
        "⚠️ 另一个程序在接收本机器人的消息，你的部分指令可能被它拿走。是否运行了第二个 tgtp？",
    ),
    "line.key_risk": Text("🔑 The API key{label}: {what}", "🔑 API 密钥{label}：{what}"),
    "line.key_risk_acknowledged": Text(
        "🔑 {by} knows, and I say no more of it: the API key{label}: {what}",
        "🔑 {by} 已知晓，不再提醒：API 密钥{label}：{what}",
    ),
    "alert.key_risk": Text("🔑 <b>Your API key{label} is a risk</b>", "🔑 <b>你的 API 密钥{label} 有风险</b>"),
    "key_risk.withdraw": Text("it can withdraw your money", "有提币权限"),
    "key_risk.unbound": Text("it is not bound to an IP", "未绑定 IP"),
    "key_risk.todo.unbound": Text(
        "⚠️ <b>It is not bound to an IP.</b> Bind it at OKX: a stolen key is then worthless.",
        "⚠️ <b>未绑定 IP。</b>请在 OKX 绑定，被盗也无法使用。",
    ),
    "line.strangers_turned_away": Text(
        "🚫 Strangers: {people} tried to command me, {tries} time(s) since {since}; nothing was answered. Ids: {ids}",
        "🚫 陌生人：{since} 以来有 {people} 人尝试指挥我，共 {tries} 次，未作任何回应。ID：{ids}",
    ),
    "line.legacy_close": Text(
        "📜 {leg}: closed {share} at {profit} by the older daemon, {when} ({reason})",
        "📜 {leg}：旧程序 {when} 在收益率 {profit} 平 {share}（{reason}）",
    ),
    "line.stopped": Text("👋 Stopped. Nothing is watched until I am started again.", "👋 已停止。重新启动之前不再看护。"),
    "line.exchange_lost.down": Text(
        "⚠️ I cannot see the account: {detail}. I look again every {interval} s; no leg is taken for closed, no tier is lost.",
        "⚠️ 无法读取账户：{detail}。每 {interval} 秒重试；不会误判平仓，不会丢失档位。",
    ),
    "line.exchange_lost.refused": Text(
        "⚠️ OKX refuses the keys: {detail}. Nothing is sent while this lasts. Check the key, its IP list and its permissions.",
        "⚠️ OKX 拒绝了密钥：{detail}。期间不会下单。请检查密钥、IP 白名单和权限。",
    ),
    "line.exchange_lost.broken": Text(
        "⚠️ A check broke: {detail}. The next one starts anew; if this stays, nothing is guarded. The log has the details.",
        "⚠️ 检查出错：{detail}。下次检查会重新开始；若持续，则没有在看护。详情见日志。",
    ),
    "line.exchange_found.down": Text("🟢 I see the account again, after {age}.", "🟢 {age}后恢复读取账户。"),
    "line.exchange_found.refused": Text("🟢 OKX accepts the keys again, after {age}.", "🟢 {age}后 OKX 重新接受密钥。"),
    "line.exchange_found.broken": Text("🟢 Checks work again, after {age}.", "🟢 {age}后检查恢复正常。"),
    "alarm": Text(
        "🚨 Nothing is guarded: {what}. Nothing is sent while the ledger cannot be written. Free some disk space; I go on by myself.",
        "🚨 当前没有看护：{what}。账本无法写入期间不会下单。请清理磁盘空间，之后会自动恢复。",
    ),
    "alarm.late": Text(
        "🚨 No check began for {what}: the clock or the machine stood still. I have started one now.",
        "🚨 已有 {what} 没有检查：时钟或机器曾停顿。现已重新开始。",
    ),
    "line.trading_forbidden": Text(
        "⚠️ The API key may look but not trade: I close nothing. Allow “trade” for it; I notice by myself.",
        "⚠️ API 密钥只能查看、不能交易：不会下单。请给它“交易”权限，我会自动发现。",
    ),
    "line.trading_allowed": Text("🟢 The API key may trade now.", "🟢 API 密钥已可交易。"),
    "line.started": Text("🚀 Started: {legs} legs on {exchange}", "🚀 已启动：{exchange}，{legs} 个仓位"),
    "alert.started": Text(
        "🚀 <b>tgtp {version}</b> watches {exchange}\n"
        "{legs} legs: {watched} under the rules, {small} at {min_margin} U of margin or less (left alone)\n"
        "Every {interval} s · long {long} · short {short}\n"
        "Position mode: {position_mode}",
        "🚀 <b>tgtp {version}</b> 开始看护 {exchange}\n"
        "{legs} 个仓位：{watched} 个按规则处理，{small} 个保证金 ≤ {min_margin} U（不处理）\n"
        "每 {interval} 秒 · 多单 {long} · 空单 {short}\n"
        "持仓模式：{position_mode}",
    ),
    "started.perm": Text("Key: {what}", "密钥：{what}"),
    "started.trade": Text("may trade", "可交易"),
    "started.no_trade": Text("may NOT trade: I only look", "不能交易：仅查看"),
    "started.bound": Text("bound to an IP", "已绑定 IP"),
    "started.unbound": Text(
        "not bound to an IP (bind it at OKX: a stolen key is then worthless)", "未绑定 IP（建议在 OKX 绑定，被盗也无法使用）"
    ),
    "started.withdraw": Text(
        "🚨 <b>This key can withdraw your money.</b> tgtp never needs that: make a key without it.",
        "🚨 <b>此密钥有提币权限。</b>tgtp 不需要它：请换一个没有提币权限的密钥。",
    ),
    "started.readable": Text(
        "⚠️ <b>{file} holds secrets, and other users of that machine can read it.</b> Close it there: <code>chmod 600 {file}</code>",
        "⚠️ <b>{file} 里有密钥，同一台机器上的其他用户可以读取。</b>请在那台机器上执行 <code>chmod 600 {file}</code>",
    ),
    "key_risk.repeated": Text(
        "I say this once a day until you press the button below, or send /ack.", "每天提醒一次，直到你按下面的按钮或发送 /ack。"
    ),
    "started.unwatched": Text("Not watched: {names}", "未看护：{names}"),
    "started.paused": Text("⏸ Still paused: {names}", "⏸ 仍在暂停：{names}"),
    "started.paper": Text(
        "On paper an imaginary trader reopens a leg now and then, so that there is something to see.",
        "模拟盘里有一个虚拟交易者，会不时重新开仓，方便观察。",
    ),
    "started.missed": Text("I was away for {age}.", "离线了 {age}。"),
    "unwatched.not_usdt": Text("not settled in USDT", "非 USDT 结算"),
    "unwatched.not_swap": Text("not a perpetual swap", "非永续合约"),
    "unwatched.unknown_instrument": Text("unknown to OKX's list", "不在 OKX 列表中"),
    "unwatched.unreadable": Text("numbers make no sense", "数据异常"),
    # why
    "why.head": Text("<b>#{number}</b> · {when}\n{line}", "<b>#{number}</b> · {when}\n{line}"),
    "why.tier": Text(
        "<b>Rule</b>: tier {tier}, ROI ≥ {threshold}, close {share} of what is held, margin over {min_margin} U\n"
        "<b>Seen</b>: ROI {roi} ({side}: entry {entry}, mark {mark}, {leverage}x), margin {margin} U, {before} contracts of "
        "{contract_size}\n"
        "<b>So</b>: {before} × {share} → {target} (lot {lot}, smallest order {least}); this order {contracts}",
        "<b>规则</b>：第 {tier} 档，收益率 ≥ {threshold}，平持仓的 {share}，保证金大于 {min_margin} U\n"
        "<b>依据</b>：收益率 {roi}（{side}：开仓 {entry}，标记 {mark}，{leverage}x），保证金 {margin} U，{before} 张，每张 {contract_size}\n"
        "<b>结果</b>：{before} × {share} → {target}（步长 {lot}，最小 {least}）；本单 {contracts}",
    ),
    "why.hedge": Text(
        "<b>Rule</b>: the other side wins ({other_roi}), this one loses ({roi}), margin over {min_margin} U → down to the base\n"
        "<b>Seen</b>: {side}: entry {entry}, mark {mark}, {leverage}x, margin {margin} U, {before} contracts of {contract_size}\n"
        "<b>So</b>: the base is {base}; {before} − {base} → {target} (lot {lot}, smallest order {least}); this order {contracts}",
        "<b>规则</b>：另一侧盈利（{other_roi}），本侧亏损（{roi}），保证金大于 {min_margin} U → 平到底仓\n"
        "<b>依据</b>：{side}：开仓 {entry}，标记 {mark}，{leverage}x，保证金 {margin} U，{before} 张，每张 {contract_size}\n"
        "<b>结果</b>：底仓 {base}；{before} − {base} → {target}（步长 {lot}，最小 {least}）；本单 {contracts}",
    ),
    "why.hand": Text(
        "<b>Asked</b> by {by}: close {contracts} of {before} {side} (ROI {roi}, mark {mark}, margin {margin} U)",
        "<b>操作人</b> {by}：平 {side} {contracts} / {before} 张（收益率 {roi}，标记 {mark}，保证金 {margin} U）",
    ),
    "why.order": Text(
        "<b>Order</b>: <code>{order}</code>, ours <code>{client}</code>, filled {closed} at {price}, realised {pnl} U, fee {fee} U, "
        "sent {when}",
        "<b>订单</b>：<code>{order}</code>，自编号 <code>{client}</code>，成交 {closed} 张 @ {price}，实现 {pnl} U，手续费 {fee} U，{when}",
    ),
    "why.held_back": Text("<b>Order</b>: none was sent, because of the pause", "<b>订单</b>：已暂停，未下单"),
    "why.client": Text("<b>Order</b>: ours <code>{client}</code>", "<b>订单</b>：自编号 <code>{client}</code>"),
    "what.tier": Text("tier {tier}", "第 {tier} 档"),
    "what.hedge": Text("hedge", "对冲"),
    "what.hand": Text("by hand", "手动"),
    # problems: the English is what is raised, word for word
    "problem.slow": Text("OKX did not answer in time", "OKX 未及时响应"),
    "problem.away": Text("OKX could not be reached, or is not in service", "无法连接 OKX，或 OKX 暂停服务"),
    "problem.network": Text("OKX could not be reached", "无法连接 OKX"),
    "problem.keys": Text("OKX refuses the keys", "OKX 拒绝了密钥"),
    "problem.flood": Text("OKX says that there were too many requests", "OKX 提示请求过于频繁"),
    "problem.nonsense": Text("OKX's answer made no sense ({kind})", "OKX 的回复无法理解（{kind}）"),
    "problem.code": Text("OKX says {code}", "OKX 返回 {code}"),
    "problem.says": Text("OKX says {code}: {words}", "OKX 返回 {code}：{words}"),
    "problem.proxy": Text("the reply is not one of OKX's (a proxy's page, perhaps)", "收到的不是 OKX 的回复（可能是代理页面）"),
    "problem.rows": Text("OKX sent a reply without its rows", "OKX 的回复缺少数据"),
    "problem.instruments": Text("OKX sent no instruments", "OKX 没有返回合约列表"),
    "problem.config": Text("OKX sent an account configuration without content", "OKX 返回的账户配置为空"),
    "problem.mode": Text("OKX names an unknown position mode: {mode}", "OKX 返回了未知的持仓模式：{mode}"),
    "problem.position": Text("OKX sent a position that cannot be told apart: {what}", "OKX 返回的仓位无法识别：{what}"),
    "problem.twice": Text("OKX sent {what} twice in one reply", "OKX 在一次回复里返回了两次 {what}"),
    "problem.order": Text("OKX sent an order that makes no sense: {what}", "OKX 返回的订单无法理解：{what}"),
    "problem.trade": Text("OKX sent a trade that makes no sense: {what}", "OKX 返回的成交无法理解：{what}"),
    "problem.long": Text("the check took more than {seconds} s and was given up", "检查超过 {seconds} 秒，已放弃"),
    "problem.unforeseen": Text("unforeseen {what}", "意外错误 {what}"),
    "problem.unwritten": Text("{path} could not be written: {why}", "{path} 无法写入：{why}"),
    "problem.unsaved": Text("the paper account could not be saved: {why}", "模拟账户无法保存：{why}"),
    # durations
    "age.seconds": Text("{n} s", "{n} 秒"),
    "age.minutes": Text("{n} min", "{n} 分钟"),
    "age.hours": Text("{n} h", "{n} 小时"),
    "age.days": Text("{n} d", "{n} 天"),
    # the console
    "log.start": Text(
        "🚀 tgtp {version} starts: {exchange}, chat {chat}, data in {data}",
        "🚀 tgtp {version} 启动：{exchange}，聊天 {chat}，数据 {data}",
    ),
    "log.interval": Text(
        "⏱  a check every {interval} s, legs over {min_margin} U of margin",
        "⏱  检查间隔 {interval} 秒，保证金大于 {min_margin} U 的仓位",
    ),
    "log.long": Text("📈 long: {rows}", "📈 多单止盈：{rows}"),
    "log.short": Text("📉 short: {rows}", "📉 空单止盈：{rows}"),
    "log.tier": Text("{threshold} → close {share} of the rest", "盈利 {threshold} → 止盈剩余 {share}"),
    "log.hedge": Text(
        "🔄 hedge: the losing leg of a pair keeps {keep_margin} U, the rest is closed",
        "🔄 对冲：亏损侧保留 {keep_margin} U 底仓，其余全平",
    ),
    "log.address": Text("💬 open the chat: {address}", "💬 打开聊天页面： {address}"),
    "log.pairing": Text(
        "🔑 nobody is allowed yet. To become the owner, send this to the bot within Telegram: /start {code}",
        "🔑 还没有授权用户。请在 Telegram 中向机器人发送以下内容成为所有者：/start {code}",
    ),
    "log.pairing.closed": Text(
        "🔑 five wrong pairing codes: pairing is closed until a restart", "🔑 配对码错误 5 次：重启前不再接受配对"
    ),
    "log.stranger": Text("🚫 user {id} is not allowed; nothing was answered", "🚫 用户 {id} 未授权，未作回应"),
    "log.pasted": Text(
        "🔐 user {id} pasted a secret into the chat; the message is taken away", "🔐 用户 {id} 在聊天中粘贴了密钥，消息将被删除"
    ),
    "log.telegram.up": Text("💬 Telegram: connected as @{name}", "💬 Telegram：已连接 @{name}"),
    "log.telegram.down": Text(
        "💬 Telegram cannot be reached ({why}); checks go on, messages wait",
        "💬 无法连接 Telegram（{why}）；检查照常，消息排队",
    ),
    "log.telegram.silent": Text(
        "💬 Telegram has not answered for {age} ({why}); checks go on, {waiting} messages wait",
        "💬 Telegram 已 {age} 没有响应（{why}）；检查照常，{waiting} 条消息在排队",
    ),
    "log.telegram.back": Text("💬 Telegram answers again", "💬 Telegram 已恢复"),
    "log.telegram.refused": Text(
        "💬 Telegram refuses TELEGRAM_BOT_TOKEN; checks go on, but nobody hears of them. Get the right token from @BotFather",
        "💬 Telegram 拒绝了 TELEGRAM_BOT_TOKEN；检查照常，但无法通知。请向 @BotFather 获取正确的 token",
    ),
    "log.readable": Text(
        "⚠️ {file} holds secrets, and other users of this machine can read it. Close it: chmod 600 {file}",
        "⚠️ {file} 里有密钥，本机其他用户可以读取。请执行：chmod 600 {file}",
    ),
    "log.unknown.setting": Text(
        "⚠️ {name} in .env is no setting of tgtp; it is ignored", "⚠️ .env 中的 {name} 不是 tgtp 的设置，已忽略"
    ),
    "log.check": Text(
        "🔍 check {number}: {legs} legs, {small} at or under {min_margin} U, equity {equity}, {ms} ms",
        "🔍 第 {number} 次检查：{legs} 个仓位，{small} 个保证金 ≤ {min_margin} U，权益 {equity}，{ms} 毫秒",
    ),
    "log.status": Text("check {number}: {legs} legs, {ms} ms", "第 {number} 次检查：{legs} 个仓位，{ms} 毫秒"),
    "log.status.failed": Text("check {number} failed; the log says why", "第 {number} 次检查失败，原因见日志"),
    "log.check.failed": Text("⚠️ check {number} failed: {why}", "⚠️ 第 {number} 次检查失败：{why}"),
    "log.nearest": Text("   nearest: {rows}", "   最接近：{rows}"),
    "log.nearest.row": Text("{leg} {roi} → {threshold}", "{leg} {roi} → {threshold}"),
    "log.pairs": Text("   hedge: {rows}", "   对冲：{rows}"),
    "log.pairs.none": Text("   hedge: no pair with one side winning and the other losing", "   对冲：没有一盈一亏的交易对"),
    "log.pair": Text("{leg} {roi} against {other} ({why})", "{leg} {roi} 对 {other}（{why}）"),
    "log.pair.due": Text("closing down to the base", "平到底仓"),
    "log.pair.at_base": Text("at base", "已是底仓"),
    "log.pair.loser_small": Text("margin too small", "保证金过小"),
    "log.pair.paused": Text("paused", "已暂停"),
    "log.pair.forbidden": Text("key may not trade", "密钥不能交易"),
    "log.pair.backing_off": Text("refused lately", "刚被拒绝"),
    "log.pair.doubted": Text("doubtful numbers", "数据可疑"),
    "log.pair.broken": Text("numbers make no sense", "数据无法理解"),
    "log.pair.unresolved": Text("order being looked up", "订单待查"),
    "log.leg": Text("   · {leg} {roi}, margin {margin} U, {what}", "   · {leg} {roi}，保证金 {margin} U，{what}"),
    "log.trigger": Text(
        "🎯 {leg}: {what}, ROI {roi}, margin {margin} U, held {before} → closing {contracts} (order {client})",
        "🎯 {leg}：{what}，收益率 {roi}，保证金 {margin} U，持仓 {before} → 平 {contracts}（订单 {client}）",
    ),
    "log.event": Text("📌 #{number} {line}", "📌 #{number} {line}"),
    "log.stopping": Text("👋 stopping: the order in hand is finished first", "👋 正在停止：先完成手头的订单"),
    "log.stopped": Text("👋 stopped", "👋 已停止"),
}
