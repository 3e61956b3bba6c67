/* One leg: its figures, its price with tiers and fills, its ladder, its orders, and what the last check decided. */

import { attribute, icon, make, text } from "../dom.js";
import { figures, nextTier, number, wayTo } from "../derive.js";
import { away, comes, tierState } from "../ladder.js";
import { modeOf, nameOf } from "../leg_rows.js";
import { range } from "../range.js";
import { tone } from "../table.js";

// The bars and the decision are read anew after so many ms, and when an order has changed the leg.
const AGAIN = 30000;

export function mount(root, context) {
  const { store, words, navigate, href, request } = context;
  const { key = "" } = context.query;
  let span = context.query.range === "life" ? "life" : "day";
  let detail = null, chart = null, drawing = null, timer = null, gone = false, tiers = null, asked = 0;

  const title = make("h1"), said = make("p.said");
  const figuresOf = tiles(words), swing = range(words);
  const rungs = make("tbody");
  const host = make("div.chart"), hint = make("p.muted", {}, words.say("loading"));
  const spans = make("div.switch", { role: "group", "aria-label": words.say("leg.range") }, ["day", "life"].map((name) => make("button", { type: "button",
    "aria-pressed": String(name === span), onclick: () => navigate("leg", { key, range: name }, { replace: true }) }, words.say(`leg.range.${name}`))));
  const orders = make("ol.happened"), decision = make("dl.decision"), why = make("p");
  const head = (...keys) => make("thead", {}, make("tr", {}, keys.map((name) => make("th", { scope: "col" }, words.say(name)))));
  const content = make("div.leg", {},
    figuresOf.node,
    make("section.card.wide", { "aria-label": words.say("leg.price") }, make("div.bar", {}, make("h2", {}, words.say("leg.price")), spans), host, hint),
    make("section.card.laddered", { "aria-label": words.say("tiers") }, make("h2", {}, words.say("tiers")),
      make("div.scroll", { tabindex: "0", role: "group", "aria-label": words.say("tiers") },
        make("table.rungs", {}, head("tier.number", "threshold", "leg.price", "distance", "tier.closes", "state"), rungs))),
    make("section.card.decided", { "aria-label": words.say("leg.decision") }, make("h2", {}, words.say("leg.decision")), why, decision),
    make("section.card.orders", { "aria-label": words.say("leg.orders") }, make("h2", {}, words.say("leg.orders")), orders));
  const left = make("p.empty", { hidden: true });
  root.append(make("div.bar.headed", {}, make("a.round", { href: href("legs"), "aria-label": words.say("leg.back") }, icon("back")), title, said, swing.node), content, left);

  const mark = (leg) => store.section("marks").get(leg.instrument);

  function draw() {
    const leg = store.record("legs", key);
    gone = !leg;
    content.hidden = gone;
    left.hidden = !gone;
    if (gone) {
      text(title, key.split("|").at(-1));
      text(said, "");
      swing.node.hidden = true;
      text(left, words.say("leg.gone"));
      return;
    }
    const of = figures(leg, mark(leg));
    text(title, `${nameOf(words, leg)} · ${modeOf(words, leg)}`);
    text(said, [store.section("accounts").size > 1 ? leg.account : null, leg.state, leg.guards].filter(Boolean).join(" · "));
    swing.update(of);
    figuresOf.draw(leg, of);
    ladderRows(leg, of);
    chart?.update(pictured(leg, of));
    if (tiers !== leg.tiers) {
      // An order has changed the leg: its bars and orders are no longer all.
      if (tiers) read();
      tiers = leg.tiers;
    }
  }

  function ladderRows(leg, of) {
    const list = leg.tiers ?? [];
    while (rungs.children.length > list.length) rungs.lastChild.remove();
    list.forEach((tier, at) => {
      const row = rungs.children[at] ?? rungs.appendChild(make("tr", {}, make("th", { scope: "row" }), ...Array.from({ length: 5 }, () => make("td"))));
      const way = tier.status === "fired" ? null : wayTo(number(tier.price), of.mark, of.sign);
      const state = `${tierState(words, tier)}${tier.at ? ` · ${words.when(tier.at, context.now())}` : ""}${
        tier.fires_at && tier.fires_at !== tier.price && tier.status !== "fired" ? ` · ${words.say("tier.late", { price: words.price(tier.fires_at) })}` : ""}`;
      const cells = [tier.number, words.share(tier.threshold), words.price(tier.price), way === null ? "–" : way > 0 ? words.percent(way) : words.say("coming.now"),
        (tier.contracts ?? null) === null ? "–" : `${words.count(tier.contracts)}${tier.share ? ` (${words.share(tier.share)})` : ""}`, state];
      cells.forEach((cell, place) => text(row.children[place], cell));
      attribute(row, "class", tier.status);
    });
  }

  function pictured(leg, of) {
    const lines = [{ kind: "entry", label: words.say("entry"), price: leg.entry }, { kind: "mark", label: words.say("mark"), price: of.priced },
      { kind: "liquidation", label: words.say("liquidation"), price: leg.liquidation }, { kind: "break_even", label: words.say("break_even"), price: leg.break_even }];
    for (const tier of leg.tiers ?? []) {
      if (tier.status === "off") continue;
      lines.push({ kind: tier.status === "fired" ? "fired" : "tier", label: words.say("tier", { number: tier.number, threshold: words.share(tier.threshold) }), price: tier.price });
    }
    return { bars: detail.bars, step: detail.step, fills: detail.fills, lines: lines.filter((line) => line.price), title: `${nameOf(words, leg)}, ${words.say("leg.price")}` };
  }

  async function read() {
    clearTimeout(timer);
    const mine = ++asked;
    try {
      const found = await request(`/api/monitor/leg?key=${encodeURIComponent(key)}&language=${words.language}&range=${span}`);
      if (mine !== asked) return;
      detail = found;
      told();
      await picture();
    } catch (error) {
      if (mine !== asked) return;
      text(hint, gone || error.status === 404 ? "" : words.say("leg.unread"));
      hint.hidden = false;
    }
    if (mine === asked && !gone) timer = setTimeout(read, AGAIN);
  }

  function told() {
    text(why, detail.text);
    decision.replaceChildren(...(detail.decision ?? []).map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, value))));
    orders.replaceChildren(...(detail.orders ?? []).map((order) => make("li", {}, make("time", { datetime: order.at, title: words.moment(order.at) }, words.when(order.at, context.now())),
      make("span", {}, order.words, order.why ? make("small", {}, order.why) : null))));
    if (!detail.orders?.length) orders.append(make("li.none", {}, words.say("leg.orders.none")));
  }

  async function picture() {
    const leg = store.record("legs", key);
    if (!leg) return;
    const of = figures(leg, mark(leg));
    if (!detail.bars?.length) {
      text(hint, words.say("leg.bars.none"));
      hint.hidden = false;
      return;
    }
    hint.hidden = true;
    if (chart) {
      chart.update(pictured(leg, of));
      return;
    }
    drawing ??= import("../chart.js").then((module) => module.priceChart(host, context, pictured(leg, of)));
    const drawn = await drawing;
    if (asked < 0) drawn.destroy();
    else chart = drawn;
  }

  draw();
  if (!gone) read();
  return {
    update(changes) {
      const instrument = store.record("legs", key)?.instrument;
      if (changes.all || changes.keys("legs").has(key) || changes.keys("marks").has(instrument)) draw();
    },
    requery(query) {
      if ((query.key ?? "") !== key) return false;
      span = query.range === "life" ? "life" : "day";
      [...spans.children].forEach((button, at) => attribute(button, "aria-pressed", String((at === 0) === (span === "day"))));
      read();
      return true;
    },
    unmount() {
      clearTimeout(timer);
      asked = -Infinity;
      chart?.destroy();
    },
  };
}

