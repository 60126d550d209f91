// What is chosen in the text to be marked: by dragging over it, by tapping its first and its last word, or by keys.

/**
 * @import { Editor } from "./editor.js"
 * @import { TextView } from "./text_view.js"
 *
 * @typedef {{ start: number, end: number }} Range
 */

export class Chosen {
  #editor;
  #view;
  /** @type {Range | null} */ range = null;
  #anchor = 0; // the end from which keys choose
  #tapped = false; // whether a tap chose it, and another may choose more
  #over = new AbortController();

  /**
   * @param {Editor} editor
   * @param {TextView} view
   */
  constructor(editor, view) {
    this.#editor = editor;
    this.#view = view;
    const { signal } = this.#over;
    view.root.addEventListener("click", (event) => this.#clicked(/** @type {PointerEvent} */ (event)), { signal });
    view.root.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    document.addEventListener("selectionchange", () => this.#selectionChanged(), { signal });
    document.addEventListener("pointerup", ({ pointerType }) => pointerType === "mouse" && this.#dragged(), { signal });
  }

  /** Another text comes. */
  end() {
    this.#over.abort();
    globalThis.CSS?.highlights?.delete("chosen");
  }

  forget() {
    this.#anchor = this.range?.end ?? this.#anchor; // from where keys go on
    [this.range, this.#tapped] = [null, false];
    this.#view.unselect();
    this.redraw();
  }

  /** After the text was drawn anew, what is chosen still shows. */
  redraw() {
    if (this.range) this.#view.select(this.range.start, this.range.end);
  }

  /**
   * @param {Range | null} range
   * @param {boolean} [isFirst]
   */
  #choose(range, isFirst = false) {
    this.range = range;
    this.#tapped = isFirst;
    if (range) this.#view.select(range.start, range.end);
    this.#editor.noteChosen(range, isFirst);
  }

  /** What the browser's own selection covers is chosen; that it is gone when a button is tapped changes nothing. */
  #selectionChanged() {
    const places = this.#editor.isOpen ? this.#view.selected : null;
    if (!places || (this.range && places.start === this.range.start && places.end === this.range.end)) return;
    this.range = this.#editor.words.covering(places.start, places.end, this.#editor.panel.wholeWords);
    this.#tapped = false;
    this.#editor.noteChosen(this.range);
  }

  /** Of one class, what a mouse has dragged over is marked at once. */
  #dragged() {
    const { onlyClass } = this.#editor.panel;
    if (this.range && this.#view.selected && onlyClass !== null) this.#editor.classify(onlyClass);
  }

  /** @param {PointerEvent} event */
  #clicked({ clientX, clientY, pointerType }) {
    if (!this.#editor.isOpen || (pointerType === "mouse" && this.#view.selected)) return; // it was dragged
    const place = this.#view.placeAt(clientX, clientY);
    if (place === null) return;
    if (pointerType === "mouse") this.#pointed(place);
    else this.#tap(place);
  }

  /** @param {number} place */
  #pointed(place) {
    this.range = null;
    if (!this.#editor.pickAt(place)) this.#editor.letGo();
  }

  /**
   * The first tap takes a word, the second all up to there; on a mark a tap selects it.
   * @param {number} place
   */
  #tap(place) {
    const word = this.#editor.words.at(place);
    if (this.range && this.#tapped && word) {
      this.#choose({ start: Math.min(this.range.start, word.start), end: Math.max(this.range.end, word.end) });
    } else if (!this.#editor.pickAt(place) && word) {
      this.#choose({ start: word.start, end: word.end }, true);
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing || !this.#editor.isOpen || event.metaKey) return;
    const action = this.#actions(event)[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Record<string, () => void>}
   */
  #actions({ shiftKey, ctrlKey }) {
    const isRtl = getComputedStyle(this.#view.root).direction === "rtl";
    /** @param {number} by */
    const across = (by) => () => this.#across(isRtl ? -by : by, shiftKey, ctrlKey);
    return {
      ArrowLeft: across(-1), ArrowRight: across(1),
      ArrowUp: () => this.#editor.step(-1), ArrowDown: () => this.#editor.step(1),
      Home: () => this.#go(0), End: () => this.#go(this.#editor.text.length),
    };
  }

  /**
   * By a word, or by a character where words need not be whole: the selected mark's end is moved, more or less is chosen,
   * or the next word is.
   * @param {number} by
   * @param {boolean} more
   * @param {boolean} start of the selected mark
   */
  #across(by, more, start) {
    if (more && !this.range && this.#editor.move(start ? "start" : "end", by)) return;
    const { panel: { wholeWords }, words } = this.#editor;
    const range = this.range;
    if (range && more) this.#more(range, by);
    else this.#go(by > 0 ? (range?.end ?? this.#anchor) : words.before(range?.start ?? this.#anchor, wholeWords));
  }

  /**
   * Choose more or less, at the end that is not the anchor.
   * @param {Range} range
   * @param {number} by
   */
  #more(range, by) {
    const { panel: { wholeWords }, words } = this.#editor;
    const isForward = this.#anchor <= range.start;
    const [fixed, free] = isForward ? [range.start, range.end] : [range.end, range.start];
    const moved = by > 0 ? words.after(free, wholeWords) : words.before(free, wholeWords);
    if (moved === fixed) return;
    this.#anchor = fixed;
    this.#choose({ start: Math.min(fixed, moved), end: Math.max(fixed, moved) });
  }

  /**
   * Choose the word, or the character, at a place or after it.
   * @param {number} place
   */
  #go(place) {
    const { panel: { wholeWords }, text, words } = this.#editor;
    const end = words.after(Math.min(place, Math.max(text.length - 1, 0)), wholeWords);
    const start = words.before(end, wholeWords);
    if (start >= end) return;
    this.#anchor = start;
    this.#choose({ start, end });
  }
}
