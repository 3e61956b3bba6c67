"""Several accounts in one bot."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # /accounts
    "accounts.title": Text("<b>Accounts</b> · {exchange}", "<b>账户</b> · {exchange}"),
    "accounts.row": Text(
        "{dot} <b>{account}</b> · {state}\n      legs {legs} · margin {margin} U · ROI <b>{roi}</b> · checked {age} ago",
        "{dot} <b>{account}</b> · {state}\n      仓位 {legs} · 占用保证金 {margin} U · 收益率 <b>{roi}</b> · {age}前检查",
    ),
    "accounts.row.unseen": Text(
        "{dot} <b>{account}</b> · {state}\n      nothing seen yet · checked {age} ago",
        "{dot} <b>{account}</b> · {state}\n      尚未读到数据 · {age}前检查",
    ),
    "accounts.row.never": Text(
        "{dot} <b>{account}</b> · {state}\n      the first check has not finished yet",
        "{dot} <b>{account}</b> · {state}\n      首次检查尚未完成",
    ),
    "accounts.sum": Text(
        "<b>Together</b>: legs {legs} · margin {margin} U · ROI <b>{roi}</b>",
        "<b>合计</b>：仓位 {legs} · 占用保证金 {margin} U · 收益率 <b>{roi}</b>",
    ),
    "accounts.how": Text(
        "One of them: its name behind a command, as <code>/status {account}</code> or <code>/pause {account}</code>",
        "指定账户：命令后面写账户名，例如 <code>/status {account}</code>、<code>/pause {account}</code>",
    ),
    "accounts.words": Text(
        "There is no account {word}. There are: {names}.",
        "没有名为 {word} 的账户。现有账户：{names}。",
    ),
    "accounts.state.running": Text("running", "运行中"),
    "accounts.state.some": Text("running, {count:# pause|# pauses} in force", "运行中，{count} 项暂停"),
    "accounts.state.paused": Text("paused", "已暂停"),
    "accounts.state.refused": Text("stopped: the keys are refused", "已停止：密钥被拒绝"),
    "accounts.state.forbidden": Text("only looking: the key cannot trade", "仅查看：密钥没有交易权限"),
    "accounts.state.unguarded": Text("{legs:# leg|# legs} not guarded", "{legs} 个仓位未监控"),
    "accounts.state.unseen": Text("cannot be seen: {why}", "读不到：{why}"),
    "accounts.state.starting": Text("starting", "启动中"),
    "accounts.every": Text("all accounts", "全部账户"),
    "accounts.all": Text("all accounts ({names})", "全部账户（{names}）"),
    # /pause and /resume of everything
    "accounts.paused": Text(
        "⏸ Paused, all accounts ({names}): I close nothing by myself; checks go on. /resume ends the pause. Closing by hand works.",
        "⏸ 全部账户已暂停（{names}）：不再自动平仓，检查照常。/resume 恢复。手动平仓仍可用。",
    ),
    "accounts.paused.until": Text(
        "⏸ Paused until {until}, all accounts ({names}): I close nothing by myself; checks go on. Then I go on by myself; /resume ends "
        "the pause earlier. Closing by hand works.",
        "⏸ 全部账户（{names}）已暂停至 {until}：期间不会自动平仓，检查照常。到时自动恢复，/resume 可提前恢复。手动平仓仍可用。",
    ),
    "accounts.paused.already": Text("⏸ All accounts ({names}): paused already.", "⏸ 全部账户（{names}）：已经是暂停状态。"),
    "accounts.resumed": Text("🟢 Running again, everything in all accounts ({names}).", "🟢 全部账户恢复运行（{names}）。"),
    "accounts.resumed.already": Text("🟢 All accounts ({names}): nothing was paused.", "🟢 全部账户（{names}）：没有暂停。"),
    # why something is paused, where /resume alone does not lift it
    "pause.cause.person": Text("a person paused it", "人工暂停"),
    "pause.cause.time": Text("until {until}", "至 {until}"),
    "pause.cause.first_start": Text("the first start with this account", "本账户首次启动"),
    "pause.cause.new_ledger": Text(
        "the ledger was lost and a new one was started, tiers that have fired may fire again",
        "数据文件（ledger.json）丢失后重新建立，已触发的档位可能再次触发",
    ),
    "pause.cause.foreign_order": Text(
        "orders with my ids that I did not send, a second tgtp may be running",
        "出现了不是我下的同名订单，可能有另一个 tgtp 在运行",
    ),
    "pause.cause.restored_backup": Text(
        "the account has newer orders of mine than this ledger: it is a restored copy, or a new one",
        "账户上有比数据文件更新的本程序订单：数据文件来自备份或是新建的",
    ),
    "pause.cause.guard": Text("a guard has acted", "保护已触发"),
    "pause.cause.watch": Text(
        "GUARD_MODE=watch in .env, I only watch until that line is changed",
        ".env 中 GUARD_MODE=watch，仅观察，修改该行才会恢复",
    ),
    "pause.stands.watch": Text(
        "👁 I only watch, {of}{name}: <code>GUARD_MODE=watch</code> in <code>.env</code>. I say what I would have done and send "
        "nothing by myself; closing by hand works. /resume does not end it: write <code>GUARD_MODE=guard</code> and start me again.",
        "👁 仅观察，{of}{name}：<code>.env</code> 中 <code>GUARD_MODE=watch</code>。只告诉你本来会做什么，不会自动下单；手动平仓仍可用。"
        "/resume 无法解除：请改为 <code>GUARD_MODE=guard</code> 并重启。",
    ),
    "pause.stands": Text("⏸ Still paused, {of}{name}: {cause}.", "⏸ 仍处于暂停，{of}{name}：{cause}。"),
    "pause.stands.guard": Text(
        "⏸ Still paused, {of}{name}: {cause}. Going on arms the drawdown guard again, with a peak of now; what it has not closed yet stays open.",
        "⏸ 仍处于暂停，{of}{name}：{cause}。继续后账户回撤保护重新生效，最高点从现在算起；尚未平完的不再平。",
    ),
    "button.lift": Text("▶️ I have looked: go on ({name})", "▶️ 已查看，继续（{name}）"),
    "button.start": Text("▶️ Start guarding {account}", "▶️ 开始监控 {account}"),
    "button.stay": Text("⏸ Stay paused", "⏸ 保持暂停"),
    "stay.done": Text("It stays paused. /resume shows the button again.", "保持暂停。/resume 会再次显示按钮。"),
    "lift.code": Text(
        "Still paused. Now send the 6 digits of your authenticator within {seconds} s.",
        "尚未恢复。请在 {seconds} 秒内发送验证器的 6 位数字。",
    ),
    "lift.unlisted": Text(
        "⏸ Not started: {legs} came after that list. The next check shows a new one; press its button.",
        "⏸ 尚未开始：{legs}是上次列表之后才有的。下次检查会发送新的列表，请按新列表的按钮。",
    ),
    "lift.done": Text("🟢 {name} is no longer paused for that: {cause}.", "🟢 {name} 的这项暂停已解除：{cause}。"),
    "lift.done.guard": Text(
        "🟢 {name} is no longer paused, and the drawdown guard is armed again, with a peak of now.",
        "🟢 {name}的暂停已解除，账户回撤保护重新生效，最高点从现在算起。",
    ),
    "lift.done.first_start": Text("🟢 Started: the pause of the first start is over.", "🟢 已开始监控：首次启动的暂停已解除。"),
    "lift.done.still": Text("⏸ But it is paused still: {rows}", "⏸ 但仍在暂停：{rows}"),
    "lift.old": Text("That pause is no longer in force.", "该暂停已不再生效。"),
    # the first start of an account with real money
    "first.head": Text(
        "🧊 <b>First start with this account (uid {uid}, real money): I am paused.</b> Nothing is sent by myself until one of you "
        "presses Start guarding; closing by hand works.",
        "🧊 <b>首次使用本账户（uid {uid}，真实资金）：已暂停。</b>有人按下“开始监控”之前不会自动下单；手动平仓仍可用。",
    ),
    "first.head.again": Text(
        "🧊 <b>Still paused since {since}: the first start with this account (uid {uid}).</b> It is not guarded until one of you "
        "presses Start guarding.",
        "🧊 <b>自 {since} 起仍处于暂停：首次使用本账户（uid {uid}）。</b>按下“开始监控”之前无人监控。",
    ),
    "first.would": Text(
        "What the rules would do now, {count} of {legs:# leg|# legs}:", "按当前行情，规则会处理 {legs} 个仓位中的 {count} 个："
    ),
    "first.nothing": Text(
        "As things stand the rules would do nothing ({legs:# leg|# legs}).", "按当前行情，规则不会有任何操作（{legs} 个仓位）。"
    ),
    "first.tier": Text(
        "🎯 {leg} {roi:+%}: tier {tiers} would close {contracts} of {held}, about {realised:+U} U",
        "🎯 {leg} {roi:+%}：第 {tiers} 档，平 {contracts}/{held} 张，约 {realised:+U} U",
    ),
    "first.hedge": Text(
        "🟥 {leg} {roi:+%}: <b>the losing side; the hedge rule would close {contracts} of {held}, about {realised:+U} U</b>",
        "🟥 {leg} {roi:+%}：<b>亏损侧，对冲规则会平 {contracts}/{held} 张，约 {realised:+U} U</b>",
    ),
    "first.give_back": Text(
        "🛡 {leg} {roi:+%}: it gave back too much; the guard would close {contracts} of {held}, about {realised:+U} U",
        "🛡 {leg} {roi:+%}：回吐过多，保护规则会平 {contracts}/{held} 张，约 {realised:+U} U",
    ),
    "first.break_even": Text(
        "🛡 {leg} {roi:+%}: back at break-even; the guard would close {contracts} of {held}, about {realised:+U} U",
        "🛡 {leg} {roi:+%}：已回到保本价，保护规则会平 {contracts}/{held} 张，约 {realised:+U} U",
    ),
    "first.maintenance": Text(
        "🛠 {leg} {roi:+%}: a maintenance would buy for {buys} U of margin, then close down to its target",
        "🛠 {leg} {roi:+%}：维护会用 {buys} U 保证金加仓，然后减仓至目标",
    ),
    "first.correction": Text(
        "⚙️ {leg} {roi:+%}: a correction would close {contracts} of {held}, about {realised:+U} U",
        "⚙️ {leg} {roi:+%}：纠错会平 {contracts}/{held} 张，约 {realised:+U} U",
    ),
    "first.sum": Text(
        "In all about <b>{pnl:+U} U</b> would be realised (at the mark price, before fees).",
        "合计约实现 <b>{pnl:+U} U</b>（按标记价，未扣手续费）。",
    ),
    "first.unreadable": Text(
        "⚠️ {legs:# leg|# legs} cannot be read: what the rules would do there is not known.",
        "⚠️ {legs} 个仓位读不到，无法预估规则会做什么。",
    ),
    "first.how": Text(
        "The rules can be changed before that: /tiers. <code>FIRST_START=run</code> in <code>.env</code> starts without this question.",
        "开始之前可以先用 /tiers 修改规则。<code>.env</code> 中写 <code>FIRST_START=run</code> 则不再询问，直接开始。",
    ),
    "line.first_start": Text(
        "🧊 paused: the first start with this account (uid {uid}); the rules would act on {count} of {legs:# leg|# legs} now, about {pnl:+U} U. "
        "FIRST_START=run in .env starts without this question",
        "🧊 已暂停：首次使用本账户（uid {uid}）；按当前行情规则会处理 {legs} 个仓位中的 {count} 个，约 {pnl:+U} U。"
        ".env 中写 FIRST_START=run 则不再询问",
    ),
    # an account whose settings make no sense
    "line.account_left_out": Text(
        "🚨 The account {name:brief} was not started, the others were. {why}. It is not guarded until that is corrected and I am restarted.",
        "🚨 账户 {name:brief} 未启动，其他账户照常。{why}。修正并重启之前该账户无人监控。",
    ),
    "account.left_out": Text(
        "The account <b>{name}</b> was not started: {why}. The others run.",
        "账户 <b>{name}</b> 未启动：{why}。其他账户照常。",
    ),
    "account.left_out.stands": Text(
        "🚨 <b>The account {name} was not started and is not guarded</b>: {why}. Correct that and restart me.",
        "🚨 <b>账户 {name} 未启动，无人监控</b>：{why}。请修正并重启。",
    ),
    "account.left_out.and": Text("; ", "；"),
    # settings of an account that ACCOUNTS does not name
    "account.strays": Text(
        "⚠️ Ignored, because ACCOUNTS does not name their account: {names}. Add it there, or put # before these lines.",
        "⚠️ 已忽略（ACCOUNTS 中没有对应的账户）：{names}。请把账户加入 ACCOUNTS，或在这些行首加 #。",
    ),
    # a first word that is an account and a coin
    "which": Text(
        "<b>{word}</b> is an account, and a coin of main. Which one do you mean?",
        "<b>{word}</b> 既是账户名，也是 main 里的币种。你指的是哪一个？",
    ),
    "which.rule": Text(
        "<b>{word}</b> is an account, and a rule of all accounts. Which one do you mean?",
        "<b>{word}</b> 既是账户名，也是所有账户共有的规则。你指的是哪一个？",
    ),
    "button.which.account": Text("👤 Account {account}", "👤 账户 {account}"),
    "button.which.coin": Text("🪙 Coin {coin} of main", "🪙 main 的币种 {coin}"),
    "button.which.rule": Text("⚖️ Rule: {coin}", "⚖️ 规则：{coin}"),
    "pause.both.rule": Text(
        "⏸ <b>{account}</b> is an account, and a rule of all accounts: both are paused. <code>/resume {account}</code> asks which "
        "one goes on.",
        "⏸ <b>{account}</b> 既是账户名，也是所有账户共有的规则：两者均已暂停。<code>/resume {account}</code> 会询问恢复哪一个。",
    ),
    "pause.both": Text(
        "⏸ <b>{account}</b> is an account, and a coin of main: both are paused. <code>/resume {account}</code> asks which one goes on.",
        "⏸ <b>{account}</b> 既是账户名，也是 main 里的币种：两者均已暂停。<code>/resume {account}</code> 会询问恢复哪一个。",
    ),
    # whose account a key belongs to
    "line.account_held.shared": Text(
        "🚨 Its API key is of the same OKX account as that of <b>{other}</b>: both would act on the same legs. "
        "So nothing is done here; {other} goes on. Take one of the two out of <code>.env</code> and start me again.",
        "🚨 它的 API 密钥与 <b>{other}</b> 属于同一个 OKX 账户：两边会对同一仓位重复操作。因此这里不做任何操作，{other} 照常。"
        "请从 <code>.env</code> 中去掉其中一个并重启。",
    ),
    "line.account_held.changed": Text(
        "🚨 Its API key is of another OKX account than before (uid {uid}). Nothing is done here: put the former key back and start "
        "me again; or, if this is what you want, press the button. Its tiers then start afresh.",
        "🚨 它的 API 密钥属于另一个 OKX 账户（uid {uid}），与之前不同。这里不做任何操作：请换回原来的密钥并重启；"
        "如果确实要换账户，请按下面的按钮，档位将从头开始。",
    ),
    "line.account_held.waits": Text(
        "🚨 Its API key may be of the account that <b>{other}</b> has stood for so far, and the key of {other} cannot be read. "
        "Nothing is done here until it is known which is which: look at the keys in <code>.env</code>.",
        "🚨 它的 API 密钥可能属于此前由 <b>{other}</b> 代表的账户，而 {other} 的密钥目前读不到。确认之前这里不做任何操作："
        "请检查 <code>.env</code> 里的密钥。",
    ),
    "line.account_renamed": Text(
        "🔁 OKX's id shows that this is the account that was called <b>{before}</b>: its tiers, pauses and maintenances have followed.",
        "🔁 OKX 的账户编号表明这就是之前的 <b>{before}</b>：它的档位、暂停和维护记录已一并转来。",
    ),
    "line.account_confirmed": Text(
        "🔑 {by:user} confirmed the key of another OKX account (uid {uid}): it starts afresh.",
        "🔑 {by:user} 已确认使用另一个 OKX 账户的密钥（uid {uid}）：从头开始。",
    ),
    "button.confirm.account": Text("✅ This key is right: start afresh", "✅ 密钥正确：从头开始"),
    "confirm.account.done": Text(
        "🔑 Its key is accepted. The next check starts afresh with it.", "🔑 已接受该密钥，下次检查从头开始。"
    ),
    "confirm.account.code": Text(
        "Its key is not accepted yet: the rules would close something at once. Now send the 6 digits of your authenticator within "
        "{seconds} s.",
        "尚未接受该密钥：接受后规则会立即平仓。请在 {seconds} 秒内发送验证器的 6 位数字。",
    ),
    "confirm.account.old": Text("That question is no longer open.", "该确认已失效。"),
    "accounts.state.held": Text("stopped: its key is of another account", "已停止：密钥属于另一个账户"),
    # closing everything
    "close.only.here": Text(
        "This is the account <b>{account}</b> alone. For another one: <code>/close {other} {words}</code>",
        "只平账户 <b>{account}</b>。其他账户请用：<code>/close {other} {words}</code>",
    ),
    # a ladder is for all accounts
    "accounts.unseen.ladders": Text(
        "⚠️ Not seen yet, so what it would do there is not known: {names}", "⚠️ 尚未读到，无法预估影响：{names}"
    ),
    # the panel
    "accounts.panel.head": Text(
        "{dot} <b>{running} of {count} accounts running</b> · {exchange}",
        "{dot} <b>{running}/{count} 个账户运行中</b> · {exchange}",
    ),
    "accounts.panel.old": Text(
        "🔴 <b>{account}: data is {age} old</b> (seen {when})\n{why}. Nothing is guarded there meanwhile.",
        "🔴 <b>{account}：数据是 {age}前的</b>（更新于 {when}）\n{why}，期间该账户无人监控。",
    ),
    "accounts.panel.unseen": Text(
        "🔴 <b>I cannot see {account}</b> (tried {when})\n{why}. Nothing is guarded there.",
        "🔴 <b>无法读取 {account}</b>（尝试于 {when}）\n{why}，该账户无人监控。",
    ),
    "accounts.unguarded": Text("<b>{account}</b> {line}", "<b>{account}</b> {line}"),
    "accounts.panel.row": Text(
        "{dot} <b>{account}</b> legs {legs} · {equity}{today}", "{dot} <b>{account}</b> 仓位 {legs} · {equity}{today}"
    ),
    "accounts.panel.today": Text(" · today {change} U", " · 今日 {change} U"),
    "accounts.panel.more": Text("… and {more} more: /accounts", "另有 {more} 个：/accounts"),
    "accounts.panel.seen": Text("Seen {when} (the oldest of them)", "数据更新于 {when}（最早的一个账户）"),
    # reports
    "accounts.report.row": Text(
        "<b>{part.account}</b>: net {net:+U} U, {part.orders:# order|# orders}",
        "<b>{part.account}</b>：净额 {net:+U} U，{part.orders} 笔",
    ),
    "accounts.report.equity": Text(" · equity {equity:U} U{change}", " · 权益 {equity:U} U{change}"),
    "accounts.report.change": Text(" ({change:+U})", "（{change:+U}）"),
    # health
    "accounts.health": Text(
        "<b>{account}</b>: last check {last} ago · last hour {checks}, {failed} failed · 95 % within {p95}",
        "<b>{account}</b>：上次检查 {last}前 · 最近一小时 {checks} 次，失败 {failed} 次 · 95% 在 {p95} 以内",
    ),
    # past the ledger
    "accounts.late": Text("{what} ({account})", "{what}（{account}）"),
    # help and menu
    "help.accounts": Text(
        "/accounts – every account in one line: legs, margin, ROI, state, last check\n"
        "<code>/status main</code> – with several accounts, the name of one behind a command means that one alone; without it, it is main. "
        "/pause, /resume, /report and /history without a name are of all",
        "/accounts – 每个账户一行：仓位、保证金、收益率、状态、上次检查\n"
        "<code>/status main</code> – 有多个账户时，命令后面写账户名就只针对该账户，不写则为 main；/pause、/resume、/report、/history 不写则针对全部",
    ),
    "menu.accounts": Text("All accounts", "全部账户"),
}
