// Marks that differ by shape and pattern as well as by colour: fills on a curve, parts of a stack, and what explains them.
import { colour, make } from "../dom.js";
import { pixels } from "./plot.js";

export const RULES = ["tier", "hedge", "guard", "hand", "upkeep"];
const COLOURS = { tier: "gain", hedge: "amber", guard: "muted", hand: "violet", upkeep: "accent" };
export const colourOf = (rule) => colour(COLOURS[rule] ?? "muted");

const SOURCES = { give_back: "guard", break_even: "guard", drawdown: "guard", buy: "upkeep", cut: "upkeep", trim: "upkeep", ladder: "tier" };

/** Return what a fill of a rule is shown as. */
export const shownAs = (rule) => SOURCES[rule] ?? (COLOURS[rule] ? rule : "hand");

const SHAPES = {
  tier: (pen, x, y, r) => { pen.moveTo(x - r, y - r * 0.8); pen.lineTo(x + r, y - r * 0.8); pen.lineTo(x, y + r); pen.closePath(); },
  hedge: (pen, x, y, r) => { pen.moveTo(x, y - r * 1.15); pen.lineTo(x + r * 1.15, y); pen.lineTo(x, y + r * 1.15); pen.lineTo(x - r * 1.15, y); pen.closePath(); },
  guard: (pen, x, y, r) => { const t = r * 0.36; for (const [a, b, w, h] of [[-t, -r, 2 * t, 2 * r], [-r, -t, 2 * r, 2 * t]]) pen.rect(x + a, y + b, w, h); },
  hand: (pen, x, y, r) => pen.arc(x, y, r * 0.9, 0, 2 * Math.PI),
  upkeep: (pen, x, y, r) => pen.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7),
};

/** Draw the mark of a rule's fill around a place of a canvas. */
export function shape(pen, rule, x, y, radius) {
  pen.save();
  pen.beginPath();
  SHAPES[rule](pen, x, y, radius);
  pen.lineWidth = pixels(3);
  pen.lineJoin = "round";
  pen.strokeStyle = colour("panel");
  pen.stroke();
  pen.fillStyle = colourOf(rule);
  pen.fill();
  pen.restore();
}

// What is drawn over the colour of a part of a stack, in a square of 8 pixels.
const HATCHES = {
  hedge: (pen) => { for (const x of [-8, 0, 8]) { pen.moveTo(x, 8); pen.lineTo(x + 8, 0); } },
  guard: (pen) => { for (const x of [-8, 0, 8]) { pen.moveTo(x, 0); pen.lineTo(x + 8, 8); } },
  hand: (pen) => { pen.moveTo(4, 1.5); pen.lineTo(4, 4.5); },
  upkeep: (pen) => { pen.moveTo(0, 4); pen.lineTo(8, 4); },
};

/** Return what a part of a stack is filled with: its colour, and for each but the first a pattern of its own. */
export function filling(pen, rule) {
  if (!HATCHES[rule]) return colourOf(rule);
  const tile = make("canvas"), side = Math.round(pixels(8)), own = (tile.width = tile.height = side, tile.getContext("2d"));
  own.scale(side / 8, side / 8);
  own.fillStyle = colourOf(rule);
  own.fillRect(0, 0, 8, 8);
  own.strokeStyle = colour("panel");
  own.lineWidth = rule === "hand" ? 3 : 1.6;
  own.beginPath();
  HATCHES[rule](own);
  own.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Return a node that explains a mark: the mark itself and its words. */
export function explained(words, rule, draw) {
  const canvas = make("canvas.swatch", { "aria-hidden": "true" }), side = pixels(14);
  canvas.width = canvas.height = side;
  draw(canvas.getContext("2d"), rule, side);
  return make("span.explained", {}, canvas, words);
}
export const shapeSwatch = (pen, rule, side) => shape(pen, rule, side / 2, side / 2, side * 0.36);
export const fillSwatch = (pen, rule, side) => { pen.fillStyle = filling(pen, rule); pen.fillRect(side * 0.1, side * 0.1, side * 0.8, side * 0.8); };
