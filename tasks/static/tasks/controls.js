// The keys and buttons of the queue.

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

  function actionOf({ key, target }) {
    const isFree = (key === "Enter" || key === " ") && !target.closest("a, button, summary"); // which it would press
    if (isFree && does.reads()) return does.goOn;
    return byKey.get(key) ?? byKey.get(key.toLowerCase());
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const action = actionOf(event);
    if (!action || ($("help").open && action !== toggleHelp)) return;
    event.preventDefault();
    action();
  });
  for (const button of answers) button.addEventListener("click", () => does.answer(button));
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
