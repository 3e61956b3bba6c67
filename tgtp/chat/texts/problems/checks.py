"""What goes wrong while the program runs: at the exchange, on the way to it, in a check, with an order or a ladder."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
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
    "problem.nonsense": Text("OKX's answer was invalid ({kind})", "OKX 的回复无法理解（{kind}）"),
    "problem.proxy_who": Text("the proxy refuses its user name and password (407)", "代理拒绝了用户名和密码（407）"),
    "problem.proxy_no": Text("the proxy does not connect to OKX, it answers {code}", "代理未连接 OKX，返回 {code}"),
    "problem.code": Text("OKX says {code}", "OKX 返回 {code}"),
    "problem.says": Text("OKX says {code}: {words}", "OKX 返回 {code}：{words}"),
    "problem.proxy": Text("the reply is not one of OKX's (a proxy's page, perhaps)", "收到的不是 OKX 的回复（可能是代理页面）"),
    "problem.rows": Text("OKX sent a reply without its rows", "OKX 的回复缺少数据"),
    "problem.position_tiers": Text("OKX sent no position tiers of {name}", "OKX 没有返回 {name} 的仓位档位"),
    "problem.instruments": Text("OKX sent no instruments", "OKX 没有返回合约列表"),
    "problem.config": Text("OKX sent an account configuration without content", "OKX 返回的账户配置为空"),
    "problem.mode": Text("OKX names an unknown position mode: {mode}", "OKX 返回了未知的持仓模式：{mode}"),
    "problem.order": Text("OKX sent an invalid order: {what}", "OKX 返回的订单无法理解：{what}"),
    "problem.trade": Text("OKX sent an invalid trade: {what}", "OKX 返回的成交无法理解：{what}"),
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
    "problem.words": Text("{words}", "{words}"),
    "problem.candle": Text("OKX sent an invalid candle: {what}", "OKX 返回的 K 线无法理解：{what}"),
    "problem.bill": Text("OKX sent an invalid bill: {what}", "OKX 返回的账单无法理解：{what}"),
    "problem.public": Text("OKX public data timed out", "OKX 的公共数据未及时返回"),
    "problem.long_record": Text(
        "OKX's record of orders and trades is too long to be read whole", "OKX 的订单和成交记录太长，无法完整读取"
    ),
    "problem.no_answer": Text("OKX's reply to the order is not valid", "OKX 对订单的回复无法识别"),
    "problem.no_answer_margin": Text("OKX's reply to the margin change is not valid", "OKX 对调整保证金的回复无法识别"),
    "problem.forgotten": Text("the exchange has forgotten it", "交易所已无此订单的记录"),
    "problem.unfilled": Text("ended without a fill", "结束时没有成交"),
    "problem.no_fill_prices": Text("no prices to fill at: {why}", "没有可成交的价格：{why}"),
    "problem.no_prices": Text("no prices to reckon with: {why}", "没有可用于计算的价格：{why}"),
    "problem.held_prices": Text("prices are held back", "价格暂不提供"),
    "problem.no_try": Text("no try was made", "没有尝试读取"),
    "problem.ending": Text("the program ends, and reads no more", "程序正在结束，不再读取"),
    "problem.too_slow": Text("too slow", "太慢"),
    # what our own guard says of an order
    "denied.other_leg": Text("{leg} is not the leg that this order was decided on", "{leg} 已不是决定该订单时的仓位"),
    "denied.too_many": Text(
        "{leg} holds {held:# contract|# contracts}; refusing to close {contracts}",
        "{leg} 持有 {held} 张，拒绝平 {contracts} 张",
    ),
    "denied.in_flight": Text("{leg} has an order in flight already", "{leg} 已有订单在途"),
    "denied.no_maintenance": Text("{leg}: no maintenance is written down that buys", "{leg}：没有记录在案的维护加仓"),
    "denied.above_plan": Text(
        "{leg}: {contracts} more would be above the {planned} planned", "{leg}：再加仓 {contracts} 张会超过计划的 {planned} 张"
    ),
    "problem.guard.give_back": Text(
        "percent of the best ROI from 1 to 99, at most two decimals, or off",
        "最高收益率的百分比，1 到 99，最多两位小数，或 off",
    ),
    "problem.guard.break_even": Text("off, or after_tier_1 to after_tier_{most}", "off，或 after_tier_1 到 after_tier_{most}"),
    "problem.ladder_count": Text("there must be 1 to {most} tiers, not {count}", "档位数量应为 1 到 {most}，这里有 {count} 档"),
    "problem.ladder_share": Text(
        "a tier closes 1 to 100 percent of what is held, not {share}", "每档的平仓比例应为 1 到 100，不能是 {share}"
    ),
    "problem.ladder_rise": Text(
        "thresholds must rise, but {upper} follows {lower}", "触发值必须递增，但 {lower} 后面是 {upper}"
    ),
    "problem.ladder_form": Text(
        "{rung} is not a tier; a tier is ROI:SHARE in percent, as 25:30",
        "{rung} 不是档位；格式为“收益率:比例”，单位 %，如 25:30",
    ),
    "problem.ladder_high": Text(
        "a tier fires at a profit above 0 and up to {highest}, not at {threshold}",
        "触发值应大于 0 且不超过 {highest}，不能是 {threshold}",
    ),
}
