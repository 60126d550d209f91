// Where the worker answers: the control of the project's kind of answer, the button to skip, and the reasons for that.

import { $, read } from "./elements.js";

/**
 * What a kind of answer gives the page. Its module exports `mount(root, schema)`, which takes up what the kind's template
 * `input.html` has put into `root`, and returns this. The control fires "answer" at `root` whenever the worker has given
 * one. While there is nothing to answer the page disables every button and field in `root`; a control made of something
 * else looks at the `ariaDisabled` of `root`.
 *
 * @import { Shown } from "./task.js"
 *
 * @typedef {object} AnswerControl
 * @property {(task: Shown, stage: HTMLElement) => void} [begin] take up the task that the stage shows; a control may draw
 *   it anew there
 * @property {() => void} [ready] the task that was begun can be answered from now on
 * @property {() => unknown} read the answer that is given; undefined while none is
 * @property {(answer: unknown) => void} show the answer that the worker had given before
 * @property {(answer: unknown) => void} suggest an answer that a model predicts; undefined where it predicts none
 * @property {(right: unknown, given: unknown) => void} correct an answer: show what is right beside what was given
 * @property {() => void} reset all that was given and shown
 * @property {(answer: unknown) => string} text of an answer, as the page says it in a sentence
 * @property {(label: unknown, answer: unknown) => Node[]} [difference] of an answer from the label, as reviewers see it
 * @property {Map<string, () => void>} [keys] what each key does; they go before the keys of the page
 */

const AROUND = /** @type {const} */ (["answers", "skip", "reasons"]);

export class AnswerArea {
  /** @param {AnswerControl} control */
  constructor(control) {
    this.control = control;
    this.enable(false);
    $("answers").disabled = false; // as it is until the script is there
  }

  /** With the control of the kind that the page names. */
  static async load() {
    const root = $("answers");
    const { mount } = await import(/** @type {string} */ (root.dataset.control));
    return new AnswerArea(mount(root, read("schema")));
  }

  /**
   * Where there is nothing to answer there are no buttons for it. To take back what was done last stays possible.
   * @param {boolean} on
   */
  show(on) {
    for (const part of AROUND) $(part).hidden = !on;
  }

  /**
   * Each button and field by itself: by that of the fieldset, whoever has come to one by keys would be sent away from it.
   * @param {boolean} on
   */
  enable(on) {
    const root = $("answers");
    for (const part of /** @type {Iterable<HTMLButtonElement>} */ (root.elements)) part.disabled = !on;
    root.ariaDisabled = String(!on);
    $("skip").disabled = !on;
    if (on) this.control.ready?.();
  }

  /** A task whose picture does not load can still be skipped. */
  enableSkip() {
    $("skip").disabled = false;
  }

  get canSkip() {
    return !$("skip").disabled;
  }

  /**
   * Begin with a task: what the worker answered before, and what a model predicts, where the worker is to know.
   * @param {Shown} task
   */
  begin(task) {
    const { former, suggestion } = task;
    this.control.reset();
    this.control.begin?.(task, $("stage"));
    if (former !== undefined) this.control.show(former);
    this.control.suggest(suggestion);
  }
}
