// The worker's queue in this window: its parts, and what of it changes from one task to the next.

import { Correction } from "./correction.js";
import { $, fill } from "./elements.js";
import { fetching } from "./fetching.js";
import { LastDone } from "./last.js";
import { Outbox } from "./outbox.js";
import { sending } from "./sending.js";
import { Supply } from "./supply.js";
import { WorkerState } from "./worker_state.js";

/**
 * @import { AnswerArea } from "./answer_area.js"
 * @import { Task } from "./task.js"
 * @import { OwnWork } from "./worker_state.js"
 */

export class WorkerQueue {
  /** The task that is shown. @type {Task | null} */
  task = null;

  /** Since when it can be answered; null while there is nothing to answer. @type {number | null} */
  since = null;

  /** The token of a training task whose correction is on its way. @type {string | null} */
  checked = null;

  /** Nothing goes on before the worker has done something about it. */
  stopped = false;

  /** By a link of the page itself. */
  leaving = false;

  /**
   * @param {AnswerArea} area
   * @param {OwnWork} own
   */
  constructor(area, own) {
    const { slug = "", worker, undoSeconds } = $("queue").dataset;
    this.area = area;
    this.state = new WorkerState(slug, own);
    this.last = new LastDone(Number(undoSeconds));
    this.correction = new Correction(area.control);
    this.outbox = new Outbox(`outbox:${slug}:${worker}`, sending(this));
    this.supply = new Supply({
      slug,
      key: `returned:${slug}:${worker}`,
      tokens: this.outbox.tokens,
      state: this.state,
      hooks: fetching(this),
    });
    this.done = own.answered_today + this.outbox.answers;
    this.count(0);
  }

  /**
   * So many answers more were given today.
   * @param {number} change
   */
  count(change) {
    this.done += change;
    $("done").textContent = fill("done", { n: this.done });
  }

  /** The task that is shown can't be answered, or not yet. */
  close() {
    this.since = null;
    this.area.enable(false);
  }

  open() {
    this.area.enable(true);
    this.since = performance.now();
  }
}
