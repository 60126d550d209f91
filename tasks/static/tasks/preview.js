// The queue as workers see it, for those who look after the project: some tasks to try keys and buttons on. Nothing is
// sent or stored.

import { Choices } from "./choices.js";
import { connect, rememberInstructions } from "./controls.js";
import { $, announce, element, fill, note, preloaded, showTask, texts } from "./stage.js";

const choices = new Choices();
const samples = JSON.parse($("samples").textContent);
let shown = -1;

async function showNext() {
  shown += 1;
  choices.enable(false);
  if (shown >= samples.length) return end();
  const task = preloaded(samples[shown]);
  const loaded = await (task.loaded ?? true);
  showTask(task, loaded);
  choices.mark(task);
  choices.enable(loaded);
  $("skip").disabled = false;
}

function end() {
  $("answers").hidden = $("skipping").hidden = true;
  const again = element("a", texts.preview_again, { className: "button primary", href: location.pathname });
  note(samples.length ? "preview_over" : "preview_empty", {}, ...(samples.length ? [again] : []));
}

function say(text) {
  $("reasons").open = false;
  showNext();
  announce(text);
}

connect(choices.buttons, {
  answer: (button) => button.disabled || say(fill("preview_answer", { answer: button.dataset.title })),
  skip: () => $("skip").disabled || say(texts.preview_skip),
  undo() {},
  goOn() {},
  reads: () => false,
});
rememberInstructions($("queue").dataset.slug);
showNext();
