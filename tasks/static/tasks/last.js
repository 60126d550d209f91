// The last answer and its task, while it can be taken back.

import { $ } from "./stage.js";

export class LastAnswer {
  #seconds;
  #given = null;
  #closes = 0;

  /** `seconds` are how long it can be; 0 if never. */
  constructor(seconds) {
    this.#seconds = seconds;
  }

  get task() {
    return this.#given?.task;
  }

  /** Offer to take this `{item, task}` back, or nothing. */
  offer(given) {
    this.#given = this.#seconds > 0 ? given : null;
    $("undo").disabled = this.#given === null;
    clearTimeout(this.#closes);
    if (this.#given) this.#closes = setTimeout(() => this.offer(null), this.#seconds * 1000);
  }

  /** Offer it no longer if it is the one by this token. */
  forget(token) {
    if (this.task?.token === token) this.offer(null);
  }

  take() {
    const given = this.#given;
    this.offer(null);
    return given;
  }
}
