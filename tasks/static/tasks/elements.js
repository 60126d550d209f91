// Elements of the page by their ids, elements made, and the texts that the server gave in the reader's language.

/**
 * @typedef {{
 *   answers: HTMLFieldSetElement, skip: HTMLButtonElement, undo: HTMLButtonElement, reasons: HTMLDetailsElement,
 *   instructions: HTMLDetailsElement, help: HTMLDialogElement, "skill-giver": HTMLTemplateElement,
 * }} ById
 */

/**
 * @template {string} Id
 * @param {Id} id
 * @returns {Id extends keyof ById ? ById[Id] : HTMLElement}
 */
export const $ = (id) => /** @type {any} */ (document.getElementById(id));

/** @type {Record<string, string>} */
export const texts = read("texts");

/**
 * What the server put into the page as JSON.
 * @param {string} id
 */
export function read(id) {
  return JSON.parse($(id).textContent ?? "");
}

/**
 * A text with what stands in its braces.
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
export function filled(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_braces, key) => String(values[key]));
}

/**
 * The text of this name with what stands in its braces.
 * @param {string} name
 * @param {Record<string, unknown>} [values]
 */
export function fill(name, values = {}) {
  return filled(texts[name], values);
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} text
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [more]
 */
export function element(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more);
}

/**
 * @param {string} className
 * @param {string} text
 */
export const paragraph = (className, text) => element("p", text, { className });

/**
 * @param {string} name of its text
 * @param {() => void} action
 */
export function button(name, action) {
  const made = element("button", texts[name], { type: "button", className: "button primary big" });
  made.addEventListener("click", action);
  return made;
}

/**
 * Something went wrong that the worker should know of.
 * @param {string} text
 */
export function say(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
}

/**
 * What has just happened, in a line that does not move anything, for a while.
 * @param {string} text
 */
export function announce(text) {
  $("news").replaceChildren(...(text ? [element("span", text)] : []));
}
