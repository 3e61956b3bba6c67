"""Words that many sentences are made of: sides, modes, durations, problems."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # words
    "side.long": Text("long", "多单"),
    "side.short": Text("short", "空单"),
    "mode.isolated": Text("isolated", "逐仓"),
    "mode.cross": Text("cross", "全仓"),
    "exchange.paper": Text("a paper account", "模拟盘"),
    "exchange.paper_live": Text("a paper account at live OKX prices", "模拟盘(OKX 实时价格)"),
    "exchange.okx": Text("OKX", "OKX 实盘"),
    "exchange.okx_demo": Text("OKX demo", "OKX 模拟交易"),
    "position_mode.long_short": Text("long and short side by side", "双向持仓"),
    "position_mode.net": Text("net", "单向持仓"),
    "unknown": Text("unknown", "未知"),
    "all": Text("everything", "全部"),
    "someone": Text("user {id}", "用户 {id}"),
    # by which way a side goes
    "route.okx": Text("OKX {way}", "OKX {way}"),
    "route.telegram": Text("Telegram {way}", "Telegram {way}"),
    "way.direct": Text("directly", "直连"),
    "way.direct.said": Text("directly ({setting})", "直连（{setting}）"),
    "way.proxy": Text("by {proxy} ({setting})", "经代理 {proxy}（{setting}）"),
    # durations
    "age.seconds": Text("{n} s", "{n} 秒"),
    "age.minutes": Text("{n} min", "{n} 分钟"),
    "age.hours": Text("{n} h", "{n} 小时"),
    "age.days": Text("{n} d", "{n} 天"),
    # problems: the English is what is raised, word for word
    "problem.direct": Text(
        "{why}, through the proxy {proxy} ({setting}); without it OKX answers: write OKX_PROXY_URL=direct into .env and start me again",
        "{why}（经由 {setting} 的代理 {proxy}）；不经代理 OKX 可以访问：请在 .env 写入 OKX_PROXY_URL=direct 并重启",
    ),
    "problem.through": Text("{why}, through the proxy {proxy} ({setting})", "{why}（经由 {setting} 的代理 {proxy}）"),
    "problem.region": Text(
        "OKX says {code}: {words} (a key of another region? OKX_API_URL is {hosts})",
        "OKX 返回 {code}：{words}（密钥属于其他地区？OKX_API_URL 应为 {hosts}）",
    ),
    "problem.demo": Text(
        "OKX says {code}: {words} (is it a key of demo trading? OKX_DEMO is true for those only)",
        "OKX 返回 {code}：{words}（是模拟交易的密钥吗？只有模拟交易的密钥才用 OKX_DEMO=true）",
    ),
    "problem.address": Text(
        "OKX says {code}: the address {address} is not on the list of this API key",
        "OKX 返回 {code}：IP {address} 不在该 API 密钥的白名单中",
    ),
    "problem.huge": Text(
        "OKX's reply was longer than {megabytes} MB, and was not read", "OKX 的回复超过 {megabytes} MB，未读取"
    ),
    "problem.slow": Text("OKX did not answer in time", "OKX 未及时响应"),
    "problem.away": Text("OKX could not be reached, or is not in service", "无法连接 OKX，或 OKX 暂停服务"),
    "problem.network": Text("OKX could not be reached", "无法连接 OKX"),
    "problem.keys": Text("OKX refuses the keys", "OKX 拒绝了密钥"),
    "problem.flood": Text("OKX says that there were too many requests", "OKX 提示请求过于频繁"),
    "problem.nonsense": Text("OKX's answer made no sense ({kind})", "OKX 的回复无法理解（{kind}）"),
    "problem.code": Text("OKX says {code}", "OKX 返回 {code}"),
    "problem.says": Text("OKX says {code}: {words}", "OKX 返回 {code}：{words}"),
    "problem.proxy": Text("the reply is not one of OKX's (a proxy's page, perhaps)", "收到的不是 OKX 的回复（可能是代理页面）"),
    "problem.rows": Text("OKX sent a reply without its rows", "OKX 的回复缺少数据"),
    "problem.instruments": Text("OKX sent no instruments", "OKX 没有返回合约列表"),
    "problem.config": Text("OKX sent an account configuration without content", "OKX 返回的账户配置为空"),
    "problem.mode": Text("OKX names an unknown position mode: {mode}", "OKX 返回了未知的持仓模式：{mode}"),
    "problem.order": Text("OKX sent an order that makes no sense: {what}", "OKX 返回的订单无法理解：{what}"),
    "problem.trade": Text("OKX sent a trade that makes no sense: {what}", "OKX 返回的成交无法理解：{what}"),
    "problem.long": Text("the check took more than {seconds} s and was given up", "检查超过 {seconds} 秒，已放弃"),
    "problem.unforeseen": Text("unforeseen {what}", "意外错误 {what}"),
    "problem.unwritten": Text("{path} could not be written: {why}", "{path} 无法写入：{why}"),
    "problem.held_shared": Text(
        "the API key is of the same account as that of another name; nothing was sent",
        "密钥与另一个名称的密钥属于同一个账户，未发送任何订单",
    ),
    "problem.held_changed": Text(
        "the API key is of another account than before; nothing was sent", "密钥属于另一个账户，与之前不同，未发送任何订单"
    ),
    "problem.held_waits": Text(
        "the API key may be of an account that another name stands for; nothing was sent",
        "密钥可能属于另一个名称所代表的账户，未发送任何订单",
    ),
    "problem.unsaved": Text("the paper account could not be saved: {why}", "模拟账户无法保存：{why}"),
}
