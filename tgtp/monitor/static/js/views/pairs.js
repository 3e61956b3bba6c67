/* Coins that are held on both sides: what is left open, and what the hedge rule does about it now. */

import { figures, number } from "../derive.js";
import { keyed, make, text } from "../dom.js";
import { accountChoices, choice, facts, pill, toneOf } from "../parts.js";

export function mount(root, context) {
  const { store, words, navigate } = context;
  let query = context.query;
  const account = choice(words.say("choice.account"), (chosen) => navigate("pairs", { ...query, account: chosen }, { replace: true }));
  const count = make("p.muted", { role: "status" }), list = make("div.cards"), empty = make("p.empty", {}, words.say("pairs.none"));
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.pairs")), count, make("div.filters", {}, account)), list, empty);

  function draw() {
    account.offer(accountChoices(context), query.account ?? "");
    account.hidden = store.section("accounts").size < 2;
    const pairs = [...store.section("pairs")].filter(([, pair]) => !query.account || pair.account === query.account);
    pairs.sort(([one], [other]) => (coinOf(one) < coinOf(other) ? -1 : 1));
    text(count, words.plural("pairs.count", pairs.length));
    empty.hidden = pairs.length > 0;
    keyed(list, pairs, ([key]) => key, () => card(context), (node, [key, pair]) => node.renew(key, pair));
  }
  draw();
  return {
    update(changes) { if (changes.has("pairs", "legs", "marks", "accounts", "meta")) draw(); },
    requery(next) { query = next; draw(); },
    unmount() {},
  };
}

const coinOf = (key) => key.slice(key.indexOf("|") + 1);

function card({ store, words, href }) {
  const title = make("h2"), place = make("span.muted"), hedge = pill(), sides = make("tbody");
  const about = facts([["net", words.say("pairs.net")], ["break_even", words.say("pairs.break_even")], ["open", words.say("pairs.open")], ["realised", words.say("pairs.realised")]]);
  const rule = make("p.rule");
  const columns = ["leg", "roi", "margin", "above"].map((column) => make("th", { scope: "col" }, words.say(`pairs.column.${column}`)));
  const node = make("article.card.pair", {}, make("header", {}, title, place, hedge), about,
    make("table.small", {}, make("thead", {}, make("tr", {}, columns)), sides), rule);

  node.renew = (key, pair) => {
    const mark = number(store.record("marks", pair.instrument)), several = store.section("accounts").size > 1;
    const legs = (pair.legs ?? []).map((name) => [name, store.record("legs", name)]).filter(([, leg]) => leg);
    const coin = pair.coin ?? legs[0]?.[1].coin ?? pair.instrument;
    text(title, coin);
    text(place, [pair.instrument, several ? pair.account : null].filter(Boolean).join(" · "));
    const net = number(pair.net_contracts), coins = number(pair.net_coins);
    const worth = coins === null || mark === null ? null : Math.abs(coins) * mark;
    about.renew("net", net === null ? "–" : net === 0 ? words.say("pairs.net.none") : words.say(net > 0 ? "pairs.net.long" : "pairs.net.short", { contracts: words.plural("contracts", Math.abs(net)) }),
      { under: net ? `${words.rough(Math.abs(coins))} ${coin} · ${words.amount(worth)} U` : null });
    const even = number(pair.break_even);
    about.renew("break_even", even === null ? words.say("pairs.break_even.none") : words.rough(even),
      { under: even !== null && mark ? words.say("pairs.break_even.way", { way: words.percent((even - mark) / mark, { signed: true }) }) : null });
    const all = legs.map(([name, leg]) => ({ name, leg, of: figures(leg, mark) }));
    const open = all.reduce((sum, { of }) => (sum === null || of.unrealised === null ? null : sum + of.unrealised), 0);
    about.renew("open", words.money(open, { signed: true }), { tone: toneOf(open) });
    about.renew("realised", pair.realised == null ? null : words.money(pair.realised, { signed: true }), { tone: toneOf(number(pair.realised)) });
    keyed(sides, all, ({ name }) => name, () => side(words, href), (row, { name, leg, of }) => row.renew(name, leg, of, (pair.bases ?? []).find((base) => base.leg === name)));
    hedge.renew(pair.code, words.has(`pairs.code.${pair.code}`) ? words.say(`pairs.code.${pair.code}`) : null);
    text(rule, words.say("pairs.hedge", { what: pair.hedge ?? "–" }));
  };
  return node;
}

function side(words, href) {
  const name = make("a"), size = make("small"), roi = make("b"), open = make("small"), margin = make("td"), above = make("td"), close = make("small");
  const node = make("tr", {}, make("th", { scope: "row" }, name, size), make("td", {}, roi, open), margin, above);
  const over = make("span");
  above.append(over, close);
  node.renew = (key, leg, of, base) => {
    text(name, [words.say(`side.${leg.side}`), leg.mode === "isolated" ? words.say("mode.isolated") : null].filter(Boolean).join(" · "));
    name.href = href("leg", { key });
    text(size, leg.contracts == null ? "–" : words.plural("contracts", number(leg.contracts)));
    text(roi, words.percent(of.roi, { signed: true }));
    roi.dataset.tone = toneOf(of.roi) ?? "";
    text(open, words.money(of.unrealised, { signed: true }));
    text(margin, words.money(of.margin));
    text(over, base ? words.rough(base.above) : "–");
    text(close, base ? words.say(base.can_close ? "pairs.base.can" : "pairs.base.cannot", { contracts: words.price(base.contracts) }) : null);
  };
  return node;
}
