// A button with data-copies="ID" puts the text of that element on the clipboard and says so.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copies]"))) {
  const { copies = "", copied = "" } = button.dataset;
  const source = /** @type {HTMLElement} */ (document.getElementById(copies));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText((source.textContent ?? "").trim());
      button.textContent = copied;
    } catch {
      getSelection()?.selectAllChildren(source); // no clipboard here: leave it selected, ready for Ctrl-C
    }
  });
}
