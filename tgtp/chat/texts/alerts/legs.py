"""What became of legs, not by us: opened, grown, gone, near their liquidation; and what is not watched."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.liquidation_near": Text(
        "🚨 {leg} is {distance:.2%} away from its liquidation at {liquidation_price:~price} (mark {mark_price:price})",
        "🚨 {leg} 距强平价 {liquidation_price:~price} 仅 {distance:.2%}（标记价 {mark_price:price}）",
    ),
    "line.liquidation_near.ratio": Text(
        "🚨 {leg}: margin ratio {margin_ratio:.2%}; OKX liquidates at 100% (mark {mark_price:price})",
        "🚨 {leg}：维持保证金率 {margin_ratio:.2%}，到 100% 时强平（标记价 {mark_price:price}）",
    ),
    "line.leg_opened": Text(
        "➕ {leg}: opened by hand, {contracts:# contract|# contracts} at {entry_price:~price}, {initial_margin:U} U margin",
        "➕ {leg}：手动开仓 {contracts} 张，均价 {entry_price:~price}，保证金 {initial_margin:U} U",
    ),
    "line.leg_opened.anew": Text(
        "🔁 {leg}: closed and opened again by hand, {contracts:# contract|# contracts} at {entry_price:~price}, {initial_margin:U} U margin; its tiers start anew",
        "🔁 {leg}：手动平仓后重新开仓 {contracts} 张，均价 {entry_price:~price}，保证金 {initial_margin:U} U；档位重新开始",
    ),
    "line.leg_opened.reopened": Text(
        "↩️ {leg}: still open after all; tiers that have fired stay fired", "↩️ {leg}：仓位仍在，已触发的档位继续有效"
    ),
    "line.leg_grew": Text("➕ {leg}: grew by hand, {before} → {contracts}", "➕ {leg}：手动加仓，{before} → {contracts} 张"),
    "line.leg_grew.ask": Text(
        "Tiers {tiers} have fired and stay fired. Shall they fire again?", "档位 {tiers} 已触发，保持不变。要重置吗？"
    ),
    "line.leg_grew.rearmed": Text("Its tiers may fire again (REARM=on_add).", "档位已重置（REARM=on_add）。"),
    "line.leg_shrank": Text(
        "➖ {leg}: became smaller, {before} → {contracts}, not by me (by hand, or by the exchange)",
        "➖ {leg}：{before} → {contracts} 张，不是我操作的（手动或交易所减仓）",
    ),
    "line.leg_redenominated": Text(
        "📐 {leg}: OKX changed the contract size from {size_before} to {size:# coin|# coins}, so {before:# contract is|# contracts are} {contracts} now: "
        "nothing was bought or sold, and what has fired stays fired",
        "📐 {leg}：OKX 将合约面值由 {size_before} 改为 {size} 币，{before} 张变为 {contracts} 张：没有任何买卖，已触发的档位保持不变",
    ),
    "line.leg_gone": Text(
        "⬜ {leg}: closed by hand or by the exchange ({contracts} were held)",
        "⬜ {leg}：已被手动或交易所平仓（原 {contracts} 张）",
    ),
    "line.leg_gone.by_us": Text("⬜ {leg}: closed", "⬜ {leg}：已全部平仓"),
    "line.leg_unreadable": Text("⚠️ {leg}: open, not guarded. {why}{detail}", "⚠️ {leg}：持仓中，未监控。{why}{detail}"),
    "line.leg_unreadable.detail": Text(" ({detail})", "（{detail}）"),
    "line.leg_unreadable.nameless": Text(
        "⚠️ OKX sends a position that names no instrument: something may be open that I cannot name. No leg counts as closed "
        "meanwhile, and the others are guarded. Told once a day.",
        "⚠️ OKX 返回了一个没有合约名称的仓位：可能有我无法识别的仓位。在此期间不会把任何仓位视为已平，其他仓位照常监控。每天只提醒一次。",
    ),
    "line.leg_readable": Text(
        "🟢 {leg}: can be read again, {contracts:# contract|# contracts}; guarded from now on",
        "🟢 {leg}：已可读取，{contracts} 张，现在开始监控",
    ),
    "line.leverage_changed": Text(
        "🎚 {leg}: leverage changed by hand, {before}x → {after}x; its ROI is {roi:+%} with it",
        "🎚 {leg}：手动调整杠杆，{before}x → {after}x；收益率变为 {roi:+%}",
    ),
    "line.margin_changed.in": Text(
        "🎚 {leg}: {amount:U} U of margin added, not by me; it has {margin:U} U now",
        "🎚 {leg}：手动增加保证金 {amount:U} U，现有 {margin:U} U",
    ),
    "line.margin_changed.out": Text(
        "🎚 {leg}: {amount:U} U of margin taken out, not by me; it has {margin:U} U now",
        "🎚 {leg}：手动减少保证金 {amount:U} U，现有 {margin:U} U",
    ),
    "line.not_watched": Text("👀 Not watched, and never touched: {names}", "👀 不监控，也不会动：{names}"),
    "unwatched.not_usdt": Text("not settled in USDT", "非 USDT 结算"),
    "unwatched.not_swap": Text("not a perpetual swap", "非永续合约"),
    "unwatched.unknown_instrument": Text("not in OKX's list", "不在 OKX 列表中"),
    "unwatched.unreadable": Text("invalid data", "数据异常"),
}
