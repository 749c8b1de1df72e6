"""Counts that are kept say the same as counting all over again, for any period and places; and they name nobody."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.citizens import people
from bot.clock import VIETNAM
from bot.database import open_engine
from bot.reports import counts, store
from bot.reports.period import Period, period
from bot.staff.scope import EVERYWHERE, Places

NOW = datetime(2026, 11, 27, 9, tzinfo=VIETNAM)
TODAY = NOW.date()
HOMES = (("phu_tho", "08935"), ("phu_tho", "07900"), ("can_tho", None), (None, None))
TOPICS = ("pension_amount", "maternity", "calculate_contribution")
SOMEWHERE = (
    EVERYWHERE,
    Places(False, ("phu_tho",)),
    Places(False, ("can_tho", "ha_noi")),
    Places(False, (), ("08935",)),
)


@dataclass
class Province:
    """A few people, and what they did, as the test itself remembers it."""

    engine: AsyncEngine
    lot: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    homes: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)
    joined: set[int] = field(default_factory=set)
    done: list[tuple[str, int, date]] = field(default_factory=list)

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def settle(self, number: int) -> None:
        """Bring people, each with one contact of the same number."""
        await self.do(
            "INSERT INTO office (key, kind, name, address, province, commune) VALUES ('o', 'post_office', 'o', 'a', 'phu_tho', '08935')"
        )
        await self.do("INSERT INTO consultant (key, office_id, name) SELECT 'c', id, 'c' FROM office")
        for person in range(1, number + 1):
            self.homes[person] = self.lot.choice(HOMES)
            if self.lot.random() < 0.3:
                self.joined.add(person)
            province, commune = self.homes[person]
            await self.do(
                "INSERT INTO person (id, province, commune, joined) VALUES (:id, :province, :commune, :joined)",
                id=person, province=province, commune=commune, joined="voluntary" if person in self.joined else None,
            )  # fmt: skip
            await self.do(
                "INSERT INTO contact (id, channel, address, person_id, created_at) OVERRIDING SYSTEM VALUE"
                " VALUES (:id, 'telegram', :id, :id, :at)",
                id=person, at=self._at(TODAY - timedelta(days=self.lot.randrange(150))),
            )  # fmt: skip

    def _at(self, day: date) -> datetime:
        """Return a moment of a day, often one of which UTC thinks that it is another day."""
        return datetime(
            day.year, day.month, day.day, self.lot.choice((0, 6, 8)), self.lot.randrange(60), tzinfo=VIETNAM
        )

    async def act(self, day: date) -> None:
        """Let somebody do something on a day."""
        person, at, key = self.lot.choice(sorted(self.homes)), self._at(day), f"{len(self.done)}"
        match self.lot.choice(("wrote", "wrote", "asked", "booked")):
            case "wrote":
                await self.do(
                    "INSERT INTO inbox (contact_id, event_id, kind, payload, received_at) VALUES (:who, :key, 'text', 'x', :at)",
                    who=person, key=key, at=at,
                )  # fmt: skip
                self.done.append(("wrote", person, day))
            case "asked":
                topic = self.lot.choice(TOPICS)
                await self.do(
                    "INSERT INTO outbox (key, contact_id, class, body, state, created_at) VALUES (:key, :who, 'reply',"
                    " jsonb_build_object('text', 'x', 'topic', cast(:topic AS text)), 'sent', :at)",
                    who=person, key=key, topic=topic, at=at,
                )  # fmt: skip
                calculated = ["calculated"] if topic.startswith("calculate_") else []
                self.done += [(what, person, day) for what in ("asked", f"topic {topic}", *calculated)]
            case _:
                await self.do(
                    "INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at,"
                    " taken, created_at) SELECT :key, 'done', :who, c.id, c.office_id, 'office', 'other', :at,"
                    " cast(:at AS timestamptz) + interval '1 h', 'empty', :at FROM consultant c",
                    who=person, key=key, at=at,
                )  # fmt: skip
                self.done += [("asked", person, day), ("booked", person, day)]

    def truth(self, asked: Period, places: Places) -> store.Counted:
        """Return what the reports have to say of all but new contacts."""
        found = store.Counted()
        here = {
            person for person, (province, commune) in self.homes.items()
            if places.everywhere or province in places.provinces or commune in places.communes
        }  # fmt: skip
        acts = [act for act in self.done if act[1] in here and asked.first <= act[2] <= asked.last]
        acts += [("joined", person, day) for what, person, day in acts if what == "asked" and person in self.joined]
        for what in {what for what, _, _ in acts}:
            found.whole[what] = len({person for each, person, _ in acts if each == what})
        wrote = [
            (person, day if asked.grain == "day" else day.replace(day=1))
            for what, person, day in acts
            if what == "wrote"
        ]
        for at in {day for _, day in wrote}:
            of_day = [person for person, day in wrote if day == at]
            found.wrote[at] = (len(set(of_day)), len(of_day))
        for province in {self.homes[person][0] for person, _ in wrote}:
            found.places[province] = len({person for person, _ in wrote if self.homes[person][0] == province})
        for topic in {what.removeprefix("topic ") for what, _, _ in acts if what.startswith("topic ")}:
            told = [(person, day.replace(day=1)) for what, person, day in acts if what == f"topic {topic}"]
            found.topics[topic] = {
                at: len({who for who, month in told if month == at}) for at in {month for _, month in told}
            }
        return found

    async def agree(self, today: date, *, kept: bool) -> None:
        """Compare what is read with the truth, for periods of all lengths."""
        for _ in range(25):
            last = today - timedelta(days=self.lot.choice((0, self.lot.randrange(160))))
            asked = period(last - timedelta(days=self.lot.choice((0, 6, 29, 44, 45, 100, 400))), last, today)
            for places in SOMEWHERE:
                async with self.engine.connect() as connection:
                    found = await store.counted(connection, asked, places)
                assert (found.at is not None) == (kept and not places.communes)
                expected = self.truth(asked, places)
                whole = {what: number for what, number in found.whole.items() if what != "new" and number}
                seen = (whole, found.wrote, found.places, found.topics)
                assert seen == (expected.whole, expected.wrote, expected.places, expected.topics), (asked, places)


@pytest.fixture
async def province(database_url: str) -> AsyncIterator[Province]:
    found = Province(open_engine(database_url))
    await found.settle(25)
    for _ in range(300):
        await found.act(TODAY - timedelta(days=found.lot.randrange(1, 150)))
    yield found
    await found.engine.dispose()


async def new_contacts(province: Province, asked: Period) -> dict[date, int]:
    async with province.engine.connect() as connection:
        return (await store.counted(connection, asked, EVERYWHERE)).new


async def test_kept_counts_say_what_counting_anew_says(province: Province) -> None:
    await province.agree(TODAY, kept=False)
    long, short = period(TODAY - timedelta(days=150), TODAY, TODAY), period(None, None, TODAY)
    plain = [await new_contacts(province, asked) for asked in (long, short)]
    assert sum(plain[0].values()) > sum(plain[1].values()) > 0
    await counts.keep(province.engine, now=NOW)
    await province.agree(TODAY, kept=True)
    assert [await new_contacts(province, asked) for asked in (long, short)] == plain


async def test_what_comes_today_is_counted_today_and_what_changes_of_the_past_the_next_night(
    province: Province,
) -> None:
    await counts.keep(province.engine, now=NOW)
    for _ in range(20):
        await province.act(TODAY)
    await counts.keep(province.engine, now=NOW + timedelta(minutes=10))
    await province.agree(TODAY, kept=True)
    late = TODAY - timedelta(days=40)
    for _ in range(20):
        await province.act(late)
    await province.do("UPDATE person SET province = 'ha_noi', commune = NULL WHERE id = 1")
    province.homes[1] = ("ha_noi", None)
    async with province.engine.begin() as connection:
        assert await people.merge(connection, keep=2, gone=3)
    province.done = [(what, 2 if person == 3 else person, day) for what, person, day in province.done]
    (home,) = await _home(province, 2)
    province.homes[2] = (home.province, home.commune)
    province.joined = (province.joined - {2, 3}) | ({2} if home.joined == "voluntary" else set())
    del province.homes[3]
    await counts.keep(province.engine, now=NOW + timedelta(days=1))
    await province.agree(TODAY + timedelta(days=1), kept=True)


async def test_all_days_are_counted_anew_when_many_people_come_today(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    await counts.keep(province.engine, now=NOW)
    for _ in range(40):
        await province.act(TODAY)
        await province.act(TODAY - timedelta(days=40))
    here = len({person for _, person, day in province.done if day == TODAY})
    for most, late in ((here, False), (here - 1, True)):
        monkeypatch.setattr(counts, "MOST_LOOKED_UP", most)
        now = NOW + timedelta(minutes=10)
        await counts.keep(province.engine, now=now)
        async with province.engine.connect() as connection:
            whole_at = await connection.scalar(text("SELECT whole_at FROM report_counted"))
        assert (whole_at == now) == late
    await province.agree(TODAY, kept=True)


async def _home(province: Province, person: int) -> Any:
    async with province.engine.connect() as connection:
        query = text("SELECT province, commune, joined FROM person WHERE id = :id")
        return (await connection.execute(query, {"id": person})).all()


def test_a_period_of_more_than_45_days_is_one_of_whole_months() -> None:
    assert period(date(2026, 10, 14), TODAY, TODAY) == Period(date(2026, 10, 14), TODAY)
    assert period(date(2026, 10, 13), TODAY, TODAY) == Period(date(2026, 10, 1), TODAY)
    assert period(date(2026, 1, 31), date(2026, 4, 2), TODAY) == Period(date(2026, 1, 1), date(2026, 4, 30))
    assert [one.grain for one in (period(None, None, TODAY), period(date(2026, 1, 31), TODAY, TODAY))] == [
        "day",
        "month",
    ]
