// What is marked in the text of one task, and what pointer, keys and buttons do to it.

import { Chosen } from "./chosen.js";
import { Display } from "./display.js";
import { ordered } from "./marks.js";
import { stepped, turnOf } from "./picking.js";
import { Sheet } from "./sheet.js";
import { Words } from "./words.js";

/**
 * @import { Mark } from "./code_points.js"
 * @import { Panel } from "./panel.js"
 */

export class Editor {
  #isEnabled;
  #sheet = new Sheet();
  #display;
  /** @type {Chosen | null} */ #chosen = null;
  words = new Words("");

  /**
   * @param {Panel} panel
   * @param {() => boolean} isEnabled
   * @param {() => void} changed is called after each change that the worker makes
   */
  constructor(panel, isEnabled, changed) {
    this.panel = panel;
    this.#isEnabled = isEnabled;
    this.#sheet.marks.changed = changed;
    this.#display = new Display(panel, this.#sheet, (mark) => this.isOpen && this.pick(mark));
  }

  /** Whether marks can be made. */
  get isOpen() {
    return this.#isEnabled() && !this.#sheet.isCorrected;
  }

  get text() {
    return this.#display.text;
  }

  get marks() {
    return this.#sheet.marks.all;
  }

  /** @param {string} text */
  begin(text) {
    this.words = new Words(text);
    this.#display.begin(text);
    this.#chosen?.end();
    this.#chosen = new Chosen(this, this.#display.view);
    this.#draw();
    return this.#display.view.root;
  }

  reset() {
    this.#sheet.reset();
    this.#chosen?.forget();
    this.#draw();
  }

  /** @param {Mark[]} marks */
  show(marks) {
    this.#sheet.marks.begin(marks);
    this.#draw();
  }

  /** @param {Mark[]} marks */
  suggest(marks) {
    this.#sheet.suggested = ordered(marks);
    this.#draw();
  }

  /**
   * @param {Mark[]} right
   * @param {Mark[]} given
   */
  correct(right, given) {
    this.#sheet.correct(right, given);
    this.#draw();
  }

  /**
   * Give what is chosen, or else the selected mark, this class.
   * @param {string} name
   */
  classify(name) {
    if (!this.isOpen) return;
    const { marks, own } = this.#sheet;
    const range = this.#chosen?.range;
    if (range) {
      marks.add({ class: name, ...range });
      this.letGo();
    } else if (own) this.#select(marks.change(own, { class: name }));
    else this.panel.say("none");
  }

  /** Take over the selected suggestion, or else all. */
  takeOver() {
    if (!this.isOpen) return;
    const { left, marks, selected } = this.#sheet;
    const one = left.filter((mark) => mark === selected);
    marks.add(...(one.length ? one : left));
    this.#select(null);
  }

  delete() {
    const { marks, own } = this.#sheet;
    if (!this.isOpen || !own) return;
    marks.remove(own);
    this.#select(null);
  }

  undo() {
    if (this.isOpen && this.#sheet.marks.undo()) this.#select(null);
  }

  redo() {
    if (this.isOpen && this.#sheet.marks.redo()) this.#select(null);
  }

  /** Neither choose nor select anything. */
  letGo() {
    this.#chosen?.forget();
    this.#select(null);
  }

  /**
   * Move an end of the selected mark by a word or a character; false where none is selected.
   * @param {"start" | "end"} which
   * @param {number} by
   */
  move(which, by) {
    const { marks, own } = this.#sheet;
    if (!this.isOpen || !own) return false;
    const place = this.words.moved(which, own[which], by, this.panel.wholeWords);
    const [start, end] = which === "start" ? [place, own.end] : [own.start, place];
    if (start < end) this.#select(marks.change(own, { start, end }));
    return true;
  }

  /**
   * Select the mark that comes next, or before.
   * @param {number} by
   */
  step(by) {
    const next = stepped(this.#sheet.all, this.#sheet.selected, by);
    if (next) this.pick(next);
  }

  /**
   * Select a mark at this place; false where there is none.
   * @param {number} place
   */
  pickAt(place) {
    const next = turnOf(this.#sheet.all, this.#sheet.selected, place);
    if (next) this.pick(next);
    return next !== null;
  }

  /** @param {Mark} mark */
  pick(mark) {
    this.#chosen?.forget();
    this.#select(mark);
  }

  /**
   * Something is chosen now, or no longer; `isFirst`: a word that was tapped, from which more may be chosen.
   * @param {{ start: number, end: number } | null} range
   * @param {boolean} isFirst
   */
  noteChosen(range, isFirst = false) {
    if (range && this.#sheet.selected) this.#select(null);
    if (range) this.#display.sayWhatIsChosen(range, isFirst);
    else this.#display.sayWhatIsSelected();
  }

  /** @param {Mark | null} mark */
  #select(mark) {
    this.#sheet.select(mark);
    this.#draw();
  }

  #draw() {
    this.#display.draw();
    this.#chosen?.redraw();
  }
}
