// Where words and characters, as people see them, begin and end in a text; in units of UTF-16.

/** @typedef {{ start: number, end: number, isWord: boolean }} Piece */

const HAN = /\p{Script=Han}/u;
const LETTERS = /[\p{L}\p{N}\p{M}_]+|[^\p{L}\p{N}\p{M}_]/gu; // in browsers without a segmenter
const SEEN_ALONE = /\P{M}\p{M}*/gsu;
const WORDY = /[\p{L}\p{N}]/u;

export class Words {
  #text;
  /** @type {Piece[] | undefined} */ #words;
  /** @type {Piece[] | undefined} */ #characters;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** All of the text: words, and what is between them. */
  get words() {
    this.#words ??= pieces(this.#text, "word", LETTERS);
    return this.#words;
  }

  /** All of the text: characters as people see them, none of which is ever parted. */
  get characters() {
    this.#characters ??= pieces(this.#text, "grapheme", SEEN_ALONE);
    return this.#characters;
  }

  /**
   * As little as can be that covers these places and parts no character, nor, if asked, any word; nothing but space has
   * no end of its own. Null where there is nothing to mark.
   * @param {number} start
   * @param {number} end
   * @param {boolean} whole whether words stay whole
   */
  covering(start, end, whole) {
    const within = touched(whole ? this.words : this.characters, start, end).filter(({ start: from, end: to }) => !whole || this.#says(from, to));
    if (!within.length) return null;
    return { start: within[0].start, end: /** @type {Piece} */ (within.at(-1)).end };
  }

  /**
   * The word, or what else people see, at this place or after it; before it, where nothing comes after.
   * @param {number} place
   */
  at(place) {
    const said = this.words.filter(({ isWord }) => isWord);
    return said.find(({ end }) => end > place) ?? said.at(-1) ?? this.words[0] ?? null;
  }

  /**
   * The next end of a word, or of a character, after this place.
   * @param {number} place
   * @param {boolean} whole
   */
  after(place, whole) {
    return this.#stops(whole).find(({ end }) => end > place)?.end ?? this.#text.length;
  }

  /**
   * The last begin of a word, or of a character, before this place.
   * @param {number} place
   * @param {boolean} whole
   */
  before(place, whole) {
    return this.#stops(whole).findLast(({ start }) => start < place)?.start ?? 0;
  }

  /**
   * The next or the last of the ends of words, or of characters, that are starts or ends as this one is.
   * @param {"start" | "end"} which
   * @param {number} place
   * @param {number} by
   * @param {boolean} whole
   */
  moved(which, place, by, whole) {
    const places = this.#stops(whole).map((piece) => piece[which]);
    return (by > 0 ? places.find((each) => each > place) : places.findLast((each) => each < place)) ?? place;
  }

  /** @param {boolean} whole */
  #stops(whole) {
    return whole ? this.words.filter(({ isWord }) => isWord) : this.characters;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #says(start, end) {
    return this.#text.slice(start, end).trim() !== "";
  }
}

/**
 * @param {string} text
 * @param {"word" | "grapheme"} granularity
 * @param {RegExp} otherwise
 * @returns {Piece[]}
 */
function pieces(text, granularity, otherwise) {
  if (typeof Intl.Segmenter !== "function") {
    return Array.from(text.matchAll(otherwise), ({ index, 0: part }) => piece(index, part, WORDY.test(part)));
  }
  const segmenter = new Intl.Segmenter(HAN.test(text) ? "zh" : undefined, { granularity });
  return Array.from(segmenter.segment(text), ({ index, segment, isWordLike }) => piece(index, segment, Boolean(isWordLike)));
}

/**
 * @param {number} start
 * @param {string} part
 * @param {boolean} isWord
 */
const piece = (start, part, isWord) => ({ start, end: start + part.length, isWord });

/**
 * The pieces that have anything between these places.
 * @param {Piece[]} all
 * @param {number} start
 * @param {number} end
 */
const touched = (all, start, end) => all.filter((each) => each.end > start && each.start < end);
