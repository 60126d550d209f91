// A colour for each class: the owner's, or else one of these, which are told apart on light and dark ground, also by
// people who see fewer colours (after M. Okabe and K. Ito, 2008).

const COLORS = ["#2f6fde", "#c9620c", "#12875f", "#b0468f", "#8a6d00", "#5a4fcf", "#b3261e", "#0b7f93"];

/**
 * Class name → colour.
 * @param {{ name: string, color?: string }[]} classes
 */
export function colorsOf(classes) {
  return new Map(classes.map(({ name, color }, place) => [name, color || COLORS[place % COLORS.length]]));
}
