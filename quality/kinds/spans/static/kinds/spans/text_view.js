// The text of a task with marks on it. What is drawn never changes a character of the text: lines are backgrounds, and the
// names of classes stand before the first character of a mark without being part of the text.

import { element } from "../../tasks/elements.js";
import { laid } from "./layers.js";

/**
 * @import { Mark } from "./code_points.js"
 *
 * @typedef {{ colors: Map<string, string>, titles: Map<string, string> }} Looks of the classes, by their names
 * @typedef {{ mark: Mark, state: string, isSelected: boolean }} Drawn `state`: "", or that it is suggested, right or wrong
 * @typedef {{ mark: Mark, layer: number }} Line
 */

const APART = 2; // pixels between lines
const THICK = 3; // and of them
const MOST_LAYERS = 12; // of more overlaps no line would be told from another

export class TextView {
  #text;
  #looks;

  /**
   * @param {string} text
   * @param {Looks} looks
   */
  constructor(text, looks) {
    this.#text = text;
    this.#looks = looks;
    this.root = element("p", text, { className: "task-text marked-text", dir: "auto", tabIndex: 0 });
  }

  /** @param {Drawn[]} drawn marks, in order */
  draw(drawn) {
    const states = new Map(drawn.map(({ mark, state, isSelected }) => [mark, `${state} ${isSelected ? "is-selected" : ""}`.trim()]));
    /** @param {Mark} mark */
    const state = (mark) => states.get(mark) ?? "";
    const { stretches, layers } = laid(this.#text.length, [...states.keys()]);
    this.root.style.setProperty("--layers", String(Math.min(layers, MOST_LAYERS)));
    this.root.replaceChildren(...stretches.map((stretch) => this.#part(stretch, state)));
  }

  /** The places of what is selected in the text by pointer or keys; null where that is not in it, or nothing. */
  get selected() {
    const selection = getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.root)) return null;
    const start = this.root.contains(range.startContainer) ? this.placeOf(range.startContainer, range.startOffset) : 0;
    const end = this.root.contains(range.endContainer) ? this.placeOf(range.endContainer, range.endOffset) : this.#text.length;
    return start < end ? { start, end } : null;
  }

  /**
   * Select these places, and bring the end in view.
   * @param {number} start
   * @param {number} end
   */
  select(start, end) {
    const [from, to] = [this.#pointOf(start, false), this.#pointOf(end, true)];
    getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
    to.node.parentElement?.scrollIntoView({ block: "nearest" });
  }

  unselect() {
    if (this.selected) getSelection()?.removeAllRanges();
  }

  /**
   * The place in the text that a point of the document stands for.
   * @param {Node} node
   * @param {number} offset
   */
  placeOf(node, offset) {
    const range = document.createRange();
    range.setStart(this.root, 0);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  /**
   * The place of the text at a point of the window; null where there is none.
   * @param {number} x
   * @param {number} y
   */
  placeAt(x, y) {
    const point = caretAt(x, y);
    return point && this.root.contains(point.node) ? this.placeOf(point.node, point.offset) : null;
  }

  /**
   * @param {number} place
   * @param {boolean} isEnd whether what is before the place is meant
   */
  #pointOf(place, isEnd) {
    let left = place;
    for (const { firstChild } of this.root.children) {
      const node = /** @type {Text} */ (firstChild);
      if (left < node.length || (isEnd && left === node.length)) return { node, offset: left };
      left -= node.length;
    }
    return { node: this.root, offset: this.root.childNodes.length };
  }

  /**
   * @param {{ start: number, end: number, lines: Line[] }} stretch
   * @param {(mark: Mark) => string} state
   */
  #part({ start, end, lines }, state) {
    const part = element("span", this.#text.slice(start, end));
    if (!lines.length) return part;
    part.className = ["mark", ...lines.map(({ mark }) => state(mark))].join(" ").trim();
    part.style.background = lines.map((line) => this.#line(line, state(line.mark))).join(", ");
    const begin = lines.filter(({ mark }) => mark.start === start);
    if (begin.length) part.dataset.begins = begin.map(({ mark }) => this.#looks.titles.get(mark.class)).join(" · ");
    return part;
  }

  /**
   * @param {Line} line
   * @param {string} state
   */
  #line({ mark, layer }, state) {
    const color = this.#looks.colors.get(mark.class) ?? "currentcolor";
    const down = (Math.min(layer, MOST_LAYERS) + 1) * (THICK + APART);
    const image = state.includes("is-suggested")
      ? `repeating-linear-gradient(90deg, ${color} 0 6px, transparent 6px 10px)`
      : `linear-gradient(${color}, ${color})`;
    return `${image} 0 calc(100% - var(--deep) + ${down}px) / 100% ${THICK}px no-repeat`;
  }
}

/**
 * The point of the document at one of the window, in the words of any browser.
 * @param {number} x
 * @param {number} y
 */
function caretAt(x, y) {
  const position = document.caretPositionFromPoint?.(x, y);
  if (position) return { node: position.offsetNode, offset: position.offset };
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}
