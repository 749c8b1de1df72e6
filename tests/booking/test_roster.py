"""A roster file becomes tables: strictly, all or nothing, and twice without harm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking import service
from bot.booking.roster import Report, load, parse, told
from bot.booking.rules import Kind, Wish
from bot.errors import ContentError
from tests.booking.world import BINH_XUYEN, MONDAY, NOW, World, at, shown, world_of

SATURDAY = MONDAY + timedelta(days=5)
ROSTER = """
offices:
  - key: binh_xuyen
    kind: social_insurance
    name: BHXH cơ sở Bình Xuyên
    address: Đường Hùng Vương, xã Bình Xuyên
    commune: "08935"
    serves: ["08935", "08950"]
    latitude: 21.31
    longitude: 105.66
    phone: "02113000000"
consultants:
  - key: binh_xuyen.lan
    office: binh_xuyen
    name: Nguyễn Thị Lan
    topics: [voluntary, pension]
    kinds: [office, phone]
    plans:
      - days: [mon-fri]
        hours: [07:30-17:00]
        breaks: [11:30-13:00]
      - days: [wed, sun]
        hours: [18:00-20:00]
        from: 2026-12-01
        to: 2027-01-31
    leave:
      - {day: 2026-12-07, hours: [07:30-11:30], reason: họp}
      - {from: 2026-12-21, to: 2026-12-23}
    extra:
      - {day: 2026-12-05, hours: [08:00-11:00]}
  - key: binh_xuyen.minh
    office: binh_xuyen
    name: Trần Văn Minh
    plans:
      - {days: [mon-fri], hours: [07:30-11:30, 13:00-17:00]}
special_days:
  - {day: 2027-02-03, works: false, name: Nghỉ Tết}
  - {day: 2027-01-30, works: true, like: wed, name: Làm bù}
field_days:
  - key: huong_canh.2026-12-10
    office: binh_xuyen
    name: Ngày BHXH tại chợ Hương Canh
    address: Chợ Hương Canh
    commune: "08935"
    day: 2026-12-10
    hours: 08:00-11:00
    seats: 20
    team: [binh_xuyen.lan, binh_xuyen.minh]
