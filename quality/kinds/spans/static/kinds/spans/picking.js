// Which of several marks is meant.

import { same } from "./marks.js";

/** @import { Mark } from "./code_points.js" */

/**
 * The mark after the selected one, or before; the first or the last, where none is selected.
 * @param {Mark[]} marks in order
 * @param {Mark | null} selected
 * @param {number} by
 */
export function stepped(marks, selected, by) {
  const from = by > 0 ? -1 : marks.length;
  return marks[placeOf(marks, selected, from) + by] ?? null;
}

/**
 * The mark at a place whose turn it is: the shortest, or the one after the selected.
 * @param {Mark[]} marks
 * @param {Mark | null} selected
 * @param {number} place
 */
export function turnOf(marks, selected, place) {
  const there = marks.filter(({ start, end }) => start <= place && place < end).toSorted((one, other) => length(one) - length(other));
  return there[(placeOf(there, selected, -1) + 1) % there.length] ?? null;
}

/**
 * How each mark is drawn beside what is right.
 * @param {Mark[]} right
 * @param {Mark[]} given
 * @returns {Map<Mark, string>}
 */
export function corrected(right, given) {
  const wrong = given.filter((mark) => placeOf(right, mark, -1) < 0);
  const found = new Map(right.map((mark) => [mark, "is-right"]));
  for (const mark of wrong) found.set(mark, "is-wrong");
  return found;
}

/**
 * @param {Mark[]} marks
 * @param {Mark | null} mark
 * @param {number} otherwise
 */
function placeOf(marks, mark, otherwise) {
  const place = mark ? marks.findIndex((each) => same(each, mark)) : -1;
  return place < 0 ? otherwise : place;
}

/** @param {Mark} mark */
const length = ({ start, end }) => end - start;
