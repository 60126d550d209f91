// How many tasks are fetched, and what is done when they have come. At work a few are always fetched ahead, pictures
// included, so that a key press shows the next one at once. In training and in the exam one task comes at a time: each
// may change what the next one is for, and one that was fetched and never looked at would count against the worker.

import { explain, letGo, showNext, stop } from "./showing.js";
import { note } from "./stage.js";

/**
 * @import { Problem } from "./api.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

const AHEAD = 3; // tasks kept ready beyond the one shown
const FULL = { training: 0, exam: 1, work: AHEAD };

/**
 * Whether no task need come with the reply to an answer.
 * @param {WorkerQueue} queue
 */
export const isFull = ({ supply, state }) => supply.size >= FULL[state.phase];

/**
 * The hooks of its Supply.
 * @param {WorkerQueue} queue
 */
export function fetching(queue) {
  return {
    wanted: () => wanted(queue),
    /** @param {string | null} reason */
    arrived: (reason) => arrived(queue, reason),
    /** @param {Problem} problem */
    failed(problem) {
      if (!problem.passes) stop(queue, problem);
      else if (!queue.task) note("offline");
    },
  };
}

/** @param {WorkerQueue} queue */
function wanted({ stopped, state, supply, outbox, correction, task }) {
  if (stopped || state.halted) return 0;
  if (state.phase === "work") return AHEAD - supply.size + (task ? 0 : 1);
  return !outbox.size && !supply.size && (!task || correction.isOpen) ? 1 : 0;
}

/**
 * @param {WorkerQueue} queue
 * @param {string | null} reason
 */
function arrived(queue, reason) {
  if (reason === "paused") letGo(queue);
  if (queue.task) return;
  if (queue.supply.size && !queue.state.halted) showNext(queue);
  else if (queue.state.halted || reason) explain(queue, reason);
}
