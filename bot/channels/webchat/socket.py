"""The web chat's socket: stores what comes before it says so, sends what the ledger holds for this contact."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import defaultdict

import psycopg
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.webchat.wire import Hello, Received, read_frame, write_history, write_messages, write_stored
from bot.conversation.rules import Event
from bot.conversation.service import Conversation
from bot.conversation.store import history
from bot.database import one_statement
from bot.outbox import store as outbox

log = logging.getLogger(__name__)

COOKIE = "an_sinh_chat"
CHANNEL = "web"
NO_COOKIE = 4401  # the page loads itself again to get one
HISTORY = 50  # how many lines a reloaded page shows


def new_address() -> str:
    """Return a cookie for a new visitor: whoever holds it holds the conversation."""
    return secrets.token_urlsafe(24)


def address_of(cookie: str) -> str:
    """Return under which address the cookie's conversation is kept: not the cookie itself."""
    return hashlib.sha256(cookie.encode()).hexdigest()


class Sockets:
    """The open sockets by contact, and the listener that wakes them when the ledger has something."""

    def __init__(self, conversation: Conversation, database_url: str) -> None:
        self._conversation, self._url = conversation, database_url
        self._open: dict[int, set[WebSocket]] = defaultdict(set)
        self._locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def serve(self, socket: WebSocket) -> None:
        """Speak with one browser until it goes."""
        cookie = socket.cookies.get(COOKIE, "")
        if not _same_site(socket):
            await socket.close()
            return
        await socket.accept()
        if not cookie:
            await socket.close(code=NO_COOKIE)
            return
        contact_id = await self._conversation.open_contact(CHANNEL, address_of(cookie))
        self._open[contact_id].add(socket)
        try:
            while True:
                frame = await socket.receive()
                if frame["type"] == "websocket.disconnect":
                    return
                await self._frame(contact_id, socket, frame.get("text") or frame.get("bytes"))
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            await self._gone(contact_id, socket)

    async def _frame(self, contact_id: int, socket: WebSocket, raw: str | bytes | None) -> None:
        match read_frame(raw):
            case Event() as event:
                await self._conversation.receive(contact_id, event)
                await socket.send_text(write_stored(event.event_id))
            case Received(up_to):
                async with one_statement(self._conversation.engine) as connection:
                    await outbox.mark_received(connection, contact_id, up_to)
            case Hello(after):
                await self._greet(contact_id, socket, after)
            case None:
                log.info("A frame of no known shape is ignored")

    async def _greet(self, contact_id: int, socket: WebSocket, after: int) -> None:
        """Bring a browser up to date: all of the conversation to an empty page, the missing messages to another."""
        async with self._conversation.engine.begin() as connection:
            if after == 0:
                await socket.send_text(write_history(await history(connection, contact_id, HISTORY)))
            else:
                await outbox.mark_received(connection, contact_id, after)
                await outbox.plan_again(connection, contact_id)
        await self.flush(contact_id)

    async def flush(self, contact_id: int) -> None:
        """Send what is planned for the contact to its open pages; without one it stays planned."""
        async with self._locks[contact_id]:
            if not self._open.get(contact_id):
                return
            async with one_statement(self._conversation.engine) as connection:
                rows = await outbox.claim(connection, contact_id)
            if not rows:
                return
            for socket in list(self._open.get(contact_id, ())):
                await _send(socket, write_messages(rows))

    async def _gone(self, contact_id: int, socket: WebSocket) -> None:
        self._open[contact_id].discard(socket)
        if not self._open[contact_id]:
            del self._open[contact_id]
            self._locks.pop(contact_id, None)

    async def listen(self) -> None:
        """Wake sockets when a message is planned; reconnect for ever, and catch up after each break."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {outbox.CHANNEL}")  # a constant of ours
                    for contact_id in list(self._open):
                        await self.flush(contact_id)
                    async for note in connection.notifies():
                        if note.payload.isdigit() and int(note.payload) in self._open:
                            await self.flush(int(note.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("The listener lost the database; trying again", extra={"reason": type(error).__name__})
                await asyncio.sleep(1)


async def _send(socket: WebSocket, text: str) -> None:
    try:
        await socket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        return  # the page has gone; it will ask again from the last row it has


def _same_site(socket: WebSocket) -> bool:
    """Tell whether the socket is opened by our own page and not by a page elsewhere in the visitor's browser."""
    origin, host = socket.headers.get("origin"), socket.headers.get("host")
    return origin is None or origin.partition("://")[2] == host
