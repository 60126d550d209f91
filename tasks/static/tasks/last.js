// What was done last, an answer or a skip, while it can be taken back.

import { $ } from "./elements.js";

/**
 * @import { Item } from "./outbox.js"
 * @import { Task } from "./task.js"
 * @typedef {{ item: Item, task?: Task }} Done there is no task if it was shown before the page was loaded
 */

export class LastDone {
  #seconds;
  /** @type {Done | null} */ #done = null;
  #closes = 0;

  /** @param {number} seconds how long it can be; 0 if never */
  constructor(seconds) {
    this.#seconds = seconds;
  }

  get task() {
    return this.#done?.task;
  }

  /**
   * Offer to take this back, or nothing.
   * @param {Done | null} done
   */
  offer(done, seconds = this.#seconds) {
    this.#done = seconds > 0 ? done : null;
    $("undo").disabled = this.#done === null;
    clearTimeout(this.#closes);
    if (this.#done) this.#closes = setTimeout(() => this.offer(null), seconds * 1000);
  }

  /**
   * Offer it no longer if it is the one by this token.
   * @param {string} token
   */
  forget(token) {
    if (this.#done?.item.token === token) this.offer(null);
  }

  take() {
    const done = this.#done;
    this.offer(null);
    return done;
  }
}
