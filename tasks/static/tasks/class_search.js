// Which classes are meant by what is typed.

/**
 * @template {{ title: string, text: string }} Class
 * @param {string} typed
 * @param {Class[]} classes
 * @param {Class[]} first those that come before the others where several fit as well
 * @returns {Class[]} the best first: that begin so, of which a word does, that hold it anywhere
 */
export function found(typed, classes, first) {
  const ordered = [...first, ...classes.filter((each) => !first.includes(each))];
  const wanted = plain(typed).trim();
  if (!wanted) return ordered;
  const ranked = ordered.map((each) => ({ each, rank: Math.min(rank(plain(each.title), wanted), rank(plain(each.text), wanted)) }));
  return ranked
    .filter((ranking) => ranking.rank < NOWHERE)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ each }) => each);
}

const NOWHERE = 4;

/**
 * @param {string} name
 * @param {string} wanted
 */
function rank(name, wanted) {
  if (name === wanted) return 0;
  const place = name.indexOf(wanted);
  if (place <= 0) return place === 0 ? 1 : NOWHERE;
  return /[\s\p{P}\p{S}]/u.test(name[place - 1]) ? 2 : 3;
}

/**
 * Without accents and capitals: whoever types is in a hurry.
 * @param {string} text
 */
const plain = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
