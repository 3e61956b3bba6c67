/* The whole book at a glance: what needs eyes first, then accounts, what fires next, how the legs stand, what has happened. */

import { attribute, icon, keyed, make, style, text } from "../dom.js";
import { BUCKETS, dueWord, isEndangered, needsEyes, needsHedge, nextTier, number, rowsOf, sums, willFire } from "../derive.js";
import { away, ladder, legend } from "../ladder.js";
import { nameOf, side, sided } from "../leg_rows.js";
import { isPaused, signed, stateOf, together } from "../parts.js";
import { href } from "../router.js";
import { tone } from "../table.js";

// The last of them are for a large screen.
const NEAREST = 14;
const NEWEST = 22;
const MOST_EYES = 9;
// A fraction of the mark price below which a liquidation may be near, where the program does not say its own.
const DANGER = 0.2;

export function mount(root, context) {
  const { words } = context;
  const parts = [eyes(context), tiles(context), accounts(context), nearest(context), buckets(context), events(context)];
  root.append(make("h1.hidden", {}, words.say("view.overview")), ...parts.map((part) => part.node));
  const draw = (changes) => {
    const rows = changes.has("legs", "marks") ? rowsOf(context.store) : null;
    for (const part of parts) if (changes.has(...part.of)) part.draw(rows ?? rowsOf(context.store));
  };
  draw({ has: () => true });
  return { update: draw, unmount() {} };
}

const card = (kind, title, ...children) => make(`section.card.${kind}`, { "aria-label": title }, make("h2", {}, title), ...children);

/** Whether a leg's account has to be said, as the same coin may be held in two. */
const several = (store) => store.section("accounts").size > 1;

/** What somebody should look at; one calm line where there is nothing. */
function eyes({ store, words }) {
  const list = make("ul"), calm = make("p.calm", {}, icon("ok", 16), words.say("eyes.none")), rest = make("a.more", { href: href("legs", { show: "eyes" }) });
  const node = make("section.card.eyes", { "aria-label": words.say("eyes") }, calm, list, rest);
  const whose = (leg) => (several(store) ? `${leg.account} · ${nameOf(words, leg)}` : nameOf(words, leg));
  return { node, of: ["legs", "marks", "accounts", "pairs", "health"], draw(rows) {
    const found = [], legs = store.section("legs");
    for (const [name, account] of store.section("accounts")) {
      const state = stateOf(words, account);
      // What the state names already is not named again.
      const untold = (all) => (all ?? []).filter((one) => one && !state.includes(one));
      const said = [...untold([account.failure]), ...untold(account.pauses).map((what) => words.say("paused", { what })), ...untold(account.unguarded)];
      // What is paused says that something is.
      if (!isPaused(account) || !account.pauses?.length) said.unshift(account.state);
      if (account.code !== "running" || said.length > 1) found.push({ key: `account:${name}`, to: href("accounts"), name, said: said.join(" · ") });
      const { fraction, warn, text: words_ } = account.drawdown ?? {};
      if (number(fraction) !== null && number(warn) !== null && number(fraction) >= number(warn)) {
        found.push({ key: `drawdown:${name}`, to: href("money", { account: name }), name, said: words_ || words.percent(fraction) });
      }
    }
    for (const [key, record] of store.section("health")) {
      // Late or silent prices come and go; a stream that is down leaves tiers to the checks.
      if (key.startsWith("stream:") && record.trouble === "down") found.push({ key, to: href("health"), name: words.say("view.health"), said: record.text });
    }
    for (const [key, pair] of store.section("pairs")) {
      // What holds back the ladder too is told of the leg.
      if (!needsHedge(pair) || pair.legs.some((one) => legs.has(one) && needsEyes(legs.get(one)))) continue;
      const coin = pair.coin ?? pair.instrument;
      found.push({ key: `pair:${key}`, to: href("pairs", { account: pair.account }), name: several(store) ? `${pair.account} · ${coin}` : coin, said: words.say("eyes.hedge", { what: pair.hedge }) });
    }
    const warn = number(store.meta.liquidation_warn) ?? DANGER, least = number(store.meta.min_margin) ?? 0;
    for (const { key, leg, figures } of rows) {
      if (needsEyes(leg)) found.push({ key, to: href("leg", { key }), name: whose(leg), said: leg.state });
      else if (isEndangered(leg, figures, warn, least)) {
        found.push({ key, to: href("leg", { key }), name: whose(leg), said: words.say("eyes.liquidation", { way: words.percent(figures.liquidation) }) });
      }
    }
    node.classList.toggle("some", found.length > 0);
    calm.hidden = found.length > 0;
    const more = found.length - MOST_EYES;
    rest.hidden = more <= 0;
    text(rest, words.say("eyes.more", { count: more }));
    keyed(list, found.slice(0, MOST_EYES), (one) => one.key, (one) => make("li", {}, icon("warn", 16), make("a", { href: one.to }), make("span")), (item, one) => {
      text(item.children[1], one.name);
      text(item.children[2], one.said);
    });
  } };
}

