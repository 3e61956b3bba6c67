/*
 * Who may come in, and the stream: full state once, then changes, found again after a lost connection.
 *
 * The token of the address, and what is made of it, live in this module's memory alone: no cookie, no storage, no link.
 * Whoever has taken the port while the program is down cannot prove that it knows the token, and is told nothing.
 */

// The server says every 10 s that it is still there.
const SILENCE = 25000;
const WAITS = [300, 700, 1500, 3000, 5000];
// Somebody else may have the port for a while.
const REFUSED_WAIT = 5000;
const utf8 = new TextEncoder();

/** The server does not know who asks. */
export class Refused extends Error {}

/** Take the token out of the address, and the address bar. */
export function takeToken() {
  const token = new URLSearchParams(location.search).get("token");
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  return token || null;
}

export class Connection {
  #token;
  #password = null;
  #pass = null;
  #stop = null;
  #listening = 0;
  #wake = null;
  #last = null;
  #tries = 0;
  #store;
  #told;

  /** `told(status)` hears `{kind, why}`: connecting, live, lost, or locked (why: none, refused, ended). */
  constructor(store, token, told) {
    this.#store = store;
    this.#token = token;
    this.#told = told;
    this.status = { kind: "connecting", why: null };
    // The server's clock less ours, in ms.
    this.skew = 0;
    addEventListener("online", () => this.#wake?.());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#wake?.(); });
  }

  /** Offer the password; gives `{ok}`, `{ok: false, wait}` in seconds where it was tried too often, or `{ok: false, absent}`. */
  async enter(password) {
    const answer = await fetch("/api/enter", { method: "POST", cache: "no-store", credentials: "omit",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify({ password }) });
    if (answer.ok) {
      this.#password = (await answer.json()).word;
      this.#pass = null;
      this.#again();
      return { ok: true };
    }
    if (answer.status === 429) return { ok: false, wait: Number(answer.headers.get("Retry-After")) || 60 };
    return { ok: false, absent: answer.status === 404 };
  }

  /** Ask for what the stream does not hold; gives JSON. Raises Refused, or an Error with the `status`. */
  async request(path) {
    const answer = await this.#ask(path);
    if (answer.status === 401) throw new Refused("401");
    if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
    return answer.json();
  }

  /** Listen in a language from now on; what was heard in another is replaced by a whole state. */
  async listen(language) {
    const turn = ++this.#listening;
    this.#stop?.abort();
    this.#last = null;
    while (turn === this.#listening) {
      let wait;
      try {
        wait = await this.#hear(`/api/monitor/stream?language=${language}`, turn);
      } catch (error) {
        if (!(error instanceof TypeError) && error.name !== "AbortError") console.error(error);
      }
      if (turn !== this.#listening) return;
      // Who answers from now on may be somebody else.
      this.#pass = null;
      if (wait === undefined) {
        this.#say("lost");
        wait = WAITS[Math.min(this.#tries++, WAITS.length - 1)] * (0.8 + 0.4 * Math.random());
      }
      await this.#pause(wait);
    }
  }

  #again() {
    this.#tries = 0;
    this.#wake?.();
  }

  #pause(wait) {
    return new Promise((resolve) => {
      const timer = wait === null ? null : setTimeout(resolve, wait);
      this.#wake = () => { clearTimeout(timer); this.#wake = null; resolve(); };
    });
  }

  #say(kind, why = null) {
    if (this.status.kind === kind && this.status.why === why) return;
    this.status = { kind, why };
    this.#told(this.status);
  }

  /** Return how long to wait until the next try: null for until somebody comes in, undefined for as after any loss. */
  async #hear(path, turn) {
    const stop = this.#stop = new AbortController();
    let silence = setTimeout(() => stop.abort(), SILENCE);
    try {
      const answer = await this.#ask(path, { signal: stop.signal, headers: this.#last ? { "Last-Event-ID": this.#last } : {} });
      if (answer.status === 401) {
        const has = this.#password || this.#token;
        this.#say("locked", this.#password ? "ended" : has ? "refused" : "none");
        this.#password = null;
        return this.#token ? REFUSED_WAIT : null;
      }
      if (!answer.ok) throw new TypeError(`stream: ${answer.status}`);
      const date = Date.parse(answer.headers.get("Date"));
      if (!Number.isNaN(date)) this.skew = date - Date.now();
      // With a place in the stream that is known, what was missed comes next, or nothing was.
      if (this.#last) this.#arrived();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let buffer = "";;) {
        const { value, done } = await reader.read();
        if (done || turn !== this.#listening) return undefined;
        clearTimeout(silence);
        silence = setTimeout(() => stop.abort(), SILENCE);
        const parts = (buffer + value).split("\n\n");
        buffer = parts.pop();
        for (const part of parts) this.#take(part);
      }
    } finally {
      clearTimeout(silence);
      stop.abort();
    }
  }

  /** Take one event of the stream; where that fails the place in it is forgotten, and a whole state is asked for. */
  #take(part) {
    const fields = {};
    for (const line of part.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
    // It only says that it is still here.
    if (fields.data === undefined) return;
    const known = this.#last;
    this.#last = null;
    const data = JSON.parse(fields.data);
    if (fields.event === "state") this.#store.replace(data);
    else if (fields.event === "change" && known) {
      this.#store.apply(data);
    } else throw new TypeError(`what is ${fields.event}?`);
    // As it came: the server alone knows what it means.
    this.#last = fields.id ?? null;
    this.#arrived();
  }

  #arrived() {
    this.#tries = 0;
    this.#say("live");
  }

  async #ask(path, more = {}) {
    for (let again = false; ; again = true) {
      const used = this.#pass ??= this.#introduced();
      const known = await used.catch((error) => {
        if (this.#pass === used) this.#pass = null;
        throw error;
      });
      const answer = known && await fetch(path, { cache: "no-store", credentials: "omit", ...more,
        headers: { ...more.headers, Authorization: `Bearer ${known}` } });
      if (answer && answer.status !== 401) return answer;
      if (this.#pass === used) this.#pass = null;
      // One of an earlier run opens nothing any more.
      if (!answer || again || this.#password) return answer || new Response(null, { status: 401 });
    }
  }

  async #introduced() {
    if (this.#password) return this.#password;
    if (!this.#token) return "";
    const nonce = crypto.randomUUID();
    const answer = await fetch(`/api/hello?nonce=${nonce}`, { cache: "no-store", credentials: "omit" });
    if (!answer.ok && answer.status !== 403) throw new TypeError(`hello: ${answer.status}`);
    if (!answer.ok) return "";
    const { run, proof } = await answer.json();
    // From afar the token opens nothing.
    if (!run) return "";
    return proof === await this.#signed("page", nonce, run, location.host) ? this.#signed("tab", run) : "";
  }

  async #signed(...words) {
    const key = await crypto.subtle.importKey("raw", utf8.encode(this.#token), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const code = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(words.join("\n"))));
    return Array.from(code, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
