/* Every account, and the sub-account maintenance of its legs: how often, what for, how far off, what is next and when. */

import { figures, number, rowsOf, sums } from "../derive.js";
import { keyed, make, text } from "../dom.js";
import { facts, meter, pill, stateOf, toneOf } from "../parts.js";

export function mount(root, context) {
  const { store, words } = context;
  const list = make("div.cards.wide"), empty = make("p.empty", {}, words.say("accounts.none"));
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.accounts"))), list, empty);

  function draw() {
    const wanted = [...store.section("accounts")].filter(([name]) => !context.query.account || name === context.query.account);
    empty.hidden = wanted.length > 0;
    keyed(list, wanted, ([name]) => name, () => card(context), (node, [name, account]) => node.renew(name, account));
  }
  draw();
  // Countdowns go on between two changes.
  const timer = setInterval(draw, 5000);
  return {
    update(changes) { if (changes.has("accounts", "legs", "marks", "upkeep", "meta")) draw(); },
    unmount() { clearInterval(timer); },
  };
}

function card(context) {
  const { store, words, href, now } = context;
  const title = make("h2"), state = pill(), pauses = make("ul.pauses"), trouble = make("p.trouble"), kept = make("div.scroller");
  const about = facts(["equity", "available", "today", "legs", "margin", "open", "check"].map((key) => [key, words.say(`accounts.${key}`)]));
  const fall = meter(words.say("accounts.drawdown")), fallWords = make("p.muted"), rows = make("tbody");
  const columns = ["leg", "roi", "count", "target", "held", "off", "next"].map((column) => make("th", { scope: "col" }, words.say(`upkeep.column.${column}`)));
  kept.append(make("table.upkeep.stacked", {}, make("caption", {}, words.say("upkeep.title")), make("thead", {}, make("tr", {}, columns)), rows));
  const none = make("p.muted"), link = make("a.more");
  const node = make("article.card.account", {}, make("header", {}, title, state), trouble, pauses, about, make("div.drawdown", {}, make("h3", {}, words.say("accounts.drawdown")), fall, fallWords), kept, none, link);

  node.renew = (name, account) => {
    text(title, name);
    const shown = stateOf(words, account);
    state.renew(account.code, shown);
    text(trouble, account.failure ? words.say("accounts.failing", { count: account.failed ?? 0, why: account.failure }) : null);
    trouble.hidden = !account.failure;
    const untold = (all) => (all ?? []).filter((one) => !shown.includes(one));
    const held = [...untold(account.pauses).map((what) => words.say("paused", { what })), ...untold(account.unguarded)];
    keyed(pauses, held, (pause) => pause, () => make("li"), (item, pause) => text(item, pause));
    pauses.hidden = !held.length;
    const legs = rowsOf(store, name), all = sums(legs), today = account.today ?? {};
    about.renew("equity", words.money(account.equity));
    about.renew("available", words.money(account.available));
    about.renew("today", words.money(today.realised, { signed: true }), { tone: toneOf(number(today.realised)), under: account.today ? words.say("accounts.today.under", { fees: words.money(today.fees), orders: words.plural("orders", today.orders ?? 0) }) : null });
    about.renew("legs", words.say("accounts.legs.row", { long: all.long, short: all.short }));
    about.renew("margin", words.money(all.margin));
    about.renew("open", words.money(all.unrealised, { signed: true }), { tone: toneOf(all.unrealised) });
    const ago = account.checked_at ? (now() - Date.parse(account.checked_at)) / 1000 : null;
    about.renew("check", ago === null ? words.say("accounts.check.never") : words.say("ago", { age: words.age(ago) }), { under: ago === null ? null : account.failure ? words.say("accounts.check.failed", { at: words.when(account.at, now()) }) : words.say("accounts.check.under", { duration: seconds(words, account.duration) }) });
    drawdown(account.drawdown);
    upkeep(name, account);
    link.href = href("legs", { account: name });
    text(link, words.plural("accounts.see", legs.length));
    link.hidden = !legs.length;
  };

  function drawdown(of) {
    const share = number(of?.fraction), limit = number(of?.limit), warn = number(of?.warn);
    fall.hidden = share === null;
    if (share !== null) {
      const scale = limit ?? warn ?? Math.max(0.1, share), tone = of.red || (limit !== null && share >= limit) ? "bad" : warn !== null && share >= warn ? "warn" : null;
      fall.renew(share / scale, limit === null ? words.percent(share) : words.say("accounts.drawdown.of", { now: words.percent(share), limit: words.share(limit) }), tone);
    }
    text(fallWords, of?.text ?? (share === null ? words.say("accounts.drawdown.none") : null));
    fallWords.hidden = !fallWords.textContent;
  }

  function upkeep(name, account) {
    const own = [...store.section("upkeep")].filter(([, record]) => record.account === name);
    own.sort(([one], [other]) => (one < other ? -1 : 1));
    kept.hidden = !own.length;
    none.hidden = own.length > 0 || !account.sub;
    text(none, words.say("upkeep.none"));
    keyed(rows, own, ([key]) => key, () => upkeepRow(context), (row, [key, record]) => row.renew(key, record));
  }
  return node;
}

const seconds = (words, value) => (value == null ? "–" : words.say("seconds", { count: Number(value).toFixed(2) }));

/** Return how far a leg's size is from its target, as a fraction of the target; null where either is not known. */
export function deviation(notional, target) {
  return notional === null || !target ? null : (notional - target) / target;
}

function upkeepRow({ store, words, href, now }) {
  const leg = make("a"), cells = Object.fromEntries(["roi", "count", "target", "held", "off", "next"].map((name) => [name, make("td", { "data-label": words.say(`upkeep.column.${name}`) })]));
  const node = make("tr", {}, make("th", { scope: "row" }, leg), Object.values(cells)), when = make("small"), next = make("span");
  cells.next.append(make("span.next", {}, next, when));
  node.renew = (key, record) => {
    const found = store.record("legs", key), of = found ? figures(found, store.record("marks", found.instrument)) : {};
    text(leg, found ? `${found.coin} ${words.say(`side.${found.side}`)}` : key);
    leg.href = href("leg", { key });
    text(cells.roi, words.percent(of.roi ?? null, { signed: true }));
    cells.roi.dataset.tone = toneOf(of.roi ?? null) ?? "";
    text(cells.count, words.say("upkeep.count", { count: record.count ?? 0, of: record.of ?? "–" }));
    const pair = (notional, margin) => words.say("upkeep.size", { notional: words.money(notional), margin: words.money(margin) });
    text(cells.target, record.target_notional == null ? "–" : pair(record.target_notional, record.target_margin));
    text(cells.held, pair(of.notional ?? null, of.margin ?? null));
    const target = number(record.target_notional), off = deviation(of.notional ?? null, target);
    text(cells.off, off === null ? "–" : words.say("upkeep.off", { share: words.percent(off, { signed: true }), amount: words.money(of.notional - target, { signed: true }) }));
    cells.off.dataset.tone = off !== null && Math.abs(off) > 0.05 ? "warn" : "";
    text(next, record.next ?? words.say("upkeep.next.none"));
    const waits = record.next_at ? (Date.parse(record.next_at) - now()) / 1000 : null;
    text(when, waits === null ? null : waits > 0 ? words.say("upkeep.in", { age: words.age(waits) }) : words.say("upkeep.now"));
  };
  return node;
}
