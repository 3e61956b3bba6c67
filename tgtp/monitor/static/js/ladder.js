/* The tiers of a leg as segments of a bar: a sign, an edge and a fill for each state, and the same in words. */

import { attribute, make, style, text } from "./dom.js";
import { nextTier, number } from "./derive.js";

const SIGNS = { fired: "✓", resting: "◆", next: "", waiting: "", dust: "·", off: "✕", idle: "–" };

/** Return a ladder: `node`, and `update(leg, figures)`, which touches only what changed. */
export function ladder(words) {
  const bar = make("span.ladder", { role: "img" });
  const coming = make("span.coming");
  const node = make("span.tiers", {}, bar, coming);
  let tiers = null, fill = null;
  return { node, update(leg, figures) {
    if (tiers !== leg.tiers) {
      tiers = leg.tiers;
      bar.replaceChildren(...(tiers ?? []).map((tier) => make(`span.seg.${lookOf(tier)}`, {},
        make("i"), make("b", {}, `${SIGNS[lookOf(tier)]} ${words.share(tier.threshold)}`.trim()))));
      bar.hidden = !tiers?.length;
      fill = bar.querySelector(".next i, .resting i");
      const said = (tiers ?? []).map((tier) => words.say("tier.said", { state: tierState(words, tier),
        tier: words.say("tier", { number: tier.number, threshold: words.share(tier.threshold) }) })).join(words.say("tier.between"));
      attribute(bar, "aria-label", said);
      attribute(bar, "title", said);
    }
    if (fill) style(fill, "width", `${progress(leg, figures)}%`);
    text(coming, comes(words, leg, figures));
  } };
}

/** Return what the signs mean, for those who see them for the first time. */
export function legend(words) {
  return make("ul.legend", { "aria-label": words.say("tiers") }, Object.keys(SIGNS).map((status) => make("li", {},
    make(`span.seg.${status}`, { "aria-hidden": "true" }, make("i"), make("b", {}, SIGNS[status])), words.say(`tier.${status}`))));
}

/** Return how a tier looks: one that is held up by more than a switch is idle. */
const lookOf = ({ status, stage }) => (status === "off" && stage && stage !== "off" ? "idle" : status in SIGNS ? status : "waiting");

/** Say how a tier stands; where the engine's stage says more than the look, that. */
export const tierState = (words, tier) => words.say(TOLD.has(tier.stage) && tier.status !== "resting" ? `tier.${tier.stage}` : `tier.${lookOf(tier)}`);
const TOLD = new Set(["begun", "small", "gone", "beyond"]);

/** Return how far the ROI is on its way from the tier before to the next one, in whole percent. */
function progress(leg, figures) {
  let from = 0;
  for (const tier of leg.tiers) {
    const to = number(tier.threshold);
    if (tier.status === "next" || tier.status === "resting") {
      return figures.roi === null ? 0 : Math.round(Math.min(1, Math.max(0, (figures.roi - from) / (to - from))) * 100);
    }
    if (tier.status === "fired") from = to;
  }
  return 0;
}

/** Say how far the mark still has to go; nothing where that is not known. */
export const away = (words, way) => (way === null ? "" : words.say(way > 0 ? "coming.way" : "coming.now", { way: words.percent(way) }));

/** Say which tier comes next, at what price and how far away; or why none does. */
export function comes(words, leg, figures) {
  const next = nextTier(leg, figures.mark);
  const tiers = leg.tiers ?? [];
  if (next) {
    return [words.say(next.tier.stage === "late" && next.tier.status === "next" ? "coming.late" : `coming.${next.tier.status}`, { price: words.price(next.price) }), away(words, next.way)].filter(Boolean).join(" · ");
  }
  if (!tiers.length) return "";
  const fired = tiers.filter((tier) => tier.status === "fired").length;
  if (fired === tiers.length) return words.say("coming.done", { count: fired });
  const rest = tiers.find((tier) => tier.status !== "fired");
  return words.say("coming.none", { fired, count: tiers.length, why: tierState(words, rest) });
}
