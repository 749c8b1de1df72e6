"""Which times are offered, and in which order, over a real PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable
from datetime import date, time, timedelta

import pytest

from bot.booking import offers, search
from bot.booking.rules import Kind, Offer, Wish
from tests.booking.world import BINH_NGUYEN, BINH_XUYEN, DAY, MONDAY, VIET_TRI, World, at, shown, world_of

THURSDAY = MONDAY + timedelta(days=3)
HERE = Wish(province="phu_tho", commune=BINH_XUYEN)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


@pytest.fixture
async def consultant(world: World) -> int:
    return await world.consultant(await world.office())


def times(found: Iterable[Offer]) -> list[str]:
    return [shown(offer.starts_at) for offer in found]


def wish(**values: object) -> Wish:
    return Wish(**{"province": "phu_tho", "commune": BINH_XUYEN, **values})  # type: ignore[arg-type]


async def test_the_soonest_times_come_first_one_after_the_other(world: World, consultant: int) -> None:
    found = await world.find(HERE)
    assert times(found) == ["30/11 07:30", "30/11 08:15", "30/11 09:00"]
    assert (found[0].place, found[0].address, found[0].minutes) == ("office o", "address of o", 30)
    assert times(await world.find(HERE, skip=3)) == ["30/11 09:45", "30/11 10:30", "30/11 13:00"]


async def test_what_was_wished_is_kept(world: World, consultant: int) -> None:
    morning = await world.find(wish(days=(THURSDAY,), part="morning"))
    assert times(morning) == ["03/12 07:30", "03/12 08:15", "03/12 09:00"]
    afternoon = await world.find(wish(days=(THURSDAY,), part="afternoon"), most=1)
    assert times(afternoon) == ["03/12 13:00"]
    at_nine = await world.find(wish(days=(THURSDAY,), times=(time(9),)))
    assert times(at_nine) == ["03/12 09:00", "03/12 08:15", "03/12 09:45"]
    any_day_at_nine = await world.find(wish(times=(time(9),)))
    assert times(any_day_at_nine) == ["30/11 09:00", "01/12 09:00", "02/12 09:00"]


async def test_when_the_wish_cannot_be_kept_the_nearest_in_time_is_offered(world: World, consultant: int) -> None:
    person = await world.person()
    await world.put("plan_exception", consultant_id=consultant, day=THURSDAY, works=False, ends=time(12))
    assert times(await world.find(wish(days=(THURSDAY,), part="morning"), most=2)) == ["03/12 13:00", "03/12 13:45"]
    await world.put("plan_exception", consultant_id=consultant, day=THURSDAY, works=False)
    found = await world.find(wish(days=(THURSDAY,), part="morning"), most=3)
    assert times(found) == ["02/12 07:30", "02/12 08:15", "02/12 09:00"]
    await world.book(person, consultant, at(MONDAY, 9))
    assert times(await world.find(wish(days=(MONDAY,), times=(time(9),)), most=2)) == ["30/11 08:15", "30/11 09:45"]


async def test_different_times_come_before_different_consultants(world: World, consultant: int) -> None:
    office = (await world.rows("SELECT office_id FROM consultant"))[0].office_id
    other = await world.consultant(office, "d")
    found = await world.find(wish(days=(MONDAY,)))
    assert times(found) == ["30/11 07:30", "30/11 08:15", "30/11 09:00"]
    short = await world.consultant(await world.office("s", VIET_TRI), "s", days=[0], hours=[("08:00", "08:30")])
    await world.do("UPDATE consultant SET active = id = :short", short=short)
    await world.do("UPDATE working_plan SET to_day = :day", day=MONDAY)
    await world.do("UPDATE consultant SET active = true, topics = '{pension}' WHERE id = :other", other=other)
    assert times(await world.find(wish(topic="voluntary"))) == ["30/11 08:00"]


async def test_whoever_has_least_to_do_is_offered_first(world: World, consultant: int) -> None:
    office = (await world.rows("SELECT office_id FROM consultant"))[0].office_id
    other = await world.consultant(office, "d")
    assert {offer.consultant_id for offer in await world.find(wish(days=(MONDAY,)))} == {consultant}
    await world.book(await world.person("1"), consultant, at(THURSDAY, 9))  # in the same week
    assert {offer.consultant_id for offer in await world.find(wish(days=(MONDAY,)))} == {other}
    await world.book(await world.person("2"), other, at(MONDAY, 16))  # on the same day
    assert {offer.consultant_id for offer in await world.find(wish(days=(MONDAY,)))} == {consultant}


async def test_the_nearest_place_comes_first(world: World) -> None:
    far = await world.consultant(await world.office("far", VIET_TRI), "far")
    serving = await world.consultant(await world.office("serving", VIET_TRI, serves=[BINH_XUYEN]), "serving")
    await world.consultant(await world.office("elsewhere", BINH_NGUYEN, serves=[BINH_NGUYEN]), "elsewhere")
    district = await world.consultant(await world.office("district", BINH_NGUYEN), "district")
    found = await world.find(HERE, most=1)
    assert found[0].consultant_id == serving
    here = await world.consultant(await world.office("here", BINH_XUYEN), "here")
    for expected in (here, serving, district, far):
        assert (await world.find(HERE, most=1))[0].consultant_id == expected
        await world.do("UPDATE consultant SET active = false WHERE id = :id", id=expected)
    assert await world.find(HERE) == []


async def test_a_shared_location_finds_the_nearest_office(world: World) -> None:
    near = await world.consultant(await world.office("near", VIET_TRI, latitude=21.33, longitude=105.40), "near")
    far = await world.consultant(await world.office("far", BINH_XUYEN, latitude=21.30, longitude=105.65), "far")
    for known in (Wish(latitude=21.32, longitude=105.41), Wish(province="phu_tho", latitude=21.32, longitude=105.41)):
        assert {offer.consultant_id for offer in await world.find(known)} == {near}
    assert {one.consultant_id for one in await world.find(wish(latitude=21.32, longitude=105.41))} == {far}
    assert await world.find(Wish(latitude=10.8, longitude=106.7)) == []


async def test_a_field_day_in_the_commune_comes_before_an_office(world: World, consultant: int) -> None:
    office = (await world.rows("SELECT office_id FROM consultant"))[0].office_id
    member = await world.consultant(office, "m")
    day = await world.field_day(office, THURSDAY, [member], seats=2)
    villager = wish(commune=BINH_NGUYEN, days=(THURSDAY,))
    found = await world.find(villager)
    assert times(found) == ["03/12 08:00", "03/12 08:45", "03/12 09:30"]
    assert {(offer.kind, offer.place, offer.field_day_id) for offer in found} == {(Kind.FIELD, "field day f", day)}
    assert {offer.kind for offer in await world.find(wish(days=(THURSDAY,)))} == {Kind.OFFICE}
    assert {offer.field_day_id for offer in await world.find(wish(kind=Kind.FIELD))} == {day}
    for hour in (8, 9):
        await world.book(await world.person(str(hour)), member, at(THURSDAY, hour), kind=Kind.FIELD)
    assert await world.hold(await world.person("late"), member, at(THURSDAY, 10), kind=Kind.FIELD) is None
    assert {offer.kind for offer in await world.find(villager)} == {Kind.OFFICE}


async def test_a_member_of_a_team_is_not_in_the_office_that_day(world: World, consultant: int) -> None:
    office = (await world.rows("SELECT office_id FROM consultant"))[0].office_id
    await world.field_day(office, THURSDAY, [consultant])
    assert await world.hold(await world.person(), consultant, at(THURSDAY, 9)) is None
    assert times(await world.find(wish(days=(THURSDAY,), kind=Kind.OFFICE), most=1)) == ["02/12 07:30"]


async def test_topic_language_and_kind_choose_who_serves(world: World) -> None:
    office = await world.office()
    plain = await world.consultant(office, "plain")
    tay = await world.consultant(office, "tay", topics=["pension"], languages=["vi", "tyz"], kinds=["phone"])
    assert {one.consultant_id for one in await world.find(HERE)} == {plain}
    assert {one.consultant_id for one in await world.find(wish(topic="pension", kind=Kind.PHONE))} == {tay}
    assert await world.find(wish(topic="health", kind=Kind.PHONE)) == []
    assert await world.find(wish(language="tyz")) == []
    assert await world.find(wish(kind=Kind.VIDEO)) == []


async def test_nobody_is_offered_a_holiday_or_a_time_too_near(world: World, consultant: int) -> None:
    new_year = date(2027, 1, 1)
    assert times(await world.find(wish(days=(new_year,)), most=1)) == ["31/12 07:30"]
    await world.put("special_day", day=THURSDAY, works=False, name="nghỉ bù")
    assert times(await world.find(wish(days=(THURSDAY,)), most=1)) == ["02/12 07:30"]
    await world.put("special_day", day=MONDAY - timedelta(days=1), works=True, like_weekday=3, name="làm bù")
    assert times(await world.find(HERE, most=1)) == ["29/11 10:00"]  # two hours ahead of 8:00


async def test_evening_and_sunday_hours_are_found(world: World) -> None:
    late = await world.consultant(await world.office(), days=[2, 6], hours=[("18:00", "20:00")])
    found = await world.find(wish(part="evening"))
    assert times(found) == ["29/11 18:00", "29/11 18:45", "29/11 19:30"]
    assert {offer.consultant_id for offer in found} == {late}
    assert times(await world.find(wish(days=(THURSDAY,), part="evening"), most=1)) == ["02/12 18:00"]


async def test_the_same_beginning_is_offered_by_others_when_nothing_else_is_left(world: World) -> None:
    office = await world.office()
    both = [await world.consultant(office, key, days=[0], hours=[("08:00", "08:30")]) for key in "ab"]
    await world.do("UPDATE working_plan SET to_day = :day", day=MONDAY)
    found = await world.find(HERE)
    assert times(found) == ["30/11 08:00", "30/11 08:00"]
    assert [offer.consultant_id for offer in found] == both


async def test_what_is_full_or_unknown_offers_nothing(world: World) -> None:
    assert await world.find(Wish()) == []
    assert await world.find(HERE) == []
    consultant = await world.consultant(await world.office(), days=[0], hours=[("08:00", "08:30")])
    await world.do("UPDATE working_plan SET to_day = :day", day=MONDAY)
    await world.book(await world.person(), consultant, at(MONDAY, 8))
    assert await world.find(HERE) == []


async def test_every_offer_can_be_taken_and_its_key_read(world: World, consultant: int) -> None:
    for number, offer in enumerate(await world.find(HERE, most=10)):
        assert offers.parse(offer.key) == (offer.consultant_id, offer.kind, offer.starts_at)
        held = await world.hold(await world.person(str(number)), consultant, offer.starts_at)
        assert held is not None


@pytest.mark.parametrize("key", ["", "1", "1.office", "1.office.x", "1.school.100", "-1.office.100", "1.office.٣", "1.office.99999999999999999999", "1.office.100\n"])  # fmt: skip
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert offers.parse(key) is None


@pytest.mark.parametrize(
    "told",
    [
        {}, {"commune": None}, {"commune": None, "part": "evening"}, {"days": (THURSDAY,), "part": "morning"},
        {"times": (time(9),)}, {"commune": None, "times": (time(9), time(15))}, {"days": (MONDAY + timedelta(days=5),)},
        {"commune": None, "days": (THURSDAY, MONDAY), "times": (time(20),)},
    ],
)  # fmt: skip
async def test_looking_a_little_at_a_time_finds_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]
) -> None:
    draw = random.Random(20261127)
    for number, commune in enumerate((BINH_XUYEN, BINH_NGUYEN, VIET_TRI, VIET_TRI)):
        office = await world.office(f"o{number}", commune)
        for each in range(3):
            hours = draw.choice([DAY, [("08:00", "09:00")], [("07:10", "10:00"), ("18:00", "20:00")]])
            await world.consultant(office, f"c{number}{each}", draw.sample(range(7), 3), hours)
    for number, offer in enumerate(await world.find(wish(commune=None), most=40)):
        if draw.random() < 0.7:
            await world.hold(await world.person(str(number)), offer.consultant_id, offer.starts_at)
    found = []
    for cells in (1, 20, 10**9):
        monkeypatch.setattr(search, "CELLS", cells)
        found.append(await world.find(wish(**told), most=12))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 12
    assert await world.find(wish(**told), most=8, skip=4) == found[0][4:]
