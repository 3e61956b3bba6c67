/* How one leg looks wherever it is named: its name, its side by a sign and a word, its columns in a table. */

import { attribute, make, text } from "./dom.js";
import { needsEyes, nextTier, number } from "./derive.js";
import { ladder } from "./ladder.js";
import { range } from "./range.js";
import { href } from "./router.js";
import { lines, tone } from "./table.js";

/** Say the side of a leg: ▲ long or ▼ short. */
export const sideOf = (words, side) => `${side === "short" ? "▼" : "▲"} ${words.say(`side.${side === "short" ? "short" : "long"}`)}`;

/** Show the side of a leg in a span made with `sided`: the sign has a colour, the word is calm. */
export function side(node, words, of) {
  const [sign, word] = sideOf(words, of).split(" ");
  text(node.firstChild, sign);
  attribute(node.firstChild, "class", of === "short" ? "short" : "long");
  text(node.lastChild, ` ${word}`);
}

export const sided = () => make("span.side", {}, make("i"), make("span"));

/** Say the margin mode and the leverage. */
export function modeOf(words, leg) {
  const mode = words.say(`mode.${leg.mode === "isolated" ? "isolated" : "cross"}`);
  return leg.leverage ? `${mode} ${words.count(leg.leverage)}×` : mode;
}

/** Say a leg in one line: `STX ▲ long`. */
export const nameOf = (words, leg) => `${leg.coin} ${sideOf(words, leg.side)}`;

/** Return what a person may search a leg by. */
export const searched = (leg) => `${leg.instrument} ${leg.name ?? ""} ${leg.account}`.toLowerCase();

/** Return the columns of the table of legs. */
export function columnsOf(words, { several }) {
  const label = (key) => words.say(key);
  const head = (key, of, more = {}) => ({ ...more, key, label: label(more.label ?? key), of });
  const names = [head("name", (row) => `${row.leg.coin} ${row.key}`, { label: "instrument", up: true })];
  if (several) names.push(head("account", (row) => row.leg.account, { up: true }));
  return [
    { name: "who", heads: names, cell: named(words, several) },
    { name: "roi", heads: [head("roi", (row) => row.figures.roi)], cell: () => roiCell(words) },
    { name: "pnl", heads: [head("unrealised", (row) => row.figures.unrealised), head("realised", (row) => number(row.leg.realised))],
      cell: lines(({ leg, figures }) => [[words.money(figures.unrealised, { signed: true }), tone(figures.unrealised)],
        [words.money(leg.realised, { signed: true }), tone(leg.realised)]]) },
    { name: "price", heads: [{ key: "mark", label: label("mark") }, { key: "entry", label: label("entry") }],
      cell: lines(({ leg, figures }) => [[words.price(figures.priced)], [words.price(leg.entry)]]) },
    { name: "size", heads: [head("margin", (row) => row.figures.margin), head("size", (row) => row.figures.notional)],
      cell: lines(({ leg, figures }) => [[words.money(figures.margin)],
        [words.say("size.of", { contracts: words.count(leg.contracts), coins: words.rough(figures.quantity), coin: leg.coin })]]) },
    { name: "ladders", heads: [head("next", (row) => nextTier(row.leg, row.figures.mark)?.way ?? null, { up: true, label: "tiers" })],
      cell: () => {
        const drawn = ladder(words);
        return { node: drawn.node, update: ({ leg, figures }) => drawn.update(leg, figures) };
      } },
    { name: "liquidation", heads: [head("liquidation", (row) => row.figures.liquidation, { up: true })],
      cell: lines(({ leg, figures }) => [[figures.liquidation === null ? "–" : words.far(figures.liquidation),
        figures.liquidation !== null && figures.liquidation < 0.05 ? "loss" : ""], [leg.liquidation ? words.price(leg.liquidation) : ""]]) },
    { name: "state", heads: [head("state", (row) => row.leg.code, { up: true })], cell: () => stateCell(words) },
  ];
}

function named(words, several) {
  return ({ key }) => {
    const coin = make("b"), way = sided(), under = make("span.under");
    const link = make("a.opener", { href: href("leg", { key }) }, coin, " ", way);
    return { node: make("span.lines", {}, link, under), update({ leg }) {
      text(coin, leg.coin);
      side(way, words, leg.side);
      text(under, several ? `${modeOf(words, leg)} · ${leg.account}` : modeOf(words, leg));
    } };
  };
}

function roiCell(words) {
  const now = make("span.over"), drawn = range(words);
  return { node: make("span.lines", {}, now, drawn.node), update({ figures }) {
    text(now, words.percent(figures.roi, { signed: true }));
    const name = `over ${tone(figures.roi)}`;
    if (now.className !== name) now.className = name;
    drawn.update(figures);
  } };
}

function stateCell(words) {
  const said = make("span.said"), more = make("span.under");
  return { node: make("span.lines", {}, said, more), update({ leg }) {
    text(said, `${needsEyes(leg) ? "⚠ " : ""}${leg.state ?? ""}`);
    said.className = `said ${needsEyes(leg) ? "warned" : ""}`;
    const notes = [leg.guards, leg.others ? words.plural("others", leg.others) : null].filter(Boolean).join(" · ");
    text(more, notes);
    more.hidden = !notes;
  } };
}
