// One class out of the project's: a button each, or a list to search where there are very many.

import { AnswerButtons } from "../../tasks/answer_buttons.js";
import { ClassPicker } from "../../tasks/class_picker.js";
import { filled } from "../../tasks/elements.js";

/**
 * @import { AnswerControl } from "../../tasks/answer_area.js"
 * @typedef {{ text: string, title: string, color?: string }} Class
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {{ buttons: Class[] } | { classes: Class[] }} schema
 * @returns {AnswerControl}
 */
export function mount(root, schema) {
  if ("classes" in schema) return new OneOfMany(root, schema.classes);
  return new AnswerButtons(root, schema.buttons.map(({ text, title }) => ({ answer: text, title, text })));
}

/** @implements {AnswerControl} */
class OneOfMany {
  #picker;
  #titles;
  #suggestion;
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Class[]} classes
   */
  constructor(root, classes) {
    this.#titles = new Map(classes.map(({ text, title }) => [text, title]));
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    this.#picker = new ClassPicker(/** @type {HTMLElement} */ (root.querySelector("[data-picker]")), classes, (name) => {
      this.#given = name;
      root.dispatchEvent(new Event("answer"));
    });
    this.keys = this.#picker.keys;
  }

  ready() {
    this.#picker.focus();
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    this.#picker.choose([String(answer)]);
  }

  /** @param {unknown} answer */
  suggest(answer) {
    if (this.#suggestion) {
      const { suggested = "", none = "" } = this.#suggestion.dataset;
      this.#suggestion.textContent = typeof answer === "string" ? filled(suggested, { answer: this.text(answer) }) : none;
    }
    if (typeof answer === "string") this.#picker.mark([answer], "is-suggested");
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    this.#picker.mark([String(given)], "is-wrong");
    this.#picker.mark([String(right)], "is-right");
  }

  reset() {
    this.#given = undefined;
    if (this.#suggestion) this.#suggestion.textContent = "";
    this.#picker.reset();
  }

  /** @param {unknown} answer */
  text(answer) {
    return this.#titles.get(String(answer)) ?? String(answer);
  }
}
