// The buttons of the answers, and what is said on them of the task that is shown.

import { $, fill, texts } from "./stage.js";

export class Choices {
  buttons = [...document.querySelectorAll("[data-answer]")];

  constructor() {
    for (const button of this.buttons) {
      if (button.dataset.color) button.style.setProperty("--class-color", button.dataset.color);
    }
  }

  /** As the class is called; an answer that is no class of the project is its own title. */
  title(answer) {
    return this.#of(answer)?.dataset.title ?? String(answer);
  }

  /** Where there is nothing to answer there are no buttons for it. To take back what was done last stays possible. */
  show(on) {
    for (const part of ["answers", "skip", "reasons"]) $(part).hidden = !on;
  }

  enable(on) {
    for (const button of [...this.buttons, $("skip")]) button.disabled = !on;
  }

  /** Mark what the worker answered before, and say what a model predicts, where the worker is to know. */
  mark({ former, suggestion }) {
    for (const button of this.buttons) button.ariaPressed = button.dataset.answer === former ? "true" : null;
    const suggested = this.#of(suggestion);
    this.#suggest(suggested, suggested ? fill("suggestion", { answer: suggested.dataset.title }) : texts.no_suggestion);
  }

  /** There is no task to answer. */
  unmark() {
    for (const button of this.buttons) button.ariaPressed = null;
    this.#suggest(undefined, "");
  }

  /** Show what is right, and what was given if that is wrong. */
  correct(given, { right, answer }) {
    for (const button of this.buttons) {
      button.classList.toggle("is-right", button.dataset.answer === answer);
      button.classList.toggle("is-wrong", !right && button.dataset.answer === given);
    }
  }

  uncorrected() {
    for (const button of this.buttons) button.classList.remove("is-right", "is-wrong");
  }

  #suggest(suggested, text) {
    if (!$("suggestion")) return;
    for (const button of this.buttons) button.classList.toggle("is-suggested", button === suggested);
    $("suggestion").textContent = text;
  }

  #of(answer) {
    return this.buttons.find((button) => button.dataset.answer === answer);
  }
}
