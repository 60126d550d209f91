// Spans of a text, marked by pointer, touch or keys. What is given counts Unicode code points; within the page places are
// units of UTF-16 (code_points.js).

import { Drafts } from "../../tasks/drafts.js";
import { TaskDraft } from "../../tasks/task_draft.js";
import { CodePoints } from "./code_points.js";
import { Editor } from "./editor.js";
import { Panel } from "./panel.js";

/**
 * @import { AnswerControl } from "../../tasks/answer_area.js"
 * @import { Task } from "../../tasks/task.js"
 * @import { Mark } from "./code_points.js"
 *
 * @typedef {{
 *   classes: { name: string, title: string, key: string, color: string }[], keys: { nothing: string, take: string },
 * }} Asked
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {Asked} schema
 * @returns {AnswerControl}
 */
export const mount = (root, schema) => new SpansControl(root, schema);

/** @implements {AnswerControl} */
class SpansControl {
  #root;
  #panel;
  #editor;
  #drafts;
  #draft;
  #points = new CodePoints("");
  #saysNothing = false;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Asked} schema
   */
  constructor(root, schema) {
    this.#root = root;
    this.#panel = new Panel(root, schema.classes);
    const { slug = "", worker = "" } = /** @type {HTMLElement | null} */ (root.closest("#queue"))?.dataset ?? {};
    this.#drafts = new Drafts(`${slug}:${worker}`);
    this.#draft = new TaskDraft(this.#drafts, {});
    this.#editor = new Editor(this.#panel, () => root.ariaDisabled !== "true", () => this.#keep());
    this.#panel.connect(this.#editor, { give: () => this.#give(), nothing: () => this.#giveNothing() });
    this.keys = this.#keysOf(schema);
    document.addEventListener("keydown", (event) => this.#undoes(event) && event.preventDefault());
  }

  /**
   * @param {Partial<Task>} task without a token if it is only tried
   * @param {HTMLElement} stage
   */
  begin(task, stage) {
    const { data = {} } = task;
    const text = typeof data.text === "string" ? data.text : "";
    this.#points = new CodePoints(text);
    const view = this.#editor.begin(text);
    stage.querySelector(".task-text")?.replaceWith(view);
    this.#draft = new TaskDraft(this.#drafts, task);
    if (this.#draft.text) this.#editor.show(this.#placed(JSON.parse(this.#draft.text)));
  }

  read() {
    const marks = this.#editor.marks;
    return marks.length || this.#saysNothing ? this.#points.toPoints([...marks]) : undefined;
  }

  /** @param {unknown} answer */
  show(answer) {
    this.#editor.show(this.#placed(answer));
  }

  /** @param {unknown} answer */
  suggest(answer) {
    const marks = this.#placed(answer);
    this.#editor.suggest(marks);
    this.#panel.sayPrediction(answer ? this.text(answer) : undefined);
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    this.#editor.correct(this.#placed(right), this.#placed(given));
  }

  reset() {
    this.#saysNothing = false;
    this.#editor.reset();
  }

  /** @param {unknown} answer in code points */
  text(answer) {
    return this.#panel.lineOf(this.#placed(answer), this.#editor.text);
  }

  /**
   * @param {unknown} answer
   * @returns {Mark[]}
   */
  #placed(answer) {
    return Array.isArray(answer) ? this.#points.toUnits(answer) : [];
  }

  /** @param {Asked} schema */
  #keysOf({ classes, keys }) {
    const editor = this.#editor;
    /** @type {Map<string, () => void>} */
    const does = new Map([
      ["Enter", () => this.#give()], ["Delete", () => editor.delete()], ["Backspace", () => editor.delete()],
      ["Escape", () => editor.letGo()],
    ]);
    for (const { key, name } of classes) if (key) does.set(key, () => editor.classify(name));
    if (keys.nothing) does.set(keys.nothing, () => this.#giveNothing());
    if (keys.take) does.set(keys.take, () => editor.takeOver());
    return does;
  }

  #give() {
    if (!this.#editor.isOpen) return;
    if (this.#editor.marks.length) this.#send();
    else this.#panel.say("unmarked");
  }

  #send() {
    this.#draft.keep("");
    this.#root.dispatchEvent(new Event("answer"));
  }

  /** What is marked so far stays on this device until it is given. */
  #keep() {
    const { marks } = this.#editor;
    this.#draft.keep(marks.length ? JSON.stringify(this.#points.toPoints([...marks])) : "");
  }

  #giveNothing() {
    if (!this.#editor.isOpen) return;
    this.#saysNothing = !this.#editor.marks.length;
    if (this.#saysNothing) this.#send();
    else this.#panel.say("marked");
  }

  /**
   * Marks are undone as text is elsewhere; that the last answer is taken back is another key of the page.
   * @param {KeyboardEvent} event
   */
  #undoes({ key, ctrlKey, metaKey, shiftKey, altKey }) {
    if (!(ctrlKey || metaKey) || altKey || !this.#editor.isOpen) return false;
    if (key.toLowerCase() === "y" || (key.toLowerCase() === "z" && shiftKey)) this.#editor.redo();
    else if (key.toLowerCase() === "z") this.#editor.undo();
    else return false;
    return true;
  }
}
