// A button for each class.

export class Buttons {
  #buttons;

  /**
   * @param {HTMLElement} root
   * @param {(name: string) => void} turn
   */
  constructor(root, turn) {
    const buttons = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll("[data-class]")]);
    this.#buttons = new Map(buttons.map((button) => [String(button.dataset.class), button]));
    this.keys = new Map();
    for (const [name, button] of this.#buttons) {
      connect(button, () => turn(name));
      if (button.dataset.key) this.keys.set(button.dataset.key, () => turn(name));
    }
  }

  /** @param {Set<string>} chosen */
  draw(chosen) {
    for (const [name, button] of this.#buttons) button.ariaPressed = String(chosen.has(name));
  }

  /**
   * @param {string[]} names
   * @param {string} mark
   */
  mark(names, mark) {
    for (const name of names) this.#buttons.get(name)?.classList.add(mark);
  }

  reset() {
    for (const button of this.#buttons.values()) button.classList.remove("is-suggested", "is-right", "is-wrong");
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} action
 */
export function connect(button, action) {
  const { color } = button.dataset;
  if (color) button.style.setProperty("--class-color", color);
  button.addEventListener("click", ({ detail }) => {
    if (detail > 0) button.blur(); // a tap or click, not a key: Enter gives the answer then
    action();
  });
}
