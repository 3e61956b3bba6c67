"""What ``setup`` asks, and what it says of the answers."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "setup.head": Text(
        "This fills {file}. Enter keeps what stands in brackets. Ctrl-C ends it, and then nothing has changed.",
        "将填写 {file}。直接回车保留方括号里的值；Ctrl-C 退出，不做任何改动。",
    ),
    "setup.comment": Text(
        "Written by setup. Every setting is explained in {example}", "由 setup 写入。全部设置的说明见 {example}"
    ),
    "setup.ask.language": Text("Language / 语言", "语言 / Language"),
    "setup.english": Text("English", "English"),
    "setup.chinese": Text("中文", "中文"),
    "setup.number": Text("Number", "编号"),
    "setup.number.wrong": Text("Type a number from 1 to {count}", "请输入 1 到 {count} 之间的编号"),
    "setup.needed": Text("It does not work without this", "此项不能为空"),
    "setup.taken": Text("  taken: {shown}, {count:# character|# characters}", "  已读取：{shown}，共 {count} 个字符"),
    # what is there
    "setup.kept": Text("  {name} = {value}", "  {name} = {value}"),
    "setup.kept.environment": Text("  {name} = {value} (from the environment)", "  {name} = {value}（来自环境变量）"),
    "setup.keep": Text("These are set already.", "以上设置已存在。"),
    "setup.keep.yes": Text("keep them, and ask for what is missing", "保留，只询问缺少的"),
    "setup.keep.no": Text("ask for each of them again", "逐项重新询问"),
    # what is traded, and where people talk to it
    "setup.ask.exchange": Text("What does it trade on?", "交易环境"),
    "setup.exchange.paper": Text("a paper account: no real money, no key", "模拟盘：不用真实资金，无需密钥"),
    "setup.exchange.okx": Text("my account at OKX, with real money", "我的 OKX 账户，真实资金"),
    "setup.exchange.demo": Text("OKX demo trading, with a key of that", "OKX 模拟交易，使用模拟交易的密钥"),
    "setup.ask.chat": Text("Where do you talk to it?", "在哪里操作？"),
    "setup.chat.local": Text("on a chat page in this machine's browser", "本机浏览器的聊天页面"),
    "setup.chat.telegram": Text("in Telegram, with a bot of mine", "Telegram，使用我自己的机器人"),
    "setup.chat.money": Text(
        "With real money it is operated from Telegram: CHAT=telegram.", "真实资金须通过 Telegram 操作：CHAT=telegram。"
    ),
    "setup.ask.timezone": Text("Time zone of reports and log, as Asia/Shanghai", "报告和日志的时区，如 Asia/Shanghai"),
    # the way out
    "setup.proxy.shared": Text("{name} of the environment names the proxy {proxy}.", "环境变量 {name} 指定了代理 {proxy}。"),
    "setup.ask.proxy_url": Text(
        "Proxy, as http://127.0.0.1:7890 or socks5h://127.0.0.1:1080 (Enter: none; direct: not even that of the environment)",
        "代理，如 http://127.0.0.1:7890 或 socks5h://127.0.0.1:1080（回车：不设置；direct：环境变量中的也不用）",
    ),
    "setup.proxy.good": Text("🟢 The proxy {proxy} takes connections", "🟢 代理 {proxy} 可以连接"),
    "setup.proxy.shut": Text("✗ The proxy {proxy} cannot be reached: {why}", "✗ 无法连接代理 {proxy}：{why}"),
    # Telegram
    "setup.token.how": Text(
        "Send /newbot to @BotFather in Telegram; it answers with the token of your bot. What you type or paste is not shown.",
        "在 Telegram 向 @BotFather 发送 /newbot，它会给出机器人的 token。输入或粘贴的内容不会显示。",
    ),
    "setup.ask.telegram_bot_token": Text("Token of the bot", "机器人的 token"),
    "setup.ask.telegram_allowed_users": Text(
        "Telegram ids of those who may command it (Enter: whoever first sends it the code of its console)",
        "允许操作的 Telegram 数字 ID（回车：第一个发送控制台配对码的人）",
    ),
    # OKX
    "setup.key.how": Text(
        "Make an API key at OKX that can read and trade, not withdraw, bound to this machine's address.",
        "在 OKX 创建 API 密钥：允许读取和交易，不允许提币，并绑定本机 IP。",
    ),
    "setup.ask.region": Text("Where is your account?", "账户所属地区"),
    "setup.region.www": Text("www.okx.com, almost everywhere", "www.okx.com，绝大多数地区"),
    "setup.region.eea": Text("eea.okx.com, Europe", "eea.okx.com，欧洲"),
    "setup.region.us": Text("us.okx.com, United States", "us.okx.com，美国"),
    "setup.region.other": Text("another address", "其他地址"),
    "setup.ask.okx_api_url": Text("Address of OKX, as https://www.okx.com", "OKX 的地址，如 https://www.okx.com"),
    "setup.ask.okx_ws_url": Text(
        "Address of OKX's stream, as wss://ws.okx.com:8443/ws/v5 (Enter: the one that belongs to it)",
        "OKX 推送的地址，如 wss://ws.okx.com:8443/ws/v5（回车：使用对应的默认地址）",
    ),
    "setup.ask.okx_api_key": Text("API key", "密钥（API key）"),
    "setup.ask.okx_api_secret": Text("Secret of the key", "密钥的 secret"),
    "setup.ask.okx_api_passphrase": Text("Passphrase of the key", "密钥的 passphrase"),
    # what could not be tried
    "setup.ask.then": Text("What now?", "如何继续？"),
    "setup.then.again": Text("try again", "再试一次"),
    "setup.then.answers": Text("answer again", "重新填写"),
    "setup.then.proxy": Text("another proxy", "更换代理"),
    "setup.then.on": Text("go on all the same", "仍然继续"),
    # the end
    "setup.quotes": Text(
        "{name} has both kinds of quotes and signs besides that .env cannot keep: make another one",
        "{name} 同时含有两种引号和其他特殊符号，无法写入 .env：请另设一个",
    ),
    "setup.no_answer": Text(
        "the answers ended before all was asked: type {command} in a terminal, or give a line for each question",
        "输入已结束，但还有问题未回答：请在终端运行 {command}，或为每个问题提供一行",
    ),
    "setup.wrong_answer": Text("an answer is wrong, and nobody is there to be asked again", "有答案无效，且无人可再次询问"),
    "setup.changed": Text("{file} has been changed meanwhile: run setup again", "{file} 在此期间被修改：请重新运行 setup"),
    "setup.refused": Text("Nothing was written: {why}", "未写入任何内容：{why}"),
    "setup.stopped": Text("\nStopped. Nothing was written.", "\n已停止，未写入任何内容。"),
    "setup.written": Text(
        "Written to {file}, which only you can read. Now doctor looks at all of it:",
        "已写入 {file}（仅自己可读）。下面由 doctor 全面检查：",
    ),
    "setup.next": Text("Next: {command}", "下一步：{command}"),
    "setup.next.restart": Text("tgtp is running: restart it, and it takes this in.", "tgtp 正在运行：重启后生效。"),
    "setup.next.pair": Text(
        "Its console prints a code; send /start CODE to your bot, and it obeys only you.",
        "控制台会显示配对码；向机器人发送 /start 配对码，此后它只听从你。",
    ),
    "setup.next.hosts": Text(
        "To run it for good, by systemd, pm2, Docker …: {folder}/README.md",
        "长期运行（systemd、pm2、Docker 等）：{folder}/README.zh.md",
    ),
}
