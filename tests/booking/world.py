"""Offices, consultants and people over a real database: what tests of booking share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.booking import offers, service
from bot.booking.rules import Appointment, Kind, Offer, Wish
from bot.clock import VIETNAM
from bot.database import open_engine

BINH_XUYEN, BINH_NGUYEN, VIET_TRI = "08935", "08950", "07900"  # the last lies in another old province
WEEK = (0, 1, 2, 3, 4)
DAY = (("07:30", "11:30"), ("13:00", "17:00"))
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)  # a Sunday, 8:00 in Vietnam


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(hour, minute), VIETNAM).astimezone(UTC)


def shown(moment: datetime) -> str:
    """Return day and time in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%d/%m %H:%M}"


class World:
    """A database with whatever a test puts in."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def go(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.begin() as connection:
            yield connection

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def put(self, table: str, **values: Any) -> int:
        columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        number = "1" if table in ("special_day", "field_day_team") else "id"
        async with self.engine.begin() as connection:
            query = f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {number}"
            return int(await connection.scalar(text(query), values))

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def person(self, name: str = "a") -> int:
        return await self.put("contact", channel="web", address=name)

    async def office(self, key: str = "o", commune: str = BINH_XUYEN, **values: Any) -> int:
        given = {
            "kind": "social_insurance",
            "province": "phu_tho",
            "address": f"address of {key}",
            "name": f"office {key}",
        }
        return await self.put("office", key=key, commune=commune, **given | values)

    async def consultant(
        self,
        office: int,
        key: str = "c",
        days: Sequence[int] = WEEK,
        hours: Sequence[tuple[str, str]] = DAY,
        **values: Any,
    ) -> int:
        found = await self.put("consultant", key=key, name=f"consultant {key}", office_id=office, **values)
        for weekday in days:
            for starts, ends in hours:
                await self.do(
                    "INSERT INTO working_plan (consultant_id, weekday, starts, ends)"
                    " VALUES (:consultant, :weekday, cast(:starts AS time), cast(:ends AS time))",
                    consultant=found,
                    weekday=weekday,
                    starts=starts,
                    ends=ends,
                )
        return found

    async def field_day(self, office: int, day: date, team: Sequence[int], key: str = "f", **values: Any) -> int:
        given = {
            "province": "phu_tho",
            "commune": BINH_NGUYEN,
            "seats": 20,
            "address": "the market",
            "name": f"field day {key}",
        }
        hours = {"starts": time(8), "ends": time(11), **given, **values}
        found = await self.put("field_day", key=key, office_id=office, day=day, **hours)
        for member in team:
            await self.put("field_day_team", field_day_id=found, consultant_id=member)
        return found

    async def find(self, wish: Wish, *, now: datetime = NOW, most: int = 3, skip: int = 0) -> list[Offer]:
        async with self.go() as connection:
            return await offers.find(connection, wish, now=now, most=most, skip=skip)

    async def hold(
        self, person: int, consultant: int, starts_at: datetime, *, now: datetime = NOW, kind: Kind = Kind.OFFICE,
        topic: str = "other",
    ) -> Appointment | None:  # fmt: skip
        async with self.go() as connection:
            return await service.hold(connection, person, consultant, kind, starts_at, topic, now=now)

    async def confirm(self, appointment: int, *, now: datetime = NOW, key: str = "k") -> Appointment | None:
        async with self.go() as connection:
            return await service.confirm(
                connection, appointment, name="Nguyễn Thị A", phone="+84900000001", brief={"x": 1}, key=key, now=now
            )

    async def book(
        self, person: int, consultant: int, starts_at: datetime, *, now: datetime = NOW, kind: Kind = Kind.OFFICE,
        topic: str = "other",
    ) -> Appointment:  # fmt: skip
        held = await self.hold(person, consultant, starts_at, now=now, kind=kind, topic=topic)
        assert held is not None
        booked = await self.confirm(held.id, now=now, key=f"k{held.id}")
        assert booked is not None
        return booked


@asynccontextmanager
async def world_of(url: str) -> AsyncIterator[World]:
    """Open a world over a database."""
    engine = open_engine(url)
    yield World(engine)
    await engine.dispose()
