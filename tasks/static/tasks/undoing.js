// Undo: at once in the page, and in its turn at the server, which gives the task out again under another token.

import { announce, fill, say, texts } from "./elements.js";
import { dated } from "./leases.js";
import { isAnswer } from "./outbox.js";
import { show, showNext } from "./showing.js";

/**
 * @import { Item } from "./outbox.js"
 * @import { Assignment, Task } from "./task.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

/** @param {WorkerQueue} queue */
export function undo(queue) {
  const done = queue.last.take();
  if (!done) return;
  const { item, task } = done;
  if (!queue.outbox.withdraw(item)) queue.outbox.add({ token: item.token, former: item.answer, undo: true });
  if (isAnswer(item.answer)) queue.count(-1);
  if (task) showAgain(queue, Object.assign(task, { former: item.answer }));
}

/**
 * @param {WorkerQueue} queue
 * @param {Task} task
 */
function showAgain(queue, task) {
  if (queue.task) queue.supply.putBack(queue.task);
  show(queue, task);
  const { former } = task;
  const answer = isAnswer(former) ? queue.area.control.text(former) : "";
  announce(isAnswer(former) ? fill("taken_back", { answer }) : texts.skip_taken_back);
}

/**
 * Everything here that still goes by the former token goes by the new one now.
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {Assignment} assignment
 */
export function takenBack(queue, { token, former }, assignment) {
  const { last, outbox, state, supply } = queue;
  supply.knows(assignment.token);
  supply.drop((task) => task.token === assignment.token); // it was listed before we heard of it
  const holders = [queue.task, last.task, ...supply.tasks].filter((task) => task?.token === token);
  const { token: newToken, expires_at } = assignment;
  for (const task of holders) if (task) dated(Object.assign(task, { token: newToken, expires_at }), state.now);
  if (outbox.readdress(token, newToken) || holders.length || queue.task?.token === newToken) return;
  showAgain(queue, supply.make(assignment, { former })); // it was done, or taken back, before the page was loaded again
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 */
export function undoRefused(queue, { token, former }) {
  queue.count(Number(isAnswer(former)) - queue.outbox.forget(token));
  queue.last.forget(token);
  queue.supply.drop((task) => task.token === token);
  if (queue.task?.token === token) showNext(queue);
  announce("");
  say(isAnswer(former) ? texts.undo_closed : texts.skip_closed);
}

/**
 * After the page was loaded again, offer to take back what was done before, if nothing was left to be sent since.
 * @param {WorkerQueue} queue
 */
export function offerAgain({ last, outbox, state }) {
  const { undo: done } = state;
  if (!done || outbox.size || state.halted) return;
  last.offer({ item: { token: done.token, answer: done.answer ?? undefined } }, done.seconds);
}
