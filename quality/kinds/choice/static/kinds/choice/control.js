// One class out of the project's: a button each, and a key for as many as there are keys.

import { filled } from "../../tasks/elements.js";

/**
 * @typedef {{ name: string, title: string, key: string }} Class
 * @import { AnswerControl } from "../../tasks/answer_area.js"
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {{ classes: Class[] }} schema
 * @returns {AnswerControl}
 */
export const mount = (root, { classes }) => new Choice(root, classes);

/** @implements {AnswerControl} */
class Choice {
  #root;
  #titles;
  #buttons;
  #suggestion;
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Class[]} classes
   */
  constructor(root, classes) {
    this.#root = root;
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    this.#titles = new Map(classes.map(({ name, title }) => [/** @type {unknown} */ (name), title]));
    this.#buttons = [...root.querySelectorAll("button")];
    for (const button of this.#buttons) this.#connect(button);
    const keyed = this.#buttons.filter((button) => button.dataset.key);
    this.keys = new Map(keyed.map((button) => [String(button.dataset.key), () => this.#give(button)]));
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    for (const button of this.#buttons) button.ariaPressed = isOf(button, answer) ? "true" : null;
  }

  /** @param {unknown} answer */
  suggest(answer) {
    this.#say(this.#titles.has(answer) ? "suggested" : "none", answer);
    for (const button of this.#buttons) button.classList.toggle("is-suggested", isOf(button, answer));
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    for (const button of this.#buttons) {
      button.classList.toggle("is-right", isOf(button, right));
      button.classList.toggle("is-wrong", isOf(button, given) && given !== right);
    }
  }

  reset() {
    this.#given = undefined;
    if (this.#suggestion) this.#suggestion.textContent = "";
    for (const button of this.#buttons) {
      button.ariaPressed = null;
      button.classList.remove("is-suggested", "is-right", "is-wrong");
    }
  }

  /** As the class is called; an answer that is no class of the project is its own title. */
  text(/** @type {unknown} */ answer) {
    return this.#titles.get(answer) ?? String(answer);
  }

  /** @param {HTMLButtonElement} button */
  #connect(button) {
    const { color } = button.dataset;
    if (color) button.style.setProperty("--class-color", color);
    button.addEventListener("click", ({ detail }) => {
      if (detail > 0) button.blur(); // a tap or click, not a key: the next task begins with no class marked
      this.#give(button);
    });
  }

  /** @param {HTMLButtonElement} button */
  #give(button) {
    if (button.disabled) return;
    this.#given = button.dataset.answer;
    button.animate?.([{ filter: "brightness(.8)", scale: ".96" }, {}], 180);
    this.#root.dispatchEvent(new Event("answer"));
  }

  /**
   * @param {"suggested" | "none"} name
   * @param {unknown} answer
   */
  #say(name, answer) {
    if (!this.#suggestion) return; // no model's predictions are shown in this project
    this.#suggestion.textContent = filled(String(this.#suggestion.dataset[name]), { answer: this.text(answer) });
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {unknown} answer
 */
const isOf = (button, answer) => button.dataset.answer === answer;
