// Pictures that show the same part, whichever of them is zoomed or moved.

/** @import { Zoom } from "../../tasks/zoom.js" */

/** @param {Zoom[]} zooms */
export function link(zooms) {
  let isFollowing = false;

  /** @param {Zoom} leader */
  function lead(leader) {
    if (isFollowing) return;
    isFollowing = true;
    for (const zoom of zooms) if (zoom !== leader) zoom.follow(leader);
    isFollowing = false;
  }

  for (const zoom of zooms) zoom.frame.addEventListener("zoom", () => lead(zoom));
}
