// An answer of the reviewer's own, by the control that workers have, where answers can't be counted up; and where the
// answers of workers differ from the label, if the control can tell.

/** @import { AnswerControl } from "../tasks/answer_area.js" */

/** @param {string} id */
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

/**
 * The control, if the page has one.
 * @returns {Promise<AnswerControl | null>}
 */
export async function ownAnswer() {
  const root = /** @type {HTMLFieldSetElement | null} */ (document.getElementById("own"));
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("decision"));
  if (!root || !form) return null;
  const { mount } = await import(/** @type {string} */ (root.dataset.control));
  const control = /** @type {AnswerControl} */ (mount(root, read("schema")));
  const { data, label, answers } = read("told");
  control.reset();
  control.begin?.({ data }, /** @type {HTMLElement} */ (document.querySelector(".review-task")));
  if (label !== null) control.show(label);
  root.addEventListener("answer", () => decide(form, control.read()));
  if (label !== null) markDifferences(control, label, answers);
  return control;
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} answer
 */
function decide(form, answer) {
  const value = typeof answer === "string" ? answer : JSON.stringify(answer);
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "answer", value }));
  form.requestSubmit();
}

/**
 * @param {AnswerControl} control
 * @param {unknown} label
 * @param {unknown[]} answers
 */
function markDifferences(control, label, answers) {
  document.querySelectorAll("[data-opinion]").forEach((shown, place) => {
    const parts = control.difference?.(label, answers[place]);
    if (parts) shown.replaceChildren(...parts);
  });
}
