// Which of two items is better: both side by side, and a button for each answer.

import { AnswerButtons } from "../../tasks/answer_buttons.js";
import { element } from "../../tasks/elements.js";
import { wordsOf } from "../../tasks/stage.js";

/**
 * @import { Shown } from "../../tasks/task.js"
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
  begin({ data, pictures = {} }, stage) {
    const { a, b, ...asked } = data;
    const question = wordsOf(asked);
    const sides = element("div", "", { className: "sides" });
    sides.append(...[a, b].map((item, place) => this.#side(SIDES[place], item, pictures[SIDES[place]])));
    stage.replaceChildren(...(question.hasChildNodes() ? [question] : []), sides);
  }

  /**
   * @param {string} name
   * @param {unknown} item
   * @param {import("../../tasks/task.js").Served} [picture]
   */
  #side(name, item, picture) {
    const title = String(this.#titles.get(name));
    const side = element("section", "", { className: "side", ariaLabel: title });
    side.append(element("h2", title, { className: "side-title" }));
    if (picture) side.append(drawn(picture, title));
    side.append(wordsOf(/** @type {Record<string, unknown>} */ (item ?? {})));
    return side;
  }
}

/**
 * @param {import("../../tasks/task.js").Served} served
 * @param {string} alt
 */
function drawn({ url, width, height }, alt) {
  const picture = element("img", "", { className: "side-picture", alt, width, height });
  picture.src = url;
  return picture;
}
