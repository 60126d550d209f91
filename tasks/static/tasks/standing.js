// Where the worker stands in the project: in training, before or in an exam, or at work; within which limits.

import { call } from "./api.js";
import { $, button, element, fill, note, paragraph, texts } from "./stage.js";

const percent = (share) => `${Math.floor(100 * share + 1e-9)}%`;
const asTime = (date) => date.toLocaleString([], { dateStyle: "short", timeStyle: "short" });

export class Standing {
  #path;
  #own;
  #drift;
  #begun = false;
  #passed = false; // and the worker has not been told yet

  /** `own` is what the API says of one's own work, as it was no later than when this page was asked for. */
  constructor(slug, own) {
    this.#path = `/projects/${slug}/work`;
    this.#own = own;
    this.#drift = Date.parse(own.time) - performance.timeOrigin;
    this.#show();
  }

  get phase() {
    return this.#own.phase;
  }

  /** Milliseconds since 1970 by the clock that leases go by, and rather too many than too few. */
  get now() {
    return Date.now() + this.#drift;
  }

  /** Whether there is something the worker has to read, or wait for, before the next task. */
  get halted() {
    return this.#passed || (this.phase === "exam" && this.#own.exam.state !== "under_way" && !this.#begun);
  }

  async refresh() {
    const before = this.#own.exam?.state;
    try {
      this.#own = await call("GET", this.#path);
    } catch {
      return; // what is asked of the server next says more
    }
    const state = this.#own.exam?.state;
    if (state !== "due") this.#begun = false;
    if (state === "passed" && before !== "passed") this.#passed = true;
    this.#show();
  }

  /** Look again if what the worker waits for may be over. */
  async refreshIfDue() {
    const again = this.#own.exam?.again_at;
    if (again && this.now > Date.parse(again)) await this.refresh();
  }

  /** Say what halts the worker; `goOn` is called when that is over. */
  explainHalt(goOn) {
    const { state, score, score_to_pass, tasks, attempts_left } = this.#own.exam;
    const values = { tasks, score: percent(score ?? 0), percent: `${Math.ceil(100 * score_to_pass - 1e-9)}%` };
    const begin = () => {
      this.#begun = true;
      goOn();
    };
    const attempts = paragraph("meta", fill("exam_attempts", { n: attempts_left }));
    if (this.#passed) note("exam_passed", values, button("go_on", () => this.#toldOfPassing(goOn)));
    else if (state === "failed") note("exam_failed", values, paragraph("meta", texts.exam_over));
    else if (state === "waiting") note("exam_failed", values, this.#again(), attempts);
    else if (score === null) note("exam_due", values, attempts, button("exam_start", begin));
    else note("exam_failed", values, attempts, button("exam_start", begin));
  }

  #toldOfPassing(goOn) {
    this.#passed = false;
    goOn();
  }

  #again() {
    return paragraph("meta", fill("exam_again", { time: asTime(new Date(this.#own.exam.again_at)) }));
  }

  /** Say why the server gives no task. */
  explainRefusal(reason, minePath) {
    const { answered_today, limits, paused } = this.#own;
    const day = limits.responses_per_day;
    if (reason === "quota" && day !== null && answered_today >= day) {
      note("quota_day", { n: day, time: asTime(this.#midnight()) });
    } else if (reason === "paused") {
      const why = paused?.reason ? [paragraph("", fill("paused_reason", { reason: paused.reason }))] : [];
      note("paused", {}, ...why, element("a", texts.paused_link, { href: minePath, className: "button" }));
    } else if (reason === "skill") {
      note("skill", {}, $("skill-giver").content.cloneNode(true));
    } else {
      note(reason);
    }
  }

  /** When the next day begins, in UTC. */
  #midnight() {
    const now = new Date(this.now);
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  }

  #show() {
    const { training, exam } = this.#own;
    const progress =
      this.phase === "training" ? fill("training_progress", training)
      : this.phase === "exam" && exam.state === "under_way" ? fill("exam_progress", { done: exam.answered, of: exam.tasks })
      : "";
    $("phase").textContent = progress;
    $("phase").hidden = !progress;
  }
}
