// Where things of a chart go: the range of values, labels that do not cover each other, fewer points that draw as all of them do.

const FLATTEST = 0.005, SQUASHED = 3, AIR = 0.08;

/** Return the range of a picture: what was seen, and the levels so near that the curve keeps a third of its height. */
export function reach(low, high, levels = []) {
  // A price that stood still must not become a cliff.
  const air = Math.max(0, (Math.abs(high) * FLATTEST || 1) - (high - low)) / 2;
  low -= air;
  high += air;
  const most = (high - low) * SQUASHED, away = (level) => Math.max(low - level, level - high);
  for (const level of [...levels].sort((one, other) => away(one) - away(other))) {
    if (Math.max(high, level) - Math.min(low, level) > most) continue;
    low = Math.min(low, level);
    high = Math.max(high, level);
  }
  const edge = (high - low) * AIR;
  return [low - edge, high + edge];
}

/** Move places (ascending) as little as needed so that each is `gap` above the one before, all within a range. */
export function spread(wanted, gap, low, high) {
  if (!wanted.length) return [];
  gap = Math.min(gap, (high - low) / Math.max(wanted.length - 1, 1));
  const held = (start, count) => Math.max(low, Math.min(start, high - (count - 1) * gap));
  // Neighbours that would touch become a block, which stands where its members want to be on average.
  const blocks = [];
  wanted.forEach((place, number) => {
    let block = { start: held(place, 1), first: number, count: 1 };
    for (let before; (before = blocks.at(-1)) && before.start + before.count * gap > block.start + 1e-9;) {
      blocks.pop();
      const count = before.count + block.count, members = wanted.slice(before.first, before.first + count);
      const middle = members.reduce((sum, member, index) => sum + member - index * gap, 0) / count;
      block = { start: held(middle, count), first: before.first, count };
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ start, count }) => Array.from({ length: count }, (_, index) => start + index * gap));
}

/** Return the places of at most so many values that draw as all of them do: of every stretch the lowest and the highest. */
export function outline(values, most) {
  if (values.length <= most) return values.map((_, place) => place);
  const long = Math.ceil((2 * values.length) / most), kept = new Set([0, values.length - 1]);
  for (let begin = 0; begin < values.length; begin += long) {
    let low = begin, high = begin;
    for (let place = begin; place < Math.min(begin + long, values.length); place++) {
      if (values[place] < values[low]) low = place;
      if (values[place] > values[high]) high = place;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((one, other) => one - other);
}
