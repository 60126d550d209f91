// A text, written into a box. Enter sends it, unless an input method is composing a word; Shift and Enter begin a line.

import { Drafts } from "../../tasks/drafts.js";
import { filled } from "../../tasks/elements.js";
import { TaskDraft } from "../../tasks/task_draft.js";
import { differences, marked } from "../../tasks/text_diff.js";
import { count, faultOf } from "./counting.js";
import { keepInView } from "./keyboard.js";
import { Suggestion } from "./suggestion.js";
import { Writing } from "./writing.js";

/**
 * @import { AnswerControl } from "../../tasks/answer_area.js"
 * @import { Task } from "../../tasks/task.js"
 */

/**
 * @param {HTMLFieldSetElement} root
 * @param {{ max_length: number }} schema
 * @returns {AnswerControl}
 */
export const mount = (root, schema) => new TextBox(root, schema.max_length);

/** @implements {AnswerControl} */
class TextBox {
  #root;
  #most;
  #box;
  #part;
  #drafts;
  #draft;
  #suggestion;
  #writing;
  /** @type {string | undefined} */ #given;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {number} most
   */
  constructor(root, most) {
    this.#root = root;
    this.#most = most;
    this.#box = /** @type {HTMLTextAreaElement} */ (root.querySelector("textarea"));
    /** @param {string} name */
    this.#part = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-${name}]`));
    this.#drafts = Drafts.around(root);
    this.#draft = new TaskDraft(this.#drafts, {});
    this.#suggestion = new Suggestion(root, () => this.#take());
    const does = { changed: () => this.#changed(), send: () => this.#give(), take: () => this.#take() };
    this.#writing = new Writing(this.#box, does);
    this.#connect();
    keepInView(this.#box, root);
    this.keys = new Map([
      ["0", () => this.#nothing()],
      ["t", () => this.#take()],
    ]);
  }

  /** @param {Partial<Task>} task */
  begin(task) {
    this.#draft = new TaskDraft(this.#drafts, task);
    const { text } = this.#draft;
    if (text) this.#write(text);
  }

  ready() {
    this.#writing.ready();
  }

  read() {
    return this.#given;
  }

  /** @param {unknown} answer */
  show(answer) {
    if (this.#box.value === "") this.#write(String(answer));
  }

  /** @param {unknown} answer */
  suggest(answer) {
    this.#suggestion.show(answer, (text) => this.text(text));
  }

  /**
   * @param {unknown} right
   * @param {unknown} given
   */
  correct(right, given) {
    const shown = this.#part("difference");
    shown.replaceChildren(...marked(differences(String(given ?? ""), String(right))));
    shown.hidden = given === right;
  }

  /**
   * @param {unknown} label
   * @param {unknown} answer
   */
  difference(label, answer) {
    return answer === "" ? [document.createTextNode(this.text(answer))] : marked(differences(String(label), String(answer)));
  }

  reset() {
    this.#given = undefined;
    this.#draft = new TaskDraft(this.#drafts, {});
    this.#write("");
    this.#suggestion.hide();
    this.#part("difference").hidden = true;
  }

  /** @param {unknown} answer */
  text(answer) {
    return String(answer) || String(this.#part("nothing").dataset.nothing);
  }

  #connect() {
    this.#part("give").addEventListener("click", () => this.#give());
    this.#part("nothing").addEventListener("click", () => this.#nothing());
  }

  /** Another text than before stands in the box. */
  #changed() {
    this.#say("");
    count(this.#part("count"), this.#box.value, this.#most);
    this.#draft.keep(this.#box.value);
  }

  /** @param {string} text */
  #write(text) {
    this.#box.value = text;
    this.#changed();
  }

  #take() {
    const { text } = this.#suggestion;
    if (text === undefined || this.#box.disabled) return;
    this.#write(text);
    this.#box.focus();
  }

  #nothing() {
    if (this.#box.disabled) return;
    if (this.#box.value.trim()) this.#refuse("full");
    else this.#send("");
  }

  #give() {
    if (this.#box.disabled) return;
    const text = this.#box.value.trim();
    const fault = faultOf(text, this.#most);
    if (fault) this.#refuse(fault);
    else this.#send(text);
  }

  /** @param {string} text */
  #send(text) {
    this.#given = text;
    this.#draft.keep("");
    this.#root.dispatchEvent(new Event("answer"));
  }

  /** @param {"none" | "full" | "long"} name */
  #refuse(name) {
    this.#say(filled(String(this.#part("faults").dataset[name]), { most: this.#most }));
    this.#box.focus();
  }

  /** @param {string} fault */
  #say(fault) {
    this.#part("faults").textContent = fault;
    this.#box.ariaInvalid = fault ? "true" : null;
  }
}
