// Leases end. The one that is looked at is kept for as long as somebody works at it; the others are handed back when
// the page is left, so that somebody else gets them at once.

import { call } from "./api.js";

const KEPT_FROM = 0.6; // of a lease, when it is given its full time again
const LOOK = 1000; // milliseconds
const TOO_SHORT = 2000; // milliseconds: a task is not shown for less

let used = Date.now();
const noteUse = () => (used = Date.now());
for (const sign of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
  addEventListener(sign, noteUse, { passive: true });
}

/** Note of a task when its lease began for us and when it ends, by the clock of the leases. */
export function dated(task, now) {
  return Object.assign(task, { from: now, seenAt: Date.now(), ends: Date.parse(task.expires_at) });
}

export const hasEnded = (task, now) => now > task.ends - Math.min(TOO_SHORT, (task.ends - task.from) / 4);

/** `queue`: `shown()` is the task looked at, `ahead()` those fetched and not shown; `ended()` is called when one of these
 * has to be replaced, `lost(task)` when the one looked at was given away. */
export function tend(standing, queue) {
  setInterval(() => {
    const task = queue.shown();
    const now = standing.now;
    if (task) keep(task, now, standing, queue);
    const isWorkedAt = !document.hidden && task && used > task.seenAt;
    if (isWorkedAt && queue.ahead().some((waiting) => hasEnded(waiting, now))) queue.ended();
  }, LOOK);
}

async function keep(task, now, standing, queue) {
  const isDue = now - task.from > KEPT_FROM * (task.ends - task.from);
  if (!isDue || document.hidden || used < task.seenAt || task.asked) return;
  task.asked = true;
  const { token } = task;
  try {
    const { expires_at } = await call("POST", `/assignments/${token}/extend`);
    dated(Object.assign(task, { expires_at }), standing.now);
  } catch (problem) {
    if (!problem.passes && task.token === token) queue.lost(task);
  } finally {
    task.asked = false;
  }
}

/** Which tasks the page that was here before handed back: the server may still list them. */
export function handedBackBefore(key) {
  const tokens = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  sessionStorage.removeItem(key);
  return tokens;
}

export function handBack(tasks, key) {
  const tokens = tasks.map((task) => task.token);
  for (const token of tokens) call("POST", `/assignments/${token}/return`, undefined, { keepalive: true }).catch(() => {});
  sessionStorage.setItem(key, JSON.stringify(tokens));
}
