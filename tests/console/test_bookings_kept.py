"""What staff keep: appointments made for others, working hours, field days and who came, the wait list."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from bot.booking import service
from bot.booking.rules import Kind, Wish
from bot.citizens import store as citizens
from bot.staff.rules import Role
from tests.booking.world import at
from tests.console.bookings import FRIDAY, MONDAY, NAME, Desk, desk_of, key_of
from tests.console.conftest import NOW, Console

HOME = "/console/bookings"
LAN = f"{HOME}/people/c.lan"
CALLER = {"topic": "pension", "name": "Trần Văn Bé", "phone": "0987 654 321"}


@pytest.fixture
async def desk(console: Console) -> AsyncIterator[Desk]:
    yield await desk_of(console)


async def seen(client: httpx.AsyncClient, url: str) -> str:
    """Return the fingerprint that the forms of a page carry."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', (await client.get(url)).text)
    assert found
    return found[1]


# -- for somebody who telephones


async def test_free_times_are_found_and_one_is_booked_for_a_caller(desk: Desk) -> None:
    lan = await desk.consultant()
    asked = f"{HOME}/new?office=o.binh_xuyen&topic=pension&day={MONDAY}"
    page = (await lan.get(asked)).text
    assert "Chọn giờ" in page and key_of(desk.lan, at(MONDAY, 7, 30)) in page
    piece = (await lan.get(asked, headers={"hx-request": "true"})).text
    assert "<html" not in piece and key_of(desk.lan, at(MONDAY, 7, 30)) in piece
    made = await lan.post(f"{HOME}/new", data={**CALLER, "offer": key_of(desk.lan, at(MONDAY, 7, 30))})
    (row,) = await desk.world.rows(
        "SELECT a.*, k.channel, k.address FROM appointment a JOIN contact k ON k.id = a.contact_id"
    )
    assert made.headers["location"] == f"{HOME}/{row.id}?said=appointment_made"
    assert (row.state, row.name, row.phone) == ("booked", "Trần Văn Bé", "+84987654321")
    assert (row.channel, row.address) == ("sms", "+84987654321")
    assert await desk.acts() == ["appointment_make"]
    page = (await lan.get(f"{HOME}/{row.id}")).text
    assert "T*** V*** B***" in page and "SMS" in page and "Trần Văn Bé" not in page


async def test_where_nothing_is_free_that_is_said(desk: Desk) -> None:
    page = (await (await desk.consultant()).get(f"{HOME}/new?office=o.binh_xuyen&topic=pension&kind=video")).text
    assert "Không còn giờ trống nào hợp" in page


@pytest.mark.parametrize(
    "url", ["people?name=%00", "people/%00", "field/a%00b", "new?office=%00", "?person=%00&office=%00"]
)
async def test_a_sign_that_no_table_holds_does_no_harm(url: str, desk: Desk) -> None:
    assert (await (await desk.consultant()).get(f"{HOME}/{url}".replace("/?", "?"))).status_code in (200, 404)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"phone": "123"}, "Số điện thoại chưa đúng"),
        ({"phone": "0987654321 0912345678"}, "Số điện thoại chưa đúng"),
        ({"name": "<b>x</b>"}, "họ tên bằng chữ"),
        ({"name": ""}, "họ tên bằng chữ"),
        ({"name": "Lan" * 30}, "họ tên bằng chữ"),
        ({"offer": "x"}, "chọn giờ hẹn"),
        ({"topic": "x"}, "chọn giờ hẹn"),
        ({"offer": "1.office.1"}, "vừa có người khác đặt"),
    ],
)
async def test_a_form_that_is_wrong_is_refused_with_the_reason(wrong: dict[str, str], said: str, desk: Desk) -> None:
    form = {**CALLER, "offer": key_of(desk.lan, at(MONDAY, 9)), **wrong}
    answer = await (await desk.consultant()).post(f"{HOME}/new", data=form)
    assert answer.status_code == 400 and said in answer.text
    assert not await desk.world.rows("SELECT 1 FROM appointment")


