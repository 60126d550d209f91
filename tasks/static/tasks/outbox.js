// What a worker did, on its way to the server: sent in order, again and again until the server has taken it, and kept
// in this window's storage meanwhile, so that neither a reload nor signing in again loses an answer.

const FIRST_PAUSE = 500; // milliseconds; doubled after every failure
const LONGEST_PAUSE = 10_000;

const isPassing = ({ status }) => status === 0 || status === 429 || status >= 500;
const isClosedDoor = ({ status }) => status === 401 || status === 403;

export class Outbox {
  #key;
  #items;
  #hooks;
  #sending = false;

  /**
   * `hooks`: `send(item)` resolves with the reply or rejects with a Problem; `sent(item, reply)`,
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

  get tokens() {
    return this.#items.map((item) => item.token);
  }

  add(item) {
    this.#items.push(item);
    this.#keep(false);
    this.flush();
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
      try {
        const reply = await this.#hooks.send(item);
        this.#drop();
        this.#hooks.sent(item, reply);
        return true;
      } catch (problem) {
        if (isClosedDoor(problem)) {
          this.#hooks.stopped(problem);
          return false;
        }
        if (!isPassing(problem)) {
          this.#drop();
          this.#hooks.refused(item, problem);
          return true;
        }
        item.again = true;
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
