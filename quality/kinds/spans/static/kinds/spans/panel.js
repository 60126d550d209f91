// What is around the text: a button a class, the list of marks, how a mark is changed, and what there is to say.

import { element, filled } from "../../tasks/elements.js";
import { colorsOf } from "./colors.js";

/**
 * @import { Mark } from "./code_points.js"
 * @import { Editor } from "./editor.js"
 *
 * @typedef {{ name: string, title: string, key: string, color: string }} Class
 * @typedef {{ mark: Mark, state: string, isSelected: boolean }} Listed
 */

const SHOWN = 3; // marks that a line names
const LONGEST = 40; // characters of a part of the text in a sentence

export class Panel {
  #root;
  #hint;
  #list;

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Class[]} classes
   */
  constructor(root, classes) {
    this.#root = root;
    this.#hint = /** @type {HTMLElement} */ (root.querySelector("[data-hint]"));
    this.#list = /** @type {HTMLElement} */ (root.querySelector("[data-list]"));
    this.classes = classes;
    this.colors = colorsOf(classes);
    this.titles = new Map(classes.map(({ name, title }) => [name, title]));
    for (const button of this.#all("[data-class]")) {
      button.style.setProperty("--class-color", String(this.colors.get(String(button.dataset.class))));
    }
    const words = this.#words;
    words.checked = localStorage.getItem("spans:words") !== "off";
    words.addEventListener("change", () => {
      localStorage.setItem("spans:words", words.checked ? "on" : "off");
      words.blur(); // so that keys go on to mark
    });
  }

  /** Whether words are marked whole. */
  get wholeWords() {
    return this.#words.checked;
  }

  /** Where there is one class only, there is nothing to ask. */
  get onlyClass() {
    return this.classes.length === 1 ? this.classes[0].name : null;
  }

  /**
   * @param {Editor} editor
   * @param {{ give: () => void, nothing: () => void }} does
   */
  connect(editor, { give, nothing }) {
    const clicks = /** @type {[string, (button: HTMLElement) => void][]} */ ([
      ["[data-class]", (button) => editor.classify(String(button.dataset.class))],
      ["[data-move]", ({ dataset }) => editor.move(/** @type {"start" | "end"} */ (dataset.move), Number(dataset.by))],
      ["[data-delete]", () => editor.delete()],
      ["[data-undo]", () => editor.undo()],
      ["[data-redo]", () => editor.redo()],
      ["[data-take]", () => editor.takeOver()],
      ["[data-nothing]", nothing],
      ["[data-give]", give],
    ]);
    for (const [which, action] of clicks) for (const button of this.#all(which)) this.#connect(button, action);
  }

  /**
   * List the marks of the task, each a button that selects it.
   * @param {Listed[]} listed
   * @param {string} text
   * @param {(mark: Mark) => void} select
   */
  list(listed, text, select) {
    this.#list.replaceChildren(...listed.map((each) => this.#item(each, text, select)));
    const selected = listed.find(({ isSelected }) => isSelected);
    const ends = this.#root.querySelector("[data-ends]");
    if (ends instanceof HTMLElement) ends.hidden = !selected || selected.state !== "";
    for (const button of this.#all("[data-class]")) {
      button.ariaPressed = String(selected?.state === "" && selected.mark.class === button.dataset.class);
    }
    for (const button of this.#all("[data-take]")) button.hidden = !listed.some(({ state }) => state === "is-suggested");
  }

  /**
   * @param {string} name of one of the hint's texts
   * @param {Record<string, unknown>} [values]
   */
  say(name, values = {}) {
    this.#hint.textContent = filled(this.#hint.dataset[name] ?? "", values);
  }

  /** @param {string | undefined} answer what a model says, in words */
  sayPrediction(answer) {
    const suggestion = /** @type {HTMLElement | null} */ (this.#root.querySelector("[data-suggested]"));
    if (!suggestion) return; // no model's predictions are shown in this project
    const { suggested = "", none = "" } = suggestion.dataset;
    suggestion.textContent = answer === undefined ? none : filled(suggested, { answer });
  }

  /**
   * The marks in one line, as a sentence names them.
   * @param {Mark[]} marks
   * @param {string} text
   */
  lineOf(marks, text) {
    const { nothingMarked = "", more = "" } = this.#hint.dataset;
    if (!marks.length) return nothingMarked;
    const named = marks.slice(0, SHOWN).map((mark) => this.#named(mark, text));
    return [...named, ...(marks.length > SHOWN ? [filled(more, { n: marks.length - SHOWN })] : [])].join("; ");
  }

  /**
   * @param {Mark} mark
   * @param {string} text
   */
  #named(mark, text) {
    const title = this.titles.get(mark.class) ?? mark.class;
    return filled(this.#hint.dataset.selected ?? "", { title, text: brief(text.slice(mark.start, mark.end)) });
  }

  get #words() {
    return /** @type {HTMLInputElement} */ (this.#root.querySelector("[data-words]"));
  }

  /** @param {string} which */
  #all(which) {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.#root.querySelectorAll(which));
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {(button: HTMLElement) => void} action
   */
  #connect(button, action) {
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // which would end the selection in the text
    button.addEventListener("click", ({ detail }) => {
      if (detail > 0) button.blur();
      action(button);
    });
  }

  /**
   * @param {Listed} listed
   * @param {string} text
   * @param {(mark: Mark) => void} select
   */
  #item({ mark, state, isSelected }, text, select) {
    const button = element("button", this.#named(mark, text), { type: "button", className: state, dir: "auto", ariaPressed: String(isSelected) });
    button.style.setProperty("--class-color", String(this.colors.get(mark.class)));
    button.addEventListener("click", () => select(mark));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}

/** @param {string} text */
export function brief(text) {
  const [...characters] = text.replaceAll(/\s+/g, " ");
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : characters.join("");
}
