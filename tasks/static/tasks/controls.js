// The keys and buttons of the queue.

import { actionOf, isNotOurs } from "../crowd/keys.js";
import { $ } from "./stage.js";

/** `does`: `answer(button)`, `skip(reason)`, `undo()`, `goOn()` and whether it is time for that, `reads()`. */
export function connect(answers, does) {
  const byKey = new Map([
    ["?", toggleHelp],
    ["s", () => does.skip("")],
    ["u", does.undo],
    ["Backspace", does.undo],
    ...answers.filter((button) => button.dataset.key).map((button) => [button.dataset.key, () => does.answer(button)]),
  ]);

  function meant(event) {
    const { key, target } = event;
    const isFree = (key === "Enter" || key === " ") && !target.closest("a, button, summary"); // which it would press
    if (isFree && does.reads()) return does.goOn;
    return actionOf(event, byKey);
  }

  document.addEventListener("keydown", (event) => {
    if (isNotOurs(event)) return;
    const action = meant(event);
    if (!action || ($("help").open && action !== toggleHelp)) return;
    event.preventDefault();
    action();
  });
  for (const button of answers) {
    button.addEventListener("click", ({ detail }) => {
      if (detail > 0) button.blur(); // a tap or click, not a key: the next task begins with no class marked
      does.answer(button);
    });
  }
  $("skip").addEventListener("click", () => does.skip(""));
  $("undo").addEventListener("click", does.undo);
  for (const button of document.querySelectorAll("[data-reason]")) {
    button.addEventListener("click", () => does.skip(button.dataset.reason));
  }
  $("show-help").addEventListener("click", toggleHelp);
}

function toggleHelp() {
  if ($("help").open) $("help").close();
  else $("help").showModal();
}

/** Whoever knows the instructions folds them away, and finds them so next time. */
export function rememberInstructions(slug) {
  const instructions = $("instructions");
  if (!instructions) return;
  const key = `instructions:${slug}`;
  instructions.open = localStorage.getItem(key) !== "closed";
  instructions.addEventListener("toggle", () => localStorage.setItem(key, instructions.open ? "open" : "closed"));
}
