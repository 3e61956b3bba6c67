"""Words that many sentences are made of: sides, modes, durations, problems."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

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
    # by which way a side goes
    "route.okx": Text("OKX {way}", "OKX {way}"),
    "route.telegram": Text("Telegram {way}", "Telegram {way}"),
    "way.direct": Text("directly", "直连"),
    "way.direct.said": Text("directly ({setting})", "直连（{setting}）"),
    "way.proxy": Text("by {proxy} ({setting})", "经代理 {proxy}（{setting}）"),
    # durations
    "age.seconds": Text("{n} s", "{n} 秒"),
    "age.minutes": Text("{n} min", "{n} 分钟"),
    "age.hours": Text("{n} h", "{n} 小时"),
    "age.days": Text("{n} d", "{n} 天"),
    # problems: the English is what is raised, word for word
    "problem.direct": Text(
        "{why}, through the proxy {proxy} ({setting}); without it OKX answers: write OKX_PROXY_URL=direct into .env and start me again",
        "{why}（经由 {setting} 的代理 {proxy}）；不经代理 OKX 可以访问：请在 .env 写入 OKX_PROXY_URL=direct 并重启",
    ),
    "problem.through": Text("{why}, through the proxy {proxy} ({setting})", "{why}（经由 {setting} 的代理 {proxy}）"),
    "problem.region": Text(
        "OKX says {code}: {words} (a key of another region? OKX_API_URL is {hosts})",
        "OKX 返回 {code}：{words}（密钥属于其他地区？OKX_API_URL 应为 {hosts}）",
    ),
    "problem.demo": Text(
        "OKX says {code}: {words} (is it a key of demo trading? OKX_DEMO is true for those only)",
        "OKX 返回 {code}：{words}（是模拟交易的密钥吗？只有模拟交易的密钥才用 OKX_DEMO=true）",
    ),
    "problem.address": Text(
        "OKX says {code}: the address {address} is not on the list of this API key",
        "OKX 返回 {code}：IP {address} 不在该 API 密钥的白名单中",
    ),
    "problem.huge": Text(
        "OKX's reply was longer than {megabytes} MB, and was not read", "OKX 的回复超过 {megabytes} MB，未读取"
    ),
    "problem.slow": Text("OKX did not answer in time", "OKX 未及时响应"),
    "problem.away": Text("OKX could not be reached, or is not in service", "无法连接 OKX，或 OKX 暂停服务"),
    "problem.network": Text("OKX could not be reached", "无法连接 OKX"),
    "problem.keys": Text("OKX refuses the keys", "OKX 拒绝了密钥"),
    "problem.flood": Text("OKX says that there were too many requests", "OKX 提示请求过于频繁"),
    "problem.nonsense": Text("OKX's answer made no sense ({kind})", "OKX 的回复无法理解（{kind}）"),
    "problem.proxy_who": Text("the proxy refuses its user name and password (407)", "代理拒绝了用户名和密码（407）"),
    "problem.proxy_no": Text("the proxy does not connect to OKX, it answers {code}", "代理未连接 OKX，返回 {code}"),
    "problem.code": Text("OKX says {code}", "OKX 返回 {code}"),
    "problem.says": Text("OKX says {code}: {words}", "OKX 返回 {code}：{words}"),
    "problem.proxy": Text("the reply is not one of OKX's (a proxy's page, perhaps)", "收到的不是 OKX 的回复（可能是代理页面）"),
    "problem.rows": Text("OKX sent a reply without its rows", "OKX 的回复缺少数据"),
    "problem.instruments": Text("OKX sent no instruments", "OKX 没有返回合约列表"),
    "problem.config": Text("OKX sent an account configuration without content", "OKX 返回的账户配置为空"),
    "problem.mode": Text("OKX names an unknown position mode: {mode}", "OKX 返回了未知的持仓模式：{mode}"),
    "problem.order": Text("OKX sent an order that makes no sense: {what}", "OKX 返回的订单无法理解：{what}"),
    "problem.trade": Text("OKX sent a trade that makes no sense: {what}", "OKX 返回的成交无法理解：{what}"),
    "problem.long": Text("the check took more than {seconds} s and was given up", "检查超过 {seconds} 秒，已放弃"),
    "problem.unforeseen": Text("unforeseen {what}", "意外错误 {what}"),
    "problem.unwritten": Text("{path} could not be written: {why}", "{path} 无法写入：{why}"),
    "problem.held_shared": Text(
        "the API key is of the same account as that of another name; nothing was sent",
        "密钥与另一个名称的密钥属于同一个账户，未发送任何订单",
    ),
    "problem.held_changed": Text(
        "the API key is of another account than before; nothing was sent", "密钥属于另一个账户，与之前不同，未发送任何订单"
    ),
    "problem.held_waits": Text(
        "the API key may be of an account that another name stands for; nothing was sent",
        "密钥可能属于另一个名称所代表的账户，未发送任何订单",
    ),
    "problem.unsaved": Text("the paper account could not be saved: {why}", "模拟账户无法保存：{why}"),
    # why settings are refused: the English is what is raised, word for word
    "setting.text": Text(
        "{path} is not UTF-8 text; save it as UTF-8",
        "{path} 不是 UTF-8 文本，请另存为 UTF-8",
    ),
    "setting.line": Text(
        "{path}, line {line} is not NAME=VALUE; put what has quotes in it between single quotes, mend the line, or put # before it",
        "{path} 第 {line} 行不是 NAME=VALUE 的形式（等号须为半角 =）；值里有引号时请用单引号括起来，或修正此行，或在行首加 #",
    ),
    "setting.name.near": Text(
        "{name} is no setting; did you mean {near}? Rename it, or put # before it",
        "{name} 不是设置项，是否想写 {near}？请改名，或在行首加 #",
    ),
    "setting.name.account": Text(
        "{name} is no setting of the account {account}; mend its name, or put # before it",
        "{name} 不是账户 {account} 的设置；请改正名称，或在行首加 #",
    ),
    "setting.twice": Text(
        "{name} has another value on line {other}; take one of the two lines out",
        "{name} 在第 {other} 行另有不同的值；请删去其中一行",
    ),
    "setting.typed": Text(
        "{name} would not arrive as it was typed: {how}",
        "{name} 读到的内容会与所写的不同：{how}",
    ),
    "setting.typed.open": Text(
        "a quote at its beginning is closed on a later line only",
        "开头的引号到后面的行才闭合；请用单引号括起整个值",
    ),
    "setting.typed.backslash": Text(
        "a backslash between quotes changes what follows it; write the value without quotes",
        "引号内的反斜杠会改变后面的字符；请去掉引号直接写值",
    ),
    "setting.typed.variable": Text(
        "${{…}} is not filled in; write out what it stands for",
        "${{…}} 不会被替换；请直接写出它代表的内容",
    ),
    "setting.typed.comment": Text(
        "what follows a blank and # counts as a comment; put the value between single quotes",
        "空格和 # 之后的内容算作注释；请用单引号括起整个值",
    ),
    "setting.typed.quotes": Text(
        "these are quotes of a text processor; put the value between single quotes",
        "这是文字处理软件的引号；请改用英文单引号",
    ),
    "setting.account.name": Text(
        "{name} is no name of an account (1 to 12 letters or digits)",
        "{name} 不能作为账户名（1 到 12 个字母或数字）",
    ),
    "setting.account.taken": Text(
        "{name} means something else in commands or settings",
        "{name} 在命令或设置中另有含义",
    ),
    "setting.account.first": Text(
        "the first account is the main one",
        "第一个账户必须是 main",
    ),
    "setting.account.twice": Text(
        "an account is named twice",
        "有账户重复",
    ),
    "setting.account.key": Text(
        "{setting} is empty, but EXCHANGE=okx needs it for the account {name}; put it into .env, or take {same} out of ACCOUNTS",
        "{setting} 为空，而 EXCHANGE=okx 的账户 {name} 需要它；请写入 .env，或把 {same} 从 ACCOUNTS 中去掉",
    ),
    "setting.account.same": Text(
        "{setting} is the same key as {other}: two accounts would trade the same legs twice; give each account its own key",
        "{setting} 与 {other} 是同一个密钥：两个账户会把同样的仓位交易两次；请给每个账户各自的密钥",
    ),
    "setting.account.main": Text(
        "{name}=on, but {account} is no sub-account; set it to off, or {role} to sub",
        "{name}=on，但 {account} 不是子账户；请设为 off，或把 {role} 设为 sub",
    ),
    "setting.empty": Text(
        "{name} is empty, but {why} needs it; put it into .env",
        "{name} 为空，而 {why} 需要它；请写入 .env",
    ),
    "setting.live": Text(
        "CHAT=local with EXCHANGE=okx puts real money behind a page on this machine; set CHAT=telegram, or ALLOW_LIVE_LOCAL_CHAT=true if that is what you want",
        "CHAT=local 加 EXCHANGE=okx 会让本机网页操作真实资金；请设 CHAT=telegram，确实需要时设 ALLOW_LIVE_LOCAL_CHAT=true",
    ),
    "setting.base32": Text(
        "it is no secret in base32",
        "不是 base32 密钥",
    ),
    "setting.zone": Text(
        "there is no time zone of that name",
        "没有这个时区",
    ),
    "setting.time": Text(
        "it is no time of day",
        "不是一天中的时刻",
    ),
    "setting.letters": Text(
        "it has letters that no such key has",
        "含有这类密钥不会有的字符",
    ),
    "setting.small": Text(
        "it is too small",
        "数值太小",
    ),
    "setting.folder.control": Text(
        "a folder's name has no control characters",
        "文件夹名不能含控制字符",
    ),
    "setting.folder.home": Text(
        "the home folder that it names is not known",
        "找不到它所指的主目录",
    ),
    "setting.user": Text(
        "{id} is not a numeric id (names can change hands and are not taken)",
        "{id} 不是数字 ID（用户名可能易主，因此不接受）",
    ),
    "setting.address": Text(
        "it must be an address that begins with {safe} or {plain}",
        "必须是以 {safe} 或 {plain} 开头的地址",
    ),
    "setting.clear": Text(
        "keys do not travel in clear; the address must begin with {safe}",
        "密钥不能明文传输；地址必须以 {safe} 开头",
    ),
    "setting.clear.token": Text(
        "the bot's token does not travel in clear; http:// is for this machine or a private network, elsewhere the address must begin with https://",
        "机器人的 token 不能明文传输；http:// 只能用于本机或内网，其他地址必须以 https:// 开头",
    ),
    "setting.token": Text(
        "it is no token",
        "不是合格的令牌",
    ),
    "setting.round": Text(
        "{word} is no round BUY:KEEP",
        "{word} 不是“买入:保留”的一轮",
    ),
    "setting.page": Text(
        "LOCAL_CHAT_PORT={port} cannot be used ({why}); choose another port, or 0 for any",
        "LOCAL_CHAT_PORT={port} 无法使用（{why}）；请换一个端口，或用 0 任选",
    ),
    "setting.alert": Text(
        "ALERT_URLS: address {number}, {kind}, is none that apprise knows, or it lacks something; {where} shows how each service is written",
        "ALERT_URLS：第 {number} 个地址 {kind} 不是 apprise 认识的，或缺少内容；写法见 {where}",
    ),
    "setting.home.unknown": Text(
        "your home folder is not known; name a folder by {option} or {name}",
        "找不到您的主目录；请用 {option} 或 {name} 指定一个文件夹",
    ),
    "setting.home.missing": Text(
        "{folder} is no folder; make it, or correct {option} or {name}",
        "{folder} 不是文件夹；请先创建，或更正 {option} 或 {name}",
    ),
    "setting.home.passed": Text(
        "{file} is not read, for tgtp works in {folder}; move it there, or start with {option}",
        "不会读取 {file}：tgtp 的工作文件夹是 {folder}；请把它移到那里，或用 {option} 启动",
    ),
    "setting.folder": Text(
        "DATA_DIR={folder} cannot be used: {why}; choose a folder that can be written",
        "DATA_DIR={folder} 无法使用：{why}；请选一个可写的文件夹",
    ),
    "setting.folder.disk": Text(
        "{why}; free some disk space or choose another DATA_DIR",
        "{why}；请腾出磁盘空间，或换一个 DATA_DIR",
    ),
    "setting.pair.local": Text(
        "CHAT=local has no owner to pair with; a code is for CHAT=telegram",
        "CHAT=local 没有所有者，无需配对；配对码用于 CHAT=telegram",
    ),
    "setting.pair.named": Text(
        "TELEGRAM_ALLOWED_USERS names the owners, and no code is taken; change it in .env",
        "所有者由 TELEGRAM_ALLOWED_USERS 指定，不接受配对码；请在 .env 中修改",
    ),
    "setting.folder.busy": Text(
        "another tgtp is working on {folder}; stop it first, or give this one its own DATA_DIR",
        "另一个 tgtp 正在使用 {folder}；请先停掉它，或给这个另设 DATA_DIR",
    ),
    "setting.folder.other": Text(
        "the lock of {folder} belongs to another user ({owner}); start tgtp as that user, or give this one its own DATA_DIR",
        "{folder} 的锁属于本机另一个用户（{owner}）：请以该用户启动 tgtp，或另设 DATA_DIR",
    ),
    "setting.ledger": Text(
        "{path} cannot be read: {why}. Nothing was changed. {restore}; or, if you accept that tiers which have fired may fire again, begin a new one: {command} (everything is paused then, until /resume)",
        "{path} 无法读取：{why}。未作任何改动。恢复办法：{restore}；或者，如果接受已触发的档位可能再次触发，可新建账本：{command}（之后全部暂停，直到 /resume）",
    ),
    "setting.newer": Text(
        "{path} was written by a newer tgtp (format {format}; this one knows {known}). Nothing was changed. Start that version again",
        "{path} 由更新版本的 tgtp 写成（格式 {format}，本版只认识 {known}）。未作任何改动。请用回那个版本",
    ),
    "setting.unreadable": Text(
        "{path} cannot be read: {why}",
        "{path} 无法读取：{why}",
    ),
    "setting.wants.exchange": Text(
        "paper or okx",
        "paper 或 okx",
    ),
    "setting.wants.prices": Text(
        "simulated or live",
        "simulated 或 live",
    ),
    "setting.wants.chat": Text(
        "local or telegram",
        "local 或 telegram",
    ),
    "setting.wants.language": Text(
        "zh, en, or nothing (each user's own)",
        "zh、en 或留空（随各用户）",
    ),
    "setting.wants.users": Text(
        "numeric user ids, comma separated, as 12345678,87654321",
        "数字用户 ID，用逗号分隔，如 12345678,87654321",
    ),
    "setting.wants.address": Text(
        "an address as {example}",
        "形如 {example} 的地址",
    ),
    "setting.wants.port": Text(
        "a port from 0 to 65535",
        "0 到 65535 的端口",
    ),
    "setting.wants.token": Text(
        "32 to 200 letters, digits, - and _",
        "32 到 200 个字母、数字、- 和 _",
    ),
    "setting.wants.bool": Text(
        "true or false",
        "true 或 false",
    ),
    "setting.wants.switch": Text(
        "on or off",
        "on 或 off",
    ),
    "setting.wants.role": Text(
        "main or sub",
        "main 或 sub",
    ),
    "setting.wants.accounts": Text(
        "names of letters and digits, main first, as main,alpha,beta",
        "由字母和数字组成的名字，main 在前，如 main,alpha,beta",
    ),
    "setting.wants.plan": Text(
        "rounds BUY:KEEP in USDT of margin, as 100:10,100:10,200:20",
        "按保证金 USDT 写的“买入:保留”各轮，如 100:10,100:10,200:20",
    ),
    "setting.wants.roi": Text(
        "a ROI in percent from -100 to below 0, as -10",
        "-100 到 0 以下的收益率（%），如 -10",
    ),
    "setting.wants.totp": Text(
        "a base32 secret of 23 characters or more",
        "23 个字符以上的 base32 密钥",
    ),
    "setting.wants.seconds": Text(
        "whole seconds from 1 to 3600",
        "1 到 3600 的整秒数",
    ),
    "setting.wants.min": Text(
        "an amount in USDT from 0 to 1000000, as 1",
        "0 到 1000000 的 USDT 金额，如 1",
    ),
    "setting.wants.keep": Text(
        "an amount in USDT above 0 and up to 1000000, as 1",
        "大于 0、不超过 1000000 的 USDT 金额，如 1",
    ),
    "setting.wants.tiers": Text(
        "rising tiers ROI:SHARE in percent, as {example}",
        "递增的“收益率:比例”档位（%），如 {example}",
    ),
    "setting.wants.rearm": Text(
        "on_close or on_add",
        "on_close 或 on_add",
    ),
    "setting.wants.slippage": Text(
        "percent of the mark price from 0 (off) to 50, as 0.5",
        "标记价的百分比，0（关闭）到 50，如 0.5",
    ),
    "setting.wants.zone": Text(
        "a name as Asia/Shanghai or UTC",
        "形如 Asia/Shanghai 或 UTC 的名称",
    ),
    "setting.wants.time": Text(
        "a time of day as 08:00, or off",
        "形如 08:00 的时刻，或 off",
    ),
    "setting.wants.liquidation": Text(
        "percent of the price from 0 (off) to 100, as 20",
        "价格的百分比，0（关闭）到 100，如 20",
    ),
    "setting.wants.folder": Text(
        "a folder",
        "一个文件夹",
    ),
    "setting.wants.first": Text("pause or run", "pause（先暂停）或 run（直接运行）"),
    "setting.wants.guard": Text("guard or watch", "guard（监控）或 watch（仅观察）"),
    "setting.wants.proxy": Text(
        "direct, or an address as {http} or {socks} (a name and a password stand before the host as name:password@; # in them is %23)",
        "direct，或形如 {http} 或 {socks} 的地址（用户名和密码写在主机前：用户名:密码@；其中的 # 写作 %23）",
    ),
    "setting.proxy.kind": Text("it is no proxy of a kind that is known here", "不是可识别的代理类型"),
    "setting.proxy.port": Text("its port is no number of a port", "端口不是有效的端口号"),
    "setting.proxy.host": Text("it has no host, or no port", "缺少主机或端口"),
    "setting.proxy.split": Text(
        "a password with / ? or # in it is written with %2F, %3F or %23", "密码中的 / ? # 须写作 %2F、%3F、%23"
    ),
    "setting.proxy.no_host": Text("it has no host", "缺少主机"),
    "setting.proxy.ascii": Text(
        "its user name and password want letters, digits and signs of ASCII, 255 at most",
        "用户名和密码只能用 ASCII 字母、数字和符号，最多 255 个",
    ),
    "setting.proxy.colon": Text("a user name has no colon", "用户名不能含冒号"),
    "setting.wants.alerts": Text("critical or tiers", "critical 或 tiers"),
    "setting.wants.level": Text(
        "DEBUG, INFO, WARNING or ERROR",
        "DEBUG、INFO、WARNING 或 ERROR 之一",
    ),
}
