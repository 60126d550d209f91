// Any number of classes: a button each that turns its class on and off, one that says that none applies, and one that
// gives the answer.

import { filled } from "../../tasks/elements.js";

/** @import { AnswerControl } from "../../tasks/answer_area.js" */

/**
 * @typedef {{ classes: { text: string, title: string }[], least: number, most: number }} Asked
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {Asked} schema
 * @returns {AnswerControl}
 */
export const mount = (root, schema) => new Toggles(root, schema);

/** @implements {AnswerControl} */
class Toggles {
  #root;
  #least;
  #most;
  #titles;
  #toggles;
  #none;
  #give;
  #fault;
  #suggestion;
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Asked} schema
   */
  constructor(root, { classes, least, most }) {
    this.#root = root;
    this.#least = least;
    this.#most = most;
    this.#titles = new Map(classes.map(({ text, title }) => [text, title]));
    this.#toggles = new Map(buttons(root, "[data-class]").map((button) => [String(button.dataset.class), button]));
    this.#none = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-none-applies]"));
    this.#give = /** @type {HTMLButtonElement} */ (root.querySelector("[data-give]"));
    this.#fault = /** @type {HTMLElement} */ (root.querySelector("[data-faults]"));
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    for (const toggle of this.#all) connect(toggle, () => this.#turn(toggle));
    connect(this.#give, () => this.#answer());
    const keyed = this.#all.filter((toggle) => toggle.dataset.key);
    this.keys = new Map(keyed.map((toggle) => [String(toggle.dataset.key), () => this.#turn(toggle)]));
    this.keys.set("Enter", () => this.#answer());
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    for (const toggle of this.#all) toggle.ariaPressed = String(this.#has(answer, toggle));
  }

  /** @param {unknown} answer */
  suggest(answer) {
    if (this.#suggestion) {
      const { suggested = "", none = "" } = this.#suggestion.dataset;
      this.#suggestion.textContent = Array.isArray(answer) ? filled(suggested, { answer: this.text(answer) }) : none;
    }
    for (const toggle of this.#all) toggle.classList.toggle("is-suggested", this.#has(answer, toggle));
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    this.show(given);
    for (const toggle of this.#all) {
      const isRight = this.#has(right, toggle);
      toggle.classList.toggle("is-right", isRight);
      toggle.classList.toggle("is-wrong", !isRight && this.#has(given, toggle));
    }
  }

  reset() {
    this.#given = undefined;
    if (this.#suggestion) this.#suggestion.textContent = "";
    this.#say("");
    for (const toggle of this.#all) {
      toggle.ariaPressed = "false";
      toggle.classList.remove("is-suggested", "is-right", "is-wrong");
    }
  }

  /** @param {unknown} answer */
  text(answer) {
    if (!Array.isArray(answer)) return String(answer);
    return answer.map((name) => this.#titles.get(name) ?? name).join(", ") || String(this.#fault.dataset.none);
  }

  get #all() {
    return [...this.#toggles.values(), ...(this.#none ? [this.#none] : [])];
  }

  get #chosen() {
    return [...this.#toggles].filter(([, toggle]) => toggle.ariaPressed === "true").map(([name]) => name);
  }

  /**
   * @param {unknown} answer
   * @param {HTMLButtonElement} toggle
   */
  #has(answer, toggle) {
    if (!Array.isArray(answer)) return false;
    return toggle === this.#none ? answer.length === 0 : answer.includes(toggle.dataset.class);
  }

  /**
   * A class on or off. None and any class exclude each other; where one is all that may be, another takes its place.
   * @param {HTMLButtonElement} toggle
   */
  #turn(toggle) {
    if (toggle.disabled) return;
    const on = toggle.ariaPressed !== "true";
    const makesTooMany = on && toggle !== this.#none && this.#chosen.length >= this.#most;
    if (makesTooMany && this.#most > 1) {
      this.#say(filled(String(this.#fault.dataset.most), { n: this.#most }));
      return;
    }
    if (on && (makesTooMany || toggle === this.#none)) for (const other of this.#toggles.values()) other.ariaPressed = "false";
    if (this.#none && toggle !== this.#none) this.#none.ariaPressed = "false";
    toggle.ariaPressed = String(on);
    this.#say("");
  }

  #answer() {
    if (this.#give.disabled) return;
    const chosen = this.#chosen;
    const saysNone = this.#none?.ariaPressed === "true";
    const words = this.#fault.dataset;
    if (chosen.length < this.#least) this.#say(filled(String(words.least), { n: this.#least }));
    else if (chosen.length === 0 && !saysNone) this.#say(String(words.nothing));
    else {
      this.#given = chosen;
      this.#root.dispatchEvent(new Event("answer"));
    }
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault.textContent = fault;
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 */
const buttons = (root, selector) => /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll(selector)]);

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} action
 */
function connect(button, action) {
  const { color } = button.dataset;
  if (color) button.style.setProperty("--class-color", color);
  button.addEventListener("click", ({ detail }) => {
    if (detail > 0) button.blur(); // a tap or click, not a key: Enter gives the answer then
    action();
  });
}
