// Which of two items is better: both side by side, and a button for each answer.

import { AnswerButtons } from "../../tasks/answer_buttons.js";
import { element } from "../../tasks/elements.js";
import { wordsOf } from "../../tasks/stage.js";
import { differences, marked } from "../../tasks/text_diff.js";
import { Zoom } from "../../tasks/zoom.js";
import { use } from "../../tasks/zoom_keys.js";
import { link } from "./linked.js";

/**
 * @import { Picture, Shown } from "../../tasks/task.js"
 *
 * @typedef {{ text: string, title: string, key: string, arrow: string }} Button
 */

const ARROWS = /** @type {Record<string, string>} */ ({ "←": "ArrowLeft", "↑": "ArrowUp", "→": "ArrowRight" });
const SIDES = /** @type {const} */ (["a", "b"]); // as this worker sees them

/**
 * @param {HTMLFieldSetElement} root
 * @param {{ buttons: Button[] }} schema
 */
export const mount = (root, { buttons }) => new Sides(root, buttons);

class Sides extends AnswerButtons {
  #titles;
  #differ;
  /** @type {HTMLElement[]} */ #texts = [];

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Button[]} buttons
   */
  constructor(root, buttons) {
    super(root, buttons.map(({ text, title }) => ({ answer: text, title, text })));
    this.#titles = new Map(buttons.map(({ text, title }) => [text, title]));
    this.#differ = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-differ]"));
    this.#differ?.addEventListener("click", () => this.#mark(this.#differ?.ariaPressed !== "true"));
    for (const { key, arrow } of buttons) {
      const press = this.keys.get(key);
      if (press) this.keys.set(ARROWS[arrow], press);
    }
  }

  /**
   * @param {Shown} task
   * @param {HTMLElement} stage
   */
  begin({ data, views = [] }, stage) {
    const { a, b, ...asked } = data;
    const question = wordsOf(asked);
    const zooms = new Map(views.map((view) => [view.field, this.#zoom(view)]));
    const sides = element("div", "", { className: "sides" });
    sides.append(...[a, b].map((item, place) => this.#side(SIDES[place], item, zooms.get(SIDES[place]))));
    stage.replaceChildren(...(question.hasChildNodes() ? [question] : []), sides);
    for (const zoom of zooms.values()) zoom.resize();
    link([...zooms.values()]);
    use([...zooms.values()]);
    this.#texts = /** @type {HTMLElement[]} */ ([...sides.querySelectorAll(".task-text")]);
    if (this.#differ) this.#differ.hidden = this.#texts.length < 2;
    if (this.#texts.length === 2) this.#mark(this.#differ?.ariaPressed === "true");
  }

  /** @param {Picture} view */
  #zoom(view) {
    view.element.alt = this.#titles.get(view.field) ?? view.element.alt;
    return new Zoom(view);
  }

  /**
   * Where the two texts differ, or plain ones again; who wants to see it sees it in the next task, too.
   * @param {boolean} on
   */
  #mark(on) {
    if (this.#differ) this.#differ.ariaPressed = String(on);
    const [first, second] = this.#texts;
    const stretches = on ? differences(String(first.textContent), String(second.textContent)) : [];
    for (const [text, of] of /** @type {const} */ ([[first, "first"], [second, "second"]])) {
      if (on) text.replaceChildren(...marked(stretches, of));
      else text.replaceChildren(String(text.textContent));
    }
  }

  /**
   * @param {string} name
   * @param {unknown} item
   * @param {Zoom} [zoom]
   */
  #side(name, item, zoom) {
    const title = String(this.#titles.get(name));
    const side = element("section", "", { className: "side", ariaLabel: title });
    side.append(element("h2", title, { className: "side-title" }));
    if (zoom) side.append(zoom.frame);
    side.append(wordsOf(/** @type {Record<string, unknown>} */ (item ?? {})));
    return side;
  }
}
