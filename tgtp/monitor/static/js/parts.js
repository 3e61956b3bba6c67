/* Pieces that several views are made of: labelled figures, states in a word, bars that say how full they are, choices. */

import { attribute, make, style, text } from "./dom.js";

// How a state looks; its words say the same.
const TONES = {
  running: "good", well: "good", paused: "warn", some_paused: "warn", unguarded: "warn", slow: "warn", refused: "bad", forbidden: "bad",
  held: "bad", unseen: "bad", due: "warn", broken: "bad", blind: "bad",
};

/** Make a state in a word; `renew(code, words)` changes it. */
export function pill() {
  const node = make("span.pill");
  node.renew = (code, words) => {
    text(node, words);
    attribute(node, "data-tone", TONES[code] ?? "plain");
    node.hidden = !words;
  };
  return node;
}

/** Return the state of an account, in a word where its pauses say the rest. */
export const stateOf = (words, account) => (isPaused(account) ? words.say(`state.${account.code}`) : account.state ?? "");

export const isPaused = (account) => account.code === "paused" || account.code === "some_paused";

/** Make a list of labelled figures, [[key, label], …]; `renew(key, value, {tone, under})` changes one, and hides it for null. */
export function facts(rows) {
  const values = new Map();
  const node = make("dl.facts", {}, rows.map(([key, label]) => {
    const value = make("dd"), below = make("dd.under"), row = make("div", {}, make("dt", {}, label), value, below);
    values.set(key, { value, below, row });
    return row;
  }));
  node.renew = (key, shown, { tone = null, under = null } = {}) => {
    const { value, below, row } = values.get(key);
    row.hidden = shown === null || shown === undefined;
    text(value, shown);
    text(below, under);
    below.hidden = !under;
    attribute(value, "data-tone", tone);
  };
  return node;
}

/** Return the tone of a result: what it is is said by its sign as well. */
export const toneOf = (value) => (value === null || Number(value) === 0 ? null : Number(value) > 0 ? "gain" : "loss");

/** Make a bar that says how full it is; `renew(share, words, tone)`: share from 0 to 1, or more where it is too full. */
export function meter(label) {
  const fill = make("span.fill"), words = make("span.words");
  const node = make("div.gauge", { role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, make("span.track", {}, fill), words);
  node.renew = (share, shown, tone = null) => {
    const full = Math.max(0, Math.min(1, share || 0));
    style(fill, "inline-size", `${(full * 100).toFixed(1)}%`);
    text(words, shown);
    attribute(node, "aria-valuenow", Math.round(full * 100));
    attribute(node, "aria-valuetext", shown);
    attribute(node, "data-tone", tone);
  };
  return node;
}

/** Put repeats of one thing together: `[[{number, …}, …], …]`, newest first, each group where its newest is. */
export function together(events) {
  const groups = new Map();
  for (const event of [...events].sort((one, other) => other.number - one.number)) {
    const key = event.group ?? event.number;
    if (groups.has(key)) groups.get(key).push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()];
}

/** Return an event's line; what is bad has a sign, once. */
export const signed = (event) => (event.level === "danger" && /^[\p{L}\p{N}]/u.test(event.line) ? `⚠ ${event.line}` : event.line);

/** Make a labelled choice; `offer([[value, words], …], chosen)` changes what there is to choose. */
export function choice(label, chosen) {
  const select = make("select", { onchange: () => chosen(select.value) });
  const node = make("label.field", {}, make("span", {}, label), select);
  let known = "";
  node.offer = (options, value) => {
    // Rebuilt only where it differs: an open list would shut.
    const now = JSON.stringify(options);
    if (now !== known) {
      known = now;
      select.replaceChildren(...options.map(([option, words]) => make("option", { value: option }, words)));
    }
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    return node;
  };
  return node;
}

/** Return the names of all accounts, for a choice that begins with all of them. */
export function accountChoices({ store, words }) {
  return [["", words.say("choice.accounts")], ...[...store.section("accounts").keys()].map((name) => [name, name])];
}
