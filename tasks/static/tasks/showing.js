// Which task is shown next, or why there is none.

import { $, element, paragraph, texts } from "./elements.js";
import { explainHalt, explainRefusal } from "./notices.js";
import { note, showTask } from "./stage.js";

/**
 * @import { Problem } from "./api.js"
 * @import { Task } from "./task.js"
 * @import { WorkerQueue } from "./worker_queue.js"
 */

/** @param {WorkerQueue} queue */
export function showNext(queue) {
  const task = queue.state.halted ? null : queue.supply.take();
  if (task) {
    show(queue, task);
    return;
  }
  nothingToAnswer(queue);
  explain(queue, null);
  queueMicrotask(() => queue.supply.fetch()); // when what was answered is in the outbox
}

/**
 * @param {WorkerQueue} queue
 * @param {Task} task
 */
export async function show(queue, task) {
  const { area } = queue;
  queue.task = task;
  area.show(true);
  queue.close();
  if (task.waiting) note("loading"); // rather than leave the last picture there, which has been answered
  const loaded = await (task.loaded ?? true);
  if (queue.stopped || queue.task !== task) return;
  showTask(task, loaded);
  area.begin(task);
  area.enableSkip();
  if (loaded) queue.open();
}

/** @param {WorkerQueue} queue */
function nothingToAnswer(queue) {
  queue.task = null;
  queue.close();
  queue.area.control.reset();
}

/**
 * Why there is no task: the worker is to read something first, the server has none, or it is on its way.
 * @param {WorkerQueue} queue
 * @param {string | null} reason
 */
export function explain(queue, reason) {
  const { area, state } = queue;
  area.show(!reason && !state.halted);
  if (state.halted) explainHalt(state, () => showNext(queue));
  else if (reason) explainRefusal(state, reason, $("queue").dataset.mine);
  else note("loading");
}

/**
 * Whoever is paused holds nothing any more: what is here has gone to others.
 * @param {WorkerQueue} queue
 */
export function letGo(queue) {
  queue.supply.drop(() => true);
  nothingToAnswer(queue);
  queue.last.offer(null);
}

/**
 * Nothing goes on before the worker has signed in again, or looked what became of the project.
 * @param {WorkerQueue} queue
 * @param {Problem} problem
 */
export function stop(queue, problem) {
  queue.stopped = true;
  queue.close();
  queue.last.offer(null);
  const kept = queue.outbox.size ? [paragraph("meta", texts.kept)] : [];
  const title = isSignedOut(problem) ? "signed_out" : "stopped";
  note(title, {}, paragraph("meta", problem.detail), ...kept, wayOn(queue, problem));
}

/**
 * @param {WorkerQueue} queue
 * @param {Problem} problem
 */
function wayOn(queue, problem) {
  const signedOut = isSignedOut(problem);
  const link = element("a", signedOut ? texts.sign_in : texts.reload, { className: "button primary" });
  link.href = signedOut ? String($("queue").dataset.signIn) : location.pathname;
  link.addEventListener("click", () => (queue.leaving = true));
  return link;
}

/** @param {Problem} problem */
const isSignedOut = ({ status }) => status === 401;
