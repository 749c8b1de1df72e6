"""A consultant proposes another time, and the citizen answers, by a button or by words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.answers.library import Library
from bot.booking import drafts, reminders
from bot.booking.draft import Draft
from bot.booking.rules import Appointment, Offer
from tests.booking.people import TUESDAY, WEDNESDAY, People, people_of
from tests.booking.world import MONDAY, at


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


async def _proposed(world: People, account: int, found: Appointment, start: datetime) -> None:
    key = _take(found, start).rpartition(":")[2]
    assert "Đã hỏi người dân" in (await world.hears(account, f"desk:offer:{found.id}:{key}")).text


async def _seen(world: People, contact: int) -> None:
    await world.do(
        "UPDATE outbox SET state = 'sent', finished_at = :now WHERE contact_id = :id", id=contact, now=world.now
    )


def _take(found: Appointment, start: datetime) -> str:
    """Return the button by which a proposed time of the same consultant is accepted."""
    return f"visit:take:{found.id}:{Offer(found.consultant_id, 0, found.kind, start, 0, '', '').key}"


async def test_the_old_consultants_time_is_shut_once_the_proposal_is_accepted_and_reminders_are_of_the_new_time(
    world: People,
) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await _proposed(world, account, found, at(TUESDAY, 14))
    assert "14 giờ" in (await world.hears(found.contact_id, _take(found, at(TUESDAY, 14)))).text
    assert await world.hold(await world.someone(), consultant, at(TUESDAY, 8, 30)) is None
    due = at(MONDAY, 19)
    assert await reminders.remind(world.engine, world.library, now=due) == 1
    (reminder,) = [row for row in await world.told(found.contact_id) if row.key.startswith("reminder:")]
    assert "14 giờ" in reminder.body["text"]


async def test_of_two_proposals_the_last_is_agreed_and_the_other_is_for_the_consultant_to_confirm(
    world: People,
) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    for chosen, agreed in ((at(TUESDAY, 14), "booked"), (at(TUESDAY, 15), "confirmed")):
        found = await world.booked(consultant, at(WEDNESDAY, 8, 30))
        for start in (at(TUESDAY, 14), at(TUESDAY, 15)):
            await _proposed(world, account, found, start)
        assert "Đã đổi lịch" in (await world.hears(found.contact_id, _take(found, chosen))).text
        (new,) = await world.rows("SELECT * FROM appointment WHERE starts_at = :at ORDER BY id DESC LIMIT 1", at=chosen)
        assert new.state == agreed
        assert ("Lịch hẹn đổi giờ" in (await world.got(account))[-1]) is (agreed == "booked")
        await world.do("DELETE FROM plan_exception")


async def test_a_time_that_was_never_proposed_is_not_taken_and_shuts_nothing(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    answer = await world.hears(found.contact_id, _take(found, at(TUESDAY, 14)))
    assert "không còn trống" in answer.text and await world.state(found.id) == "booked"
    assert await world.rows("SELECT 1 FROM plan_exception") == []


async def test_a_proposed_time_may_be_accepted_shortly_before_it(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 16))
    await _proposed(world, account, found, at(TUESDAY, 9))
    world.now = at(TUESDAY, 8, 50)
    assert "đã nhận giờ này" in (await world.hears(found.contact_id, _take(found, at(TUESDAY, 9)))).text


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("ok em", "đã nhận giờ này"),
        ("Dạ được ạ", "đã nhận giờ này"),
        ("dong y gio moi", "đã nhận giờ này"),
        ("không được", "giờ hẹn cũ vẫn giữ"),
        ("giữ giờ cũ", "giờ hẹn cũ vẫn giữ"),
        ("không, hôm đó tôi bận", None),
        ("giữ lịch", "giờ hẹn cũ vẫn giữ"),
        ("ok, đồng ý giờ mới", "đã nhận giờ này"),
        ("được bao nhiêu tiền", None),
        ("mấy giờ vậy", None),
        ("đặt lịch", None),
        ("vâng, nhưng mai tôi bận", None),
        ("ok nhưng đổi sang 9h", None),
        ("ok, lương hưu tính sao", None),
        ("ok, không", None),
    ],
)
async def test_a_proposal_is_answered_by_words_too(world: People, words: str, answered: str | None) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await _proposed(world, account, found, at(TUESDAY, 14))
    assert await world.says(found.contact_id, words) is None, "what was not sent is not answered"
    await _seen(world, found.contact_id)
    said = await world.says(found.contact_id, words)
    assert said is None if answered is None else said and answered in said[0].text


async def test_a_yes_behind_something_else_is_no_answer_to_an_earlier_proposal(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await _proposed(world, account, found, at(TUESDAY, 14))
    await world.put(
        "outbox", key="reply:1:0", contact_id=found.contact_id, channel="telegram", body='{"text": "Bạn cần gì nữa?"}',
        **{"class": "reply"},
    )  # fmt: skip
    await _seen(world, found.contact_id)
    assert await world.says(found.contact_id, "ok") is None and await world.state(found.id) == "booked"


async def test_a_yes_that_waited_while_a_proposal_came_is_no_answer_to_it(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await _proposed(world, account, found, at(TUESDAY, 14))
    said_at, world.now = world.now, world.now + timedelta(minutes=1)
    await _seen(world, found.contact_id)
    world.now = said_at
    assert await world.says(found.contact_id, "ok") is None and await world.state(found.id) == "booked"


async def test_a_yes_while_an_appointment_is_being_made_answers_that(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    await _proposed(world, account, found, at(TUESDAY, 14))
    await _seen(world, found.contact_id)
    async with world.go() as connection:
        await drafts.save(connection, found.contact_id, Draft(asks="confirm"), world.now)
    assert await world.says(found.contact_id, "ok") is None
    async with world.go() as connection:
        await drafts.drop(connection, found.contact_id)
    assert await world.says(found.contact_id, "ok")


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("dạ vâng", "Hẹn gặp bạn"),
        ("tôi sẽ đến", "Hẹn gặp bạn"),
        ("vâng, tôi sẽ đến", "Hẹn gặp bạn"),
        ("giữ lịch", "Hẹn gặp bạn"),
        ("không", "đổi sang giờ khác hay hủy hẹn"),
        ("không, tôi bận rồi", "đổi sang giờ khác hay hủy hẹn"),
        ("không, cho tôi hỏi mức đóng", None),
        ("đặt lịch", None),
        ("?", None),
    ],
)
async def test_a_reminder_is_answered_by_words_too(world: People, words: str, answered: str | None) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    assert await reminders.remind(world.engine, world.library, now=at(MONDAY, 19)) == 1
    await _seen(world, found.contact_id)
    said = await world.says(found.contact_id, words)
    assert said is None if answered is None else said and answered in said[0].text
