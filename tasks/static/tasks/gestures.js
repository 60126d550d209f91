// What fingers, pens, mice and wheels do to a picture in a frame.

/**
 * @import { Point } from "./view.js"
 *
 * @typedef {object} Does points are those of the page
 * @property {(factor: number, at: Point) => void} zoom
 * @property {(right: number, down: number) => void} pan
 * @property {(at: Point) => void} point a click or tap that moved nothing
 * @property {(at: Point) => void} toggle a double click or double tap
 * @property {() => boolean} isFit whether there is nothing to pan
 */

const STILL = 8; // pixels that a finger may move in a tap
const SOON = 400; // milliseconds between the two of a double click or double tap
const DOUBLES = 300; // pixels of a wheel that make it twice as large
const PINCH_DOUBLES = 100; // of a pinch on a touch pad, which comes as a wheel with the control key
const LINE = 16; // pixels of a line, where a wheel counts lines

/**
 * @param {HTMLElement} frame
 * @param {Does} does
 */
export function gestures(frame, does) {
  frame.addEventListener("wheel", (event) => turned(event, does), { passive: false });
  const fingers = new Fingers(does);
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isButton(event)) return;
    frame.setPointerCapture(event.pointerId);
    fingers.down(event);
  });
  frame.addEventListener("pointermove", (event) => fingers.move(event));
  frame.addEventListener("pointerup", (event) => fingers.up(event));
  frame.addEventListener("pointercancel", (event) => fingers.lose(event));
}

/**
 * @param {WheelEvent} event
 * @param {Does} does
 */
function turned(event, does) {
  const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
  if (pixels > 0 && does.isFit() && !event.ctrlKey) return; // there is nothing to make smaller: the page scrolls
  event.preventDefault();
  does.zoom(2 ** (-pixels / (event.ctrlKey ? PINCH_DOUBLES : DOUBLES)), place(event));
}

class Fingers {
  #does;
  /** @type {Map<number, Point>} */ #at = new Map();
  /** @type {{ at: Point, moved: boolean } | null} */ #press = null;
  /** @type {{ at: Point, time: number } | null} */ #lastTap = null;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.#at.set(event.pointerId, place(event));
    this.#press = { at: place(event), moved: this.#at.size > 1 };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.#at.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    if (this.#press && distance(this.#press.at, now) > STILL) this.#press.moved = true;
    const [other] = [...this.#at].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.#at.set(event.pointerId, now);
    if (other) this.#pinch(other, before, now);
    else if (this.#press?.moved && !this.#does.isFit()) this.#does.pan(now.x - before.x, now.y - before.y);
  }

  /**
   * Two fingers: what is between them stays between them.
   * @param {Point} other
   * @param {Point} before
   * @param {Point} now
   */
  #pinch(other, before, now) {
    const apart = distance(other, before);
    if (apart) this.#does.zoom(distance(other, now) / apart, middle(other, before));
    this.#does.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const isTap = this.#at.size === 1 && this.#press && !this.#press.moved;
    this.lose(event);
    if (!isTap) return;
    this.#does.point(place(event));
    this.#tap(event);
  }

  /** @param {PointerEvent} event */
  lose(event) {
    this.#at.delete(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    const last = this.#lastTap;
    const isDouble = last && event.timeStamp - last.time < SOON && distance(last.at, place(event)) < 4 * STILL;
    this.#lastTap = isDouble ? null : { at: place(event), time: event.timeStamp };
    if (isDouble) this.#does.toggle(place(event));
  }
}

/**
 * @param {MouseEvent} event
 * @returns {Point}
 */
const place = (event) => ({ x: event.clientX, y: event.clientY });

/**
 * @param {Point} one
 * @param {Point} other
 */
const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/**
 * @param {Point} one
 * @param {Point} other
 */
const middle = (one, other) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

/** @param {Event} event */
const isButton = (event) => Boolean(/** @type {Element} */ (event.target).closest("button"));
