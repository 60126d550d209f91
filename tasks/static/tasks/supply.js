// The tasks at hand beyond the one that is shown.

import { Problem, call } from "./api.js";
import { dated, handBack, handedBackBefore, hasEnded } from "./leases.js";
import { preloaded } from "./task.js";

/**
 * @import { Assignment, Task } from "./task.js"
 *
 * @typedef {object} State what is asked of a WorkerState
 * @property {number} now
 * @property {string} phase
 * @property {() => Promise<void>} refresh
 *
 * @typedef {object} Hooks
 * @property {() => number} wanted how many tasks
 * @property {(reason: string | null) => void} arrived
 * @property {(problem: Problem) => void} failed
 */

const WAITS = new Set(["no_tasks", "pace"]); // refusals that need nobody to look why

export class Supply {
  #path;
  #state;
  #hooks;
  #returnedKey;
  #known; // tokens of every task this window has had
  /** @type {Task[]} */ #ready = [];
  #fetching = false;
  #replyLost = true; // the server may have leased us a task that we have not heard of
  /** @type {string | null} */ #refusal = null;

  /**
   * @param {object} of
   * @param {string} of.slug
   * @param {string} of.key where the storage of this window remembers what was handed back
   * @param {string[]} of.tokens those already answered
   * @param {State} of.state
   * @param {Hooks} of.hooks
   */
  constructor({ slug, key, tokens, state, hooks }) {
    this.#path = `/projects/${slug}/assignments`;
    this.#returnedKey = key;
    this.#state = state;
    this.#hooks = hooks;
    this.#known = new Set([...tokens, ...handedBackBefore(key)]);
  }

  get size() {
    return this.#ready.length;
  }

  get tasks() {
    return this.#ready;
  }

  /** The next task to show, or null. */
  take() {
    this.dropEnded();
    return this.#ready.shift() ?? null;
  }

  /**
   * A task that was shown and is to be shown again, before the others.
   * @param {Task} task
   */
  putBack(task) {
    this.#ready.unshift(task);
  }

  /** @param {(task: Task) => boolean} isOut */
  drop(isOut) {
    this.#ready = this.#ready.filter((task) => !isOut(task));
  }

  dropEnded() {
    this.drop((task) => hasEnded(task, this.#state.now));
  }

  /** An answer was taken: what the server says next is news, though it be what it said before. */
  heardOfAnswer() {
    this.#refusal = null;
  }

  heardNothing() {
    this.#replyLost = true;
  }

  /** @param {string} token */
  knows(token) {
    this.#known.add(token);
  }

  /**
   * A lease as a task, its picture on its way.
   * @param {Assignment} assignment
   * @param {Partial<Task>} more
   * @returns {Task}
   */
  make(assignment, more) {
    this.#known.add(assignment.token);
    return dated(Object.assign(preloaded(assignment), more), this.#state.now);
  }

  /** @param {{ assignments: Assignment[], reason: string | null }} leased */
  async accept({ assignments, reason }, isOurs = true) {
    const isNews = reason && reason !== this.#refusal && !WAITS.has(reason);
    this.#refusal = reason;
    for (const assignment of assignments) {
      if (!this.#known.has(assignment.token)) this.#ready.push(this.make(assignment, { isOurs }));
    }
    if (isNews) await this.#state.refresh();
    this.#hooks.arrived(reason);
  }

  /** @returns {Promise<void>} */
  async fetch() {
    if (this.#fetching || this.#hooks.wanted() <= 0) return;
    this.#fetching = true;
    const before = this.#state.phase;
    try {
      await this.#fetchOnce();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#replyLost = true;
      this.#hooks.failed(problem);
      return;
    } finally {
      this.#fetching = false;
    }
    if (this.#state.phase !== before) this.fetch(); // what the server had nothing of is not what comes next
  }

  async #fetchOnce() {
    if (this.#replyLost) {
      this.#replyLost = false;
      await this.accept(await call("GET", this.#path), false);
    }
    const count = this.#hooks.wanted();
    if (count <= 0) return;
    const leased = await call("POST", this.#path, { count });
    if (this.#state.phase !== "work") await this.#state.refresh();
    await this.accept(leased);
  }

  /** The page is left. What this window has fetched and never shown goes to others at once. */
  handBack() {
    handBack(this.#ready.filter((task) => task.isOurs), this.#returnedKey);
    this.#ready = [];
  }
}
