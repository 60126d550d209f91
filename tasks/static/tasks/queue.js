// The worker's queue, on top of the public API alone. At work a few tasks are always fetched ahead, pictures included,
// so that a key press shows the next one at once; the answer goes to the server meanwhile (see outbox.js).

import { Problem, call } from "./api.js";
import { Choices } from "./choices.js";
import { connect, rememberInstructions } from "./controls.js";
import { Correction } from "./correction.js";
import { LastDone } from "./last.js";
import { dated, tend } from "./leases.js";
import { Outbox, isAnswer } from "./outbox.js";
import { $, announce, element, fill, note, paragraph, say, showTask, texts } from "./stage.js";
import { Standing } from "./standing.js";
import { Supply } from "./supply.js";

const AHEAD = 3; // tasks kept ready beyond the one shown
const LOOK_AGAIN = 3000; // milliseconds, while there is nothing to do

const { slug, worker, signIn, mine, undoSeconds } = $("queue").dataset;
const choices = new Choices();
const last = new LastDone(Number(undoSeconds));
const standing = new Standing(slug, JSON.parse($("standing").textContent));
const correction = new Correction(choices);

let current = null;
let shownAt = null; // null while there is nothing to answer
let checked = null; // the token of a training task whose correction is on its way
let stopped = false;
let leaving = false;

// Sending and fetching. In training and in the exam one task comes at a time: each may change what the next one is for,
// and one that was fetched and never looked at would count against the worker.

const outbox = new Outbox(`outbox:${slug}:${worker}`, {
  send({ token, answer, seconds, reason, undo }, again) {
    if (again) supply.heardNothing();
    if (undo) return call("DELETE", `/assignments/${token}/response`);
    if (reason !== undefined) return call("POST", `/assignments/${token}/skip`, { reason });
    const full = { training: 0, exam: 1, work: AHEAD }[standing.phase];
    return call("PUT", `/assignments/${token}/response${supply.size < full ? "?next=1" : ""}`, { answer, seconds });
  },
  async sent(item, reply) {
    if (item.undo) {
      takenBack(item, reply);
      return;
    }
    if (standing.phase !== "work" || reply?.correction) await standing.refresh();
    if (standing.halted) last.offer(null);
    if (reply?.correction) correct(item, reply.correction);
    else goOnAfter(item);
    supply.heardOfAnswer();
    if (reply?.next) supply.accept(reply.next);
    else supply.fetch();
  },
  refused(item, problem) {
    if (item.undo) undoRefused(item);
    else notKept(item, problem);
    goOnAfter(item);
    supply.fetch();
  },
  stopped: stop,
  changed(size, retrying) {
    $("unsent").hidden = size === 0;
    $("unsent").textContent = fill(retrying ? "retrying" : "sending", { n: size });
    $("unsent").classList.toggle("at-once", retrying);
  },
});

const supply = new Supply({
  slug,
  key: `returned:${slug}:${worker}`,
  tokens: outbox.tokens,
  standing,
  hooks: {
    wanted() {
      if (stopped || standing.halted) return 0;
      if (standing.phase === "work") return AHEAD - supply.size + (current ? 0 : 1);
      return !outbox.size && !supply.size && (!current || correction.isOpen) ? 1 : 0;
    },
    arrived(reason) {
      if (reason === "paused") letGo();
      if (current) return;
      if (supply.size && !standing.halted) showNext();
      else if (standing.halted || reason) explain(reason);
    },
    failed(problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!problem.passes) stop(problem);
      else if (!current) note("offline");
    },
  },
});

let done = standing.answeredToday + outbox.answers;

// Showing

function showNext() {
  const task = standing.halted ? null : supply.take();
  if (task) {
    show(task);
    return;
  }
  nothingToAnswer();
  explain(null);
  queueMicrotask(() => supply.fetch()); // when what was answered is in the outbox
}

function nothingToAnswer() {
  current = shownAt = null;
  choices.enable(false);
  choices.unmark();
}

/** Why there is no task: the worker is to read something first, the server has none, or it is on its way. */
function explain(reason) {
  choices.show(!reason && !standing.halted);
  if (standing.halted) standing.explainHalt(showNext);
  else if (reason) standing.explainRefusal(reason, mine);
  else note("loading");
}

async function show(task) {
  current = task;
  shownAt = null;
  choices.show(true);
  choices.enable(false);
  if (task.waiting) note("loading"); // rather than leave the last picture there, which has been answered
  const loaded = await (task.loaded ?? true);
  if (stopped || current !== task) return;
  showTask(task, loaded);
  choices.mark(task);
  $("skip").disabled = false;
  if (!loaded) return;
  choices.enable(true);
  shownAt = performance.now();
}

/** Whoever is paused holds nothing any more: what is here has gone to others. */
function letGo() {
  supply.drop(() => true);
  nothingToAnswer();
  last.offer(null);
}

/** Nothing goes on before the worker has signed in again, or looked what became of the project. */
function stop(problem) {
  stopped = true;
  shownAt = null;
  choices.enable(false);
  last.offer(null);
  const signedOut = problem.status === 401;
  const link = element("a", signedOut ? texts.sign_in : texts.reload, { className: "button primary" });
  link.href = signedOut ? signIn : location.pathname;
  link.addEventListener("click", () => (leaving = true));
  const kept = outbox.size ? [paragraph("meta", texts.kept)] : [];
  note(signedOut ? "signed_out" : "stopped", {}, paragraph("meta", problem.detail), ...kept, link);
}

