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
    "usage.setup": Text(
        "ask for what a start needs, try each answer, write .env,\nand end as doctor does",
        "逐项询问启动所需的设置，当场验证，写入 .env，\n最后运行 doctor",
    ),
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
