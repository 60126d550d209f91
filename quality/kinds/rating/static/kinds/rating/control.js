// A step of a scale: a button each, or a slider where there are many.

import { AnswerButtons } from "../../tasks/answer_buttons.js";
import { filled } from "../../tasks/elements.js";

/** @import { AnswerControl } from "../../tasks/answer_area.js" */

/**
 * @typedef {{ buttons: { value: number, text: string, title: string }[] }} Few
 * @typedef {{ low: number, high: number, titles: Record<string, string> }} Many
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {Few | Many} schema
 * @returns {AnswerControl}
 */
export function mount(root, schema) {
  if (!("buttons" in schema)) return new Slider(root, schema);
  return new AnswerButtons(root, schema.buttons.map(({ value, title, text }) => ({ answer: value, title, text })));
}

/** @implements {AnswerControl} */
class Slider {
  #root;
  #titles;
  #slider;
  #chosen;
  #give;
  #suggestion;
  #middle;
  /** @type {unknown} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Many} schema
   */
  constructor(root, { low, high, titles }) {
    this.#root = root;
    this.#titles = titles;
    this.#middle = Math.floor((low + high) / 2);
    this.#slider = /** @type {HTMLInputElement} */ (root.querySelector("input"));
    this.#chosen = /** @type {HTMLOutputElement} */ (root.querySelector("output"));
    this.#give = /** @type {HTMLButtonElement} */ (root.querySelector("[data-give]"));
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    this.#slider.addEventListener("input", () => this.#choose(this.#slider.valueAsNumber));
    this.#give.addEventListener("click", () => this.#answer());
    this.#slider.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.repeat) this.#answer();
    });
    this.reset();
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    if (typeof answer === "number") this.#choose(answer);
  }

  /** @param {unknown} answer */
  suggest(answer) {
    if (!this.#suggestion) return;
    const { suggested = "", none = "" } = this.#suggestion.dataset;
    this.#suggestion.textContent = typeof answer === "number" ? filled(suggested, { answer: this.text(answer) }) : none;
  }

  /** @param {unknown} right */
  correct(right) {
    this.show(right);
  }

  /** Where the slider stands before anybody has moved it is no answer. */
  reset() {
    this.#given = undefined;
    this.#slider.valueAsNumber = this.#middle;
    this.#slider.classList.add("is-untouched");
    this.#chosen.value = "";
    if (this.#suggestion) this.#suggestion.textContent = "";
  }

  /** @param {unknown} answer */
  text(answer) {
    const title = this.#titles[String(answer)];
    return title ? `${answer} · ${title}` : String(answer);
  }

  /** @param {number} step */
  #choose(step) {
    this.#given = step;
    this.#slider.valueAsNumber = step;
    this.#slider.classList.remove("is-untouched");
    this.#chosen.value = this.text(step);
  }

  #answer() {
    if (this.#give.disabled) return;
    if (this.#given === undefined) this.#slider.focus();
    else this.#root.dispatchEvent(new Event("answer"));
  }
}
