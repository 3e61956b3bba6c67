"""The terminal's words for exports, backups and restoring them."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "usage.export": Text(
        "write events, orders and equity as tables, or a backup;\nthe bot may be running", "导出事件、订单和权益，或做备份；\n程序运行时也可以"
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
        "{path} is there already and is no export of tgtp; name another file", "{path} 已存在，且不是 tgtp 导出的文件；请换一个文件名"
    ),
}
