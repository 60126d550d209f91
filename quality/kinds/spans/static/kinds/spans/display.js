// How a sheet is shown: on the text, in the list of marks, and in a sentence about what is selected or chosen.

import { brief } from "./panel.js";
import { TextView } from "./text_view.js";

/**
 * @import { Mark } from "./code_points.js"
 * @import { Panel } from "./panel.js"
 * @import { Sheet } from "./sheet.js"
 */

export class Display {
  #panel;
  #sheet;
  #pick;
  text = "";
  view;

  /**
   * @param {Panel} panel
   * @param {Sheet} sheet
   * @param {(mark: Mark) => void} pick is called with a mark of the list that is pressed
   */
  constructor(panel, sheet, pick) {
    this.#panel = panel;
    this.#sheet = sheet;
    this.#pick = pick;
    this.view = new TextView("", panel);
  }

  /** @param {string} text */
  begin(text) {
    this.text = text;
    this.view = new TextView(text, this.#panel);
  }

  draw() {
    const { all, selected } = this.#sheet;
    const listed = all.map((mark) => ({ mark, state: this.#sheet.state(mark), isSelected: mark === selected }));
    this.view.draw(listed);
    this.#panel.list(listed, this.text, this.#pick);
    this.sayWhatIsSelected();
  }

  sayWhatIsSelected() {
    const { isCorrected, marks, selected } = this.#sheet;
    if (selected) this.#panel.say("selected", { title: this.#panel.titles.get(selected.class), text: this.#brief(selected) });
    else this.#panel.say(marks.all.length || isCorrected ? "" : "none");
  }

  /**
   * @param {{ start: number, end: number }} range
   * @param {boolean} isFirst whether it is a word that was tapped, from which more may be chosen
   */
  sayWhatIsChosen(range, isFirst) {
    this.#panel.say(isFirst ? "first" : "chosen", { text: this.#brief(range) });
  }

  /** @param {{ start: number, end: number }} range */
  #brief({ start, end }) {
    return brief(this.text.slice(start, end));
  }
}
