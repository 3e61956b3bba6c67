"""Guards of legs: seen and set."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # what one is set to
    "guards.off": Text("off", "关闭"),
    "guards.give_back": Text("{fraction:%}", "{fraction:%}"),
    "guards.break_even": Text("after tier {tier}", "第 {tier} 档之后"),
    "guards.title": Text("🛡 <b>Guards</b>", "🛡 <b>保护</b>"),
    "guards.row": Text("{what}: <b>{value}</b>", "{what}：<b>{value}</b>"),
    "guards.row.own": Text("{coin}, {what}: <b>{value}</b>", "{coin} {what}：<b>{value}</b>"),
    "guards.how": Text(
        "<code>/guards giveback 40</code>: once a tier has fired, closes when 40 % of the best ROI is given back\n"
        "<code>/guards breakeven 1</code>: after tier 1, closes when the mark is back at entry + fees + funding\n"
        "<code>/guards giveback STX 30</code>, <code>/guards giveback off</code>, <code>/guards giveback STX default</code>\n"
        "Both close a leg that has won down to its base.\n"
        "<code>/guards drawdown 20 pause</code> (or <code>base</code>, <code>close</code>), <code>/guards drawdown warn 10</code>: "
        "when the account has lost so much since its peak; <code>/guards drawdown off</code>, <code>/guards reset</code>",
        "<code>/guards 回吐 40</code>：有档位触发后，回吐掉最高收益率的 40%（最高 60% 时，低于 36%）就平仓\n"
        "<code>/guards 保本 1</code>：第 1 档触发后，标记价回到开仓均价 + 手续费 + 资金费就平仓\n"
        "<code>/guards 回吐 STX 30</code>、<code>/guards 回吐 关闭</code>、<code>/guards 回吐 STX 默认</code>\n"
        "以上两项都是把赚过的仓位平到底仓。\n"
        "<code>/guards 账户回撤 20 暂停</code>（或 <code>底仓</code>、<code>平仓</code>）、<code>/guards 账户回撤 提醒 10</code>：账户从最高点亏到这个比例时；"
        "<code>/guards 账户回撤 关闭</code>、<code>/guards 重置</code>",
    ),
    "guards.account": Text("<b>{account}</b>", "<b>{account}</b>"),
    "guards.unseen": Text("{account}: nothing seen yet", "{account}：还没有数据"),
    "guards.leg": Text("{leg} {roi:+%}", "{leg} {roi:+%}"),
    "guards.legs.none": Text("No leg above the gate is open.", "没有超过门槛的仓位。"),
    # what one does with a leg
    "guards.leg.unarmed": Text("🛡 {what}: from tier {tier} on", "🛡 {what}：第 {tier} 档触发后生效"),
    "guards.leg.waits": Text("🛡 {what}: on; the best ROI is not known yet", "🛡 {what}：已生效，最高收益率尚未知"),
    "guards.leg.give_back": Text(
        "🛡 {what} at {price}: under {roi:+%}, best {best:+%}", "🛡 {what} @ {price}：低于 {roi:+%}，最高 {best:+%}"
    ),
    "guards.leg.break_even": Text("🛡 {what} at {price}", "🛡 {what} @ {price}"),
    "guards.leg.break_even.ahead": Text(
        "🛡 {what} at {price}, once the mark has been beyond it", "🛡 {what} @ {price}，标记价越过之后才生效"
    ),
    "guards.leg.unknown": Text(" (fees or funding not known, counted as 0)", "（手续费或资金费未知，按 0 计）"),
    "guards.leg.done": Text("🛡 {what}: has closed; again after the next tier", "🛡 {what}：已平过，下一档触发后再生效"),
    "guards.leg.first": Text("<i>A guard may come before a tier above.</i>", "<i>保护可能先于上面的档位触发。</i>"),
    "what.unarmed": Text("no tier has fired that its guard begins after", "保护所需的档位尚未触发"),
    "what.agreeing": Text("a guard waits for a second look that agrees", "保护等待第二次读数一致"),
    # changing one
    "guards.words": Text(
        "I do not understand {words}. Nothing was changed. The form is <code>/guards giveback 40</code>, "
        "<code>/guards breakeven STX 1</code>, <code>/guards giveback off</code> or <code>/guards drawdown 20 pause</code>.",
        "看不懂 {words}。未作修改。格式：<code>/guards 回吐 40</code>、<code>/guards 保本 STX 1</code>、<code>/guards 回吐 关闭</code>、"
        "<code>/guards 账户回撤 20 暂停</code>。",
    ),
    "guards.wrong": Text(
        "{what}: {why}. Nothing was changed.",
        "{what}：{why}。未作修改。",
    ),
    "guards.same": Text("{what} is {value} already. Nothing was changed.", "{what} 已经是 {value}。未作修改。"),
    "guards.ask": Text(
        "🛡 <b>Change the {what}?</b>\n{before} → <b>{after}</b>", "🛡 <b>修改：{what}？</b>\n{before} → <b>{after}</b>"
    ),
    "guards.of": Text("{what} of {coin}", "{coin} {what}"),
    "guards.touches": Text("What it means for the legs now:", "对当前仓位："),
    "guards.at.once": Text(
        "⚠️ <b>Reached already</b>: closes once two looks agree, while the price stays",
        "⚠️ <b>已经达到</b>：价格不变的话，两次读数一致后就会平仓",
    ),
    "guards.at.once.row": Text(
        "{leg} {row.roi:+%}: closes {row.contracts} of {row.held}, about {row.realised:+U} U",
        "{leg} {row.roi:+%}：平 {row.contracts}/{row.held} 张，约 {row.realised:+U} U",
    ),
    "guards.drawdown.of": Text("{what} of {account}", "{account} {what}"),
    "guards.drawdown.peak": Text(
        "Its peak begins now: nothing that was lost before counts.", "最高点从现在算起，之前的亏损不计。"
    ),
    "guards.no.tier": Text("⚠️ No ladder has a tier {tier}: it never begins.", "⚠️ 档位里没有第 {tier} 档：它永远不会生效。"),
    "guards.drawdown.equity": Text(
        "It is measured on the USDT equity, {equity:U} U now; other coins do not count.",
        "按 USDT 权益计算，现为 {equity:U} U；其他币种不计。",
    ),
    "guards.drawdown.disarmed": Text(
        "It has acted, and stays off all the same until <code>/guards reset</code>.",
        "它已触发过：修改之后仍不起作用，直到 <code>/guards 重置</code>。",
    ),
    "guards.drawdown.off": Text("{what} is off: there is nothing to begin anew.", "{what}未开启，无需重置。"),
    "guards.drawdown.reset.ask": Text(
        "🛡 <b>Begin the {what} anew?</b>\nIts peak begins now.{more}", "🛡 <b>重置{what}？</b>\n最高点从现在算起。{more}"
    ),
    "guards.drawdown.reset.pause": Text(" The pause that it has set ends.", "它设的暂停随之解除。"),
    "guards.drawdown.reset.left": Text(" What it has not closed yet stays open.", "尚未平完的不再平。"),
    "guards.drawdown.reset": Text(
        "🛡 Done: the {what} is armed, with a peak of now.", "🛡 已重置：{what}重新生效，最高点从现在算起。"
    ),
    "guards.done": Text(
        "🛡 Done, in force from the next check on: {what} {before} → {after}",
        "🛡 已修改，下次检查起生效：{what} {before} → {after}",
    ),
    "guards.cancelled": Text("Nothing was changed.", "未作修改。"),
    "guards.working": Text("⏳ Waiting for the check that is running …", "⏳ 等待正在进行的检查……"),
    "button.guards": Text("Show the guards", "查看保护"),
    "button.confirm.guards": Text("✅ Change", "✅ 确认修改"),
    "button.confirm.guards.reset": Text("✅ Begin anew", "✅ 重置"),
    "button.confirm.guards.closes": Text(
        "🚨 Change, and close of {legs:# leg|# legs} at once", "🚨 确认修改，并立即把 {legs} 个仓位平到底仓"
    ),
}
