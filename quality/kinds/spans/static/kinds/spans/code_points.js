// Places in a text, counted in Unicode code points as answers are, and in units of UTF-16 as the page does.

/** @typedef {{ class: string, start: number, end: number }} Mark places in a text, in either of the two */

const FAR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g; // two units, one code point

export class CodePoints {
  /** @type {number[]} */ #pairs; // the units at which pairs begin

  /** @param {string} text */
  constructor(text) {
    this.#pairs = Array.from(text.matchAll(FAR), ({ index }) => index);
  }

  /**
   * How many code points are before this unit.
   * @param {number} unit
   */
  point(unit) {
    return unit - before(this.#pairs, (pair) => pair + 1 < unit);
  }

  /**
   * The unit at which this code point begins.
   * @param {number} point
   */
  unit(point) {
    return point + before(this.#pairs, (pair, place) => pair - place < point);
  }

  /** @param {Mark[]} marks in units */
  toPoints(marks) {
    return marks.map((mark) => ({ class: mark.class, start: this.point(mark.start), end: this.point(mark.end) }));
  }

  /** @param {Mark[]} marks in code points */
  toUnits(marks) {
    return marks.map((mark) => ({ class: mark.class, start: this.unit(mark.start), end: this.unit(mark.end) }));
  }
}

/**
 * How many of the numbers, from the first on, are so.
 * @param {number[]} numbers of which those that are so come first
 * @param {(number: number, place: number) => boolean} isSo
 */
function before(numbers, isSo) {
  let high = numbers.length;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(numbers[middle], middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
