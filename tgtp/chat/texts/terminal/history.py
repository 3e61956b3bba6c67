"""What ``fetch-history`` is told, prints, and why it cannot."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "usage.history": Text(
        "fetch bars of years from OKX into the cache;\nbegun again, it goes on where it was",
        "从 OKX 获取多年 K 线并存入缓存；\n中断后再次运行会继续",
    ),
    "usage.history.instrument": Text("the swap, as ETH-USDT-SWAP", "合约，如 ETH-USDT-SWAP"),
    "usage.history.bar": Text("length of a bar: 1m, 5m, 1h, 1d …", "K 线周期：1m、5m、1h、1d 等"),
    "usage.history.start": Text("first day (UTC), as 2022-01-01", "第一天（UTC），如 2022-01-01"),
    "usage.history.end": Text("end before this day (UTC); by default now", "在这一天（UTC）之前结束；默认到现在"),
    "usage.history.price": Text("prices: mark (default) or last", "价格：mark 标记价（默认）或 last 成交价"),
    "usage.history.funding": Text(
        "also the funding rates, of which\nOKX keeps three months", "同时获取资金费率\n（OKX 只保留三个月）"
    ),
    "usage.history.to": Text("folder of the cache (default: history in DATA_DIR)", "缓存文件夹（默认：DATA_DIR 下的 history）"),
    "history.done": Text(
        "{path}: {count} bars from {oldest} to {newest} UTC; gaps: {gaps}",
        "{path}：{count} 根 K 线，{oldest} 至 {newest}（UTC）；缺口：{gaps}",
    ),
    "history.gap": Text("  gap: {count} missing from {at} on", "  缺口：自 {at} 起缺少 {count} 根"),
    "history.more_gaps": Text("  and {count} more", "  另有 {count} 处"),
    "history.funding": Text(
        "{path}: {count} funding rates from {oldest} to {newest}; older ones are in OKX's monthly files (docs/backtest.md)",
        "{path}：{count} 条资金费率，{oldest} 至 {newest}；更早的见 OKX 的月度文件（docs/backtest.md）",
    ),
    # refusals
    "history.swap": Text(
        "“{name}” is not the name of a USDT swap, as ETH-USDT-SWAP", "“{name}”不是 USDT 永续合约的名称，应如 ETH-USDT-SWAP"
    ),
    "history.bar": Text("“{name}” is not a length of bars; there are {names}", "没有“{name}”这种 K 线周期；可用：{names}"),
    "history.unknown": Text("OKX lists no {name}", "OKX 没有 {name}"),
    "history.empty": Text("OKX has no finished bar of {name} in that time", "OKX 在该时间内没有 {name} 的已完成 K 线"),
    "history.no_funding": Text("OKX has no funding rate of {name} in that time", "OKX 在该时间内没有 {name} 的资金费率"),
    "history.busy": Text("another fetch-history fills {path}", "另一个 fetch-history 正在写入 {path}"),
    "history.disk": Text("{path} cannot be written: {why}", "{path} 无法写入：{why}"),
    "history.down": Text(
        "{why}. What was fetched is kept; the same command goes on there",
        "{why}。已获取的数据已保存，再次执行同样的命令会继续",
    ),
}
