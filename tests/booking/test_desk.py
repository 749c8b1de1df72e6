"""The consultant's desk: who is one, what they are told of appointments, and what their buttons do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.answers.library import Library
from bot.booking import service
from bot.booking.rules import Kind, State
from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.intake import take_in
from bot.conversation.rules import Kind as Said
from bot.conversation.service import Conversation
from tests.booking.people import NAME, TUESDAY, WEDNESDAY, People, button, people_of, targets
from tests.booking.world import MONDAY, NOW, at

REFUSED = "Mã kết nối này không đúng"


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


async def owner(world: People, consultant: int) -> int | None:
    (row,) = await world.rows("SELECT contact_id FROM consultant WHERE id = :id", id=consultant)
    found: int | None = row.contact_id
    return found


async def test_a_code_links_an_account_once_within_a_day(world: People) -> None:
    consultant = await world.consultant(await world.office())
    code, account = await world.code(consultant), await world.someone()
    assert (await world.rows("SELECT hash FROM consultant_code"))[0].hash != code
    assert "consultant c" in (await world.hears(account, f"desk:link:{code}")).text
    assert await owner(world, consultant) == account
    assert REFUSED in (await world.hears(await world.someone(), f"desk:link:{code}")).text
    late = await world.code(consultant)
    world.now += timedelta(hours=24)
    assert REFUSED in (await world.hears(await world.someone(), f"desk:link:{late}")).text
    assert await owner(world, consultant) == account


async def test_a_newer_code_makes_the_older_void(world: People) -> None:
    consultant = await world.consultant(await world.office())
    older, newer = await world.code(consultant), await world.code(consultant)
    assert REFUSED in (await world.hears(await world.someone(), f"desk:link:{older}")).text
    assert REFUSED not in (await world.hears(await world.someone(), f"desk:link:{newer}")).text


async def test_who_links_an_account_is_shown_the_appointments_made_before(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(WEDNESDAY, 9))
    account = await world.someone()
    _, listed = await world.does(account, f"desk:link:{await world.code(consultant)}") or ()
    assert "1 cuộc hẹn" in listed.text and NAME in listed.text
    assert "0912 345 678" in (await world.hears(account, button(listed, f"T4 2/12, 9:00 {NAME}"))).text
    await world.cancelled(found)
    assert len(await world.does(await world.someone(), f"desk:link:{await world.code(consultant)}") or ()) == 1


@pytest.mark.parametrize("typed", ["cb_{}", "/start cb_{}", "  cb_{} "])
async def test_a_code_may_be_typed(world: People, typed: str) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.someone()
    await world.says(account, typed.format(await world.code(consultant)))
    assert await owner(world, consultant) == account


async def test_a_second_account_replaces_the_first_and_the_first_is_told(world: People) -> None:
    consultant = await world.consultant(await world.office())
    first = await world.linked(consultant)
    second = await world.someone()
    await world.hears(second, f"desk:link:{await world.code(consultant)}")
    assert await owner(world, consultant) == second
    assert "một tài khoản khác" in (await world.got(first))[0]
    assert await world.says(first, "lịch hôm nay") is None


async def test_an_account_speaks_for_one_consultant_the_last_that_it_was_linked_to(world: People) -> None:
    office = await world.office()
    first, second = await world.consultant(office, "c1"), await world.consultant(office, "c2")
    account = await world.linked(first)
    await world.hears(account, f"desk:link:{await world.code(second)}")
    assert (await owner(world, first), await owner(world, second)) == (None, account)
    assert await world.got(account) == []


async def test_of_many_who_use_a_code_at_once_one_is_linked(world: People) -> None:
    consultant = await world.consultant(await world.office())
    code, accounts = await world.code(consultant), [await world.someone() for _ in range(5)]
    heard = await asyncio.gather(*(world.hears(account, f"desk:link:{code}") for account in accounts))
    assert sum(REFUSED not in message.text for message in heard) == 1


async def test_a_browser_cannot_be_linked(world: People) -> None:
    consultant = await world.consultant(await world.office())
    code = await world.code(consultant)
    told = await world.hears(await world.someone("web"), f"desk:link:{code}")
    assert "chỉ dùng được trên Telegram" in told.text
    assert await owner(world, consultant) is None
    assert await world.rows("SELECT 1 FROM consultant_code")


async def test_a_deep_link_of_a_code_is_an_event_of_the_desk_and_no_arrival(world: People) -> None:
    async def defer(*_: object) -> None:
        pass

    conversation = Conversation(world.engine, defer)
    for number, link in enumerate(("cb_AbC-d_123456789012345", "hoi-cho-2026")):
        await take_in(conversation, "telegram", [Inbound(f"{number}", "77", InboundKind.START, link)])
    rows = await world.rows("SELECT kind, payload FROM inbox ORDER BY id")
    assert [tuple(row) for row in rows] == [("button", "desk:link:AbC-d_123456789012345"), ("button", "greet")]
    assert [row.link for row in await world.rows("SELECT link FROM arrival")] == ["hoi-cho-2026"]


async def test_a_new_appointment_is_told_with_its_brief(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    (row,) = await world.told(account)
    for words in (
        "Lịch hẹn mới", "8 giờ 30, thứ ba 01/12/2026", "office o, address of o", "nghỉ việc, rút một lần", NAME,
        "0912 345 678", found.code, "• rút một lần được bao nhiêu", "rút được 50.000.000 đồng", "hộ cận nghèo", "Vĩnh Phúc",
        "đồng ý cho lưu",
    ):  # fmt: skip
        assert words in row.body["text"], words
    assert [each["to"] for each in row.body["buttons"]] == [
        f"desk:{verb}:{found.id}" for verb in ("confirm", "move", "done", "absent")
    ]
    assert (await world.rows("SELECT told_at FROM appointment"))[0].told_at == NOW


async def test_without_a_brief_and_without_an_account_nothing_breaks(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    assert (await world.rows("SELECT told_at FROM appointment"))[0].told_at is None
    await world.do("UPDATE appointment SET brief = '{}'")
    account = await world.linked(consultant)
    assert "Đã hỏi" not in (await world.hears(account, f"desk:show:{found.id}")).text


async def test_news_of_one_change_is_told_once(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    from bot.booking import desk

    for _ in range(3):
        async with world.go() as connection:
            await desk.tell(connection, world.library, found, "booked", now=NOW)
    assert len(await world.told(account)) == 1


async def test_a_move_is_told_with_the_old_time_and_a_cancellation_with_a_name(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    moved = await world.moved(await world.booked(consultant, at(TUESDAY, 8, 30)), consultant, at(WEDNESDAY, 14))
    await world.cancelled(moved)
    _, told, cancelled = await world.got(account)
    assert "Giờ cũ: 8 giờ 30, thứ ba" in told
    assert "14 giờ, thứ tư" in told
    assert "đã hủy hẹn" in cancelled
    assert NAME in cancelled


async def test_a_move_to_somebody_else_is_told_to_both(world: People) -> None:
    office = await world.office()
    first, second = await world.consultant(office, "c1"), await world.consultant(office, "c2")
    old, new = await world.linked(first), await world.linked(second)
    await world.moved(await world.booked(first, at(TUESDAY, 8, 30)), second, at(TUESDAY, 9))
    assert "sang cán bộ khác" in (await world.got(old))[1]
    (told,) = await world.got(new)
    assert "Lịch hẹn mới" in told


async def test_confirming_tells_the_citizen_once(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    for _ in range(2):
        assert "Đã xác nhận" in (await world.hears(account, f"desk:confirm:{found.id}")).text
    assert await world.state(found.id) == "confirmed"
    (told,) = await world.got(found.contact_id)
    assert "đã xác nhận lịch hẹn của bạn" in told


@pytest.mark.parametrize("verb", ["confirm", "move", "decline", "done", "absent"])
async def test_what_is_cancelled_cannot_be_acted_on_any_more(world: People, verb: str) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.cancelled(await world.booked(consultant, at(TUESDAY, 8, 30)))
    assert "đã đổi hoặc đã hủy" in (await world.hears(account, f"desk:{verb}:{found.id}")).text
    assert await world.state(found.id) == "cancelled"


async def test_a_button_of_somebody_elses_appointment_does_nothing(world: People) -> None:
    office = await world.office()
    first, second = await world.consultant(office, "c1"), await world.consultant(office, "c2")
    other = await world.linked(second)
    found = await world.booked(first, at(TUESDAY, 8, 30))
    for target in ("confirm", "show", "done", "absent", "move", "decline", "note"):
        assert await world.does(other, f"desk:{target}:{found.id}:advised") is None
    assert await world.state(found.id) == "booked"


@pytest.mark.parametrize(
    "target", ["desk:", "desk:confirm", "desk:confirm:", "desk:confirm:x", "desk:confirm:-1", "desk:confirm:²", "desk:day",
               "desk:day:x", "desk:none:1", f"desk:confirm:{'9' * 30}", "desk:offer:4711:1.office.1", "visit:", "visit:yes",
               "visit:yes:x", "visit:yes:4711", "visit:none:1", "greet"],
)  # fmt: skip
async def test_a_button_that_leads_nowhere_is_left_to_the_ordinary_answer(world: People, target: str) -> None:
    account = await world.linked(await world.consultant(await world.office()))
    assert await world.does(account, target) is None


async def test_who_is_no_consultant_gets_the_ordinary_answer(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    for person in (found.contact_id, await world.someone()):
        for target in (f"desk:confirm:{found.id}", f"desk:show:{found.id}", "desk:day:today"):
            assert await world.does(person, target) is None
        for words in ("lịch hôm nay", "/lich", "lich tuan"):
            assert await world.says(person, words) is None
    assert await world.state(found.id) == "booked"


async def test_a_consultant_who_has_left_is_no_consultant(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    await world.do("UPDATE consultant SET active = false")
    assert await world.says(account, "lịch hôm nay") is None


@pytest.mark.parametrize("words", ["lương hưu bao nhiêu", "lịch hẹn của tôi", "dừng", "", "đặt lịch"])
async def test_a_consultant_is_a_citizen_too(world: People, words: str) -> None:
    account = await world.linked(await world.consultant(await world.office()))
    assert await world.says(account, words) is None


async def test_another_time_is_proposed_and_the_old_one_stands_until_the_citizen_says_yes(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    question = await world.hears(account, f"desk:move:{found.id}")
    offered = [to for to in targets(question) if to.startswith(f"desk:offer:{found.id}:")]
    assert 3 <= len(offered) <= 6
    assert "có đổi sang" in (await world.hears(account, offered[-1])).text
    assert await world.state(found.id) == "booked"
    (asked,) = await world.told(found.contact_id)
    assert "xin đổi giờ hẹn" in asked.body["text"]
    yes, other, keep = (each["to"] for each in asked.body["buttons"])
    assert (other, keep) == (f"bk:move:{found.id}", f"visit:keep:{found.id}")
    moved = await world.hears(found.contact_id, yes)
    assert "Đã đổi lịch" in moved.text
    assert await world.state(found.id) == "moved"
    (new,) = await world.rows("SELECT * FROM appointment WHERE state = 'confirmed'")
    assert (new.consultant_id, moved.file) == (consultant, {"kind": "ics", "appointment": new.id})
    for words in ("đã nhận giờ này", "address of o", "Bản đồ", "căn cước", new.code):
        assert words in moved.text
    notice = (await world.told(account))[-1].body
    assert "đã nhận giờ bạn đề nghị" in notice["text"] and NAME in notice["text"] and "50.000.000" in notice["text"]
    assert "Xác nhận" not in [each["title"] for each in notice["buttons"]]
    assert await world.history(new.id) == [("booked", "citizen"), ("confirmed", f"consultant:{consultant}")]
    told = len(await world.told(found.contact_id))
    assert "Đã xác nhận" in (await world.hears(account, f"desk:confirm:{new.id}")).text
    assert len(await world.told(found.contact_id)) == told
    assert "đã đổi hoặc đã hủy" in (await world.hears(found.contact_id, yes)).text


async def test_proposed_times_are_free_in_the_plan_and_far_enough_away_to_be_answered(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    world.now = at(MONDAY, 7, 40)
    found = await world.booked(consultant, at(MONDAY, 14))
    taken = await world.booked(consultant, at(MONDAY, 10, 45))
    question = await world.hears(account, f"desk:move:{found.id}")
    minutes = [int(to.rpartition(".")[2]) for to in targets(question) if ":offer:" in to]
    starts = [NOW.fromtimestamp(minute * 60, NOW.tzinfo) for minute in minutes]
    assert starts == sorted(starts)
    assert min(starts) >= at(MONDAY, 10, 40)
    assert not [start for start in starts if taken.starts_at - timedelta(minutes=35) < start < at(MONDAY, 11, 15)]
    assert found.starts_at not in starts


async def test_the_citizen_may_keep_the_old_time_and_the_consultant_hears_of_it(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    question = await world.hears(account, f"desk:move:{found.id}")
    await world.hears(account, targets(question)[0])
    assert "vẫn giữ" in (await world.hears(found.contact_id, f"visit:keep:{found.id}")).text
    assert "xin giữ giờ cũ" in (await world.got(account))[-1]
    assert await world.state(found.id) == "booked"


async def test_a_proposed_time_that_somebody_else_took_leaves_the_old_one_standing(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    question = await world.hears(account, f"desk:move:{found.id}")
    await world.hears(account, targets(question)[0])
    yes = (await world.told(found.contact_id))[0].body["buttons"][0]["to"]
    minute = int(yes.rpartition(".")[2])
    await world.booked(consultant, NOW.fromtimestamp(minute * 60, NOW.tzinfo))
    answer = await world.hears(found.contact_id, yes)
    assert "không còn trống" in answer.text and "Gần nhất là những giờ này" in answer.text
    assert targets(answer)[0].startswith("bk:take:") and targets(answer)[-1] == f"visit:keep:{found.id}"
    assert await world.state(found.id) == "booked"
    (draft,) = await world.rows("SELECT draft FROM booking_draft WHERE contact_id = :id", id=found.contact_id)
    assert draft.draft["moving"] == found.id
    await world.hears(found.contact_id, f"visit:keep:{found.id}")
    assert await world.rows("SELECT 1 FROM booking_draft") == []


async def test_only_the_person_concerned_can_answer_a_proposal(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    stranger = await world.someone()
    for target in ("yes", "no", "keep", "take"):
        assert await world.does(stranger, f"visit:{target}:{found.id}:{consultant}.office.1") is None


async def test_who_has_no_other_time_can_decline_and_the_citizen_is_asked_to_choose_again(world: People) -> None:
    consultant = await world.consultant(await world.office(), days=(1,), hours=(("08:30", "09:00"),))
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await world.do(
        "INSERT INTO plan_exception (consultant_id, day, works) VALUES (:id, '2026-12-08', false)", id=consultant
    )
    question = await world.hears(account, f"desk:move:{found.id}")
    assert "không còn giờ trống" in question.text
    assert "Đã từ chối" in (await world.hears(account, button(question, "Không hẹn được"))).text
    assert await world.state(found.id) == "declined"
    (told,) = await world.told(found.contact_id)
    assert [each["to"] for each in told.body["buttons"]] == [f"bk:again:{found.id}"]


async def test_the_buttons_of_a_reminder_are_answered_and_the_list_shows_who_will_come(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(MONDAY, 8, 30))
    no = await world.hears(found.contact_id, f"visit:no:{found.id}")
    assert targets(no) == [f"bk:move:{found.id}", f"bk:drop:{found.id}", f"visit:yes:{found.id}"]
    assert "Hẹn gặp bạn" in (await world.hears(found.contact_id, f"visit:yes:{found.id}")).text
    assert "🙋 8 giờ 30" in (await world.hears(account, "lịch mai", Said.TEXT)).text


async def test_after_the_meeting_it_is_noted_how_it_went_with_a_line_of_ones_own(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(MONDAY, 8, 30))
    assert "Chưa đến ngày hẹn" in (await world.hears(account, f"desk:done:{found.id}")).text
    world.now = at(MONDAY, 9, 5)
    asked = await world.hears(account, f"desk:done:{found.id}")
    assert [to.rpartition(":")[2] for to in targets(asked)] == ["advised", "registered", "will_return", "wrong_office"]
    await world.hears(account, button(asked, "Hẹn quay lại"))
    assert found.code in (await world.hears(account, "mang thêm sổ hộ khẩu", Said.TEXT)).text
    (row,) = await world.rows("SELECT state, note, note_kind FROM appointment")
    assert tuple(row) == ("done", "mang thêm sổ hộ khẩu", "will_return")
    assert await world.says(account, "lương hưu bao nhiêu") is None


async def test_a_line_counts_as_a_note_only_right_after_the_button_and_soon(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(MONDAY, 8, 30))
    world.now = at(MONDAY, 9, 5)
    await world.hears(account, f"desk:done:{found.id}")
    note = f"desk:note:{found.id}:advised"
    await world.hears(account, note)
    await world.hears(account, "lịch hôm nay", Said.TEXT)
    assert await world.says(account, "cho hỏi mức đóng") is None
    await world.hears(account, note)
    assert await world.says(account, "dừng") is None
    await world.hears(account, note)
    world.now += timedelta(minutes=16)
    assert await world.says(account, "cho hỏi mức đóng") is None
    assert (await world.rows("SELECT note FROM appointment"))[0].note is None


async def test_a_wrong_press_of_absent_can_be_mended(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(MONDAY, 8, 30))
    world.now = at(MONDAY, 9, 5)
    absent = await world.hears(account, f"desk:absent:{found.id}")
    assert await world.state(found.id) == "absent"
    await world.hears(account, targets(absent)[0])
    assert await world.state(found.id) == "done"
    history = await world.rows("SELECT by, new_state FROM appointment_change ORDER BY id")
    assert [tuple(row) for row in history[-2:]] == [
        (f"consultant:{consultant}", "absent"),
        (f"consultant:{consultant}", "done"),
    ]


async def test_no_name_and_no_number_is_in_a_log(world: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await world.hears(account, f"desk:show:{found.id}")
    await world.hears(account, f"desk:confirm:{found.id}")
    lines = " ".join(record.getMessage() + str(vars(record)) for record in caplog.records)
    assert not [word for word in (NAME, "Hoa", "912345678", "345 678") if word in lines]


async def test_a_call_is_told_as_a_call(world: People) -> None:
    consultant = await world.consultant(await world.office(), kinds=["phone"])
    account = await world.linked(consultant)
    await world.booked(consultant, at(TUESDAY, 8, 30), kind=Kind.PHONE)
    (told,) = await world.got(account)
    assert "Gọi điện cho người dân" in told
    assert "address of o" not in told


async def test_a_state_changed_behind_the_desks_back_is_shown_as_it_is(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    async with world.go() as connection:
        await service.mark(connection, found.id, State.CONFIRMED, by="clock", now=NOW)
    assert "đã xác nhận" in (await world.hears(account, f"desk:show:{found.id}")).text
