// What a worker did, on its way to the server: sent in order, again and again until the server has taken it, and kept
// in this window's storage meanwhile, so that neither a reload nor signing in again loses an answer.

const FIRST_PAUSE = 500; // milliseconds; doubled after every failure
const LONGEST_PAUSE = 10_000;

export const isAnswer = (answer) => answer !== undefined; // else it is a skip
const change = ({ undo, former, answer }) => (undo ? -isAnswer(former) : +isAnswer(answer)); // of how many answers there are
const isClosedDoor = ({ status }) => status === 401 || status === 403;

export class Outbox {
  #key;
  #items;
  #hooks;
  #sending = false;

  /**
   * `hooks`: `send(item, again)` resolves with the reply or rejects with a Problem; `sent(item, reply)`,
   * `refused(item, problem)` and `stopped(problem)` say what came of it; `changed(size, retrying)` follows the count.
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

  add(item) {
    this.#items.push(item);
    this.#keep(false);
    this.flush();
  }

  /** Take an item back that the server can't have heard of; false if it may have. */
  withdraw(item) {
    const place = this.#items.indexOf(item);
    if (place < 0 || item.tried) return false;
    this.#items.splice(place, 1);
    this.#keep(false);
    return true;
  }

  /** Forget what waits to be sent for a token, and say how many answers more it would have made. */
  forget(token) {
    const before = this.answers;
    this.#items = this.#items.filter((item) => item.token !== token);
    this.#keep(false);
    return before - this.answers;
  }

  /** What waits to be sent for one token is to go to another; says whether there was anything. */
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
      } catch (problem) {
        if (isClosedDoor(problem)) {
          this.#hooks.stopped(problem);
          return false;
        }
        if (!problem.passes) {
          this.#drop();
          this.#hooks.refused(item, problem);
          return true;
        }
        this.#keep(true);
        await backOnlineOrAfter(pause);
      }
    }
  }

  #drop() {
    this.#items.shift();
    this.#keep(false);
  }

  #keep(retrying) {
    sessionStorage.setItem(this.#key, JSON.stringify(this.#items));
    this.#hooks.changed(this.size, retrying);
  }
}

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
