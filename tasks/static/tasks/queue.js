// The worker's queue, on top of the public API alone. A few tasks are always fetched ahead, pictures included, so that
// a key press shows the next one at once; the answer goes to the server meanwhile (see outbox.js).

import { Outbox } from "./outbox.js";

const AHEAD = 3; // tasks kept ready beyond the one shown
const LOOK_AGAIN = 3000; // milliseconds, while there is nothing to do
const TINY = 96; // pixels: smaller pictures are enlarged

const $ = (id) => document.getElementById(id);
const queue = $("queue");
const { slug, worker, signIn } = queue.dataset;
const texts = JSON.parse($("texts").textContent);
const csrfToken = document.querySelector("meta[name=csrf-token]").content;
const answers = [...document.querySelectorAll("[data-answer]")];

const ready = [];
let current = null;
let shownAt = null; // null while there is nothing to answer
let done = 0;
let fetching = false;
let replyLost = false; // the server may have leased us a task that we have not heard of
let stopped = false;
let leaving = false;

// The API

class Problem extends Error {
  constructor(status, { code = "", detail = "" } = {}) {
    super(detail);
    Object.assign(this, { status, code, detail });
  }
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Problem(0);
  }
  const reply = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, reply ?? {});
  return reply;
}

const outbox = new Outbox(`outbox:${slug}:${worker}`, {
  send({ token, answer, seconds, reason, again }) {
    if (again) replyLost = true;
    if (reason !== undefined) return call("POST", `/assignments/${token}/skip`, { reason });
    const next = ready.length < AHEAD ? "?next=1" : "";
    return call("PUT", `/assignments/${token}/response${next}`, { answer, seconds });
  },
  sent(_item, reply) {
    if (reply?.next) accept(reply.next);
    else fetchAhead();
  },
  refused(_item, problem) {
    // Closed: its time was over and somebody else has answered, or another window has. Nothing for the worker to do.
    if (problem.status !== 409 && problem.status !== 404) say(texts.refused.replace("{detail}", problem.detail));
    fetchAhead();
  },
  stopped: stop,
  changed(size, retrying) {
    $("unsent").hidden = size === 0;
    $("unsent").textContent = (retrying ? texts.retrying : texts.sending).replace("{n}", size);
    $("unsent").classList.toggle("at-once", retrying);
  },
});

// Fetching ahead

const known = new Set(outbox.tokens); // of every task this window has had

async function fetchAhead() {
  if (fetching || stopped || ready.length >= AHEAD) return;
  fetching = true;
  try {
    if (replyLost) {
      replyLost = false;
      accept(await call("GET", `/projects/${slug}/assignments`));
    }
    const count = AHEAD - ready.length + (current ? 0 : 1);
    if (count > 0) accept(await call("POST", `/projects/${slug}/assignments`, { count }));
  } catch (problem) {
    replyLost = true;
    if (problem.status === 0 || problem.status === 429 || problem.status >= 500) {
      if (!current) note("offline");
    } else {
      stop(problem);
    }
  } finally {
    fetching = false;
  }
}

function accept({ assignments, reason }) {
  for (const task of assignments) {
    if (known.has(task.token)) continue;
    known.add(task.token);
    ready.push(preloaded(task));
  }
  if (current) return;
  if (ready.length) showNext();
  else if (reason) note(reason);
}

function preloaded(task) {
  const { image, ...data } = task.data;
  if (typeof image !== "string" || !image.startsWith("/api/v1/assignments/")) return task;
  const picture = new Image();
  picture.alt = texts.picture;
  picture.src = image;
  const loaded = picture.decode().then(() => true, () => false);
  const made = { ...task, data, picture, loaded, waiting: true };
  loaded.then(() => (made.waiting = false));
  return made;
}

// Showing

async function showNext() {
  shownAt = null;
  current = ready.shift() ?? null;
  enable(false);
  if (!current) {
    note("loading");
    fetchAhead();
    return;
  }
  const task = current;
  if (task.waiting) note("loading"); // rather than leave the last picture there, which has been answered
  const loaded = await (task.loaded ?? true);
  if (stopped) return;
  $("stage").replaceChildren(...(loaded ? content(task) : [paragraph("stage-note", texts.no_picture)]));
  $("stage").scrollTop = 0;
  $("stage").ariaBusy = "false";
  $("skip").disabled = false;
  if (!loaded) return;
  enable(true);
  shownAt = performance.now();
}

