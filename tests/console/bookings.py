"""Two offices in two provinces with consultants, appointments and a field day: what tests of the booking pages share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import httpx

from bot.booking import offers, service
from bot.booking.rules import Appointment, Kind, Offer
from bot.citizens import store as citizens
from bot.staff.rules import Role
from tests.booking.people import BRIEF, NAME, PHONE
from tests.booking.world import World, at
from tests.console.conftest import NOW, Console

FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)
ELSEWHERE = "10507"  # a commune of another province


@dataclass
class Desk:
    """The console over a world with offices."""

    console: Console
    world: World
    office: int = 0
    lan: int = 0
    hoa: int = 0
    far: int = 0  # a consultant elsewhere
    people: int = 0

    async def consultant(self) -> httpx.AsyncClient:
        """Return the browser of the consultant Lan."""
        return await self.console.as_("lan", Role.CONSULTANT, consultant="c.lan")

    async def colleague(self) -> httpx.AsyncClient:
        """Return the browser of somebody else who answers for the office by its commune."""
        return await self.console.as_("hoa", Role.CONSULTANT, scope=("08935",))

    async def stranger(self) -> httpx.AsyncClient:
        """Return the browser of a consultant of the other province."""
        return await self.console.as_("far", Role.CONSULTANT, consultant="c.far")

    async def booked(
        self, starts_at: datetime, *, consultant: int = 0, name: str = NAME, kind: Kind = Kind.OFFICE, channel: str = "telegram",
        now: datetime = NOW, topic: str = "withdrawal",
    ) -> Appointment:  # fmt: skip
        """Book for somebody new."""
        self.people += 1
        async with self.world.go() as connection:
            contact = await citizens.contact_id(connection, channel, str(self.people))
            held = await service.hold(connection, contact, consultant or self.lan, kind, starts_at, topic, now=now)
            assert held
            found = await service.confirm(
                connection, held.id, name=name, phone=PHONE, brief=BRIEF, key=f"k{held.id}", now=now
            )
            assert found
        return found

    async def state(self, number: int) -> str:
        (row,) = await self.world.rows("SELECT state FROM appointment WHERE id = :id", id=number)
        return str(row.state)

    async def told(self, found: Appointment) -> list[str]:
        """Return what the person of an appointment was told."""
        rows = await self.world.rows("SELECT body FROM outbox WHERE contact_id = :id ORDER BY id", id=found.contact_id)
        return [row.body["text"] for row in rows]

    async def acts(self) -> list[str]:
        """Return the acts that were written down, but those of accounts."""
        rows = await self.world.rows("SELECT act FROM audit WHERE about NOT LIKE 'staff:%' ORDER BY id")
        return [row.act for row in rows]


async def desk_of(console: Console) -> Desk:
    """Return a desk with two offices, one of them elsewhere."""
    world = World(console.parts.engine)
    desk = Desk(console, world)
    desk.office = await world.office("o.binh_xuyen", name="BHXH cơ sở Bình Xuyên")
    desk.lan = await world.consultant(desk.office, "c.lan", kinds=["office", "phone"])
    desk.hoa = await world.consultant(desk.office, "c.hoa")
    far = await world.office("o.far", commune=ELSEWHERE, province="hai_phong", name="BHXH ở xa")
    desk.far = await world.consultant(far, "c.far")
    return desk


def key_of(consultant: int, starts_at: datetime, kind: Kind = Kind.OFFICE) -> str:
    """Return the key of an offer."""
    key = Offer(consultant, 0, kind, starts_at, 0, "", "").key
    assert offers.parse(key)
    return key


__all__ = ["FRIDAY", "MONDAY", "NAME", "PHONE", "Desk", "at", "desk_of", "key_of"]
