"""Help by topic, and the menu."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # the overview
    "help.head": Text(
        "<b>I guard your USDT swaps.</b> Every {interval} s I take profit in tiers, close the losing leg of a pair down to its base, "
        "and tell you here.",
        "<b>我监控你的 USDT 永续合约。</b>每 {interval} 秒检查一次：分档止盈，把对冲亏损的一侧平到底仓，并在这里告诉你。",
    ),
    "help.head.watch": Text(
        "<b>I watch your USDT swaps.</b> Every {interval} s I look, and tell you here what the rules would close. "
        "<code>GUARD_MODE=watch</code> is set: I send nothing by myself. Closing by hand works.",
        "<b>我看着你的 USDT 永续合约。</b>每 {interval} 秒检查一次，并在这里告诉你规则会平掉什么。"
        "已设置 <code>GUARD_MODE=watch</code>：我不会自动下单。手动平仓仍可用。",
    ),
    "help.grows.never": Text("Nothing I do makes a position larger.", "我绝不会加仓。"),
    "help.grows.asked": Text(
        "Nothing I do makes a position larger, except a maintenance of {names} that you confirm: it buys before it cuts back.",
        "我绝不会加仓，唯一例外是你确认的维护（{names}）：先加仓，再减仓。",
    ),
    "help.grows.itself": Text(
        "Nothing I do makes a position larger, except maintenance: it buys before it cuts back. In {names} it begins by itself, as you have "
        "set it; elsewhere only when you confirm it.",
        "我绝不会加仓，唯一例外是维护：先加仓，再减仓。{names} 已设置为自动维护；其他账户须由你确认。",
    ),
    "help.row": Text("<b>{topic}</b>: {commands}", "<b>{topic}</b>：{commands}"),
    "help.foot": Text(
        "Plain words work too: <code>STX</code>, <code>close STX short half</code>, <code>stop</code>.\n"
        "Tap a topic for forms and examples, or send <code>/help close</code>: every command has its page.",
        "也可以直接打字：<code>STX</code>、<code>平 STX 空 一半</code>、<code>停</code>。\n"
        "点下面的主题查看格式和示例；也可以发送 <code>/help 平仓</code> 或 <code>/help close</code>，每个命令都有说明。",
    ),
    "help.unknown": Text(
        "There is no help on {word}. Try <code>/help {nearest}</code>; /help lists the topics.",
        "没有关于 {word} 的说明。试试 <code>/help {nearest}</code>，或用 /help 查看全部主题。",
    ),
    "button.help": Text("All topics", "全部主题"),
    "help.topic.look": Text("Positions", "仓位"),
    "help.topic.close": Text("Closing", "平仓"),
    "help.topic.rules": Text("By itself", "自动规则"),
    "help.topic.upkeep": Text("Sub-accounts", "子账户"),
    "help.topic.tiers": Text("Tiers", "档位"),
    "help.topic.pictures": Text("Pictures", "图表"),
    "help.topic.reports": Text("Reports", "报告"),
    "help.topic.notify": Text("Notices", "通知"),
    "help.topic.signs": Text("Signs", "符号"),
    "help.topic.bot": Text("The bot", "其他"),
    # positions
    "help.panel": Text(
        "/panel – a pinned message that keeps itself up to date: state, equity, today, the next funding of all legs (one settlement of "
        "each, at the rates of now), the legs nearest to their next tier, and how old the numbers are\n<code>/panel off</code> – remove it",
        "/panel – 置顶面板，自动刷新：运行状态、权益、今日盈亏、下次资金费合计（每个仓位各一次，按当前费率）、"
        "最接近下一档的仓位，以及数据是多久之前的\n<code>/panel 关</code> – 关闭面板",
    ),
    "help.status": Text(
        "/status – the legs under the rules: ROI, P&amp;L, margin, tiers that have fired, the next one and its price; a button "
        "opens each. Anchors, whose margin is too small for the rules, are one block\n<code>/status STX</code> – one coin",
        "/status – 按规则处理的仓位：收益率、盈亏、保证金、已触发的档位、下一档及其价格；按钮打开仓位。"
        "保证金不足、规则不处理的锚定单合为一栏\n<code>/status STX</code> – 只看一个币种",
    ),
    "help.leg": Text(
        "/leg – pick a leg and see everything about it: prices, highest and lowest ROI, the next funding, each tier with its "
        "price, distance to liquidation, a picture; its buttons close, pause and edit\n"
        "<code>/leg STX long</code>",
        "/leg – 选择一个仓位，查看全部信息：价格、收益率最高和最低、下次资金费、每一档的价格、距强平多远，附走势图；按钮可平仓、暂停、改档位\n"
        "<code>/leg STX 多单</code>",
    ),
    "help.pair": Text(
        "/pair – both sides of a coin: net exposure, break-even, what the hedge rule would do now, which bases can be reached\n"
        "<code>/pair STX</code>",
        "/pair – 一个币种的多空两侧：净敞口、盈亏平衡价、对冲规则此刻会怎么做、能做到的底仓\n<code>/pair STX</code>",
    ),
    "help.pairs": Text(
        "/pairs – all coins that are held on both sides, the losers above their base first",
        "/pairs – 所有双向持仓的币种，亏损侧高于底仓的排在前面",
    ),
    # closing
    "help.close": Text(
        "/close – pick a leg and how much of it\n"
        "<code>/close STX</code> – all of one coin, both sides\n"
        "<code>/close STX long</code> – all of it\n"
        "<code>/close STX long 50%</code> – half of what is held\n"
        "<code>/close STX long keep</code> – down to the base\n"
        "<code>/close STX long isolated 50%</code> – where a side is held in both margin modes\n"
        "<code>/close short</code>, <code>/close short half</code> – every short\n"
        "<code>/close all</code>, <code>/close all 50%</code>, <code>/close all keep</code> – every leg\n"
        "I always show what will happen and ask. The question is valid for 60 s, once, and only for what it showed. It works while "
        "paused.",
        "/close – 选择仓位和比例\n"
        "<code>/close STX</code> – 一个币种的全部仓位，多空都平\n"
        "<code>/close STX 多单</code> – 全部平掉\n"
        "<code>/close STX 多单 50%</code> – 平一半\n"
        "<code>/close STX 多单 底仓</code> – 平到底仓\n"
        "<code>/close STX 多单 逐仓 50%</code> – 同一方向有全仓和逐仓两个仓位时\n"
        "<code>/close 空</code>、<code>/close 空 一半</code> – 全部空单\n"
        "<code>/close all</code>、<code>/close all 50%</code>、<code>/close all 底仓</code> – 全部仓位\n"
        "都会先列出要做什么并请你确认。确认 60 秒内有效，只能用一次，仓位变了就作废。暂停时也能用。",
    ),
    # what happens by itself
    "help.rules": Text(
        "<b>What I do by myself</b>, every {interval} s\n"
        "• <b>Tiers</b>: long {rules.long}, short {rules.short}, in percent: the ROI where a tier fires, and the share of what is <i>still held</i> "
        "that it closes. One tier of a leg in one check, the lowest first; each fires once.\n"
        "• <b>Hedge</b>: one side of a coin wins, the other loses → the loser is closed down to a <b>base</b> of {rules.keep_margin} U of "
        "margin.\n"
        "• <b>Guards</b>, off until set (/guards): a leg that has won is closed to its base when so much of its best ROI is given back, or when "
        "the price is back at entry with all costs. When the P&amp;L of the account falls too far from its peak, the account is paused, or "
        "closed: once, and not again until <code>/guards reset</code>.\n"
        "• <b>Volatility</b>, off until set (/dynamic): the thresholds of a coin are multiplied by how wild it is against its own month, 0.75 to "
        "1.5. At 1.14, 25% becomes 28.5%.\n"
        "• Only legs with <b>more than {rules.min_margin} U</b> of margin. ROI is what OKX shows: price change × leverage.\n"
        "• Sizes are rounded down to whole lots; what is below OKX's smallest order is left, and you are told once.",
        "<b>我自动做的事</b>（每 {interval} 秒）\n"
        "• <b>止盈</b>：多单 {rules.long}，空单 {rules.short}，均为百分比：前者是触发的收益率，后者是平掉<i>剩余仓位</i>的比例。"
        "每次检查每个仓位最多一档，从低到高，每档只触发一次。\n"
        "• <b>对冲</b>：同一币种一侧盈利、另一侧亏损 → 把亏损侧平到保证金 {rules.keep_margin} U 的<b>底仓</b>。\n"
        "• <b>保护</b>（默认关闭，/guards）：赚过的仓位从最高收益率回吐过多，或价格回到开仓均价加全部成本，就平到底仓；账户盈亏从最高点"
        "回落过多，就暂停该账户或平仓：只触发一次，<code>/guards reset</code> 之后才会再起作用。\n"
        "• <b>波动率</b>（默认关闭，/dynamic）：各币种的阈值乘以当前波动率与近一个月常态之比，0.75 到 1.5。系数 1.14 时 25% 变为 28.5%。\n"
        "• 只处理保证金<b>大于 {rules.min_margin} U</b> 的仓位。收益率与 OKX 显示的一致：价格涨跌 × 杠杆。\n"
        "• 数量按下单精度向下取整；不足 OKX 最小下单量的不平，并提醒一次。",
    ),
    "help.pause": Text(
        "/pause – I close nothing by myself; checks go on, and I tell you what I would have done. It survives a restart\n"
        "<code>/pause STX</code> · <code>/pause STX long</code> – one coin, one leg\n"
        "<code>/pause hedge</code> · <code>/pause STX long tiers</code> – one rule: tiers, hedge, guard, maintenance, correction\n"
        "<code>/pause 1h</code> · <code>/pause STX until 08:00</code> – ends by itself",
        "/pause – 暂停自动平仓；检查照常，并告诉你本来会做什么。重启后依然有效\n"
        "<code>/pause STX</code> · <code>/pause STX 多</code> – 只暂停一个币种、一个仓位\n"
        "<code>/pause 对冲</code> · <code>/pause STX 多 止盈</code> – 只暂停一条规则：止盈、对冲、保护、维护、纠错\n"
        "<code>/pause 1小时</code> · <code>/pause STX 到08:00</code> – 到时自动恢复",
    ),
    "help.resume": Text(
        "/resume – go on, with everything\n<code>/resume STX</code> · <code>/resume STX long tiers</code> – just what was paused so",
        "/resume – 全部恢复\n<code>/resume STX</code> · <code>/resume STX 多 止盈</code> – 只恢复用同样的词暂停的部分",
    ),
    # tiers
    "help.tiers": Text(
        "/tiers – the rules in force, and what each leg still has ahead\n"
        "<code>/tiers STX</code> – one coin\n"
        "<code>/tiers long</code> – change the tiers of all longs, step by step, with buttons\n"
        "<code>/tiers long 25:30 35:50 50:50</code> – the same in words: at ROI 25 % close 30 % of what is held, and so on\n"
        "<code>/tiers STX long 20:30 40:50</code> – one leg of its own\n"
        "<code>/tiers STX default</code> – back to the tiers of all\n"
        "Thresholds rise, shares are from 1 to 100, at most 10 tiers. You see what would happen, and confirm. A tier that has fired stays "
        "fired by its number.",
        "/tiers – 当前规则，以及每个仓位后面还有哪些档位\n"
        "<code>/tiers STX</code> – 只看一个币种\n"
        "<code>/tiers 多单</code> – 用按钮逐项修改全部多单的档位\n"
        "<code>/tiers 多单 25:30 35:50 50:50</code> – 直接写明：收益率 25% 时平掉剩余的 30%，以此类推\n"
        "<code>/tiers STX 多单 20:30 40:50</code> – 单独为一个仓位设置\n"
        "<code>/tiers STX 默认</code> – 恢复为全局档位\n"
        "触发值必须递增，比例 1 到 100，最多 10 档。先预览再确认。已触发的档位按编号保持已触发。",
    ),
    "help.rearm": Text(
        "/rearm – let the fired tiers of a leg fire again; pick a leg, or name it. Asks first\n<code>/rearm STX long</code>",
        "/rearm – 重置一个仓位的档位，让已触发的可以再次触发；会先请你确认\n<code>/rearm STX 多单</code>",
    ),
    "help.dynamic": Text(
        "/dynamic – each coin's factor: thresholds times its volatility of now against its month, 0.75 to 1.5\n"
        "<code>/dynamic on</code> · <code>/dynamic STX off</code> – switch it, for all coins or one. Asks first",
        "/dynamic – 波动率调整：每个币种的阈值乘以当前波动率与近一个月常态之比（0.75 到 1.5）\n"
        "<code>/dynamic 开</code> · <code>/dynamic STX 关</code> – 全部或单个币种开关；会先请你确认",
    ),
    "help.resting": Text(
        "/resting – tiers that rest at OKX and fire there, even while tgtp is down: which, at which price. Off until set\n"
        "<code>/resting all</code> · <code>/resting off</code> · <code>/resting all STX</code> – switch it, for all coins or one. Asks first\n"
        "While one rests, OKX changes no leverage: the card of a leg (/leg STX) has a button that takes its orders off for 10 minutes",
        "/resting – 挂单止盈：档位挂在 OKX，tgtp 停机时也会触发；查看挂了哪些、触发价多少。默认关闭\n"
        "<code>/resting 全部</code> · <code>/resting 关闭</code> · <code>/resting 开启 STX</code> – 全部或单个币种开关；会先请你确认\n"
        "有挂单时 OKX 不允许改杠杆：仓位卡片（/leg STX）上的按钮可撤下挂单 10 分钟，到时自动重新挂出",
    ),
    "help.guards": Text(
        "/guards – what closes a leg that has won down to its base, and at which price for each leg. Off until set\n"
        "<code>/guards giveback 40</code> – once a tier has fired, when 40 % of the best ROI is given back\n"
        "<code>/guards breakeven 1</code> – after tier 1, when the price is back at entry + fees + funding\n"
        "<code>/guards giveback STX 30</code> – one coin · <code>off</code> or <code>default</code> in the place of the number\n"
        "<code>/guards drawdown 20 pause</code> – once the account has lost 20 % since its peak; <code>base</code> or <code>close</code> "
        "closes all legs too · <code>/guards reset</code> begins it anew",
        "/guards – 赚过的仓位回落时平到底仓，以及每个仓位的触发价；默认关闭\n"
        "<code>/guards 回吐 40</code> – 有档位触发后，回吐掉最高收益率的 40%（最高 60% 时，低于 36%）\n"
        "<code>/guards 保本 1</code> – 第 1 档触发后，价格回到开仓均价 + 手续费 + 资金费\n"
        "<code>/guards 回吐 STX 30</code> – 单独一个币种 · 数字处可写 <code>关闭</code> 或 <code>默认</code>\n"
        "<code>/guards 账户回撤 20 暂停</code> – 账户从最高点亏 20% 时；写 <code>底仓</code> 或 <code>平仓</code> 则同时平仓 · "
        "<code>/guards 重置</code> 重新启用",
    ),
    # pictures
    "help.chart": Text(
        "/chart – mark price since entry, with entries, tiers, orders and liquidation\n"
        "<code>/chart STX</code> · <code>/chart STX long</code>",
        "/chart – 开仓以来的标记价走势，标出开仓价、各档价格、成交和强平价\n"
        "<code>/chart STX</code> · <code>/chart STX 多单</code>",
    ),
    "help.pnl": Text(
        "/pnl – what was realised each day: tiers, hedge, by hand\n<code>/pnl 30</code> – the last 30 days",
        "/pnl – 每日已实现盈亏：止盈、对冲、手动\n<code>/pnl 30</code> – 最近 30 天",
    ),
    "help.equity": Text(
        "/equity – equity and how far it was below its peak\n<code>/equity 30</code> – the last 30 days",
        "/equity – 权益曲线和回撤\n<code>/equity 30</code> – 最近 30 天",
    ),
    "help.theme": Text(
        "/theme – pictures for a dark or a light screen\n<code>/theme dark</code> · <code>/theme light</code>",
        "/theme – 图片用深色还是浅色\n<code>/theme 深色</code> · <code>/theme 浅色</code>",
    ),
    # records
    "help.report": Text(
        "/report – today so far: equity, what was realised and by which rule, best and worst leg, fees, funding, orders, failures\n"
        "<code>/report week</code> · <code>/report month</code>\n"
        "<code>/report yesterday</code> · <code>/report last week</code> – the ones before\n"
        "Yesterday's comes by itself every morning, last week's on Mondays, last month's on the first.",
        "/report – 今日截至目前：权益、各规则的已实现盈亏、盈亏最高和最低的仓位、手续费、资金费、订单、失败次数\n"
        "<code>/report 本周</code> · <code>/report 本月</code>\n"
        "<code>/report 昨天</code> · <code>/report 上周</code> – 之前的\n"
        "每天早上自动发送昨天的日报，周一另发上周的周报，每月一日另发上月的月报。",
    ),
    "help.history": Text(
        "/history – what happened, newest first\n<code>/history 30</code> – the last 30, at most 100",
        "/history – 历史记录，新的在前\n<code>/history 30</code> – 最近 30 条，最多 100 条",
    ),
    "help.why": Text(
        "/why – the numbers behind a message; each ends with its number\n<code>/why 12</code>",
        "/why – 某条消息背后的数字，编号在每条消息的末尾\n<code>/why 12</code>",
    ),
    "help.export": Text(
        "/export – everything that happened as a table (CSV) for a spreadsheet\n<code>/export 30</code> – the last 30 days",
        "/export – 把全部记录导出为表格（CSV），可直接用 Excel 打开\n<code>/export 30</code> – 最近 30 天",
    ),
    "help.logs": Text(
        "/logs – the last lines of the log, as they stand on the console\n<code>/logs 50</code> – the last 50, at most 200",
        "/logs – 日志的最后几行，与控制台一致\n<code>/logs 50</code> – 最近 50 行，最多 200 行",
    ),
    "help.backtest": Text(
        "/backtest – what your ladder would have come to on a coin's history, beside holding and other ladders\n"
        "<code>/backtest ETH long 10x 2022-05-01 2022-06-01</code>\n"
        "<code>/backtest ETH pair 25:30,50:50</code> – the last 30 days, with a ladder to compare",
        "/backtest – 用历史行情回测你的档位，并与一直持有和其他档位比较\n"
        "<code>/backtest ETH 多 10x 2022-05-01 2022-06-01</code>\n"
        "<code>/backtest ETH 双向 25:30,50:50</code> – 最近 30 天，并比较这组档位",
    ),
    "help.whatif": Text(
        "/whatif – what your own positions of the last 30 days would have come to under your ladder, beside what really was\n"
        "<code>/whatif 7 20:50,40:50</code> – of 7 days (at most 90), against this ladder",
        "/whatif – 复盘：你最近 30 天的仓位若按现在的档位止盈会怎样，与实际结果对比\n"
        "<code>/whatif 7 20:50,40:50</code> – 最近 7 天（最多 90 天），并对比这组档位",
    ),
    "help.cancel": Text("/cancel – end the backtest that is under way", "/cancel – 结束正在进行的回测"),
    # notices
    "help.notify": Text(
        "/notify – for each kind of message: with sound, silent, or not at all\n"
        "<code>/notify tier silent</code> · <code>/notify hedge off</code> · <code>/notify all on</code>\n"
        "Danger always gets through: liquidation near, trading stopped, the account out of sight.",
        "/notify – 每类消息：响铃、静音，或不发送\n"
        "<code>/notify 档位 静音</code> · <code>/notify 对冲 关</code> · <code>/notify 全部 开</code>\n"
        "危险消息始终送达：接近强平、停止交易、无法读取账户。",
    ),
    "help.quiet": Text(
        "/quiet – hours in which the phone does not ring; danger still does\n<code>/quiet 23:00-07:00</code> · <code>/quiet off</code>\n"
        "<code>/quiet Asia/Shanghai</code> – your time zone, for quiet hours and pauses",
        "/quiet – 免打扰时段，期间不响铃；危险消息除外\n<code>/quiet 23:00-07:00</code> · <code>/quiet 关</code>（关闭）\n"
        "<code>/quiet Asia/Shanghai</code> – 你的时区，用于免打扰和限时暂停",
    ),
    "help.ack": Text("/ack – I know of the API key warning; no more reminders", "/ack – 已知晓 API 密钥的提醒，不再重复"),
    # signs
    "help.signs": Text(
        "<b>State</b>\n"
        "🟢\u00a0running · ⏸\u00a0paused · 👁\u00a0only watching · 🧊\u00a0first start · ⏹\u00a0stopped\n"
        "⚠️\u00a0needs your attention · 🚨\u00a0act now · 🔴\u00a0old data, or not guarded\n"
        "<b>Closing</b>\n"
        "🎯\u00a0a tier · ⚖️\u00a0hedge · 🛡\u00a0guard · 📉\u00a0drawdown · 🛑\u00a0drawdown guard · ✋\u00a0by hand · 🏁\u00a0tiers finished, or position closed · 🛠\u00a0maintenance · ⚙️\u00a0correction · ⏳\u00a0outcome not known yet · 🧾\u00a0confirmed by you\n"
        "<b>Legs</b>\n"
        "🟩\u00a0wins · 🟥\u00a0loses · ⬜\u00a0even, or closed · ⚓\u00a0anchors\n"
        "●\u00a0fired tier · ◐\u00a0partly filled · ○\u00a0open tier\n"
        "➕\u00a0opened, or grew by hand · ➖\u00a0became smaller · 📐\u00a0another contract size\n"
        "🔁\u00a0tiers start anew · ↩️\u00a0all is as before · 🔸\u00a0too small for an order · 👀\u00a0not watched\n"
        "<b>Messages</b>\n"
        "📦\u00a0several in one · 🕰\u00a0late · 🗞\u00a0report · 🧪\u00a0backtest · 📊\u00a0realised · 📄\u00a0table · 📌\u00a0panel · 🩺\u00a0health\n"
        "<b>Changed by someone</b>\n"
        "🪜\u00a0tiers · 🔔\u00a0notices · 🌙\u00a0quiet hours · 🎚\u00a0leverage or margin · 🌡\u00a0thresholds and volatility · 🎨\u00a0pictures · 🗣\u00a0language\n"
        "🔑\u00a0API key or owner · 🔐\u00a0a secret in the chat · 🔒\u00a0codes are locked · 🚫\u00a0strangers\n"
        "🚀\u00a0started · 👋\u00a0hello, or goodbye · 📜\u00a0from the earlier program",
        "<b>状态</b>\n"
        "🟢\u00a0运行中 · ⏸\u00a0已暂停 · 👁\u00a0仅观察 · 🧊\u00a0首次启动 · ⏹\u00a0已停止\n"
        "⚠️\u00a0需要你看一眼 · 🚨\u00a0请立即处理 · 🔴\u00a0数据已旧，或未监控\n"
        "<b>平仓</b>\n"
        "🎯\u00a0止盈档 · ⚖️\u00a0对冲 · 🛡\u00a0保护 · 📉\u00a0回撤 · 🛑\u00a0账户回撤保护 · ✋\u00a0手动 · 🏁\u00a0止盈走完或已平仓 · 🛠\u00a0维护 · ⚙️\u00a0纠错 · ⏳\u00a0结果待确认 · 🧾\u00a0由你说明\n"
        "<b>仓位</b>\n"
        "🟩\u00a0盈利 · 🟥\u00a0亏损 · ⬜\u00a0持平，或已平仓 · ⚓\u00a0锚定单\n"
        "档位：●\u00a0已触发 · ◐\u00a0部分成交 · ○\u00a0未触发\n"
        "➕\u00a0手动开仓或加仓 · ➖\u00a0仓位变小 · 📐\u00a0合约面值改变\n"
        "🔁\u00a0档位重新开始 · ↩️\u00a0一切照旧 · 🔸\u00a0不足最小下单量 · 👀\u00a0不监控\n"
        "<b>消息</b>\n"
        "📦\u00a0多条合并 · 🕰\u00a0延迟送达 · 🗞\u00a0报告 · 🧪\u00a0回测 · 📊\u00a0已实现盈亏 · 📄\u00a0表格 · 📌\u00a0面板 · 🩺\u00a0运行状况\n"
        "<b>有人修改</b>\n"
        "🪜\u00a0档位 · 🔔\u00a0通知 · 🌙\u00a0免打扰 · 🎚\u00a0杠杆或保证金 · 🌡\u00a0阈值与波动率 · 🎨\u00a0图片 · 🗣\u00a0语言\n"
        "🔑\u00a0API 密钥或所有者 · 🔐\u00a0聊天中的密钥 · 🔒\u00a0验证码已锁定 · 🚫\u00a0陌生人\n"
        "🚀\u00a0已启动 · 👋\u00a0问候或告别 · 📜\u00a0旧程序的记录",
    ),
    # the bot
    "help.drill": Text(
        "/drill – try every way by which an alarm reaches you once: Telegram, each of ALERT_URLS, the heartbeat; says which arrived",
        "/drill – 演练：把每一种报警方式（Telegram、每个 ALERT_URLS、心跳）各试一次，并说明哪些已送达",
    ),
    "help.show_config": Text(
        "/show_config – the settings in force; of keys and tokens only whether they are set",
        "/show_config – 当前生效的设置；密钥和 token 只显示是否已设置",
    ),
    "help.version": Text(
        "/version – the versions of tgtp, of Python and of its libraries: name them when you report a fault",
        "/version – tgtp、Python 和各程序库的版本；报告问题时请附上",
    ),
    "version": Text("<b>Versions</b>\n{rows}", "<b>版本</b>\n{rows}"),
    "help.health": Text(
        "/health – the state of the program: last check, failures, what waits, clock, memory",
        "/health – 运行状况：上次检查、失败次数、待发消息、时钟、内存",
    ),
    "help.keyboard": Text(
        "/keyboard – the keys below the chat: <code>/keyboard on</code> · <code>/keyboard off</code>",
        "/keyboard – 快捷键盘：<code>/keyboard on</code> 打开 · <code>/keyboard off</code> 关闭",
    ),
    "help.lang": Text(
        "/lang – the language I speak with you: English / 中文\n<code>/lang en</code> · <code>/lang zh</code>",
        "/lang – 选择语言：中文 / English\n<code>/lang zh</code> · <code>/lang en</code>",
    ),
    "help.help": Text(
        "/help – all commands by topic\n<code>/help tiers</code> · <code>/help close</code>",
        "/help – 按主题列出全部命令\n<code>/help 档位</code> · <code>/help close</code>",
    ),
    "help.unpair": Text(
        "/unpair – you are my owner no longer, so that someone else can pair with me; I ask first\n"
        "The next one sends the code of my console, or of <code>{pair}</code>: <code>/start CODE</code>",
        "/unpair – 放弃所有权，以便他人配对；会先确认\n"
        "下一位发送控制台上的配对码，或 <code>{pair}</code> 生成的配对码：<code>/start 配对码</code>",
    ),
    "help.start": Text(
        "/start – hello; with the code that the console prints, it makes you my owner\n<code>/start CODE</code>",
        "/start – 打招呼；带上控制台打印的配对码，你就成为所有者\n<code>/start 配对码</code>",
    ),
    # the menu
    "menu.panel": Text("The live panel, pinned", "置顶面板，自动刷新"),
    "menu.status": Text("All positions and their tiers", "全部仓位和档位"),
    "menu.pairs": Text("Coins held on both sides", "双向持仓一览"),
    "menu.pnl": Text("Realised per day, as a picture", "每日已实现盈亏（图）"),
    "menu.report": Text("Report of the day, week or month", "日报、周报、月报"),
    "menu.tiers": Text("See and change the tiers", "查看和修改档位"),
    "menu.pause": Text("Stop closing by itself", "暂停自动平仓"),
    "menu.resume": Text("Resume", "恢复运行"),
    "menu.help": Text("All commands, with examples", "全部命令和示例"),
    "menu.close": Text("Close a leg by hand (asks first)", "手动平仓（先确认）"),
}