// Answering

function answer(button) {
  if (correction.isOpen) correction.close();
  else if (shownAt !== null) give(button);
}

function give(button) {
  const seconds = Math.round((performance.now() - shownAt) / 10) / 100;
  button.animate?.([{ filter: "brightness(.8)", scale: .96 }, {}], 180);
  const given = { item: { token: current.token, answer: button.dataset.answer, seconds }, task: current };
  count(1);
  if (standing.phase === "training") {
    check(given.item);
  } else {
    finish(given.item);
    last.offer(given);
  }
}

function count(change) {
  done += change;
  $("done").textContent = fill("done", { n: done });
}

function skip(reason) {
  if (!current || $("skip").disabled) return;
  const skipped = { item: { token: current.token, reason }, task: current };
  finish(skipped.item);
  last.offer(skipped);
}

function finish(item) {
  $("trouble").hidden = true;
  $("reasons").open = false;
  announce("");
  showNext();
  outbox.add(item);
}

// Training: the next task is not shown before the correction of this one.

function check(item) {
  last.offer(null);
  $("trouble").hidden = true;
  announce(texts.checking);
  shownAt = null;
  choices.enable(false);
  checked = item.token;
  outbox.add(item);
}

function correct(item, verdict) {
  checked = null;
  announce("");
  if (current && current.token !== item.token) supply.putBack(current);
  shownAt = null;
  choices.enable(false);
  correction.open(item.answer, verdict, () => {
    if (standing.phase === "work") announce(texts.training_over);
    showNext();
  });
}

/** No correction came after all. */
function goOnAfter(item) {
  if (checked !== item.token) return;
  checked = null;
  announce("");
  showNext();
}

// Undo: at once in the page, and in its turn at the server, which gives the task out again under another token.

function undo() {
  const done = last.take();
  if (!done) return;
  const { item, task } = done;
  if (!outbox.withdraw(item)) outbox.add({ token: item.token, former: item.answer, undo: true });
  if (isAnswer(item.answer)) count(-1);
  if (task) showAgain(Object.assign(task, { former: item.answer }));
}

function showAgain(task) {
  if (current) supply.putBack(current);
  show(task);
  const { former } = task;
  announce(isAnswer(former) ? fill("taken_back", { answer: choices.title(former) }) : texts.skip_taken_back);
}

/** Everything here that still goes by the former token goes by the new one now. */
function takenBack({ token, former }, assignment) {
  supply.knows(assignment.token);
  supply.drop((task) => task.token === assignment.token); // it was listed before we heard of it
  const holders = [current, last.task, ...supply.tasks].filter((task) => task?.token === token);
  const { token: newToken, expires_at } = assignment;
  for (const task of holders) dated(Object.assign(task, { token: newToken, expires_at }), standing.now);
  if (outbox.readdress(token, newToken) || holders.length || current?.token === newToken) return;
  supply.add(assignment, { former }); // it was done, or taken back, before the page was loaded again
  showAgain(supply.take());
}

/** Closed is no fault of the worker's: the time was over and somebody else has answered, or another window has. */
function notKept(item, problem) {
  if (isAnswer(item.answer)) count(-1);
  last.forget(item.token);
  if (problem.status === 409 || problem.status === 404) announce(isAnswer(item.answer) ? texts.not_kept : "");
  else say(fill("refused", { detail: problem.detail }));
}

function undoRefused({ token, former }) {
  count(isAnswer(former) - outbox.forget(token));
  last.forget(token);
  supply.drop((task) => task.token === token);
  if (current?.token === token) showNext();
  announce("");
  say(isAnswer(former) ? texts.undo_closed : texts.skip_closed);
}

// Coming and going

async function lookAgain() {
  if (document.hidden || stopped) return;
  await standing.refreshIfDue();
  if (!current && standing.halted) explain(null);
  else supply.fetch();
}

connect(choices.buttons, { answer, skip, undo, goOn: () => correction.close(), reads: () => correction.isOpen });
rememberInstructions(slug);
tend(standing, {
  shown: () => (shownAt === null ? null : current),
  ahead: () => supply.tasks,
  ended() {
    supply.dropEnded();
    supply.fetch();
  },
  lost(task) {
    if (current !== task) return;
    showNext();
    announce(texts.lease_over);
  },
});
addEventListener("beforeunload", (event) => {
  if (outbox.size && !leaving) event.preventDefault();
});
// The task that is shown is kept: to reload the page is to leave it, too.
addEventListener("pagehide", () => {
  if (standing.phase === "work") supply.handBack();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) lookAgain();
});

/** After the page was loaded again, offer to take back what was done before, if nothing was left to be sent since. */
function offerAgain() {
  const { undo } = standing;
  if (!undo || outbox.size || standing.halted) return;
  last.offer({ item: { token: undo.token, answer: undo.answer ?? undefined } }, undo.seconds);
}

// Begin: send what an earlier visit left unsent, take up the tasks it held, then go on.
count(0);
offerAgain();
outbox.flush();
lookAgain();
setInterval(() => !current && lookAgain(), LOOK_AGAIN);
document.addEventListener("visibilitychange", () => !current && lookAgain());
