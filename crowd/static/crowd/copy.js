// A button with data-copies="ID" puts the text of that element on the clipboard and says so.

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(source); // no clipboard here: leave it selected, ready for Ctrl-C
    }
  });
}
