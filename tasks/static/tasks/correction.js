// In training, what is right and why, between one task and the next.

import { $, fill, texts } from "./stage.js";

const READ_AT_LEAST = 300; // milliseconds, so that a key pressed twice by mistake does not skip it

export class Correction {
  #choices;
  #closed = null;
  #shownAt = 0;

  constructor(choices) {
    this.#choices = choices;
    $("go-on").addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.#closed !== null;
  }

  /** Show it; `closed` is called when the worker goes on. */
  open(given, verdict, closed) {
    const { right, answer, explanation } = verdict;
    this.#closed = closed;
    this.#shownAt = performance.now();
    this.#choices.correct(given, verdict);
    $("verdict").textContent = right ? texts.right : fill("wrong", { answer: this.#choices.title(answer) });
    $("explanation").textContent = explanation;
    $("correction").className = right ? "good" : "bad";
    $("correction").hidden = false;
    $("go-on").focus();
  }

  close() {
    if (!this.isOpen || performance.now() - this.#shownAt < READ_AT_LEAST) return;
    const closed = this.#closed;
    this.#closed = null;
    $("correction").hidden = true;
    this.#choices.uncorrected();
    closed();
  }
}
