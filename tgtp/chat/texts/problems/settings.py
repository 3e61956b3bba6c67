"""Why a setting is refused."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "start.invalid": Text("{name}={got} is not valid", "{name}={got} 无效"),
    "start.wrong": Text("{name}={got}: {why}", "{name}={got}：{why}"),
    "start.wants": Text("{said}; it wants {wants}", "{said}；应为 {wants}"),
    "start.full_width": Text("{said}; it is written in full-width signs", "{said}；其中有全角字符，请改用半角"),
    "start.place": Text("{said} ({file}, line {line})", "{said}（{file} 第 {line} 行）"),
    "setting.text": Text(
        "{path} is not UTF-8 text; save it as UTF-8",
        "{path} 不是 UTF-8 文本，请另存为 UTF-8",
    ),
    "setting.line": Text(
        "{path}, line {line} is not NAME=VALUE; put a value with quotes in it between single quotes, correct the line, or put # before it",
        "{path} 第 {line} 行不是 NAME=VALUE 的形式（等号须为半角 =）；值里有引号时请用单引号括起来，或修正此行，或在行首加 #",
    ),
    "setting.name.near": Text(
        "{name} is not a setting; did you mean {near}? Rename it, or put # before it",
        "{name} 不是设置项，是否想写 {near}？请改名，或在行首加 #",
    ),
    "setting.name.account": Text(
        "{name} is not a setting of the account {account}; correct its name, or put # before it",
        "{name} 不是账户 {account} 的设置；请改正名称，或在行首加 #",
    ),
    "setting.twice": Text(
        "{name} has another value on line {other}; remove one of the two lines",
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
        "{name} is not a name for an account (1 to 12 letters or digits)",
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
        "{setting} is empty, but EXCHANGE=okx needs it for the account {name}; put it into .env, or remove {name} from ACCOUNTS",
        "{setting} 为空，而 EXCHANGE=okx 的账户 {name} 需要它；请写入 .env，或把 {name} 从 ACCOUNTS 中去掉",
    ),
    "setting.account.same": Text(
        "{setting} is the same key as {other}: two accounts would trade the same legs twice; give each account its own key",
        "{setting} 与 {other} 是同一个密钥：两个账户会把同样的仓位交易两次；请给每个账户各自的密钥",
    ),
    "setting.account.main": Text(
        "{name}=on, but {account} is not a sub-account; set it to off, or {role} to sub",
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
    "setting.drama": Text(
        "PAPER_DRAMA=on plays a plot, which live prices do not follow; set PAPER_PRICES=simulated, or PAPER_DRAMA=off",
        "PAPER_DRAMA=on 按剧本走行情，实时价格做不到；请设 PAPER_PRICES=simulated，或 PAPER_DRAMA=off",
    ),
    "setting.base32": Text(
        "it is not a base32 secret",
        "不是 base32 密钥",
    ),
    "setting.zone": Text(
        "there is no time zone of that name",
        "没有这个时区",
    ),
    "setting.time": Text(
        "it is not a time of day",
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
        "keys are not sent unencrypted; the address must begin with {safe}",
        "密钥不能明文传输；地址必须以 {safe} 开头",
    ),
    "setting.clear.token": Text(
        "the bot's token is not sent unencrypted; http:// is for this machine or a private network, elsewhere the address must begin with https://",
        "机器人的 token 不能明文传输；http:// 只能用于本机或内网，其他地址必须以 https:// 开头",
    ),
    "setting.token": Text(
        "it is not a token",
        "不是合格的令牌",
    ),
    "setting.host": Text(
        "it is not an IP address",
        "不是 IP 地址",
    ),
    "setting.dot": Text(
        "Telegram takes no address whose host has no dot",
        "Telegram 不接受主机名中没有点的地址",
    ),
    "setting.password": Text(
        "it is too short or too long",
        "长度不符",
    ),
    "setting.password.guessed": Text(
        "it is easily guessed; take one that was made at random, as by `openssl rand -base64 18`",
        "容易被猜到；请随机生成，例如用 `openssl rand -base64 18`",
    ),
    "setting.monitor.open": Text(
        "MONITOR_HOST opens the monitoring page to other machines, but MONITOR_PASSWORD is empty; set it, or leave MONITOR_HOST at 127.0.0.1",
        "MONITOR_HOST 让其他机器也能打开监控页面，但 MONITOR_PASSWORD 为空；请设置密码，或把 MONITOR_HOST 保持为 127.0.0.1",
    ),
    "setting.monitor.host": Text(
        "MONITOR_HOST={host} cannot be used with port {port} ({why})",
        "MONITOR_HOST={host} 无法在端口 {port} 上使用（{why}）",
    ),
    "setting.round": Text(
        "{word} is not a round BUY:KEEP",
        "{word} 不是“加仓:保留”的一轮",
    ),
    "setting.page": Text(
        "LOCAL_CHAT_PORT={port} cannot be used ({why}); choose another port, or 0 for any",
        "LOCAL_CHAT_PORT={port} 无法使用（{why}）；请换一个端口，或用 0 任选",
    ),
    "setting.alert": Text(
        "ALERT_URLS: address {number}, {kind}, is not known to apprise, or is incomplete; {where} shows how each service is written",
        "ALERT_URLS：第 {number} 个地址 {kind} 不是 apprise 认识的，或缺少内容；写法见 {where}",
    ),
    "setting.home.unknown": Text(
        "your home folder is not known; name a folder by {option} or {name}",
        "找不到你的主目录；请用 {option} 或 {name} 指定一个文件夹",
    ),
    "setting.home.missing": Text(
        "{folder} is not a folder; create it, or correct {option} or {name}",
        "{folder} 不是文件夹；请先创建，或更正 {option} 或 {name}",
    ),
    "setting.home.passed": Text(
        "{file} is not read: tgtp works in {folder}; move it there, or start with {option}",
        "不会读取 {file}：tgtp 的工作文件夹是 {folder}；请把它移到那里，或用 {option} 启动",
    ),
    "setting.pair.local": Text(
        "CHAT=local has no owner to pair with; pairing codes are for CHAT=telegram",
        "CHAT=local 没有所有者，无需配对；配对码用于 CHAT=telegram",
    ),
    "setting.pair.named": Text(
        "TELEGRAM_ALLOWED_USERS names the owners, and no code is accepted; change it in .env",
        "所有者由 TELEGRAM_ALLOWED_USERS 指定，不接受配对码；请在 .env 中修改",
    ),
    "setting.proxy.kind": Text("this kind of proxy is not supported", "不是可识别的代理类型"),
    "setting.proxy.port": Text("its port is not a valid port number", "端口不是有效的端口号"),
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
    "setting.keys": Text(
        "{prefix}_API_KEY, {prefix}_API_SECRET and {prefix}_API_PASSPHRASE are needed for EXCHANGE=okx",
        "EXCHANGE=okx 需要 {prefix}_API_KEY、{prefix}_API_SECRET 和 {prefix}_API_PASSPHRASE",
    ),
}
