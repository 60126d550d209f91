// What the worker reads in the task's place: what comes before work, and why the server gives no task.

import { $, button, element, fill, paragraph, texts } from "./elements.js";
import { note } from "./stage.js";

/** @import { Exam, WorkerState } from "./worker_state.js" */

const UNITS = /** @type {const} */ ([["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]);

/** @param {number} share */
const percent = (share) => `${Math.floor(100 * share + 1e-9)}%`;

/** @param {Date} date */
const asTime = (date) =>
  date.toLocaleString([], {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });

/**
 * So many seconds in the largest unit that measures them whole, in words.
 * @param {number} seconds
 */
function duration(seconds) {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? ["second", 1];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

/**
 * Say what halts the worker.
 * @param {WorkerState} state
 * @param {() => void} goOn is called when that is over
 */
export function explainHalt(state, goOn) {
  if (state.phase === "training") explainTraining(state, goOn);
  else if (state.own.exam) explainExam(state, state.own.exam, goOn);
}

/**
 * @param {WorkerState} state
 * @param {() => void} goOn
 */
function explainTraining(state, goOn) {
  const { training, exam } = state.own;
  const then = exam ? [paragraph("", fill("exam_after", rules(exam))), ...chances(exam)] : [];
  note("training_due", { tasks: training?.of }, ...then, begin("training_start", state, goOn));
}

/**
 * @param {WorkerState} state
 * @param {Exam} exam
 * @param {() => void} goOn
 */
function explainExam(state, exam, goOn) {
  const start = begin("exam_start", state, goOn);
  if (state.passed) note("exam_passed", rules(exam), button("go_on", () => toldOfPassing(state, goOn)));
  else if (exam.state === "failed") note("exam_failed", rules(exam), paragraph("meta", texts.exam_over));
  else if (exam.state === "waiting") note("exam_failed", rules(exam), again(exam), ...chances(exam));
  else note(exam.score === null ? "exam_due" : "exam_failed", rules(exam), ...chances(exam), start);
}

/** @param {Exam} exam */
function rules({ score, score_to_pass, tasks }) {
  return { tasks, score: percent(score ?? 0), percent: `${Math.ceil(100 * score_to_pass - 1e-9)}%` };
}

/**
 * How often the exam may be tried, how soon again, and what follows if it is never passed.
 * @param {Exam} exam
 */
function chances({ attempts_left, cooldown_seconds }) {
  const attempts = paragraph("meta", fill("exam_attempts", { n: attempts_left }));
  if (attempts_left <= 1) return [attempts, paragraph("meta", texts.exam_last)];
  if (!cooldown_seconds) return [attempts];
  return [attempts, paragraph("meta", fill("exam_pause", { pause: duration(cooldown_seconds) }))];
}

/** @param {Exam} exam */
function again({ again_at }) {
  return paragraph("meta", fill("exam_again", { time: asTime(new Date(again_at ?? "")) }));
}

/**
 * @param {string} name
 * @param {WorkerState} state
 * @param {() => void} goOn
 */
function begin(name, state, goOn) {
  return button(name, () => {
    state.begin();
    goOn();
  });
}

/**
 * @param {WorkerState} state
 * @param {() => void} goOn
 */
function toldOfPassing(state, goOn) {
  state.passed = false;
  goOn();
}

/**
 * Say why the server gives no task.
 * @param {WorkerState} state
 * @param {string} reason
 * @param {string} [minePath] the page that says what can be done about a pause
 */
export function explainRefusal(state, reason, minePath) {
  const { answered_today, limits, paused } = state.own;
  const day = limits.responses_per_day;
  if (reason === "quota" && day !== null && answered_today >= day) {
    note("quota_day", { n: day, time: asTime(midnightAfter(state.now)) });
  } else if (reason === "paused") {
    const why = paused?.reason ? [paragraph("", fill("paused_reason", { reason: paused.reason }))] : [];
    note("paused", {}, ...why, element("a", texts.paused_link, { href: minePath, className: "button" }));
  } else if (reason === "skill") {
    note("skill", {}, $("skill-giver").content.cloneNode(true));
  } else {
    note(reason);
  }
}

/**
 * When the next day begins, in UTC.
 * @param {number} time
 */
function midnightAfter(time) {
  const now = new Date(time);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}