async def test_of_two_who_give_away_one_time_one_wins_and_the_other_is_told(desk: Desk) -> None:
    form = {**CALLER, "offer": key_of(desk.lan, at(MONDAY, 9))}
    one, other = await desk.consultant(), await desk.colleague()
    answers = await asyncio.gather(
        one.post(f"{HOME}/new", data=form), other.post(f"{HOME}/new", data={**form, "phone": "0912345678"})
    )
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert len(await desk.world.rows("SELECT 1 FROM appointment")) == 1


async def test_nobody_books_where_they_do_not_answer(desk: Desk) -> None:
    far = await desk.stranger()
    form = {**CALLER, "offer": key_of(desk.lan, at(MONDAY, 9))}
    assert (await far.post(f"{HOME}/new", data=form)).status_code == 404
    assert (await far.get(f"{HOME}/new?office=o.binh_xuyen&topic=pension")).status_code == 404
    assert not await desk.world.rows("SELECT 1 FROM appointment")


# -- working hours


def week(**more: str) -> dict[str, str]:
    """Return a form in which somebody works on Monday mornings."""
    return {"what": "week", "s00": "08:00", "e00": "11:00", **more}


async def test_the_week_is_changed_and_appointments_outside_it_are_named(desk: Desk) -> None:
    lan = await desk.consultant()
    inside, outside = await desk.booked(at(MONDAY, 9)), await desk.booked(at(MONDAY, 15))
    page = await lan.post(f"{LAN}/change", data=week(seen=await seen(lan, LAN)))
    assert f"{HOME}/{outside.id}" in page.text and f"{HOME}/{inside.id}" not in page.text
    rows = await desk.world.rows("SELECT weekday, starts FROM working_plan WHERE consultant_id = :id", id=desk.lan)
    assert [(row.weekday, f"{row.starts:%H:%M}") for row in rows] == [(0, "08:00")]
    others = await desk.world.rows("SELECT 1 FROM working_plan WHERE consultant_id = :id", id=desk.hoa)
    assert len(others) == 10 and await desk.acts() == ["change_plan"]
    assert 'value="08:00"' in (await lan.get(LAN)).text


async def test_leave_and_added_hours_are_kept_and_taken_back(desk: Desk) -> None:
    lan = await desk.consultant()
    leave = {"what": "leave", "first": "2026-12-01", "last": "2026-12-03", "reason": "Nghỉ phép"}
    extra = {"what": "extra", "first": "2026-12-05", "starts": "08:00", "ends": "10:00"}
    for form in (leave, extra):
        done = await lan.post(f"{LAN}/change", data={**form, "seen": await seen(lan, LAN)})
        assert done.status_code == 303
    page = (await lan.get(LAN)).text
    assert page.count("Nghỉ phép") == 3 and "làm thêm" in page and "08:00 – 10:00" in page
    number = re.findall(r'name="number" value="(\d+)"', page)[0]
    gone = {"what": "take_back", "number": number, "seen": await seen(lan, LAN)}
    assert (await lan.post(f"{LAN}/change", data=gone)).status_code == 303
    assert (await lan.get(LAN)).text.count("Nghỉ phép") == 2
    assert await desk.acts() == ["add_leave", "add_extra", "take_back_change"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (week(s01="10:00", e01="12:00"), "trùng nhau"),
        (week(s01="13:00"), "Giờ phải ghi đủ"),
        (week(s01="13:00", e01="12:00"), "phải sau giờ bắt đầu"),
        ({"what": "leave", "first": "2026-11-01"}, "từ hôm nay trở đi"),
        ({"what": "leave", "first": "2026-12-01", "last": "2036-12-01"}, "không quá một năm"),
        ({"what": "leave", "first": "x"}, "chọn ngày"),
        ({"what": "extra", "first": "2026-12-05"}, "từ mấy giờ"),
        ({"what": "take_back", "number": "x"}, "Không rõ"),
        ({}, "Không rõ"),
    ],
)
async def test_hours_that_cannot_be_are_refused_with_the_reason(form: dict[str, str], said: str, desk: Desk) -> None:
    lan = await desk.consultant()
    answer = await lan.post(f"{LAN}/change", data={**form, "seen": await seen(lan, LAN)})
    assert answer.status_code == 400 and said in answer.text and await desk.acts() == []


