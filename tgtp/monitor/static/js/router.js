/* The address behind the hash: `#/legs?sort=roi&account=alpha`, a link that can be kept. */

export const VIEWS = ["overview", "legs", "pairs", "accounts", "money", "events", "health"];
// Opened from another view, and not in the navigation.
const BEHIND = ["leg"];

/** Read an address; what is unknown is the overview. */
export function read(hash = location.hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const view = VIEWS.includes(path) || BEHIND.includes(path) ? path : VIEWS[0];
  return { view, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** Write an address; empty values are left out. */
export function href(view, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return `#/${view}${search ? `?${search}` : ""}`;
}

/** Go to an address; `replace` leaves no step behind in the history, as for a filter. */
export function navigate(view, query = {}, { replace = false } = {}) {
  const to = href(view, query);
  if (to === location.hash) return;
  if (!replace) location.hash = to;
  else {
    history.replaceState(null, "", to);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}
