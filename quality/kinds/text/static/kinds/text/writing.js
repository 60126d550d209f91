// The box that is written into, and what its keys do. Whoever leaves it by Escape is not put back into it.

/**
 * @typedef {{ changed: () => void, send: () => void, take: () => void }} Does
 */

/**
 * Whether a key press belongs to an input method.
 * @param {KeyboardEvent} event
 */
const composes = (event) => event.isComposing || event.keyCode === 229;

export class Writing {
  #box;
  #isLeft = false;

  /**
   * @param {HTMLTextAreaElement} box
   * @param {Does} does
   */
  constructor(box, does) {
    this.#box = box;
    box.addEventListener("input", does.changed);
    box.addEventListener("focus", () => (this.#isLeft = false));
    box.addEventListener("keydown", (event) => {
      if (composes(event) || event.repeat) return;
      if (event.key === "Escape") this.#leave();
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      if (event.altKey) does.take();
      else does.send();
    });
  }

  /** A task can be answered. On what has no mouse a keyboard would rise over it. */
  ready() {
    if (!this.#isLeft && matchMedia("(hover: hover)").matches) this.#box.focus();
  }

  /** For the keys of the page. */
  #leave() {
    this.#box.blur();
    this.#isLeft = true;
  }
}
