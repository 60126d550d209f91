// One class out of the project's.

import { AnswerButtons } from "../../tasks/answer_buttons.js";

/** @import { AnswerControl } from "../../tasks/answer_area.js" */

/**
 * @param {HTMLFieldSetElement} root
 * @param {{ buttons: { text: string, title: string }[] }} schema
 * @returns {AnswerControl}
 */
export const mount = (root, { buttons }) =>
  new AnswerButtons(root, buttons.map(({ text, title }) => ({ answer: text, title, text })));
