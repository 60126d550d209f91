// In training the next task is not shown before the correction of this one.

import { $, announce, texts } from "./elements.js";
import { showNext } from "./showing.js";

/**
 * @import { Verdict } from "./correction.js"
 * @import { Item } from "./outbox.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

/**
 * Send an answer and wait for its correction.
 * @param {WorkerQueue} queue
 * @param {Item} item
 */
export function check(queue, item) {
  queue.last.offer(null);
  $("trouble").hidden = true;
  announce(texts.checking);
  queue.close();
  queue.checked = item.token;
  queue.outbox.add(item);
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {Verdict} verdict
 */
export function correct(queue, item, verdict) {
  const { correction, state, supply, task } = queue;
  queue.checked = null;
  announce("");
  if (task && task.token !== item.token) supply.putBack(task);
  queue.close();
  correction.open(item.answer, verdict, () => {
    if (state.phase === "work") announce(texts.training_over);
    showNext(queue);
  });
}

/**
 * No correction came after all.
 * @param {WorkerQueue} queue
 * @param {Item} item
 */
export function goOnAfter(queue, item) {
  if (queue.checked !== item.token) return;
  queue.checked = null;
  announce("");
  showNext(queue);
}
