// «?» opens the help of the page; a form is sent once; a fault that a piece of a page brings is shown; wide tables are reached by keys.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey) {
    document.getElementById("help-link")?.click();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  const asks = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (asks && !window.confirm(asks)) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
  setTimeout(() => { delete event.target.dataset.sent; }, 4000);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A table that is wider than the window is moved by the arrow keys, once it can have the focus.
function reachTables() {
  for (const table of document.querySelectorAll(".scroll")) {
    if (table.scrollWidth > table.clientWidth && !table.hasAttribute("tabindex")) {
      table.tabIndex = 0;
      table.setAttribute("role", "region");
      table.setAttribute("aria-label", "Bảng rộng, kéo ngang để xem hết");
    }
  }
}
addEventListener("load", reachTables);
addEventListener("resize", reachTables);
document.addEventListener("htmx:afterSettle", reachTables);

// What moves by itself: the server says when it has changed. Where it does not, or may not any more, a button loads the page again.
function watch(piece) {
  const renew = document.getElementById("renew");
  const source = new EventSource(piece.dataset.watch);
  const stop = (again) => { source.close(); renew.hidden = false; if (again) setTimeout(watch, 5000, piece); };
  source.addEventListener("open", () => { renew.hidden = true; });
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) stop(true); else renew.hidden = false; });
  source.addEventListener("piece", (event) => { piece.innerHTML = event.data; });
  source.addEventListener("enough", () => stop(false));
  source.addEventListener("reload", () => { source.close(); location.reload(); });
}
document.querySelectorAll("[data-watch]").forEach(watch);
