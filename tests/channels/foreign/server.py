"""A Telegram Bot API server that others wrote, in a process of its own, and a person who speaks through it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from bot.errors import SetupError
from bot.local import free_port
from bot.settings import ROOT, inherited_environment
from bot.simulator.truth import Line
from tests.channels.citizen import Citizen

TOKEN = "2000:FOREIGN-telegram"
PACKAGES = ROOT / "var" / "foreign" / "node_modules"
PATIENCE = 60.0  # seconds to start


def node() -> str:
    """Return Node.js; raise SetupError when it or the server is not installed."""
    found = shutil.which("node")
    if not found or not (PACKAGES / "telegram-test-api").is_dir():
        raise SetupError("The foreign Telegram server or Node.js is missing; `make test` installs both.")
    return found


@asynccontextmanager
async def running_foreign() -> AsyncIterator[httpx.AsyncClient]:
    """Run the server on a free port; yield a client of it, whose base is what a bot takes as Telegram's address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        node(), str(Path(__file__).with_name("serve.js")), str(port),
        env={**inherited_environment(), "NODE_PATH": str(PACKAGES)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout and process.stdin
    try:
        if await asyncio.wait_for(process.stdout.readline(), PATIENCE) != b"ready\n":
            raise SetupError("The foreign Telegram server did not start.")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client:
            yield client
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        process.stdin.close()


class Visitor(Citizen):
    """One person in a private chat; their telephone gives the time in seconds, as Telegram does."""

    def __init__(self, server: httpx.AsyncClient, number: int) -> None:
        super().__init__()
        self._server, self._number, self._got = server, number, list[Line]()

    async def says(self, words: str) -> None:
        """Type something."""
        await self._do("sendMessage", **self._message(), text=words)

    async def commands(self, words: str) -> None:
        """Choose a command."""
        entity = {"type": "bot_command", "offset": 0, "length": len(words.split()[0])}
        await self._do("sendCommand", **self._message(), text=words, entities=[entity])

    async def presses(self, line: Line, title: str) -> None:
        """Press a button under a message."""
        message = self._message() | {"message_id": int(line.id), "text": line.text}
        await self._do("sendCallback", **{"from": message["from"]}, message=message, data=line.extra["buttons"][title])

    async def got(self) -> list[Line]:
        """Return what the server keeps for them, oldest first."""
        for kept in await self._post("getUpdates", token=TOKEN, chatId=self._number):
            self._got.append(self._line(kept))
        return self._got

    def _line(self, kept: dict[str, Any]) -> Line:
        message = kept["message"]
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = {button["text"]: button["callback_data"] for row in rows for button in row}
        number, at = kept["messageId"], kept["time"] / 1000
        return Line(
            number, at, "telegram", "got", str(self._number), str(number), message["text"], extra={"buttons": buttons}
        )

    def _message(self) -> dict[str, Any]:
        person = {"id": self._number, "is_bot": False, "first_name": "Lan"}
        chat = {"id": self._number, "type": "private", "first_name": "Lan"}
        return {"from": person, "chat": chat, "date": int(time.time())}

    async def _do(self, route: str, **what: Any) -> None:
        await self._post(route, botToken=TOKEN, **what)

    async def _post(self, route: str, **content: Any) -> Any:
        return (await self._server.post(f"/{route}", json=content)).raise_for_status().json()["result"]
