/*
 * A table of many rows: built once, then only changed cells are touched. On a narrow screen each row is a card.
 *
 * A column is `{ name, heads: [{ key, label, of }], cell(row) → { node, update(row) } }`; `heads` are what it can be sorted by
 * (`of(row)` is a number, a text or null), or one without `of` that is but a label.
 */

import { attribute, keyed, make, text } from "./dom.js";

// Rows do not jump about while somebody reads: they are put in order again after so many ms, and not under a pointer.
const SETTLE = 5000;
// Far from what is seen only one row in so many is written anew at a time, unless its record has changed.
const FAR = 10;
// Rows that are built at once, and in each frame after that: the first are seen before the last are there.
const FIRST = 40;

export class Table {
  #columns;
  #rows = [];
  #order = [];
  #sorted = 0;
  #held = false;
  #sort;
  #onsort;
  #near = new Set();
  #turn = 0;
  #most = FIRST;
  #growing = false;
  #watch = new IntersectionObserver((seen) => this.#seen(seen), { rootMargin: "60% 0px" });

  /** `sort` is `{ key, down }`; `onsort(sort)` hears when somebody chooses another. */
  constructor(words, { label, columns, sort, onsort, kind = "rows" }) {
    this.#columns = columns;
    this.#sort = sort;
    this.#onsort = onsort;
    this.head = make("div.head", { role: "row" }, columns.map((column) => make(`div.cell.${column.name}`, { role: "columnheader" },
      column.heads.map((head) => (head.of ? make("button", { type: "button", "data-key": head.key, onclick: () => this.#choose(head.key) },
        head.label, make("i", { "aria-hidden": "true" })) : make("span", {}, head.label))))));
    this.body = make("div.body", { role: "rowgroup" });
    this.node = make(`div.table.${kind}`, { role: "table", "aria-label": label }, make("div", { role: "rowgroup" }, this.head), this.body);
    this.empty = make("p.empty", { hidden: true });
    const hold = (held) => () => { this.#held = held; };
    this.body.addEventListener("pointerenter", hold(true));
    this.body.addEventListener("pointerleave", hold(false));
    this.body.addEventListener("keydown", (event) => this.#walk(event));
    this.#mark();
  }

  set sort(sort) {
    this.#sort = sort;
    this.#mark();
    this.#sorted = 0;
    this.show(this.#rows);
  }

  /** Show rows, `{ key, leg, … }` each: `leg` is the record that is another object when it has changed. */
  show(rows) {
    this.#rows = rows;
    const head = this.#columns.flatMap((column) => column.heads).find((one) => one.key === this.#sort.key && one.of);
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const isHeld = this.#held || this.body.contains(document.activeElement);
    if (!this.#sorted || (performance.now() - this.#sorted > SETTLE && !isHeld)) {
      const ranked = sorted(rows, head?.of ?? ((row) => row.key), this.#sort.down).map((row) => row.key);
      // What lies far below what is seen keeps its order until somebody comes near: to move hundreds of rows takes long.
      this.#order = joined(ranked.slice(0, this.#sorted ? this.#reach() : ranked.length), this.#order, ranked);
      this.#sorted = performance.now();
    } else this.#order = joined(this.#order, rows.map((row) => row.key));
    this.#order = this.#order.filter((key) => byKey.has(key));
    this.#turn = (this.#turn + 1) % FAR;
    let place = 0;
    if (rows.length > this.#most) this.#grow();
    keyed(this.body, this.#order.slice(0, this.#most).map((key) => byKey.get(key)), (row) => row.key, (row) => this.#build(row), (node, row) => {
      const isDue = node.row?.leg !== row.leg || this.#near.has(node) || place++ % FAR === this.#turn;
      node.row = row;
      if (isDue) this.#write(node);
      else node.late = true;
    });
  }

  /** Take away what watches the rows. */
  close() {
    this.#watch.disconnect();
  }

  #reach() {
    const places = new Map(this.#order.map((key, at) => [key, at]));
    return Math.max(0, ...[...this.#near].map((node) => places.get(node.row?.key) ?? 0)) + FIRST;
  }

  #grow() {
    if (this.#growing) return;
    this.#growing = true;
    requestAnimationFrame(() => {
      this.#growing = false;
      this.#most += FIRST;
      this.show(this.#rows);
    });
  }

  #write(node) {
    node.late = false;
    for (const update of node.updates) update(node.row);
  }

  #seen(seen) {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) this.#near.add(target);
      else this.#near.delete(target);
      if (isIntersecting && target.late) this.#write(target);
    }
  }

  #build(row) {
    const updates = [];
    const cells = this.#columns.map((column) => {
      const cell = column.cell(row);
      updates.push(cell.update);
      return make(`div.cell.${column.name}`, { role: "cell" }, make("span.label", {}, column.heads.map((head) => head.label).join(" / ")), cell.node);
    });
    const node = make("div.row", { role: "row" }, cells);
    node.updates = updates;
    this.#watch.observe(node);
    return node;
  }

  #choose(key) {
    const isSame = key === this.#sort.key;
    // What is read as a name begins at its beginning, a figure with the largest.
    const down = isSame ? !this.#sort.down : !this.#columns.flatMap((column) => column.heads).find((head) => head.key === key).up;
    this.#onsort({ key, down });
  }

  #mark() {
    for (const cell of this.head.children) {
      const chosen = cell.querySelector(`[data-key="${CSS.escape(this.#sort.key)}"]`);
      attribute(cell, "aria-sort", chosen && (this.#sort.down ? "descending" : "ascending"));
      for (const button of cell.querySelectorAll("button")) {
        text(button.lastChild, button === chosen ? (this.#sort.down ? "▼" : "▲") : "");
        button.classList.toggle("chosen", button === chosen);
      }
    }
  }

  /** The arrow keys go from row to row. */
  #walk(event) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const next = step && event.target.closest(".row")?.[step];
    if (!next) return;
    event.preventDefault();
    next.querySelector("a, button")?.focus();
  }
}

/** Put lists behind each other, each key where it is first. */
const joined = (...lists) => [...new Set(lists.flat())];

function sorted(rows, of, down) {
  const values = new Map(rows.map((row) => [row, of(row)]));
  return [...rows].sort((one, other) => {
    const [a, b] = [values.get(one), values.get(other)];
    // What is not known comes last, whichever way.
    if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null) ? 0 : (a ?? null) === null ? 1 : -1;
    const way = typeof a === "string" ? a.localeCompare(b) : a - b;
    return (down ? -way : way) || (one.key < other.key ? -1 : 1);
  });
}

/** Return a cell of one or two lines of text; `lines(row)` gives `[text, tone]` each. */
export function lines(of) {
  return (first) => {
    const nodes = of(first).map((_, at) => make(at ? "span.under" : "span.over"));
    return { node: make("span.lines", {}, nodes), update(row) {
      of(row).forEach(([value, tone = ""], at) => {
        const node = nodes[at], name = `${at ? "under" : "over"} ${tone}`;
        text(node, value);
        if (node.toned !== name) node.className = node.toned = name;
      });
    } };
  };
}

/** Return the tone of a figure that is won or lost. */
export const tone = (value) => (value === null || value === undefined || Number(value) === 0 ? "" : Number(value) > 0 ? "gain" : "loss");
