"""What a citizen presses in a reminder or when a consultant proposes another time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import news, offers, service, shown, store
from bot.booking.after_note import remember
from bot.booking.rules import AGREED, Appointment
from bot.outbox.rules import Message

PREFIX = "visit:"
Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A citizen's own appointment about which they have pressed something."""

    connection: AsyncConnection
    library: Library
    found: Appointment
    now: datetime

    def say(self, key: str) -> Messages:
        """Return a text about the appointment."""
        return (shown.about(self.library, key, self.found),)


async def pressed(
    connection: AsyncConnection, contact_id: int, target: str, library: Library, *, now: datetime
) -> Messages | None:
    """Do what a button stands for; None when it is no button of ours, or of an appointment of somebody else."""
    verb, _, rest = target.removeprefix(PREFIX).partition(":")
    number, _, argument = rest.partition(":")
    if verb not in _PRESSED or not (number.isdecimal() and len(number) < 19):
        return None
    found = await store.get(connection, int(number))
    if found is None or found.contact_id != contact_id:
        return None
    visit = Visit(connection, library, found, now)
    if found.state not in AGREED or found.ends_at <= now:
        return visit.say("visit_old")
    return await _PRESSED[verb](visit, argument)


async def _yes(visit: Visit, _: str) -> Messages:
    await remember(visit.connection, visit.found, service.CITIZEN, {"answer": "coming"}, now=visit.now)
    return visit.say("visit_yes_call" if visit.found.kind in shown.CALLS else "visit_yes")


async def _no(visit: Visit, _: str) -> Messages:
    return visit.say("visit_no")


async def _keep(visit: Visit, _: str) -> Messages:
    """Leave a proposed time and tell the consultant."""
    message = shown.about(visit.library, "desk_kept", visit.found)
    await news.notice(visit.connection, visit.found, "kept", message, now=visit.now)
    return visit.say("visit_kept")


async def _take(visit: Visit, key: str) -> Messages:
    """Move to a proposed time, if it still is free."""
    wanted = offers.parse(key)
    moved = wanted and await service.move(visit.connection, visit.found.id, *wanted, by=service.CITIZEN, now=visit.now)
    if not moved:
        return visit.say("visit_taken")
    if moved.id == visit.found.id:
        return visit.say("visit_kept")
    await store.shut(visit.connection, visit.found)
    await news.tell(visit.connection, visit.library, moved, news.News.MOVED, now=visit.now)
    return (shown.with_file(shown.about(visit.library, "visit_moved", moved), moved),)


_PRESSED: Mapping[str, Callable[[Visit, str], Awaitable[Messages]]] = {
    "yes": _yes,
    "no": _no,
    "keep": _keep,
    "take": _take,
}
VERBS = frozenset(_PRESSED)
