"""What concerns the running of the program: a start that is refused, alarms tried out, what is known ahead."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "refusal": Text(
        "🚨 tgtp cannot start on {host}, so nothing is guarded there.\n\n{why}",
        "🚨 tgtp 无法在 {host} 上启动，那里的仓位未监控。\n\n{why}",
    ),
    "refusal.second": Text(
        "⚠️ tgtp was started a second time on {host}, and that was refused. The one that runs already goes on.\n\n{why}",
        "⚠️ {host} 上重复启动了 tgtp，已拒绝。正在运行的那个不受影响。\n\n{why}",
    ),
    "drill.text": Text(
        "🔔 This is a drill of tgtp: an alarm would reach you like this. There is nothing to do.",
        "🔔 这是 tgtp 的报警演练：真正的报警会这样送达。无需处理。",
    ),
    "drill.begins": Text("🔔 Drill: I am trying {names}, once each …", "🔔 演练：正在各试一次 {names}…"),
    "drill.running": Text("A drill is under way; its outcome comes in a moment.", "演练正在进行，结果稍后给出。"),
    "drill.head": Text("<b>Drill</b>", "<b>报警演练</b>"),
    "drill.arrived": Text("🟢 {name}: accepted", "🟢 {name}：已接收"),
    "drill.failed": Text("🔴 {name}: <b>not accepted</b>", "🔴 {name}：<b>未接收</b>"),
    "drill.unclear": Text("⚠️ {name}: no answer; it may have been accepted", "⚠️ {name}：没有回应，可能已接收"),
    "drill.all": Text("Every way accepted it. Check that each device rang.", "全部已接收。请确认该响的设备确实响了。"),
    "drill.some": Text(
        "Fix what was not accepted (ALERT_URLS, HEARTBEAT_URL in .env; each owner must have started the bot), then /drill again.",
        "请修正未接收的方式（.env 里的 ALERT_URLS、HEARTBEAT_URL；每位所有者都要先启动机器人），再发送 /drill。",
    ),
    "drill.never": Text(
        "⚠️ Never tried whether an alarm arrives by {names}: /drill rings each once",
        "⚠️ 从未试过报警能否送达：{names}。发送 /drill 各试一次",
    ),
    "drill.missed": Text(
        "⚠️ The drill of {when} may not have arrived by {names}: fix that and /drill again",
        "⚠️ {when} 的演练未确认送达：{names}。请修正后再发送 /drill",
    ),
    "drill.last": Text("<b>Drill</b> {when}: every way accepted it", "<b>演练</b> {when}：全部已接收"),
    "line.downtime_ahead": Text(
        "⚠️ OKX will be in maintenance from {begins_at} to {ends_at}. I cannot guard then: no tier, no hedge, no close by hand. "
        "OKX calls it: {title:brief}",
        "⚠️ OKX 将于 {begins_at} 至 {ends_at} 维护，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title:brief}",
    ),
    "line.downtime_ahead.open": Text(
        "⚠️ OKX will be in maintenance from {begins_at} on and does not say until when. I cannot guard then: no tier, no hedge, "
        "no close by hand. OKX calls it: {title:brief}",
        "⚠️ OKX 将于 {begins_at} 开始维护，未公布结束时间，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title:brief}",
    ),
    "line.instrument_ends": Text(
        "⚠️ OKX delists {instrument_id} at {ends_at} and settles what is still open: {legs}. I cannot guard then; "
        "close before that if you want another price",
        "⚠️ OKX 将于 {ends_at} 下架 {instrument_id}，并结算仍持有的仓位：{legs}。届时无法监控；如需其他价格请提前平仓",
    ),
    "line.instrument_ends.suspended": Text(
        "🚨 OKX has suspended {instrument_id}: orders are not taken. I cannot guard {legs} until it trades again",
        "🚨 OKX 已暂停 {instrument_id} 交易，不接受订单。恢复前无法监控 {legs}",
    ),
    "line.funding_high": Text(
        "⚠️ Funding is high, {rate:%} now: about {payment:+U} U for {legs} at {settles_at}. The rate moves until then",
        "⚠️ 资金费率偏高，当前 {rate:%}：{legs} 预计资金费 {payment:+U} U，{settles_at} 结算，结算前费率还会变动",
    ),
    "tell.done": Text("Told by {by}.", "已通过 {by} 通知。"),
    "tell.lately": Text(
        "The same was sent within the last hour; it is not repeated.", "一小时内已通知过同样的内容，不再重复。"
    ),
    "tell.failed": Text(
        "No one could be told: neither Telegram nor ALERT_URLS accepted it.",
        "未能通知任何人：Telegram 和 ALERT_URLS 都没有接收。",
    ),
    "tell.nobody": Text(
        "No one is told of this: the settings give neither a bot with an owner nor ALERT_URLS.",
        "没有人会收到通知：设置中既读不到机器人及其所有者，也读不到 ALERT_URLS。",
    ),
    "tell.no_memory": Text(
        "No one is told of this: it cannot be recorded that it was sent ({why}), and it would be repeated at every start.",
        "未发送通知：无法记录已通知（{why}），否则每次启动都会重复发送。",
    ),
    # doctor
    "doctor.python": Text("Python {version}", "Python 版本 {version}"),
    "doctor.python_old": Text(
        "Python {version} is too old: tgtp needs 3.11 or newer", "Python {version} 过旧：tgtp 需要 3.11 以上"
    ),
    "doctor.python_old.do": Text(
        "Set it up again: make clean, then make run PYTHON=python3.12", "重新安装：make clean，然后 make run PYTHON=python3.12"
    ),
    "doctor.settings": Text("The settings are valid", "设置正确"),
    "doctor.settings_wrong": Text("The settings are refused: {why}", "设置有误：{why}"),
    "doctor.settings_wrong.do": Text(
        "Correct that line in .env (or the environment variable); .env.example explains every setting",
        "修正 .env 中的这一行（或环境变量）；.env.example.zh 说明了每项设置",
    ),
    "doctor.unknown_setting": Text(
        "{name} in .env is not a setting of tgtp and is ignored", ".env 中的 {name} 不是 tgtp 的设置，已忽略"
    ),
    "doctor.unknown_setting.do": Text("Correct the name, or put # before it", "修正名称，或在前面加 #"),
    "doctor.stray_setting": Text(
        "{name} in .env belongs to no account in ACCOUNTS and is ignored",
        ".env 中的 {name} 不属于 ACCOUNTS 中的任何账户，已忽略",
    ),
    "doctor.stray_setting.do": Text(
        "Add its account to ACCOUNTS, or put # before the line", "把对应的账户加入 ACCOUNTS，或在行首加 #"
    ),
    "doctor.left_out": Text("It will not start, the others will: {why}", "该账户不会启动，其他账户照常：{why}"),
    "doctor.left_out.do": Text(
        "Correct that in .env; until then it is not guarded", "请在 .env 中修正；在此之前该账户无人监控"
    ),
    "doctor.folder_shut": Text("The data folder {folder} cannot be written", "数据目录 {folder} 不可写"),
    "doctor.folder_shut.do": Text(
        "Give this user the right to write there, or set another DATA_DIR",
        "给当前用户写入权限，或另设 DATA_DIR",
    ),
    "doctor.disk": Text("{free} GB of disk are free", "磁盘剩余 {free} GB"),
    "doctor.disk_full": Text(
        "Only {free} GB of disk are free; nothing is sent when the ledger cannot be written",
        "磁盘只剩 {free} GB；数据文件无法写入时不会下单",
    ),
    "doctor.disk_full.do": Text("Free some disk space", "请清理磁盘"),
    "doctor.open_file": Text("Other users of this machine can read {file}", "本机其他用户可以读取 {file}"),
    "doctor.open_file.do": Text("Close it: chmod {mode} {file}", "请执行：chmod {mode} {file}"),
    "doctor.modes": Text("No file of tgtp is open to other users", "其他用户无法读取 tgtp 的文件"),
    "doctor.lock_unknown": Text(
        "This system does not show whether another tgtp uses {folder}",
        "本系统无法判断是否有其他 tgtp 正在使用 {folder}",
    ),
    "doctor.runs": Text(
        "A tgtp is running on {folder}; a second one would refuse to start", "有一个 tgtp 正在使用 {folder}；再启动一个会被拒绝"
    ),
    "doctor.runs_not": Text("No tgtp is running on {folder}", "没有 tgtp 正在使用 {folder}"),
    "doctor.ledger": Text(
        "The ledger in {folder} can be read; it remembers {lives:# leg|# legs}",
        "{folder} 中的数据文件（ledger.json）可读，记录了 {lives} 个仓位",
    ),
    "doctor.ledger_wrong": Text("The ledger is refused: {why}", "数据文件有误：{why}"),
    "doctor.ledger_wrong.do": Text("Follow this message before the next start", "请先按上面的说明处理，再启动"),
    "doctor.ledger_shut": Text("The ledger cannot be read: {why}", "数据文件无法读取：{why}"),
    "doctor.ledger_shut.do": Text(
        "Run this as the user that runs tgtp, or give it the folder: chown",
        "请用运行 tgtp 的用户执行，或用 chown 更改目录所有者",
    ),
    "doctor.way": Text("{side} is reached by the proxy {way}", "{side} 经代理 {way} 连接"),
    "doctor.way_direct": Text("{side} is reached directly", "{side} 直接连接"),
    "doctor.trouble_proxy": Text(
        "{what} is not the address of a proxy (http, https or socks5)", "{what} 不是可识别的代理地址（http、https 或 socks5）"
    ),
    "doctor.trouble_proxy.do": Text("Correct it where tgtp is started from, or remove it", "请在启动 tgtp 的地方修正或删除它"),
    "doctor.trouble_certificates": Text("{what} names certificates that cannot be read", "{what} 指向的证书无法读取"),
    "doctor.trouble_certificates.do": Text(
        "Correct it where tgtp is started from, or remove it", "请在启动 tgtp 的地方修正或删除它"
    ),
    "doctor.trouble_key_log": Text("{what} names a file that cannot be written", "{what} 指向的文件无法写入"),
    "doctor.trouble_key_log.do": Text(
        "Correct it where tgtp is started from, or remove it", "请在启动 tgtp 的地方修正或删除它"
    ),
    "doctor.token_in_clear": Text(
        "The bot's token is sent unencrypted to {host} (TELEGRAM_API_URL is http://)",
        "机器人的 token 以明文发送到 {host}（TELEGRAM_API_URL 是 http://）",
    ),
    "doctor.token_in_clear.do": Text("Use https:// unless the network is your own", "除非是自己的内网，否则请使用 https://"),
    "doctor.no_bot": Text("No Telegram bot is used", "未使用 Telegram 机器人"),
    "doctor.bot": Text("Telegram knows the bot: @{name}", "Telegram 机器人：@{name}"),
    "doctor.token_refused": Text("Telegram refuses TELEGRAM_BOT_TOKEN ({why})", "Telegram 拒绝了 TELEGRAM_BOT_TOKEN（{why}）"),
    "doctor.token_refused.do": Text(
        "Get the right token from @BotFather and put it into .env", "请向 @BotFather 获取正确的 token 并写入 .env"
    ),
    "doctor.telegram_down": Text("Telegram cannot be reached ({why})", "无法连接 Telegram（{why}）"),
    "doctor.telegram_down.do": Text(
        "Look at the proxy and TELEGRAM_API_URL. Checks go on meanwhile; set ALERT_URLS as a fallback",
        "检查代理和 TELEGRAM_API_URL。检查照常进行；可设置 ALERT_URLS 作为第二通道",
    ),
    "doctor.no_owner": Text("The bot has no owner yet", "机器人还没有所有者"),
    "doctor.no_owner.do": Text(
        "Start tgtp and send the code of its console to the bot, or set TELEGRAM_ALLOWED_USERS",
        "启动 tgtp 并把控制台的配对码发给机器人，或设置 TELEGRAM_ALLOWED_USERS",
    ),
    "doctor.owner": Text("The bot may write to the owner {id}", "机器人可以给所有者 {id} 发消息"),
    "doctor.owner_deaf": Text("The bot may not write to the owner {id} ({why})", "机器人不能给所有者 {id} 发消息（{why}）"),
    "doctor.owner_deaf.do": Text(
        "{id} must open the bot in Telegram and send /start, or unblock it",
        "请 {id} 在 Telegram 打开机器人并发送 /start，或解除屏蔽",
    ),
    "doctor.second_way": Text(
        "{count:# address|# addresses} in ALERT_URLS; /drill tries {count:it|them}",
        "ALERT_URLS 中有 {count} 个地址；用 /drill 试一次",
    ),
    "doctor.second_way_none": Text("No fallback is set (ALERT_URLS)", "未设置第二通道（ALERT_URLS）"),
    "doctor.address_refused": Text("An address of ALERT_URLS is not valid: {why}", "ALERT_URLS 中有地址无效：{why}"),
    "doctor.address_refused.do": Text(
        "Correct it as .env.example shows, or take it out", "按 .env.example.zh 的写法修正，或删除"
    ),
    "doctor.heartbeat": Text("A heartbeat is set", "已设置心跳"),
    "doctor.heartbeat_none": Text("No heartbeat is set (HEARTBEAT_URL)", "未设置心跳（HEARTBEAT_URL）"),
    "doctor.paper": Text("This is a paper account: OKX was not asked", "模拟盘：未查询 OKX"),
    "doctor.okx": Text("OKX answers at {host}", "OKX 可用：{host}"),
    "doctor.okx_problem": Text("The account at {host} cannot be read: {why}", "无法读取账户（{host}）：{why}"),
    "doctor.okx_problem.do": Text(
        "Try again; if it lasts, look at the network and at OKX's status", "请重试；若持续，请检查网络和 OKX 状态"
    ),
    "doctor.okx_demo": Text(
        "OKX at {host} says that the key is of another environment: {why}", "OKX（{host}）表示密钥不属于该环境：{why}"
    ),
    "doctor.okx_demo.do": Text(
        "OKX_DEMO=true for a key of demo trading, OKX_DEMO=false for any other",
        "模拟交易的密钥用 OKX_DEMO=true，其他用 OKX_DEMO=false",
    ),
    "doctor.okx_passphrase": Text("OKX at {host} refuses the passphrase: {why}", "OKX（{host}）拒绝了 passphrase：{why}"),
    "doctor.okx_passphrase.do": Text(
        "Correct the API_PASSPHRASE of this account: it is the one that was given when the key was made",
        "修正该账户的 API_PASSPHRASE：创建密钥时填写的那个",
    ),
    "doctor.okx_address": Text("OKX at {host} refuses this machine's address: {why}", "OKX（{host}）拒绝了本机 IP：{why}"),
    "doctor.okx_address.do": Text(
        "Add the address that OKX names to the key's list, or reach OKX from an address that is on it",
        "把 OKX 所说的 IP 加入密钥白名单，或从白名单中的 IP 连接",
    ),
    "doctor.okx_key": Text("OKX at {host} does not know the key: {why}", "OKX（{host}）不认识该密钥：{why}"),
    "doctor.okx_key.do": Text(
        "Correct the API_KEY of this account, or make a new key at OKX", "修正该账户的 API_KEY，或在 OKX 新建密钥"
    ),
    "doctor.okx_signature": Text("OKX at {host} refuses the signature: {why}", "OKX（{host}）拒绝了签名：{why}"),
    "doctor.okx_signature.do": Text("Correct the API_SECRET of this account", "修正该账户的 API_SECRET"),
    "doctor.okx_region": Text(
        "OKX at {host} does not know the key in this region: {why}", "OKX（{host}）表示密钥属于其他地区：{why}"
    ),
    "doctor.okx_region.do": Text(
        "Set OKX_API_URL to your region: https://www.okx.com, https://eea.okx.com or https://us.okx.com",
        "把 OKX_API_URL 设为你的地区：https://www.okx.com、https://eea.okx.com 或 https://us.okx.com",
    ),
    "doctor.clock": Text("The clock agrees with OKX's ({seconds} s)", "时钟与 OKX 一致（{seconds} 秒）"),
    "doctor.clock_off": Text(
        "The clock is {seconds} s off OKX's; at 30 s OKX refuses signed requests",
        "时钟与 OKX 相差 {seconds} 秒；相差 30 秒时 OKX 会拒绝请求",
    ),
    "doctor.clock_off.do": Text("Set the clock: timedatectl set-ntp true", "校准时钟：timedatectl set-ntp true"),
    "doctor.stream": Text(
        "OKX's stream at {host} brings mark prices, and {accounts:# account|# accounts}",
        "OKX 推送可用（{host}）：标记价，以及 {accounts} 个账户",
    ),
    "doctor.stream_off": Text("OKX's stream is not used (STREAM=off)", "未使用 OKX 推送（STREAM=off）"),
    "doctor.stream_shut": Text("OKX's stream at {host} cannot be reached: {why}", "无法连接 OKX 推送（{host}）：{why}"),
    "doctor.stream_shut.do": Text(
        "Let this machine, or its proxy, connect to {host}. Until then tiers are decided by checks alone",
        "请允许本机（或代理）连接 {host}；在此之前档位只由定时检查触发",
    ),
    "doctor.stream_login": Text("OKX's stream refuses the login: {why}", "OKX 推送拒绝登录：{why}"),
    "doctor.stream_login.do": Text(
        "Look at the key at OKX (its region, demo or real). Until then tiers are decided by checks alone",
        "请在 OKX 检查该密钥（地区、模拟或实盘）；在此之前档位只由定时检查触发",
    ),
    "doctor.stream_clock": Text("OKX's stream refuses the login for its time: {why}", "OKX 推送因时间不符拒绝登录：{why}"),
    "doctor.stream_clock.do": Text("Set the clock: timedatectl set-ntp true", "校准时钟：timedatectl set-ntp true"),
    "doctor.stream_silent": Text(
        "OKX's stream connects, but sends no mark price of {instrument}: {why}",
        "OKX 推送已连接，但没有收到 {instrument} 的标记价：{why}",
    ),
    "doctor.stream_silent.do": Text(
        "Try again; until prices come, tiers are decided by checks alone", "请稍后再试；收到价格之前，档位只由定时检查触发"
    ),
    "doctor.uid": Text("The key {label} is of the account {uid}", "密钥 {label} 属于账户 {uid}"),
    "doctor.held_shared": Text(
        "The key is of the same account as that of {other}; nothing is done under this name",
        "密钥与 {other} 属于同一账户；该名称下不会执行任何操作",
    ),
    "doctor.held_shared.do": Text(
        "Give this account a key of its own, or take it out of ACCOUNTS",
        "为该账户使用自己的密钥，或从 ACCOUNTS 中删除",
    ),
    "doctor.held_changed": Text(
        "The key is of another account than before; nothing would be done until that is confirmed",
        "密钥属于与之前不同的账户；确认之前不会执行任何操作",
    ),
    "doctor.held_changed.do": Text(
        "Put the former key back, or confirm the new one by the button on the phone",
        "换回原来的密钥，或在手机上按按钮确认",
    ),
    "doctor.held_waits": Text(
        "The key is of the account that was called {other}, whose own key could not be read",
        "密钥属于曾名为 {other} 的账户，而后者自己的密钥无法读取",
    ),
    "doctor.held_waits.do": Text("Correct the key of {other}", "修正 {other} 的密钥"),
    "doctor.may_trade": Text("The key can trade", "密钥可以交易"),
    "doctor.may_not_trade": Text("The key cannot trade: nothing could be closed", "密钥没有交易权限：无法平仓"),
    "doctor.may_not_trade.do": Text("Give the key the permission to trade at OKX", "在 OKX 为密钥开通交易权限"),
    "doctor.may_withdraw": Text(
        "The key can withdraw: whoever gets it can take your money", "密钥有提币权限：得到它的人可以取走资金"
    ),
    "doctor.may_withdraw.do": Text(
        "Make a key without that permission and delete this one", "新建没有提币权限的密钥，并删除这个"
    ),
    "doctor.bound": Text("The key is bound to addresses", "密钥已绑定 IP"),
    "doctor.unbound": Text("The key works from any address", "密钥未绑定 IP"),
    "doctor.unbound.do": Text(
        "Bind it to this machine's address at OKX; unbound keys may also expire", "在 OKX 绑定本机 IP；未绑定的密钥还可能过期"
    ),
    "doctor.mode": Text("Account mode: {mode}", "账户模式：{mode}"),
    "doctor.mode_spot": Text("The account is in spot mode: it holds no swaps", "账户为现货模式：没有永续合约"),
    "doctor.mode_spot.do": Text("Choose a mode with futures at OKX", "在 OKX 选择可交易合约的账户模式"),
    "doctor.mode_portfolio_margin": Text(
        "The account is on portfolio margin: its cross legs are shown, not guarded", "账户为组合保证金：全仓仓位只显示，不监控"
    ),
    "doctor.mode_portfolio_margin.do": Text(
        "To have legs guarded, use isolated legs or another account mode", "需要监控时请使用逐仓，或其他账户模式"
    ),
    "doctor.position_mode": Text("Position mode: {mode}", "持仓模式：{mode}"),
    "doctor.legs": Text("Watched: {legs:# leg|# legs}: {rows}", "监控 {legs} 个仓位：{rows}"),
    "doctor.unreadable": Text(
        "Unreadable, so not guarded: {rows} ({nameless:# row|# rows} without a name)",
        "无法读取，因此不监控：{rows}（{nameless} 行无名称）",
    ),
    "doctor.unreadable.do": Text(
        "Look at these legs at OKX; closing them by hand works",
        "请在 OKX 查看这些仓位；可以手动平仓",
    ),
    "doctor.unwatched": Text("Not watched: {names}", "不监控：{names}"),
    "doctor.closing_orders": Text(
        "Take-profit or stop orders of yours close the whole leg: {rows}", "你设置的止盈止损会平掉整个仓位：{rows}"
    ),
    "doctor.closing_orders.do": Text("Cancel them if tgtp alone should close", "如果只由 tgtp 处理，请撤销"),
    "doctor.ends": Text("OKX delists {instrument} at {when}", "OKX 将于 {when} 下架 {instrument}"),
    "doctor.ends.do": Text(
        "Close it before, if you want another price than the settlement",
        "如需结算价以外的价格，请提前平仓",
    ),
    "doctor.suspended": Text("OKX has suspended {instrument}: it cannot be guarded", "OKX 已暂停 {instrument} 交易：无法监控"),
    "doctor.suspended.do": Text("Wait until it trades again", "等待恢复交易"),
    "doctor.paused": Text("Paused: {names}", "已暂停：{names}"),
    "doctor.disarmed": Text(
        "The drawdown guard has acted, and is off since: nothing guards the account as a whole",
        "账户回撤保护已触发，之后未再启用：账户整体没有保护",
    ),
    "doctor.disarmed.do": Text("Look into it, then /guards reset", "查明原因后发送 /guards reset"),
    "doctor.due": Text("What the rules would do now: {rows}", "规则现在会执行：{rows}"),
    "doctor.due.do": Text(
        "That is what the next check does. If you do not want it: change the tiers, or /pause first",
        "下一次检查就会执行。不需要的话：请修改档位或先 /pause",
    ),
    "doctor.due_first": Text(
        "The first start is paused. What the rules would do once you press “Start guarding”: {rows}",
        "首次启动会先暂停。按下“开始监控”后规则会执行：{rows}",
    ),
    "doctor.held_back": Text("What the rules would do now but for a pause: {rows}", "若未暂停，规则现在会执行：{rows}"),
    "doctor.nothing_due": Text("The rules would do nothing now", "规则现在不会有任何操作"),
    "doctor.under_way": Text("{count:# order|# orders} of tgtp {count:is|are} being looked up", "有 {count} 笔订单正在查询"),
    "doctor.foreign": Text(
        "{count:# order with an id of tgtp is|# orders with ids of tgtp are} not in this ledger, the first {order} on {instrument}",
        "有 {count} 笔以 tgtp 名义下的订单不在数据文件中，第一笔为 {instrument} 的 {order}",
    ),
    "doctor.foreign.do": Text(
        "Stop the other tgtp on this account, or put the newest ledger back",
        "停掉该账户上的另一个 tgtp，或恢复最新的数据文件",
    ),
    "doctor.rests": Text(
        "{count:# order of others rests|# orders of others rest} in the account: {rows}",
        "账户中有 {count} 笔非 tgtp 的挂单：{rows}",
    ),
    "doctor.rests.do": Text(
        "They may close the same contracts first; cancel those you do not want",
        "它们可能先平掉同样的张数；不需要的请撤销",
    ),
    "doctor.downtime": Text("OKX announces a maintenance from {when} on: {title}", "OKX 公告 {when} 起维护：{title}"),
    "doctor.downtime.do": Text(
        "Nothing can be guarded then; close before what needs guarding",
        "届时无法监控；需要的请提前平仓",
    ),
    "doctor.exit_good": Text("All is well.", "一切正常。"),
    "doctor.exit_attention": Text("It can start; something needs your attention.", "可以启动；有事项需要处理。"),
    "doctor.exit_stop": Text("It cannot start like this.", "目前无法启动。"),
}
