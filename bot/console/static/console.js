// «?» opens the help of the page; a form is sent once; a fault that a piece of a page brings is shown; wide tables are reached by keys.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey) {
    document.getElementById("help-link")?.click();
  }
});

document.addEventListener("submit", (event) => {
  const sent = "files" in event.target.dataset ? `file ${event.submitter?.value}` : "yes"; // each button of such a form gives another file
  if (event.target.dataset.sent === sent) {
    event.preventDefault();
    return;
  }
  const asks = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (asks && !window.confirm(asks)) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = sent;
  setTimeout(() => { delete event.target.dataset.sent; }, 4000);
});

// «Quay lại» of a page that says what is wrong leads back to the form with all that was typed, which may be sent again.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]") && history.length > 1) {
    event.preventDefault();
    history.back();
  }
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// On a telephone the cells of a row stand below each other, each behind the name of its column; they stay cells for those who hear them.
function stackTables() {
  for (const table of document.querySelectorAll("table.stack:not(.stacked)")) {
    const names = [...table.querySelectorAll("thead th")].map((one) => one.textContent.trim());
    table.setAttribute("role", "table");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, number) => {
        cell.setAttribute("role", cell.closest("thead") ? "columnheader" : cell.scope === "row" ? "rowheader" : "cell");
        if (number && cell.colSpan === 1 && !cell.querySelector("form, details")) cell.dataset.name = names[number] || "";
        cell.classList.toggle("none", ["", "–"].includes(cell.textContent.trim()));
      });
    }
    table.classList.add("stacked");
  }
}

// What is long and can wait is folded on a telephone.
if (matchMedia("(max-width: 48rem)").matches) {
  for (const one of document.querySelectorAll("details[data-wide]")) one.open = false;
}

// What is chosen in a menu that is wider than the window is moved into it.
function showChosen() {
  for (const one of document.querySelectorAll("nav [aria-current]")) {
    const menu = one.closest("nav");
    menu.scrollLeft = one.offsetLeft - (menu.clientWidth - one.offsetWidth) / 2;
  }
}

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
function arrange() {
  stackTables();
  reachTables();
}
addEventListener("load", showChosen);
addEventListener("load", arrange);
addEventListener("resize", reachTables);
document.addEventListener("htmx:afterSettle", arrange);

// Whoever has scrolled up in what was said keeps the line that they read where it is when more is said.
const said = () => document.getElementById("talk-lines");
const height = (line) => line.getBoundingClientRect().top - said().getBoundingClientRect().top;
let read = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const away = said()?.scrollTop && event.detail.requestConfig.verb === "get";
  const line = away && [...said().querySelectorAll(".bubble")].find((one) => height(one) >= 0);
  read = line ? { words: line.textContent, height: height(line) } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const line = read && [...said()?.querySelectorAll(".bubble") || []].findLast((one) => one.textContent === read.words);
  if (line) said().scrollTop += height(line) - read.height;
  read = null;
});

// A page that is to be loaded again while somebody is at a form says so and waits; what was typed goes along.
const KEPT = `typed ${document.querySelector(".me")?.dataset.staff} ${location.pathname}`;
const texts = () => [...document.querySelectorAll("main form :is(input:not([type]), textarea)")];
const fieldName = (one) => `${one.form.elements.what?.value} ${one.name}`;
const typed = () => texts().filter((one) => one.value !== one.defaultValue);
function loadAgain(why) {
  const changed = document.getElementById("changed");
  const busy = document.querySelector("main form :focus") || typed().length;
  if (!why || !changed || !busy) return renewed();
  changed.hidden = false;
  changed.querySelector("button").addEventListener("click", renewed);
}
function renewed() {
  sessionStorage.setItem(KEPT, JSON.stringify(typed().map((one) => [fieldName(one), one.value])));
  location.reload();
}
function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
  sessionStorage.removeItem(KEPT);
  for (const [name, value] of kept) {
    const field = texts().find((one) => fieldName(one) === name);
    if (field) field.value = value;
    else showTyped(value);
  }
}
function showTyped(value) {
  const place = document.getElementById("typed");
  if (!place) return;
  const words = place.querySelector("q");
  words.textContent = place.hidden ? value : `${words.textContent}», «${value}`;
  place.hidden = false;
}
document.querySelector("form[action$='/sign-out']")?.addEventListener("submit", () => sessionStorage.clear());
bringBack();

// What moves by itself: the server says when it has changed. Where it does not, or may not any more, a button loads the page again.
function watch(piece) {
  const renew = document.getElementById("renew");
  const source = new EventSource(piece.dataset.watch);
  const stop = (again) => { source.close(); renew.hidden = false; if (again) setTimeout(watch, 5000, piece); };
  source.addEventListener("open", () => { renew.hidden = true; });
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) stop(true); else renew.hidden = false; });
  source.addEventListener("piece", (event) => { piece.innerHTML = event.data; arrange(); });
  source.addEventListener("enough", () => stop(false));
  source.addEventListener("reload", (event) => { source.close(); loadAgain(event.data); });
}
document.querySelectorAll("[data-watch]").forEach(watch);
