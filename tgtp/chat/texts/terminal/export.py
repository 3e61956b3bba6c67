"""The terminal's words for exports, backups and restoring them."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "usage.export": Text(
        "write events, orders and equity as tables, or a backup;\nthe bot may be running",
        "导出事件、订单和权益，或做备份；\n程序运行时也可以",
    ),
    "usage.export.file": Text("FILE", "文件"),
    "usage.export.csv": Text(
        "events.csv, orders.csv and equity.csv in this folder", "在此文件夹写入 events.csv、orders.csv、equity.csv"
    ),
    "usage.export.sqlite": Text("the same tables in one SQLite file", "同样的表，写入一个 SQLite 文件"),
    "usage.export.backup": Text("everything that “restore” needs, in one file", "备份到一个文件，供 restore 恢复"),
    "usage.export.env": Text(
        "with --backup: pack .env too, with its keys and token", "与 --backup 一起用：同时备份 .env（含密钥和令牌）"
    ),
    "usage.restore": Text("take a backup back into an empty data folder", "把备份恢复到空的数据文件夹"),
    "usage.restore.backup": Text("what “export --backup” wrote", "export --backup 写成的文件"),
    "export.done": Text(
        "{path}: {events:# event|# events}, {orders:# order|# orders}, {equity:# equity sample|# equity samples}.",
        "{path}：事件 {events} 条，订单 {orders} 笔，权益 {equity} 条。",
    ),
    "export.left": Text(
        "⚠️ {count:# row|# rows} could not be read and {count:is|are} not in it.", "⚠️ {count} 条记录无法读取，未导出。"
    ),
    "export.empty": Text(
        "{folder} holds no ledger yet: there is nothing to export", "{folder} 里还没有数据文件，没有可导出的内容"
    ),
    "export.unread": Text("{path} cannot be read: {why}", "{path} 无法读取：{why}"),
    "export.failed": Text(
        "{path} could not be written: {why}. What stood there before is untouched", "{path} 无法写入：{why}。原有的文件未改动"
    ),
    "export.taken": Text(
        "{path} is there already and is no export of tgtp; name another file",
        "{path} 已存在，且不是 tgtp 导出的文件；请换一个文件名",
    ),
    "export.env.alone": Text("--with-env goes with --backup only", "--with-env 只能与 --backup 一起使用"),
    "export.env.none": Text("there is no {env} to pack", "没有可备份的 {env}"),
    "backup.done": Text(
        "{path}: a backup of {folder}, {files:# file|# files}.", "{path}：已备份 {folder}，共 {files} 个文件。"
    ),
    "backup.no_env": Text(
        "Without {env}: keys and token are not in it (--with-env packs them). Keep a copy of that file yourself.",
        "不含 {env}：密钥和令牌未备份（--with-env 可一并备份）。请自行保存该文件。",
    ),
    "backup.env": Text(
        "⚠️ With {env}: whoever has this file can trade with your account. Keep it where nobody else reads.",
        "⚠️ 含 {env}：拿到此文件的人可以用你的账户交易。请妥善保管，勿让他人读取。",
    ),
    "restore.done": Text(
        "Restored into {folder}, as of {made_at}: {events:# event|# events}, {legs:# leg|# legs}.",
        "已恢复到 {folder}（备份时间 {made_at}）：事件 {events} 条，仓位 {legs} 个。",
    ),
    "restore.env": Text("{env} came with it.", "同时恢复了 {env}。"),
    "restore.next": Text(
        "No other tgtp may run on this account. Next: {doctor}, then {run}.",
        "同一账户不能有另一个 tgtp 在运行。下一步：{doctor}，然后 {run}。",
    ),
    "restore.failed": Text(
        "{path} could not be restored: {why}. No data was changed", "{path} 无法恢复：{why}。未改动任何数据"
    ),
    "restore.foreign": Text("{path} is no backup of tgtp. Nothing was changed", "{path} 不是 tgtp 的备份。未作任何改动"),
    "restore.entry": Text(
        "{path} holds “{name}”, which no backup of tgtp holds. Nothing was changed",
        "{path} 含有“{name}”，tgtp 的备份里不会有它。未作任何改动",
    ),
    "restore.damaged": Text(
        "{path} is damaged or was cut. Nothing was changed. Take another backup",
        "{path} 已损坏或不完整。未作任何改动。请换一个备份",
    ),
    "restore.newer": Text(
        "{path} was written by tgtp {version}, which is newer. Nothing was changed. Restore it with that version",
        "{path} 由更新的版本 tgtp {version} 写成。未作任何改动。请用那个版本恢复",
    ),
    "restore.busy": Text(
        "a tgtp is running on {folder}. Nothing was changed. Stop it first",
        "有 tgtp 正在使用 {folder}。未作任何改动。请先停掉它",
    ),
    "restore.taken": Text(
        "{folder} is not empty. Nothing was changed. Move it away first, or restore elsewhere (--home)",
        "{folder} 不是空的。未作任何改动。请先把它移走，或恢复到别处（--home）",
    ),
}
