// The keys and buttons of the queue that are no answer, and the keys of those that are.

import { actionOf, isNotOurs } from "../crowd/keys.js";
import { $ } from "./elements.js";

/**
 * @import { AnswerControl } from "./answer_area.js"
 *
 * @typedef {object} Does
 * @property {() => void} answer
 * @property {(reason: string) => void} skip
 * @property {() => void} undo
 * @property {() => void} goOn
 * @property {() => boolean} reads whether the worker reads something, and any key goes on
 */

const FIELDS = "input, textarea, select"; // which take what is typed

/**
 * @param {AnswerControl} control
 * @param {Does} does
 */
export function connect(control, does) {
  connectKeys(keysOf(control, does), does);
  $("answers").addEventListener("answer", does.answer);
  $("skip").addEventListener("click", () => does.skip(""));
  $("undo").addEventListener("click", does.undo);
  for (const button of $("reasons").querySelectorAll("button")) {
    button.addEventListener("click", () => does.skip(button.dataset.reason ?? ""));
  }
  $("show-help").addEventListener("click", toggleHelp);
}

/**
 * @param {AnswerControl} control
 * @param {Does} does
 * @returns {Map<string, () => void>}
 */
function keysOf({ keys = new Map() }, does) {
  const byKey = new Map([["?", toggleHelp], ["s", () => does.skip("")], ["u", does.undo], ["Backspace", does.undo]]);
  for (const [key, press] of keys) byKey.set(key, () => (does.reads() ? does.goOn() : press()));
  return byKey;
}

/**
 * @param {Map<string, () => void>} byKey
 * @param {Does} does
 */
function connectKeys(byKey, does) {
  /** @param {KeyboardEvent} event */
  function meant(event) {
    const { key } = event;
    const target = /** @type {Element} */ (event.target);
    const presses = key === "Enter" || key === " ";
    const isFree = presses && !target.closest?.("a, button, summary"); // which it would press
    if (isFree && does.reads()) return does.goOn;
    const isTaken = target.closest?.(FIELDS) || (presses && !isFree);
    return isTaken ? undefined : actionOf(event, byKey);
  }

  document.addEventListener("keydown", (event) => {
    if (isNotOurs(event)) return;
    const action = meant(event);
    if (!action || ($("help").open && action !== toggleHelp)) return;
    event.preventDefault();
    action();
  });
}

function toggleHelp() {
  if ($("help").open) $("help").close();
  else $("help").showModal();
}

/**
 * Whoever knows the instructions folds them away, and finds them so next time.
 * @param {string} slug
 */
export function rememberInstructions(slug) {
  const instructions = $("instructions");
  if (!instructions) return;
  const key = `instructions:${slug}`;
  instructions.open = localStorage.getItem(key) !== "closed";
  instructions.addEventListener("toggle", () => localStorage.setItem(key, instructions.open ? "open" : "closed"));
}
