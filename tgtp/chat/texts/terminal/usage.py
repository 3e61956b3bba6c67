"""The help of the command line, and why its words are refused. Its lines are broken by hand: a Chinese sign is two columns wide."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "usage.prefix": Text("usage: ", "用法："),
    "usage.options": Text("options", "选项"),
    "usage.arguments": Text("arguments", "参数"),
    "usage.jobs": Text("jobs", "任务"),
    "usage.job": Text("JOB", "任务"),
    "usage.folder": Text("FOLDER", "文件夹"),
    "usage.help": Text("show this help, and end", "显示本帮助并退出"),
    "usage.version": Text("show the version, and end", "显示版本号并退出"),
    "usage.what": Text(
        "Guards perpetual-swap positions on OKX. “{command}” runs the bot.",
        "监控 OKX 永续合约持仓，自动分档止盈。运行机器人：{command}",
    ),
    "usage.example": Text("Every setting is explained in {example}", "全部设置的说明见 {example}"),
    "usage.home": Text(
        "where .env and the data lie (or TGTP_HOME): by default\nthe current folder in a checkout, ~/.tgtp when installed",
        ".env 和数据所在的文件夹（也可用环境变量 TGTP_HOME）：\n源码目录里运行时默认为当前文件夹，安装版默认为 ~/.tgtp",
    ),
    "usage.door": Text(
        "Runs the bot with the settings of .env, and takes no words. “{program} --help” names the other jobs.",
        "按 .env 的设置运行机器人，不接受其他参数。其他任务：{program} --help",
    ),
    # the jobs
    "usage.run": Text("run the bot", "运行机器人"),
    "usage.run.new_ledger": Text(
        "where the ledger is lost or cannot be read:\nset it aside and begin a new one, with everything paused",
        "数据文件丢失或无法读取时：移到一旁并新建，\n新建后全部暂停",
    ),
    "usage.legacy": Text(
        "take over an older daemon's files,\nso that no fired tier fires again",
        "导入旧版守护进程的文件，\n已触发的档位不会再次触发",
    ),
    "usage.legacy.state": Text(
        "the fired levels: main_account_position_state.json", "已触发的档位：main_account_position_state.json"
    ),
    "usage.legacy.records": Text(
        "main_account_take_profit_records.json (for the history;\nmay be left out)",
        "main_account_take_profit_records.json\n（仅用于历史记录，可省略）",
    ),
    "usage.pair": Text(
        "make a code by which somebody becomes the bot's owner,\nwhether it runs or not",
        "生成配对码，用它成为机器人的所有者；\n程序是否在运行都可以",
    ),
    "usage.replay": Text(
        "run the rules over a file of candles,\nand print every tier and hedge",
        "用 K 线文件回放规则，\n打印每一次止盈和对冲",
    ),
    "usage.replay.candles": Text(
        "CSV or CSV.GZ:\ntimestamp_ms,open,high,low,close[,volume]",
        "CSV 或 CSV.GZ：\ntimestamp_ms,open,high,low,close[,volume]",
    ),
    "usage.replay.instrument": Text(
        "its name; taken from the file's name when left out,\nas ETH-USDT-SWAP-5m.csv.gz",
        "合约名称；省略时取自文件名，\n如 ETH-USDT-SWAP-5m.csv.gz",
    ),
    "usage.replay.long": Text(
        "entry price of the long\n(default: the first price; none: no long)",
        "多单开仓价\n（默认第一个价格；none 表示没有多单）",
    ),
    "usage.replay.short": Text(
        "entry price of the short\n(default: the first price; none: no short)",
        "空单开仓价\n（默认第一个价格；none 表示没有空单）",
    ),
    "usage.replay.contracts": Text("contracts of each leg (default 100)", "每个仓位的张数（默认 100）"),
    "usage.replay.contract_size": Text("coins per contract (default 0.1)", "合约面值，币（默认 0.1）"),
    "usage.replay.lot": Text("lot size in contracts (default 0.01)", "下单精度，张（默认 0.01）"),
    "usage.replay.leverage": Text("leverage of each leg (default 10)", "每个仓位的杠杆（默认 10）"),
    "usage.replay.start": Text("first day (UTC), as 2022-05-01", "第一天（UTC），如 2022-05-01"),
    "usage.replay.days": Text("how many days (default 7)", "天数（默认 7）"),
    "usage.tell": Text(
        "tell the owners a text by Telegram, else by ALERT_URLS;\nthe same text once an hour",
        "通过 Telegram（否则 ALERT_URLS）把文字发给所有者；\n同样的文字每小时最多一次",
    ),
    "usage.tell.text": Text("what to tell", "要发送的文字"),
    "usage.doctor": Text(
        "look at everything that a start needs; sends no order.\nEnds with 0, 1 or 2",
        "检查启动所需的一切，不会下单；\n退出码为 0、1 或 2",
    ),
    "usage.doctor.json": Text("for programs", "输出 JSON，供程序读取"),
    # refusals
    "usage.refused": Text(
        "{program}: “{words}” does not fit; nothing was started. --help says what there is.",
        "{program}：“{words}”不符合用法，未启动任何任务。可用的写法见 --help。",
    ),
    "usage.refused.day": Text(
        "{program}: “{text}” is not a day; write one as 2022-05-01", "{program}：“{text}”不是日期，应写成 2022-05-01"
    ),
    "usage.no_job": Text(
        "No job was named, so nothing was started and nothing is guarded. “{command}” runs the bot.",
        "没有指定任务，未启动，也没有任何监控。运行机器人请执行：{command}",
    ),
    "usage.service": Text(
        "⚠️ Started by systemd without a job: the bot runs, as it did until now. Write {command} into ExecStart=, as "
        "docs/systemd.service does.",
        "⚠️ systemd 启动时没有指定任务：照旧运行机器人。请在 ExecStart= 中写明 {command}（参见 docs/systemd.service）。",
    ),
}