/** The figures of everything together. */
function tiles({ store, words }) {
  const node = make("dl.tiles");
  const tile = (key) => {
    const value = make("dd"), under = make("dd.under");
    node.append(make("div.card.tile", {}, make("dt", {}, words.say(key)), value, under));
    return (shown, of, below = "") => {
      text(value, shown);
      value.className = of;
      text(under, below);
    };
  };
  const equity = tile("equity"), today = tile("today.realised"), unrealised = tile("unrealised"), roi = tile("roi.average"), margin = tile("margin"), legs = tile("view.legs");
  return { node, of: ["legs", "marks", "accounts"], draw(rows) {
    const of = sums(rows);
    const all = [...store.section("accounts").values()];
    const add = (values) => (values.some((value) => value !== null) ? values.reduce((sum, value) => sum + (value ?? 0), 0) : null);
    // A sum without one of them would be wrong.
    const whole = (values) => (values.includes(null) ? null : add(values));
    const worth = add(all.map((one) => number(one.equity)));
    const before = whole(all.map((one) => number(one.today?.equity_before)));
    // What came before an account was first seen today is not in its change.
    const since = all.map((one) => one.today?.since).filter(Boolean).sort().at(-1);
    const [realised, fees, orders] = ["realised", "fees", "orders"].map((of) => whole(all.map((one) => number(one.today?.[of]))));
    equity(words.amount(worth), "", before ? words.say(since ? "today.change.since" : "today.change", { since: since && words.time(since), change: words.money(worth - before, { signed: true }),
      percent: words.percent((worth - before) / before, { signed: true }) }) : "");
    today(words.money(realised, { signed: true }), tone(realised), realised === null ? "" : words.say("today.under", { fees: words.money(fees), orders: words.plural("orders", orders) }));
    unrealised(words.money(of.unrealised, { signed: true }), tone(of.unrealised), worth ? words.say("of.equity", { percent: words.percent(of.unrealised / worth, { signed: true }) }) : "");
    roi(words.percent(of.roi, { signed: true }), tone(of.roi), of.roi === null ? "" : words.say("roi.between", {
      low: words.percent(of.low, { signed: true, digits: 1 }), high: words.percent(of.high, { signed: true, digits: 1 }) }));
    margin(words.amount(of.margin), "", worth ? words.say("of.equity", { percent: words.percent(of.margin / worth, { digits: 1 }) }) : "");
    legs(String(of.legs), "", words.say("legs.sides", { long: of.long, short: of.short }));
  } };
}

function accounts({ store, words }) {
  const list = make("ul.accounts");
  const node = card("wide", words.say("view.accounts"), list);
  const figure = (label) => make("span.figure", {}, make("small", {}, label), make("b"));
  return { node, of: ["accounts", "legs", "marks"], draw(rows) {
    const byName = [...store.section("accounts")].map(([name, account]) => ({ name, account }));
    keyed(list, byName, (one) => one.name, ({ name }) => make("li", {},
      make("span.title", {}, make("a", { href: href("legs", { account: name }) }, name), make("span.pill")),
      figure(words.say("equity")), figure(words.say("today")), figure(words.say("unrealised")), figure(words.say("view.legs")),
      make("span.figure.fall", {}, make("small", {}, words.say("drawdown")), make("b"), make("span.meter", { "aria-hidden": "true" }, make("i"), make("u")))),
    (item, { name, account }) => {
      const [title, equity, today, unrealised, legs, fall] = item.children;
      const of = sums(rows.filter((row) => row.leg.account === name));
      const pill = title.lastChild;
      text(pill, `${account.code === "running" ? "●" : "⚠"} ${stateOf(words, account)}`);
      pill.className = `pill ${account.code === "running" ? "well" : "ill"}`;
      text(equity.lastChild, words.amount(account.equity));
      text(today.lastChild, words.money(account.today?.realised, { signed: true }));
      today.lastChild.className = tone(account.today?.realised);
      text(unrealised.lastChild, words.money(of.unrealised, { signed: true }));
      unrealised.lastChild.className = tone(of.unrealised);
      text(legs.lastChild, words.say("legs.sides", { long: of.long, short: of.short }));
      const { fraction = null, warn, limit } = account.drawdown ?? {};
      text(fall.children[1], fraction === null ? "–" : `${words.percent(fraction)}${limit ? ` / ${words.share(limit)}` : ""}`);
      const most = number(limit) ?? Math.max(0.2, number(fraction) ?? 0);
      fall.lastChild.hidden = fraction === null;
      style(fall.lastChild.firstChild, "width", `${Math.min(100, Math.round(((number(fraction) ?? 0) / most) * 100))}%`);
      fall.lastChild.lastChild.hidden = !warn;
      if (warn) style(fall.lastChild.lastChild, "left", `${Math.min(100, Math.round((number(warn) / most) * 100))}%`);
      fall.lastChild.classList.toggle("ill", Boolean(warn) && number(fraction) >= number(warn));
    });
  } };
}

