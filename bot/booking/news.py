"""Tells a consultant of an appointment that was made, moved or cancelled, in the transaction that did it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import reminders, shown, staff, store, told_staff, words
from bot.booking.rules import AGREED, Appointment
from bot.outbox import telling
from bot.outbox.quiet import class_of_news
from bot.outbox.rules import Message


class News(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"  # moved to the time that the consultant proposed
    ACCEPTED_FOR_YOU = "accepted_for_you"  # that somebody proposed in their stead

    @property
    def moves(self) -> bool:
        """Tell whether another appointment stands in the place of one."""
        return self not in (News.BOOKED, News.CANCELLED)


async def tell(
    connection: AsyncConnection, library: Library, appointment: Appointment, what: str, *, now: datetime
) -> None:
    """Tell the consultant, and take back the reminders of a time that holds no more; `what`: one of News.

    Of a move the new appointment is given; when it is with somebody else, whoever had the old one is told as well.
    """
    news, before = News(what), None
    if news.moves:
        before = await _before(connection, appointment)
    if gone := appointment if news is News.CANCELLED else before:
        await reminders.withdraw(connection, gone)
    if before and before.consultant_id != appointment.consultant_id:
        await notice(connection, before, "gone", shown.about(library, "desk_gone", before), now=now)
        before = None
    await notice(connection, appointment, news, _message(library, appointment, news, before), now=now)


def _message(library: Library, found: Appointment, news: News, before: Appointment | None) -> Message:
    if news is News.CANCELLED:
        return shown.about(library, "desk_cancelled", found)
    if before:
        return told_staff.noticed(library, f"desk_{news}", found, old=words.when(before.starts_at))
    return told_staff.noticed(library, "desk_booked", found)


async def _before(connection: AsyncConnection, found: Appointment) -> Appointment | None:
    number = await connection.scalar(text("SELECT id FROM appointment WHERE moved_to = :id"), {"id": found.id})
    return await store.get(connection, number) if number else None


async def tell_outside(
    connection: AsyncConnection, library: Library, found: Iterable[Appointment], *, now: datetime
) -> None:
    """Tell consultants, once, which of their appointments stand outside their plans now; the citizens know of nothing yet."""
    for one in found:
        if one.state in AGREED:
            await notice(connection, one, "outside", told_staff.noticed(library, "desk_outside", one), now=now)


async def notice(
    connection: AsyncConnection, found: Appointment, what: str, message: Message, *, now: datetime
) -> None:
    """Plan a message about an appointment for its consultant, but at night; nothing where no account is linked."""
    who = await staff.of_id(connection, found.consultant_id)
    if who is None or who.contact_id is None or found.ends_at <= now:
        return
    key = f"desk:{found.id}:{found.version}:{what}"
    lasts = found.ends_at - now
    await telling.tell(connection, who.contact_id, key, (message,), message_class=class_of_news(now), lasts=lasts)
    await connection.execute(text("UPDATE appointment SET told_at = :now WHERE id = :id"), {"now": now, "id": found.id})
