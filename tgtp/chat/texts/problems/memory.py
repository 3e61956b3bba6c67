"""Why the files of the data folder, or of an older daemon, cannot be used."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "setting.folder": Text(
        "DATA_DIR={folder} cannot be used: {why}; choose a folder that can be written",
        "DATA_DIR={folder} 无法使用：{why}；请选一个可写的文件夹",
    ),
    "setting.folder.disk": Text(
        "{why}; free some disk space or choose another DATA_DIR",
        "{why}；请腾出磁盘空间，或换一个 DATA_DIR",
    ),
    "setting.folder.busy": Text(
        "another tgtp is using {folder}; stop it first, or give this one its own DATA_DIR",
        "另一个 tgtp 正在使用 {folder}；请先停掉它，或给这个另设 DATA_DIR",
    ),
    "setting.folder.other": Text(
        "the lock of {folder} belongs to another user ({owner}); start tgtp as that user, or give this one its own DATA_DIR",
        "{folder} 的锁属于本机另一个用户（{owner}）：请以该用户启动 tgtp，或另设 DATA_DIR",
    ),
    "setting.ledger": Text(
        "{found}. Nothing was changed. {restore}; or, if you accept that tiers which have fired may fire again, start a new one: {command} (everything is then paused until /resume)",
        "{found}。未作任何改动。恢复办法：{restore}；或者，如果接受已触发的档位可能再次触发，可新建数据文件：{command}（之后全部暂停，直到 /resume）",
    ),
    "setting.newer": Text(
        "{path} was written by a newer tgtp (format {format}; this one knows {known}). Nothing was changed. Start that version again",
        "{path} 由更新版本的 tgtp 写成（格式 {format}，本版只认识 {known}）。未作任何改动。请用回那个版本",
    ),
    "setting.unreadable": Text(
        "{path} cannot be read: {why}",
        "{path} 无法读取：{why}",
    ),
    "setting.restore": Text("Restore it from a copy", "请从备份恢复"),
    "setting.restore.newest": Text("Restore it from its newest copy ({command})", "请从最新的备份恢复（{command}）"),
    "setting.mark": Text(
        '{path} cannot be read: {why}. Nothing was changed. It says in which format {ledger} is: where no newer tgtp has worked here, write {{"format": {format}}} into it',
        '{path} 无法读取：{why}。未作任何改动。它写明 {ledger} 的格式；如果没有更新版本的 tgtp 用过此文件夹，请在其中写入 {{"format": {format}}}',
    ),
    "setting.file": Text(
        "{path} cannot be read: {why}. Nothing was changed. Restore this file from a copy; or move it away and start anew.",
        "{path} 无法读取：{why}。未作任何改动。请从备份恢复此文件，或把它移走后重新开始。",
    ),
    "setting.not_json": Text("it is not JSON ({what})", "不是 JSON（{what}）"),
    "setting.no_tables": Text("it does not hold tables", "内容不是数据表"),
    "setting.no_file": Text("it is not a file", "不是文件"),
    "setting.ledger.missing": Text(
        "it is missing, though this folder has been worked in before", "文件缺失，而此文件夹以前使用过"
    ),
    "setting.ledger.empty": Text("it holds nothing", "内容为空"),
    "setting.ledger.entry": Text("an entry in it is invalid ({what})", "其中一条记录无法理解（{what}）"),
    "setting.note": Text("ledger.json: the note '{note}' is invalid: {what}", "ledger.json：记录 '{note}' 无法理解：{what}"),
    "setting.note.upkeep": Text(
        "ledger.json: the note '{note}' is invalid ({what}); correct it, or take it out and look at the legs",
        "ledger.json：记录 '{note}' 无法理解（{what}）；请改正，或删去后查看仓位",
    ),
    "setting.note.dynamic": Text(
        "ledger.json: the note '{note}' is not on or off by coin: {found}",
        "ledger.json：记录 '{note}' 不是按币种列出的 on 或 off：{found}",
    ),
    "setting.note.ladders": Text(
        "ledger.json: the note '{note}' is not a list of tiers by name: {found}",
        "ledger.json：记录 '{note}' 不是按名称列出的档位：{found}",
    ),
    "setting.note.ladder": Text(
        "ledger.json: the changed tiers {name} = {ladder} are invalid: {why}; correct them or take them out of '{note}' there",
        "ledger.json：改过的档位 {name} = {ladder} 无法理解：{why}；请改正，或从其中的 '{note}' 删去",
    ),
    "setting.note.guards": Text(
        "ledger.json: the guards {found} are invalid: {why}; correct them or take them out of '{note}' there",
        "ledger.json：保护设置 {found} 无法理解：{why}；请改正，或从其中的 '{note}' 删去",
    ),
    "setting.note.no_list": Text("they are not listed by name", "不是按名称列出"),
    # the files of an older daemon
    "legacy.refused": Text("{path} was not taken over: {why}. Nothing was changed.", "{path} 未能导入：{why}。未作任何改动。"),
    "legacy.entry": Text("the entry {name} is invalid ({what})", "条目 {name} 无法理解（{what}）"),
    "legacy.record": Text("record {number} is invalid ({what})", "第 {number} 条记录无法理解（{what}）"),
    "legacy.table": Text("it should hold a table", "内容应为一个表"),
    "legacy.list": Text("it should hold a list", "内容应为一个列表"),
}
