// What was done last, an answer or a skip, while it can be taken back.

import { $ } from "./stage.js";

export class LastDone {
  #seconds;
  #done = null;
  #closes = 0;

  /** `seconds` are how long it can be; 0 if never. */
  constructor(seconds) {
    this.#seconds = seconds;
  }

  get task() {
    return this.#done?.task;
  }

  /** Offer to take this `{item, task}` back, or nothing. There is no task if it was shown before the page was loaded. */
  offer(done, seconds = this.#seconds) {
    this.#done = seconds > 0 ? done : null;
    $("undo").disabled = this.#done === null;
    clearTimeout(this.#closes);
    if (this.#done) this.#closes = setTimeout(() => this.offer(null), seconds * 1000);
  }

  /** Offer it no longer if it is the one by this token. */
  forget(token) {
    if (this.#done?.item.token === token) this.offer(null);
  }

  take() {
    const done = this.#done;
    this.offer(null);
    return done;
  }
}
