"""What is told, how loudly, and when."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # groups, as they are called in /notify, and what is in them
    "noise.group.tier": Text("tier", "档位"),
    "noise.group.hedge": Text("hedge", "对冲"),
    "noise.group.guard": Text("guard", "保护"),
    "noise.group.hand": Text("hand", "手动"),
    "noise.group.upkeep": Text("upkeep", "维护"),
    "noise.group.positions": Text("positions", "仓位"),
    "noise.group.skipped": Text("skipped", "跳过"),
    "noise.group.reports": Text("reports", "报告"),
    "noise.group.system": Text("system", "系统"),
    "noise.group.people": Text("people", "他人"),
    "noise.what.tier": Text("a tier has fired", "止盈档位触发"),
    "noise.what.hedge": Text("a losing leg was closed to its base", "亏损侧平到底仓"),
    "noise.what.guard": Text("a guard closed a leg to its base", "保护规则平到底仓"),
    "noise.what.hand": Text("how your own closes ended", "自己手动平仓的结果"),
    "noise.what.upkeep": Text("sub-accounts: maintenance and correction", "子账户的维护与纠错"),
    "noise.what.positions": Text(
        "a leg was opened, changed or closed by hand; high funding", "手动开仓、加仓、减仓、平仓；资金费率偏高"
    ),
    "noise.what.skipped": Text(
        "due but not done: too small, paused, doubtful data", "触发但未执行：数量太小、已暂停、数据不合常理"
    ),
    "noise.what.reports": Text("daily, weekly, monthly", "日报、周报、月报"),
    "noise.what.system": Text("start and end, OKX is back, clocks, strangers", "启动与停止、OKX 恢复、时钟、陌生人"),
    "noise.what.people": Text("what others change, re-arm or close", "其他人的改档位、重置档位、平仓"),
    "noise.level.on": Text("on", "开"),
    "noise.level.silent": Text("silent", "静音"),
    "noise.level.off": Text("off", "关"),
    # /notify
    "noise.notify": Text(
        "🔔 <b>What I tell you</b>\n{rows}\n\n"
        "<b>Always rings:</b> {danger}.\n"
        "{quiet}\n"
        "Silent comes without a sound; off is only kept in /history. In words: <code>/notify tier silent</code>",
        "🔔 <b>通知设置</b>\n{rows}\n\n"
        "<b>始终响铃：</b>{danger}。\n"
        "{quiet}\n"
        "静音：照常发送，不响铃；关：不发送，可在 /history 查看。也可直接输入 <code>/notify 档位 静音</code>",
    ),
    "noise.row": Text("{group}: <b>{level}</b> · <i>{what}</i>", "{group}：<b>{level}</b> · <i>{what}</i>"),
    "noise.danger": Text(
        "a leg near its liquidation, OKX out of reach, trading forbidden, an order refused or unclear, a leg that cannot be read, "
        "another program using this bot, a risk of your key, an interrupted maintenance, a leg that falls further after its last one",
        "仓位接近强平、OKX 失联、无法交易、订单被拒或结果待确认、仓位数据无法读取、机器人被其他程序占用、API 密钥有风险、维护中断、维护用完后继续亏损的仓位",
    ),
    "noise.button": Text("{group} · {level}", "{group} · {level}"),
    "noise.notify.done": Text("🔔 {groups}: {level}", "🔔 {groups}：{level}"),
    "noise.notify.bad": Text(
        "I do not understand “{word}”, nothing was changed. The form is <code>/notify tier silent</code>: one of {groups} or all, "
        "then on, silent or off.",
        "无法识别“{word}”，未作更改。正确写法如 <code>/notify 档位 静音</code>：先写 {groups} 或全部，再写开、静音或关。",
    ),
    "noise.notify.danger": Text(
        "This is danger and always rings; nothing was changed. /notify shows what can be quieter.",
        "这类消息事关资金安全，始终响铃，未作更改。/notify 可查看能调整的通知。",
    ),
    # /quiet
    "noise.quiet.line": Text("Quiet hours: <b>{hours}</b> ({zone}) · /quiet", "免打扰时段：<b>{hours}</b>（{zone}）· /quiet"),
    "noise.quiet.line.none": Text("Quiet hours: none · /quiet", "免打扰时段：无 · /quiet"),
    "noise.quiet": Text(
        "🌙 <b>Quiet hours {hours}</b> ({zone}, where it is {now})\n"
        "Messages come without a sound then. Danger rings all the same.\n"
        "Change: <code>/quiet 22:30-07:00</code> · end: <code>/quiet off</code>",
        "🌙 <b>免打扰时段 {hours}</b>（{zone}，当地现在 {now}）\n"
        "期间消息照常发送，不响铃；危险消息除外。\n"
        "修改：<code>/quiet 22:30-07:00</code> · 关闭：<code>/quiet 关</code>",
    ),
    "noise.quiet.none": Text(
        "🌙 <b>No quiet hours</b> ({zone}, where it is {now})\n"
        "Press some, or write them: <code>/quiet 23:00-08:00</code>. Messages come without a sound then; danger rings all the same.",
        "🌙 <b>未设免打扰时段</b>（{zone}，当地现在 {now}）\n"
        "点选，或输入 <code>/quiet 23:00-08:00</code>。期间消息照常发送，不响铃；危险消息除外。",
    ),
    "noise.quiet.done": Text(
        "🌙 Quiet hours: <b>{hours}</b> ({zone}, where it is {now}). Messages come without a sound then; danger rings all the same.",
        "🌙 免打扰时段：<b>{hours}</b>（{zone}，当地现在 {now}）。期间消息照常发送，不响铃；危险消息除外。",
    ),
    # the clock on the wall of one person
    "zone.ask": Text(
        "🌙 These hours are of {zone}. Is your clock another one? Press it, or write <code>/quiet Asia/Shanghai</code>.",
        "🌙 以上时间按 {zone}。你所在的时区是？请点选，或输入 <code>/quiet Asia/Shanghai</code>。",
    ),
    "zone.at.shanghai": Text("Shanghai", "北京 / 上海"),
    "zone.at.singapore": Text("Singapore", "新加坡"),
    "zone.at.tokyo": Text("Tokyo", "东京"),
    "zone.at.london": Text("London", "伦敦"),
    "zone.at.new_york": Text("New York", "纽约"),
    "zone.at.utc": Text("UTC", "UTC"),
    "zone.done": Text(
        "🌙 Your clock: <b>{zone}</b>, where it is {now}. Quiet hours and pauses until an hour go by it.",
        "🌙 你的时区：<b>{zone}</b>，当地现在 {now}。免打扰时段和“到几点”的暂停都按这个时区。",
    ),
    "zone.done.quiet": Text(
        "🌙 Your clock: <b>{zone}</b>, where it is {now}. Your quiet hours are <b>{hours}</b> by it; pauses until an hour go by it too.",
        "🌙 你的时区：<b>{zone}</b>，当地现在 {now}。免打扰时段 <b>{hours}</b> 按此时区，“到几点”的暂停也是。",
    ),
    "noise.quiet.ended": Text("🌙 There are no quiet hours any more.", "🌙 已关闭免打扰时段。"),
    "noise.quiet.bad": Text(
        "I do not understand “{word}”, nothing was changed. The form is <code>/quiet 23:00-08:00</code> or <code>/quiet off</code>; "
        "for your time zone <code>/quiet Asia/Shanghai</code>.",
        "无法识别“{word}”，未作更改。正确写法如 <code>/quiet 23:00-08:00</code> 或 <code>/quiet 关</code>；"
        "设置时区：<code>/quiet Asia/Shanghai</code>。",
    ),
    "noise.quiet.same": Text(
        "Quiet hours must end at another time than they begin, as <code>/quiet 23:00-08:00</code>; nothing was changed.",
        "开始和结束时间不能相同，例如 <code>/quiet 23:00-08:00</code>；未作更改。",
    ),
    "noise.button.quiet": Text("🌙 Quiet hours", "🌙 免打扰时段"),
    "noise.button.notify": Text("🔔 What I tell you", "🔔 通知设置"),
    "noise.button.none": Text("No quiet hours", "不设免打扰"),
    # danger
    "alert.liquidation_near": Text(
        "🚨 <b>{leg}</b> is only <b>{distance:.2%}</b> away from its liquidation\n"
        "Liquidation at {liquidation_price:~price} · mark {mark_price:price} · ROI {roi:+%}\n"
        "Add margin at OKX, or close some of it. I say so again when it comes much nearer.",
        "🚨 <b>{leg}</b> 距强平价仅 <b>{distance:.2%}</b>\n"
        "强平价 {liquidation_price:~price} · 标记价 {mark_price:price} · 收益率 {roi:+%}\n"
        "请到 OKX 追加保证金，或减仓。明显更近时会再次提醒。",
    ),
    "alert.liquidation_near.ratio": Text(
        "🚨 <b>{leg}</b>: the margin ratio is down to <b>{margin_ratio:.2%}</b>; OKX liquidates at 100%\n"
        "Mark {mark_price:price} · ROI {roi:+%}\n"
        "Add margin at OKX, or close some of it. I say so again when it comes much nearer.",
        "🚨 <b>{leg}</b>：维持保证金率已降至 <b>{margin_ratio:.2%}</b>，到 100% 时强平\n"
        "标记价 {mark_price:price} · 收益率 {roi:+%}\n"
        "请到 OKX 追加保证金，或减仓。明显更近时会再次提醒。",
    ),
    "alert.many.liquidation": Text(
        "🚨 <b>{count} legs are near their liquidation</b>: add margin at OKX, or /close",
        "🚨 <b>{count} 个仓位接近强平</b>：请到 OKX 追加保证金，或 /close 减仓",
    ),
    "button.near.close": Text("Close some of it", "减仓"),
    "near.gone": Text("This leg is not open any more.", "该仓位已不存在。"),
    # the keys below the chat
    "key.status": Text("Status", "状态"),
    "key.panel": Text("Panel", "面板"),
    "key.pairs": Text("Pairs", "双向持仓"),
    "key.close": Text("Close", "平仓"),
    "key.pause": Text("Pause", "暂停"),
    "keyboard.on": Text(
        "The keys are below the chat. <code>/keyboard off</code> takes them away.",
        "快捷键盘已打开。<code>/keyboard off</code> 关闭。",
    ),
    "keyboard.off": Text(
        "There are no keys below the chat. <code>/keyboard on</code> puts them there.",
        "快捷键盘已关闭。<code>/keyboard on</code> 打开。",
    ),
    "keyboard.form": Text(
        "The forms are <code>/keyboard on</code> and <code>/keyboard off</code>.",
        "写法：<code>/keyboard on</code>（打开）或 <code>/keyboard off</code>（关闭）。",
    ),
    "keyboard.language": Text("The keys below the chat are in English now.", "快捷键盘已换成中文。"),
    # what a person has chosen, in the history
    "wish.on": Text("on", "开启"),
    "wish.off": Text("off", "关闭"),
    "wish.light": Text("light", "浅色"),
    "wish.dark": Text("dark", "深色"),
    "line.wish_changed.notify": Text("🔔 {by:user} changed what is told: {value}", "🔔 {by:user} 修改了通知：{value}"),
    "line.wish_changed.quiet": Text("🌙 {by:user} changed the quiet hours: {value}", "🌙 {by:user} 修改了免打扰时段：{value}"),
    "line.wish_changed.zone": Text("🌙 {by:user} said their time zone: {value}", "🌙 {by:user} 设置了时区：{value}"),
    "line.wish_changed.theme": Text("🎨 {by:user} chose the look of pictures: {value}", "🎨 {by:user} 选择了图片主题：{value}"),
    "line.wish_changed.panel": Text("📌 {by:user} changed the panel: {value}", "📌 {by:user} 修改了面板：{value}"),
    "line.language_chosen": Text("🗣 {by:user} chose {chosen}", "🗣 {by:user} 选择了{chosen}"),
}
