// What is begun for the task that is shown, as a text.

/**
 * @import { Task } from "./task.js"
 * @import { Drafts } from "./drafts.js"
 */

/** What is begun of one task, by whatever token it goes at the time. */
export class TaskDraft {
  #drafts;
  #task;
  #about;
  #kept = ""; // the token that it is kept by

  /**
   * @param {Drafts} drafts
   * @param {Partial<Task>} task without a token if it is only tried
   */
  constructor(drafts, task) {
    const { image: _address, ...data } = task.data ?? {};
    this.#drafts = drafts;
    this.#task = task;
    this.#about = Object.keys(data).length ? JSON.stringify(data) : "";
  }

  get text() {
    return this.#task.token && this.#drafts.of(this.#task.token, this.#about);
  }

  /** @param {string} text */
  keep(text) {
    const { token } = this.#task;
    if (!token) return;
    if (this.#kept && this.#kept !== token) this.#drafts.drop(this.#kept, "");
    this.#kept = token;
    if (text) this.#drafts.keep(token, this.#about, text);
    else this.#drafts.drop(token, this.#about);
  }
}
