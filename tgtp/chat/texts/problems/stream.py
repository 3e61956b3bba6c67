"""Why a stream of OKX's brings nothing."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "problem.stream.closed": Text("OKX closed the connection ({code})", "OKX 断开了连接（{code}）"),
    "problem.stream.unheard": Text("nothing is heard of the account", "没有收到账户的任何推送"),
    "problem.stream.silent": Text("nothing came from OKX for {seconds} s", "{seconds} 秒没有收到 OKX 的任何数据"),
    "problem.stream.stuck": Text("OKX sent no mark price for {seconds} s", "OKX {seconds} 秒没有推送标记价"),
    "problem.stream.crowded": Text(
        "OKX ended the subscription of {channel}: too many connections of this account",
        "OKX 取消了 {channel} 订阅：该账户的连接过多",
    ),
    "problem.stream.upgrade": Text("OKX upgrades its service and wants a new connection", "OKX 正在升级服务，要求重新连接"),
    "problem.stream.doubted": Text(
        "what came was not believed, and a new connection is made", "推送的数据不可信，正在重新连接"
    ),
}
