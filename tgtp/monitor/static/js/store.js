/* The document: sections of records by key, whole at first, then only what changed. */

/** What changed since the last time that the views were told: keys by section; `all` where everything may be new. */
export class Changes {
  constructor() {
    this.all = false;
    this.sections = new Map();
  }

  add(section, key) {
    if (!this.sections.has(section)) this.sections.set(section, new Set());
    this.sections.get(section).add(key);
  }

  /** Return whether anything of these sections changed. */
  has(...names) {
    return this.all || names.some((name) => this.sections.has(name));
  }

  /** Return the changed keys of a section; ask `all` first. */
  keys(section) {
    return this.sections.get(section) ?? new Set();
  }
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const EMPTY = new Map();

export class Store {
  #sections = new Map();
  #listeners = new Set();
  #waiting = null;

  /** Return a section as a map of records by key; an empty one while there is none. */
  section(name) {
    return this.#sections.get(name) ?? EMPTY;
  }

  record(section, key) {
    return this.section(section).get(key);
  }

  /** What is said once for the whole program. */
  get meta() {
    return this.record("meta", "one") ?? {};
  }

  get isEmpty() {
    return !this.#sections.size;
  }

  /** Take a whole document in the place of what is known. */
  replace(document) {
    const sections = new Map();
    for (const [name, records] of Object.entries(document)) sections.set(name, new Map(Object.entries(records)));
    this.#sections = sections;
    this.#changed().all = true;
  }

  /** Take a patch: null deletes a key, an object is merged one level deep, anything else replaces. */
  apply(patch) {
    const changes = this.#changed();
    for (const [name, records] of Object.entries(patch)) {
      if (!this.#sections.has(name)) this.#sections.set(name, new Map());
      const section = this.#sections.get(name);
      for (const [key, value] of Object.entries(records)) {
        changes.add(name, key);
        const old = section.get(key);
        if (value === null) section.delete(key);
        else section.set(key, isRecord(value) && isRecord(old) ? merged(old, value) : value);
      }
    }
  }

  /** Have a listener told of changes, at most once a frame; returns what ends that. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed() {
    if (!this.#waiting) {
      this.#waiting = new Changes();
      requestAnimationFrame(() => {
        const changes = this.#waiting;
        this.#waiting = null;
        for (const listener of [...this.#listeners]) listener(changes);
      });
    }
    return this.#waiting;
  }
}

function merged(old, fields) {
  const record = { ...old };
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) delete record[name];
    else record[name] = value;
  }
  return record;
}
