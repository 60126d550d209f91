// How marks that overlap are drawn so that each is seen: lines under the text, one below the other.

/**
 * @import { Mark } from "./code_points.js"
 *
 * @typedef {{ start: number, end: number, lines: { mark: Mark, layer: number }[] }} Stretch of a text with no end of a
 *   mark inside
 */

/**
 * The text in stretches, in order, and how many layers it takes.
 * @param {number} length of the text
 * @param {readonly Mark[]} marks in order of their starts
 * @returns {{ stretches: Stretch[], layers: number }}
 */
export function laid(length, marks) {
  const layers = layersOf(marks);
  const ends = [...new Set([0, length, ...marks.flatMap(({ start, end }) => [start, end])])].toSorted((one, other) => one - other);
  const stretches = [];
  /** @type {Mark[]} */
  let open = [];
  let next = 0;
  for (const [place, start] of ends.slice(0, -1).entries()) {
    open = open.filter(({ end }) => end > start);
    while (next < marks.length && marks[next].start === start) open.push(marks[next++]);
    const lines = open.map((mark) => ({ mark, layer: Number(layers.get(mark)) }));
    stretches.push({ start, end: ends[place + 1], lines });
  }
  return { stretches, layers: Math.max(0, ...[...layers.values()].map((layer) => layer + 1)) };
}

/**
 * For each mark the highest layer that is free where it begins.
 * @param {readonly Mark[]} marks
 */
function layersOf(marks) {
  /** @type {Map<Mark, number>} */
  const layers = new Map();
  /** @type {number[]} */
  const taken = []; // until where each layer is
  for (const mark of marks) {
    const free = taken.findIndex((end) => end <= mark.start);
    const layer = free < 0 ? taken.length : free;
    taken[layer] = mark.end;
    layers.set(mark, layer);
  }
  return layers;
}
