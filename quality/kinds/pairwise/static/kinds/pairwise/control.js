// Which of two items is better: both side by side, and a button for each answer.

import { AnswerButtons } from "../../tasks/answer_buttons.js";
import { element } from "../../tasks/elements.js";
import { wordsOf } from "../../tasks/stage.js";
import { Zoom } from "../../tasks/zoom.js";
import { use } from "../../tasks/zoom_keys.js";

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

  /**
   * @param {HTMLFieldSetElement} root
   * @param {Button[]} buttons
   */
  constructor(root, buttons) {
    super(root, buttons.map(({ text, title }) => ({ answer: text, title, text })));
    this.#titles = new Map(buttons.map(({ text, title }) => [text, title]));
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
    const sides = element("div", "", { className: "sides" });
    const zooms = new Map(views.map((view) => [view.field, this.#zoom(view)]));
    sides.append(...[a, b].map((item, place) => this.#side(SIDES[place], item, zooms.get(SIDES[place]))));
    stage.replaceChildren(...(question.hasChildNodes() ? [question] : []), sides);
    for (const zoom of zooms.values()) zoom.resize();
    use([...zooms.values()]);
  }

  /** @param {Picture} view */
  #zoom(view) {
    view.element.alt = this.#titles.get(view.field) ?? view.element.alt;
    return new Zoom(view);
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