function nearest({ store, words }) {
  const list = make("ol.nearest"), none = make("p.muted", {}, words.say("nearest.none"));
  const node = card("next", words.say("nearest"), list, none,
    make("a.more", { href: href("legs", { sort: "next", down: "0" }) }, words.say("nearest.all")), legend(words));
  return { node, of: ["legs", "marks", "accounts"], draw(rows) {
    const all = rows.map((row) => ({ ...row, next: nextTier(row.leg, row.figures.mark) })).filter((row) => typeof row.next?.way === "number");
    for (const row of all) row.due = dueWord(row.leg, row.next, store.record("accounts", row.leg.account));
    const found = all.filter((row) => row.due || willFire(row.leg));
    // What is due and has not been ordered comes before all that is still on its way.
    found.sort((one, other) => Number(!one.due) - Number(!other.due) || one.next.way - other.next.way);
    none.hidden = found.length > 0;
    keyed(list, found.slice(0, NEAREST), (row) => row.key, ({ key }) => {
      const drawn = ladder(words);
      const item = make("li", {}, make("a", { href: href("leg", { key }) }, make("b"), " ", sided()), make("span.roi"), drawn.node, make("span.under"));
      item.drawn = drawn;
      return item;
    }, (item, { leg, figures, next, due }) => {
      const [link, roi, , under] = item.children;
      text(link.firstChild, leg.coin);
      side(link.lastChild, words, leg.side);
      text(roi, words.percent(figures.roi, { signed: true }));
      roi.className = `roi ${tone(figures.roi)}`;
      item.drawn.update(leg, figures);
      const closes = next.tier.contracts ? words.say("nearest.closes", { contracts: words.count(next.tier.contracts), held: words.count(leg.contracts) }) : null;
      text(under, [several(store) ? leg.account : null, due && words.say("nearest.due", { why: words.say(`due.${due}`) }), words.say("nearest.at", { price: words.price(next.price) }), !due && away(words, next.way), closes].filter(Boolean).join(" · "));
    });
  } };
}

/** How many legs stand where, and what an hour has changed of it. */
function buckets({ store, words }) {
  const node = card("spread", words.say("buckets"));
  const table = make("table.buckets", {}, make("thead.hidden", {}, make("tr", {}, ["roi", "view.legs", "buckets.change"].map((key) => make("th", { scope: "col" }, words.say(key))))));
  const body = make("tbody"), since = make("p.under");
  table.append(body);
  node.append(table, since);
  const bound = (place) => (place === 0 ? `≥ ${words.share(BUCKETS[0])}` : place === BUCKETS.length ? words.say("buckets.losing")
    : `${words.share(BUCKETS[place]).replace("%", "")}–${words.share(BUCKETS[place - 1])}`);
  for (let place = 0; place <= BUCKETS.length; place++) {
    body.append(make(`tr${place === BUCKETS.length ? ".losing" : ""}`, {}, make("th", { scope: "row" }, bound(place)),
      make("td", {}, make("span.bar", {}, make("i")), make("b")), make("td.change")));
  }
  return { node, of: ["legs", "marks", "buckets"], draw(rows) {
    const { buckets: counts } = sums(rows);
    const before = [...store.section("buckets").values()].filter((one) => one.counts);
    const most = Math.max(1, ...counts);
    counts.forEach((count, place) => {
      const [, now, change] = body.children[place].children;
      style(now.firstChild.firstChild, "width", `${Math.round((count / most) * 100)}%`);
      text(now.lastChild, String(count));
      const was = before.length ? before.reduce((sum, one) => sum + (one.counts?.[place] ?? 0), 0) : null;
      const by = was === null ? 0 : count - was;
      text(change, by ? `${by > 0 ? "▲ +" : "▼ -"}${Math.abs(by)}` : was === null ? "" : "=");
      attribute(change, "class", `change ${by ? "" : "muted"}`);
    });
    const at = before.map((one) => one.at).sort()[0];
    text(since, at ? words.say("buckets.since", { at: words.when(at) }) : "");
  } };
}

function events({ store, words, now }) {
  const list = make("ol.happened.newest"), none = make("p.muted", {}, words.say("events.none"));
  const node = card("story", words.say("events.newest"), list, none, make("a.more", { href: href("events") }, words.say("events.all")));
  return { node, of: ["events"], draw() {
    const newest = together([...store.section("events")].map(([number, event]) => ({ ...event, number: Number(number) }))).slice(0, NEWEST);
    none.hidden = newest.length > 0;
    keyed(list, newest, ([event]) => event.group ?? event.number, () => make("li", {}, make("time"), make("span")), (item, [event, ...before]) => {
      attribute(item.firstChild, "datetime", event.at);
      text(item.firstChild, words.when(event.at, now()));
      attribute(item.firstChild, "title", words.moment(event.at));
      const times = before.length ? words.say("events.times", { count: before.length + 1, since: words.when(before.at(-1).at, now()) }) : null;
      text(item.lastChild, [several(store) && event.account, signed(event), times].filter(Boolean).join(" · "));
      item.classList.toggle("danger", event.level === "danger");
    });
  } };
}
