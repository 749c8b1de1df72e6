"""The web chat's socket: stores what comes before it says so, sends what the ledger holds for this contact."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import defaultdict

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.webchat.wire import Hello, Received, read_frame, write_history, write_messages, write_stored
from bot.citizens.invitations import arrive
from bot.conversation.rules import Event
from bot.conversation.service import Conversation
from bot.conversation.store import history
from bot.database import one_statement
from bot.outbox import store as outbox

log = logging.getLogger(__name__)

COOKIE = "an_sinh_chat"
CHANNEL = "web"
NO_COOKIE = 4401  # the page loads itself again to get one
PATIENCE = 5.0  # seconds a browser may take to accept a message; then it must ask again
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
        self._sending: set[asyncio.Task[None]] = set()

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
            await self._arrived(contact_id, socket.query_params.get("via", ""))
            while True:
                frame = await socket.receive()
                if frame["type"] == "websocket.disconnect":
                    return
                await self._frame(contact_id, socket, frame.get("text") or frame.get("bytes"))
        except (WebSocketDisconnect, RuntimeError):
            return
        except SQLAlchemyError as error:  # the page repeats what was not stored once it is back
            log.warning("A socket is closed: the database is away", extra={"reason": type(error).__name__})
            await socket.close(code=1011)
        finally:
            await self._gone(contact_id, socket)

    async def _arrived(self, contact_id: int, code: str) -> None:
        """Note by which invitation a visitor came; the page says it again whenever it connects."""
        if code:
            async with self._conversation.engine.begin() as connection:
                await arrive(connection, contact_id, code.replace("\x00", ""), now=self._conversation.clock())

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
                missing = write_history(await history(connection, contact_id, HISTORY))
            else:
                await outbox.mark_received(connection, contact_id, after)
                missing = write_messages(await outbox.messages_after(connection, contact_id, after))
        await _send(socket, missing)
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
                if not await _send(socket, write_messages(rows)) and contact_id in self._open:
                    self._open[contact_id].discard(socket)

    async def _gone(self, contact_id: int, socket: WebSocket) -> None:
        sockets = self._open.get(contact_id, set())
        sockets.discard(socket)
        if not sockets:
            self._open.pop(contact_id, None)
            self._locks.pop(contact_id, None)

    def _wake(self, contact_id: int) -> None:
        """Send to one contact without keeping the others waiting."""
        task = asyncio.create_task(self._flush_or_log(contact_id))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _flush_or_log(self, contact_id: int) -> None:
        try:
            await self.flush(contact_id)
        except SQLAlchemyError as error:  # the messages stay planned; the page gets them when it next speaks or returns
            log.warning("Messages could not be taken from the ledger", extra={"reason": type(error).__name__})

    async def listen(self) -> None:
        """Wake sockets when a message is planned; reconnect for ever, and catch up after each break."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {outbox.CHANNEL}")  # a constant of ours
                    for contact_id in list(self._open):
                        self._wake(contact_id)
                    async for note in connection.notifies():
                        if note.payload.isdigit() and int(note.payload) in self._open:
                            self._wake(int(note.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("The listener lost the database; trying again", extra={"reason": type(error).__name__})
                await asyncio.sleep(1)


async def _send(socket: WebSocket, text: str) -> bool:
    """Send; False when the page has gone or does not read: it will ask again from the last row it has."""
    try:
        async with asyncio.timeout(PATIENCE):
            await socket.send_text(text)
        return True
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return False


def _same_site(socket: WebSocket) -> bool:
    """Tell whether the socket is opened by our own page and not by a page elsewhere in the visitor's browser."""
    origin, host = socket.headers.get("origin"), socket.headers.get("host")
    return origin is None or origin.partition("://")[2] == host
