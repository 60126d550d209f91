// The public API, as a signed-in browser uses it.

const root = content("api");
const csrfToken = content("csrf-token");

/** @param {string} name of a meta element */
function content(name) {
  return /** @type {HTMLMetaElement} */ (document.querySelector(`meta[name=${name}]`)).content;
}

export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string }} [reply]
   */
  constructor(status, { code = "", detail = "" } = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  /** Whether the same request may well succeed later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Resolves with the reply, or rejects with a Problem, whose status is 0 where there was no reply.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {RequestInit} [options]
 */
export async function call(method, path, body, options = {}) {
  const response = await fetch(`${root}${path}`, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
    body: body === undefined ? body : JSON.stringify(body),
    ...options,
  }).catch(() => null);
  if (!response) throw new Problem(0);
  const reply = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, reply ?? {});
  return reply;
}
