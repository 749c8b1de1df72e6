"""Files of waves and entries: strictly read, kept with their history, nobody counted twice, nothing rewritten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from bot.campaigns.waves import service
from bot.campaigns.waves.people import Person, person
from bot.campaigns.waves.plan import from_json, to_json
from bot.campaigns.waves.read import parse
from bot.campaigns.waves.rules import Measure, Refused
from bot.citizens.erasure import erase
from bot.errors import ContentError, SetupError
from tests.campaigns.wave_world import CAN_THO, FIRST, NOW, SECRET, VINH_PHUC, Waves, given, joined, phone, waves_of

CARD, OTHER_CARD = "079085000001", "079085000002"
TODAYS = """
document: {number: 12/KH-BHXH, day: 2026-10-01, title: Ra quân cuối năm}
form: {parent: A, issuer: B, place: Phú Thọ, symbol: BC-BHXH, to: [C], signer: D}
units:
  - {key: phu_tho, level: province, name: Tỉnh Phú Thọ, place: phu_tho}
  - {key: co_so, level: area, name: BHXH cơ sở Bình Xuyên, within: phu_tho, communes: ["08935", "08950"]}
  - {key: binh_xuyen, level: commune, name: Xã Bình Xuyên, within: co_so, place: "08950"}
organisations:
  - {key: bhxh, name: BHXH}
waves:
  - key: phu_tho_2026
    name: Đợt cuối năm
    starts_on: 2026-11-01
    ends_on: 2026-11-30
    targets:
      - {unit: binh_xuyen, measure: voluntary, number: 5}
