// Leases end. The one that is looked at is kept for as long as somebody works at it; the others are handed back when
// the page is left, so that somebody else gets them at once.

import { call } from "./api.js";

/**
 * @import { Problem } from "./api.js"
 * @import { Task } from "./task.js"
 * @typedef {{ readonly now: number }} Clock the clock of the leases
 */

const KEPT_FROM = 0.6; // of a lease, when it is given its full time again
const LOOK = 1000; // milliseconds
const TOO_SHORT = 2000; // milliseconds: a task is not shown for less
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]; // of somebody who works

/**
 * Note of a task when its lease began for us and when it ends, by the clock of the leases.
 * @template {{ expires_at: string }} Given
 * @param {Given} task
 * @param {number} now
 */
export function dated(task, now) {
  return Object.assign(task, { from: now, seenAt: Date.now(), ends: Date.parse(task.expires_at) });
}

/**
 * @param {{ from: number, ends: number }} task
 * @param {number} now
 */
export const hasEnded = (task, now) => now > task.ends - Math.min(TOO_SHORT, (task.ends - task.from) / 4);

/**
 * @typedef {object} Leased what the page holds
 * @property {() => Task | null} shown the task looked at
 * @property {() => Task[]} ahead those fetched and not shown
 * @property {() => void} ended is called when one of these has to be replaced
 * @property {(task: Task) => void} lost is called when the one looked at was given away
 */

/** Looks after the leases for as long as the page is open. */
export class LeaseKeeper {
  #clock;
  #leased;
  #usedAt = Date.now();

  /**
   * @param {Clock} clock
   * @param {Leased} leased
   */
  constructor(clock, leased) {
    this.#clock = clock;
    this.#leased = leased;
    for (const sign of SIGNS) addEventListener(sign, () => (this.#usedAt = Date.now()), { passive: true });
  }

  start() {
    setInterval(() => this.look(), LOOK);
  }

  look() {
    const task = this.#leased.shown();
    const { now } = this.#clock;
    if (!task || document.hidden || this.#usedAt < task.seenAt) return;
    this.#keep(task, now);
    if (this.#usedAt > task.seenAt && this.#leased.ahead().some((waiting) => hasEnded(waiting, now))) this.#leased.ended();
  }

  /**
   * @param {Task} task
   * @param {number} now
   */
  async #keep(task, now) {
    const isDue = now - task.from > KEPT_FROM * (task.ends - task.from);
    if (!isDue || task.asked) return;
    task.asked = true;
    const { token } = task;
    try {
      const { expires_at } = await call("POST", `/assignments/${token}/extend`);
      dated(Object.assign(task, { expires_at }), this.#clock.now);
    } catch (error) {
      const problem = /** @type {Problem} */ (error);
      if (!problem.passes && task.token === token) this.#leased.lost(task);
    } finally {
      task.asked = false;
    }
  }
}

/**
 * Which tasks the page that was here before handed back: the server may still list them.
 * @param {string} key
 * @returns {string[]} their tokens
 */
export function handedBackBefore(key) {
  const tokens = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  sessionStorage.removeItem(key);
  return tokens;
}

/**
 * @param {Task[]} tasks
 * @param {string} key
 */
export function handBack(tasks, key) {
  const tokens = tasks.map((task) => task.token);
  for (const token of tokens) call("POST", `/assignments/${token}/return`, undefined, { keepalive: true }).catch(() => {});
  sessionStorage.setItem(key, JSON.stringify(tokens));
}