async def test_of_two_who_change_hours_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    one, other = await desk.consultant(), await desk.colleague()
    form = week(seen=await seen(one, LAN))
    answers = await asyncio.gather(
        one.post(f"{LAN}/change", data=form), other.post(f"{LAN}/change", data={**form, "s00": "09:00"})
    )
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "vừa được người khác sửa" in next(each.text for each in answers if each.status_code == 400)


async def test_hours_of_somebody_elsewhere_are_not_found(desk: Desk) -> None:
    far, lan = await desk.stranger(), await desk.consultant()
    assert (await far.get(LAN)).status_code == 404 and "c.lan" not in (await far.get(f"{HOME}/people")).text
    assert (await far.post(f"{LAN}/change", data=week(seen=await seen(lan, LAN)))).status_code == 404
    assert "consultant c.lan" in (await lan.get(f"{HOME}/people")).text
    found = (await lan.get(f"{HOME}/people?name=C.HOA")).text
    assert "consultant c.hoa" in found and "consultant c.lan" not in found
    await desk.world.do(
        "INSERT INTO plan_exception (consultant_id, day, works) VALUES (:id, '2026-12-01', false)", id=desk.far
    )
    (theirs,) = await desk.world.rows("SELECT id FROM plan_exception")
    form = {"what": "take_back", "number": str(theirs.id), "seen": await seen(lan, LAN)}
    assert (await lan.post(f"{LAN}/change", data=form)).status_code == 404
    assert await desk.world.rows("SELECT 1 FROM plan_exception")


# -- field days

MARKET: Mapping[str, Any] = {
    "office": "o.binh_xuyen", "name": "Tư vấn ở chợ Hương Canh", "address": "Chợ Hương Canh", "commune": "08935",
    "day": "2026-12-04", "starts": "08:00", "ends": "11:00", "seats": "5", "team": ["c.lan", "c.hoa"], "walk_ins": "yes",
}  # fmt: skip


async def test_a_field_day_is_made_changed_and_cancelled(desk: Desk) -> None:
    lan = await desk.consultant()
    assert "Chợ" not in (await lan.get(f"{HOME}/field")).text
    assert "consultant c.hoa" in (await lan.get(f"{HOME}/field-new")).text
    made = await lan.post(f"{HOME}/field-new", data=MARKET)
    (row,) = await desk.world.rows("SELECT key, seats, province FROM field_day")
    url = f"{HOME}/field/{row.key}"
    assert made.headers["location"] == f"{url}?said=saved" and (row.seats, row.province) == (5, "phu_tho")
    assert "Tư vấn ở chợ Hương Canh" in (await lan.get(f"{HOME}/field")).text
    await desk.booked(at(FRIDAY.replace(month=12, day=4), 8), kind=Kind.FIELD)
    more = {**MARKET, "seats": "9", "cancelled": "yes", "seen": await seen(lan, url)}
    assert (await lan.post(f"{url}/change", data=more)).headers["location"].endswith("said=saved_outside")
    (row,) = await desk.world.rows("SELECT seats, cancelled FROM field_day")
    assert (row.seats, row.cancelled) == (9, True) and "Đã hủy" in (await lan.get(url)).text
    late = await lan.post(f"{url}/change", data=more)
    assert late.status_code == 400 and "vừa được người khác sửa" in late.text
    assert await desk.acts() == ["add_field_day", "change_field_day"]


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"team": []}, 400, "ít nhất hai"),
        ({"team": ["c.lan"]}, 400, "ít nhất hai"),
        ({"team": ["c.lan", "c.far"]}, 400, "ít nhất hai"),
        ({"seats": "0"}, 400, "Số chỗ"),
        ({"seats": "x"}, 400, "Số chỗ"),
        ({"day": "2026-11-01"}, 400, "đã qua"),
        ({"day": "x"}, 400, "ghi đủ"),
        ({"name": ""}, 400, "ghi đủ"),
        ({"office": "o.far"}, 404, ""),
        ({"commune": "10507"}, 404, ""),
        ({"commune": "x"}, 404, ""),
    ],
)
async def test_a_field_day_that_cannot_be_is_refused(wrong: dict[str, Any], status: int, said: str, desk: Desk) -> None:
    answer = await (await desk.consultant()).post(f"{HOME}/field-new", data={**MARKET, **wrong})
    assert answer.status_code == status and said in answer.text
    assert not await desk.world.rows("SELECT 1 FROM field_day")


