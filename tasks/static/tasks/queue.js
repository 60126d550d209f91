// The worker's queue, on top of the public API alone: begins it, and goes on when the worker comes back to the page.

import { AnswerArea } from "./answer_area.js";
import { answer, skip } from "./answering.js";
import { connect, rememberInstructions } from "./controls.js";
import { $, announce, read, texts } from "./elements.js";
import { LeaseKeeper } from "./leases.js";
import { explain, showNext } from "./showing.js";
import { offerAgain, undo } from "./undoing.js";
import { WorkerQueue } from "./worker_queue.js";
import { listen } from "./zoom_keys.js";

/** @import { Task } from "./task.js" */

const LOOK_AGAIN = 3000; // milliseconds, while there is nothing to do

const queue = new WorkerQueue(await AnswerArea.load(), read("own-work"));
const { correction, outbox, state, supply } = queue;

async function lookAgain() {
  if (document.hidden || queue.stopped) return;
  await state.refreshIfDue();
  if (!queue.task && state.halted) explain(queue, null);
  else supply.fetch();
}

/**
 * The task that is shown was given to somebody else.
 * @param {Task} task
 */
function lost(task) {
  if (queue.task !== task) return;
  showNext(queue);
  announce(texts.lease_over);
}

function replaceEnded() {
  supply.dropEnded();
  supply.fetch();
}

connect(queue.area.control, {
  answer: () => answer(queue),
  skip: (reason) => skip(queue, reason),
  undo: () => undo(queue),
  goOn: () => correction.close(),
  reads: () => correction.isOpen,
});
listen();
rememberInstructions(String($("queue").dataset.slug));
const shown = () => (queue.since === null ? null : queue.task);
const keeper = new LeaseKeeper(state, { shown, ahead: () => supply.tasks, ended: replaceEnded, lost });

addEventListener("beforeunload", (event) => {
  if (outbox.size && !queue.leaving) event.preventDefault();
});
// The task that is shown is kept: to reload the page is to leave it, too.
addEventListener("pagehide", () => {
  if (state.phase === "work") supply.handBack();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) lookAgain();
});
document.addEventListener("visibilitychange", () => queue.task || lookAgain());

// Begin: send what an earlier visit left unsent, take up the tasks it held, then go on.
offerAgain(queue);
outbox.flush();
lookAgain();
keeper.start();
setInterval(() => queue.task || lookAgain(), LOOK_AGAIN);
