// In training, what is right and why, between one task and the next.

import { $, fill, texts } from "./elements.js";

/**
 * @import { AnswerControl } from "./answer_area.js"
 * @typedef {{ right: boolean, answer: unknown, explanation: string }} Verdict
 */

const READ_AT_LEAST = 300; // milliseconds, so that a key pressed twice by mistake does not skip it

export class Correction {
  #control;
  /** @type {(() => void) | null} */ #closed = null;
  #shownAt = 0;

  /** @param {AnswerControl} control */
  constructor(control) {
    this.#control = control;
    $("go-on").addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.#closed !== null;
  }

  /**
   * @param {unknown} given
   * @param {Verdict} verdict
   * @param {() => void} closed is called when the worker goes on
   */
  open(given, { right, answer, explanation }, closed) {
    this.#closed = closed;
    this.#shownAt = performance.now();
    this.#control.correct(answer, given);
    $("verdict").textContent = right ? texts.right : fill("wrong", { answer: this.#control.text(answer) });
    $("explanation").textContent = explanation;
    $("correction").className = right ? "good" : "bad";
    $("correction").hidden = false;
    $("go-on").focus();
  }

  close() {
    if (!this.#closed || performance.now() - this.#shownAt < READ_AT_LEAST) return;
    const closed = this.#closed;
    this.#closed = null;
    $("correction").hidden = true;
    this.#control.reset();
    closed();
  }
}