"""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


async def loaded(world: World, folder: Path, text: str = ROSTER) -> Report:
    path = folder / "roster.yaml"
    path.write_text(text, encoding="utf-8")
    async with world.go() as connection:
        return await load(connection, path, now=NOW)


async def everything(world: World) -> list[object]:
    hours = "consultant_id, starts::text, ends::text"
    tables = {
        "office": "*", "consultant": "*", "special_day": "*", "field_day": "*",
        "working_plan": f"{hours}, weekday, from_day::text, to_day::text", "plan_exception": f"{hours}, day, works, reason",
    }  # fmt: skip
    return [await world.rows(f"SELECT {what} FROM {name} ORDER BY 1, 2, 4") for name, what in tables.items()]


async def test_a_roster_offers_times_with_breaks_leave_and_field_days(world: World, tmp_path: Path) -> None:
    report = await loaded(world, tmp_path)
    assert list(told(report)) == [
        "offices: 1 written, 1 of them new",
        "consultants: 2 written, 2 of them new",
        "field days: 1 written, 1 of them new",
        "special days: 2 written",
    ]
    here = {"province": "phu_tho", "commune": BINH_XUYEN, "topic": "pension"}

    async def starts(**told: object) -> list[str]:
        return [shown(one.starts_at) for one in await world.find(Wish(**here, **told), most=2)]  # type: ignore[arg-type]

    assert await starts(part="noon") == ["30/11 11:00", "30/11 13:00"]
    assert await starts(part="evening") == ["02/12 18:00", "02/12 18:45"]
    assert await starts(days=(SATURDAY,)) == ["05/12 08:00", "05/12 08:45"]
    [offer] = await world.find(Wish(**here, days=(MONDAY + timedelta(days=10),)), most=1)  # type: ignore[arg-type]
    assert (offer.kind, offer.place) == (Kind.FIELD, "Ngày BHXH tại chợ Hương Canh")
    lan, minh = (row.id for row in await world.rows("SELECT id FROM consultant ORDER BY key"))
    person = await world.person()
    assert await world.hold(person, lan, at(MONDAY + timedelta(days=7), 9)) is None
    assert await world.hold(person, minh, at(MONDAY + timedelta(days=7), 9)) is not None


async def test_a_second_run_changes_nothing(world: World, tmp_path: Path) -> None:
    await loaded(world, tmp_path)
    before = await everything(world)
    report = await loaded(world, tmp_path)
    assert report.written.consultants == (2, 0)
    assert await everything(world) == before


async def test_what_a_file_leaves_out_stays(world: World, tmp_path: Path) -> None:
    await loaded(world, tmp_path)
    before = await everything(world)
    await loaded(world, tmp_path, "consultants:\n  - {key: binh_xuyen.minh, office: binh_xuyen, name: Trần Văn Minh}\n")
    assert await everything(world) == before


async def test_a_plan_that_is_taken_away_cancels_nothing_but_is_reported(world: World, tmp_path: Path) -> None:
    await loaded(world, tmp_path)
    lan, minh = (row.id for row in await world.rows("SELECT id FROM consultant ORDER BY key"))
    person = await world.person()
    monday = await world.book(person, lan, at(MONDAY, 9), topic="pension")
    tuesday = await world.book(person, lan, at(MONDAY + timedelta(days=1), 9), topic="pension")
    field = await world.book(person, minh, at(MONDAY + timedelta(days=10), 9), kind=Kind.FIELD)
    closed = await world.book(person, minh, at(MONDAY + timedelta(days=2), 9))
    changed = (
        ROSTER.replace("[mon-fri]\n        hours: [07:30-17:00]", "[tue-fri]\n        hours: [07:30-17:00]")
        .replace("    hours: 08:00-11:00\n", "    hours: 08:00-09:15\n")
        .replace("special_days:\n", "special_days:\n  - {day: 2026-12-02, works: false, name: nghỉ}\n")
    )
    report = await loaded(world, tmp_path, changed)
    assert [one.id for one in report.outside] == [monday.id, closed.id, field.id]
    assert f"  {monday.code}  30/11/2026 09:00  Nguyễn Thị Lan, BHXH cơ sở Bình Xuyên" in list(told(report))
    async with world.go() as connection:
        assert len(await service.coming(connection, person, now=NOW)) == 4
    inactive = changed.replace("    topics: [voluntary, pension]", "    active: false")
    assert tuesday.id in [one.id for one in (await loaded(world, tmp_path, inactive)).outside]


async def test_a_hold_is_not_confirmed_into_a_plan_that_was_taken_away(world: World, tmp_path: Path) -> None:
    await loaded(world, tmp_path)
    lan = (await world.rows("SELECT id FROM consultant ORDER BY key"))[0].id
    held = await world.hold(await world.person(), lan, at(MONDAY, 9), topic="pension")
    assert held is not None
    report = await loaded(world, tmp_path, ROSTER.replace("mon-fri", "tue-fri", 1))
    assert [one.id for one in report.outside] == [held.id]
    assert await world.confirm(held.id) is None


FAULTS = [
    ("kind: social_insurance", "kind: school", 4, "must be one of social_insurance, collection_point, post_office"),
    ('commune: "08935"\n    serves', "commune: 07126\n    serves", 7, "in quotes"),
    ('commune: "08935"\n    serves', 'commune: "99999"\n    serves', 7, "communes.csv"),
    ('["08935", "08950"]', '["08935", "00004"]', 8, "another province"),
    ("    latitude: 21.31\n", "", 3, "both latitude and longitude"),
    ("latitude: 21.31\n    longitude: 105.66", "latitude: 105.66\n    longitude: 21.31", 9, "exchanged"),
    ("name: Trần Văn Minh", "nam: Trần Văn Minh", 31, "unknown key nam; keys here: key, name, office, [active]"),
    ("[voluntary, pension]", "[voluntary, pensions]", 16, "topics[1]: must be one of"),
    ("[office, phone]", "[office, field]", 17, "kinds[1]: must be one of office, phone, video"),
    ("[office, phone]", "[office, video]", 13, "needs video_url"),
    ("[mon-fri]\n        hours", "[mon-fri, fri]\n        hours", 19, "name each weekday once"),
    ("[mon-fri]\n        hours", "[fri-mon]\n        hours", 19, "must go forward"),
    ("[mon-fri]\n        hours", "[monday]\n        hours", 19, "must be one of mon, tue"),
    ("[07:30-17:00]", "[7h30-17h]", 20, "must be hours like 07:30-11:30"),
    ("[07:30-17:00]", "[17:00-07:30]", 20, "must end later than it begins"),
    ("[07:30-17:00]", "[22:00-24:30]", 20, "must end later than it begins"),
    ("[11:30-13:00]", "[16:30-17:30]", 21, "must lie inside the hours"),
    ("[18:00-20:00]", "[16:00-20:00]", 19, "two plans overlap on wed"),
    ("to: 2027-01-31", "to: 2026-01-31", 25, "exchange from and to"),
    ("to: 2026-12-23", "to: 2028-12-23", 28, "no longer than a year"),
    ("{day: 2026-12-07,", "{day: 2026-12-07, from: 2026-12-07,", 27, "either day, or from and to"),
    ("{day: 2026-12-05,", "{day: 2026-12-07,", 13, "two entries of leave or extra overlap on 2026-12-07"),
    ("{day: 2026-12-05,", "{day: 2026-12-10,", 13, "the field day huong_canh.2026-12-10"),
    ("works: false,", "works: false, like: mon,", 37, "only a day that is worked"),
    ("works: false,", "works: sometimes,", 37, "must be true or false"),
    ("seats: 20", "seats: 0", 47, "must be a whole number from 1 on"),
    ("team: [binh_xuyen.lan, binh_xuyen.minh]", "team: [binh_xuyen.lan]", 48, "two consultants or more"),
    ("key: binh_xuyen.minh", "key: binh_xuyen.lan", 13, "stands there 2 times"),
    ("key: binh_xuyen.minh", "key: Minh", 31, "must be small letters"),
]


@pytest.mark.parametrize(("written", "instead", "line", "complaint"), FAULTS)
def test_a_fault_is_refused_with_its_line_and_what_to_do(written: str, instead: str, line: int, complaint: str) -> None:
    assert written in ROSTER
    with pytest.raises(ContentError) as refused:
        parse(ROSTER.replace(written, instead, 1), "roster.yaml")
    assert complaint in str(refused.value)
    assert f"roster.yaml: line {line}: " in str(refused.value)


async def test_whoever_is_unknown_is_refused_and_nothing_is_half_done(world: World, tmp_path: Path) -> None:
    wrong = ROSTER.replace("office: binh_xuyen\n    name: Trần", "office: elsewhere\n    name: Trần")
    with pytest.raises(ContentError) as refused:
        await loaded(world, tmp_path, wrong.replace("binh_xuyen.minh]", "binh_xuyen.hoa]"))
    first, second = str(refused.value).splitlines()
    assert first.endswith("line 32: consultants[1].office: there is no office elsewhere; write it under offices")
    assert "line 48: field_days[0].team: there is no consultant binh_xuyen.hoa" in second
    assert not any(await everything(world))


def test_every_fault_is_told_at_once() -> None:
    wrong = ROSTER.replace("seats: 20", "seats: no").replace("[mon-fri]", "[monday]").replace("phone: ", "fax: ")
    with pytest.raises(ContentError) as refused:
        parse(wrong, "roster.yaml")
    assert len(str(refused.value).splitlines()) == 4


@pytest.mark.parametrize(
    "text",
    ["", "offices: 3", "- a", "offices: {a: 1}", "offices: [1]", "a: [", "office: []", "offices:\n- key: a\n  key: b"],
)
def test_what_is_no_roster_is_refused(text: str) -> None:
    with pytest.raises(ContentError, match="roster.yaml"):
        parse(text, "roster.yaml")


async def test_somebody_in_two_teams_at_once_is_refused_across_files(world: World, tmp_path: Path) -> None:
    await loaded(world, tmp_path)
    before = await everything(world)
    other = ROSTER[ROSTER.index("field_days:") :].replace("huong_canh.2026-12-10", "dao_duc")
    with pytest.raises(ContentError, match="at once"):
        await loaded(world, tmp_path, other)
    assert await everything(world) == before
    await loaded(world, tmp_path, other.replace("seats: 20", "seats: 20\n    cancelled: true"))
