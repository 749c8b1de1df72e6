"""Streams of events for pages that move by themselves: one look serves all who watch; each stream ends with its reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

LOOK, CHECK, HEARTBEAT = 1.0, 2.0, 15.0  # seconds between looks, checks of the session, signs of life
LEAST_REST = 10  # times as long as a look took nobody looks again: a large campaign is counted seldom
MOST = 3  # streams of one member of staff; for another one the oldest gives way
EVENTS = "text/event-stream"
BEGIN = "retry: 2000\n\n"  # milliseconds after which a browser comes back
ALIVE = ": \n\n"
RELOAD = "event: reload\ndata:\n\n"  # the page is to be loaded again: it is nobody's any more
CHANGED = "event: reload\ndata: changed\n\n"  # the page is to be loaded again: it is another now; what is typed there comes first
ENOUGH = "event: enough\ndata:\n\n"  # the page is to ask no more by itself


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look has found: the state of the subject, and the piece of a page that shows it."""

    state: str
    piece: str


Take = Callable[[], Awaitable[Seen]]


class _Look:
    """A look that is taken once for all who ask meanwhile."""

    def __init__(self, take: Take) -> None:
        self._take, self._lock = take, asyncio.Lock()
        self._found: Seen | None = None
        self._good_until = 0.0

    async def found(self) -> Seen:
        """Return what was found not long ago, or look."""
        async with self._lock:
            began = monotonic()
            if self._found is None or began >= self._good_until:
                self._found = await self._take()
                self._good_until = began + max(LOOK, LEAST_REST * (monotonic() - began))
            return self._found


@dataclass(eq=False, slots=True)
class _Stream:
    """One stream. `last`: what it says at its end, when somebody else ends it."""

    who: int
    subject: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    last: str = ""

    def end(self, last: str = "") -> None:
        self.last = last
        self.over.set()

    async def rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), LOOK)


class Streams:
    """The open streams of this process."""

    def __init__(self) -> None:
        self._open: list[_Stream] = []  # the oldest first
        self._looks: dict[str, _Look] = {}
        self._closed = False

    def close(self) -> None:
        """End all streams, for the server stops; the browsers come back."""
        self._closed = True
        for stream in self._open:
            stream.end()

    async def follow(
        self, who: int, subject: str, take: Take, *, state: str, allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[str]:
        """Yield the events for one page: the piece whenever it is another, until the subject's state is another.

        `who`: whose page it is; `take` looks at the subject, for all who follow it; `allowed`: whether they may still look.
        """
        with self._opened(who, subject) as stream:
            look = self._looks.setdefault(subject, _Look(take))
            try:
                yield BEGIN
                async for event in _events(stream, look, state, allowed):
                    yield event
            except SQLAlchemyError as error:  # the browser comes back until the database does
                log.warning("A stream ends: the database is away", extra={"reason": type(error).__name__})

    @contextmanager
    def _opened(self, who: int, subject: str) -> Iterator[_Stream]:
        stream = _Stream(who, subject)
        theirs = [one for one in self._open if one.who == who and not one.over.is_set()]
        for one in theirs[: len(theirs) + 1 - MOST]:
            one.end(ENOUGH)
        self._open.append(stream)
        if self._closed:
            stream.end()
        try:
            yield stream
        finally:
            self._open.remove(stream)
            if not any(one.subject == subject for one in self._open):
                self._looks.pop(subject, None)


async def _events(
    stream: _Stream, look: _Look, state: str, allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    shown, spoke, checked = "", monotonic(), monotonic()
    while not stream.over.is_set():
        if monotonic() - checked >= CHECK:
            checked = monotonic()
            if not await allowed():
                yield RELOAD
                return
        found = await look.found()
        if found.state != state:
            yield CHANGED
            return
        if found.piece != shown or monotonic() - spoke >= HEARTBEAT:
            yield ALIVE if found.piece == shown else event("piece", found.piece)
            shown, spoke = found.piece, monotonic()
        await stream.rest()
    if stream.last:
        yield stream.last


def event(name: str, data: str) -> str:
    """Return an event as it is written down."""
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in data.splitlines()) + "\n"