async def market(desk: Desk) -> str:
    """Make a field day of today and return its page."""
    await desk.world.field_day(desk.office, FRIDAY, [desk.lan, desk.hoa], "f.today")
    return f"{HOME}/field/f.today"


async def test_two_field_days_do_not_share_a_person_at_one_time(desk: Desk) -> None:
    await market(desk)
    answer = await (await desk.consultant()).post(f"{HOME}/field-new", data={**MARKET, "day": str(FRIDAY)})
    assert answer.status_code == 400 and "khác cùng giờ" in answer.text


async def test_somebody_who_just_came_is_written_down_once(desk: Desk) -> None:
    lan, url = await desk.consultant(), await market(desk)
    form = {**CALLER, "consultant": str(desk.hoa), "form": "a1b2"}
    for _ in range(2):
        assert (await lan.post(f"{url}/came", data=form)).status_code == 303
    (row,) = await desk.world.rows("SELECT state, name, kind, field_day_id FROM appointment")
    assert (row.state, row.name, row.kind) == ("done", "Trần Văn Bé", "field") and row.field_day_id
    page = (await lan.get(url)).text
    assert "1 người đến không hẹn trước" in page and "T*** V*** B***" in page and "Trần Văn Bé" not in page
    assert await desk.acts() == ["add_walk_in"]
    wrong = await lan.post(f"{url}/came", data={**form, "consultant": str(desk.far), "form": "c3"})
    assert wrong.status_code == 400


async def test_the_list_to_print_is_masked_until_opened_which_is_written_down(desk: Desk) -> None:
    lan, url = await desk.consultant(), await market(desk)
    await desk.booked(at(FRIDAY, 10, 15), kind=Kind.FIELD)
    page = (await lan.get(f"{url}/print")).text
    assert "N*** T*** H***" in page and NAME not in page and await desk.acts() == []
    opened = (await lan.post(f"{url}/print/open")).text
    assert NAME in opened and "0912 345 678" in opened and await desk.acts() == ["open_personal"]


async def test_a_field_day_elsewhere_is_not_found_but_by_its_team(desk: Desk) -> None:
    url = await market(desk)
    far = await desk.stranger()
    for page in (url, f"{url}/print"):
        assert (await far.get(page)).status_code == 404
    for act in ("change", "came", "print/open"):
        form = {**MARKET, **CALLER, "office": "o.far", "commune": "10507", "consultant": str(desk.lan)}
        assert (await far.post(f"{url}/{act}", data=form)).status_code == 404
    await desk.world.put("field_day_team", field_day_id=1, consultant_id=desk.far)
    page = (await far.get(url)).text
    assert "field day f.today" in page and "Sửa ngày" not in page
    assert await desk.acts() == []


# -- the wait list


async def test_who_waits_is_counted_by_place_and_topic_where_one_answers(desk: Desk) -> None:
    for number, topic in enumerate(("pension", "pension", "health")):
        async with desk.world.go() as connection:
            contact = await citizens.contact_id(connection, "telegram", f"w{number}")
            assert await service.wait(
                connection, contact, Wish(topic=topic, province="phu_tho", commune="08935"), now=NOW
            )
    page = (await (await desk.consultant()).get(f"{HOME}/waiting")).text
    assert "3 người đang chờ" in page and "Xã Bình Nguyên" in page
    assert re.search(r'Lương hưu</td><td>Gặp trực tiếp</td><td class="number">2<', page)
    assert "0 người đang chờ" in (await (await desk.stranger()).get(f"{HOME}/waiting")).text
    admin = await desk.console.as_("root", Role.ADMIN)
    assert "3 người đang chờ" in (await admin.get(f"{HOME}/waiting")).text
