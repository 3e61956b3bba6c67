/* How the program itself is: what is wrong first, then checks, reads against their limits, the stream, what waits. */

import { number } from "../derive.js";
import { keyed, make, text } from "../dom.js";
import { facts, meter } from "../parts.js";

// What is said to be wrong.
const SLOW = 0.8;
const SKEWED = 5;
const WAITING = 20;
const COLUMNS = ["account", "last", "checks", "failed", "reads", "median", "p95", "longest", "period"];

export function mount(root, context) {
  const { words } = context;
  const wrong = make("ul.findings"), checks = make("tbody"), reads = make("div.reads"), readsOf = make("p.muted"), streams = make("div.streams");
  const program = facts(["version", "exchange", "running", "memory", "clock", "messages", "orders"].map((key) => [key, words.say(`health.${key}`)]));
  const versions = facts([]), parts = make("details", {}, make("summary", {}, words.say("health.versions")), versions);
  const section = (title, ...inside) => make("section.card", { "aria-label": title }, make("h2", {}, title), ...inside);
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.health"))), make("div.card.found", { role: "status" }, wrong),
    make("div.columns", {}, make("div", {},
      section(words.say("health.checks"), make("div.scroller", { tabindex: 0, role: "region", "aria-label": words.say("health.checks") },
        make("table.stacked", {}, make("thead", {}, make("tr", {}, COLUMNS.map((column) => make("th", { scope: "col" }, words.say(`health.column.${column}`))))), checks))),
      section(words.say("health.stream"), streams),
      section(words.say("health.program"), program, parts)), section(words.say("health.reads"), readsOf, reads)));

  function draw() {
    const found = findings(context), of = (kind) => [...context.store.section("health")].filter(([key]) => key === kind || key.startsWith(`${kind}:`));
    keyed(wrong, found.length ? found : [{ key: "well", words: words.say("health.well") }], (finding) => finding.key, () => make("li"), (node, finding) => {
      text(node, finding.words);
      node.dataset.tone = found.length ? "bad" : "good";
    });
    keyed(checks, of("check"), ([key]) => key, () => checkRow(context), (node, [key, record]) => node.renew(key.slice(6), record));
    drawReads(of("reads"));
    keyed(streams, of("stream").length ? of("stream") : [["stream", null]], ([key]) => key, () => streamCard(context), (node, [key, record]) => node.renew(key.slice(7), record));
    drawProgram();
  }

  function drawReads(rows) {
    rows.sort(([, one], [, other]) => share(other) - share(one));
    keyed(reads, rows, ([key]) => key, ([key]) => {
      const [, account, ...endpoint] = key.split(":"), name = endpoint.join(":");
      const label = context.store.meta.several ? `${account} · ${name}` : name, bar = meter(label);
      const node = make("div.read", {}, make("span", {}, label), bar);
      node.renew = (record) => bar.renew(share(record), words.say(record.limit == null ? "health.reads.free" : "health.reads.row", { used: words.rough(record.used), limit: words.rough(record.limit), seconds: words.rough(record.seconds) }),
        share(record) >= 1 ? "bad" : share(record) >= SLOW ? "warn" : null);
      return node;
    }, (node, [, record]) => node.renew(record));
    text(readsOf, words.say(rows.length ? "health.reads.about" : "health.reads.none"));
  }

  function drawProgram() {
    const { store, now } = context, outbox = store.record("health", "outbox") ?? {}, process = store.record("health", "process") ?? {}, { meta } = store;
    const skew = number(store.record("health", "clock")?.skew), running = meta.started_at ? (now() - Date.parse(meta.started_at)) / 1000 : number(process.running_for);
    program.renew("version", meta.version ?? "–");
    program.renew("exchange", words.has(`exchange.${meta.exchange}`) ? words.say(`exchange.${meta.exchange}`) : meta.exchange ?? "–");
    program.renew("running", words.age(running));
    program.renew("memory", process.memory == null ? "–" : `${words.whole(Math.round(process.memory / 2 ** 20))} MB`);
    program.renew("clock", skew === null ? "–" : words.say("health.clock.row", { skew: `${skew > 0 ? "+" : skew < 0 ? "-" : ""}${Math.abs(skew).toFixed(2)}` }), { tone: skew !== null && Math.abs(skew) >= SKEWED ? "loss" : null });
    program.renew("messages", words.whole(outbox.messages ?? 0));
    program.renew("orders", words.whole(outbox.orders ?? 0));
    const all = Object.entries(process.versions ?? {});
    keyed(versions, all, ([name]) => name, ([name]) => make("div", {}, make("dt", {}, name), make("dd")), (node, [, version]) => text(node.lastChild, version));
    parts.hidden = !all.length;
  }

  draw();
  const timer = setInterval(draw, 1000);
  return {
    update(changes) { if (changes.has("health", "accounts", "meta")) draw(); },
    unmount() { clearInterval(timer); },
  };
}

