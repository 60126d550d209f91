// What a model says of a task, and the button that takes it over: it never stands in the box by itself.

import { filled } from "../../tasks/elements.js";

export class Suggestion {
  #said;
  #button;
  /** @type {string | undefined} */ #text;

  /**
   * @param {HTMLElement} root where there is nothing of it in projects that show no model
   * @param {() => void} take
   */
  constructor(root, take) {
    this.#said = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    this.#button = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-take]"));
    this.#button?.addEventListener("click", take);
  }

  get text() {
    return this.#text;
  }

  /**
   * @param {unknown} answer undefined where the model says nothing
   * @param {(answer: unknown) => string} textOf
   */
  show(answer, textOf) {
    this.#text = typeof answer === "string" ? answer : undefined;
    const { suggested = "", none = "" } = this.#said?.dataset ?? {};
    this.#say(this.#text === undefined ? none : filled(suggested, { answer: textOf(answer) }));
  }

  hide() {
    this.#text = undefined;
    this.#say("");
  }

  /** @param {string} words */
  #say(words) {
    if (this.#said) this.#said.textContent = words;
    if (this.#button) this.#button.hidden = this.#text === undefined;
  }
}
