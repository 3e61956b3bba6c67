// One chart: a canvas drawn by uPlot, what stands under the pointer in words, and the same figures as a table.
import { colour, make, text } from "../dom.js";

const VENDOR = new URL("../../vendor/uplot/", import.meta.url);
const DAY = 864e5;
let loading = null;

// Loaded at the first chart only: most views have none.
function library() {
  return loading ??= new Promise((loaded, failed) => {
    const looks = make("link", { rel: "stylesheet", href: new URL("uPlot.min.css", VENDOR) });
    const script = make("script", { src: new URL("uPlot.iife.min.js", VENDOR), onload: () => loaded(window.uPlot), onerror: () => {
      loading = null;
      script.remove();
      failed(new Error("uPlot did not load"));
    } });
    document.head.append(looks, script);
  });
}

export const pixels = (count) => count * devicePixelRatio;
export const font = (size = 12) => `${Math.round(pixels(size))}px ${getComputedStyle(document.body).fontFamily}`;

/** Return what both axes look like. */
export function axis(more) {
  const stroke = () => colour("muted");
  return { stroke, font: `12px ${getComputedStyle(document.body).fontFamily}`, ticks: { show: false }, grid: { stroke: () => colour("line"), width: 1 }, ...more };
}

/** Return a colour of the style sheet that shows what is behind it. */
export const faint = (name, share) => colour(name).replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);

/** Write a number of an axis. */
export const grouped = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Return the axis of time: round local times, a midnight as its date. */
export function timeAxis(words, more = {}) {
  return axis({
    space: (chart) => (chart.width < 480 ? 44 : 72),
    size: 28,
    values: (chart, splits, place, space, step) => splits.map((at) => {
      const time = words.time(at, step < 60_000 ? "second" : "time");
      return step >= DAY || time === "00:00" ? words.day(at).slice(5) : time;
    }),
    ...more,
  });
}

/** Return the axis of values, as wide as its longest number. */
export function valueAxis(write, more = {}) {
  return axis({
    space: 34,
    size: (chart, values) => {
      if (!values) return 40;
      chart.ctx.save();
      chart.ctx.font = font();
      const wide = Math.max(...values.map((value) => chart.ctx.measureText(value ?? "").width));
      chart.ctx.restore();
      return Math.ceil(wide / devicePixelRatio) + 14;
    },
    values: (chart, splits, place, space, step) => splits.map((value) => write(value, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))),
    ...more,
  });
}

/**
 * Put a chart into a host; gives `update(spec)` and `destroy()`.
 *
 * A spec has: `title`, and `isTitled` false where it stands above the chart already; `about`, what it shows in one sentence, for who cannot see it; `height` in pixels; `data` as uPlot takes it,
 * times in ms; `options(of)`, what uPlot takes besides the frame, where `of()` is the spec of now; `source`, the same one while only
 * levels have moved; `read(index)`, the words of one place; `table()`, { columns, rows } of texts; `legend()`, nodes that explain its marks.
 */
export function plot(host, { words }, spec) {
  let now = spec, chart = null, at = null, gone = false, uPlot = null;
  // Said aloud where somebody walks along it with the keys, and not wherever a pointer passes.
  const heading = make(spec.isTitled === false ? "h3.hidden" : "h3"), readout = make("output.readout", { "aria-live": "off" }), key = make("div.chart-key");
  const canvas = make("div.canvas", { tabindex: 0, role: "group" }), scroller = make("div.scroller", { tabindex: 0, role: "region" });
  const figures = make("details.figures", { ontoggle: table }, make("summary", {}, words.say("chart.table")), scroller);
  const frame = make("figure.chart", {}, make("figcaption", {}, heading, readout), key, canvas, figures);
  host.append(frame);

  const last = () => now.data[0].length - 1;
  const size = () => ({ width: Math.max(120, Math.floor(canvas.clientWidth)), height: now.height });

  function tell(index) {
    text(readout, last() < 0 ? words.say("chart.empty") : now.read(index ?? last()));
  }
  function move(index) {
    at = Math.max(0, Math.min(last(), index));
    chart.setCursor({ left: chart.valToPos(now.data[0][at], "x"), top: chart.over.clientHeight / 2 });
  }
  function table() {
    if (!figures.open) return;
    const { columns, rows } = now.table();
    const head = columns.map((column) => make("th", { scope: "col" }, column));
    const body = rows.map((row) => make("tr", {}, row.map((cell, place) => (place ? make("td", {}, cell) : make("th", { scope: "row" }, cell)))));
    scroller.replaceChildren(make("table", {}, make("caption.hidden", {}, now.title), make("thead", {}, make("tr", {}, head)), make("tbody", {}, body)));
  }
  function describe() {
    text(heading, now.title);
    canvas.setAttribute("aria-label", `${now.about} ${words.say("chart.keys")}`);
    scroller.setAttribute("aria-label", now.title);
    key.replaceChildren(...(now.legend?.() ?? []));
    canvas.hidden = figures.hidden = last() < 0;
    tell(at);
    table();
  }
  function build() {
    const cursor = chart && chart.cursor.left >= 0 ? { left: chart.cursor.left, top: chart.cursor.top } : null;
    chart?.destroy();
    chart = null;
    if (last() < 0) return;
    const own = now.options(() => now);
    const followed = (self) => {
      at = self.cursor.left < 0 ? null : self.cursor.idx;
      tell(at);
    };
    chart = new uPlot({
      ...size(), ms: 1, tzDate: (ms) => uPlot.tzDate(new Date(ms), words.zone), legend: { show: false }, ...own,
      cursor: { drag: { setScale: false, x: false, y: false }, y: false, points: { show: false }, ...own.cursor },
      hooks: { ...own.hooks, setCursor: [followed] },
    }, now.data, canvas);
    if (cursor) chart.setCursor(cursor);
  }
  const repaint = () => { describe(); if (uPlot) build(); };
  const watch = new ResizeObserver(() => { if (chart && chart.width !== size().width) chart.setSize(size()); });

  canvas.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? Math.max(1, Math.round(last() / 12)) : 1, from = at ?? last();
    const to = { ArrowLeft: from - far, ArrowRight: from + far, Home: 0, End: last() }[event.key];
    if (to === undefined || !chart) return;
    event.preventDefault();
    readout.setAttribute("aria-live", "polite");
    move(to);
  });
  canvas.addEventListener("blur", () => {
    readout.setAttribute("aria-live", "off");
    chart?.setCursor({ left: -10, top: -10 });
  });
  document.addEventListener("theme", repaint);
  describe();
  library().then((loaded) => {
    if (gone) return;
    uPlot = loaded;
    build();
    watch.observe(canvas);
  }, () => {
    // The figures are there all the same.
    canvas.replaceChildren(make("p.muted", {}, words.say("chart.failed")));
    figures.open = true;
  });
  return {
    update(next) {
      const isMoved = chart && next.source && next.source === now.source;
      now = next;
      if (isMoved) chart.setData(now.data);
      else repaint();
    },
    destroy() {
      gone = true;
      watch.disconnect();
      document.removeEventListener("theme", repaint);
      chart?.destroy();
      frame.remove();
    },
  };
}
