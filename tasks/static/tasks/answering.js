// What a key or a button does to the task that is shown. The next one is shown at once; what was done goes to the server
// meanwhile (see outbox.js).

import { $, announce } from "./elements.js";
import { showNext } from "./showing.js";
import { check } from "./training.js";

/**
 * @import { Item } from "./outbox.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

/**
 * The control has an answer.
 * @param {WorkerQueue} queue
 */
export function answer(queue) {
  const { area, task, since } = queue;
  if (!task || since === null) return;
  const seconds = Math.round((performance.now() - since) / 10) / 100;
  const item = { token: task.token, answer: area.control.read(), seconds };
  queue.count(1);
  if (queue.state.phase === "training") {
    check(queue, item);
  } else {
    finish(queue, item);
    queue.last.offer({ item, task });
  }
}

/**
 * @param {WorkerQueue} queue
 * @param {string} reason
 */
export function skip(queue, reason) {
  const { area, task } = queue;
  if (!task || !area.canSkip) return;
  const item = { token: task.token, reason };
  finish(queue, item);
  queue.last.offer({ item, task });
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 */
function finish(queue, item) {
  $("trouble").hidden = true;
  $("reasons").open = false;
  announce("");
  showNext(queue);
  queue.outbox.add(item);
}
