// The keys of the reviewers' queue: each presses what carries it. A class stands before a command of the same key.

import { actionOf, isNotOurs } from "../crowd/keys.js";
import { ownAnswer } from "./own_answer.js";

/** @type {Map<string, HTMLElement>} */
const byKey = new Map();
for (const control of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#decision [data-key], [data-key]"))) {
  const { key = "" } = control.dataset;
  if (!byKey.has(key) || control.matches(".vote")) byKey.set(key, control);
}

const own = await ownAnswer();
/** @type {Map<string, () => void>} */
const actions = new Map(own?.keys ?? []);
for (const [key, control] of byKey) actions.set(key, () => control.click());

let leaving = false; // a key that is pressed twice must not decide the next task, too
addEventListener("submit", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

document.addEventListener("keydown", (event) => {
  if (isNotOurs(event) || leaving) return;
  if (/** @type {Element} */ (event.target).closest("textarea, select, input:not([type=checkbox])")) return;
  const action = actionOf(event, actions);
  if (!action) return;
  event.preventDefault();
  action();
});
