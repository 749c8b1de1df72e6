"""The calendar and the page of an appointment: who sees it, what is masked, what its acts do, two people at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.booking import agenda, visit
from bot.booking.rules import Kind
from bot.console.masked import mask_name, mask_phone
from bot.staff.rules import Role, Staff
from tests.booking.world import at
from tests.console.bookings import FRIDAY, MONDAY, NAME, Desk, desk_of, key_of
from tests.console.conftest import NOW, Console, without_tokens

HOME = "/console/bookings"


@pytest.fixture
async def desk(console: Console) -> AsyncIterator[Desk]:
    yield await desk_of(console)


def test_names_and_numbers_are_masked_but_for_their_first_signs_and_last_digits() -> None:
    assert mask_name("Nguyễn Thị Hoa") == "N*** T*** H***" and mask_name("") == "***"
    assert mask_phone("+84912345678") == "09** *** 678" and mask_phone("") == "***"


async def test_a_consultant_sees_their_own_day_first_and_no_name(desk: Desk) -> None:
    lan = await desk.consultant()
    mine, hers = await desk.booked(at(FRIDAY, 14)), await desk.booked(at(FRIDAY, 15), consultant=desk.hoa)
    page = (await lan.get(HOME)).text
    assert "Hôm nay của tôi" in page and f"{HOME}/{mine.id}" in page and f"{HOME}/{hers.id}" not in page
    assert "N*** T*** H***" in page and NAME not in page
    today = (await lan.get("/console")).text
    assert "Lịch hẹn hôm nay của tôi" in today and f"{HOME}/{mine.id}" in today and NAME not in today
    day = (await lan.get(f"{HOME}?view=day&office=o.binh_xuyen")).text
    assert f"{HOME}/{mine.id}" in day and f"{HOME}/{hers.id}" in day


@pytest.mark.parametrize("view", ["day", "week", "one", "strange"])
async def test_each_view_shows_when_people_work_and_what_is_booked(view: str, desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    page = await (await desk.colleague()).get(f"{HOME}?view={view}&day={MONDAY}&person=c.lan")
    assert page.status_code == 200 and f"{HOME}/{found.id}" in page.text and ">09:00<" in page.text
    assert "nghỉ" in page.text and len(page.content) < 150_000


@pytest.mark.parametrize("asked", ["day=x", "day=9999-12-31", "view=week&day=0001-01-01", "day=2026-02-30"])
async def test_a_day_that_is_none_is_today(asked: str, desk: Desk) -> None:
    assert (await (await desk.colleague()).get(f"{HOME}?{asked}")).status_code == 200


async def test_nobody_sees_or_changes_what_lies_elsewhere(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    far = await desk.stranger()
    assert (await far.get(f"{HOME}/{found.id}")).status_code == 404
    assert (await far.post(f"{HOME}/{found.id}/open")).status_code == 404
    act = {"what": "decline", "version": found.version}
    assert (await far.post(f"{HOME}/{found.id}/act", data=act)).status_code == 404
    assert (await far.get(f"{HOME}?office=o.binh_xuyen")).status_code == 404
    assert (await far.get(f"{HOME}?person=c.lan")).status_code == 404
    assert f"{HOME}/{found.id}" not in (await far.get(f"{HOME}?view=week&day={MONDAY}")).text
    assert await desk.state(found.id) == "booked" and await desk.acts() == []


@pytest.mark.parametrize("number", ["0", "9" * 30, str(2**63)])
async def test_a_number_that_nothing_has_is_not_found(number: str, desk: Desk) -> None:
    assert (await (await desk.colleague()).get(f"{HOME}/{number}")).status_code == 404


@pytest.mark.parametrize("scope", [(), ("phu_tho",), ("08935",), ("hai_phong",), ("08950",)])
async def test_lists_show_what_the_rule_of_places_allows(scope: tuple[str, ...], desk: Desk) -> None:
    member = Staff(1, "x", "X", frozenset({Role.CONSULTANT}), frozenset(scope))
    async with desk.world.go() as connection:
        seen = {one.key for one in await agenda.offices(connection, member)}
    places = {"o.binh_xuyen": "08935", "o.far": "10507"}
    assert seen == {key for key, commune in places.items() if member.answers_for([commune])}


async def test_opening_a_person_is_written_down_and_shows_them_once(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    lan = await desk.consultant()
    page = (await lan.get(f"{HOME}/{found.id}")).text
    assert "09** *** 678" in page and NAME not in page and "em nghỉ việc rồi" not in page
    for headers in ({}, {"hx-request": "true"}):
        opened = (await lan.post(f"{HOME}/{found.id}/open", headers=headers)).text
        assert NAME in opened and "0912 345 678" in opened and "em nghỉ việc rồi" in opened
    assert await desk.acts() == ["open_personal"] * 2
    assert NAME not in (await lan.get(f"{HOME}/{found.id}")).text
    admin = await desk.console.as_("root", Role.ADMIN)
    assert "Mở tên" not in (await admin.get(f"{HOME}/{found.id}")).text
    assert (await admin.post(f"{HOME}/{found.id}/open")).status_code == 403


async def test_a_hostile_name_is_only_shown(desk: Desk) -> None:
    found = await desk.booked(at(FRIDAY, 14), name="<script>alert(1)</script>{{ 111*111 }}")
    lan = await desk.consultant()
    for page in (await lan.get(HOME), await lan.get(f"{HOME}/{found.id}"), await lan.post(f"{HOME}/{found.id}/open")):
        assert "<script>alert" not in page.text and "12321" not in without_tokens(page.text)


async def test_confirming_tells_the_person_as_the_desk_does(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    done = await (await desk.consultant()).post(
        f"{HOME}/{found.id}/act", data={"what": "confirm", "version": found.version}
    )
    assert done.headers["location"].endswith("said=appointment_confirm")
    (told,) = await desk.told(found)
    assert "xác nhận" in told and await desk.state(found.id) == "confirmed"
    assert await desk.acts() == ["appointment_confirm"]
    (line,) = await desk.world.rows("SELECT by FROM appointment_change WHERE new_state = 'confirmed'")
    assert line.by == f"consultant:{desk.lan}"


@pytest.mark.parametrize("second", ["confirm", "decline"])
async def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(second: str, desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    one, other = await desk.consultant(), await desk.colleague()
    answers = await asyncio.gather(
        one.post(f"{HOME}/{found.id}/act", data={"what": "confirm", "version": found.version}),
        other.post(f"{HOME}/{found.id}/act", data={"what": second, "version": found.version}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "vừa được người khác thay đổi" in next(each.text for each in answers if each.status_code == 400)
    assert len(await desk.told(found)) == len(await desk.acts()) == 1


async def test_of_two_who_move_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    page = (await (await desk.consultant()).get(f"{HOME}/{found.id}")).text
    times = [at(MONDAY, 7, 30), at(MONDAY, 9, 45)]
    keys = [key for moment in times if (key := key_of(desk.lan, moment)) in page]
    assert keys, "the page offers free times"
    answers = await asyncio.gather(
        *(
            client.post(f"{HOME}/{found.id}/act", data={"what": what, "version": found.version, "argument": keys[0]})
            for client, what in ((await desk.consultant(), "move"), (await desk.colleague(), "offer"))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 400]


@pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])
async def test_an_appointment_that_two_move_at_once_goes_to_one_place_and_the_other_is_told(
    order: int, desk: Desk
) -> None:
    found = await desk.booked(at(MONDAY, 9))
    moves = [
        client.post(f"{HOME}/{found.id}/act", data={"what": "move", "version": found.version, "argument": key})
        for client, key in (
            (await desk.consultant(), key_of(desk.lan, at(MONDAY, 10))),
            (await desk.colleague(), key_of(desk.hoa, at(MONDAY, 14))),
        )
    ]
    answers = await asyncio.gather(*moves[::order])
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    late = next(answer for answer in answers if answer.status_code == 400)
    assert "vừa được người khác thay đổi" in late.text
    rows = await desk.world.rows(
        "SELECT starts_at, consultant_id FROM appointment WHERE state IN ('booked', 'confirmed')"
    )
    first = answers[::order][0].status_code == 303
    assert [tuple(row) for row in rows] == [(at(MONDAY, 10), desk.lan) if first else (at(MONDAY, 14), desk.hoa)]
    assert await desk.acts() == ["appointment_move"]


@pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])
async def test_of_two_appointments_that_are_moved_to_one_time_at_once_one_goes_there(order: int, desk: Desk) -> None:
    both = [await desk.booked(at(MONDAY, 9)), await desk.booked(at(MONDAY, 14), consultant=desk.hoa)]
    clients, key = [await desk.consultant(), await desk.colleague()], key_of(desk.lan, at(MONDAY, 10))
    moves = [
        client.post(f"{HOME}/{one.id}/act", data={"what": "move", "version": one.version, "argument": key})
        for client, one in zip(clients, both, strict=True)
    ]
    answers = await asyncio.gather(*moves[::order])
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "giờ này không còn trống" in next(answer for answer in answers if answer.status_code == 400).text
    states = sorted([await desk.state(one.id) for one in both])
    assert states == ["booked", "moved"] and await desk.acts() == ["appointment_move"]


async def test_a_time_is_proposed_and_the_old_one_stands(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    colleague = await desk.colleague()
    asked = {"what": "offer", "version": found.version, "argument": key_of(desk.lan, at(MONDAY, 7, 30))}
    assert (await colleague.post(f"{HOME}/{found.id}/act", data=asked)).status_code == 303
    (told,) = await desk.told(found)
    assert "xin đổi giờ hẹn" in told and "7 giờ 30" in told and await desk.state(found.id) == "booked"
    page = (await colleague.get(f"{HOME}/{found.id}")).text
    assert "đề nghị đổi sang 7 giờ 30" in page and "hoa" in page
    again = await colleague.post(f"{HOME}/{found.id}/act", data=asked)
    assert again.status_code == 400 and len(await desk.told(found)) == 1


async def test_moving_after_a_call_tells_the_new_time_and_leads_there(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    asked = {"what": "move", "version": found.version, "argument": key_of(desk.lan, at(MONDAY, 7, 30))}
    moved = await (await desk.colleague()).post(f"{HOME}/{found.id}/act", data=asked)
    (new,) = await desk.world.rows("SELECT id FROM appointment WHERE state = 'booked'")
    assert moved.headers["location"].startswith(f"{HOME}/{new.id}?") and await desk.state(found.id) == "moved"
    assert "7 giờ 30" in "".join(await desk.told(found))
    old = (await (await desk.colleague()).get(f"{HOME}/{found.id}")).text
    assert f'href="{HOME}/{new.id}"' in old


@pytest.mark.parametrize(
    ("own", "told"),
    [(True, "đã nhận giờ bạn đề nghị"), (False, "đồng nghiệp đề nghị thay bạn")],
    ids=["own", "for her"],
)
async def test_a_time_proposed_here_is_confirmed_when_the_citizen_takes_it(own: bool, told: str, desk: Desk) -> None:
    account = await desk.world.put("contact", channel="telegram", address="lan")
    await desk.world.do("UPDATE consultant SET contact_id = :contact WHERE id = :id", contact=account, id=desk.lan)
    found, client = await desk.booked(at(MONDAY, 9)), await (desk.consultant() if own else desk.colleague())
    key = key_of(desk.lan, at(MONDAY, 7, 30))
    asked = {"what": "offer", "version": found.version, "argument": key}
    assert (await client.post(f"{HOME}/{found.id}/act", data=asked)).status_code == 303
    async with desk.world.go() as connection:
        taken = f"visit:take:{found.id}:{key}"
        answer = await visit.pressed(connection, found.contact_id, taken, desk.console.parts.library, now=NOW)
    assert answer and "đã nhận giờ này" in answer[0].text and "căn cước" in answer[0].text
    (new,) = await desk.world.rows("SELECT id FROM appointment WHERE state = 'confirmed'")
    assert answer[0].file == {"kind": "ics", "appointment": new.id}
    notice = (await desk.world.rows("SELECT body FROM outbox WHERE contact_id = :id", id=account))[-1].body["text"]
    assert told in notice and NAME in notice
    page = (await client.get(f"{HOME}/{new.id}")).text
    assert "Đã xác nhận" in page and 'value="confirm"' not in page and "7 giờ 30" in page
    late = await client.post(f"{HOME}/{found.id}/act", data={"what": "confirm", "version": found.version + 2})
    assert late.status_code == 400


async def test_a_consultants_own_move_after_a_call_needs_no_confirmation(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    asked = {"what": "move", "version": found.version, "argument": key_of(desk.lan, at(MONDAY, 7, 30))}
    assert (await (await desk.consultant()).post(f"{HOME}/{found.id}/act", data=asked)).status_code == 303
    (new,) = await desk.world.rows("SELECT id FROM appointment WHERE starts_at = :at", at=at(MONDAY, 7, 30))
    assert await desk.state(new.id) == "confirmed"


async def test_who_books_for_somebody_is_not_bound_by_what_citizens_may_have(desk: Desk) -> None:
    colleague, hours = await desk.colleague(), (8, 9, 10, 14)
    assert len(hours) > desk.console.parts.settings.most_appointments
    for hour in hours:
        given = {"topic": "health", "name": NAME, "phone": "0912345678", "offer": key_of(desk.lan, at(MONDAY, hour))}
        assert (await colleague.post(f"{HOME}/new", data=given)).status_code == 303
    rows = await desk.world.rows("SELECT by_staff, state FROM appointment")
    assert [tuple(row) for row in rows] == [(True, "booked")] * len(hours)


@pytest.mark.parametrize(
    "argument", ["", "x", "1.office.1", "999999999.office.29999999"], ids=["none", "nonsense", "past", "of nobody"]
)
async def test_a_time_that_is_not_free_is_not_taken(argument: str, desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    for what in ("offer", "move"):
        asked = {"what": what, "version": found.version, "argument": argument}
        answer = await (await desk.consultant()).post(f"{HOME}/{found.id}/act", data=asked)
        assert answer.status_code == 400 and "không còn trống" in answer.text
    assert await desk.told(found) == []


async def test_what_is_moved_stays_what_it_is_and_in_its_office(desk: Desk) -> None:
    found, client = await desk.booked(at(MONDAY, 9)), await desk.console.as_("chief", Role.CONSULTANT)
    elsewhere = key_of(desk.far, at(MONDAY, 10))
    by_phone = key_of(desk.lan, at(MONDAY, 10), Kind.PHONE)
    same, off_the_grid = key_of(desk.lan, at(MONDAY, 9)), key_of(desk.lan, at(MONDAY, 10, 5))
    for key in (elsewhere, by_phone, same, off_the_grid):
        asked = {"what": "move", "version": found.version, "argument": key}
        answer = await client.post(f"{HOME}/{found.id}/act", data=asked)
        assert answer.status_code == 400 and "không còn trống" in answer.text
    assert await desk.state(found.id) == "booked" and await desk.told(found) == []


async def test_after_the_meeting_it_is_noted_how_it_went(desk: Desk) -> None:
    found = await desk.booked(at(FRIDAY, 14), now=NOW)
    lan, url = await desk.consultant(), f"{HOME}/{found.id}/act"
    assert (await lan.post(url, data={"what": "done", "version": found.version})).status_code == 303
    note = {"what": "note", "version": found.version + 1, "argument": "will_return", "line": "Mang sổ cũ"}
    assert (await lan.post(url, data=note)).status_code == 303
    (row,) = await desk.world.rows("SELECT note_kind, note FROM appointment WHERE id = :id", id=found.id)
    assert (row.note_kind, row.note) == ("will_return", "Mang sổ cũ") and len(await desk.told(found)) == 1
    late = await lan.post(url, data=note)
    assert late.status_code == 400, "somebody has noted it since"
    page = (await lan.get(f"{HOME}/{found.id}")).text
    assert "kết quả: Hẹn quay lại" in page and "Mang sổ cũ" not in page


@pytest.mark.parametrize("what", ["done", "absent", "note", "nonsense", ""])
async def test_nothing_is_noted_of_a_meeting_to_come(what: str, desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    answer = await (await desk.consultant()).post(
        f"{HOME}/{found.id}/act", data={"what": what, "version": found.version, "argument": "advised"}
    )
    assert answer.status_code == 400 and await desk.state(found.id) == "booked" and await desk.acts() == []


@pytest.mark.parametrize(("what", "day"), [("decline", MONDAY), ("absent", FRIDAY)])
async def test_who_cannot_be_met_or_did_not_come_is_told(what: str, day: date, desk: Desk) -> None:
    found = await desk.booked(at(day, 14))
    act = {"what": what, "version": found.version}
    assert (await (await desk.consultant()).post(f"{HOME}/{found.id}/act", data=act)).status_code == 303
    assert len(await desk.told(found)) == 1


async def test_who_answers_for_no_office_is_told_so(desk: Desk) -> None:
    nobody = await desk.console.as_("no.office", Role.CONSULTANT, scope=("ha_noi",))
    assert "chưa được giao nơi nào" in (await nobody.get(HOME)).text
