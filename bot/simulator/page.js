// Chats as a citizen: shows the truth of one person on one face and posts what they do.
const by = (id) => document.getElementById(id);
const [face, address, talk, words, notice] = ["face", "address", "talk", "words", "notice"].map(by);
const STANDARD = { telegram: "1001", zalo_bot: "6ede9afa66b88fe6d6a9", zalo_oa: "2468000000000000001", sms: "84900000001" };
const DEEDS = {
  start: "Bắt đầu", press: "Bấm nút", contact: "Gửi số điện thoại", location: "Gửi vị trí", block: "Chặn", unblock: "Bỏ chặn",
  follow: "Quan tâm", unfollow: "Bỏ quan tâm", info: "Gửi thông tin", sticker: "Nhãn dán",
};
let shown = "";

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

async function post(name, given) {
  const answer = await fetch(`/control/${name}`, { method: "POST", body: JSON.stringify(given) });
  notice.textContent = answer.ok ? "" : `Không làm được: ${(await answer.json()).error}`;
  await refresh();
}

const act = (kind, more = {}) => post("said", { face: face.value, address: address.value, kind, ...more });

function title(line, lines) {
  if (line.extra.what !== "press") return line.text;
  const rows = lines.flatMap((one) => one.extra.markup?.inline_keyboard ?? []);
  return rows.flat().find((one) => one.callback_data === line.text)?.text ?? line.text;
}

function bubble(line, lines) {
  const made = element("article", title(line, lines), line.kind === "said" ? "said" : "got");
  const file = line.extra.file_id;
  if (file && line.extra.picture) {
    const picture = element("img", "");
    Object.assign(picture, { src: `/control/file/${encodeURIComponent(file)}`, alt: line.extra.file });
    made.prepend(picture);
  } else if (file) {
    const link = element("a", `📎 ${line.extra.file}`);
    Object.assign(link, { href: `/control/file/${encodeURIComponent(file)}`, download: line.extra.file });
    made.prepend(link);
  }
  for (const row of line.extra.markup?.inline_keyboard ?? line.extra.markup?.keyboard ?? []) {
    const buttons = element("div", "", "row");
    for (const one of row) buttons.append(button(typeof one === "string" ? { text: one } : one, line));
    made.append(buttons);
  }
  const when = new Date(line.at * 1000).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });
  made.append(element("small", [DEEDS[line.extra.what], line.extra.photo, line.fault, when].filter(Boolean).join(" · ")));
  return made;
}

function button(one, line) {
  const made = element("button", one.text);
  made.type = "button";
  made.onclick = () => {
    if (one.callback_data) return act("press", { data: one.callback_data, message_id: Number(line.id) });
    if (one.request_contact) return act("contact", { phone: "84900000001" });
    if (one.request_location) return act("location", { latitude: 10.78, longitude: 106.7 });
    if (one.url) return window.open(one.url, "_blank", "noopener");
    return act("text", { text: one.text });
  };
  return made;
}

async function refresh() {
  const query = new URLSearchParams({ face: face.value, address: address.value });
  const [lines, state] = await Promise.all(
    [`/control/conversation?${query}`, "/control/state"].map(async (path) => (await fetch(path)).json()));
  by("clock").textContent = state.local.slice(0, 16).replace("T", " ");
  const print = `${query} ${lines.length}`;
  if (print === shown) return;
  shown = print;
  const bubbles = new Map();
  for (const line of lines.filter((one) => ["got", "edited", "said"].includes(one.kind))) {
    bubbles.set(line.kind === "said" ? `said ${line.n}` : line.id, line); // an edit takes the place of what it edits
  }
  talk.replaceChildren(...[...bubbles.values()].map((line) => bubble(line, lines)));
  talk.scrollTop = talk.scrollHeight;
}

function choose() {
  for (const one of document.querySelectorAll("[data-faces]")) one.hidden = !one.dataset.faces.split(" ").includes(face.value);
  by("say").hidden = face.value === "sms";
  shown = "";
  refresh();
}

face.onchange = () => { address.value = STANDARD[face.value]; choose(); };
address.onchange = choose;
by("who").onsubmit = (event) => event.preventDefault();
by("say").onsubmit = (event) => {
  event.preventDefault();
  if (words.value.trim()) act("text", { text: words.value });
  words.value = "";
};
words.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); by("say").requestSubmit(); }
};
for (const one of document.querySelectorAll("[data-kind]")) {
  one.onclick = () => act(one.dataset.kind, { phone: "84900000001", latitude: 10.78, longitude: 106.7 });
}
for (const one of document.querySelectorAll("[data-advance]")) one.onclick = () => post("clock", { advance: Number(one.dataset.advance) });
choose();
setInterval(refresh, 1000);
