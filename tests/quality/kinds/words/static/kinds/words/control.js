// A number in words: a button each.

/** @import { AnswerControl } from "../../tasks/answer_area.js" */

/**
 * @param {HTMLFieldSetElement} root
 * @returns {AnswerControl}
 */
export const mount = (root) => new Words(root);

/** @implements {AnswerControl} */
class Words {
  #root;
  #buttons;
  /** @type {unknown} */ #given;

  /** @param {HTMLFieldSetElement} root */
  constructor(root) {
    this.#root = root;
    this.#buttons = [...root.querySelectorAll("button")];
    for (const button of this.#buttons) button.addEventListener("click", () => this.#give(button));
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    for (const button of this.#buttons) button.ariaPressed = button.dataset.answer === answer ? "true" : null;
  }

  suggest() {
    // The toy shows no predictions.
  }

  /** @param {unknown} right */
  correct(right) {
    this.show(right);
  }

  reset() {
    this.#given = undefined;
    this.show(null);
  }

  text(/** @type {unknown} */ answer) {
    return `${answer}!`;
  }

  /** @param {HTMLButtonElement} button */
  #give(button) {
    this.#given = button.dataset.answer;
    this.#root.dispatchEvent(new Event("answer"));
  }
}
