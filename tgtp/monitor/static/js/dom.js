/* Small helpers to build the page. Whatever comes from the data becomes text, never HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** Make `tag.class.class` with attributes, listeners (`onclick`) and children: nodes, or what is shown as text. */
export function make(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else attribute(node, name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Set an attribute where it differs; null, undefined and false take it away. */
export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Set the text of a node where it differs; what was set is remembered, since asking the document takes longer. */
export function text(node, value) {
  const shown = value === null || value === undefined ? "" : String(value);
  if (node.said === shown) return;
  node.said = shown;
  node.textContent = shown;
}

/** Set a property of the node's style where it differs: by the CSSOM, which the page's policy allows. */
export function style(node, name, value) {
  const set = node.set ??= {};
  if (set[name] === value) return;
  set[name] = value;
  node.style.setProperty(name, value);
}

const ICONS = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM14 4v3h6V4zM4 17v3h6v-3z",
  legs: "M4 6h16M4 12h16M4 18h10",
  pairs: "M7 4v16M7 4L3 8M7 4l4 4M17 20V4M17 20l-4-4M17 20l4-4",
  accounts: "M12 4a4 4 0 100 8 4 4 0 000-8zM4 20c1-4 4-6 8-6s7 2 8 6",
  money: "M4 18l5-6 4 3 7-9M15 6h5v5",
  events: "M12 4a8 8 0 108 8M12 8v4l3 2M20 4v5h-5",
  health: "M3 12h4l3-7 4 14 3-7h4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  light: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  dark: "M20 14A8 8 0 1110 4a6.5 6.5 0 0010 10z",
  auto: "M12 3a9 9 0 100 18zM12 3a9 9 0 010 18",
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  warn: "M12 3l10 18H2zM12 10v5M12 18h.01",
  ok: "M4 12l5 5L20 6",
};

/** Draw one of the page's own icons; a screen reader passes it by. */
export function icon(name, size = 18) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? "");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" })) {
    drawing.setAttribute(key, value);
  }
  drawing.append(path);
  return drawing;
}

let probe;

/** Return a colour of the style sheet as it is in this theme, for a canvas: `colour("gain")`. */
export function colour(name) {
  if (!probe) {
    probe = make("span", { hidden: true });
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** Keep the children of a node in step with a list by their keys: only what is new is built, only what is gone is removed. */
export function keyed(parent, items, keyOf, build, renew) {
  const known = parent.keyed ??= new Map();
  const kept = new Set(items.map(keyOf));
  for (const [key, node] of known) {
    if (!kept.has(key)) {
      node.remove();
      known.delete(key);
    }
  }
  const nodes = items.map((item) => {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) known.set(key, node = build(item));
    renew(node, item);
    return node;
  });
  const places = new Map([...parent.children].map((node, at) => [node, at]));
  const stays = rising(nodes.map((node) => places.get(node) ?? -1));
  let next = null;
  for (let at = nodes.length - 1; at >= 0; at--) {
    if (!stays.has(at)) parent.insertBefore(nodes[at], next);
    next = nodes[at];
  }
}

/** Return where the longest rising run of places is, those below 0 left out: what need not be moved to be in order. */
function rising(places) {
  const ends = [], before = [];
  places.forEach((place, at) => {
    if (place < 0) return;
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[ends[middle]] < place) low = middle + 1;
      else high = middle;
    }
    before[at] = low ? ends[low - 1] : -1;
    ends[low] = at;
  });
  const found = new Set();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]) found.add(at);
  return found;
}
