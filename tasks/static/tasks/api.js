// The public API, as a signed-in browser uses it.

const root = document.querySelector("meta[name=api]").content;
const csrfToken = document.querySelector("meta[name=csrf-token]").content;

export class Problem extends Error {
  constructor(status, { code = "", detail = "" } = {}) {
    super(detail);
    Object.assign(this, { status, code, detail });
  }

  /** Whether the same request may well succeed later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Resolves with the reply, or rejects with a Problem, whose status is 0 where there was no reply. */
export async function call(method, path, body, options = {}) {
  let response;
  try {
    response = await fetch(`${root}${path}`, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
      body: body && JSON.stringify(body),
      ...options,
    });
  } catch {
    throw new Problem(0);
  }
  const reply = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, reply ?? {});
  return reply;
}
