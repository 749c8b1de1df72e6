// The browser's side of the web chat. Every event has an id and is repeated until the server says that it is stored;
// every message has a row and is shown once, however often it comes. See wire.py for the other side.
(function () {
  "use strict";
  var log = document.getElementById("log"), form = document.getElementById("ask"), words = document.getElementById("words");
  var typing = document.getElementById("typing"), offline = document.getElementById("offline");
  var names = { me: document.body.dataset.me, bot: document.body.dataset.bot };
  var socket = null, lastRow = 0, wait = 500, rows = {}, typingTimer = null;
  var invited = new URLSearchParams(location.search).get("via"), via = invited ? "?via=" + encodeURIComponent(invited) : "";
  var kept = keep(), mine = {};  // mine: ids of our own lines that are on the page

  function keep() {
    try { return JSON.parse(sessionStorage.getItem("unsent") || "[]"); } catch (e) { return []; }
  }
  function remember() {
    var plain = kept.map(function (event) { return { kind: event.kind, id: event.id, payload: event.payload, shown: event.shown }; });
    try { sessionStorage.setItem("unsent", JSON.stringify(plain)); } catch (e) { /* private mode: kept in memory only */ }
  }
  function newId() {
    var bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }
  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }
  function linked(made, text) {
    // Addresses on the web can be pressed; all else stays plain text.
    text.split(/(https?:\/\/[^\s«»]+)/).forEach(function (piece, number) {
      if (number % 2 === 0) { made.appendChild(document.createTextNode(piece)); return; }
      var link = element("a", "", piece);
      link.href = piece;
      link.target = "_blank";
      link.rel = "noopener";
      made.appendChild(link);
    });
    return made;
  }
  function bubble(side, text, buttons, picture, file) {
    var made = element("article", side);
    made.appendChild(element("p", "who", names[side]));
    made.appendChild(linked(element("p", "text"), text));
    if (picture) {
      var link = element("a", "picture"), image = element("img");
      link.href = image.src = picture;
      link.target = "_blank";
      link.rel = "noopener";
      image.alt = document.body.dataset.picture;
      image.loading = "lazy";
      image.onerror = function () { link.remove(); };
      link.appendChild(image);
      made.appendChild(link);
    }
    if (file) {
      var saved = element("a", "file", document.body.dataset.file);
      saved.href = file;
      saved.download = "";
      made.appendChild(saved);
    }
    if (buttons && buttons.length) {
      var row = element("div", "buttons");
      buttons.forEach(function (button) {
        var one = element("button", "", button.title);
        one.type = "button";
        one.dataset.to = button.to;
        row.appendChild(one);
      });
      made.appendChild(row);
    }
    log.appendChild(made);
    return made;
  }
  function toEnd(made) {
    // A long answer is shown from its beginning, a short one to its end.
    var tall = made && made.offsetHeight > log.clientHeight * 0.9;
    log.scrollTop = tall ? made.offsetTop - log.offsetTop - 8 : log.scrollHeight;
  }
  function waiting(on) {
    clearTimeout(typingTimer);
    typing.hidden = !on;
    if (on) { typingTimer = setTimeout(function () { typing.hidden = true; }, 30000); }
  }
  function send(event) {
    if (socket && socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ kind: event.kind, id: event.id, payload: event.payload }));
    }
  }
  function say(kind, payload, shown) {
    var event = { kind: kind, id: newId(), payload: payload, shown: shown };
    kept.push(event);
    remember();
    event.bubble = bubble("me", shown);
    mine[event.id] = true;
    event.bubble.classList.add("waiting");
    toEnd();
    waiting(true);
    send(event);
  }
  function titleOf(to) {
    var found = log.querySelectorAll("button[data-to]");
    for (var i = found.length - 1; i >= 0; i--) { if (found[i].dataset.to === to) { return found[i].textContent; } }
    return to;
  }
  var take = {
    stored: function (frame) {
      kept.forEach(function (event) {
        if (event.id === frame.id && event.bubble) { event.bubble.classList.remove("waiting"); }
      });
      kept = kept.filter(function (event) { return event.id !== frame.id; });
      remember();
    },
    history: function (frame) {
      frame.said.forEach(function (line) {
        if (line.me === undefined) { show(line); return; }
        if (!mine[line.id]) { bubble("me", line.kind === "button" ? titleOf(line.me) : line.me); }
        mine[line.id] = true;
      });
      var stored = frame.said.map(function (line) { return line.id; });
      kept = kept.filter(function (event) {
        var safe = stored.indexOf(event.id) >= 0;
        if (safe && event.bubble) { event.bubble.classList.remove("waiting"); }
        return !safe;
      });
      remember();
      kept.forEach(function (event) {
        if (event.bubble) { return; }
        event.bubble = bubble("me", event.shown);
        event.bubble.classList.add("waiting");
        mine[event.id] = true;
      });
      toEnd(log.lastElementChild);
      received();
    },
    messages: function (frame) {
      var first = null;
      frame.messages.forEach(function (message) { first = show(message) || first; });
      if (first) { waiting(false); toEnd(first); }
      received();
    }
  };
  function show(message) {
    if (rows[message.row]) { return null; }
    rows[message.row] = true;
    lastRow = Math.max(lastRow, message.row);
    return bubble("bot", message.text, message.buttons, message.picture ? "/picture/" + message.row : "",
      message.file ? "/file/" + message.row : "");
  }
  function received() {
    if (lastRow) { socket.send(JSON.stringify({ kind: "received", row: lastRow })); }
  }
  function connect() {
    socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/chat" + via);
    socket.onopen = function () {
      wait = 500;
      offline.hidden = true;
      socket.send(JSON.stringify({ kind: "hello", row: lastRow }));
      kept.forEach(send);
    };
    socket.onmessage = function (message) {
      var frame = JSON.parse(message.data);
      if (take[frame.kind]) { take[frame.kind](frame); }
    };
    socket.onclose = function (closed) {
      if (closed.code === 4401 && navigator.cookieEnabled) { location.reload(); return; }
      offline.hidden = false;
      waiting(false);
      setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, 15000);
    };
  }
  log.addEventListener("click", function (click) {
    var button = click.target.closest("button[data-to]");
    if (button) { say("button", button.dataset.to, button.textContent); words.focus({ preventScroll: true }); }
  });
  form.addEventListener("submit", function (submit) {
    submit.preventDefault();
    var text = words.value.trim();
    if (!text) { return; }
    words.value = "";
    grow();
    say("text", text, text);
  });
  words.addEventListener("keydown", function (key) {
    if (key.key === "Enter" && !key.shiftKey && !key.isComposing) {
      key.preventDefault();
      form.dispatchEvent(new Event("submit", { cancelable: true }));
    }
  });
  function grow() {
    words.style.height = "auto";
    words.style.height = words.scrollHeight + 4 + "px";
  }
  words.addEventListener("input", grow);
  connect();
}());
