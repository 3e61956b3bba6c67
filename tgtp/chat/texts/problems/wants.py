"""What a setting wants."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "setting.wants.exchange": Text(
        "paper or okx",
        "paper 或 okx",
    ),
    "setting.wants.prices": Text(
        "simulated or live",
        "simulated 或 live",
    ),
    "setting.wants.chat": Text(
        "local or telegram",
        "local 或 telegram",
    ),
    "setting.wants.language": Text(
        "zh, en, or nothing (each user's own)",
        "zh、en 或留空（随各用户）",
    ),
    "setting.wants.users": Text(
        "numeric user ids, comma separated, as 12345678,87654321",
        "数字用户 ID，用逗号分隔，如 12345678,87654321",
    ),
    "setting.wants.address": Text(
        "an address as {example}",
        "形如 {example} 的地址",
    ),
    "setting.wants.port": Text(
        "a port from 0 to 65535",
        "0 到 65535 的端口",
    ),
    "setting.wants.token": Text(
        "32 to 200 letters, digits, - and _",
        "32 到 200 个字母、数字、- 和 _",
    ),
    "setting.wants.host": Text(
        "an IP address of this machine, as 127.0.0.1, or 0.0.0.0 for all of them",
        "本机的 IP 地址，如 127.0.0.1；0.0.0.0 表示所有地址",
    ),
    "setting.wants.password": Text(
        "16 to 200 letters, digits and signs of ASCII, best made at random",
        "16 到 200 个 ASCII 字母、数字或符号，最好随机生成",
    ),
    "setting.wants.dynamic": Text("off or on", "off 或 on"),
    "setting.wants.max_age": Text("whole milliseconds from 1 to 1000, as 400", "1 到 1000 的整毫秒数，如 400"),
    "setting.wants.resting": Text("off or all", "off 或 all"),
    "setting.wants.grace": Text("whole seconds from 1 to 60, as 3", "1 到 60 的整秒数，如 3"),
    "setting.wants.at_exit": Text("keep or cancel", "keep 或 cancel"),
    "setting.wants.bool": Text(
        "true or false",
        "true 或 false",
    ),
    "setting.wants.switch": Text(
        "on or off",
        "on 或 off",
    ),
    "setting.wants.role": Text(
        "main or sub",
        "main 或 sub",
    ),
    "setting.wants.accounts": Text(
        "names of letters and digits, main first, as main,alpha,beta",
        "由字母和数字组成的名字，main 在前，如 main,alpha,beta",
    ),
    "setting.wants.plan": Text(
        "rounds BUY:KEEP in USDT of margin, as 100:10,100:10,200:20",
        "按保证金 USDT 写的“加仓:保留”各轮，如 100:10,100:10,200:20",
    ),
    "setting.wants.roi": Text(
        "a ROI in percent from -100 to below 0, as -10",
        "不低于 -100、小于 0 的收益率（%），如 -10",
    ),
    "setting.wants.totp": Text(
        "a base32 secret of 23 characters or more",
        "23 个字符以上的 base32 密钥",
    ),
    "setting.wants.seconds": Text(
        "whole seconds from 1 to 3600",
        "1 到 3600 的整秒数",
    ),
    "setting.wants.min": Text(
        "an amount in USDT from 0 to 1000000, as 1",
        "0 到 1000000 的 USDT 金额，如 1",
    ),
    "setting.wants.keep": Text(
        "an amount in USDT above 0 and up to 1000000, as 1",
        "大于 0、不超过 1000000 的 USDT 金额，如 1",
    ),
    "setting.wants.tiers": Text(
        "rising tiers ROI:SHARE in percent, as {example}",
        "递增的“收益率:比例”档位（%），如 {example}",
    ),
    "setting.wants.rearm": Text(
        "on_close or on_add",
        "on_close 或 on_add",
    ),
    "setting.wants.slippage": Text(
        "percent of the mark price from 0 (off) to 50, as 0.5",
        "标记价的百分比，0（关闭）到 50，如 0.5",
    ),
    "setting.wants.zone": Text(
        "a name as Asia/Shanghai or UTC",
        "形如 Asia/Shanghai 或 UTC 的名称",
    ),
    "setting.wants.time": Text(
        "a time of day as 08:00, or off",
        "形如 08:00 的时刻，或 off",
    ),
    "setting.wants.liquidation": Text(
        "percent of the price from 0 (off) to 100, as 20",
        "价格的百分比，0（关闭）到 100，如 20",
    ),
    "setting.wants.funding": Text(
        "percent of the notional from 0 (off) to 100, as 0.3",
        "名义价值的百分比，0（关闭）到 100，如 0.3",
    ),
    "setting.wants.folder": Text(
        "a folder",
        "一个文件夹",
    ),
    "setting.wants.first": Text("pause or run", "pause（先暂停）或 run（直接运行）"),
    "setting.wants.guard": Text("guard or watch", "guard（监控）或 watch（仅观察）"),
    "setting.wants.give_back": Text(
        "percent of the best ROI from 1 to 99, as 40; empty for off", "最高收益率的百分比，1 到 99，如 40；留空为关闭"
    ),
    "setting.wants.break_even": Text("off, or after_tier_1 and so on", "off，或 after_tier_1 等"),
    "setting.wants.proxy": Text(
        "direct, or an address as {http} or {socks} (a name and a password stand before the host as name:password@; # in them is %23)",
        "direct，或形如 {http} 或 {socks} 的地址（用户名和密码写在主机前：用户名:密码@；其中的 # 写作 %23）",
    ),
    "setting.wants.alerts": Text("critical or tiers", "critical 或 tiers"),
    "setting.wants.minutes": Text(
        "whole minutes from 0 to 1440",
        "0 到 1440 的整分钟数",
    ),
    "setting.wants.level": Text(
        "DEBUG, INFO, WARNING or ERROR",
        "DEBUG、INFO、WARNING 或 ERROR 之一",
    ),
}
