// How each thing that a worker did is told to the server, and what its reply means for the queue.

import { call } from "./api.js";
import { $, announce, fill, say, texts } from "./elements.js";
import { isFull } from "./fetching.js";
import { isAnswer } from "./outbox.js";
import { stop } from "./showing.js";
import { correct, goOnAfter } from "./training.js";
import { takenBack, undoRefused } from "./undoing.js";

/**
 * @import { Problem } from "./api.js"
 * @import { Hooks, Item } from "./outbox.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

/**
 * The hooks of its Outbox.
 * @param {WorkerQueue} queue
 * @returns {Hooks}
 */
export function sending(queue) {
  return {
    send: (item, again) => send(queue, item, again),
    sent: (item, reply) => (item.undo ? takenBack(queue, item, reply) : sent(queue, item, reply)),
    refused: (item, problem) => refused(queue, item, problem),
    stopped: (problem) => stop(queue, problem),
    changed: showUnsent,
  };
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {boolean} again
 */
function send(queue, { token, answer, seconds, reason, undo }, again) {
  if (again) queue.supply.heardNothing();
  if (undo) return call("DELETE", `/assignments/${token}/response`);
  if (reason !== undefined) return call("POST", `/assignments/${token}/skip`, { reason });
  return call("PUT", `/assignments/${token}/response${isFull(queue) ? "" : "?next=1"}`, { answer, seconds });
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {any} reply
 */
async function sent(queue, item, reply) {
  const { last, state, supply } = queue;
  if (state.phase !== "work" || reply?.correction) await state.refresh();
  if (state.halted) last.offer(null);
  if (reply?.correction) correct(queue, item, reply.correction);
  else goOnAfter(queue, item);
  supply.heardOfAnswer();
  if (reply?.next) supply.accept(reply.next);
  else supply.fetch();
}

/**
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {Problem} problem
 */
function refused(queue, item, problem) {
  if (item.undo) undoRefused(queue, item);
  else notKept(queue, item, problem);
  goOnAfter(queue, item);
  queue.supply.fetch();
}

/**
 * Closed is no fault of the worker's: the time was over and somebody else has answered, or another window has.
 * @param {WorkerQueue} queue
 * @param {Item} item
 * @param {Problem} problem
 */
function notKept(queue, { token, answer }, problem) {
  if (isAnswer(answer)) queue.count(-1);
  queue.last.forget(token);
  if (problem.status === 409 || problem.status === 404) announce(isAnswer(answer) ? texts.not_kept : "");
  else say(fill("refused", { detail: problem.detail }));
}

/**
 * @param {number} size
 * @param {boolean} retrying
 */
function showUnsent(size, retrying) {
  $("unsent").hidden = size === 0;
  $("unsent").textContent = fill(retrying ? "retrying" : "sending", { n: size });
  $("unsent").classList.toggle("at-once", retrying);
}
