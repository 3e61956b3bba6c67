/* Every leg: a table that can be sorted and filtered, whose address can be kept. */

import { attribute, make, text } from "../dom.js";
import { needsEyes, nextTier, rowsOf, sums } from "../derive.js";
import { legend } from "../ladder.js";
import { columnsOf, searched } from "../leg_rows.js";
import { Table } from "../table.js";

// A leg is near its next tier within this part of its mark price.
const NEAR = 0.02;
const SHOWS = {
  near: ({ leg, figures }) => (nextTier(leg, figures.mark)?.way ?? 1) <= NEAR,
  fired: ({ leg }) => (leg.tiers ?? []).some((tier) => tier.status === "fired"),
  winning: ({ figures }) => figures.roi > 0,
  losing: ({ figures }) => figures.roi < 0,
  eyes: ({ leg }) => needsEyes(leg),
};

export function mount(root, context) {
  const { store, words, navigate } = context;
  let { query } = context;
  const several = store.meta.several === true || store.section("accounts").size > 1;
  const sorting = () => ({ key: query.sort ?? "roi", down: query.down ? query.down === "1" : true });
  const change = (fields) => navigate("legs", { ...query, ...fields }, { replace: true });
  const columns = columnsOf(words, { several });
  const table = new Table(words, { label: words.say("view.legs"), columns, sort: sorting(), kind: "legs",
    onsort: ({ key, down }) => change({ sort: key, down: down ? "1" : "0" }) });

  const field = (key, node) => make("label.field", {}, make("span", {}, words.say(key)), node);
  const options = (list, chosen) => list.map(([value, label]) => make("option", { value, selected: value === (chosen ?? "") }, label));
  const search = make("input", { type: "search", value: query.coin ?? "", autocomplete: "off", spellcheck: "false", placeholder: words.say("filter.coin.hint"),
    oninput: () => change({ coin: search.value.trim() }) });
  const side = make("select", { onchange: () => change({ side: side.value }) },
    options([["", words.say("filter.all")], ["long", words.say("side.long")], ["short", words.say("side.short")]], query.side));
  const show = make("select", { onchange: () => change({ show: show.value }) },
    options([["", words.say("filter.all")], ...Object.keys(SHOWS).map((key) => [key, words.say(`filter.${key}`)])], query.show));
  const accounts = [...store.section("accounts").keys()];
  const account = make("select", { onchange: () => change({ account: account.value }) },
    options([["", words.say("filter.all")], ...accounts.map((name) => [name, name])], query.account));
  const heads = columns.flatMap((column) => column.heads).filter((head) => head.of);
  const order = make("select", { onchange: () => {
    const head = heads.find((one) => one.key === order.value);
    change({ sort: head.key, down: head.up ? "0" : "1" });
  } }, options(heads.map((head) => [head.key, head.label]), sorting().key));
  const turned = make("button.round.turn", { type: "button", onclick: () => change({ sort: sorting().key, down: sorting().down ? "0" : "1" }) });

  // How many there are is spoken when a filter changes it; sums move all the time.
  const count = make("span", { role: "status" }), totals = make("span");
  // On a phone the filters stand folded, so that legs are seen first.
  const folded = make("details.folded", {}, make("summary", {}, words.say("filter")), make("div.filters", { role: "search" }, field("filter.coin", search),
    several && field("account", account), field("side", side), field("filter.show", show), make("span.ordering", {}, field("filter.sort", order), turned)));
  const narrow = matchMedia("(max-width: 760px)");
  const fold = () => { folded.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.legs")), make("p.totals", {}, count, totals), folded), table.node, table.empty, legend(words));

  function draw() {
    const all = rowsOf(store, query.account);
    const coin = (query.coin ?? "").toLowerCase();
    const rows = all.filter((row) => (!query.side || row.leg.side === query.side) && (!coin || searched(row.leg).includes(coin))
      && (!SHOWS[query.show] || SHOWS[query.show](row)));
    table.show(rows);
    const of = sums(rows);
    text(count, words.plural("legs", of.legs));
    text(totals, words.say("totals", { long: of.long, short: of.short, margin: words.amount(of.margin),
      unrealised: words.money(of.unrealised, { signed: true }), roi: words.percent(of.roi, { signed: true }) }));
    table.node.hidden = !rows.length;
    table.empty.hidden = rows.length > 0;
    text(table.empty, words.say(store.section("legs").size ? "legs.filtered" : "legs.none"));
  }

  function ordered() {
    order.value = sorting().key;
    text(turned, sorting().down ? "▼" : "▲");
    attribute(turned, "aria-label", words.say(sorting().down ? "filter.down" : "filter.up"));
  }

  ordered();
  draw();
  return {
    update(changes) { if (changes.has("legs", "marks")) draw(); },
    requery(given) {
      query = given;
      for (const [node, value] of [[side, query.side], [show, query.show], [account, query.account], [search, query.coin]]) {
        if (node !== document.activeElement || node !== search) node.value = value ?? "";
      }
      table.sort = sorting();
      ordered();
      draw();
    },
    unmount() {
      narrow.removeEventListener("change", fold);
      table.close();
    },
  };
}
