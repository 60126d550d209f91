// The place where a task is shown, or why there is none.

const TINY = 96; // pixels: smaller pictures are enlarged
const SAMPLED = 32; // pixels a side that tell whether a picture is see-through
const OPAQUE = 250; // of 255
const OUR_PICTURE = /^\/(?!\/)([^?#]+\/)?api\/v1\/(assignments|projects)\/[^?#]+\/image$/; // and not an address that is data

export const $ = (id) => document.getElementById(id);
export const texts = JSON.parse($("texts").textContent);

/** A text with what stands in its braces. */
export function fill(name, values = {}) {
  return texts[name].replaceAll(/\{(\w+)\}/g, (_braces, key) => values[key]);
}

export function element(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more);
}

export const paragraph = (className, text) => element("p", text, { className });

/** What people wrote goes its own way, from right to left where its language does. */
const written = (tag, text, more = {}) => element(tag, text, { dir: "auto", ...more });

export function button(name, action) {
  const made = element("button", texts[name], { type: "button", className: "button primary big" });
  made.addEventListener("click", action);
  return made;
}

/** A task with its picture on its way; `waiting` until it is there. */
export function preloaded(task) {
  const { image, ...data } = task.data;
  if (typeof image !== "string" || !OUR_PICTURE.test(image)) return task;
  const picture = new Image();
  picture.alt = texts.picture;
  picture.src = image;
  const loaded = picture.decode().then(() => true, () => false);
  const made = { ...task, data, picture, loaded, waiting: true };
  loaded.then(() => (made.waiting = false));
  return made;
}

export function showTask(task, loaded) {
  $("stage").replaceChildren(...(loaded ? content(task) : [paragraph("stage-note", texts.no_picture)]));
  $("stage").scrollTop = 0;
  $("stage").ariaBusy = "false";
}

function content({ data, picture }) {
  const parts = [];
  if (picture) {
    picture.classList.toggle("see-through", isSeeThrough(picture));
    picture.classList.toggle("tiny", picture.naturalWidth < TINY && picture.naturalHeight < TINY);
    parts.push(picture);
  }
  const { text, ...others } = data;
  const words = document.createElement("div");
  if (text !== undefined) words.append(written("p", plain(text), { className: "task-text" }));
  if (Object.keys(others).length) {
    const list = element("dl", "", { className: "task-data" });
    for (const [name, value] of Object.entries(others)) list.append(written("dt", name), written("dd", plain(value)));
    words.append(list);
  }
  if (words.hasChildNodes()) parts.push(words);
  return parts;
}

/** Whether the ground would show through it; looked at in small. */
function isSeeThrough(picture) {
  const canvas = new OffscreenCanvas(SAMPLED, SAMPLED).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(picture, 0, 0, SAMPLED, SAMPLED);
  const { data } = canvas.getImageData(0, 0, SAMPLED, SAMPLED);
  return data.some((value, place) => place % 4 === 3 && value < OPAQUE);
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** Say in the task's place why there is none. The text `…_more`, if there is one, follows the title. */
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

/** Something went wrong that the worker should know of. */
export function say(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
}

/** What has just happened, in a line that does not move anything, for a while. */
export function announce(text) {
  $("news").replaceChildren(...(text ? [element("span", text)] : []));
}
