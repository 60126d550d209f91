// What is begun and not sent, as texts, kept on this device: a reload, a crash, a sign-out or the end of a lease loses none.

/**
 * @typedef {{ text: string, about: string, at: number }} Draft `about` is what the task shows, as it may come again under
 *   another token
 */

const MOST = 30; // drafts kept of one worker in one project, the newest

export class Drafts {
  #prefix;

  /** @param {string} owner the project and the worker */
  constructor(owner) {
    this.#prefix = `draft:${owner}:`;
  }

  /**
   * Those of the worker whose queue the page shows.
   * @param {Element} root within it
   */
  static around(root) {
    const { slug = "", worker = "" } = /** @type {HTMLElement | null} */ (root.closest("#queue"))?.dataset ?? {};
    return new Drafts(`${slug}:${worker}`);
  }

  /**
   * The draft of a task, by its token, or of one that shows the same.
   * @param {string} token
   * @param {string} about
   */
  of(token, about) {
    const own = read(this.#prefix + token);
    return (own ?? this.#all().map(([, draft]) => draft).find((draft) => about && draft.about === about))?.text;
  }

  /**
   * @param {string} token
   * @param {string} about
   * @param {string} text
   */
  keep(token, about, text) {
    try {
      localStorage.setItem(this.#prefix + token, JSON.stringify({ text, about, at: Date.now() }));
      for (const [key] of this.#all().slice(MOST)) localStorage.removeItem(key);
    } catch { // the storage is full, or there is none: what is in the box stays there
    }
  }

  /**
   * @param {string} token
   * @param {string} about
   */
  drop(token, about) {
    localStorage.removeItem(this.#prefix + token);
    for (const [key, draft] of this.#all()) if (about && draft.about === about) localStorage.removeItem(key);
  }

  /** The newest first. */
  #all() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
    const found = keys.map((key) => /** @type {const} */ ([key, read(key) ?? { text: "", about: "", at: 0 }]));
    return found.toSorted(([, one], [, other]) => other.at - one.at);
  }
}

/**
 * @param {string} key
 * @returns {Draft | null}
 */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