"""


@pytest.fixture
async def waves(database_url: str) -> AsyncIterator[Waves]:
    async with waves_of(database_url) as found:
        yield found


def faults(text: str) -> list[str]:
    with pytest.raises(ContentError) as refused:
        parse(text, "waves.yaml")
    return str(refused.value).splitlines()


@pytest.mark.parametrize("path", [CAN_THO, VINH_PHUC])
def test_the_waves_of_real_plans_are_read_and_kept_without_loss(path: Path) -> None:
    for wave in parse(path.read_text(encoding="utf-8"), str(path)):
        assert from_json(to_json(wave)) == wave


def test_old_districts_are_what_they_were_and_hold_communes_of_today() -> None:
    first, *_ = parse(CAN_THO.read_text(encoding="utf-8"), str(CAN_THO))
    assert len([unit for unit in first.units if unit.level == "district"]) == 9
    assert all(unit.communes for unit in first.units if unit.within)
    assert [(due.level, due.what, due.last_day) for due in first.due_days] == [
        ("district", "report", date(2023, 6, 19)),
        ("province", "report", date(2023, 6, 24)),
        ("district", "list", date(2023, 5, 1)),
    ]


def test_communes_of_today_are_known_by_their_codes() -> None:
    [wave] = parse(TODAYS, "waves.yaml")
    assert wave.unit["binh_xuyen"].communes == ("08950",)
    assert list(wave.up("binh_xuyen")) == ["binh_xuyen", "co_so", "phu_tho"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("name: Xã Bình Xuyên", "name: Xã Bình Nguyên", 7, "08950 is called Xã Bình Xuyên"),
        ('place: "08950"', 'place: "99999"', 7, "no commune of today"),
        ("level: area", "level: district", 6, "no districts since"),
        ("within: co_so", "within: nowhere", 7, "key of a unit that stands above"),
        ("number: 5}", "number: 0}", 16, "from 1 to"),
        ("measure: voluntary", "measure: volunteers", 16, "is none of voluntary"),
        ("unit: binh_xuyen", "unit: binh", 16, "there is no unit 'binh'"),
        ("ends_on: 2026-11-30", "ends_on: 2026-10-30", 14, "lies before starts_on"),
        (
            "ends_on: 2026-11-30",
            "ends_on: 2026-11-30\n    reports: [{level: district, before: 2026-12-05}]",
            15,
            "no unit",
        ),
        ("key: phu_tho_2026", "key: Phu Tho", 11, "must be a key"),
        ("place: phu_tho}", "place: vinh_phuc}", 5, "no province of that time"),
        ("number: 12/KH-BHXH, ", "", 2, "missing key number"),
        (
            "number: 5}",
            "number: 5}\n      - {unit: binh_xuyen, measure: voluntary, number: 6}",
            16,
            "stands there 2 times",
        ),
    ],
)
def test_a_fault_in_a_file_names_its_line_and_what_to_do(old: str, new: str, line: int, said: str) -> None:
    assert old in TODAYS
    [fault] = faults(TODAYS.replace(old, new, 1))
    assert f"line {line}:" in fault
    assert said in fault


def test_a_unit_whose_whole_target_nobody_can_tell_is_refused() -> None:
    more = "number: 5}\n      - {unit: co_so, organisation: bhxh, measure: voluntary, number: 9}"
    [fault] = faults(TODAYS.replace("number: 5}", more))
    assert "voluntary of co_so: its parts and its organisations add up differently" in fault


def test_districts_of_a_time_are_looked_up_in_that_time() -> None:
    text = CAN_THO.read_text(encoding="utf-8")
    [fault] = faults(text.replace("name: Quận Ô Môn, within", "name: Huyện Ô Môn, within"))
    assert "there was no 'Huyện Ô Môn' in Thành phố Cần Thơ" in fault


async def test_a_file_brought_in_again_changes_nothing_and_a_change_is_kept_with_what_was_before(
    waves: Waves, tmp_path: Path
) -> None:
    first = await waves.load()
    assert [(one.version, one.changed) for one in first] == [(1, True)] * 3
    assert [(one.version, one.changed) for one in await waves.load()] == [(1, False)] * 3
    path = tmp_path / "changed.yaml"
    path.write_text(CAN_THO.read_text(encoding="utf-8").replace("ends_on: 2023-06-09", "ends_on: 2023-06-12"))
    assert [(one.version, one.changed) for one in await waves.load(path)] == [(2, True), (1, False), (1, False)]
    kept = await waves.rows("SELECT v.version, v.plan->>'ends_on' AS ends FROM wave_version v JOIN wave w ON w.id = wave_id"
                            " WHERE key = :key ORDER BY 1", key=FIRST)  # fmt: skip
    assert [(row.version, row.ends) for row in kept] == [(1, "2023-06-09"), (2, "2023-06-12")]


async def test_a_unit_of_which_figures_were_entered_stays_in_the_file(waves: Waves, tmp_path: Path) -> None:
    await waves.load()
    await waves.enter(given(unit="vinh_thanh"))
    path = tmp_path / "without.yaml"
    lines = CAN_THO.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "vinh_thanh" not in line))
    with pytest.raises(ContentError, match="figures were entered of vinh_thanh"):
        await waves.load(path)
    assert await waves.rows("SELECT FROM wave_version WHERE version > 1") == []


async def test_what_is_entered_adds_up_through_the_units(waves: Waves) -> None:
    await waves.load(VINH_PHUC)
    key = "vinh_phuc_2021_thang_5"
    day = date(2021, 5, 12)
    for unit, count in (("huong_canh", 2), ("binh_xuyen", 1), ("yen_lac", 4)):
        await waves.enter(given(Measure.MEETINGS, count, unit, day=day), key)
    assert await waves.done("huong_canh", Measure.MEETINGS, key=key) == 2
    assert await waves.done("binh_xuyen", Measure.MEETINGS, key=key) == 3
    assert await waves.done("vinh_phuc", Measure.MEETINGS, key=key) == 7
    assert await waves.done("vinh_phuc", Measure.MEETINGS, "hoi_nong_dan", key=key) == 0


async def test_a_person_counts_once_in_a_wave_for_a_measure_whoever_enters_them(waves: Waves) -> None:
    await waves.load()
    one = given(Measure.VOLUNTARY, 1, person=joined(1))
    await waves.enter(one)
    for again in (one, given(Measure.VOLUNTARY, 1, "o_mon", agent="a2", organisation="buu_dien", person=joined(1))):
        with pytest.raises(Refused, match="twice"):
            await waves.enter(again)
    await waves.enter(given(Measure.HOUSEHOLD_HEALTH, 1, person=joined(1)))
    await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(1), day=date(2023, 6, 12), note="x"), "can_tho_2023_2")
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 1


def someone(number: int | None = None, card: str = "") -> Person:
    found = person(SECRET, phone=phone(number) if number else "", id_number=card)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        (someone(1, CARD), someone(2, CARD), True),  # one card
        (someone(1, CARD), someone(1, OTHER_CARD), False),  # a family with one telephone
        (someone(1, CARD), someone(1), True),  # nobody knows whether it is another
        (someone(1), someone(1, CARD), True),
        (someone(1), someone(card=CARD), False),
        (someone(1), someone(2), False),
    ],
)
async def test_the_card_decides_who_is_who_and_where_it_is_not_known_the_telephone(
    waves: Waves, first: Person, second: Person, twice: bool
) -> None:
    await waves.load()
    await waves.enter(given(Measure.VOLUNTARY, 1, person=first))
    if twice:
        with pytest.raises(Refused, match="twice"):
            await waves.enter(given(Measure.VOLUNTARY, 1, person=second))
    else:
        await waves.enter(given(Measure.VOLUNTARY, 1, person=second))
    assert await waves.done("can_tho", Measure.VOLUNTARY) == (1 if twice else 2)


async def test_two_agents_who_enter_the_same_person_at_once_count_them_once(waves: Waves) -> None:
    await waves.load()
    entries = [waves.enter(given(Measure.VOLUNTARY, 1, agent=f"a{n}", person=joined(1))) for n in range(8)]
    done = await asyncio.gather(*entries, return_exceptions=True)
    assert sum(isinstance(one, int) for one in done) == 1
    assert all(isinstance(one, int | Refused) for one in done)
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 1


def test_a_number_cannot_be_read_from_what_is_kept_and_is_known_however_it_is_typed() -> None:
    assert someone(12345678) == person(SECRET, phone="+84 912 345 678") == person(SECRET, phone="0912.345.678")
    assert someone(12345678) != person("another secret for tests", phone=phone(12345678))
    assert "12345678" not in str(someone(12345678))
    with pytest.raises(SetupError, match="AN_SINH_PERSON_SECRET"):
        person("", phone=phone(1))
    for wrong in ({"phone": "123"}, {"id_number": "12345"}):
        with pytest.raises(Refused):
            person(SECRET, **wrong)
    assert person("", phone=" ") is None


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"unit": "hue"}, "unit"),
        ({"organisation": "x"}, "organisation"),
        ({"count": 0}, "count"),
        ({"count": 2, "measure": Measure.VOLUNTARY, "person": someone(1)}, "count"),
        ({"count": 1, "person": someone(1)}, "no_person"),
        ({"day": date(2023, 6, 13)}, "future"),
        ({"agent": " "}, "agent"),
        ({"note": "gọi cô Lan 0912345678"}, "personal_note"),
        ({"note": "thẻ 079085000001"}, "personal_note"),
        ({"count": 51}, "note_large"),
        ({"day": date(2023, 5, 5)}, "note_outside"),
        ({"day": date(2023, 6, 10)}, "note_outside"),
    ],
)
async def test_what_cannot_be_is_refused_and_what_is_doubtful_needs_a_note(
    waves: Waves, said: dict[str, Any], key: str
) -> None:
    await waves.load()
    with pytest.raises(Refused, match=f"^{key}$"):
        await waves.enter(given(**said))
    if key.startswith("note_"):
        assert await waves.enter(given(**said, note="đã kiểm tra lại")) is not None
    assert len(await waves.rows("SELECT FROM wave_entry")) == key.startswith("note_")


async def test_the_same_count_for_the_same_day_needs_a_note(waves: Waves) -> None:
    await waves.load()
    number = await waves.enter(given())
    assert number is not None
    with pytest.raises(Refused, match="note_again"):
        await waves.enter(given())
    await waves.enter(given(note="buổi chiều"))
    await waves.enter(given(agent="a2"))
    assert await waves.done("ninh_kieu", Measure.ADVICE_GROUPS) == 9


async def test_a_mistake_is_taken_back_by_a_counter_entry_once_and_the_person_counts_anew(waves: Waves) -> None:
    await waves.load()
    number = await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(1)))
    assert number is not None
    counter = await waves.take_back(number)
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 0
    for again in (number, counter):
        with pytest.raises(Refused, match="countered"):
            await waves.take_back(again)
    with pytest.raises(Refused, match="entry"):
        await waves.take_back(999_999)
    await waves.enter(given(Measure.VOLUNTARY, 1, "o_mon", person=joined(1)))
    assert await waves.done("o_mon", Measure.VOLUNTARY) == 1
    assert [row.count for row in await waves.rows("SELECT count FROM wave_entry ORDER BY id")] == [1, -1, 1]
    async with waves.go() as connection:
        with pytest.raises(Refused, match="why"):
            await service.take_back(connection, counter + 1, agent="a", note=" ", now=NOW)


@pytest.mark.parametrize("statement", ["UPDATE wave_entry SET count = 9", "DELETE FROM wave_entry"])
async def test_an_entry_is_never_changed(waves: Waves, statement: str) -> None:
    await waves.load()
    await waves.enter(given())
    with pytest.raises(DBAPIError, match="append-only"):
        await waves.do(statement)


async def test_who_wants_to_be_forgotten_is_in_no_table_and_the_count_stays(waves: Waves) -> None:
    await waves.load()
    await waves.enter(given(Measure.VOLUNTARY, 1, person=someone(1, CARD)))
    await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(2)))
    async with waves.go() as connection:
        assert await service.forget(connection, [someone(1, CARD)]) == 1
    left = await waves.rows("SELECT phone_key FROM wave_person")
    assert [row.phone_key for row in left] == [joined(2).phone_key]
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 2


async def test_who_has_their_data_erased_in_the_chat_is_no_longer_known_by_any_wave(waves: Waves) -> None:
    await waves.load()
    contact = await waves.person("nhan")
    await waves.do("UPDATE person SET phone = '+84900000001'")
    for number in (1, 2):
        await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(number)))
    async with waves.go() as connection:
        await erase(connection, contact, proof="inbox:1", now=NOW, secret=SECRET)
    left = await waves.rows("SELECT phone_key FROM wave_person")
    assert [row.phone_key for row in left] == [joined(2).phone_key]
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 2


async def test_a_ledger_can_be_read_as_it_was(waves: Waves) -> None:
    await waves.load()
    first = await waves.enter(given())
    await waves.enter(given(unit="o_mon", count=5))
    async with waves.go() as connection:
        before = await service.read_ledger(connection, FIRST, up_to=first)
        now = await service.read_ledger(connection, FIRST)
        with pytest.raises(Refused, match="wave"):
            await service.read_ledger(connection, "none")
    lines = [book.line("can_tho", None, Measure.ADVICE_GROUPS) for book in (before, now)]
    assert [(line.done, line.remaining) for line in lines] == [(3, 87), (8, 82)]
    assert lines[0].entries == (first,)
