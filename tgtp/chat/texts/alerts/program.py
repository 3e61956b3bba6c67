"""The program and its connection: started, stopped, blind, and what the key allows."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.clock_skewed": Text(
        "⚠️ This machine's clock is {seconds} s {way:clock.} OKX's. Orders still work (the difference is corrected), but set the clock: at 30 s OKX would "
        "refuse orders without that.",
        "⚠️ 本机时钟比 OKX {way:clock.} {seconds} 秒。下单仍可用（已自动修正），但请校准时钟：不修正的话，相差 30 秒时 OKX 会拒绝下单。",
    ),
    "line.looked_away": Text(
        "⚠️ For {seconds:age} no checks ran: this machine slept, or its clock was set. Checks have resumed.",
        "⚠️ 有 {seconds:age}没有检查：本机曾休眠，或时钟被调整。现已恢复检查。",
    ),
    "clock.ahead": Text("ahead of", "快"),
    "clock.behind": Text("behind", "慢"),
    "line.telegram_conflict": Text(
        "⚠️ Another program fetches this bot's messages: some of your commands may go there. Is a second tgtp running?",
        "⚠️ 另一个程序在接收本机器人的消息，你的部分指令可能被它拿走。是否运行了第二个 tgtp？",
    ),
    "line.stopped.rest": Text(
        "👋 Stopped. {rest:# tier rests|# tiers rest} at the exchange and may fire there; nothing else is watched until I am started again.",
        "👋 已停止。交易所仍挂着 {rest} 个档位，可能触发；重新启动之前不再监控其他情况。",
    ),
    "line.stopped": Text("👋 Stopped. Nothing is watched until I am started again.", "👋 已停止。重新启动之前不再监控。"),
    "line.exchange_lost.down": Text(
        "⚠️ I cannot see the account: {detail}. I try again every {interval} s; no leg counts as closed, no tier is lost.",
        "⚠️ 无法读取账户：{detail}。每 {interval} 秒重试；不会把仓位误判为已平仓，不会丢失档位。",
    ),
    "line.exchange_lost.refused": Text(
        "⚠️ OKX refuses the keys: {detail}. Nothing is sent while this lasts. Check the key, its IP list and its permissions.",
        "⚠️ OKX 拒绝了密钥：{detail}。期间不会下单。请检查密钥、IP 白名单和权限。",
    ),
    "line.exchange_lost.broken": Text(
        "⚠️ A check failed: {detail}. The next one starts afresh; if this lasts, nothing is guarded. See the log for details.",
        "⚠️ 检查出错：{detail}。下次检查会重新开始；若持续，则监控已中断。详情见日志。",
    ),
    "line.exchange_found.down": Text("🟢 I can see the account again, after {lasted:age}.", "🟢 {lasted:age}后恢复读取账户。"),
    "line.exchange_found.refused": Text(
        "🟢 OKX accepts the keys again, after {lasted:age}.", "🟢 {lasted:age}后 OKX 重新接受密钥。"
    ),
    "line.exchange_found.broken": Text("🟢 Checks work again, after {lasted:age}.", "🟢 {lasted:age}后检查恢复正常。"),
    "alarm.unwritten": Text(
        "🚨 An alarm could not be put into words. Look at your positions at OKX; the log has the cause.",
        "🚨 有一条警报无法显示。请到 OKX 查看仓位；原因见日志。",
    ),
    "alarm": Text(
        "🚨 Nothing is guarded: {what}. Nothing is sent while the ledger cannot be written. Free some disk space, or put the data folder back; I resume by myself.",
        "🚨 监控已中断：{what}。数据文件无法写入期间不会下单。请清理磁盘空间或恢复数据文件夹，之后会自动恢复。",
    ),
    "alarm.late": Text(
        "🚨 No check started for {what}: the clock or the machine stood still. I have started one now.",
        "🚨 已有 {what} 没有检查：时钟或机器曾停顿。现已重新开始。",
    ),
    "alarm.task": Text(
        "⚠️ An error of my own stopped {what}. Checks go on. I try to start it again every minute; if this comes again, see the log.",
        "⚠️ 程序内部出错，{what}已中断。检查照常。我会每分钟尝试重新启动；若反复出现，详情见日志。",
    ),
    "task.AheadWatch": Text("the notices of OKX's maintenance", "OKX 维护预告"),
    "task.FundingWatch": Text("the watch over funding rates", "资金费率提醒"),
    "task.Heartbeat": Text("the heartbeat (HEARTBEAT_URL)", "心跳（HEARTBEAT_URL）"),
    "task.Hourly": Text("the hourly figures of the monitoring page", "监控页面的每小时数据"),
    "task.PauseReminder": Text("the reminders of pauses", "暂停提醒"),
    "task.Reporter": Text("the reports", "定时报告"),
    "task.Streaming": Text("decisions between two checks (STREAM)", "两次检查之间的触发（STREAM）"),
    "task.VolatilityWatch": Text("the measuring of volatility", "波动率测量"),
    "task.Watchdog": Text("the sign of life to the service manager", "向服务管理器报告存活"),
    "task.connect": Text("the connection to Telegram", "Telegram 连接"),
    "task.late": Text("the watch for checks that do not start", "检查停顿的监测"),
    "task.outbox": Text("the sending of messages", "消息发送"),
    "task.panels": Text("the panels", "面板刷新"),
    "line.trading_forbidden": Text(
        "⚠️ The API key can read but not trade: I close nothing. Allow “trade” for it; I notice by myself.",
        "⚠️ API 密钥只能查看、不能交易：不会下单。请给它“交易”权限，我会自动发现。",
    ),
    "line.trading_allowed": Text("🟢 The API key can trade now.", "🟢 API 密钥已可交易。"),
    "started.unused_keys": Text(
        "⚠️ API keys of OKX are filled in, but EXCHANGE=paper: this is a paper account, and your positions at OKX are not watched. "
        "EXCHANGE=okx in .env and a restart watch them.",
        "⚠️ 已填写 OKX 的 API 密钥，但 EXCHANGE=paper：当前是模拟盘，你在 OKX 的持仓没有被监控。要监控请在 .env 中设置 EXCHANGE=okx 并重启。",
    ),
    "started.routes": Text("Network: {ways}", "网络：{ways}"),
    "line.started": Text(
        "🚀 Started: {legs:# leg|# legs} on {exchange:exchange.}", "🚀 已启动：{exchange:exchange.}，{legs} 个仓位"
    ),
    "line.started.cut_short": Text(
        "🚀 Started after a crash or a kill: {legs:# leg|# legs} on {exchange:exchange.}",
        "🚀 异常退出后已重新启动：{exchange:exchange.}，{legs} 个仓位",
    ),
    "alert.started": Text(
        "🚀 <b>tgtp {version}</b> watches {exchange:exchange.}\n"
        "{legs:# leg|# legs}: {watched} under the rules, {small_legs} at {min_margin} U of margin or less (skipped)\n"
        "Every {interval} s · long {long_tiers} · short {short_tiers}\n"
        "Position mode: {profile.position_mode:position_mode.}",
        "🚀 <b>tgtp {version}</b> 已启动：{exchange:exchange.}\n"
        "{legs} 个仓位：{watched} 个按规则处理，{small_legs} 个保证金 ≤ {min_margin} U（不处理）\n"
        "每 {interval} 秒 · 多单 {long_tiers} · 空单 {short_tiers}\n"
        "持仓模式：{profile.position_mode:position_mode.}",
    ),
    "started.account_mode": Text(
        "Account mode: {profile.account_mode:account_mode.}", "账户模式：{profile.account_mode:account_mode.}"
    ),
    "account_mode.spot": Text("spot, which holds no perpetual swaps", "现货模式，不能持有永续合约"),
    "account_mode.futures": Text("futures", "合约模式"),
    "account_mode.multi_currency": Text("multi-currency margin", "跨币种保证金"),
    "account_mode.portfolio_margin": Text("portfolio margin", "组合保证金"),
    "started.perm": Text("Key: {what}", "密钥：{what}"),
    "started.trade": Text("can trade", "可交易"),
    "started.no_trade": Text("CANNOT trade: I only look", "不能交易：仅查看"),
    "started.bound": Text("bound to an IP", "已绑定 IP"),
    "started.unbound": Text(
        "not bound to an IP (bind it at OKX: a stolen key is then worthless)", "未绑定 IP（建议在 OKX 绑定，被盗也无法使用）"
    ),
    "started.withdraw": Text(
        "🚨 <b>This key can withdraw your money.</b> tgtp never needs that: make a key without it.",
        "🚨 <b>此密钥有提币权限。</b>tgtp 不需要它：请换一个没有提币权限的密钥。",
    ),
    "started.readable": Text(
        "⚠️ <b>{readable_secrets:brief} holds secrets, and other users of that machine can read it.</b> Close it there: <code>chmod 600 {readable_secrets:brief}</code>",
        "⚠️ <b>{readable_secrets:brief} 里有密钥，同一台机器上的其他用户可以读取。</b>请在那台机器上执行 <code>chmod 600 {readable_secrets:brief}</code>",
    ),
    "started.unwatched": Text("Not watched: {names}", "未监控：{names}"),
    "started.paused": Text("⏸ Still paused: {names}", "⏸ 仍在暂停：{names}"),
    "started.paper": Text(
        "The paper account has an imaginary trader who reopens a leg now and then, so that there is something to see.",
        "模拟盘里有一个虚拟交易者，会不时重新开仓，方便观察。",
    ),
    "started.missed": Text("I was away for {missed_seconds:age}.", "离线了 {missed_seconds:age}。"),
    "started.cut_short": Text(
        "⚠️ My last run did not end properly (a crash, a kill or a power cut): nobody watched from then until now. Orders on their way are looked up "
        "at the exchange, never sent again blindly; no tier is forgotten.",
        "⚠️ 上次运行没有正常结束（崩溃、被强制终止或断电），从那时到现在无人监控。途中的订单会先到交易所查询，不会盲目重发；档位记录没有丢失。",
    ),
}
