// Equity with its drawdown, and what was realised each day.
import { colour } from "../dom.js";
import { colourOf, explained, filling, fillSwatch, RULES } from "./marks.js";
import { axis, faint, grouped, pixels, plot, timeAxis, valueAxis } from "./plot.js";
import { outline, reach } from "./room.js";

const MOST = 2000;
// Beside two other charts it is as high as both.
const tall = matchMedia("(min-width: 1200px)");

/** Put the course of equity into a host. Figures: `title`, `points` [[ms, value], …] oldest first, `about`, `write(value, digits)`. */
export function courseChart(host, context, figures) {
  const chart = plot(host, context, course(context.words, figures));
  return { update: (next) => chart.update(course(context.words, next)), destroy: chart.destroy };
}

function course(words, { title, points, about, write, floor = null, tint = "accent", height = 240 }) {
  const kept = outline(points.map((point) => Number(point[1])), MOST).map((place) => points[place]);
  const times = kept.map((point) => point[0]), values = kept.map((point) => Number(point[1]));
  let range = values.length ? reach(Math.min(...values), Math.max(...values)) : [0, 1];
  if (floor !== null) range = [Math.min(floor, ...values.map((value) => value * 1.12)), 0];
  return {
    title, height, about, data: [times, values],
    read: (index) => `${words.time(times[index], "both")}  ${write(kept[index][1])}`,
    table: () => ({
      columns: [words.say("chart.column.at"), title],
      rows: daily(words, kept).map(([ms, value]) => [words.time(ms, "both"), write(value)]).reverse(),
    }),
    options: () => ({
      // Half of the last moment's words stand beside its place.
      padding: [12, 26, 0, 0],
      scales: { x: { range: (chart, low, high) => [low, Math.max(high, low + 6e4)] }, y: { range: () => range } },
      axes: [timeAxis(words), valueAxis((value, digits) => write(value, digits))],
      series: [{}, { stroke: () => colour(tint), width: 2, fill: () => faint(tint, 0.14), fillTo: floor === null ? range[0] : 0, points: { show: values.length < 3, size: 7, fill: () => colour(tint), stroke: () => colour(tint) } }],
      cursor: { points: { show: true, size: 9, fill: () => colour(tint), stroke: () => colour("panel"), width: 2 } },
    }),
  };
}

// A table of every five minutes of a month helps nobody: the last value of each hour where it is long.
function daily(words, points) {
  if (points.length <= 200) return points;
  const every = (points.at(-1)[0] - points[0][0]) / 200, kept = [];
  for (const point of points) if (!kept.length || point[0] - kept.at(-1)[0] >= every) kept.push(point);
  return kept.at(-1) === points.at(-1) ? kept : [...kept, points.at(-1)];
}

/** Put what each day realised into a host, stacked by its source. Figures: `title`, `days` as the server gives them. */
export function takingsChart(host, context, figures) {
  const chart = plot(host, context, takings(context.words, figures));
  return { update: (next) => chart.update(takings(context.words, next)), destroy: chart.destroy };
}

function takings(words, { title, days }) {
  const amount = (day, rule) => Number(day[rule] ?? 0);
  // Most accounts have neither guards nor upkeep.
  const rules = RULES.filter((rule) => !["guard", "upkeep"].includes(rule) || days.some((day) => amount(day, rule)));
  const tops = days.map((day) => rules.reduce((sum, rule) => sum + Math.max(0, amount(day, rule)), 0));
  const bottoms = days.map((day) => rules.reduce((sum, rule) => sum + Math.min(0, amount(day, rule)), 0));
  const sums = days.map((day) => rules.reduce((sum, rule) => sum + amount(day, rule), 0));
  const low = Math.min(0, ...bottoms), high = Math.max(0, ...tops), air = (high - low || 1) * 0.08;
  const range = [low < 0 ? low - air : 0, high > 0 || low === 0 ? high + air : 0];
  const money = (value) => words.money(value, { signed: true });
  const parts = (day) => rules.filter((rule) => amount(day, rule)).map((rule) => `${words.say(`chart.takings.${rule}`)} ${money(day[rule])}`);
  const total = (rule) => days.reduce((sum, day) => sum + amount(day, rule), 0);
  return {
    title, height: tall.matches ? 446 : 260, data: [days.map((_, index) => index), sums],
    about: words.say("chart.takings.about", { days: days.length, sum: money(sums.reduce((sum, value) => sum + value, 0)) }),
    read: (index) => [days[index].day, ...(parts(days[index]).length ? parts(days[index]) : [words.say("chart.takings.none")])].join(" · "),
    legend: () => rules.map((rule) => explained(`${words.say(`chart.takings.${rule}`)} ${money(total(rule))}`, rule, fillSwatch)),
    table: () => ({
      columns: [words.say("chart.column.day"), ...rules.map((rule) => words.say(`chart.takings.${rule}`)), words.say("chart.column.sum"),
        words.say("money.fees"), words.say("money.funding"), words.say("money.orders")],
      rows: days.map((day, index) => [day.day, ...rules.map((rule) => money(day[rule])), money(sums[index]), money(-Number(day.fees ?? 0)),
        day.funding == null ? "?" : money(day.funding), words.whole(day.orders)]).reverse(),
    }),
    options: () => ({
      padding: [12, 12, 0, 0],
      scales: { x: { time: false, range: () => [-0.5, days.length - 0.5] }, y: { range: () => range } },
      axes: [
        axis({ space: 60, size: 28, incrs: [1, 2, 3, 5, 7, 14, 30, 60, 90], grid: { show: false }, values: (chart, splits) => splits.map((place) => days[place] ? days[place].day.slice(5) : "") }),
        valueAxis((value, digits) => grouped(value, digits)),
      ],
      series: [{}, { stroke: "transparent", width: 0, points: { show: false } }],
      hooks: { draw: [(chart) => drawStacks(chart, days, rules, amount)] },
    }),
  };
}

function drawStacks(chart, days, rules, amount) {
  const pen = chart.ctx, y = (value) => Math.round(chart.valToPos(value, "y", true)), middle = (place) => chart.valToPos(place, "x", true);
  const wide = Math.max(pixels(1), Math.min(pixels(46), (middle(1) - middle(0)) * 0.72));
  const fillings = rules.map((rule) => filling(pen, rule));
  pen.save();
  days.forEach((day, place) => {
    let top = 0, bottom = 0;
    rules.forEach((rule, number) => {
      const value = amount(day, rule), foot = value >= 0 ? top : bottom;
      if (!value) return;
      if (value > 0) top += value; else bottom += value;
      const [from, to] = [y(foot), y(foot + value)];
      pen.fillStyle = fillings[number];
      pen.fillRect(middle(place) - wide / 2, Math.min(from, to), wide, Math.max(1, Math.abs(to - from)));
      pen.strokeStyle = colourOf(rule);
      pen.lineWidth = pixels(1);
      if (wide > pixels(4)) pen.strokeRect(middle(place) - wide / 2, Math.min(from, to), wide, Math.abs(to - from));
    });
  });
  pen.fillStyle = colour("muted");
  pen.fillRect(chart.bbox.left, y(0) - pixels(0.5), chart.bbox.width, pixels(1));
  pen.restore();
}
