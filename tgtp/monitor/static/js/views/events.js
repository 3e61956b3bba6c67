/* The story of what happened, the newest first, each with its "why". */

import { attribute, make, text } from "../dom.js";
import { accountChoices, choice, signed, together } from "../parts.js";

const PAGE = 50;
// Milliseconds between two parts of a search.
const SOON = 100;
// Those that somebody looks for, in the order of what they ask most.
const KINDS = ["tier_filled", "hedge_filled", "guard_filled", "hand_filled", "upkeep_filled", "tier_is_dust", "would_have_closed", "order_rejected",
  "order_unresolved", "leg_opened", "leg_grew", "leg_shrank", "leg_gone", "leg_force_closed", "leg_doubted", "leg_unguarded", "liquidation_near",
  "maintenance_done", "maintenance_broken", "corrected", "paused", "resumed", "ladder_changed", "exchange_lost", "exchange_found", "stream_troubled",
  "started", "stopped"];

export function mount(root, context) {
  const { store, words, navigate, request, href } = context;
  let query = context.query, turn = 0, gone = false, ready = false, newest = -1, oldest = null, next = null;
  // What was said again and again of one order: its events and where they stand.
  const groups = new Map();

  const go = (more) => navigate("events", { ...query, ...more }, { replace: true });
  const kind = choice(words.say("events.kind"), (chosen) => go({ kind: chosen }));
  const account = choice(words.say("choice.account"), (chosen) => go({ account: chosen }));
  const coin = choice(words.say("events.coin"), (chosen) => go({ coin: chosen }));
  const list = make("ol.events.card"), state = make("p.muted", { role: "status" });
  const more = make("button.older", { type: "button", hidden: true, onclick: () => load(false) }, words.say("events.more"));
  root.append(make("div.bar", {}, make("h1", {}, words.say("view.events")), make("div.filters", { role: "search" }, kind, coin, account)), list, state, more);

  const named = (name) => (words.has(`kind.${name}`) ? words.say(`kind.${name}`) : name);
  const fits = (event) => (!query.kind || event.kind === query.kind) && (!query.account || event.account === query.account) && (!query.coin || event.coin === query.coin);

  function tools() {
    const kinds = KINDS.includes(query.kind) || !query.kind ? KINDS : [...KINDS, query.kind];
    kind.offer([["", words.say("events.kind.all")], ...kinds.map((name) => [name, named(name)])], query.kind ?? "");
    account.offer(accountChoices(context), query.account ?? "");
    account.hidden = store.section("accounts").size < 2;
    const coins = new Set([...store.section("legs").values(), ...store.section("events").values()].map((record) => record.coin).filter(Boolean));
    if (query.coin) coins.add(query.coin);
    coin.offer([["", words.say("events.coin.all")], ...[...coins].sort().map((name) => [name, name])], query.coin ?? "");
  }

  async function load(anew, got = 0) {
    const mine = anew ? ++turn : turn;
    if (anew) {
      oldest = next = null;
      list.replaceChildren();
      groups.clear();
      newest = -1;
      ready = false;
    }
    more.hidden = true;
    text(state, words.say("events.loading"));
    const path = new URLSearchParams({ language: words.language, count: PAGE, ...(next === null ? {} : { before: next }) });
    for (const name of ["kind", "account", "coin"]) if (query[name]) path.set(name, query[name]);
    let found;
    try { found = await request(`/api/monitor/events?${path}`); } catch {
      if (mine === turn && !gone) {
        text(state, words.say("events.failed"));
        more.hidden = false;
      }
      return;
    }
    if (mine !== turn || gone) return;
    for (const event of [...found.events].sort((one, other) => other.number - one.number)) {
      if (oldest !== null && event.number >= oldest) continue;
      newest = Math.max(newest, event.number);
      oldest = event.number;
      put(event, (node) => list.append(node));
    }
    more.hidden = !found.more;
    next = found.next ?? oldest;
    ready = true;
    const sum = got + found.events.length;
    if (found.more && sum < PAGE) {
      // A search goes through a part of the history at a time.
      more.hidden = true;
      setTimeout(() => { if (mine === turn && !gone) load(false, sum); }, SOON);
      return;
    }
    ended();
    // What came while the answer was under way.
    live();
  }

  function ended() {
    list.hidden = !list.children.length;
    text(state, list.children.length ? (more.hidden ? words.say("events.end") : null) : words.say("events.none"));
  }

  /** Put what is newer than the list at its head. */
  function live() {
    if (!ready) return;
    const fresh = [...store.section("events")].map(([number, event]) => ({ ...event, number: Number(number) })).filter((event) => event.number > newest && fits(event));
    if (!fresh.length) return;
    fresh.sort((one, other) => one.number - other.number);
    for (const event of fresh) put(event, (node) => list.prepend(node));
    newest = fresh.at(-1).number;
    oldest ??= fresh[0].number;
    ended();
  }

  /** Put an event into the list by `where`, beside what says the same. */
  function put(event, where) {
    const before = groups.get(event.group);
    if (!event.group || !before) {
      const node = row(event);
      if (event.group) groups.set(event.group, { events: [event], node });
      where(node);
      return;
    }
    const [events] = together([...before.events, event]), [head, ...rest] = events, node = row(head);
    const repeats = make("details.repeats", { open: before.node.querySelector(".repeats")?.open ?? false },
      make("summary", {}, words.say("events.times", { count: events.length, since: words.when(rest.at(-1).at) })), make("ol", {}, rest.map(row)));
    node.append(repeats);
    groups.set(event.group, { events, node });
    if (head === event) {
      before.node.remove();
      where(node);
    } else before.node.replaceWith(node);
  }

  function row(event) {
    const answer = make("div.why", { hidden: true, id: `why-${event.number}` });
    const ask = make("button.ask", { type: "button", "aria-expanded": "false", "aria-controls": answer.id, "aria-label": words.say("events.why.of", { number: event.number }) }, words.say("events.why"));
    ask.addEventListener("click", async () => {
      const open = answer.hidden;
      answer.hidden = !open;
      attribute(ask, "aria-expanded", String(open));
      if (!open || answer.dataset.known) return;
      text(answer, words.say("events.loading"));
      try {
        const { text: told } = await request(`/api/monitor/why?${new URLSearchParams({ number: event.number, language: words.language })}`);
        text(answer, told);
        answer.dataset.known = "yes";
      } catch (error) { text(answer, words.say(error.status === 404 ? "events.why.none" : "events.failed")); }
    });
    const where = [store.meta.several ? event.account : null, named(event.kind)].filter(Boolean).join(" · ");
    const leg = event.leg && store.record("legs", event.leg) ? make("a", { href: href("leg", { key: event.leg }) }, words.say("events.leg")) : null;
    return make("li", { "data-level": event.level, "data-number": event.number },
      make("div.event", {}, make("time", { datetime: event.at, title: words.moment(event.at) }, words.when(event.at)),
        make("div.line", {}, make("p", {}, signed(event)), make("p.muted.where", {}, where, make("span", {}, ` · #${event.number}`), leg ? " · " : null, leg)), ask), answer);
  }

  tools();
  load(true);
  return {
    update(changes) {
      if (changes.has("legs", "events", "accounts", "meta")) tools();
      // After a lost connection more may have happened than the document holds, or the list was never read.
      const oldestKnown = Math.min(...[...store.section("events").keys()].map(Number));
      if (changes.all && (!ready || oldestKnown > newest + 1)) load(true);
      else if (changes.has("events")) live();
    },
    requery(next) {
      query = next;
      tools();
      load(true);
    },
    unmount() { gone = true; },
  };
}
