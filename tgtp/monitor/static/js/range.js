/* The low and the high of a leg's ROI in this life as a line, and where it is now. */

import { make, style, attribute } from "./dom.js";

/** Return `node` and `update(figures)`; the words for those who do not see it are in its label. */
export function range(words) {
  const zero = make("i.zero"), span = make("i.span"), dot = make("i.now");
  const node = make("span.range", { role: "img" }, span, zero, dot);
  let shown = "";
  return { node, update({ low, high, roi }) {
    const label = low === null || high === null ? "" : words.say("range", { low: words.percent(low, { signed: true, digits: 1 }),
      high: words.percent(high, { signed: true, digits: 1 }) });
    node.hidden = !label;
    if (!label) return;
    const from = Math.min(low, 0), to = Math.max(high, 0), size = to - from || 1;
    const at = (value) => `${Math.round(((value - from) / size) * 1000) / 10}%`;
    const places = [at(low), at(high), at(0), at(roi ?? 0)].join();
    if (places === shown) return;
    shown = places;
    attribute(node, "aria-label", label);
    attribute(node, "title", label);
    style(span, "left", at(low));
    style(span, "right", `calc(100% - ${at(high)})`);
    style(zero, "left", at(0));
    style(dot, "left", at(roi ?? 0));
    dot.className = `now ${roi !== null && roi < 0 ? "loss" : "gain"}`;
  } };
}
