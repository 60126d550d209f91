// What a worker did, on its way to the server: sent in order, again and again until the server has taken it, and kept
// in this window's storage meanwhile, so that neither a reload nor signing in again loses an answer.

/**
 * @import { Problem } from "./api.js"
 *
 * @typedef {object} Item an answer, a skip, or that one of these is taken back
 * @property {string} token
 * @property {unknown} [answer] none for a skip
 * @property {number} [seconds] that the answer took
 * @property {string} [reason] of a skip
 * @property {boolean} [undo] what was done is taken back
 * @property {unknown} [former] the answer that is taken back
 * @property {boolean} [tried] the server may have heard of it
 *
 * @typedef {object} Hooks
 * @property {(item: Item, again: boolean) => Promise<any>} send resolves with the reply or rejects with a Problem
 * @property {(item: Item, reply: any) => void} sent
 * @property {(item: Item, problem: Problem) => void} refused
 * @property {(problem: Problem) => void} stopped
 * @property {(size: number, retrying: boolean) => void} changed follows the count
 */

const FIRST_PAUSE = 500; // milliseconds; doubled after every failure
const LONGEST_PAUSE = 10_000;

/** @param {unknown} answer */
export const isAnswer = (answer) => answer !== undefined; // else it is a skip

/**
 * How many answers more there are by an item.
 * @param {Item} item
 */
const change = ({ undo, former, answer }) => (undo ? -Number(isAnswer(former)) : Number(isAnswer(answer)));

/** @param {Problem} problem */
const isClosedDoor = ({ status }) => status === 401 || status === 403;

export class Outbox {
  #key;
  #hooks;
  /** @type {Item[]} */ #items;
  #sending = false;

  /**
   * @param {string} key of the storage of this window
   * @param {Hooks} hooks
   */
  constructor(key, hooks) {
    this.#key = key;
    this.#hooks = hooks;
    this.#items = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  }

  get size() {
    return this.#items.length;
  }

  /** How many answers more there will be once all is sent. */
  get answers() {
    return this.#items.reduce((sum, item) => sum + change(item), 0);
  }

  get tokens() {
    return this.#items.map((item) => item.token);
  }

  /** @param {Item} item */
  add(item) {
    this.#items.push(item);
    this.#keep(false);
    this.flush();
  }

  /**
   * Take an item back that the server can't have heard of; false if it may have.
   * @param {Item} item
   */
  withdraw(item) {
    const place = this.#items.indexOf(item);
    if (place === -1 || item.tried) return false;
    this.#items.splice(place, 1);
    this.#keep(false);
    return true;
  }

  /**
   * Forget what waits to be sent for a token, and say how many answers more it would have made.
   * @param {string} token
   */
  forget(token) {
    const before = this.answers;
    this.#items = this.#items.filter((item) => item.token !== token);
    this.#keep(false);
    return before - this.answers;
  }

  /**
   * What waits to be sent for one token is to go to another; says whether there was anything.
   * @param {string} token
   * @param {string} other
   */
  readdress(token, other) {
    const waiting = this.#items.filter((item) => item.token === token);
    for (const item of waiting) item.token = other;
    this.#keep(false);
    return waiting.length > 0;
  }

  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#items.length && (await this.#sendFirst()));
    this.#sending = false;
  }

  /** Send until the first item is taken or refused; false if it is no use to go on. */
  async #sendFirst() {
    const [item] = this.#items;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      if (this.#items[0] !== item) return true; // it was withdrawn meanwhile
      const again = Boolean(item.tried);
      item.tried ||= navigator.onLine; // what a browser without a connection sends, nobody can have heard
      try {
        const reply = await this.#hooks.send(item, again);
        this.#drop();
        this.#hooks.sent(item, reply);
        return true;
      } catch (error) {
        const problem = /** @type {Problem} */ (error);
        if (!problem.passes) return this.#settle(item, problem);
        this.#keep(true);
        await backOnlineOrAfter(pause);
      }
    }
  }

  /**
   * The server said no; false if it would say no to all.
   * @param {Item} item
   * @param {Problem} problem
   */
  #settle(item, problem) {
    if (isClosedDoor(problem)) {
      this.#hooks.stopped(problem);
      return false;
    }
    this.#drop();
    this.#hooks.refused(item, problem);
    return true;
  }

  #drop() {
    this.#items.shift();
    this.#keep(false);
  }

  /** @param {boolean} retrying */
  #keep(retrying) {
    sessionStorage.setItem(this.#key, JSON.stringify(this.#items));
    this.#hooks.changed(this.size, retrying);
  }
}

/**
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function backOnlineOrAfter(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}
