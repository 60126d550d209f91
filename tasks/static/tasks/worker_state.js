// The state of the worker's queue, as the server tells it: in training, before or in an exam, or at work.

import { call } from "./api.js";
import { $, fill } from "./elements.js";

/**
 * @typedef {object} Exam
 * @property {"due" | "under_way" | "waiting" | "failed" | "passed"} state
 * @property {number} tasks
 * @property {number} answered
 * @property {number} score_to_pass
 * @property {number | null} score
 * @property {number} attempts_left
 * @property {number} cooldown_seconds
 * @property {string | null} again_at
 *
 * @typedef {object} OwnWork what the API says of one's own work
 * @property {"training" | "exam" | "work"} phase
 * @property {number} answered_today
 * @property {{ responses_per_day: number | null }} limits
 * @property {{ reason: string } | null} paused
 * @property {{ done: number, of: number } | null} training
 * @property {Exam | null} exam
 * @property {{ token: string, answer: unknown, until: string } | null} undo
 * @property {string} time
 */

export class WorkerState {
  #path;
  #drift;
  #begun = false; // the exam, or the training, after having read what it is

  passed = false; // the exam, and the worker has not been told yet

  /**
   * @param {string} slug
   * @param {OwnWork} own as it was no later than when this page was asked for
   */
  constructor(slug, own) {
    this.#path = `/projects/${slug}/work`;
    this.own = own;
    this.#drift = Date.parse(own.time) - performance.timeOrigin;
    this.#show();
  }

  get phase() {
    return this.own.phase;
  }

  /** What was done last, as `{token, answer}`, and for how many seconds it can be taken back; null if it can't be. */
  get undo() {
    const { undo } = this.own;
    return undo && { ...undo, seconds: (Date.parse(undo.until) - this.now) / 1000 };
  }

  /** Milliseconds since 1970 by the clock that leases go by, and rather too many than too few. */
  get now() {
    return Date.now() + this.#drift;
  }

  /** Whether there is something the worker has to read, or wait for, before the next task. */
  get halted() {
    if (this.passed) return true;
    if (this.#begun) return false;
    const { phase, training, exam } = this.own;
    return phase === "training" ? training?.done === 0 : phase === "exam" && exam?.state !== "under_way";
  }

  /** The worker has read what the training, or the exam, is. */
  begin() {
    this.#begun = true;
  }

  async refresh() {
    const { phase, exam } = this.own;
    const before = exam?.state;
    try {
      this.own = await call("GET", this.#path);
    } catch {
      return; // what is asked of the server next says more
    }
    const state = this.own.exam?.state;
    if (this.phase !== phase || (this.phase === "exam" && state !== "due")) this.#begun = false;
    if (state === "passed" && before !== "passed") this.passed = true;
    this.#show();
  }

  /** Look again if what the worker waits for may be over. */
  async refreshIfDue() {
    const again = this.own.exam?.again_at;
    if (again && this.now > Date.parse(again)) await this.refresh();
  }

  #show() {
    $("phase").textContent = this.#progress;
    $("phase").hidden = !this.#progress;
  }

  get #progress() {
    const { phase, training, exam } = this.own;
    if (phase === "training" && training) return fill("training_progress", training);
    if (phase !== "exam" || exam?.state !== "under_way") return "";
    return fill("exam_progress", { done: exam.answered, of: exam.tasks });
  }
}
