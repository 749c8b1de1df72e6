"""A consultant with a Telegram account and citizens who book: what tests of the desk, reminders and calendars share."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from bot.answers.library import Library
from bot.booking import desk, service, staff
from bot.booking.rules import Appointment, Kind
from bot.citizens import store as citizens
from bot.conversation.rules import Event
from bot.conversation.rules import Kind as Said
from bot.conversation.store import mark_answered
from bot.outbox.rules import Message
from tests.booking.world import NOW, World, world_of

TUESDAY, WEDNESDAY = date(2026, 12, 1), date(2026, 12, 2)
NAME, PHONE = "Nguyễn Thị Hoa", "+84912345678"
BRIEF = {
    "asked": ["rút một lần được bao nhiêu", "em nghỉ việc rồi"],
    "calculated": "Đóng 5 năm thì rút được 50.000.000 đồng",
    "facts": {"group": "near_poor", "province": "phu_tho", "old_province": "vinh_phuc"},
    "consent": True,
}
_numbers = itertools.count(1)


class People(World):
    """A world in which people press and type."""

    library: Library
    now: datetime = NOW

    async def someone(self, channel: str = "telegram") -> int:
        """Return the contact of somebody new."""
        async with self.go() as connection:
            return await citizens.contact_id(connection, channel, str(next(_numbers)))

    async def linked(self, consultant: int) -> int:
        """Link a new Telegram account to a consultant and return its contact."""
        account = await self.someone()
        await self.do("UPDATE consultant SET contact_id = :contact WHERE id = :id", contact=account, id=consultant)
        return account

    async def code(self, consultant: int) -> str:
        async with self.go() as connection:
            found = await staff.of_id(connection, consultant)
            assert found
            return await staff.new_code(connection, found, now=self.now)

    async def does(self, contact: int, payload: str, kind: Said = Said.BUTTON) -> tuple[Message, ...] | None:
        """Press or type something, as the conversation worker passes it on."""
        event = await self.put(
            "inbox", contact_id=contact, event_id=f"e{next(_numbers)}", kind=kind, payload=payload, received_at=self.now
        )
        async with self.go() as connection:
            await mark_answered(connection, event)
            return await desk.turn(connection, contact, Event(str(event), kind, payload), self.library, now=self.now)

    async def says(self, contact: int, payload: str) -> tuple[Message, ...] | None:
        return await self.does(contact, payload, Said.TEXT)

    async def hears(self, contact: int, payload: str, kind: Said = Said.BUTTON) -> Message:
        """Do something to which there is one answer, and return it."""
        messages = await self.does(contact, payload, kind)
        assert messages is not None
        (message,) = messages
        return message

    async def booked(
        self, consultant: int, starts_at: datetime, *, citizen: int = 0, kind: Kind = Kind.OFFICE, topic: str = "withdrawal",
        tell: bool = True,
    ) -> Appointment:  # fmt: skip
        """Book for a citizen, and tell the consultant."""
        person = citizen or await self.someone()
        held = await self.hold(person, consultant, starts_at, now=self.now, kind=kind, topic=topic)
        assert held
        async with self.go() as connection:
            found = await service.confirm(
                connection, held.id, name=NAME, phone=PHONE, brief=BRIEF, key=f"k{held.id}", now=self.now
            )
            assert found
            if tell:
                await desk.tell(connection, self.library, found, "booked", now=self.now)
        return found

    async def moved(self, found: Appointment, consultant: int, starts_at: datetime) -> Appointment:
        """Move for the citizen, and tell the consultants."""
        async with self.go() as connection:
            new = await service.move(
                connection, found.id, consultant, found.kind, starts_at, by="citizen", now=self.now
            )
            assert new
            await desk.tell(connection, self.library, new, "moved", now=self.now)
        return new

    async def cancelled(self, found: Appointment) -> Appointment:
        """Cancel for the citizen, and tell the consultant."""
        async with self.go() as connection:
            gone = await service.cancel(connection, found.id, by="citizen", now=self.now)
            assert gone
            await desk.tell(connection, self.library, gone, "cancelled", now=self.now)
        return gone

    async def state(self, number: int) -> str:
        (row,) = await self.rows("SELECT state FROM appointment WHERE id = :id", id=number)
        return str(row.state)

    async def history(self, number: int) -> list[tuple[str, str]]:
        """Return which states an appointment had, and who led to each."""
        query = "SELECT new_state, by FROM appointment_change WHERE appointment_id = :id ORDER BY id"
        return [(row.new_state, row.by) for row in await self.rows(query, id=number)]

    async def told(self, contact: int) -> list[Any]:
        """Return the ledger's rows for somebody, oldest first."""
        return await self.rows("SELECT * FROM outbox WHERE contact_id = :contact ORDER BY id", contact=contact)

    async def got(self, contact: int) -> list[str]:
        return [row.body["text"] for row in await self.told(contact)]


def targets(message: Message) -> list[str]:
    """Return where a message's buttons lead."""
    return [button.to for button in message.buttons]


def button(message: Message, title: str) -> str:
    """Return where the button of that title leads."""
    return next(each.to for each in message.buttons if each.title == title)


@asynccontextmanager
async def people_of(url: str, library: Library) -> AsyncIterator[People]:
    """Open a world over a database."""
    async with world_of(url) as world:
        found = People(world.engine)
        found.library = library
        yield found
