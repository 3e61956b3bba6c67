"""What a backtest prints, and the help on its words."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # its words
    "usage.backtest": Text(
        "what the rules would have earned on a file of bars,\nside by side with other ladders and with none",
        "用 K 线文件回测：规则本可赚多少，\n与其他档位、与一直持有并列比较",
    ),
    "usage.backtest.file": Text(
        "CSV or CSV.GZ (timestamp_ms,open,high,low,close[,volume]),\nor Feather, also freqtrade's",
        "CSV 或 CSV.GZ（timestamp_ms,open,high,low,close[,volume]），\n或 Feather（freqtrade 的也可以）",
    ),
    "usage.backtest.instrument": Text("the contract's name", "合约名称"),
    "usage.backtest.side": Text("what is held", "持有的方向"),
    "usage.backtest.leverage": Text("leverage of each leg (default {default})", "每个仓位的杠杆（默认 {default}）"),
    "usage.backtest.contracts": Text("contracts of each leg (default {default})", "每个仓位的张数（默认 {default}）"),
    "usage.backtest.contract_size": Text("coins per contract (default {default})", "合约面值，币（默认 {default}）"),
    "usage.backtest.lot": Text("lot size in contracts (default {default})", "下单精度，张（默认 {default}）"),
    "usage.backtest.tick": Text("tick size of the price (default {default})", "价格精度（默认 {default}）"),
    "usage.backtest.min_contracts": Text("the smallest order (default: a lot)", "最小下单张数（默认等于下单精度）"),
    "usage.backtest.margin_mode": Text("default isolated", "逐仓 isolated（默认）或全仓 cross"),
    "usage.backtest.equity": Text(
        "what bears cross legs, in U (default inf: whatever it takes)", "全仓的账户权益，U（默认 inf：不限）"
    ),
    "usage.backtest.start": Text("first day, UTC (default: all of the file)", "第一天，UTC（默认从文件开头）"),
    "usage.backtest.end": Text("the day after the last one, UTC", "结束日，UTC，不含当天"),
    "usage.backtest.entry": Text(
        "the price the legs were entered at\n(default: opened at the first price)", "仓位的开仓价\n（默认按第一个价格开仓）"
    ),
    "usage.backtest.every": Text(
        "open anew so often (6h, 30m, 1d), each held to the end", "每隔这么久重新开仓一次（6h、30m、1d），各自持有到最后"
    ),
    "usage.backtest.ladder": Text(
        "a ladder for every side, instead of the ones in force;\nmay be given again",
        "用于所有方向的档位，代替现行档位；\n可给出多组",
    ),
    "usage.backtest.execution": Text(
        "looked at every so often (default), or tiers rest\nat the exchange", "定时检查 polled（默认），或档位挂单 resting"
    ),
    "usage.backtest.interval": Text("seconds between two looks (default {default})", "检查间隔，秒（默认 {default}）"),
    "usage.backtest.path": Text(
        "which extreme of a bar comes first (default low-first);\nworst: both are walked, and the smaller result counts",
        "K 线内先到低点还是高点（默认 low-first）；\nworst：两种都走一遍，取较差的结果",
    ),
    "usage.backtest.taker_fee": Text("a fraction (default {default})", "手续费率（默认 {default}）"),
    "usage.backtest.slippage_bps": Text(
        "hundredths of a percent that a look's order loses\n(default {default})",
        "检查触发的订单的滑点，万分之几（默认 {default}）",
    ),
    "usage.backtest.mmr": Text("maintenance rate, a fraction (default {default})", "维持保证金率（默认 {default}）"),
    "usage.backtest.funding": Text(
        "a rate for each 8 hours, or a file of rates (default none)", "每 8 小时的资金费率，或资金费率文件（默认 none）"
    ),
    "usage.backtest.allow_gaps": Text(
        "accept a file with holes; no price is made up in them", "接受有缺口的文件；缺口内不虚构价格"
    ),
    "usage.backtest.json": Text("write everything for programs, too", "另存为 JSON，供程序读取"),
    "usage.backtest.png": Text("draw the ladder's walk, too", "另将档位的走势绘成图片"),
    "usage.replay.gone": Text(
        "{program}: replay has given way to backtest, which sees liquidations, fees and what happens within a bar: {command}",
        "{program}：replay 已由 backtest 取代；backtest 计入强平、手续费和 K 线内的走势：{command}",
    ),
    # what it prints
    "backtest.head": Text(
        "{instrument}: {bars} bars of {step} min, {begins} to {ends} UTC",
        "{instrument}：{bars} 根 {step} 分钟 K 线，{begins} 至 {ends}（UTC）",
    ),
    "backtest.prices": Text(
        "The file's prices are taken for the mark price and the traded price at once.", "文件中的价格同时当作标记价和成交价。"
    ),
    "backtest.leg": Text(
        "{side}: {contracts} contracts of {size} at {leverage}x, {mode}, ladder {ladder}",
        "{side}：{contracts} 张（每张 {size}），{leverage} 倍，{mode}，档位 {ladder}",
    ),
    "backtest.mode.isolated": Text("isolated", "逐仓"),
    "backtest.mode.cross": Text("cross", "全仓"),
    "backtest.execution.polled": Text(
        "Looked at every {interval} s: an order fills at the price of that moment.",
        "每 {interval} 秒检查一次：订单按当时的价格成交。",
    ),
    "backtest.execution.resting": Text(
        "Tiers rest at the exchange and fill at their trigger price; the hedge rule looks every {interval} s.",
        "档位挂在交易所，按触发价成交；对冲规则每 {interval} 秒检查一次。",
    ),
    "backtest.funding.none": Text("Funding: none.", "资金费：不计。"),
    "backtest.funding.rate": Text(
        "Funding: an assumed rate of {rate:.2%} per 8 h.", "资金费：按假定费率每 8 小时 {rate:.2%}。"
    ),
    "backtest.funding.file": Text("Funding: the measured rates of the file.", "资金费：按文件中的实际费率。"),
    "backtest.costs": Text(
        "Fee {fee:.2%}, slippage {slippage} bps, maintenance rate {rate:.2%}.",
        "手续费 {fee:.2%}，滑点万分之 {slippage}，维持保证金率 {rate:.2%}。",
    ),
    "backtest.equity": Text("Cross legs are borne by {equity:U} U.", "全仓由 {equity:U} U 的账户权益承担。"),
    "backtest.equity.endless": Text(
        "Cross legs are borne by whatever it takes: no liquidation.", "全仓的账户权益不限：不会强平。"
    ),
    "backtest.gaps": Text(
        "{count:# hole|# holes} in the bars; nothing happens in them.", "K 线有 {count} 处缺口，缺口内什么也不发生。"
    ),
    "backtest.fills": Text(
        "{name}, {path}: entered at {price}, opening fee {fee:U} U; ROI = sign × (price − entry) / entry × leverage",
        "{name}，{path}：开仓价 {price}，开仓手续费 {fee:U} U；收益率 = 方向 ×（价格 − 开仓价）÷ 开仓价 × 杠杆",
    ),
    "backtest.worst": Text(
        "{name}: {result} U on the worse path; the order of the extremes mattered in {count:# bar|# bars}",
        "{name}：较差的走法为 {result} U；高低点的先后影响了 {count} 根 K 线",
    ),
    "backtest.sum": Text(
        "U throughout. realised + open − fees + funding = result, after the opening fee.",
        "单位均为 U。已实现 + 未实现 − 手续费 + 资金费 = 结果（不含开仓手续费）。",
    ),
    "backtest.speed": Text("{skipped} looks skipped; {seconds} s.", "跳过 {skipped} 次检查，用时 {seconds} 秒。"),
    "backtest.picture": Text("{instrument} ladder, {path}: {result:+U} U", "{instrument} 档位，{path}：{result:+U} U"),
    "backtest.picture.entry": Text("entry", "开仓"),
    "backtest.picture.tier": Text("{side} tier {number}", "{side} 第 {number} 档"),
    "backtest.picture.liquidation": Text("liquidation", "强平"),
    "backtest.column.at": Text("time (UTC)", "时间（UTC）"),
    "backtest.column.side": Text("leg", "方向"),
    "backtest.column.rule": Text("rule", "规则"),
    "backtest.column.entry": Text("entry", "开仓价"),
    "backtest.column.price": Text("price", "成交价"),
    "backtest.column.roi": Text("ROI %", "收益率 %"),
    "backtest.column.held": Text("held", "持有"),
    "backtest.column.closed": Text("closed", "平仓"),
    "backtest.column.left": Text("left", "剩余"),
    "backtest.column.pnl": Text("P&L", "盈亏"),
    "backtest.column.fee": Text("fee", "手续费"),
    "backtest.column.name": Text("rules", "规则组合"),
    "backtest.column.path": Text("path", "走法"),
    "backtest.column.realised": Text("realised", "已实现"),
    "backtest.column.open": Text("open", "未实现"),
    "backtest.column.fees": Text("fees", "手续费"),
    "backtest.column.funding": Text("funding", "资金费"),
    "backtest.column.result": Text("result", "结果"),
    "backtest.column.best": Text("best", "最高"),
    "backtest.column.worst": Text("worst", "最低"),
    "backtest.column.given_back": Text("given back", "回吐"),
    "backtest.column.drawdown": Text("drawdown", "最大回撤"),
    "backtest.column.slippage": Text("slippage", "滑点"),
    "backtest.column.lasted": Text("held for", "持有时长"),
    "backtest.column.tiers": Text("tiers", "档位"),
    "backtest.column.entries": Text("entries", "开仓次数"),
    "backtest.column.mean": Text("mean", "平均"),
    "backtest.column.median": Text("median", "中位数"),
    "backtest.column.lowest": Text("lowest", "最差"),
    "backtest.column.highest": Text("highest", "最好"),
    "backtest.column.gained": Text("above 0", "盈利占比"),
}
