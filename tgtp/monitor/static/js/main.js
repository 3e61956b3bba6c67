/* The page: takes the token, speaks a language, listens, shows the view that the address names. */

import { Connection, takeToken } from "./connection.js";
import { unread } from "./derive.js";
import { make } from "./dom.js";
import { href, navigate, read } from "./router.js";
import { Shell, form } from "./shell.js";
import { Store } from "./store.js";
import { Words, preferred } from "./words.js";

// Seconds after which figures are called old; a slower check makes them so later.
const OLD = 30;
// A loss that is mended at once is not worth a word.
const GRACE = 700;
const SHOWN = { overview: "overview", legs: "legs", leg: "leg", pairs: "pairs", accounts: "accounts", money: "money", events: "events", health: "health" };

const main = document.getElementById("main");
const store = new Store();
const shell = new Shell(speak);
let words = null, view = null, showing = null, shown = null, turn = 0, lostAt = null, wasLost = false, locked = null;

const connection = new Connection(store, takeToken(), told);
const now = () => Date.now() + connection.skew;

function told(status) {
  if (status.kind === "locked") {
    lock(status.why);
    return;
  }
  if (status.kind === "live") {
    if (locked) unlock();
    lostAt = null;
    if (wasLost) shell.say(words.say("fresh.again"));
    wasLost = false;
  } else lostAt ??= Date.now();
  freshness();
}

/** Speak a language: its words, its stream, the view anew. */
async function speak(language) {
  const mine = ++turn;
  let loaded;
  try {
    loaded = await Words.load(language);
  } catch {
    // Without words there is no page yet; with some, it goes on in them.
    if (mine === turn && !words) setTimeout(() => speak(language), 1000);
    return;
  }
  if (mine !== turn) return;
  words = loaded;
  words.zone = store.meta.timezone;
  try { localStorage.setItem("language", language); } catch { /* for this visit alone */ }
  shell.dress(words);
  if (locked) lock(locked);
  // What it says itself is in the old language: the new stream's state shows the view.
  else if (!store.isEmpty) await show(true);
  connection.listen(language);
}

function lock(why) {
  locked = why;
  close();
  shell.notices([]);
  shell.fresh("connecting", "");
  document.body.classList.add("locked");
  main.replaceChildren(form(words, why, (password) => connection.enter(password)));
  main.querySelector("input").focus({ preventScroll: true });
  document.title = `${words.say("enter.title")} · tgtp`;
}

function unlock() {
  locked = null;
  document.body.classList.remove("locked");
  main.replaceChildren();
  show(true);
}

function close() {
  view?.unmount();
  view = showing = shown = null;
}

const context = () => ({ store, words, query: read().query, navigate, href, now, language: words.language,
  request: (path) => connection.request(path) });

/** Show what the address names; `anew` also where it is shown already. */
async function show(anew = false) {
  const { view: name, query } = read();
  if (locked || !words || store.isEmpty) return;
  document.title = `${words.say(`view.${name}`)} · tgtp`;
  shell.mark(name);
  if (!anew && showing === name && view) {
    const search = JSON.stringify(query);
    if (search === shown) return;
    shown = search;
    // False where it is another thing that is asked for.
    if (view.requery && view.requery(query) !== false) return;
  }
  const moved = showing !== null && showing !== name;
  close();
  showing = name;
  shown = JSON.stringify(query);
  let module;
  try {
    module = await import(`./views/${SHOWN[name]}.js`);
  } catch (error) {
    console.error(error);
    if (showing === name) main.replaceChildren(make("p.empty", {}, words.say("broken")));
    return;
  }
  // Somebody has gone elsewhere meanwhile.
  if (showing !== name || view || locked) return;
  const root = make("section", { class: `view ${name}` });
  view = module.mount(root, context());
  main.replaceChildren(root);
  if (moved) {
    scrollTo(0, 0);
    const title = root.querySelector("h1");
    title?.setAttribute("tabindex", "-1");
    title?.focus({ preventScroll: true });
  }
}

store.subscribe((changes) => {
  if (changes.has("meta")) {
    words.zone = store.meta.timezone;
    shell.chat(store.meta.chat === true);
  }
  if (!view) show();
  else {
    performance.mark("update");
    view.update(changes);
    performance.measure("update", "update");
  }
  freshness();
});

/** Say how old the figures are, of all and of each account. */
function freshness() {
  if (!words || locked) return;
  const { at, interval = 10 } = store.meta;
  const limit = Math.max(OLD, 2 * interval + 10);
  const ageOf = (moment) => (moment ? (now() - Date.parse(moment)) / 1000 : null);
  // Looks follow each other within so many seconds; one that takes longer may not come.
  const late = 1.5 * interval + 3, age = ageOf(at);
  const isLost = lostAt !== null && Date.now() - lostAt >= GRACE && !store.isEmpty;
  const isOld = age !== null && age > limit;
  const accounts = [...store.section("accounts")], blind = accounts.filter(([, account]) => unread(account) || ageOf(account.at) > late);
  const notices = [];
  if (isLost) {
    wasLost = true;
    notices.push({ key: "lost", kind: "bad", words: words.say("fresh.lost", { at: words.time(lostAt, "second"), age: words.age(age) }) });
  } else if (isOld) notices.push({ key: "old", kind: "bad", words: words.say("fresh.old", { age: words.age(age) }) });
  else {
    for (const [name, account] of accounts) {
      const since = ageOf(account.at);
      if (since !== null && since > limit) {
        notices.push({ key: name, kind: "warn", words: words.say("fresh.account", { account: name, age: words.age(since) }) });
      }
    }
  }
  shell.notices(notices);
  document.body.classList.toggle("old", isLost || isOld);
  const state = isLost ? "lost" : isOld || age > late || blind.length ? "stale" : age === null ? "connecting" : "live";
  shell.fresh(state, state === "lost" ? words.say("fresh.lost.short") : state === "stale" ? from(blind, accounts.length, at) : words.say(`fresh.${state}`, { age: words.age(age) }));
  const title = document.title.replace(/^⚠ /, "");
  document.title = (notices.length ? "⚠ " : "") + title;
}

/** Say from when the data are that no look has renewed; of which account, where it is not all of them. */
function from(blind, count, at) {
  const [name, account] = blind[0] ?? [];
  const since = (blind.length && blind.map(([, one]) => one.at).filter(Boolean).sort()[0]) || at;
  if (!since || (account && !account.at && blind.length === 1)) return words.say("fresh.unseen", { account: name ?? "" });
  const values = { account: blind.length === 1 ? name : words.say("fresh.accounts", { count: blind.length }), at: words.time(since, "second") };
  return words.say(blind.length && blind.length < count ? "fresh.from.account" : "fresh.from", values);
}

addEventListener("hashchange", () => show());
setInterval(freshness, 1000);
speak(preferred());
