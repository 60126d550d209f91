// One answer out of several: a button each (answer_buttons.html), and a key for as many as there are keys.

import { filled } from "./elements.js";

/**
 * What a button gives, what it is called, and the text by which the page knows the button.
 * @typedef {{ answer: unknown, title: string, text: string }} Offered
 * @import { AnswerControl } from "./answer_area.js"
 */

/** @implements {AnswerControl} */
export class AnswerButtons {
  #root;
  #answers;
  #titles;
  #buttons;
  #suggestion;
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Offered[]} offered
   */
  constructor(root, offered) {
    this.#root = root;
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    this.#titles = new Map(offered.map(({ answer, title }) => [answer, title]));
    this.#answers = new Map(offered.map(({ answer, text }) => [text, answer]));
    this.#buttons = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll("[data-answer]")]);
    for (const button of this.#buttons) this.#connect(button);
    const keyed = this.#buttons.filter((button) => button.dataset.key);
    this.keys = new Map(keyed.map((button) => [String(button.dataset.key), () => this.#give(button)]));
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    for (const button of this.#buttons) button.ariaPressed = this.#gives(button, answer) ? "true" : null;
  }

  /** @param {unknown} answer */
  suggest(answer) {
    this.#say(this.#titles.has(answer) ? "suggested" : "none", answer);
    for (const button of this.#buttons) button.classList.toggle("is-suggested", this.#gives(button, answer));
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    for (const button of this.#buttons) {
      button.classList.toggle("is-right", this.#gives(button, right));
      button.classList.toggle("is-wrong", this.#gives(button, given) && given !== right);
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

  /** As its button is called; an answer that has none is its own title. */
  text(/** @type {unknown} */ answer) {
    return this.#titles.get(answer) ?? String(answer);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {unknown} answer
   */
  #gives(button, answer) {
    return answer !== undefined && this.#answers.get(String(button.dataset.answer)) === answer;
  }

  /** @param {HTMLButtonElement} button */
  #connect(button) {
    const { color } = button.dataset;
    if (color) button.style.setProperty("--class-color", color);
    button.addEventListener("click", ({ detail }) => {
      if (detail > 0) button.blur(); // a tap or click, not a key: the next task begins with none marked
      this.#give(button);
    });
  }

  /** @param {HTMLButtonElement} button */
  #give(button) {
    if (button.disabled) return;
    this.#given = this.#answers.get(String(button.dataset.answer));
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
