// Parts of a page that keep themselves up to date (data-live) don't ask while nobody looks, keep what they show when
// an answer goes wrong, and don't move a button (in data-hold) away from under the pointer.

const isLive = (element) => element.matches("[data-live]");
const canHover = matchMedia("(hover: hover)").matches;
const isUsed = (element) =>
  element.querySelector("select:focus") !== null ||
  (canHover && element.querySelector("[data-hold] :is(button, select):hover") !== null);

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  const polls = isLive(elt) && event.detail.requestConfig.verb === "get";
  if (polls && (document.hidden || isUsed(elt))) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, xhr } = event.detail;
  if (isLive(elt) && xhr.status >= 400) event.detail.shouldSwap = false;
});
