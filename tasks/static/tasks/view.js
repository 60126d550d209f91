// Where a picture lies in its frame on the page, and back: a scale and a shift between pixels of the frame and pixels of
// the upright original, which all geometry is counted in. Nothing of a page is needed for it.

const LARGEST = 16; // of an original's pixel, in those of the page
const BEYOND_FIT = 4; // times, if the picture fits only when it is larger than that

/** @typedef {{ x: number, y: number }} Point */

export class View {
  scale = 1; // pixels of the page for one of the original
  left = 0; // where the picture's corner is in the frame
  top = 0;
  #frame = { width: 0, height: 0 };
  #isFit = true;

  /**
   * @param {number} width of the upright original
   * @param {number} height
   * @param {number} [longest] side in pixels of the page that a picture gets which is made larger to fit
   */
  constructor(width, height, longest = Infinity) {
    this.width = width;
    this.height = height;
    this.#longest = longest;
  }

  #longest;

  get isFit() {
    return this.#isFit;
  }

  get #fitting() {
    const { width, height } = this.#frame;
    return Math.min(width / this.width, height / this.height, this.#longest / Math.max(this.width, this.height));
  }

  /**
   * The pixel of the original under a point of the frame.
   * @param {Point} at
   */
  toPicture({ x, y }) {
    return { x: (x - this.left) / this.scale, y: (y - this.top) / this.scale };
  }

  /**
   * The point of the frame over a pixel of the original.
   * @param {Point} at
   */
  toFrame({ x, y }) {
    return { x: this.left + x * this.scale, y: this.top + y * this.scale };
  }

  /**
   * The frame has another size: what was in its middle stays there.
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    const middle = this.toPicture(this.#middle);
    this.#frame = { width, height };
    if (this.#isFit || this.scale < this.#fitting) return this.fit();
    const now = this.toFrame(middle);
    this.pan(this.#middle.x - now.x, this.#middle.y - now.y);
  }

  /** All of the picture, as large as the frame lets it be. */
  fit() {
    this.#isFit = true;
    this.scale = this.#fitting;
    this.#settle();
  }

  /**
   * @param {number} factor
   * @param {Point} at what stays where it is; the middle of the frame, if nothing is said
   */
  zoom(factor, at = this.#middle) {
    const fixed = this.toPicture(at);
    const least = this.#fitting;
    this.scale = Math.min(Math.max(this.scale * factor, least), Math.max(LARGEST, BEYOND_FIT * least));
    this.#isFit = this.scale <= least;
    this.left = at.x - fixed.x * this.scale;
    this.top = at.y - fixed.y * this.scale;
    this.#settle();
  }

  /**
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    this.left += right;
    this.top += down;
    this.#settle();
  }

  /**
   * As close as another view, in the same place of the picture.
   * @param {View} other
   */
  follow(other) {
    this.fit();
    if (other.isFit) return;
    const { x, y } = other.toPicture(other.#middle);
    this.zoom(other.scale / other.#fitting);
    const now = this.toFrame({ x: (x / other.width) * this.width, y: (y / other.height) * this.height });
    this.pan(this.#middle.x - now.x, this.#middle.y - now.y);
  }

  get #middle() {
    return { x: this.#frame.width / 2, y: this.#frame.height / 2 };
  }

  /** All of it lies in the middle of the frame; a part of it covers at least the middle. */
  #settle() {
    const settled = this.#isFit ? centred : covering;
    this.left = settled(this.left, this.width * this.scale, this.#middle.x);
    this.top = settled(this.top, this.height * this.scale, this.#middle.y);
  }
}

/**
 * @param {number} _place
 * @param {number} length
 * @param {number} middle
 */
const centred = (_place, length, middle) => middle - length / 2;

/**
 * @param {number} place
 * @param {number} length
 * @param {number} middle
 */
const covering = (place, length, middle) => Math.min(middle, Math.max(middle - length, place));
