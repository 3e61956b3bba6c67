/* What stands around the views: navigation, switches, what is said across the page, the form that lets somebody in. */

import { attribute, icon, make, text } from "./dom.js";
import { VIEWS, href } from "./router.js";
import { LANGUAGES } from "./words.js";

// The four that a thumb reaches on a phone; the others are behind "more".
const FIRST = 4;
const ORDER = ["overview", "legs", "events", "money", "pairs", "accounts", "health"];
const THEMES = ["auto", "light", "dark"];
const $ = (id) => document.getElementById(id);

/** Return the theme that was chosen here; `auto` is the system's. */
function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

function choose(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    if (name === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", name);
  } catch { /* for this visit alone */ }
  document.dispatchEvent(new CustomEvent("theme"));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme")));

export class Shell {
  #words = null;
  #view = null;
  #speak;
  #timer = null;
  #noticed = new Set();

  /** `speak(language)` is called when somebody chooses another language. */
  constructor(speak) {
    this.#speak = speak;
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#more(false); });
    document.addEventListener("click", (event) => { if (!event.target.closest("#nav")) this.#more(false); });
    // A link to the main part must not look like the address of a view.
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault();
      $("main").focus();
    });
  }

  /** Write everything in a language. */
  dress(words) {
    this.#words = words;
    document.documentElement.lang = words.language === "zh" ? "zh-Hans" : "en";
    text(document.querySelector(".skip"), words.say("skip"));
    this.#top();
    this.#navigation();
    if (this.#view) this.mark(this.#view);
  }

  /** Mark the view that is shown. */
  mark(view) {
    this.#view = view;
    const shown = view === "leg" ? "legs" : view;
    for (const link of $("nav").querySelectorAll("a")) attribute(link, "aria-current", link.dataset.view === shown && "page");
    $("nav").querySelector(".more")?.classList.toggle("holds", ORDER.indexOf(shown) >= FIRST);
    this.#more(false);
  }

  /** Say how fresh the figures are: `state` is live, stale, lost or connecting. */
  fresh(state, words) {
    const node = $("fresh");
    if (!node) return;
    node.className = `fresh ${state}`;
    text(node.lastChild, words);
  }

  /** Show what is said across the page, as `{key, kind, words}`, of a kind warn or bad; what is new is spoken once, not each second. */
  notices(list) {
    const host = $("notices");
    const fresh = list.filter((notice) => !this.#noticed.has(notice.key));
    if (fresh.length) text($("spoken"), fresh.map((notice) => notice.words).join(" "));
    this.#noticed = new Set(list.map((notice) => notice.key));
    list.forEach((notice, at) => {
      const node = host.children[at] ?? host.appendChild(make("p.notice", {}, icon("warn", 16), make("span")));
      node.className = `notice ${notice.kind}`;
      text(node.lastChild, notice.words);
    });
    while (host.children.length > list.length) host.lastChild.remove();
  }

  /** Say something once, for a few seconds. */
  say(words) {
    clearTimeout(this.#timer);
    text($("said"), words);
    $("said").classList.add("shown");
    this.#timer = setTimeout(() => {
      $("said").classList.remove("shown");
      text($("said"), "");
    }, 4000);
  }

  /** Show the chat's link where there is a chat page. */
  chat(there) {
    $("chat").hidden = !there;
  }

  #top() {
    const words = this.#words;
    const languages = make("div.switch", { role: "group", "aria-label": words.say("language") }, Object.entries(LANGUAGES).map(([code, name]) =>
      make("button", { type: "button", lang: code === "zh" ? "zh-Hans" : "en", title: name, "aria-pressed": String(code === words.language),
        onclick: () => { if (code !== words.language) this.#speak(code); } }, code === "zh" ? "中" : "EN")));
    const themes = make("button.round", { type: "button", onclick: () => {
      choose(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
      this.#themed(themes);
    } });
    this.#themed(themes);
    const hidden = $("chat")?.hidden ?? true;
    $("top").replaceChildren(
      make("a.brand", { href: href("overview"), "aria-label": words.say("home") }, make("span.avatar", {}, icon("money", 18)), make("b", {}, "tgtp")),
      make("span.fresh.connecting", { id: "fresh" }, make("i", { "aria-hidden": "true" }), make("span", {}, words.say("fresh.connecting"))),
      make("a.round", { id: "chat", href: "/", hidden, "aria-label": words.say("chat"), title: words.say("chat") }, icon("chat")),
      languages, themes,
    );
  }

  #themed(button) {
    const words = this.#words.say(`theme.${theme()}`);
    attribute(button, "aria-label", words);
    attribute(button, "title", words);
    button.replaceChildren(icon(theme()));
  }

  #navigation() {
    const words = this.#words;
    attribute($("nav"), "aria-label", words.say("nav"));
    const item = (view) => make("li", { class: ORDER.indexOf(view) < FIRST ? "first" : "extra" },
      make("a", { href: href(view), "data-view": view }, icon(view, 20), make("span", {}, words.say(`view.${view}`))));
    const more = make("button.more", { type: "button", "aria-expanded": "false", "aria-controls": "views",
      onclick: () => this.#more(!$("nav").classList.contains("open")) }, icon("more", 20), make("span", {}, words.say("nav.more")));
    $("nav").replaceChildren(make("ul", { id: "views" }, ORDER.filter((view) => VIEWS.includes(view)).map(item)), more);
  }

  #more(open) {
    $("nav").classList.toggle("open", open);
    const button = $("nav").querySelector(".more");
    if (button) attribute(button, "aria-expanded", String(open));
  }
}

/** Show the form that asks for the password; `enter` is the connection's. Gives what takes it away. */
export function form(words, why, enter) {
  const said = make("p.refusal", { role: "alert" });
  const field = make("input", { type: "password", id: "password", name: "password", autocomplete: "current-password", required: true, minlength: 1 });
  const button = make("button.primary", { type: "submit" }, words.say("enter.button"));
  const node = make("form.enter.card", { onsubmit: async (event) => {
    event.preventDefault();
    if (button.disabled || !field.value) return;
    button.disabled = true;
    text(said, "");
    let answer = null;
    try { answer = await enter(field.value); } catch { /* said below */ }
    button.disabled = false;
    if (answer?.ok) return;
    const refusal = !answer ? "enter.unreachable" : answer.wait ? "enter.often" : answer.absent ? "enter.absent" : "enter.wrong";
    text(said, words.say(refusal, { seconds: answer?.wait ?? 0 }));
    field.select();
  } },
  make("h1", {}, words.say("enter.title")),
  make("p", {}, words.say(`enter.${why}`)),
  make("label", { for: "password" }, words.say("enter.password")), field, said, button);
  return node;
}
