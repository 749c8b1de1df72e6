// Serves the Telegram Bot API of the package telegram-test-api on a port until standard input ends.
"use strict";

const TelegramServer = require("telegram-test-api");

const KEPT = 3600; // seconds for which it keeps what was said
const server = new TelegramServer({ host: "127.0.0.1", port: Number(process.argv[2]), storeTimeout: KEPT });

server.start().then(() => console.log("ready"));
process.stdin.resume().on("end", () => process.exit());
