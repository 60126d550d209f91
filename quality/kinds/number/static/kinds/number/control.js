// A number, typed into a field. A comma is taken for the decimal point, as many keyboards have it.

import { filled } from "../../tasks/elements.js";

/** @import { AnswerControl } from "../../tasks/answer_area.js" */

/** @typedef {{ low?: number, high?: number, decimals?: number, unit?: string }} Asked */

/**
 * @param {HTMLFieldSetElement} root
 * @param {Asked} schema
 * @returns {AnswerControl}
 */
export const mount = (root, schema) => new NumberField(root, schema);

/** @implements {AnswerControl} */
class NumberField {
  #root;
  #schema;
  #field;
  #fault;
  #suggestion;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Asked} schema
   */
  constructor(root, schema) {
    this.#root = root;
    this.#schema = schema;
    this.#field = /** @type {HTMLInputElement} */ (root.querySelector("input"));
    this.#fault = /** @type {HTMLElement} */ (root.querySelector("[data-faults]"));
    this.#suggestion = /** @type {HTMLElement | null} */ (root.querySelector("[data-suggested]"));
    root.querySelector("[data-give]")?.addEventListener("click", () => this.#give());
    this.#field.addEventListener("input", () => this.#say(""));
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.repeat && !event.isComposing) this.#give();
    });
  }

  ready() {
    if (matchMedia("(hover: hover)").matches) this.#field.focus(); // elsewhere a keyboard would rise over the task
  }

  read() {
    const text = this.#field.value.trim().replace(",", ".");
    return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
  }

  /** @param {unknown} answer */
  show(answer) {
    this.#field.value = String(answer);
  }

  /** @param {unknown} answer */
  suggest(answer) {
    if (this.#suggestion) {
      const { suggested = "", none = "" } = this.#suggestion.dataset;
      this.#suggestion.textContent = answer === undefined || answer === null ? none : filled(suggested, { answer: this.text(answer) });
    }
  }

  /** @param {unknown} right */
  correct(right) {
    this.#say(this.text(right));
  }

  reset() {
    this.#field.value = "";
    this.#say("");
    if (this.#suggestion) this.#suggestion.textContent = "";
  }

  /** @param {unknown} answer */
  text(answer) {
    return this.#schema.unit ? `${answer} ${this.#schema.unit}` : String(answer);
  }

  #give() {
    if (this.#field.disabled) return;
    const fault = this.#faultOf(this.read());
    this.#say(fault);
    if (fault) this.#field.select();
    else this.#root.dispatchEvent(new Event("answer"));
  }

  /**
   * What is wrong with a number, in words; nothing if it can be given.
   * @param {number | undefined} number
   */
  #faultOf(number) {
    const { low = -Infinity, high = Infinity, decimals } = this.#schema;
    const words = this.#fault.dataset;
    if (number === undefined) return String(words.none);
    if (number < low) return filled(String(words.low), { low });
    if (number > high) return filled(String(words.high), { high });
    const exact = decimals === undefined || Number(number.toFixed(decimals)) === number;
    return exact ? "" : filled(String(words.decimals), { n: decimals });
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault.textContent = fault;
    this.#field.ariaInvalid = fault ? "true" : null;
  }
}
