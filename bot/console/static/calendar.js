// Moves an appointment over the calendar with a mouse, or by a finger after a long press. The form on its own page does the same by keys.
const HOLD = 450, SLIP = 8, QUARTER = 15; // milliseconds of a long press; pixels; minutes
const grid = document.querySelector("table[data-ask]");
let drag = null;

grid.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest("[data-move]");
  if (!visit || event.button || !event.isPrimary) return;
  drag = { visit, x: event.clientX, y: event.clientY, hour: visit.querySelector("strong").textContent };
  if (event.pointerType !== "mouse") drag.timer = setTimeout(lift, HOLD);
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.lifted && Math.hypot(x, y) < SLIP) return;
  if (!drag.lifted && drag.timer) return putBack(); // a finger that scrolls
  lift();
  drag.visit.style.translate = `${x}px ${y}px`;
  aim(event.clientX, event.clientY);
});

document.addEventListener("pointerup", () => {
  const { visit, to, lifted } = drag || {};
  putBack();
  if (!lifted) return;
  addEventListener("click", stay, { capture: true, once: true });
  setTimeout(() => { removeEventListener("click", stay, true); if (to) drop(visit, to); });
});
document.addEventListener("pointercancel", putBack);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") putBack(); });
grid.addEventListener("dragstart", stay);
grid.addEventListener("contextmenu", (event) => { if (drag) event.preventDefault(); });
grid.addEventListener("touchmove", (event) => { if (drag?.lifted) event.preventDefault(); }, { passive: false });

function stay(event) {
  event.preventDefault();
  event.stopPropagation();
}

function lift() {
  drag.lifted = true;
  drag.visit.classList.add("lifted");
}

function putBack() {
  if (!drag) return;
  clearTimeout(drag.timer);
  drag.visit.classList.remove("lifted");
  drag.visit.style.translate = "";
  drag.visit.querySelector("strong").textContent = drag.hour;
  drag.to?.cell.classList.remove("aimed");
  drag = null;
}

// The upper half of a cell is the time beside it, the lower one a quarter of an hour later.
function aim(x, y) {
  drag.to?.cell.classList.remove("aimed");
  drag.to = null;
  const cell = document.elementFromPoint(x, y)?.closest("td[data-at]");
  if (cell) {
    const { top, height } = cell.getBoundingClientRect();
    const later = y > top + height / 2 ? QUARTER : 0;
    const [hour, minute] = cell.parentNode.cells[0].textContent.split(":");
    drag.to = { cell, at: Number(cell.dataset.at) + later, time: `${hour}:${String(Number(minute) + later).padStart(2, "0")}` };
    cell.classList.add("aimed");
  }
  drag.visit.querySelector("strong").textContent = drag.to?.time || drag.hour;
}

async function drop(visit, { cell, at, time }) {
  const { move, version, kind } = visit.dataset;
  const who = cell.dataset.who || visit.dataset.who;
  const met = cell.classList.contains("field") ? "field" : kind === "field" ? "office" : kind;
  const column = grid.tHead.rows[0].cells[cell.cellIndex].firstChild.textContent;
  if (cell.contains(visit) && visit.querySelector("strong").textContent === time) return;
  if (!confirm(`${grid.dataset.ask}${time}, ${column}?`)) return;
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "hx-request": "true" };
  const body = new URLSearchParams({ what: "move", version, argument: `${who}.${met}.${at}` });
  const answer = await fetch(`/console/bookings/${move}/act`, { method: "POST", headers, body }).catch(() => null);
  const to = answer?.headers.get("hx-redirect");
  if (to) return follow(new URL(to, location.href));
  say(answer?.ok ? await answer.text() : "");
}

// After a move the calendar stays; whoever is led elsewhere, such as to the sign-in, goes there.
function follow(to) {
  if (!to.pathname.startsWith("/console/bookings/")) return location.assign(to);
  const here = new URL(location.href);
  here.searchParams.set("said", to.searchParams.get("said"));
  location.assign(here);
}

function say(told) {
  const place = document.getElementById("moved");
  place.innerHTML = told || `<p class="wrong" role="alert">${grid.dataset.failed}</p>`;
  place.scrollIntoView({ block: "center" });
}
