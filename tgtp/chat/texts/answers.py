"""Answers to commands: status, rules, health, why."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # start and help
    "start.hello": Text(
        "👋 <b>tgtp</b> guards your perpetual swaps: it looks every {interval} s, takes profit in tiers, closes the losing leg of a "
        "pair down to its base, and tells you here.\n\nTry /panel or /status; /help has everything.",
        "👋 <b>tgtp</b> 监控你的永续合约：每 {interval} 秒检查一次，分档止盈，把对冲亏损的一侧平到底仓，并在这里告诉你。\n\n"
        "试试 /panel 或 /status；全部命令见 /help。",
    ),
    "start.paired": Text(
        "🔑 Paired. From now on this bot obeys only you ({id}).\n\nTry /panel or /status; /help has everything.",
        "🔑 配对成功。从现在起机器人只听你的指令（{id}）。\n\n试试 /panel 或 /status；全部命令见 /help。",
    ),
    "bot.about": Text("Guards perpetual-swap positions on OKX.", "监控 OKX 永续合约仓位。"),
    "bot.description": Text(
        "Takes profit in tiers, closes the losing leg of a hedged pair down to its base, and tells you about it.",
        "分档止盈，把对冲亏损的一侧平到底仓，并通知你。",
    ),
    # answers to commands
    "unknown.command": Text(
        "I do not know {word}. Did you mean {nearest}? /help lists everything.",
        "没有 {word} 这个命令。你是想用 {nearest} 吗？/help 有完整列表。",
    ),
    "unknown.command.acts": Text(
        "I do not know {word}, and did nothing. Did you mean <code>{nearest}</code>?",
        "没有 {word} 这个命令，未执行任何操作。你是想用 <code>{nearest}</code> 吗？",
    ),
    "unknown.text": Text(
        "I did nothing: I act only where I understand every word.", "未执行任何操作：每个词都看懂了我才会执行。"
    ),
    "unknown.words": Text("I do not know {words}, and did nothing.", "看不懂{words}，未执行任何操作。"),
    "unknown.negated": Text("I did nothing; everything stays as it is.", "未执行任何操作，一切照旧。"),
    "unknown.how": Text(
        "Say it like <code>STX</code>, <code>close STX long half</code>, <code>pause STX</code>, <code>status</code>; /help has "
        "everything.",
        "可以这样说：<code>STX</code>、<code>平仓 STX 多 一半</code>、<code>暂停 STX</code>、<code>状态</code>；全部用法见 /help。",
    ),
    # their own words
    "speech.near": Text(
        "I do not know {words}. Did you mean <b>{meant}</b>? I did nothing yet.",
        "看不懂{words}。你是想说 <b>{meant}</b> 吗？还没有执行任何操作。",
    ),
    "speech.several": Text(
        "This can mean several things: <b>{meant}</b>? I did nothing yet.",
        "可以有几种理解：<b>{meant}</b>？还没有执行任何操作。",
    ),
    "speech.entry": Text(
        "I open nothing by myself; take-profits go on. /pause stops them.", "我自己从不开新仓；止盈照常进行。/pause 可暂停。"
    ),
    "speech.help": Text("What /{command} does", "/{command} 的用法"),
    "speech.form.close": Text(
        "To close: <code>close STX long</code>, <code>close STX long 50%</code>, <code>close STX long keep</code> (down to the base)",
        "平仓：<code>平仓 STX 多</code>、<code>平仓 STX 多 50%</code>、<code>平仓 STX 多 底仓</code>（平到底仓）",
    ),
    "speech.form.pause": Text(
        "To pause: <code>pause</code> (everything), <code>pause STX</code>, <code>pause 1h</code>, "
        "<code>pause STX until 08:00</code>",
        "暂停：<code>暂停</code>（全部）、<code>暂停 STX</code>、<code>暂停 1小时</code>、<code>暂停 STX 到8点</code>",
    ),
    "speech.form.resume": Text(
        "To go on: <code>resume</code> (everything), <code>resume STX</code>",
        "恢复：<code>恢复</code>（全部）、<code>恢复 STX</code>",
    ),
    "speech.of.status": Text("Positions", "仓位"),
    "speech.of.leg": Text("Leg", "仓位"),
    "speech.of.pair": Text("Pair", "双向"),
    "speech.of.pairs": Text("Pairs", "双向持仓"),
    "speech.of.chart": Text("Chart", "走势"),
    "speech.of.tiers": Text("Tiers", "档位"),
    "speech.of.close": Text("Close", "平仓"),
    "speech.of.pause": Text("Pause", "暂停"),
    "speech.of.resume": Text("Resume", "恢复"),
    "speech.of.dynamic": Text("Volatility", "波动率"),
    "speech.of.rearm": Text("Re-arm", "重置档位"),
    "speech.of.pnl": Text("P&L", "盈亏"),
    "speech.of.equity": Text("Equity", "权益"),
    "speech.of.report": Text("Report", "报告"),
    "speech.of.history": Text("History", "历史"),
    "speech.of.health": Text("Health", "健康"),
    "speech.of.help": Text("Help", "帮助"),
    "logs.head": Text("<b>The log</b>, the last {count:line|# lines}", "<b>日志</b>，最近 {count} 行"),
    "logs.none": Text(
        "No lines are kept yet; with LOG_LEVEL=WARNING there are few.", "还没有日志；LOG_LEVEL=WARNING 时日志很少。"
    ),
    "logs.form": Text(
        "{word} is not a number from 1 to {most}: <code>/logs 50</code>",
        "{word} 不是 1 到 {most} 的数字：<code>/logs 50</code>",
    ),
    "config.head": Text(
        "<b>Settings in force</b>. Change them in <code>.env</code> and start me again; tiers, guards, the volatility and resting by /tiers, /guards, /dynamic, /resting.",
        "<b>当前设置</b>。修改 <code>.env</code> 后重启生效；档位、保护、波动率调整、挂单止盈可直接用 /tiers、/guards、/dynamic、/resting 修改。",
    ),
    "config.none": Text("No settings are known here.", "这里没有可显示的设置。"),
    "config.set": Text("(set, hidden)", "（已设置，不显示）"),
    "config.not_set": Text("(not set)", "（未设置）"),
    "config.changed": Text("{value} (by {command}; .env: {before})", "{value}（由 {command} 修改；.env 为 {before}）"),
    "speech.all": Text("all", "全部"),
    "speech.keep": Text("keep", "底仓"),
    "stale": Text(
        "⏳ Not done: “{text}” reached me {age:age} late. Send it again if you still want it.",
        "⏳ 未执行：“{text}”晚到了 {age:age}。如果仍然需要，请重新发送。",
    ),
    "pasted.deleted": Text("🔐 <b>I have deleted your message.</b>", "🔐 <b>已删除你的消息。</b>"),
    "pasted.kept": Text(
        "🔐 <b>I could not delete your message: delete it yourself, now.</b>", "🔐 <b>未能删除你的消息：请立即自行删除。</b>"
    ),
    "pasted.token": Text(
        "It held what looks like a bot token. Whoever has it can read and answer in the bot's place, so treat it as leaked: send "
        "<code>/revoke</code> to @BotFather, put the new token into .env as TELEGRAM_BOT_TOKEN and start me again. Never send one in a "
        "chat.",
        "消息里有疑似机器人 token 的内容。拿到它的人可以冒充机器人，请视为已泄露：向 @BotFather 发送 <code>/revoke</code>，"
        "把新 token 写入 .env 的 TELEGRAM_BOT_TOKEN，然后重启。切勿在聊天中发送。",
    ),
    "pasted.totp": Text(
        "It held TOTP_SECRET or a part of it. Whoever has it can make the codes that guard what raises risk, so treat it as leaked: "
        "make a new one, put it into .env and into your authenticator app, and start me again. Never send one in a chat.",
        "消息里有 TOTP_SECRET 或其中一部分。拿到它的人可以生成验证码，请视为已泄露：生成新的密钥，写入 .env 和验证器应用，再重启程序。"
        "切勿在聊天中发送密钥。",
    ),
    "pasted.okx": Text(
        "It held what looks like a key of OKX or a part of one. Whoever has it may trade with your money, so treat it as leaked: delete "
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
        "⚠️ Not done: the ledger could not be written ({what}). Free some disk space, or put the data folder back, and try again.",
        "⚠️ 未执行：数据文件无法写入（{what}）。请清理磁盘空间，或恢复数据文件夹，然后再试。",
    ),
    "not_kept": Text(
        "⚠️ This could not be written down ({what}): a restart would forget it.",
        "⚠️ 未能存盘（{what}）：程序重启后会失效。",
    ),
    "no.legs": Text("There is no open leg.", "当前没有仓位。"),
    "no.legs.readable": Text("No open leg can be read.", "没有可读取的仓位。"),
    "no.legs.mine": Text(
        "No open leg is guarded; {count} not watched: {names}", "没有我监控的仓位；另有 {count} 个未监控：{names}"
    ),
    # open, and not guarded
    "unguarded": Text("🔴 <b>Open, not guarded</b>: {names}. {why}", "🔴 <b>持仓中，未监控</b>：{names}。{why}"),
    "unguarded.nameless": Text(
        "🔴 <b>OKX sends positions that name no instrument ({count})</b>: something may be open that I cannot name. Until that ends "
        "no leg counts as closed.",
        "🔴 <b>OKX 返回了 {count} 个没有合约名称的仓位</b>：可能有我无法识别的仓位。在此期间不会把任何仓位视为已平。",
    ),
    "unguarded.mode": Text("🔴 <b>Cross legs are not guarded here</b>. {why}", "🔴 <b>此账户的全仓仓位不受监控</b>。{why}"),
    "unreadable.portfolio_margin": Text(
        "The account is in portfolio margin: OKX gives no leverage per leg there, so I cannot work out the ROI. /close works.",
        "账户为组合保证金模式：OKX 不提供单个仓位的杠杆，我算不出收益率。/close 可用。",
    ),
    "unreadable.unknown_instrument": Text(
        "OKX does not list this instrument (yet), so its contract size is not known. /close works, for all of it.",
        "OKX 的合约列表中（暂时）没有它，合约面值未知。/close 可全部平仓。",
    ),
    "unreadable.nonsense": Text(
        "OKX returned invalid data for this leg. I do not trade it until the data is valid.",
        "OKX 返回的该仓位数据异常，恢复前不处理。",
    ),
    "unreadable.twice": Text(
        "OKX sends it twice in one reply. I skip it until that ends.", "OKX 在同一次返回中重复给出它，恢复前不处理。"
    ),
    "unreadable.no_leverage": Text(
        "OKX gives neither its leverage nor its ROI. I skip it until it does.",
        "OKX 没有给出它的杠杆和收益率，恢复前不处理。",
    ),
    "unreadable.unnamed": Text(
        "OKX sends a position without a name, and none of this leg's own: it may still be open. I skip it until that ends.",
        "OKX 返回了一个没有名称的仓位，却没有返回这个仓位：它可能仍在。恢复前不处理。",
    ),
    "no.such.coin": Text("There is no leg of {word}. Open now: {known}.", "没有 {word} 的仓位。当前有：{known}。"),
    "no.such.side": Text(
        "{word} is not a side; say <code>long</code> or <code>short</code>: <code>/{command} {coin} long</code>",
        "{word} 不是方向；请用 <code>多单</code> 或 <code>空单</code>：<code>/{command} {coin} 多单</code>",
    ),
    "no.such.leg": Text("There is no {side} leg of {coin}. Open now: {known}.", "{coin} 没有{side}。当前有：{known}。"),
    "no.such.mode": Text("{coin} {side} is {other}, not {mode}.", "{coin} {side}是{other}，不是{mode}。"),
    "bad.share": Text(
        "{word} is not a share; say a percentage from 1 to 100 or <code>keep</code>: <code>/close {leg} 50%</code>",
        "{word} 不是有效比例；请用 1 到 100 的百分比或 <code>底仓</code>：<code>/close {leg} 50%</code>",
    ),
    "too.many.words": Text(
        "Too many words. The form is <code>/close STX long 50%</code>.", "参数太多。格式为 <code>/close STX 多单 50%</code>。"
    ),
    "bad.number": Text(
        "{word} is not a number from 1 to {most}: <code>/history 30</code>",
        "{word} 不是 1 到 {most} 的数字：<code>/history 30</code>",
    ),
    "why.which": Text(
        "Which message? Every alert ends with its number: <code>/why {example}</code>",
        "哪一条消息？每条通知末尾都有编号：<code>/why {example}</code>",
    ),
    "not.yet": Text("The first check has not finished yet; ask again in a moment.", "首次检查尚未完成，请稍后再试。"),
    "nothing.seen": Text(
        "I cannot see the account yet: {why}. I try again every {interval} s.",
        "还没能读取账户：{why}。我每 {interval} 秒重试一次。",
    ),
    "one.coin": Text("One coin at a time: <code>/{command} STX</code>", "一次只能指定一个币种：<code>/{command} STX</code>"),
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
        "<b>The last hour</b>: {checks:# check|# checks}, {failed} failed; {reads:# read|# reads} of the account failed\n"
        "A check takes {median} (half of them), {p95} (95 %), {longest} at most",
        "<b>最近一小时</b>：检查 {checks} 次，失败 {failed} 次；读取账户失败 {reads} 次\n"
        "单次检查耗时：中位 {median}，95% 在 {p95} 以内，最长 {longest}",
    ),
    "health.waiting": Text(
        "<b>Waiting</b>: {messages:# message|# messages} to be delivered, {orders:# order|# orders} whose outcome is unknown",
        "<b>等待中</b>：待送达消息 {messages} 条，结果待确认的订单 {orders} 笔",
    ),
    "health.unreadable": Text(
        "⚠️ <b>Telegram</b>: {count:# update|# updates} could not be read since the start and {count:was|were} skipped; the log lists each",
        "⚠️ <b>Telegram</b>：启动以来有 {count} 条更新无法识别，已跳过；日志中有每一条",
    ),
    "health.clock": Text("<b>Clock</b> against the exchange's: {skew}", "<b>时钟</b>与交易所相差：{skew}"),
    "health.routes": Text("<b>Network</b>: {ways}", "<b>网络</b>：{ways}"),
    "health.process": Text("<b>Memory</b> {memory}\n{versions}", "<b>内存</b> {memory}\n{versions}"),
    # status
    "status.running": Text("🟢 <b>Running</b>", "🟢 <b>运行中</b>"),
    "status.paused": Text("⏸ <b>Paused</b>", "⏸ <b>已暂停</b>"),
    "status.paused.why": Text("⏸ <b>Paused</b>: {cause}", "⏸ <b>已暂停</b>：{cause}"),
    "status.paused.some": Text("🟢 <b>Running</b>, paused: {names}", "🟢 <b>运行中</b>，已暂停：{names}"),
    "status.forbidden": Text("⚠️ <b>Only looking</b>: the key cannot trade", "⚠️ <b>仅查看</b>：API 密钥没有交易权限"),
    "status.refused": Text("⚠️ <b>Stopped</b>: OKX refuses the keys", "⚠️ <b>已停止</b>：OKX 拒绝了密钥"),
    "status.refused.do": Text(
        "Nothing is sent meanwhile. Check the key, its IP list and its permissions at OKX; I resume by myself when OKX accepts it again. "
        "After a change in <code>.env</code> start me again.",
        "期间不会下单。请在 OKX 检查密钥、IP 白名单和权限；OKX 重新接受后自动恢复。若修改了 <code>.env</code>，请重启。",
    ),
    "status.held": Text(
        "⚠️ <b>Stopped</b>: the API key is of another account than it should be", "⚠️ <b>已停止</b>：API 密钥所属账户不对"
    ),
    "status.head": Text(
        "{state} · {exchange}\nEquity {equity} · last check {age:age} ago",
        "{state} · {exchange}\n权益 {equity} · {age:age}前检查",
    ),
    "status.unseen": Text("🔴 <b>I cannot see the account</b>", "🔴 <b>暂时读不到账户</b>"),
    "status.blind": Text(
        "⚠️ <b>Old data</b>: the last {failed:check|# checks} failed ({why})",
        "⚠️ <b>数据已旧</b>：最近 {failed} 次检查失败（{why}）",
    ),
    "status.counts": Text("Legs: {legs} · unrealised <b>{pnl:+U} U</b>", "{legs} 个仓位 · 未实现盈亏 <b>{pnl:+U} U</b>"),
    "status.unguarded": Text("🔴 <b>Nothing is guarded</b>: no open leg can be read", "🔴 <b>无监控</b>：没有可读取的仓位"),
    "status.unguarded.some": Text(
        "🔴 <b>Running</b>, {legs:# leg|# legs} not guarded", "🔴 <b>运行中</b>，{legs} 个仓位未监控"
    ),
    "status.unwatched": Text("Not watched: {names}", "未监控：{names}"),
    "status.leg": Text(
        "{dot} <b>{coin}</b> {side} <b>{leg.roi:+%}</b> · {leg.unrealised_pnl:+U} U\n　 {margin} U · {tiers} {what}",
        "{dot} <b>{coin}</b> {side} <b>{leg.roi:+%}</b> · {leg.unrealised_pnl:+U} U\n　 {margin} U · {tiers} {what}",
    ),
    # legs that the rules leave alone for their margin
    "status.anchors": Text(
        "⚓ <b>{count} anchors</b> ≤ {min_margin} U, left alone by the rules\n　 {margin:U} U in all · <b>{pnl:+U} U</b>",
        "⚓ <b>锚定单 {count} 个</b>，保证金 ≤ {min_margin} U，规则不处理\n　 合计 {margin:U} U · 盈亏 <b>{pnl:+U} U</b>",
    ),
    "status.anchors.ends": Text("　 best {best}\n　 worst {worst}", "　 最好 {best}\n　 最差 {worst}"),
    "status.anchors.end": Text(
        "{coin} {side} {leg.roi:+%} · {leg.unrealised_pnl:+U} U", "{coin} {side} {leg.roi:+%} · {leg.unrealised_pnl:+U} U"
    ),
    "status.anchor": Text(
        "{dot} {coin} {side} {leg.roi:+%} · {leg.unrealised_pnl:+U} U · {margin} U",
        "{dot} {coin} {side} {leg.roi:+%} · {leg.unrealised_pnl:+U} U · {margin} U",
    ),
    "status.button.open": Text("⚓ Show the {count} anchors", "⚓ 展开锚定单（{count} 个）"),
    "status.button.fold": Text("⚓ Fold the anchors", "⚓ 收起锚定单"),
    "status.button.page": Text("📊 Open page", "📊 打开页面"),
    "status.gone": Text("There is no leg of {coin} any more.", "{coin} 已没有仓位。"),
    "status.page": Text("page {page} of {pages}", "第 {page}/{pages} 页"),
    "threshold.scaled": Text("{acts:%} = {base:%} × {factor}", "{acts:%} = {base:%} × {factor}"),
    "what.waiting": Text("next {threshold}", "下一档 {threshold}"),
    "what.waiting.at": Text("next {threshold} at {price:price}", "下一档 {threshold} @ {price:price}"),
    "what.waiting.small": Text(
        "next {threshold} at {price:price}, margin ≤\u00a0{rules.min_margin}\u00a0U there",
        "下一档 {threshold} @ {price:price}，届时保证金 ≤\u00a0{rules.min_margin}\u00a0U",
    ),
    "what.rest_waits": Text(
        "the rest of tier {tier.number} waits for a ROI above 0", "第 {tier.number} 档剩余部分待收益率为正再平"
    ),
    "what.due": Text("tier {tier.number} is due", "第 {tier.number} 档触发中"),
    "what.small": Text("skipped: margin ≤\u00a0{rules.min_margin}\u00a0U", "跳过：保证金 ≤\u00a0{rules.min_margin}\u00a0U"),
    "what.done": Text("all tiers fired", "档位已全部触发"),
    "what.dust": Text("too small for tier {tiers}", "第 {tiers} 档不足最小下单量"),
    "what.paused": Text("paused; tier {tier.number} is due", "已暂停；第 {tier.number} 档已达到"),
    "what.forbidden": Text("tier {tier.number} is due, the key cannot trade", "第 {tier.number} 档已达到，密钥无交易权限"),
    "what.unresolved": Text("an order is being looked up", "有订单结果待确认"),
    "what.backing_off": Text("tier {tier.number} was refused, trying again soon", "第 {tier.number} 档被拒绝，稍后重试"),
    "what.stale": Text("waiting for fresh data", "等待最新数据"),
    "what.unknown": Text("just opened", "刚开仓"),
    "what.doubted": Text("skipped in this check: its data cannot be right", "数据不合常理，本次检查不处理"),
    "what.regained": Text("can be read again, guarded from the next check on", "已可读取，从下次检查起监控"),
    "what.fresh": Text("new: a second look must show its price too", "新仓位，待再次检查确认价格"),
    "what.broken": Text("its data is invalid", "数据异常"),
    "what.off": Text("take-profit off", "止盈未开启"),
    "what.upkeep": Text("maintenance running", "维护中"),
    "what.resting": Text("tier {tier.number} is reached, its order rests at OKX", "第 {tier.number} 档已达到，由 OKX 挂单执行"),
    "what.after_hedge": Text("after the hedge: {words}", "对冲后：{words}"),
    "what.held.rule": Text(" · ⏸ {rule} paused", " · ⏸ {rule}已暂停"),
    "what.refused": Text(" · 🚨 {what} refused {count:once|# times}", " · 🚨 {what}被拒绝 {count} 次"),
    "what.failed": Text(" · 🚨 {what} failed {count:once|# times}", " · 🚨 {what}失败 {count} 次"),
    "what.held": Text(" · ⏸ paused", " · ⏸ 已暂停"),
    "what.pair": Text(" · ⚖️ loses against its pair", " · ⚖️ 对冲亏损侧"),
    "what.at_base": Text(" · ⚖️ at base", " · ⚖️ 已是底仓"),
    # why
    "why.head": Text("<b>#{number}</b> · {when}\n{line}", "<b>#{number}</b> · {when}\n{line}"),
    "why.tier": Text(
        "<b>Rule</b>: tier {intent.tier}, ROI ≥ {threshold}, close {basis.share:%} of what is held, margin over {basis.min_margin} U\n"
        "<b>Seen</b>: ROI {basis.roi:+%} ({intent.leg.position_side}: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x), margin {margin} U, {basis.contracts:# contract|# contracts} of "
        "{basis.contract_size}\n"
        "<b>So</b>: {basis.contracts} × {basis.share:%} → {basis.target_contracts} (lot {basis.lot_size}, smallest order {basis.min_contracts}); this order {intent.contracts}",
        "<b>规则</b>：第 {intent.tier} 档，收益率 ≥ {threshold}，平持仓的 {basis.share:%}，保证金大于 {basis.min_margin} U\n"
        "<b>依据</b>：收益率 {basis.roi:+%}（{intent.leg.position_side}：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x），保证金 {margin} U，{basis.contracts} 张，每张 {basis.contract_size}\n"
        "<b>结果</b>：{basis.contracts} × {basis.share:%} → {basis.target_contracts} 张（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）；本笔 {intent.contracts} 张",
    ),
    "why.hedge": Text(
        "<b>Rule</b>: the other side wins ({basis.other_roi:+%}), this one loses ({basis.roi:+%}), margin over {basis.min_margin} U → down to the base\n"
        "<b>Seen</b>: {intent.leg.position_side}: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x, margin {margin} U, {basis.contracts:# contract|# contracts} of {basis.contract_size}\n"
        "<b>So</b>: the base is {basis.base_contracts}; {basis.contracts} − {basis.base_contracts} → {basis.target_contracts} (lot {basis.lot_size}, smallest order {basis.min_contracts}); this order {intent.contracts}",
        "<b>规则</b>：另一侧盈利（{basis.other_roi:+%}），本侧亏损（{basis.roi:+%}），保证金大于 {basis.min_margin} U → 平到底仓\n"
        "<b>依据</b>：{intent.leg.position_side}：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x，保证金 {margin} U，{basis.contracts} 张，每张 {basis.contract_size}\n"
        "<b>结果</b>：底仓 {basis.base_contracts} 张；{basis.contracts} − {basis.base_contracts} → {basis.target_contracts} 张（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）；本笔 {intent.contracts} 张",
    ),
    "why.give_back": Text(
        "<b>Rule</b>: a tier has fired, the best ROI of this position was {basis.best_roi:+%}, and {basis.give_back:%} of that may be given back: under {basis.threshold:+%} (at {basis.guard_price:~price}), seen twice, margin over {basis.min_margin} U → down to the base\n"
        "<b>Seen</b>: ROI {basis.roi:+%} ({intent.leg.position_side}: entry {basis.entry_price:~price}, mark {basis.mark_price:price}, {basis.leverage}x), margin {margin} U, {basis.contracts:# contract|# contracts} of {basis.contract_size}\n"
        "<b>So</b>: the base is {basis.base_contracts}; closing {basis.target_contracts} of {basis.contracts} (lot {basis.lot_size}, smallest order {basis.min_contracts}); this order {intent.contracts}",
        "<b>规则</b>：已有档位触发，本次持仓最高收益率 {basis.best_roi:+%}，允许回吐其中的 {basis.give_back:%}：低于 {basis.threshold:+%}（价格 {basis.guard_price:~price}），两次读数一致，保证金大于 {basis.min_margin} U → 平到底仓\n"
        "<b>依据</b>：收益率 {basis.roi:+%}（{intent.leg.position_side}：开仓均价 {basis.entry_price:~price}，标记价 {basis.mark_price:price}，{basis.leverage}x），保证金 {margin} U，{basis.contracts} 张，每张 {basis.contract_size}\n"
        "<b>结果</b>：底仓 {basis.base_contracts} 张；{basis.contracts} 张中平 {basis.target_contracts} 张（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）；本笔 {intent.contracts} 张",
    ),
    "why.break_even": Text(
        "<b>Rule</b>: tier {basis.after_tier} or a later one has fired, and the mark is back at break-even, {basis.guard_price:~price}, seen twice, margin over {basis.min_margin} U → down to the base\n"
        "<b>Break-even</b>: entry {basis.entry_price:~price}, fees of this position {basis.fees:U} U, funding {basis.funding:+U} U (? counts as 0), and the fee of closing\n"
        "<b>Seen</b>: ROI {basis.roi:+%} ({intent.leg.position_side}: mark {basis.mark_price:price}, {basis.leverage}x), margin {margin} U, {basis.contracts:# contract|# contracts} of {basis.contract_size}\n"
        "<b>So</b>: the base is {basis.base_contracts}; closing {basis.target_contracts} of {basis.contracts} (lot {basis.lot_size}, smallest order {basis.min_contracts}); this order {intent.contracts}",
        "<b>规则</b>：第 {basis.after_tier} 档或更高档位已触发，标记价回到保本价 {basis.guard_price:~price}，两次读数一致，保证金大于 {basis.min_margin} U → 平到底仓\n"
        "<b>保本价</b>：开仓均价 {basis.entry_price:~price}，本次持仓手续费 {basis.fees:U} U，资金费 {basis.funding:+U} U（? 按 0 计），再加平仓手续费\n"
        "<b>依据</b>：收益率 {basis.roi:+%}（{intent.leg.position_side}：标记价 {basis.mark_price:price}，{basis.leverage}x），保证金 {margin} U，{basis.contracts} 张，每张 {basis.contract_size}\n"
        "<b>结果</b>：底仓 {basis.base_contracts} 张；{basis.contracts} 张中平 {basis.target_contracts} 张（最小变动 {basis.lot_size} 张，最小下单 {basis.min_contracts} 张）；本笔 {intent.contracts} 张",
    ),
    "why.hand": Text(
        "<b>Asked</b> by {intent.by:user}: close {intent.contracts} of {basis.contracts} {intent.leg.position_side} (ROI {basis.roi:+%}, mark {basis.mark_price:price}, margin {margin} U)",
        "<b>操作人</b> {intent.by:user}：平 {intent.leg.position_side} {intent.contracts} / {basis.contracts} 张（收益率 {basis.roi:+%}，标记价 {basis.mark_price:price}，保证金 {margin} U）",
    ),
    "why.order": Text(
        "<b>Order</b>: <code>{order.order_id}</code>, clOrdId <code>{intent.client_order_id}</code>, filled {order.filled_contracts} at {order.average_price:price}, realised {order.realised_pnl:+U} U, fee {order.fee:U} U, "
        "sent {intent.meant_at}",
        "<b>订单</b>：<code>{order.order_id}</code>，自定义订单号（clOrdId）<code>{intent.client_order_id}</code>，成交 {order.filled_contracts} 张 @ {order.average_price:price}，已实现 {order.realised_pnl:+U} U，手续费 {order.fee:U} U，{intent.meant_at}",
    ),
    "why.pushed": Text(
        "<b>Decided</b> by OKX's stream, between two checks, on a mark price {basis.pushed_age} s old",
        "<b>触发</b>：由 OKX 实时推送在两次检查之间触发，标记价延迟 {basis.pushed_age} 秒",
    ),
    "why.rested": Text(
        "<b>Fired</b> at the exchange, where its order waited for the mark price {basis.mark_price:price}",
        "<b>触发</b>：由挂在交易所的委托触发，触发标记价 {basis.mark_price:price}",
    ),
    "why.held_back": Text("<b>Order</b>: none was sent, because of the pause", "<b>订单</b>：已暂停，未下单"),
    "why.client": Text(
        "<b>Order</b>: clOrdId <code>{intent.client_order_id}</code>",
        "<b>订单</b>：自定义订单号（clOrdId）<code>{intent.client_order_id}</code>",
    ),
    "what.tier": Text("tier {tier}", "第 {tier} 档"),
    "what.hedge": Text("hedge", "对冲"),
    "what.give_back": Text("give-back guard", "回吐保护"),
    "what.break_even": Text("break-even guard", "保本保护"),
    "what.hand": Text("by hand", "手动"),
}
