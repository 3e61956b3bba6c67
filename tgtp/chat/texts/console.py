"""What the console prints."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # the console
    "log.start": Text(
        "🚀 tgtp {version} starts: {exchange}, chat {chat}, data in {data}",
        "🚀 tgtp {version} 启动：{exchange}，聊天 {chat}，数据 {data}",
    ),
    "log.routes": Text("🌐 {ways}", "🌐 {ways}"),
    "log.stream": Text(
        "⚡ tiers are also decided between two checks, by the mark prices that OKX pushes (at most {milliseconds} ms old)",
        "⚡ 两次检查之间也会按 OKX 推送的标记价触发档位（价格最多 {milliseconds} 毫秒前）",
    ),
    "log.in.clear": Text(
        "⚠️ TELEGRAM_API_URL is http://: the bot's token is sent unencrypted to {host}, within your own network",
        "⚠️ TELEGRAM_API_URL 是 http://：机器人的 token 以明文发送到内网的 {host}",
    ),
    # what the environment says about the network, and cannot be used
    "trouble.proxy": Text(
        "{what} is not the address of a proxy (http, https or socks5); I ignore it",
        "{what} 不是可识别的代理地址（http、https 或 socks5），已忽略",
    ),
    "trouble.certificates": Text(
        "{what} names certificates that cannot be read; I use those that I bring",
        "{what} 指向的证书无法读取，改用自带的证书",
    ),
    "trouble.key_log": Text("{what} names a file that cannot be written; I ignore it", "{what} 指向的文件无法写入，已忽略"),
    "alarm.network": Text(
        "⚠️ {what}. Checks go on. Correct it where I am started from (shell, unit, compose file).",
        "⚠️ {what}。检查照常。请在启动我的地方（shell、systemd、compose）修正。",
    ),
    "alarm.proxy": Text(
        "⚠️ Telegram could not be reached at the start: {what}. Checks go on, messages wait. "
        "Is the proxy running? TELEGRAM_PROXY_URL=direct does without it.",
        "⚠️ 启动时无法连接 Telegram：{what}。检查照常，消息排队。代理是否在运行？TELEGRAM_PROXY_URL=direct 可不经代理。",
    ),
    "alarm.flood": Text(
        "⚠️ Telegram wants no requests for {what}. I still ask for commands every 5 minutes; messages to you wait that long.",
        "⚠️ Telegram 要求 {what}内不要请求。我仍每 5 分钟获取一次指令；发送的消息按要求等待。",
    ),
    "log.zone": Text("🕐 times in this log are those of {zone} (TIMEZONE)", "🕐 日志中的时间为 {zone} 时区（TIMEZONE）"),
    "log.interval": Text(
        "⏱  a check every {interval} s, legs over {min_margin} U of margin",
        "⏱  检查间隔 {interval} 秒，保证金大于 {min_margin} U 的仓位",
    ),
    "log.long": Text("📈 long: {rows}", "📈 多单止盈：{rows}"),
    "log.short": Text("📉 short: {rows}", "📉 空单止盈：{rows}"),
    "log.own": Text("🪜 {name}, of its own: {rows}", "🪜 {name} 单独设置：{rows}"),
    "log.and": Text("; ", "；"),
    "log.tier": Text(
        "{one.threshold:%} → close {one.share:%} of the rest", "收益率 {one.threshold:%} → 平剩余的 {one.share:%}"
    ),
    "log.hedge": Text(
        "🔄 hedge: the losing leg of a pair keeps {keep_margin} U, the rest is closed",
        "🔄 对冲：亏损侧保留 {keep_margin} U 底仓，其余全平",
    ),
    "log.guards": Text(
        "🛡 guards: give-back {give_back}, break-even {break_even}", "🛡 保护：回吐 {give_back}，保本 {break_even}"
    ),
    "log.guards.own": Text(
        "🛡 {coin}, of its own: give-back {give_back}, break-even {break_even}",
        "🛡 {coin} 单独设置：回吐 {give_back}，保本 {break_even}",
    ),
    "log.address": Text("💬 open the chat: {address}", "💬 打开聊天页面： {address}"),
    # The token in the address is struck out, as every secret of the settings.
    "log.address.fixed": Text(
        "💬 open the chat: {address} (the token is your LOCAL_CHAT_TOKEN)",
        "💬 打开聊天页面： {address} （token 即你设置的 LOCAL_CHAT_TOKEN）",
    ),
    "log.monitor": Text("📊 open the monitoring page: {address}", "📊 打开监控页面： {address}"),
    "log.monitor.fixed": Text(
        "📊 open the monitoring page: {address} (the token is your LOCAL_CHAT_TOKEN)",
        "📊 打开监控页面： {address} （token 即你设置的 LOCAL_CHAT_TOKEN）",
    ),
    "log.monitor.clear": Text(
        "📊 the monitoring page also answers on {host}, in clear: TLS is the job of a reverse proxy, a VPN or an SSH tunnel",
        "📊 监控页面也在 {host} 上应答，且为明文：加密请交给反向代理、VPN 或 SSH 隧道",
    ),
    "log.pairing": Text(
        "🔑 no one is allowed yet. To become the owner, send this to the bot within Telegram in the next {minutes} minutes: "
        "/start {code}",
        "🔑 还没有授权用户。请在 {minutes} 分钟内，在 Telegram 中向机器人发送以下内容成为所有者：/start {code}",
    ),
    "log.pairing.wrong": Text("🔑 user {id} sent a wrong pairing code", "🔑 用户 {id} 发送了错误的配对码"),
    "log.pairing.expired": Text("🔑 user {id} sent a pairing code that is no longer valid", "🔑 用户 {id} 发送的配对码已过期"),
    "log.pairing.closed": Text(
        "🔑 user {id} has sent five wrong pairing codes: none of theirs is accepted for {minutes} minutes",
        "🔑 用户 {id} 已 5 次发送错误的配对码：{minutes} 分钟内不再接受",
    ),
    "log.pairing.before": Text(
        "🔑 user {id} sent a pairing code before this start: it was not accepted. Send it again; if it is new, this machine's clock is "
        "ahead",
        "🔑 用户 {id} 的配对码是在本次启动之前发送的，未接受。请重新发送；如果确实是刚发送的，则本机时钟偏快",
    ),
    "log.pairing.prepared": Text(
        "🔑 to become the owner, send this to the bot within Telegram in the next {minutes} minutes: /start {code}\n"
        "   It works once, and only while the bot has no owner: an owner who gives it up sends /unpair first.",
        "🔑 请在 {minutes} 分钟内，在 Telegram 中向机器人发送以下内容成为所有者：/start {code}\n"
        "   只能使用一次，且仅在没有所有者时有效：现任所有者需先发送 /unpair。",
    ),
    "log.stranger": Text("🚫 user {id} is not allowed; nothing was answered", "🚫 用户 {id} 未授权，未作回应"),
    "log.pasted": Text(
        "🔐 user {id} pasted a secret into the chat; the message is deleted", "🔐 用户 {id} 在聊天中粘贴了密钥，消息将被删除"
    ),
    "log.telegram.up": Text("💬 Telegram: connected as @{name}", "💬 Telegram：已连接 @{name}"),
    "log.telegram.down": Text(
        "💬 Telegram cannot be reached ({why}); checks go on, messages wait",
        "💬 无法连接 Telegram（{why}）；检查照常，消息排队",
    ),
    "log.telegram.silent": Text(
        "💬 Telegram has not answered for {age} ({why}); checks go on, {waiting:# message waits|# messages wait}",
        "💬 Telegram 已 {age} 没有响应（{why}）；检查照常，{waiting} 条消息在排队",
    ),
    "log.telegram.back": Text("💬 Telegram answers again", "💬 Telegram 已恢复"),
    "log.telegram.unreadable": Text(
        "💬 update {id} could not be read ({what}) and is skipped; {count} since the start",
        "💬 更新 {id} 无法解析（{what}），已跳过；启动以来共 {count} 条",
    ),
    "log.telegram.deaf": Text(
        "💬 {failed} polls in a row got no updates ({what}): commands and buttons do not reach me; checks go on",
        "💬 连续 {failed} 次未能收取更新（{what}）：命令和按钮到不了我这里；检查照常",
    ),
    "log.telegram.hears": Text("💬 commands and buttons reach me again", "💬 又能收到命令和按钮"),
    "log.gate": Text(
        "🚫 update {id} could not be checked ({what}): nothing was done", "🚫 处理更新 {id} 时出错（{what}）：未执行任何操作"
    ),
    "log.new.ledger": Text(
        "{why}. It is moved to backup/, and a new one is started: everything is paused until /resume",
        "{why}。已移到 backup/，并新建数据文件：在 /resume 之前全部暂停",
    ),
    "log.telegram.refused": Text(
        "💬 Telegram refuses TELEGRAM_BOT_TOKEN; checks go on, but you are told nothing. Get the right token from @BotFather",
        "💬 Telegram 拒绝了 TELEGRAM_BOT_TOKEN；检查照常，但无法通知。请向 @BotFather 获取正确的 token",
    ),
    "log.readable": Text(
        "⚠️ {file} holds secrets, and other users of this machine can read it. Close it: chmod 600 {file}",
        "⚠️ {file} 里有密钥，本机其他用户可以读取。请执行：chmod 600 {file}",
    ),
    "log.unknown.setting": Text(
        "⚠️ {name} in .env is not a setting of tgtp; it is ignored", "⚠️ .env 中的 {name} 不是 tgtp 的设置，已忽略"
    ),
    "log.check": Text(
        "🔍 check {report.number}: {legs:# leg|# legs}, {small} at or under {min_margin} U, equity {report.snapshot.equity:U}{nearest}, {ms} ms",
        "🔍 第 {report.number} 次检查：{legs} 个仓位，{small} 个保证金 ≤ {min_margin} U，权益 {report.snapshot.equity:U}{nearest}，{ms} 毫秒",
    ),
    "log.unguarded": Text("   not guarded: {names}", "   未监控：{names}"),
    "log.status": Text("check {number}: {legs:# leg|# legs}, {ms} ms", "第 {number} 次检查：{legs} 个仓位，{ms} 毫秒"),
    "log.status.failed": Text("check {number} failed; the log says why", "第 {number} 次检查失败，原因见日志"),
    "log.check.failed": Text("⚠️ check {number} failed: {why}", "⚠️ 第 {number} 次检查失败：{why}"),
    "log.nearest": Text(", nearest {leg.key} {leg.roi:+%} → {threshold:%}", "，最接近 {leg.key} {leg.roi:+%} → {threshold:%}"),
    "log.pair": Text("   ⚖ {name}: {sides} – {why}", "   ⚖ {name}：{sides}（{why}）"),
    "log.pair.both_win": Text("both win", "同为盈利，不触发对冲"),
    "log.pair.both_lose": Text("both lose", "同为亏损，不触发对冲"),
    "log.pair.flat": Text("one is at 0", "有一侧为 0，不触发对冲"),
    "log.pair.left_alone": Text("not judged now", "本次不判断"),
    "log.pair.due": Text("closing down to the base", "平到底仓"),
    "log.pair.at_base": Text("at base", "已是底仓"),
    "log.pair.loser_small": Text("margin too small", "保证金过小"),
    "log.pair.paused": Text("paused", "已暂停"),
    "log.pair.forbidden": Text("key cannot trade", "密钥不能交易"),
    "log.pair.backing_off": Text("refused lately", "刚被拒绝"),
    "log.pair.doubted": Text("doubtful data", "数据不合常理"),
    "log.pair.broken": Text("invalid data", "数据异常"),
    "log.pair.unresolved": Text("order being looked up", "订单结果待确认"),
    "log.leg": Text(
        "   · {leg.key} {leg.roi:+%}, margin {margin} U, {leg.contracts:# contract|# contracts}, {what}",
        "   · {leg.key} {leg.roi:+%}，保证金 {margin} U，持仓 {leg.contracts} 张，{what}",
    ),
    "log.leg.unreadable": Text(
        "   · {name}: cannot be read, {leg.contracts:# contract|# contracts}, not guarded. {why}",
        "   · {name}：无法读取，持仓 {leg.contracts} 张，未监控。{why}",
    ),
    "log.trigger.tier": Text(
        "🎯 {intent.leg}: {what}, ROI {intent.basis.roi:+%} ≥ {intent.basis.threshold:%}, margin {margin} U, held {intent.basis.contracts}, share {intent.basis.share:%} → closing {intent.contracts} (order {intent.client_order_id})",
        "🎯 {intent.leg}：触发{what}，收益率 {intent.basis.roi:+%} ≥ {intent.basis.threshold:%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张，止盈比例 {intent.basis.share:%} → 平 {intent.contracts} 张（订单 {intent.client_order_id}）",
    ),
    "log.trigger.hedge": Text(
        "⚖️ {intent.leg}: {what}, ROI {intent.basis.roi:+%} while the {winner} wins {intent.basis.other_roi:+%}, margin {margin} U, held {intent.basis.contracts}, base {intent.basis.base_contracts} → closing {intent.contracts}, {share:.2%} (order {intent.client_order_id})",
        "⚖️ {intent.leg}：触发{what}，收益率 {intent.basis.roi:+%}，而{winner}盈利 {intent.basis.other_roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张，底仓 {intent.basis.base_contracts} 张 → 平 {intent.contracts} 张，{share:.2%}（订单 {intent.client_order_id}）",
    ),
    "log.trigger.give_back": Text(
        "🛡 {intent.leg}: {what}, ROI {intent.basis.roi:+%} under {intent.basis.threshold:%}, best {intent.basis.best_roi:+%}, margin {margin} U, held {intent.basis.contracts}, base {intent.basis.base_contracts} → closing {intent.contracts}, {share:.2%} (order {intent.client_order_id})",
        "🛡 {intent.leg}：触发{what}，收益率 {intent.basis.roi:+%} 低于 {intent.basis.threshold:%}，最高 {intent.basis.best_roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张，底仓 {intent.basis.base_contracts} 张 → 平 {intent.contracts} 张，{share:.2%}（订单 {intent.client_order_id}）",
    ),
    "log.trigger.break_even": Text(
        "🛡 {intent.leg}: {what}, mark {intent.basis.mark_price:price} is back at {intent.basis.guard_price:~price}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts}, base {intent.basis.base_contracts} → closing {intent.contracts}, {share:.2%} (order {intent.client_order_id})",
        "🛡 {intent.leg}：触发{what}，标记价 {intent.basis.mark_price:price} 回到 {intent.basis.guard_price:~price}，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张，底仓 {intent.basis.base_contracts} 张 → 平 {intent.contracts} 张，{share:.2%}（订单 {intent.client_order_id}）",
    ),
    "log.trigger.hand": Text(
        "✋ {intent.leg}: {what}, asked for by {intent.by:user}, ROI {intent.basis.roi:+%}, margin {margin} U, held {intent.basis.contracts} → closing {intent.contracts}, {share:.2%} (order {intent.client_order_id})",
        "✋ {intent.leg}：{what}，由 {intent.by:user} 要求，收益率 {intent.basis.roi:+%}，保证金 {margin} U，持仓 {intent.basis.contracts} 张 → 平 {intent.contracts} 张，{share:.2%}（订单 {intent.client_order_id}）",
    ),
    "log.fill": Text(
        " · OKX order {id}, price {order.average_price:price}, filled {order.filled_contracts}, {contracts_left} left, fee {order.fee:U} U",
        " · 交易所订单 {id}，成交价 {order.average_price:price}，成交 {order.filled_contracts} 张，剩余 {contracts_left} 张，手续费 {order.fee:U} U",
    ),
    "log.fill.tiers": Text(", tiers fired: {fired}", "，已触发档位：{fired}"),
    "log.event": Text("📌 #{number} {line}", "📌 #{number} {line}"),
    "log.stopping": Text("👋 stopping: the current order is finished first", "👋 正在停止：先完成手头的订单"),
    "log.stopped": Text("👋 stopped", "👋 已停止"),
    # why it does not start
    "start.refused": Text("tgtp cannot start: {why}", "tgtp 无法启动：{why}"),
    "job.refused": Text("tgtp cannot do this: {why}", "tgtp 无法执行：{why}"),
    "start.refused.all": Text("tgtp cannot start, {count} things are wrong:", "tgtp 无法启动，共 {count} 处有误："),
    "start.interrupted": Text("tgtp: stopped before it had started", "tgtp：尚未启动即已停止"),
}
