"""Who may, who did, and what reached the program too late."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "alarm.deaf": Text(
        "🚨 <b>Your commands do not reach me</b>: five requests for them in a row failed ({what}). The checks go on. Until an answer "
        "comes, assume that no command and no button has reached me.",
        "🚨 <b>收不到你的命令</b>：连续五次收取失败（{what}）。检查照常。在收到回应之前，请视为命令和按钮均未送达。",
    ),
    "press.late": Text(
        "⏳ Not done: you pressed “{label}” while I was not running, or while Telegram was out of reach. If you still want it, "
        "press it here.",
        "⏳ 未执行：你按下“{label}”时程序没有运行，或连不上 Telegram。如仍需要，请在这里再按一次。",
    ),
    "press.late.again": Text("Do it now", "现在执行"),
    "stale.clock": Text(
        "⏳ Not done: “{text}”. This machine’s clock is {ahead:age} ahead of Telegram’s, so every command looks that old. Set the clock "
        "(<code>timedatectl set-ntp true</code>); until then only /pause works.",
        "⏳ 未执行：“{text}”。本机时钟比 Telegram 快 {ahead:age}，所有命令都显得过旧。请校准时钟（<code>timedatectl set-ntp true</code>）；"
        "在此之前只执行 /pause。",
    ),
    "line.strangers_turned_away": Text(
        "🚫 Strangers: {people} tried to command me, {tries:# time|# times} since {since}; nothing was answered. Ids: {ids}",
        "🚫 陌生人：{since} 以来有 {people} 人尝试指挥我，共 {tries} 次，未作任何回应。ID：{ids}",
    ),
    # who owns the bot
    "unpair.ask": Text(
        "🔑 <b>Give this bot up?</b> Then no one can command it or is told anything, until someone sends the code that my "
        "console shows. Positions are guarded as before. Pause first (/pause) if they should not be.",
        "🔑 <b>放弃这个机器人？</b>之后没有人能下指令，也没有人会收到通知，直到有人发送控制台上的配对码。仓位照常监控；"
        "如不希望，请先 /pause。",
    ),
    "button.unpair": Text("Give it up", "放弃"),
    "button.unpair.not": Text("Keep it", "保留"),
    "unpair.done": Text(
        "🔑 You are no longer the owner. The next one sends the code that my console shows, or that <code>{pair}</code> makes.",
        "🔑 你已不再是所有者。下一位请发送控制台上的配对码，或 <code>{pair}</code> 生成的配对码。",
    ),
    "unpair.cancelled": Text("🔑 Nothing was changed: you are the owner.", "🔑 未作修改：你仍是所有者。"),
    "unpair.set": Text(
        "🔑 The owners here are named by the settings: change TELEGRAM_ALLOWED_USERS in .env and start me again.",
        "🔑 所有者由设置指定：修改 .env 中的 TELEGRAM_ALLOWED_USERS 后重启。",
    ),
    # a press on a card that asks, and that was no answer to it
    "confirm.used": Text("You have answered this already.", "已经处理过了。"),
    "confirm.foreign": Text("This confirmation belongs to another user.", "该确认属于其他用户。"),
    "confirm.expired.sent": Text(
        "This question is over {seconds} s old and no longer valid. Nothing was sent.",
        "该确认已超过 {seconds} 秒，已失效，未下单。",
    ),
    "confirm.expired.changed": Text(
        "This question is over {seconds} s old and no longer valid. Nothing was changed.",
        "该确认已超过 {seconds} 秒，已失效，未作修改。",
    ),
    "confirm.old.sent": Text("This question is no longer valid. Nothing was sent.", "该确认已失效，未下单。"),
    "confirm.old.changed": Text("This question is no longer valid. Nothing was changed.", "该确认已失效，未作修改。"),
    "confirm.hasty.sent": Text(
        "Too quick to have read it; nothing was sent. Press again if you mean it.", "按得太快，未下单。确认无误请再按一次。"
    ),
    "confirm.hasty.changed": Text(
        "Too quick to have read it; nothing was changed. Press again if you mean it.",
        "按得太快，未作修改。确认无误请再按一次。",
    ),
    "line.owner_released": Text("🔑 {by:user} gave the bot up; it has no owner", "🔑 {by:user} 已放弃机器人，目前没有所有者"),
    "line.owner_paired": Text("🔑 {by:user} became the owner by pairing code", "🔑 {by:user} 通过配对码成为所有者"),
    "line.key_risk": Text("🔑 The API key{label}: {what}", "🔑 API 密钥{label}：{what}"),
    "line.key_risk_acknowledged": Text(
        "🔑 {by:user} knows, no more reminders: the API key{label}: {what}",
        "🔑 {by:user} 已知晓，不再提醒：API 密钥{label}：{what}",
    ),
    "alert.key_risk": Text("🔑 <b>Your API key{label} is a risk</b>", "🔑 <b>你的 API 密钥{label} 有风险</b>"),
    "key_risk.withdraw": Text("it can withdraw your money", "有提币权限"),
    "key_risk.unbound": Text("it is not bound to an IP", "未绑定 IP"),
    "key_risk.todo.unbound": Text(
        "⚠️ <b>It is not bound to an IP.</b> Bind it at OKX: a stolen key is then worthless.",
        "⚠️ <b>未绑定 IP。</b>请在 OKX 绑定，被盗也无法使用。",
    ),
    "key_risk.repeated": Text(
        "I remind you once a day until you press the button below, or send /ack.",
        "每天提醒一次，直到你按下面的按钮或发送 /ack。",
    ),
    # who paused, and when
    "pause.coin": Text("{name} ({how})", "{name}（{how}）"),
    "pause.and": Text(", ", "、"),
    "pause.given": Text("by {pause.by:user}, since {pause.since}", "操作人 {pause.by:user}，自 {pause.since}"),
    "pause.given.by": Text("by {pause.by:user}", "操作人 {pause.by:user}"),
    "pause.given.since": Text("since {pause.since}", "自 {pause.since}"),
    "pause.of": Text("{account}: ", "{account} "),
    "list.comma": Text(", ", "、"),
    "pause.comma": Text(", ", "，"),
    "pause.row": Text("{of}{name} ({how})", "{of}{name}（{how}）"),
    "report.paused": Text("⏸ <b>Paused now</b>: {row}", "⏸ <b>当前暂停</b>：{row}"),
    "report.paused.more": Text("⏸ … and {more:# more pause|# more pauses}", "⏸ ……另有 {more} 项暂停"),
    "line.pause_stands": Text(
        "⏸ Still paused, for more than a day: {rows}. I close nothing of it by myself; /resume ends that.",
        "⏸ 已暂停超过一天：{rows}。期间不会自动平仓；/resume 恢复。",
    ),
}
