// Where the worker stands in the project: in training, before or in an exam, or at work; within which limits.

import { call } from "./api.js";
import { $, button, element, fill, note, paragraph, texts } from "./stage.js";

const percent = (share) => `${Math.floor(100 * share + 1e-9)}%`;
const asTime = (date) =>
  date.toLocaleString([], {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** So many seconds in the largest unit that measures them whole, in words. */
function duration(seconds) {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0);
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

export class Standing {
  #path;
  #own;
  #drift;
  #begun = false; // the exam, or the training, after having read what it is
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

  get answeredToday() {
    return this.#own.answered_today;
  }

  /** What was done last, as `{token, answer}`, and for how many seconds it can be taken back; null if it can't be. */
  get undo() {
    const { undo } = this.#own;
    return undo && { ...undo, seconds: (Date.parse(undo.until) - this.now) / 1000 };
  }

  /** Milliseconds since 1970 by the clock that leases go by, and rather too many than too few. */
  get now() {
    return Date.now() + this.#drift;
  }

  /** Whether there is something the worker has to read, or wait for, before the next task. */
  get halted() {
    if (this.#passed) return true;
    if (this.#begun) return false;
    const { phase, training, exam } = this.#own;
    return phase === "training" ? training.done === 0 : phase === "exam" && exam.state !== "under_way";
  }

  async refresh() {
    const { phase, exam } = this.#own;
    const before = exam?.state;
    try {
      this.#own = await call("GET", this.#path);
    } catch {
      return; // what is asked of the server next says more
    }
    const state = this.#own.exam?.state;
    if (this.phase !== phase || (this.phase === "exam" && state !== "due")) this.#begun = false;
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
    if (this.phase === "training") this.#explainTraining(goOn);
    else this.#explainExam(goOn);
  }

  #explainTraining(goOn) {
    const { training, exam } = this.#own;
    const then = exam ? [paragraph("", fill("exam_after", this.#rules)), ...this.#chances()] : [];
    note("training_due", { tasks: training.of }, ...then, this.#begin("training_start", goOn));
  }

  #explainExam(goOn) {
    const { state, score } = this.#own.exam;
    const rules = this.#rules;
    const start = this.#begin("exam_start", goOn);
    if (this.#passed) note("exam_passed", rules, button("go_on", () => this.#toldOfPassing(goOn)));
    else if (state === "failed") note("exam_failed", rules, paragraph("meta", texts.exam_over));
    else if (state === "waiting") note("exam_failed", rules, this.#again(), ...this.#chances());
    else if (score === null) note("exam_due", rules, ...this.#chances(), start);
    else note("exam_failed", rules, ...this.#chances(), start);
  }

  get #rules() {
    const { score, score_to_pass, tasks } = this.#own.exam;
    return { tasks, score: percent(score ?? 0), percent: `${Math.ceil(100 * score_to_pass - 1e-9)}%` };
  }

  /** How often the exam may be tried, how soon again, and what follows if it is never passed. */
  #chances() {
    const { attempts_left, cooldown_seconds } = this.#own.exam;
    const attempts = paragraph("meta", fill("exam_attempts", { n: attempts_left }));
    if (attempts_left <= 1) return [attempts, paragraph("meta", texts.exam_last)];
    if (!cooldown_seconds) return [attempts];
    return [attempts, paragraph("meta", fill("exam_pause", { pause: duration(cooldown_seconds) }))];
  }

  #begin(name, goOn) {
    return button(name, () => {
      this.#begun = true;
      goOn();
    });
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
