"""Who may, who did, and what reached the program too late."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "alarm.deaf": Text(
        "🚨 <b>Your commands did not reach me</b>: five requests for them in a row failed ({what}). The checks go on. Until an answer "
        "comes, take it that no command and no button has been heard.",
        "🚨 <b>收不到你的命令</b>：连续五次收取失败（{what}）。检查照常。在收到回应之前，请视为命令和按钮均未送达。",
    ),
    "press.late": Text(
        "⏳ Not done: you pressed “{label}” while I was not running, or while Telegram was out of reach. If you still want it, "
        "press it here.",
        "⏳ 未执行：你按下“{label}”时程序没有运行，或连不上 Telegram。如仍需要，请在这里再按一次。",
    ),
    "press.late.again": Text("Do it now", "现在执行"),
    "stale.clock": Text(
        "⏳ Not done: “{text}”. This machine’s clock is {ahead} ahead of Telegram’s, so every command looks that old. Set the clock "
        "(<code>timedatectl set-ntp true</code>); until then I obey stops only: /pause.",
        "⏳ 未执行：“{text}”。本机时钟比 Telegram 快 {ahead}，所有命令都显得过旧。请校准时钟（<code>timedatectl set-ntp true</code>）；"
        "在此之前只执行 /pause。",
    ),
}
