/* What the account came to over a range of days: its equity, what was realised by whom, what it cost. */

import { courseChart, takingsChart } from "../chart.js";
import { grouped } from "../charts/plot.js";
import { number } from "../derive.js";
import { make, text } from "../dom.js";
import { accountChoices, choice, facts, toneOf } from "../parts.js";

const RANGES = ["today", "week", "7", "30", "90", "365"];
const FIRST = "30";
const DAY = 864e5;
// What could not be read is asked for again after so many ms.
const AGAIN = 5000;
const SOON = 100;
const SUMS = ["tier", "hedge", "guard", "hand", "upkeep", "fees", "funding", "net", "orders"];

/** Return the first and the last day (`2026-11-30`) that an address asks for; today is given. */
export function daysOf(query, today) {
  const isDay = (word) => /^\d{4}-\d\d-\d\d$/.test(word ?? "") && !Number.isNaN(Date.parse(word));
  if (isDay(query.from) && isDay(query.to) && query.from <= query.to) return [query.from, query.to];
  const range = RANGES.includes(query.range) ? query.range : FIRST, last = Date.parse(today);
  // A week begins on Monday.
  const back = range === "today" ? 0 : range === "week" ? (new Date(last).getUTCDay() + 6) % 7 : Number(range) - 1;
  return [new Date(last - back * DAY).toISOString().slice(0, 10), today];
}

export function mount(root, context) {
  const { store, words, navigate, request, now } = context;
  let query = context.query, asked = 0, gone = false, charts = null, known = null, again = null;

  const go = (more) => navigate("money", { ...query, ...more }, { replace: true });
  const ranges = make("div.ranges", { role: "group", "aria-label": words.say("money.range") }, RANGES.map((range) =>
    make("button", { type: "button", "data-range": range, onclick: () => go({ range, from: null, to: null }) }, words.say(`money.range.${range}`))));
  const field = (name) => make("input", { type: "date", "aria-label": words.say(`money.${name}`), onchange: () => picked() });
  const from = field("from"), to = field("to");
  function picked() {
    if (from.value && to.value && from.value <= to.value) go({ range: null, from: from.value, to: to.value });
  }
  const account = choice(words.say("choice.account"), (chosen) => go({ account: chosen }));
  const state = make("p.muted", { role: "status" }), totals = facts(SUMS.map((sum) => [sum, words.say(`money.${sum}`)]));
  const body = make("div.money-charts"), days = make("div.card"), equity = make("div"), drawdown = make("div");
  body.append(days, make("div.card", {}, equity, drawdown));
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.money")),
    make("div.filters", {}, ranges, make("span.dates", {}, from, make("span", { "aria-hidden": "true" }, "–"), to), account)),
    make("section.card", { "aria-label": words.say("money.totals") }, totals, state), body);

  const span = () => daysOf(query, words.day(now()));
  function tools() {
    const chosen = query.from && query.to ? null : RANGES.includes(query.range) ? query.range : FIRST;
    for (const button of ranges.children) button.setAttribute("aria-pressed", String(button.dataset.range === chosen));
    [from.value, to.value] = span();
    from.max = to.max = words.day(now());
    account.offer(accountChoices(context), query.account ?? "");
    account.hidden = store.section("accounts").size < 2;
  }

  async function load() {
    clearTimeout(again);
    const mine = ++asked, [since, until] = span();
    const path = new URLSearchParams({ from: since, to: until, ...(query.account ? { account: query.account } : {}) });
    if (!known) text(state, words.say("money.loading"));
    let found;
    try { found = await request(`/api/monitor/money?${path}`); } catch (error) {
      if (mine !== asked || gone) return;
      text(state, words.say(error.status === 400 ? "money.long" : "money.failed"));
      if (error.status !== 400) again = setTimeout(load, AGAIN);
      return;
    }
    if (mine !== asked || gone) return;
    known = found;
    show(since, until);
    if (!found.more) return;
    // A long history is read a part at a time.
    text(state, words.say("money.loading"));
    again = setTimeout(load, SOON);
  }

  function show(since, until) {
    totals.hidden = false;
    const { days: each = [] } = known, sums = { ...known.totals };
    const paid = number(sums.fees);
    sums.fees = paid === null ? null : -paid;
    sums.net = ["tier", "hedge", "guard", "hand", "upkeep", "fees", "funding"].reduce((sum, name) => sum + (number(sums[name]) ?? 0), 0);
    for (const sum of SUMS) {
      const value = number(sums[sum]);
      if (sum === "orders") totals.renew(sum, words.whole(value ?? 0));
      else if (["guard", "upkeep"].includes(sum) && !value) totals.renew(sum, null);
      else totals.renew(sum, value === null ? "?" : words.money(value, { signed: true }), { tone: toneOf(value) });
    }
    text(state, words.say("money.days", { from: since, to: until, zone: words.zone }));
    const money = (value, digits) => (digits === undefined ? `${words.money(value)} U` : grouped(Number(value), digits));
    const percent = (value, digits) => (digits === undefined ? words.percent(value, { digits: 2 }) : `${grouped(Number(value) * 100, Math.max(0, digits - 2))}%`);
    const course = known.equity ?? [], falls = (known.drawdown ?? []).map(([ms, share]) => [ms, -Math.abs(Number(share))]);
    const ends = { from: words.money(course[0]?.[1]), to: words.money(course.at(-1)?.[1]) };
    const deepest = falls.reduce((low, [, share]) => Math.min(low, share), 0);
    const specs = [
      { title: words.say("money.chart.days"), days: each },
      { title: words.say("money.chart.equity"), points: course, write: money, about: words.say("money.chart.equity.about", ends) },
      { title: words.say("money.chart.drawdown"), points: falls, write: percent, floor: -0.01, tint: "loss", height: 150, about: words.say("money.chart.drawdown.about", { deepest: words.percent(deepest) }) },
    ];
    if (charts) charts.forEach((chart, place) => chart.update(specs[place]));
    else charts = [takingsChart(days, context, specs[0]), courseChart(equity, context, specs[1]), courseChart(drawdown, context, specs[2])];
  }

  totals.hidden = true;
  tools();
  load();
  const timer = setInterval(() => { if (!document.hidden && span()[1] === words.day(now())) load(); }, 60_000);
  return {
    update(changes) {
      if (changes.has("accounts", "meta")) tools();
      // After a lost connection the program may be another one.
      if (changes.all) load();
    },
    requery(next) {
      query = next;
      tools();
      load();
    },
    unmount() {
      gone = true;
      clearInterval(timer);
      clearTimeout(again);
      charts?.forEach((chart) => chart.destroy());
    },
  };
}
