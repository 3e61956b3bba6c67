"""What a sweep is told, prints, and why it cannot."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "usage.sweep": Text(
        "try many rules on many coins over all cores,\nand whether the best hold on bars that did not choose them",
        "用全部核心在多个币种上试多组规则，\n并检验最优者在样本外是否依然有效",
    ),
    "usage.sweep.grid": Text("what to try (docs/backtest.md)", "要试的组合（见 docs/backtest.md）"),
    "usage.sweep.backend": Text("who walks: this machine's cores, or a Dask cluster", "由谁计算：本机核心，或 Dask 集群"),
    "usage.sweep.scheduler": Text(
        "of --backend dask: tcp:// on this machine, else tls://", "配合 --backend dask：本机用 tcp://，否则用 tls://"
    ),
    "usage.sweep.png": Text("draw the heat map, too", "另将热力图绘成图片"),
    "sweep.head": Text(
        "{count} backtests, of which {done} are done; cases: {cases}", "共 {count} 次回测，已完成 {done} 次；分组：{cases}"
    ),
    "sweep.case": Text("{instrument} {side}, a new leg every {every}", "{instrument} {side}，每 {every} 开一次仓"),
    "sweep.heat": Text("Out of sample, window by window:", "各窗口的样本外结果："),
    "sweep.chosen": Text(
        "Best of {tried} combinations, chosen in each window by its own sample: {inside} in sample, {outside} out of it; ratio {ratio}.",
        "从 {tried} 组中按各窗口样本内选出的最优者：样本内 {inside}，样本外 {outside}；比值 {ratio}。",
    ),
    "sweep.fitted": Text(
        "Only the fitted one is good: out of sample it is under half, or of another sign. Do not trade on it.",
        "只有拟合的结果好：样本外不到一半，或正负相反。请勿据此交易。",
    ),
    "sweep.lost": Text("None of them gained, in its own sample or after it.", "没有一组盈利：样本内、样本外都没有。"),
    "sweep.unit": Text(
        "U for each day that a leg was looked after, on the worse path where both are walked; fees, funding and liquidations are in it.",
        "单位：每持仓日的 U；两种走法都算时取较差者；已含手续费、资金费和强平。",
    ),
    "sweep.died": Text(
        "{count:# backtest has|# backtests have} no result: the worker died twice. Begun again, the sweep tries only these.",
        "{count} 次回测没有结果：工作进程两次中断。再次运行只会补算这些。",
    ),
    "sweep.picture": Text("U a day out of sample", "样本外每日 U"),
    "sweep.column.rules": Text("rules", "规则组合"),
    "sweep.column.entries": Text("entries", "开仓次数"),
    "sweep.column.inside": Text("in sample", "样本内"),
    "sweep.column.outside": Text("out of sample", "样本外"),
    "sweep.column.ratio": Text("ratio", "比值"),
    "sweep.column.lowest": Text("worst entry", "最差一次"),
    "sweep.column.liquidations": Text("liquidations", "强平次数"),
    "sweep.column.window": Text("window", "窗口"),
    "sweep.column.chosen": Text("chosen", "所选组合"),
    # refusals
    "sweep.toml": Text("{path} cannot be understood: {why}", "{path} 无法理解：{why}"),
    "sweep.unknown": Text("{path}: there is no “{name}” in a grid", "{path}：网格文件中没有“{name}”这一项"),
    "sweep.empty": Text(
        "{path} names no coin or no ladder: [[coin]] and [grid] ladder = […]",
        "{path} 没有币种或档位：需要 [[coin]] 和 [grid] ladder = […]",
    ),
    "sweep.windows": Text(
        "[windows] takes a count of at least {least} and an in-sample share from 0.1 to 0.95",
        "[windows] 的 count 至少为 {least}，in-sample 为 0.1 至 0.95",
    ),
    "sweep.short": Text("{path} is too short for {count} windows", "{path} 太短，不够 {count} 个窗口"),
    "sweep.busy": Text("another sweep of {path} is under way", "另一个 sweep 正在处理 {path}"),
    "sweep.distributed": Text(
        "--backend dask needs dask.distributed: pip install 'tgtp[sweep]'",
        "--backend dask 需要 dask.distributed：pip install 'tgtp[sweep]'",
    ),
    "sweep.open": Text(
        "“{scheduler}” is not used: a scheduler runs the code of whoever reaches it, so it must be tcp:// on this machine, or tls://",
        "不使用“{scheduler}”：任何能连到调度器的人都能在其上运行代码，所以必须是本机的 tcp:// 或 tls://",
    ),
    "sweep.unreached": Text("{scheduler} cannot be reached ({why})", "无法连接 {scheduler}（{why}）"),
}
