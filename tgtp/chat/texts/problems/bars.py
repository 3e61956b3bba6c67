"""Why the bars of a file, or its funding rates, cannot be used."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "bars.refused": Text("{path}, {where}: {why}", "{path} {where}：{why}"),
    "bars.row": Text("row {row}", "第 {row} 条数据"),
    "bars.line": Text("row {row} (line {line})", "第 {row} 条数据（第 {line} 行）"),
    "bars.columns": Text("{path} lacks columns; it must name {names}", "{path} 缺少列；必须写明 {names}"),
    "bars.empty": Text("{path} holds no bars", "{path} 中没有 K 线"),
    "bars.outside": Text("{path} has no bar in the time asked for", "{path} 在所要的时间内没有 K 线"),
    "bars.cut": Text("{path} ends in the middle of its packed data; copy it again", "{path} 的压缩数据不完整，请重新复制"),
    "bars.cache": Text(
        "{path} is no cache of bars; remove it and fetch it again", "{path} 不是 K 线缓存文件；请删除后重新获取"
    ),
    "bars.pyarrow": Text(
        "{path} is a Feather file, which only pyarrow reads: pip install 'tgtp[feather]', or pip install pyarrow",
        "{path} 是 Feather 文件，需要 pyarrow 才能读取：pip install 'tgtp[feather]'，或 pip install pyarrow",
    ),
    # rows
    "bars.short": Text("it has too few cells ({count})", "单元格太少（{count} 个）"),
    "bars.time": Text("“{cell}” is not a time in unix milliseconds", "“{cell}”不是毫秒时间戳"),
    "bars.seconds": Text(
        "it comes {step} ms after the first; times are unix milliseconds (are these seconds?)",
        "与第一根只差 {step} 毫秒；时间应为毫秒时间戳（是否写成了秒？）",
    ),
    "bars.price": Text("{name} is “{cell}”, which is not a price", "{name} 为“{cell}”，不是价格"),
    "bars.high": Text("the high {high} is below the open or the close", "最高价 {high} 低于开盘价或收盘价"),
    "bars.low": Text("the low {low} is above the open or the close", "最低价 {low} 高于开盘价或收盘价"),
    "bars.doubled": Text("it has the same time as the one before", "与上一根的时间相同"),
    "bars.unsorted": Text("it is earlier than the one before; sort the file by time", "早于上一根；请按时间排序"),
    "bars.step": Text(
        "it comes {found} s after the one before, but bars here are {step} s apart",
        "与上一根相隔 {found} 秒，而此文件的间隔是 {step} 秒",
    ),
    "bars.hole": Text(
        "bars are missing before it ({count}); --allow-gaps takes the file as it is, and walks across no hole",
        "之前缺少 {count} 根；--allow-gaps 可接受缺口，回测不会跨越缺口",
    ),
    "bars.one": Text("one bar alone does not say how long it lasts", "只有一根 K 线，无法得知其周期"),
    # funding rates
    "funding_file.row": Text(
        "“{time}”, “{rate}” are not a time in unix milliseconds and a funding rate (0.0001 is 0.01 %)",
        "“{time}”、“{rate}”不是毫秒时间戳和资金费率（0.0001 即 0.01%）",
    ),
    "funding_file.doubled": Text("it gives a time of before another rate", "同一时间有两个不同的费率"),
    "funding_file.empty": Text("{path} holds no funding rate of {instrument}", "{path} 中没有 {instrument} 的资金费率"),
    "funding_file.zip": Text("{path} holds {count} CSV files; one is wanted", "{path} 中有 {count} 个 CSV 文件，应只有一个"),
}
