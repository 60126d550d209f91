// A class out of very many: search by typing, those used last first, and a key for each of these.

import { itemOf } from "./class_item.js";
import { found } from "./class_search.js";
import { filled } from "./elements.js";
import { KEYS, RecentClasses } from "./recent_classes.js";

/**
 * @typedef {{ text: string, title: string, color?: string }} PickedClass the name of a class, and what people call it
 */

const SHOWN = 60; // classes in the list; of more the reader is told

export class ClassPicker {
  #root;
  #classes;
  #byName;
  #field;
  #list;
  #count;
  #picked;
  #digitsPick;
  #recent;
  #here = 0;
  #moved = false; // whether the reader has gone through the list
  /** @type {PickedClass[]} */ #offered = [];
  /** @type {Map<string, string>} */ #marks = new Map();
  /** @type {Set<string>} */ #chosen = new Set();

  /**
   * @param {HTMLElement} root holds class_picker.html
   * @param {PickedClass[]} classes
   * @param {(name: string) => void} picked
   * @param {() => void} [done] is called when Enter is pressed where nothing is typed
   */
  constructor(root, classes, picked, done = () => {}) {
    this.#root = root;
    this.#classes = classes;
    this.#byName = new Map(classes.map((each) => [each.text, each]));
    this.#picked = picked;
    this.#digitsPick = !classes.some(({ title }) => /^\d/.test(title));
    this.#field = /** @type {HTMLInputElement} */ (root.querySelector("[role=combobox]"));
    this.#list = /** @type {HTMLElement} */ (root.querySelector("[role=listbox]"));
    this.#count = /** @type {HTMLElement} */ (root.querySelector("[data-count]"));
    this.#recent = new RecentClasses(`recent classes:${location.pathname}`, this.#byName);
    this.#field.addEventListener("input", () => this.#search());
    this.#field.addEventListener("keydown", (event) => this.#pressed(event, done));
    this.#list.addEventListener("click", ({ target }) => this.#pick(nameOf(target)));
    this.keys = new Map(KEYS.map((key) => [key, () => this.#pick(this.#recent.at(key))]));
    this.keys.set("/", () => this.#field.focus());
    this.#search();
  }

  /** To type at once; but on a device without a keyboard one would rise over the task. */
  focus() {
    if (matchMedia("(hover: hover)").matches) this.#field.focus({ preventScroll: true });
  }

  reset() {
    this.#field.value = "";
    this.#chosen = new Set();
    this.#marks = new Map();
    this.#search();
  }

  /**
   * Which classes are chosen.
   * @param {Iterable<string>} names
   */
  choose(names) {
    this.#chosen = new Set(names);
    this.#draw();
  }

  /**
   * A class for the looks of some, such as "is-suggested"; they come first as long as nothing is typed.
   * @param {Iterable<string>} names
   * @param {string} mark
   */
  mark(names, mark) {
    for (const name of names) if (this.#byName.has(name)) this.#marks.set(name, mark);
    this.#search();
  }

  get #isOff() {
    return this.#field.disabled || this.#root.closest("fieldset")?.ariaDisabled === "true";
  }

  /** @param {string | undefined} name */
  #pick(name) {
    if (name === undefined || this.#isOff) return;
    this.#recent.use(name);
    this.#field.value = "";
    this.#search();
    this.#picked(name);
  }

  /**
   * Digits pick those used last as long as nothing is typed; arrows go through what was found, and Enter takes it.
   * @param {KeyboardEvent} event
   * @param {() => void} done
   */
  #pressed(event, done) {
    const { key, isComposing, repeat } = event;
    if (isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const typed = this.#field.value.trim();
    if (key === "ArrowDown" || key === "ArrowUp") this.#move(key === "ArrowDown" ? 1 : -1);
    else if (key === "Escape") this.#leave(typed);
    else if (key === "Enter" && !repeat) this.#enter(typed, done);
    else if (!typed && this.#digitsPick && this.#recent.at(key) !== undefined) this.#pick(this.#recent.at(key));
    else return;
    event.preventDefault();
  }

  /**
   * @param {string} typed
   * @param {() => void} done
   */
  #enter(typed, done) {
    const here = this.#offered[this.#here];
    if (this.#isOff || (typed && !here)) return;
    if (here && (typed || this.#moved)) this.#pick(here.text);
    else done();
  }

  /** What is typed goes first, then the field is left: the keys of the page work again. */
  #leave(/** @type {string} */ typed) {
    if (!typed) this.#field.blur();
    this.#field.value = "";
    this.#search();
  }

  /** @param {number} by */
  #move(by) {
    const last = this.#offered.length - 1;
    this.#here = Math.min(Math.max(this.#moved || this.#field.value ? this.#here + by : 0, 0), last);
    this.#moved = true;
    this.#draw();
    this.#list.querySelector(".is-here")?.scrollIntoView({ block: "nearest" });
  }

  #search() {
    const first = [...this.#marks.keys(), ...this.#recent.names].map((name) => this.#byName.get(name)).filter((each) => each !== undefined);
    this.#offered = found(this.#field.value, this.#classes, [...new Set(first)]);
    this.#here = 0;
    this.#moved = false;
    this.#draw();
  }

  #draw() {
    const typed = this.#field.value.trim() !== "";
    const shown = this.#offered.slice(0, SHOWN);
    const here = typed || this.#moved ? shown[this.#here] : undefined;
    this.#list.replaceChildren(...shown.map((each) => itemOf(each, this.#looks(each, each === here))));
    const { more = "", none = "" } = this.#list.dataset;
    const hidden = this.#offered.length - shown.length;
    this.#count.textContent = hidden > 0 ? filled(more, { n: hidden }) : this.#offered.length ? "" : none;
    this.#field.setAttribute("aria-activedescendant", here ? this.#idOf(here.text) : "");
  }

  /**
   * @param {PickedClass} given
   * @param {boolean} isHere
   */
  #looks({ text }, isHere) {
    const isChosen = this.#chosen.has(text);
    return { id: this.#idOf(text), isChosen, isHere, mark: this.#marks.get(text), key: this.#recent.keyOf(text) };
  }

  /** @param {string} name */
  #idOf(name) {
    return `class-${[...this.#byName.keys()].indexOf(name)}`;
  }
}

/** @param {EventTarget | null} target */
const nameOf = (target) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-name]"))?.dataset.name;
