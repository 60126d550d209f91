// Keys that zoom and pan the picture at hand, as far as no answer and nothing else on the page uses them.

import { $ } from "./elements.js";
import { STEP } from "./zoom.js";

/** @import { Zoom } from "./zoom.js" */

const FIELDS = "input, textarea, select, [contenteditable]"; // which take what is typed
const STRIDE = 80; // pixels of the page
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** @type {Record<string, (zoom: Zoom) => void>} */
const ACTIONS = { "+": (zoom) => zoom.zoom(STEP), "=": (zoom) => zoom.zoom(STEP), "-": (zoom) => zoom.zoom(1 / STEP),
  "−": (zoom) => zoom.zoom(1 / STEP), "0": (zoom) => zoom.fit() };

/** @type {Zoom[]} */ let shown = [];
/** @type {Zoom | undefined} */ let atHand;

/**
 * The pictures that are on the stage now.
 * @param {Zoom[]} zooms
 */
export function use(zooms) {
  shown = zooms;
  [atHand] = zooms;
}

// The one that the pointer came to last.
document.addEventListener("pointerover", ({ target }) => {
  atHand = shown.find((zoom) => zoom.frame.contains(/** @type {Node} */ (target))) ?? atHand;
});

/** To be called after whatever else listens to keys: what that takes is not ours. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    const action = meant(event);
    if (!action || !atHand) return;
    event.preventDefault();
    action(atHand);
  });
}

/**
 * @param {KeyboardEvent} event
 * @returns {((zoom: Zoom) => void) | null | undefined}
 */
function meant(event) {
  const isOthers = event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey;
  if (isOthers || $("help").open || /** @type {Element} */ (event.target).closest?.(FIELDS)) return null;
  const way = WAYS[event.key];
  if (way) return atHand?.view.isFit ? null : (zoom) => zoom.pan(way[0] * STRIDE, way[1] * STRIDE);
  return ACTIONS[event.key];
}
