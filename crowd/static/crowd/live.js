// Parts of a page that keep themselves up to date (data-live) don't ask while nobody looks, keep what they show when
// an answer goes wrong, and don't move a button (in data-hold) away from under a pointer that is about to press it.

/**
 * @typedef {{ elt: HTMLElement, verb: string }} Config of a request by htmx
 * @typedef {CustomEvent<{ requestConfig: Config, xhr: XMLHttpRequest, shouldSwap: boolean }>} HtmxEvent
 */

const RESTS_AFTER = 10_000; // milliseconds without a movement: then the pointer only lies there

const canHover = matchMedia("(hover: hover)").matches;
let movedAt = -Infinity;
document.addEventListener("pointermove", () => (movedAt = performance.now()), { passive: true });

/** @param {Config} config */
const isPoll = ({ elt, verb }) => verb === "get" && elt.matches("[data-live]");

/** @param {HTMLElement} part */
function isUsed(part) {
  if (part.querySelector("select:focus")) return true;
  const points = canHover && performance.now() - movedAt < RESTS_AFTER;
  return points && part.querySelector("[data-hold] :is(button, select):hover") !== null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig } = /** @type {HtmxEvent} */ (event).detail;
  if (isPoll(requestConfig) && (document.hidden || isUsed(requestConfig.elt))) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {HtmxEvent} */ (event);
  if (isPoll(detail.requestConfig) && detail.xhr.status >= 400) detail.shouldSwap = false;
});
