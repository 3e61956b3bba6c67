"""What was taken over from an older daemon, leg by leg."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "legacy.head": Text("Taken over into {folder}:", "已导入到 {folder}："),
    "legacy.row": Text("  {instrument} {side}: {tiers} – {what}", "  {instrument} {side}：{tiers}（{what}）"),
    "legacy.tier": Text("{level}% → tier {number}", "{level}% → 第 {number} 档"),
    "legacy.tier.none": Text(
        "{level}% → no tier (the first one is at {first:%})", "{level}% → 无对应档位（第 1 档为 {first:%}）"
    ),
    "legacy.tier.and": Text(", ", "，"),
    "legacy.none_fired": Text("no level had fired", "没有已触发的档位"),
    "legacy.what.marked": Text("{count:# tier|# tiers} marked now", "现已标记 {count} 档"),
    "legacy.what.same": Text("these tiers were marked already", "此前已标记"),
    "legacy.what.waits": Text(
        "marked when the leg is first seen, if it was opened before {until}", "首次读取该仓位时标记，仅限 {until} 之前开的仓"
    ),
    "legacy.what.later": Text(
        "not marked: the leg that is open now was opened later than these levels", "不标记：当前仓位是在此之后新开的"
    ),
    "legacy.what.known": Text("taken over before, nothing changed", "此前已导入，未改动"),
    "legacy.sum": Text("{legs:# leg|# legs}; {tiers:# tier|# tiers} marked now.", "共 {legs} 个仓位，现已标记 {tiers} 档。"),
    "legacy.records": Text(
        "History: {new:# close|# closes} taken over, {known} were there before.", "历史记录：导入 {new} 条，已有 {known} 条。"
    ),
    "legacy.records.none": Text(
        "No file of records was named: the history has none of the older closes. They can be taken over later.",
        "未指定记录文件：历史中没有旧的平仓记录，以后也可以导入。",
    ),
}
