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
    "confirm.broken": Text(
        "⚠️ Broken off: {why}. What was done until then is told in messages of its own, and by /history.",
        "⚠️ 已中断：{why}。此前已完成的操作会另行通知，也可用 /history 查看。",
    ),
    "line.owner_released": Text("🔑 {by:user} gave the bot up; it has no owner", "🔑 {by:user} 已放弃机器人，目前没有所有者"),
    "line.owner_paired": Text("🔑 {by:user} became the owner by pairing code", "🔑 {by:user} 通过配对码成为所有者"),
    "line.key_risk": Text("🔑 The API key{label}: {what}", "🔑 API 密钥{label}：{what}"),
    "line.key_risk_acknowledged": Text(
        "🔑 {by:user} knows, no more reminders: the API key{label}: {what}",
        "🔑 {by:user} 已知晓，不再提醒：API 密钥{label}：{what}",
    ),
    "alert.key_risk": Text("🔑 <b>Your API key{label} is a risk</b>", "🔑 <b>你的 API 密钥{label}有风险</b>"),
    "key_risk.label": Text(" “{label:brief}”", "“{label:brief}”"),
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
    # what is paused, in the words that /pause takes for it
    "pause.rule.tier": Text("tiers", "止盈"),
    "pause.rule.hedge": Text("hedge", "对冲"),
    "pause.rule.guard": Text("guard", "保护"),
    "pause.rule.maintenance": Text("maintenance", "维护"),
    "pause.rule.correction": Text("correction", "纠错"),
    "pause.scope.side": Text("all {side}", "全部{side}"),
    # answers to /pause and /resume
    "pause.all": Text(
        "⏸ Paused: I close nothing by myself; checks go on. {how} ends the pause. Closing by hand works.",
        "⏸ 已暂停：不再自动平仓，检查照常。{how} 恢复。手动平仓仍可用。",
    ),
    "pause.all.until": Text(
        "⏸ Paused until {until}: I close nothing by myself; checks go on. Then I go on by myself; {how} "
        "ends the pause earlier. Closing by hand works.",
        "⏸ 已暂停至 {until}：期间不会自动平仓，检查照常。到时自动恢复，{how} 可提前恢复。手动平仓仍可用。",
    ),
    "pause.account": Text(
        "⏸ Paused, {name} alone: I close nothing there by myself; checks go on. {how} ends the pause. Closing by hand works.",
        "⏸ 已暂停，仅 {name}：该账户不再自动平仓，检查照常。{how} 恢复。手动平仓仍可用。",
    ),
    "pause.account.until": Text(
        "⏸ Paused until {until}, {name} alone: I close nothing there by myself; checks go on. Then I go on by myself; {how} ends the "
        "pause earlier. Closing by hand works.",
        "⏸ 已暂停至 {until}，仅 {name}：期间该账户不会自动平仓，检查照常。到时自动恢复，{how} 可提前恢复。手动平仓仍可用。",
    ),
    "pause.one": Text("⏸ {name} paused. {how} ends the pause.", "⏸ 已暂停：{name}。{how} 恢复。"),
    "pause.one.until": Text(
        "⏸ {name} paused until {until}; then it goes on by itself. {how} ends the pause earlier.",
        "⏸ 已暂停：{name}，至 {until}，到时自动恢复。{how} 可提前恢复。",
    ),
    "pause.already": Text("⏸ {name}: paused already.", "⏸ {name}：已经是暂停状态。"),
    "pause.until": Text("<b>{time}</b> ({zone})", "<b>{time}</b>（{zone}）"),
    "pause.unwritten": Text(
        "⏸ Paused, but it cannot be written down ({what}): a restart would lose it. I try again at every check, and tell you when "
        "it is written. Free some disk space, or put the data folder back.",
        "⏸ 已暂停，但未能存盘（{what}）：程序一旦重启，暂停就会失效。每次检查都会重试，存盘成功后会通知你。请清理磁盘空间，或恢复数据文件夹。",
    ),
    "pause.only": Text("Only that stops; everything else goes on.", "仅此项暂停，其余照常。"),
    "pause.resting": Text(
        "⚠️ Paused here, but {left:# order still rests|# orders still rest} at the exchange until I reach it, and may fire.",
        "⚠️ 本程序已暂停，但在撤销之前，交易所仍有 {left} 笔止盈委托，可能触发。",
    ),
    "pause.resting.none": Text("Nothing rests at the exchange any more.", "交易所已没有止盈委托。"),
    "pause.not.held": Text("No such leg is open now.", "目前没有这个仓位。"),
    "pause.beside": Text("It is held by this too, for as long as that stands: {rows}", "另外还有暂停在生效：{rows}"),
    "pause.forms": Text(
        "I do not understand “{word}”, nothing was paused. The forms: /pause (everything), <code>/pause STX</code>, "
        "<code>/pause STX long</code>, <code>/pause hedge</code>, <code>/pause STX long tiers</code>; the rules are tiers, hedge, "
        "guard, maintenance, correction. With an end: <code>/pause 1h</code>, <code>/pause STX until 08:00</code>",
        "无法识别“{word}”，没有暂停任何东西。写法：/pause（全部）、<code>/pause STX</code>、<code>/pause STX 多</code>、"
        "<code>/pause 对冲</code>、<code>/pause STX 多 止盈</code>；规则有止盈、对冲、保护、维护、纠错。"
        "限时暂停：<code>/pause 1小时</code>、<code>/pause STX 到08:00</code>",
    ),
    "pause.too.long": Text(
        "A pause with an end lasts {days} days at most; nothing was paused. Without a time it stands until /resume.",
        "限时暂停最长 {days} 天，没有暂停任何东西。不写时间则一直暂停到 /resume。",
    ),
    "resume.all": Text("🟢 Running again, everything.", "🟢 全部恢复运行。"),
    "resume.account": Text(
        "🟢 Running again, {name} alone; the other accounts are as they were.", "🟢 {name} 已恢复运行，其他账户不变。"
    ),
    "resume.but": Text("🟢 What people had paused is lifted ({name}).", "🟢 人工暂停已解除（{name}）。"),
    "resume.one": Text("🟢 {name}: running again.", "🟢 已恢复：{name}。"),
    "resume.already": Text("🟢 {name}: was not paused.", "🟢 {name}：没有暂停。"),
    "resume.which": Text("Lifted: {rows}", "已解除：{rows}"),
    "resume.around": Text("⏸ This holds it still: {rows}", "⏸ 以下暂停仍覆盖它：{rows}"),
    "resume.within": Text(
        "⏸ Paused still: {rows}. /resume with the same words lifts one of them, /resume alone all.",
        "⏸ 仍在暂停：{rows}。/resume 加上相同的词可单独恢复，只发 /resume 则全部恢复。",
    ),
    "resume.forms": Text(
        "I do not understand “{word}”, nothing was resumed. Write /resume (everything), or the words of the pause: "
        "<code>/resume STX</code>, <code>/resume STX long</code>, <code>/resume hedge</code>",
        "无法识别“{word}”，没有恢复任何东西。写法：/resume（全部），或与暂停时相同的词：<code>/resume STX</code>、"
        "<code>/resume STX 多</code>、<code>/resume 对冲</code>",
    ),
    # who paused, and when
    "pause.given": Text("by {pause.by:user}, since {since}", "{pause.by:user} 操作，自 {since} 起"),
    "pause.given.by": Text("by {pause.by:user}", "{pause.by:user} 操作"),
    "pause.given.since": Text("since {since}", "自 {since} 起"),
    "pause.of": Text("{account}: ", "{account} "),
    "list.comma": Text(", ", "、"),
    "pause.comma": Text(", ", "，"),
    "pause.semicolon": Text("; ", "；"),
    "pause.row": Text("{of}{name} ({how})", "{of}{name}（{how}）"),
    "report.paused": Text("⏸ <b>Paused now</b>: {row}", "⏸ <b>当前暂停</b>：{row}"),
    "report.paused.more": Text("⏸ … and {more:# more pause|# more pauses}", "⏸ 另有 {more} 项暂停"),
    "line.pause_stands": Text(
        "⏸ Still paused, for more than a day: {rows}. I close nothing of it by myself; /resume ends that.",
        "⏸ 已暂停超过一天：{rows}。期间不会自动平仓；/resume 恢复。",
    ),
}
