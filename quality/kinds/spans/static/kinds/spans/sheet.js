// All that is shown on a text: the worker's marks, suggestions that are not taken over, or, once the answer is given, what
// was right; and which of them is selected.

import { Marks, ordered, same } from "./marks.js";
import { corrected } from "./picking.js";

/** @import { Mark } from "./code_points.js" */

export class Sheet {
  marks = new Marks();
  /** @type {Mark[]} */ suggested = [];
  /** @type {Map<Mark, string> | null} */ #corrected = null;
  /** @type {Mark | null} */ selected = null;

  reset() {
    this.marks.begin([]);
    [this.suggested, this.#corrected, this.selected] = [[], null, null];
  }

  get isCorrected() {
    return this.#corrected !== null;
  }

  /** All that is shown, in order. */
  get all() {
    return ordered(this.#corrected ? [...this.#corrected.keys()] : [...this.marks.all, ...this.left]);
  }

  /** Suggestions that are not taken over. */
  get left() {
    return this.suggested.filter((mark) => !this.marks.all.some((each) => same(each, mark)));
  }

  /** The worker's own mark that is selected, if one is. */
  get own() {
    return this.selected && this.marks.all.includes(this.selected) ? this.selected : null;
  }

  /** @param {Mark | null} mark */
  select(mark) {
    this.selected = mark && (this.all.find((each) => same(each, mark)) ?? null);
  }

  /**
   * @param {Mark[]} right
   * @param {Mark[]} given
   */
  correct(right, given) {
    this.#corrected = corrected(right, given);
  }

  /**
   * How a mark is drawn.
   * @param {Mark} mark
   */
  state(mark) {
    return this.#corrected?.get(mark) ?? (this.marks.all.includes(mark) ? "" : "is-suggested");
  }
}
