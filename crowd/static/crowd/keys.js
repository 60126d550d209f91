// Which action a key press means, whatever the keyboard's layout and while no input method is composing a word.

const LATIN = /^[a-z0-9]$/i;

/**
 * Whether a key press belongs to the browser, the system or an input method, or repeats by itself.
 * @param {KeyboardEvent} event
 */
export function isNotOurs(event) {
  const composes = event.isComposing || event.keyCode === 229; // what browsers send while an input method is at work
  return composes || event.ctrlKey || event.metaKey || event.altKey || event.repeat;
}

/**
 * What `byKey` holds for the character typed. Where that is bound to nothing and the layout has no Latin letter or digit
 * there (AZERTY's digits, Cyrillic, Persian), the place of the key counts: the second key of the digits is "2".
 * @template Action
 * @param {Pick<KeyboardEvent, "key" | "code">} event
 * @param {Map<string, Action>} byKey
 * @returns {Action | undefined}
 */
export function actionOf({ key, code }, byKey) {
  const byCharacter = byKey.get(key) ?? byKey.get(key.toLowerCase());
  if (byCharacter || LATIN.test(key)) return byCharacter;
  const [, place] = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code) ?? [];
  return place === undefined ? undefined : byKey.get(place.toLowerCase());
}