const share = (record) => (number(record.limit) ? number(record.used) / number(record.limit) : 0);

/** Return what is wrong with the program now, worst first, as `{key, words}`. */
export function findings({ store, words, now }) {
  const found = [], say = (key, of, values) => found.push({ key: `${key}:${of}`, words: words.say(`health.wrong.${key}`, values) });
  const { interval = 10, several } = store.meta;
  for (const [name, account] of store.section("accounts")) {
    const ago = account.checked_at ? (now() - Date.parse(account.checked_at)) / 1000 : null;
    if (account.failure) say("failing", name, { account: name, count: account.failed ?? 0, why: account.failure });
    else if (ago === null || ago > 3 * interval + 5) say("late", name, { account: name, age: ago === null ? "–" : words.age(ago) });
    if (account.unreadable) say("unreadable", name, { account: name, legs: words.plural("health.legs", account.unreadable) });
  }
  for (const [key, record] of store.section("health")) {
    const [kind, account, ...rest] = key.split(":");
    if (kind === "check" && number(record.p95) > (record.interval ?? interval)) say("slow", key, { account, p95: Number(record.p95).toFixed(1), interval: record.interval ?? interval });
    // A limit of one is full whenever it is used at all.
    if (kind === "reads" && number(record.limit) > 1 && share(record) >= SLOW) say("reads", key, { endpoint: rest.join(":"), account, share: words.percent(share(record), { digits: 0 }) });
    if (kind === "stream" && record.trouble) say(several && account ? "stream.of" : "stream", key, { account, what: record.text });
    if (kind === "outbox" && record.messages > WAITING) say("messages", key, { count: words.whole(record.messages) });
    if (kind === "outbox" && record.orders > 0) say("orders", key, { count: words.whole(record.orders) });
    if (kind === "clock" && Math.abs(number(record.skew) ?? 0) >= SKEWED) say("clock", key, { skew: Math.abs(number(record.skew)).toFixed(1) });
  }
  return found;
}

const seconds = (words, value) => (number(value) === null ? "–" : words.say("seconds", { count: number(value).toFixed(2) }));

function checkRow({ words, now }) {
  const name = make("th", { scope: "row" }), cells = COLUMNS.slice(1).map((column) => make("td", { "data-label": words.say(`health.column.${column}`) }));
  const node = make("tr", {}, name, cells);
  node.renew = (account, record) => {
    text(name, account);
    const ago = record.last_at ? (now() - Date.parse(record.last_at)) / 1000 : null;
    const shown = [ago === null ? "–" : words.say("ago", { age: words.age(ago) }), words.whole(record.checks), words.whole(record.failed), words.whole(record.failed_reads),
      seconds(words, record.median), seconds(words, record.p95), seconds(words, record.longest), words.say("seconds", { count: words.rough(record.interval) })];
    shown.forEach((value, place) => text(cells[place], value));
    for (const [place, value] of [[2, record.failed], [3, record.failed_reads]]) cells[place].dataset.tone = number(value) ? "loss" : "";
  };
  return node;
}

// What is wrong with the prices themselves, which all accounts share, is told of the first alone.
const SHARED = new Set(["down", "silent", "late", "lying"]);

/** Return what is wrong with the stream of an account, in words; null while it is well. */
function streamTrouble(store, record) {
  if (record.trouble) return record.text;
  return [...store.section("health")].find(([key, one]) => key.startsWith("stream:") && SHARED.has(one.trouble))?.[1].text ?? null;
}

function streamCard({ store, words }) {
  const title = make("h3"), state = make("p"), about = facts(["age", "fired", "missed", "left"].map((key) => [key, words.say(`health.stream.${key}`)]));
  const node = make("div.stream", {}, title, state, about);
  node.renew = (account, record) => {
    text(title, account);
    title.hidden = !account || !store.meta.several;
    const amiss = record === null ? null : streamTrouble(store, record);
    text(state, record === null ? words.say("health.stream.none") : amiss ?? words.say("health.stream.well"));
    state.dataset.tone = amiss ? "loss" : "";
    about.hidden = record === null;
    if (!record) return;
    about.renew("age", record.median_age == null ? words.say("health.stream.age.none") : words.say("health.stream.age.row", { age: words.say("seconds", { count: number(record.median_age) < 0.1 ? "<\u20090.1" : words.rough(record.median_age) }), limit: seconds(words, record.limit) }));
    about.renew("fired", words.whole(record.fired ?? 0));
    const ages = (record.missed_ages ?? []).map((age) => seconds(words, age)).join(", ");
    about.renew("missed", record.missed ? (ages ? words.say("health.stream.missed.row", { count: words.whole(record.missed), ages }) : words.say("health.stream.missed.bare", { count: words.whole(record.missed) })) : words.whole(0));
    const left = record.obstacles ?? [];
    about.renew("left", left.length ? left.join(" · ") : null);
  };
  return node;
}
