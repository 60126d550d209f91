// The classes that were used last, each with a key that it keeps as long as it is among them.

export const KEYS = [..."1234567890"];

export class RecentClasses {
  #storage;
  /** In the order of their keys. @type {string[]} */ #names = [];
  /** The newest first. @type {string[]} */ #uses = [];

  /**
   * @param {string} storage where they are remembered
   * @param {{ has: (name: string) => boolean }} known classes that there are
   */
  constructor(storage, known) {
    this.#storage = storage;
    try {
      const { names, uses } = JSON.parse(localStorage.getItem(storage) ?? "{}");
      this.#names = [...names].filter((name) => known.has(name)).slice(0, KEYS.length);
      this.#uses = [...uses].filter((name) => this.#names.includes(name));
    } catch {
      this.#names = []; // nothing was remembered, or not by us
    }
  }

  get names() {
    return this.#names;
  }

  /**
   * The class of a key.
   * @param {string} key
   */
  at(key) {
    return this.#names[KEYS.indexOf(key)];
  }

  /**
   * The key of a class.
   * @param {string} name
   */
  keyOf(name) {
    return KEYS[this.#names.indexOf(name)];
  }

  /**
   * It was used: if it is new, it gets the key of the one that was used the longest ago.
   * @param {string} name
   */
  use(name) {
    this.#uses = [name, ...this.#uses.filter((each) => each !== name)].slice(0, KEYS.length);
    if (!this.#names.includes(name)) {
      const isFull = this.#names.length === KEYS.length;
      this.#names[isFull ? this.#names.findIndex((each) => !this.#uses.includes(each)) : this.#names.length] = name;
    }
    try {
      localStorage.setItem(this.#storage, JSON.stringify({ names: this.#names, uses: this.#uses }));
    } catch {
      // storage is off or full: they are remembered as long as the page is open
    }
  }
}
