// A task as the API gives it, with its pictures on their way.

import { texts } from "./elements.js";

/**
 * @typedef {{ url: string, width: number, height: number }} Served sizes are those of the upright original
 *
 * @typedef {Served & { field: string, element: HTMLImageElement }} Picture
 *
 * @typedef {{
 *   token: string, data: Record<string, unknown>, pictures?: Record<string, Served>, image?: Served, expires_at: string,
 *   suggestion?: unknown,
 * }} Assignment
 *
 * @typedef {{
 *   data: Record<string, unknown>,
 *   pictures?: Record<string, Served>, // by field of the data
 *   suggestion?: unknown,
 *   former?: unknown, // the answer that was taken back
 *   views?: Picture[], loaded?: Promise<boolean>, waiting?: boolean, // its pictures, and whether they are still to come
 * }} Shown
 *
 * @typedef {Assignment & Shown & {
 *   isOurs?: boolean, // fetched by this window, and not taken over from one before
 *   from: number, seenAt: number, ends: number, // of the lease: see leases.js
 *   asked?: boolean, // to be leased for longer
 * }} Task
 */

/**
 * The task with its pictures on their way; `waiting` until they are there.
 * @template {{ data: Record<string, unknown>, pictures?: Record<string, Served>, image?: Served }} Given
 * @param {Given} task
 * @returns {Given & { views?: Picture[], loaded?: Promise<boolean>, waiting?: boolean }}
 */
export function preloaded(task) {
  if (!task.pictures) return task;
  const views = Object.entries(task.pictures).map(([field, served]) => viewOf(field, served));
  const loaded = Promise.all(views.map((view) => view.element.decode())).then(() => true, () => false);
  const made = { ...task, data: task.image ? withoutAddress(task.data) : task.data, views, loaded, waiting: true };
  loaded.then(() => (made.waiting = false));
  return made;
}

/**
 * @param {string} field
 * @param {Served} served
 * @returns {Picture}
 */
function viewOf(field, { url, width, height }) {
  const picture = new Image();
  picture.alt = texts.picture;
  picture.src = url;
  return { field, url, width, height, element: picture };
}

/**
 * Clients of before look for the address of the only picture among the data.
 * @param {Record<string, unknown>} data
 */
const withoutAddress = (data) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== "image"));
