/*
 * What follows the mark price, worked out as the engine does it: the document holds only what does not move by itself.
 * Figures are numbers, good for showing; null where they are not known. Fractions are fractions.
 */

/** The upper bounds of the ROI buckets, from the best down; what loses is the last one. */
export const BUCKETS = [0.7, 0.6, 0.5, 0.4, 0.2, 0.1, 0];

/** Return a decimal as a number; null where there is none. */
export function number(decimal) {
  if (decimal === null || decimal === undefined || decimal === "") return null;
  const value = Number(decimal);
  return Number.isFinite(value) ? value : null;
}

export const signOf = (side) => (side === "short" ? -1 : 1);

/** Return the figures of one leg at a mark price; `low` and `high` are the ROI of this life, now counted in. */
export function figures(leg, mark) {
  const sign = signOf(leg.side);
  const price = number(mark), entry = number(leg.entry), leverage = number(leg.leverage), contracts = number(leg.contracts);
  const size = number(leg.contract_size);
  const quantity = contracts === null || size === null ? null : contracts * size;
  const notional = quantity === null || price === null ? null : quantity * price;
  const move = price === null || entry === null ? null : sign * (price - entry);
  const roi = leverage === null ? number(leg.exchange_roi) : move === null ? null : (move * leverage) / entry;
  const own = number(leg.margin);
  const margin = own !== null ? own : notional === null || leverage === null ? null : notional / leverage;
  return {
    // As it came, to be written with its own digits.
    priced: mark ?? null,
    sign, mark: price, entry, leverage, contracts, quantity, notional, margin, roi,
    unrealised: move === null || quantity === null ? null : move * quantity,
    low: least(number(leg.roi_low), roi),
    high: most(number(leg.roi_high), roi),
    liquidation: distance(number(leg.liquidation), price),
  };
}

const least = (one, other) => (one === null || other === null ? one ?? other : Math.min(one, other));
const most = (one, other) => (one === null || other === null ? one ?? other : Math.max(one, other));

/** Return how far a price is from the mark, as a fraction of the mark and without a sign. */
export function distance(price, mark) {
  return price === null || !mark ? null : Math.abs(price - mark) / mark;
}

/** Return how far the mark still has to go until a price is reached: 0 or less where it is. */
export function wayTo(price, mark, sign) {
  return price === null || !mark ? null : (sign * (price - mark)) / mark;
}

/** Return the tier that closes next, at which mark price and how far away that is (a fraction of the mark); null where none will. */
export function nextTier(leg, mark) {
  const tier = (leg.tiers ?? []).find((one) => one.status === "next" || one.status === "resting");
  if (!tier) return null;
  // Where the margin is too small at its threshold, it closes further on.
  const price = tier.fires_at ?? tier.price;
  return { tier, price, way: wayTo(number(price), number(mark), signOf(leg.side)) };
}

/**
 * Return whether a liquidation is near, as the engine's warning has it: within `warn` (a fraction of the mark; 0 never warns)
 * and once the price has gone half of the way from the entry. A leg at or below `least` of margin is no danger to anybody's money.
 */
export function isEndangered(leg, of, warn, least = 0) {
  const price = number(leg.liquidation);
  if (price === null || of.mark === null || !of.leverage || of.margin === null || of.margin <= least) return false;
  const half = Math.max(of.sign * (of.entry - price), of.entry / of.leverage) / 2;
  return of.liquidation < Math.min(warn, half / of.mark);
}

/** Why somebody should look at a leg: what keeps the rules from it, though it may be due. */
const HINDRANCES = new Set(["unreadable", "doubted", "broken", "forbidden", "paused", "backing_off", "unresolved", "stale"]);
// What its ladder is not going to close, however the price goes.
const IDLE = new Set(["off", "done", "upkeep", "unarmed"]);
export const willFire = (leg) => !HINDRANCES.has(leg.code) && !IDLE.has(leg.code) && !leg.paused;
// What a leg waits for whose tier is reached and not yet ordered; whatever else it is, a check will see to it.
const WAITS = { paused: "paused", backing_off: "refused", unresolved: "unresolved", forbidden: "forbidden", doubted: "doubted", upkeep: "upkeep", resting: "resting" };
const REACHED = new Set(["due", "paused", "backing_off", "forbidden"]);
/** Return what a leg that is due waits for, a word of `due.…`; null where it is not due. `next` is its next tier, `account` its account's record. */
export function dueWord(leg, next, account) {
  const isReached = next && (next.way !== null && next.way <= 0 || (next.tier.stage === "begun" && REACHED.has(leg.code)));
  if (!isReached || leg.code === "off") return null;
  if (unread(account)) return "unseen";
  return WAITS[leg.code] ?? (leg.paused ? "paused" : "check");
}

/** Whether an account cannot be read now: what is shown of it is from before. */
export const unread = (account) => (account?.failed ?? 0) > 0 || account?.code === "unseen" || account?.code === "refused";

export const needsEyes = (leg) => HINDRANCES.has(leg.code);
/** Whether the hedge rule cannot do what it should; what a person has paused is told with the account. */
export const needsHedge = (pair) => pair.code !== "paused" && HINDRANCES.has(pair.code);

/** Return the number of the bucket that a ROI belongs in. */
export function bucketOf(roi) {
  // What is a bound exactly may be a hair below it in binary.
  const found = BUCKETS.findIndex((bound) => roi >= bound - 1e-12);
  return found < 0 ? BUCKETS.length : found;
}

/** Sum up legs, given as `{leg, figures}`: those without a figure are counted, and add nothing. */
export function sums(rows) {
  const found = { legs: 0, long: 0, short: 0, margin: 0, notional: 0, unrealised: 0, roi: null, low: null, high: null, buckets: new Array(BUCKETS.length + 1).fill(0) };
  let known = 0, total = 0;
  for (const { leg, figures: of } of rows) {
    found.legs++;
    found[leg.side === "short" ? "short" : "long"]++;
    found.margin += of.margin ?? 0;
    found.notional += of.notional ?? 0;
    found.unrealised += of.unrealised ?? 0;
    if (of.roi === null) continue;
    known++;
    total += of.roi;
    found.low = least(found.low, of.roi);
    found.high = most(found.high, of.roi);
    found.buckets[bucketOf(of.roi)]++;
  }
  if (known) found.roi = total / known;
  return found;
}

/** Return every leg of the document with its figures, those of one account where it is named. */
export function rowsOf(store, account = null) {
  const marks = store.section("marks"), rows = [];
  for (const [key, leg] of store.section("legs")) {
    if (!account || leg.account === account) rows.push({ key, leg, figures: figures(leg, marks.get(leg.instrument)) });
  }
  return rows;
}
