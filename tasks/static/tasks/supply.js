// The tasks at hand beyond the one that is shown.

import { call } from "./api.js";
import { dated, handBack, handedBackBefore, hasEnded } from "./leases.js";
import { preloaded } from "./stage.js";

const WAITS = new Set(["no_tasks", "pace"]); // refusals that need nobody to look why

export class Supply {
  #path;
  #standing;
  #hooks;
  #returnedKey;
  #known; // tokens of every task this window has had
  #ready = [];
  #fetching = false;
  #replyLost = true; // the server may have leased us a task that we have not heard of
  #refusal = null;

  /**
   * `key` is where the storage of this window remembers what was handed back; `tokens` are those already answered.
   * `hooks`: `wanted()` tasks, `arrived(reason)`, and `failed(problem)`.
   */
  constructor({ slug, key, tokens, standing, hooks }) {
    this.#path = `/projects/${slug}/assignments`;
    this.#returnedKey = key;
    this.#standing = standing;
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

  /** A task that was shown and is to be shown again, before the others. */
  putBack(task) {
    this.#ready.unshift(task);
  }

  drop(isOut) {
    this.#ready = this.#ready.filter((task) => !isOut(task));
  }

  dropEnded() {
    this.drop((task) => hasEnded(task, this.#standing.now));
  }

  /** An answer was taken: what the server says next is news, though it be what it said before. */
  heardOfAnswer() {
    this.#refusal = null;
  }

  heardNothing() {
    this.#replyLost = true;
  }

  /** A lease that came otherwise than by fetching: a task made ready to show. */
  add(assignment, more = {}) {
    this.#known.add(assignment.token);
    const task = dated(Object.assign(preloaded(assignment), more), this.#standing.now);
    this.#ready.unshift(task);
  }

  knows(token) {
    this.#known.add(token);
  }

  async accept({ assignments, reason }, isOurs = true) {
    const isNews = reason && reason !== this.#refusal && !WAITS.has(reason);
    this.#refusal = reason;
    for (const assignment of assignments) {
      if (this.#known.has(assignment.token)) continue;
      this.#known.add(assignment.token);
      this.#ready.push(dated(Object.assign(preloaded(assignment), { isOurs }), this.#standing.now));
    }
    if (isNews) await this.#standing.refresh();
    this.#hooks.arrived(reason);
  }

  async fetch() {
    if (this.#fetching || this.#hooks.wanted() <= 0) return;
    this.#fetching = true;
    const before = this.#standing.phase;
    try {
      await this.#fetchOnce();
    } catch (problem) {
      this.#replyLost = true;
      this.#hooks.failed(problem);
      return;
    } finally {
      this.#fetching = false;
    }
    if (this.#standing.phase !== before) this.fetch(); // what the server had nothing of is not what comes next
  }

  async #fetchOnce() {
    if (this.#replyLost) {
      this.#replyLost = false;
      await this.accept(await call("GET", this.#path), false);
    }
    const count = this.#hooks.wanted();
    if (count <= 0) return;
    const leased = await call("POST", this.#path, { count });
    if (this.#standing.phase !== "work") await this.#standing.refresh();
    await this.accept(leased);
  }

  /** The page is left. What this window has fetched and never shown goes to others at once. */
  handBack() {
    handBack(this.#ready.filter((task) => task.isOurs), this.#returnedKey);
    this.#ready = [];
  }
}
