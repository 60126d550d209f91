// In training, what is right and why, between one task and the next.

import { $, fill, texts } from "./stage.js";

const READ_AT_LEAST = 300; // milliseconds, so that a key pressed twice by mistake does not skip it

export class Correction {
  #buttons;
  #closed = null;
  #shownAt = 0;

  /** `buttons` are those of the answers, with their titles and names. */
  constructor(buttons) {
    this.#buttons = buttons;
    $("go-on").addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.#closed !== null;
  }

  /** Show it; `closed` is called when the worker goes on. */
  open(given, { right, answer, explanation }, closed) {
    this.#closed = closed;
    this.#shownAt = performance.now();
    for (const button of this.#buttons) {
      button.classList.toggle("is-right", button.dataset.answer === answer);
      button.classList.toggle("is-wrong", !right && button.dataset.answer === given);
    }
    const title = this.#buttons.find((button) => button.dataset.answer === answer)?.dataset.title ?? String(answer);
    $("verdict").textContent = right ? texts.right : fill("wrong", { answer: title });
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
    for (const button of this.#buttons) button.classList.remove("is-right", "is-wrong");
    closed();
  }
}
