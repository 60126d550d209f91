// A task as the API gives it, with its picture on its way.

import { texts } from "./elements.js";

/**
 * @typedef {{ token: string, data: Record<string, unknown>, expires_at: string, suggestion?: unknown }} Assignment
 *
 * @typedef {{ url: string, width: number, height: number }} Served a picture, as large as its upright original
 *
 * @typedef {{
 *   data: Record<string, unknown>,
 *   pictures?: Record<string, Served>, // by field of the data
 *   suggestion?: unknown,
 *   former?: unknown, // the answer that was taken back
 *   picture?: HTMLImageElement, loaded?: Promise<boolean>, waiting?: boolean, // the picture, and whether it is still to come
 * }} Shown
 *
 * @typedef {Assignment & Shown & {
 *   isOurs?: boolean, // fetched by this window, and not taken over from one before
 *   from: number, seenAt: number, ends: number, // of the lease: see leases.js
 *   asked?: boolean, // to be leased for longer
 * }} Task
 */

const OUR_PICTURE = /^\/(?!\/)([^?#]+\/)?api\/v1\/(assignments|projects)\/[^?#]+\/image$/; // and not an address that is data

/**
 * The task with its picture on its way; `waiting` until it is there.
 * @template {{ data: Record<string, unknown> }} Given
 * @param {Given} task
 * @returns {Given & { picture?: HTMLImageElement, loaded?: Promise<boolean>, waiting?: boolean }}
 */
export function preloaded(task) {
  const { image, ...data } = task.data;
  if (typeof image !== "string" || !OUR_PICTURE.test(image)) return task;
  const picture = new Image();
  picture.alt = texts.picture;
  picture.src = image;
  const loaded = picture.decode().then(() => true, () => false);
  const made = { ...task, data, picture, loaded, waiting: true };
  loaded.then(() => (made.waiting = false));
  return made;
}
