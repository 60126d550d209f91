// Classes picked out of very many; those that are chosen stand above the list.

import { ClassPicker } from "../../tasks/class_picker.js";
import { element } from "../../tasks/elements.js";
import { connect } from "./buttons.js";

export class Picked {
  #picker;
  #titles;
  #chosen;
  #turn;

  /**
   * @param {HTMLElement} root
   * @param {{ text: string, title: string }[]} classes
   * @param {(name: string) => void} turn
   * @param {() => void} answer
   */
  constructor(root, classes, turn, answer) {
    this.#picker = new ClassPicker(root, classes, turn, answer);
    this.#titles = new Map(classes.map(({ text, title }) => [text, title]));
    this.#chosen = /** @type {HTMLElement} */ (root.querySelector("[data-picked]"));
    this.#turn = turn;
    this.keys = this.#picker.keys;
  }

  /** @param {Set<string>} chosen */
  draw(chosen) {
    this.#picker.choose(chosen);
    this.#chosen.replaceChildren(...[...chosen].map((name) => this.#chip(name)));
  }

  /**
   * @param {string[]} names
   * @param {string} mark
   */
  mark(names, mark) {
    this.#picker.mark(names, mark);
  }

  reset() {
    this.#picker.reset();
  }

  focus() {
    this.#picker.focus();
  }

  /** @param {string} name */
  #chip(name) {
    const chip = element("button", `${this.#titles.get(name)} ✕`, { type: "button", className: "button small" });
    chip.dir = "auto";
    connect(chip, () => this.#turn(name));
    return chip;
  }
}
