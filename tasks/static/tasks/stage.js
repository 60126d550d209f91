// The place where a task is shown, or why there is none.

import { $, element, fill, paragraph, texts } from "./elements.js";
import { Zoom } from "./zoom.js";
import { use } from "./zoom_keys.js";

/** @import { Picture, Task } from "./task.js" */

const SAMPLED = 32; // pixels a side that tell whether a picture is see-through
const OPAQUE = 250; // of 255

/**
 * What people wrote goes its own way, from right to left where its language does.
 * @param {"p" | "dt" | "dd" | "figcaption"} tag
 * @param {string} text
 * @param {Partial<HTMLElement>} [more]
 */
const written = (tag, text, more = {}) => element(tag, text, { dir: "auto", ...more });

/**
 * @param {Pick<Task, "data" | "views">} task
 * @param {boolean} loaded whether its pictures are there
 */
export function showTask(task, loaded) {
  const zooms = loaded ? (task.views ?? []).map((view) => zoomOf(view)) : [];
  $("stage").replaceChildren(...(loaded ? content(task, zooms) : [paragraph("stage-note", texts.no_picture)]));
  $("stage").scrollTop = 0;
  $("stage").ariaBusy = "false";
  for (const zoom of zooms) zoom.resize();
  use(zooms);
}

/** @param {Picture} view */
function zoomOf(view) {
  view.element.classList.toggle("see-through", isSeeThrough(view.element));
  return new Zoom(view);
}

/**
 * @param {Pick<Task, "data" | "views">} task
 * @param {Zoom[]} zooms
 */
function content({ data }, zooms) {
  /** @type {HTMLElement[]} */ const parts = [];
  if (zooms.length) parts.push(picturesOf(zooms));
  const words = wordsOf(data);
  if (words.hasChildNodes()) parts.push(words);
  return parts;
}

/**
 * Each picture in its frame, under the name of its field where there are several.
 * @param {Zoom[]} zooms
 */
function picturesOf(zooms) {
  const box = element("div", "", { className: "pictures" });
  for (const zoom of zooms) {
    const figure = element("figure", "");
    if (zooms.length > 1) figure.append(written("figcaption", zoom.field));
    figure.append(zoom.frame);
    box.append(figure);
  }
  return box;
}

/**
 * What is to be read of a task: its text, and whatever else is said of it.
 * @param {Record<string, unknown>} data
 */
export function wordsOf({ text, ...others }) {
  const words = document.createElement("div");
  if (text !== undefined) words.append(written("p", plain(text), { className: "task-text" }));
  if (Object.keys(others).length) {
    const list = element("dl", "", { className: "task-data" });
    for (const [name, value] of Object.entries(others)) list.append(written("dt", name), written("dd", plain(value)));
    words.append(list);
  }
  return words;
}

/**
 * Whether the ground would show through it; looked at in small.
 * @param {HTMLImageElement} picture
 */
function isSeeThrough(picture) {
  const canvas = new OffscreenCanvas(SAMPLED, SAMPLED).getContext("2d", { willReadFrequently: true });
  if (!canvas) return false;
  canvas.drawImage(picture, 0, 0, SAMPLED, SAMPLED);
  const { data } = canvas.getImageData(0, 0, SAMPLED, SAMPLED);
  return data.some((value, place) => place % 4 === 3 && value < OPAQUE);
}

/** @param {unknown} value */
const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Say in the task's place why there is none. The text `…_more`, if there is one, follows the title.
 * @param {string} name
 * @param {Record<string, unknown>} [values]
 * @param {Node[]} extra
 */
export function note(name, values = {}, ...extra) {
  const title = element("h2", fill(name, values), { className: "stage-note" });
  const more = texts[`${name}_more`] ? [paragraph("meta", fill(`${name}_more`, values))] : [];
  const box = element("div", "", { className: "notice-page" });
  box.append(title, ...more, ...extra);
  if ($("stage").textContent === box.textContent) return;
  $("stage").replaceChildren(box);
  $("stage").ariaBusy = String(name === "loading");
  if (document.activeElement === document.body) box.querySelector("button")?.focus();
}
