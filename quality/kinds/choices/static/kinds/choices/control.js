// Any number of classes: each is turned on and off, by its button or out of a list; one button says that none applies, and
// one gives the answer.

import { filled } from "../../tasks/elements.js";
import { Buttons, connect } from "./buttons.js";
import { Picked } from "./picked.js";

/**
 * @import { AnswerControl } from "../../tasks/answer_area.js"
 * @typedef {{ classes: { text: string, title: string, color?: string }[], least: number, most: number }} Asked
 *
 * @typedef {object} Display how the classes stand in the page
 * @property {Map<string, () => void>} keys
 * @property {(chosen: Set<string>) => void} draw
 * @property {(names: string[], mark: string) => void} mark
 * @property {() => void} reset
 * @property {() => void} [focus]
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {Asked} schema
 * @returns {AnswerControl}
 */
export const mount = (root, schema) => new SetOfClasses(root, schema);

/** @implements {AnswerControl} */
class SetOfClasses {
  #root;
  #asked;
  #titles;
  #none;
  #give;
  #fault;
  #suggestion;
  /** @type {Set<string>} */ #chosen = new Set();
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Asked} schema
   */
  constructor(root, schema) {
    this.#root = root;
    this.#asked = schema;
    this.#titles = new Map(schema.classes.map(({ text, title }) => [text, title]));
    this.#none = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-none-applies]"));
    this.#give = /** @type {HTMLButtonElement} */ (root.querySelector("[data-give]"));
    this.#fault = /** @type {HTMLElement} */ (root.querySelector("[data-faults]"));
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    const turn = (/** @type {string} */ name) => this.#turn(name);
    const picker = /** @type {HTMLElement | null} */ (root.querySelector("[data-picker]"));
    /** @type {Display} */
    this.display = picker ? new Picked(picker, schema.classes, turn, () => this.#answer()) : new Buttons(root, turn);
    this.keys = new Map([...this.display.keys, ["Enter", () => this.#answer()]]);
    connect(this.#give, () => this.#answer());
    if (!this.#none) return;
    connect(this.#none, () => this.#turnNone());
    if (this.#none.dataset.key) this.keys.set(this.#none.dataset.key, () => this.#turnNone());
  }

  ready() {
    this.display.focus?.();
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    const names = namesOf(answer);
    this.#choose(names, names.length === 0);
  }

  /** @param {unknown} answer */
  suggest(answer) {
    if (this.#suggestion) {
      const { suggested = "", none = "" } = this.#suggestion.dataset;
      this.#suggestion.textContent = Array.isArray(answer) ? filled(suggested, { answer: this.text(answer) }) : none;
    }
    if (Array.isArray(answer)) this.#mark(answer, "is-suggested");
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    this.show(given);
    const wrong = namesOf(given).filter((name) => !namesOf(right).includes(name));
    const missedAll = namesOf(given).length === 0 && namesOf(right).length > 0;
    if (wrong.length || missedAll) this.#mark(wrong, "is-wrong");
    this.#mark(namesOf(right), "is-right");
  }

  reset() {
    this.#given = undefined;
    if (this.#suggestion) this.#suggestion.textContent = "";
    this.#say("");
    this.#none?.classList.remove("is-suggested", "is-right", "is-wrong");
    this.display.reset();
    this.#choose([], false);
  }

  /** @param {unknown} answer */
  text(answer) {
    if (!Array.isArray(answer)) return String(answer);
    return answer.map((name) => this.#titles.get(name) ?? name).join(", ") || String(this.#fault.dataset.none);
  }

  /**
   * Where there are none, it is the button that says so.
   * @param {string[]} names
   * @param {string} mark
   */
  #mark(names, mark) {
    if (names.length) this.display.mark(names, mark);
    else this.#none?.classList.add(mark);
  }

  /**
   * @param {Iterable<string>} names
   * @param {boolean} none
   */
  #choose(names, none) {
    this.#chosen = new Set(names);
    this.display.draw(this.#chosen);
    if (this.#none) this.#none.ariaPressed = String(none);
  }

  /**
   * A class on or off, which excludes that there are none. Where one is all that may be, another takes its place.
   * @param {string} name
   */
  #turn(name) {
    if (this.#give.disabled) return;
    const others = [...this.#chosen].filter((each) => each !== name);
    const isOn = others.length < this.#chosen.size;
    const isFull = !isOn && others.length >= this.#asked.most;
    const isMuch = isFull && this.#asked.most > 1;
    this.#say(isMuch ? filled(String(this.#fault.dataset.most), { n: this.#asked.most }) : "");
    if (!isMuch) this.#choose(isOn ? others : [...(isFull ? [] : others), name], false);
  }

  #turnNone() {
    if (this.#give.disabled) return;
    this.#say("");
    this.#choose([], this.#none?.ariaPressed !== "true");
  }

  #answer() {
    if (this.#give.disabled) return;
    const { least } = this.#asked;
    const fault = this.#fault.dataset;
    if (this.#chosen.size < least) this.#say(filled(String(fault.least), { n: least }));
    else if (this.#chosen.size === 0 && this.#none?.ariaPressed !== "true") this.#say(String(fault.nothing));
    else {
      const names = [...this.#titles.keys()];
      this.#given = names.filter((name) => this.#chosen.has(name));
      this.#root.dispatchEvent(new Event("answer"));
    }
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault.textContent = fault;
  }
}

/**
 * @param {unknown} answer
 * @returns {string[]}
 */
const namesOf = (answer) => (Array.isArray(answer) ? answer : []);
