"""Why a backtest cannot be made of some words."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "backtest.number": Text("{name} takes a number above 0, not “{text}”", "{name} 应为大于 0 的数，而不是“{text}”"),
    "backtest.rate": Text(
        "{name} takes a number from 0 to below {most}, not “{text}”", "{name} 应为 0 以上、小于 {most} 的数，而不是“{text}”"
    ),
    "backtest.choice": Text("{name} takes one of {choices}, not “{text}”", "{name} 应为 {choices} 之一，而不是“{text}”"),
    "backtest.lot": Text(
        "--contracts {text} cannot be held: it is no multiple of --lot {lot}", "--contracts {text} 不是 --lot {lot} 的整数倍"
    ),
    "backtest.equity.isolated": Text(
        "--equity {text} bears cross positions only; isolated ones bear themselves: add --margin-mode cross, or leave it out",
        "--equity {text} 只用于全仓；逐仓由自身保证金承担：请加上 --margin-mode cross，或去掉 --equity",
    ),
    "backtest.interval": Text(
        "--interval takes seconds, to a thousandth, a day at the most; not “{text}”",
        "--interval 应为秒数（精确到毫秒，最长一天），而不是“{text}”",
    ),
    "backtest.every": Text(
        "--every takes a whole number and s, m, h or d, as 6h; not “{text}”",
        "--every 应为整数加 s、m、h 或 d，如 6h，而不是“{text}”",
    ),
    "backtest.day": Text("{name} takes a day, as 2022-05-08, not “{text}”", "{name} 应为日期，如 2022-05-08，而不是“{text}”"),
    "backtest.span": Text("--end ({end}) must come after the start ({start})", "--end（{end}）必须晚于开始日期（{start}）"),
    "backtest.funding": Text(
        "--funding takes none, a rate below 1, or a file; not “{text}”",
        "--funding 应为 none、小于 1 的费率或文件，而不是“{text}”",
    ),
    "backtest.funding.outside": Text(
        "the funding rates of the file are of another time than the bars: {first} to {last}",
        "资金费率文件的时间（{first} 至 {last}）与 K 线不重合",
    ),
    "backtest.ladder": Text("--ladder {text}: {why}", "档位 --ladder {text}：{why}"),
    "backtest.instrument": Text("“{text}” with these sizes is no contract", "“{text}”和这些参数不构成一个合约"),
    "backtest.failed": Text("a look of the engine failed: {why}", "引擎的一次检查失败：{why}"),
    "backtest.empty": Text("the file has no bar in the time asked for", "文件在所要的时间内没有 K 线"),
    "backtest.undrawn": Text("the picture could not be drawn: {why}", "图片无法绘制：{why}"),
}
