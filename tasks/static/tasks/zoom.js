// A picture in a frame in which it is zoomed (wheel, pinch, double click, buttons) and panned (drag, two fingers), for the
// queue and for editors that draw on it. The copy in full size is fetched when somebody looks closer than the scaled one
// goes. A click fires "picture-point" at the frame, with the picture's field and the pixel of the upright original.

import { element, texts } from "./elements.js";
import { gestures } from "./gestures.js";
import { View } from "./view.js";

/**
 * @import { Picture } from "./task.js"
 * @import { Point } from "./view.js"
 */

export const STEP = 1.5; // how much larger or smaller a press makes it
const TINY = 96; // pixels: smaller pictures are enlarged, to so much
const TINY_SHOWN = 352;
const CLOSER = 2.5; // times as large as it fits: a double click
const PIXELS_SEEN = 4; // pixels of the page: larger ones of the picture are shown as squares

export class Zoom {
  #picture;
  /** @type {HTMLImageElement} */ #image;
  #isFullAsked = false;

  /** @param {Picture} picture */
  constructor(picture) {
    const { width, height } = picture;
    this.#picture = picture;
    this.field = picture.field;
    this.#image = picture.element;
    this.view = new View(width, height, Math.max(width, height) < TINY ? TINY_SHOWN : undefined);
    this.frame = element("div", "", { className: "zoom" });
    this.frame.append(this.#image, this.#buttons());
    this.#place();
    gestures(this.frame, {
      zoom: (factor, at) => this.zoom(factor, at),
      pan: (right, down) => this.pan(right, down),
      isFit: () => this.view.isFit,
      point: (at) => this.#point(at),
      toggle: (at) => this.toggle(at),
    });
    new ResizeObserver(() => this.resize()).observe(this.frame);
  }

  /**
   * The pixel of the upright original at a point of the page (of an event, say: its clientX and clientY).
   * @param {Point} at
   */
  toPicture({ x, y }) {
    const { left, top } = this.frame.getBoundingClientRect();
    return this.view.toPicture({ x: x - left, y: y - top });
  }

  /**
   * The point of the page where a pixel of the upright original is.
   * @param {Point} at
   */
  toPage(at) {
    const { left, top } = this.frame.getBoundingClientRect();
    const { x, y } = this.view.toFrame(at);
    return { x: left + x, y: top + y };
  }

  resize() {
    if (!this.frame.isConnected || !this.frame.contains(this.#image)) return; // it is shown elsewhere by now
    this.view.resize(this.frame.clientWidth, this.frame.clientHeight);
    this.#draw();
  }

  fit() {
    this.view.fit();
    this.#draw();
  }

  /**
   * @param {number} factor
   * @param {Point} [at] a point of the page that stays where it is
   */
  zoom(factor, at) {
    const { left, top } = this.frame.getBoundingClientRect();
    this.view.zoom(factor, at && { x: at.x - left, y: at.y - top });
    this.#draw();
  }

  /**
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    this.view.pan(right, down);
    this.#draw();
  }

  /**
   * Look closer at a point of the page, or at all of it again.
   * @param {Point} at
   */
  toggle(at) {
    if (this.view.isFit) this.zoom(Math.max(CLOSER, 1 / this.view.scale), at);
    else this.fit();
  }

  /**
   * Show what another frame shows, of this picture.
   * @param {Zoom} other
   */
  follow(other) {
    this.view.follow(other.view);
    this.#draw();
  }

  #buttons() {
    const buttons = element("div", "", { className: "zoom-buttons" });
    buttons.append(
      button("+", texts.zoom_in, () => this.zoom(STEP)),
      button("−", texts.zoom_out, () => this.zoom(1 / STEP)),
      button("⤢", texts.zoom_fit, () => this.fit()),
    );
    return buttons;
  }

  #place() {
    this.#image.width = this.view.width;
    this.#image.height = this.view.height;
    this.#image.draggable = false;
  }

  #draw() {
    const { left, top, scale, isFit } = this.view;
    this.#image.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    this.#image.style.imageRendering = !isFit && scale >= PIXELS_SEEN ? "pixelated" : "auto";
    this.frame.classList.toggle("zoomed", !isFit);
    this.frame.dispatchEvent(new CustomEvent("zoom", { bubbles: true }));
    if (scale * devicePixelRatio * this.view.width > this.#image.naturalWidth) this.#sharpen();
  }

  /** Fetch the copy in full size, once, if the one that is shown is smaller. */
  async #sharpen() {
    if (this.#isFullAsked || this.view.isFit || this.#image.naturalWidth >= this.view.width) return;
    this.#isFullAsked = true;
    const full = new Image();
    full.alt = this.#image.alt;
    full.className = this.#image.className;
    full.src = `${this.#picture.url}${this.#picture.url.includes("?") ? "&" : "?"}size=full`;
    if (!(await full.decode().then(() => true, () => false))) return;
    this.#image.replaceWith(full);
    this.#image = full;
    this.#place();
    this.#draw();
  }

  /** @param {Point} at */
  #point(at) {
    const detail = { field: this.field, ...this.toPicture(at) };
    this.frame.dispatchEvent(new CustomEvent("picture-point", { bubbles: true, detail }));
  }
}

/**
 * @param {string} sign
 * @param {string} label
 * @param {() => void} action
 */
function button(sign, label, action) {
  const made = element("button", sign, { type: "button", className: "button small", ariaLabel: label, title: label });
  made.addEventListener("click", action);
  return made;
}
