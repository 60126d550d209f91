// The keyboard of a phone lies over the page: what one writes, and the button that sends it, stay above it.

/**
 * @param {HTMLElement} field
 * @param {HTMLElement} around what is to be seen while the field has the focus
 */
export function keepInView(field, around) {
  const { visualViewport: view } = window;
  if (view) watch(view, field, around);
}

/**
 * @param {VisualViewport} view
 * @param {HTMLElement} field
 * @param {HTMLElement} around
 */
function watch(view, field, around) {
  function look() {
    const covered = Math.max(0, innerHeight - view.height - view.offsetTop);
    const writes = document.activeElement === field && covered > 0;
    document.documentElement.style.setProperty("--covered", writes ? `${covered}px` : "0px");
    if (!writes) return;
    const hidden = around.getBoundingClientRect().bottom - (view.offsetTop + view.height);
    if (hidden > 0) scrollBy({ top: hidden });
  }

  view.addEventListener("resize", look);
  field.addEventListener("focus", look);
  field.addEventListener("blur", look);
}
