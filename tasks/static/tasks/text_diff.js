// Where two texts differ, word by word: what both have, what only the first has, and what only the second has. No part
// ends within what a reader takes for one character.

import { element } from "./elements.js";

/**
 * @typedef {{ text: string, only?: "first" | "second" }} Stretch of both texts, or of only one
 */

const CELLS = 4_000_000; // of the table of common words; texts that need more are different from end to end
const SPACE = /^\s+$/u;

/**
 * The words of a text, marks and white space among them, each by itself.
 * @param {string} text
 */
export function wordsOf(text) {
  if (!("Segmenter" in Intl)) return text.match(/\s+|[^\s]+/gu) ?? [];
  return Array.from(new Intl.Segmenter(undefined, { granularity: "word" }).segment(text), ({ segment }) => segment);
}

/**
 * The stretches that both texts are made of, in order.
 * @param {string} first
 * @param {string} second
 * @returns {Stretch[]}
 */
export function differences(first, second) {
  const [one, other] = [wordsOf(first), wordsOf(second)];
  const begin = common(one, other, (words, place) => words[place]);
  const rest = Math.min(one.length, other.length) - begin;
  const end = Math.min(rest, common(one, other, (words, place) => words[words.length - 1 - place]));
  const middle = between(one.slice(begin, one.length - end), other.slice(begin, other.length - end));
  return joined([...both(one.slice(0, begin)), ...middle, ...both(one.slice(one.length - end))]);
}

/**
 * One of two texts, or both in one, with what the other has not marked.
 * @param {Stretch[]} stretches
 * @param {"first" | "second" | "both"} [of]
 */
export function marked(stretches, of = "both") {
  const kept = stretches.filter(({ only }) => !only || of === "both" || only === of);
  return kept.map(({ text, only }) => {
    if (!only) return document.createTextNode(text);
    return element(only === "first" ? "del" : "ins", text);
  });
}

/**
 * @param {string[]} one
 * @param {string[]} other
 * @param {(words: string[], place: number) => string} at
 */
function common(one, other, at) {
  const most = Math.min(one.length, other.length);
  let place = 0;
  while (place < most && at(one, place) === at(other, place)) place += 1;
  return place;
}

/** @param {string[]} words */
const both = (words) => words.map((text) => ({ text }));

/**
 * What is between the first and the last difference: the longest common subsequence.
 * @param {string[]} one
 * @param {string[]} other
 * @returns {Stretch[]}
 */
function between(one, other) {
  const width = other.length + 1;
  if (one.length * width > CELLS) {
    return [{ text: one.join(""), only: "first" }, { text: other.join(""), only: "second" }];
  }
  const longest = lengths(one, other, width);
  const found = /** @type {Stretch[]} */ ([]);
  let [left, right] = [0, 0];
  while (left < one.length || right < other.length) {
    const here = longest[left * width + right];
    if (left < one.length && right < other.length && one[left] === other[right]) {
      found.push({ text: one[left] });
      left += 1;
      right += 1;
    } else if (right === other.length || (left < one.length && longest[(left + 1) * width + right] === here)) {
      found.push({ text: one[left], only: "first" });
      left += 1;
    } else {
      found.push({ text: other[right], only: "second" });
      right += 1;
    }
  }
  return found;
}

/**
 * How many words the rests of both have in common at most, from each pair of places on.
 * @param {string[]} one
 * @param {string[]} other
 * @param {number} width
 */
function lengths(one, other, width) {
  const longest = new Uint16Array((one.length + 1) * width);
  for (let left = one.length - 1; left >= 0; left -= 1) {
    for (let right = other.length - 1; right >= 0; right -= 1) {
      const here = left * width + right;
      longest[here] = one[left] === other[right]
        ? longest[here + width + 1] + 1
        : Math.max(longest[here + width], longest[here + 1]);
    }
  }
  return longest;
}

/**
 * Neighbours of one sort as one; white space between two differences belongs to them. What is only in the first comes
 * before what is only in the second.
 * @param {Stretch[]} stretches
 */
function joined(stretches) {
  const made = /** @type {Stretch[]} */ ([]);
  let [first, second] = ["", ""];
  function close() {
    if (first) made.push({ text: first, only: "first" });
    if (second) made.push({ text: second, only: "second" });
    [first, second] = ["", ""];
  }
  stretches.forEach(({ text, only }, place) => {
    const isGap = !only && SPACE.test(text) && (first || second) && stretches[place + 1]?.only;
    if (only !== "second" && (only || isGap)) first += text;
    if (only !== "first" && (only || isGap)) second += text;
    if (only || isGap) return;
    close();
    const last = made.at(-1);
    if (last && !last.only) last.text += text;
    else made.push({ text });
  });
  close();
  return made;
}
