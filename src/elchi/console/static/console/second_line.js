// Optional comfort of the second line: 1 2 3 choose, N goes on, Ctrl+Enter saves. The page works without this file.
addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-judge]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio]), select, textarea") || document.querySelector("dialog[open]")) return;
  if (form && event.key.length === 1 && "123".includes(event.key)) {
    event.preventDefault();
    form.elements.outcome[Number(event.key) - 1].click();
    form.elements.reason.focus();
  }
  if (event.code === "KeyN") document.querySelector("a[data-next]")?.click(); // by its place, whatever the layout
});
