// How long a text is, in code points, as the server counts.

const NEAR = 0.9; // of the longest text, from where on the worker is told

/** @param {string} text */
export const length = (text) => [...text.normalize("NFC")].length;

/**
 * @param {HTMLElement} counter
 * @param {string} text
 * @param {number} most
 */
export function count(counter, text, most) {
  const counted = length(text);
  counter.textContent = counted > NEAR * most ? `${counted} / ${most}` : "";
  counter.classList.toggle("is-over", counted > most);
}

/**
 * Why a text can't be sent; nothing if it can.
 * @param {string} text
 * @param {number} most
 */
export function faultOf(text, most) {
  if (!text) return "none";
  return length(text) > most ? "long" : "";
}
