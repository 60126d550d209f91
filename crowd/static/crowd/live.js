// Parts of a page that keep themselves up to date (data-live) don't ask while nobody looks, keep what they show when
// an answer goes wrong, and don't move things away from under the pointer.

const isLive = (element) => element.matches("[data-live]");
const held = (element) => matchMedia("(hover: hover)").matches && element.querySelector("[data-hold]:hover") !== null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  const polls = isLive(elt) && event.detail.requestConfig.verb === "get";
  if (polls && (document.hidden || held(elt))) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, xhr } = event.detail;
  if (isLive(elt) && xhr.status >= 400) event.detail.shouldSwap = false;
});