function tiles(words) {
  const node = make("dl.tiles");
  const tile = (key) => {
    const value = make("dd"), under = make("dd.under");
    node.append(make("div.card.tile", {}, make("dt", {}, words.say(key)), value, under));
    return (shown, below = "", of = "") => {
      text(value, shown);
      value.className = of;
      text(under, below);
    };
  };
  const roi = tile("roi"), pnl = tile("unrealised"), realised = tile("realised"), mark = tile("mark"), margin = tile("margin"), next = tile("leg.next"), end = tile("liquidation");
  return { node, draw(leg, of) {
    roi(words.percent(of.roi, { signed: true }), of.low === null ? "" : words.say("range", { low: words.percent(of.low, { signed: true, digits: 1 }), high: words.percent(of.high, { signed: true, digits: 1 }) }), tone(of.roi));
    pnl(words.money(of.unrealised, { signed: true }), words.say("notional.of", { notional: words.amount(of.notional) }), tone(of.unrealised));
    realised(words.money(leg.realised, { signed: true }), words.say("fees.of", { fees: words.money(leg.fees), funding: words.money(leg.funding, { signed: true }) }), tone(leg.realised));
    mark(words.price(of.priced), words.say("entry.of", { entry: words.price(leg.entry), even: words.price(leg.break_even) }));
    margin(words.money(of.margin), words.say("size.of", { contracts: words.count(leg.contracts), coins: words.rough(of.quantity), coin: leg.coin }));
    const coming = nextTier(leg, of.mark);
    next(coming ? words.price(coming.price) : "–", coming ? away(words, coming.way) : comes(words, leg, of));
    end(leg.liquidation ? words.price(leg.liquidation) : "–", of.liquidation === null ? "" : words.say("coming.way", { way: words.far(of.liquidation) }), of.liquidation !== null && of.liquidation < 0.05 ? "loss" : "");
  } };
}
