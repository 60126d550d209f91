// A class as it stands in a list to pick from.

import { element } from "./elements.js";

/**
 * @typedef {object} Looks
 * @property {string} id
 * @property {boolean} isChosen
 * @property {boolean} isHere Enter takes it
 * @property {string} [mark] a class of CSS
 * @property {string} [key]
 */

/**
 * @param {{ text: string, title: string, color?: string }} given
 * @param {Looks} looks
 */
export function itemOf({ text, title, color }, { id, isChosen, isHere, mark, key }) {
  const item = element("li", "", { id, role: "option", ariaSelected: String(isChosen) });
  item.dataset.name = text;
  if (color) item.style.setProperty("--class-color", color);
  if (mark) item.classList.add(mark);
  item.classList.toggle("is-here", isHere);
  if (key) item.append(element("kbd", key, { ariaHidden: "true" }));
  item.append(element("span", title, { dir: "auto" }));
  return item;
}
