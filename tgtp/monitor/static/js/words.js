/* Labels in the reader's language, and how numbers and moments look. Numbers look alike in both languages, as in the chat. */

import { number } from "./derive.js";

export const LANGUAGES = { en: "English", zh: "中文" };
const LOCALES = { en: "en-GB", zh: "zh-CN" };
const UNKNOWN = "–";

const grouped = [0, 1, 2, 4].reduce((all, places) => all.set(places, new Intl.NumberFormat("en-US", {
  minimumFractionDigits: places, maximumFractionDigits: places })), new Map());
const rough = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6, useGrouping: false });

// 13.875 % must not become 13.87 because it is a hair less in binary: the chat says 13.88.
const inPercent = (fraction) => Number((fraction * 100).toPrecision(12));

/** Return the language of a first visit: the one chosen here before, else the browser's. */
export function preferred() {
  let chosen = null;
  try { chosen = localStorage.getItem("language"); } catch { /* no storage: the browser's */ }
  return chosen in LANGUAGES ? chosen : navigator.languages?.[0]?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export class Words {
  #texts;
  #formats = new Map();
  #zone = "UTC";

  constructor(language, texts) {
    this.language = language;
    this.#texts = texts;
  }

  static async load(language) {
    const answer = await fetch(`/monitor/words-${language}.json`, { credentials: "omit" });
    if (!answer.ok) throw new Error(`words: ${answer.status}`);
    return new Words(language, await answer.json());
  }

  get locale() {
    return LOCALES[this.language];
  }

  /** Times are told in this zone; one that the browser does not know leaves UTC. */
  set zone(zone) {
    if (!zone || zone === this.#zone) return;
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      this.#zone = zone;
    } catch { this.#zone = "UTC"; }
    this.#formats.clear();
  }

  get zone() {
    return this.#zone;
  }

  /** Return the text of `page.<key>` with its values filled in; the key itself where it is missing, so that it is seen. */
  say(key, values = {}) {
    const found = this.#texts[`page.${key}`];
    if (found === undefined) return key;
    return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  has(key) {
    return `page.${key}` in this.#texts;
  }

  /** Say so many things: the texts `<key>.one` and `<key>.many`. */
  plural(key, count) {
    return this.say(`${key}.${count === 1 ? "one" : "many"}`, { count });
  }

  /** Write USDT: two decimals, and more when it is less than a cent. */
  money(value, { signed = false } = {}) {
    const amount = number(value);
    if (amount === null) return UNKNOWN;
    return signs(grouped.get(amount === 0 || Math.abs(amount) >= 0.01 ? 2 : 4).format(Math.abs(amount)), amount, signed);
  }

  /** Write USDT in whole ones where there are many of them. */
  amount(value, { signed = false } = {}) {
    const amount = number(value);
    if (amount === null || Math.abs(amount) < 10000) return this.money(value, { signed });
    return signs(grouped.get(0).format(Math.abs(amount)), amount, signed);
  }

  /** Write a fraction in percent. */
  percent(value, { signed = false, digits = 2 } = {}) {
    const fraction = number(value);
    return fraction === null ? UNKNOWN : `${signs(grouped.get(digits).format(inPercent(Math.abs(fraction))), fraction, signed)}%`;
  }

  /** Write how far away something is that should be far: beyond ten times the price it does not matter how far. */
  far(value) {
    const fraction = number(value);
    return fraction !== null && fraction >= 10 ? ">\u2009999%" : this.percent(fraction, { digits: 1 });
  }

  /** Write a threshold or a share: percent without superfluous zeros. */
  share(value) {
    const fraction = number(value);
    return fraction === null ? UNKNOWN : `${rough.format(fraction * 100)}%`;
  }

  /** Write a price as exactly as it came, without superfluous zeros. */
  price(decimal) {
    return exact(decimal);
  }

  /** Write a size or a number of things, as exactly. */
  count(decimal) {
    return exact(decimal);
  }

  /** Write a number that was worked out: six digits. */
  rough(value) {
    const found = number(value);
    return found === null ? UNKNOWN : rough.format(found);
  }

  /** Write a whole number. */
  whole(value) {
    const found = number(value);
    return found === null ? UNKNOWN : signs(grouped.get(0).format(Math.abs(found)), found, false);
  }

  /** Write how long something takes or is ago, in its largest unit. */
  age(seconds) {
    const found = number(seconds);
    if (found === null) return UNKNOWN;
    const long = Math.max(0, found);
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["m", 60]]) {
      if (long >= size * 2) return this.say(`age.${unit}`, { count: Math.floor(long / size) });
    }
    return this.say("age.s", { count: Math.round(long) });
  }

  /** Write a moment: of today its time, else the day and the time. */
  when(iso, now = Date.now()) {
    const at = Date.parse(iso);
    if (Number.isNaN(at)) return UNKNOWN;
    return this.day(at) === this.day(now) ? this.#form("time", at) : this.time(at, "both");
  }

  /** Write a moment in full, with its zone. */
  moment(iso) {
    const at = Date.parse(iso);
    return Number.isNaN(at) ? UNKNOWN : `${this.day(at)} ${this.#form("seconds", at)} ${this.#form("zone", at)}`;
  }

  /** Write a moment (ISO or ms): its `time`, its `day`, `both`, or its time to the `second`. */
  time(moment, what = "time") {
    const at = typeof moment === "number" ? moment : Date.parse(moment);
    if (Number.isNaN(at)) return UNKNOWN;
    if (what === "both") return `${this.day(at).slice(5)} ${this.#form("time", at)}`;
    return what === "day" ? this.day(at) : this.#form(what === "second" ? "seconds" : "time", at);
  }

  /** Return the day of a moment as `2026-11-30`. */
  day(ms) {
    return this.#form("day", ms);
  }

  #form(name, at) {
    if (!this.#formats.has(name)) {
      const of = { timeZone: this.#zone, hourCycle: "h23" };
      const two = "2-digit";
      const options = {
        time: { ...of, hour: two, minute: two }, seconds: { ...of, hour: two, minute: two, second: two },
        day: { ...of, year: "numeric", month: two, day: two }, zone: { ...of, timeZoneName: "short" },
      }[name];
      // The Swedish day is the ISO one.
      this.#formats.set(name, new Intl.DateTimeFormat(name === "zone" ? "en-GB" : "sv-SE", options));
    }
    const format = this.#formats.get(name);
    return name === "zone" ? format.formatToParts(at).find((part) => part.type === "timeZoneName").value : format.format(at);
  }
}

function exact(decimal) {
  if (decimal === null || decimal === undefined || decimal === "") return UNKNOWN;
  const digits = String(decimal);
  const plain = /^-?\d+(\.\d+)?$/.test(digits) ? digits : rough.format(Number(digits));
  return plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
}

function signs(digits, value, signed) {
  if (!/[1-9]/.test(digits)) return digits;
  return (value < 0 ? "-" : signed ? "+" : "") + digits;
}
