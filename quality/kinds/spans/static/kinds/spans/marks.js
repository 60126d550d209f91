// The marks of one task, each change of which can be undone and done again. Places are units of UTF-16.

/** @import { Mark } from "./code_points.js" */

export class Marks {
  /** @type {readonly Mark[]} */ #now = [];
  /** @type {(readonly Mark[])[]} */ #before = [];
  /** @type {(readonly Mark[])[]} */ #after = [];

  changed = () => {}; // is called after each change that the worker makes

  get all() {
    return this.#now;
  }

  /**
   * Begin with these, and nothing to undo.
   * @param {Mark[]} marks
   */
  begin(marks) {
    [this.#now, this.#before, this.#after] = [ordered(marks), [], []];
  }

  /** @param {Mark[]} marks */
  add(...marks) {
    this.#become([...this.#now, ...marks]);
  }

  /** @param {Mark} mark */
  remove(mark) {
    this.#become(this.#now.filter((each) => each !== mark));
  }

  /**
   * Put one mark in the place of another; the new one.
   * @param {Mark} mark
   * @param {Partial<Mark>} change
   */
  change(mark, change) {
    const changed = { ...mark, ...change };
    this.#become(this.#now.map((each) => (each === mark ? changed : each)));
    return this.#now.find((each) => same(each, changed)) ?? changed;
  }

  undo() {
    return this.#move(this.#before, this.#after);
  }

  redo() {
    return this.#move(this.#after, this.#before);
  }

  /** @param {Mark[]} marks */
  #become(marks) {
    const next = ordered(marks);
    if (next.length === this.#now.length && next.every((mark, place) => same(mark, this.#now[place]))) return;
    this.#before.push(this.#now);
    this.#after = [];
    this.#now = next;
    this.changed();
  }

  /**
   * @param {(readonly Mark[])[]} from
   * @param {(readonly Mark[])[]} to
   */
  #move(from, to) {
    const marks = from.pop();
    if (!marks) return false;
    to.push(this.#now);
    this.#now = marks;
    this.changed();
    return true;
  }
}

/**
 * By their places, each once.
 * @param {readonly Mark[]} marks
 */
export function ordered(marks) {
  const sorted = marks.toSorted((one, other) => one.start - other.start || one.end - other.end || compared(one.class, other.class));
  return sorted.filter((mark, place) => !place || !same(mark, sorted[place - 1]));
}

/**
 * @param {Mark} one
 * @param {Mark} other
 */
export const same = (one, other) => one.start === other.start && one.end === other.end && one.class === other.class;

/**
 * @param {string} one
 * @param {string} other
 */
const compared = (one, other) => (one < other ? -1 : Number(one > other));