function content({ data, picture }) {
  const parts = [];
  if (picture) {
    picture.classList.toggle("tiny", picture.naturalWidth < TINY && picture.naturalHeight < TINY);
    parts.push(picture);
  }
  const { text, ...others } = data;
  const words = document.createElement("div");
  if (text !== undefined) words.append(paragraph("task-text", plain(text)));
  if (Object.keys(others).length) {
    const list = document.createElement("dl");
    list.className = "task-data";
    for (const [name, value] of Object.entries(others)) list.append(element("dt", name), element("dd", plain(value)));
    words.append(list);
  }
  if (words.hasChildNodes()) parts.push(words);
  return parts;
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function paragraph(className, text) {
  return Object.assign(element("p", text), { className });
}

/** Say in the task's place why there is none. */
function note(name, ...extra) {
  const title = Object.assign(element("h2", texts[name]), { className: "stage-note" });
  const more = texts[`${name}_more`] ? [paragraph("meta", texts[`${name}_more`])] : [];
  const box = document.createElement("div");
  box.className = "notice-page";
  box.append(title, ...more, ...extra);
  if ($("stage").textContent !== box.textContent) $("stage").replaceChildren(box);
  $("stage").ariaBusy = String(name === "loading");
}

function say(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
}

/** Nothing goes on before the worker has signed in again, or looked what became of the project. */
function stop(problem) {
  stopped = true;
  shownAt = null;
  enable(false);
  const signedOut = problem.status === 401;
  const link = Object.assign(element("a", signedOut ? texts.sign_in : texts.reload), { className: "button primary" });
  link.href = signedOut ? signIn : location.pathname;
  link.addEventListener("click", () => (leaving = true));
  const kept = outbox.size ? [paragraph("meta", texts.kept)] : [];
  note(signedOut ? "signed_out" : "stopped", paragraph("meta", problem.detail), ...kept, link);
}

function enable(on) {
  for (const button of [...answers, $("skip")]) button.disabled = !on;
}

// Answering

function answer(button) {
  if (shownAt === null) return;
  const seconds = Math.round((performance.now() - shownAt) / 10) / 100;
  button.animate?.([{ filter: "brightness(.8)", scale: .96 }, {}], 180);
  finish({ token: current.token, answer: button.dataset.answer, seconds });
  $("done").textContent = texts.done.replace("{n}", ++done);
}

function skip(reason = "") {
  if (!current || $("skip").disabled) return;
  $("reasons").open = false;
  finish({ token: current.token, reason });
}

function finish(item) {
  $("trouble").hidden = true;
  showNext();
  outbox.add(item);
}

const byKey = new Map([
  ["?", toggleHelp],
  ["s", () => skip()],
  ...answers.filter((button) => button.dataset.key).map((button) => [button.dataset.key, () => answer(button)]),
]);

function toggleHelp() {
  if ($("help").open) $("help").close();
  else $("help").showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const action = byKey.get(event.key) ?? byKey.get(event.key.toLowerCase());
  if (!action || ($("help").open && action !== toggleHelp)) return;
  event.preventDefault();
  action();
});
for (const button of answers) {
  if (button.dataset.color) button.style.setProperty("--class-color", button.dataset.color);
  button.addEventListener("click", () => answer(button));
}
$("skip").addEventListener("click", () => skip());
for (const button of document.querySelectorAll("[data-reason]")) {
  button.addEventListener("click", () => skip(button.dataset.reason));
}
$("show-help").addEventListener("click", toggleHelp);

addEventListener("beforeunload", (event) => {
  if (outbox.size && !leaving) event.preventDefault();
});

// Whoever knows the instructions folds them away, and finds them so next time.
const instructions = $("instructions");
if (instructions) {
  const key = `instructions:${slug}`;
  instructions.open = localStorage.getItem(key) !== "closed";
  instructions.addEventListener("toggle", () => localStorage.setItem(key, instructions.open ? "open" : "closed"));
}

// Begin: send what an earlier visit left unsent, take up the tasks it held, then go on.
replyLost = true;
outbox.flush();
await fetchAhead();
setInterval(() => {
  if (!current && !document.hidden) fetchAhead();
}, LOOK_AGAIN);
document.addEventListener("visibilitychange", () => {
  if (!current && !document.hidden) fetchAhead();
});
