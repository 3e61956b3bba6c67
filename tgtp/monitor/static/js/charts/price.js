// The course of a price with a leg's levels at its right, and its fills.
import { colour } from "../dom.js";
import { explained, RULES, shape, shapeSwatch, shownAs } from "./marks.js";
import { faint, font, pixels, plot, timeAxis, valueAxis } from "./plot.js";
import { reach, spread } from "./room.js";

const LEVELS = {
  entry: { color: "text", dash: [] },
  tier: { color: "gain", dash: [6, 4] },
  fired: { color: "muted", dash: [1, 4] },
  mark: { color: "accent", dash: [1, 3] },
  liquidation: { color: "loss", dash: [] },
  break_even: { color: "amber", dash: [2, 3] },
};
const LINE = 16, GAP = 26;

/**
 * Put the chart of a leg into a host; gives `update(figures)` and `destroy()`.
 *
 * Figures: `title`; `bars`, [[ms, open, high, low, close], …] oldest first; `fills`, [{ at, price, contracts, rule, words }];
 * `lines`, [{ kind, label, price }] with kind entry, tier, fired, mark, liquidation or break_even.
 */
export function priceChart(host, context, figures) {
  const chart = plot(host, context, spec(context.words, figures));
  return { update: (next) => chart.update(spec(context.words, next)), destroy: chart.destroy };
}

function spec(words, { title, bars, fills = [], lines = [] }) {
  const data = [0, 2, 3, 4].map((place) => bars.map((bar) => Number(bar[place])));
  const [times, highs, lows, closes] = data;
  const done = fills.map((fill) => ({ ...fill, ms: Date.parse(fill.at), price: Number(fill.price), rule: shownAs(fill.rule) }))
    .filter((fill) => fill.ms >= times[0]).sort((one, other) => one.ms - other.ms);
  const levels = lines.filter((line) => line.price != null).map((line) => ({ ...line, text: words.rough(line.price), price: Number(line.price) }))
    .sort((one, other) => other.price - one.price);
  const range = bars.length ? reach(Math.min(...lows, ...done.map((fill) => fill.price)), Math.max(...highs, ...done.map((fill) => fill.price)), levels.map((level) => level.price)) : [0, 1];
  const at = (ms) => words.time(ms, "both");
  const values = { close: words.rough(closes.at(-1)), low: words.rough(Math.min(...lows)), high: words.rough(Math.max(...highs)), count: done.length };
  for (const level of levels) level.beyond = level.price > range[1] ? "↑ " : level.price < range[0] ? "↓ " : "";
  return {
    title, data, levels, range, fills: done, height: 320, source: bars, isTitled: false,
    about: words.say("chart.price.about", values),
    read: (index) => words.say("chart.price.read", { at: at(times[index]), close: words.rough(closes[index]), low: words.rough(lows[index]), high: words.rough(highs[index]) }),
    legend: () => RULES.filter((rule) => done.some((fill) => fill.rule === rule)).map((rule) => explained(words.say(`chart.fill.${rule}`), rule, shapeSwatch)),
    table: () => ({
      columns: ["at", "what", "price"].map((column) => words.say(`chart.column.${column}`)),
      rows: [
        // The mark moves each second; the newest bar has it.
        ...levels.filter((level) => level.kind !== "mark").map((level) => ["", level.label, level.text]),
        ...done.map((fill) => [at(fill.ms), fill.words, words.rough(fill.price)]).reverse(),
        ...bars.map((bar, index) => [at(times[index]), words.say("chart.price.bar", { low: words.rough(lows[index]), high: words.rough(highs[index]) }), words.rough(closes[index])]).reverse(),
      ],
    }),
    options: (of) => ({
      padding: [14, () => gutter(of().levels), 0, 0],
      scales: { x: { range: (chart, low, high) => [low, Math.max(high, of().fills.at(-1)?.ms ?? 0, low + 6e4)] }, y: { range: () => of().range } },
      axes: [timeAxis(words), valueAxis((value, digits) => value.toFixed(digits))],
      bands: [{ series: [1, 2], fill: () => faint("accent", 0.16) }],
      series: [{}, quiet(), quiet(), { stroke: () => colour("accent"), width: 2, points: { show: false } }],
      hooks: { draw: [(chart) => drawLevels(chart, of().levels, of().range), (chart) => drawFills(chart, of().fills)] },
    }),
  };
}

const quiet = () => ({ stroke: "transparent", width: 0, points: { show: false } });

function gutter(levels) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font();
  const wide = (text) => pen.measureText(text).width / devicePixelRatio;
  const names = Math.max(0, ...levels.map((level) => wide(level.beyond + level.label))), prices = Math.max(0, ...levels.map((level) => wide(level.text)));
  return levels.length ? GAP + names + 14 + prices + 8 : 26;
}

function drawLevels(chart, levels, [low, high]) {
  const pen = chart.ctx, box = chart.bbox, right = box.left + box.width, end = pen.canvas.width - pixels(4);
  const heights = levels.map((level) => chart.valToPos(Math.max(low, Math.min(high, level.price)), "y", true));
  const places = spread(heights, pixels(LINE), box.top, box.top + box.height);
  pen.save();
  pen.font = font();
  pen.textBaseline = "middle";
  levels.forEach((level, number) => {
    const { color: name, dash } = LEVELS[level.kind], y = heights[number], place = places[number], x = right + pixels(GAP);
    pen.strokeStyle = colour(name);
    if (!level.beyond) {
      pen.lineWidth = pixels(1.25);
      pen.setLineDash(dash.map(pixels));
      pen.beginPath();
      pen.moveTo(box.left, y);
      pen.lineTo(right, y);
      pen.stroke();
      pen.setLineDash([]);
      pen.lineWidth = pixels(1);
      pen.beginPath();
      pen.moveTo(right, y);
      pen.lineTo(x - pixels(6), place);
      pen.stroke();
    }
    pen.fillStyle = colour(name);
    if (level.kind === "mark") {
      pen.beginPath();
      pen.roundRect(x - pixels(4), place - pixels(LINE / 2), end - x + pixels(8), pixels(LINE), pixels(4));
      pen.fill();
      pen.fillStyle = colour("panel");
    }
    pen.textAlign = "left";
    pen.fillText(level.beyond + level.label, x, place);
    pen.textAlign = "right";
    pen.fillText(level.text, end, place);
  });
  pen.restore();
}

function drawFills(chart, fills) {
  for (const fill of fills) shape(chart.ctx, fill.rule, chart.valToPos(fill.ms, "x", true), chart.valToPos(fill.price, "y", true), pixels(7));
}
