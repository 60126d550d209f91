// The queue as workers see it, for those who look after the project: some tasks to try keys and buttons on. Nothing is
// sent or stored.

import { AnswerArea } from "./answer_area.js";
import { connect, rememberInstructions } from "./controls.js";
import { $, announce, element, fill, read, texts } from "./elements.js";
import { note, showTask } from "./stage.js";
import { preloaded } from "./task.js";
import { listen } from "./zoom_keys.js";

/** @import { Task } from "./task.js" */

const area = await AnswerArea.load();
/** @type {Pick<Task, "data" | "suggestion">[]} */
const samples = read("samples");
const left = samples.values();

async function showNext() {
  area.enable(false);
  const { value, done } = left.next();
  if (done) return end();
  const task = preloaded(value);
  const loaded = await (task.loaded ?? true);
  showTask(task, loaded);
  area.begin(task);
  area.enable(loaded);
  area.enableSkip();
}

function end() {
  $("answers").hidden = $("skipping").hidden = true;
  const again = element("a", texts.preview_again, { className: "button primary", href: location.pathname });
  note(samples.length ? "preview_over" : "preview_empty", {}, ...(samples.length ? [again] : []));
}

/** @param {string} text */
function goOn(text) {
  $("reasons").open = false;
  showNext();
  announce(text);
}

connect(area.control, {
  answer: () => goOn(fill("preview_answer", { answer: area.control.text(area.control.read()) })),
  skip: () => area.canSkip && goOn(texts.preview_skip),
  undo() {},
  goOn() {},
  reads: () => false,
});
listen();
rememberInstructions(String($("queue").dataset.slug));
showNext();
