"""One short question now and then, behind a helpful answer: asked once, never after a no, kept only with leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.citizens.questions import pressed, typed
from bot.conversation.rules import Kind
from tests.citizens.people_world import NOW, People

TODAY = NOW.date()


def targets(bodies: list[dict[str, Any]]) -> list[str]:
    return [button["to"] for button in bodies[-1]["buttons"]]


async def calculated(people: People, contact: int) -> list[dict[str, Any]]:
    people.speaker.topic = "calculate_contribution"
    return await people.told(contact, "tính giúp tôi")


async def allowed(people: People, contact: int) -> None:
    """Let a person allow to be remembered, and refuse to be written to."""
    await people.say(contact, "nhớ")
    await people.do(
        "INSERT INTO people_question VALUES (:c, 'outreach', cast(:at AS timestamptz) - interval '9 days', :at)",
        c=contact, at=people.now,
    )  # fmt: skip


@pytest.mark.parametrize("channel", ["telegram", "zalo_bot", "zalo_oa"])
async def test_after_a_result_a_person_is_asked_once_whether_we_may_write(people: People, channel: str) -> None:
    contact = await people.contact("1", channel)
    shown = await calculated(people, contact)
    assert people.library.text("people_ask_outreach").filled().splitlines()[0] in "".join(b["text"] for b in shown)
    people.now += timedelta(days=3)
    assert len(await calculated(people, contact)) == 1
    assert await people.said_of_consent(contact) == []  # silence is no


async def test_in_the_web_chat_where_no_campaign_comes_nobody_is_asked(people: People) -> None:
    contact = await people.contact("1", "web")
    shown = await calculated(people, contact)
    assert len(shown) == 1 and await people.said_of_consent(contact) == []


async def test_a_question_of_one_topic_is_answered_alone_and_the_third_is_followed_by_the_request(
    people: People,
) -> None:
    contact = await people.contact()
    assert [len(await people.told(contact, f"câu {number}")) for number in range(3)] == [1, 1, 2]


@pytest.mark.parametrize(("answer", "given"), [("yes", True), ("no", False)])
async def test_an_answer_is_written_into_the_ledger_with_the_text_that_was_asked(
    people: People, answer: str, given: bool
) -> None:
    contact = await people.contact()
    assert targets(await calculated(people, contact)) == ["people:outreach=yes", "people:outreach=no"]
    for _ in range(2):
        await people.press(contact, f"people:outreach={answer}")
    (row,) = await people.rows("SELECT * FROM consent")
    assert (row.purpose, row.given) == ("outreach", given)
    assert row.text_version.startswith("people_ask_outreach:")
    assert row.proof.startswith("inbox:")
    people.now += timedelta(days=30)
    assert len(await calculated(people, contact)) == 1


async def test_who_has_stopped_is_not_asked(people: People) -> None:
    contact = await people.contact()
    await people.say(contact, "DỪNG")
    assert len(await calculated(people, contact)) == 1


async def test_a_yes_that_came_late_undoes_no_later_stop(people: People) -> None:
    from bot.conversation.rules import Event

    contact = await people.contact()
    await people.conversation.receive(contact, Event("s", Kind.TEXT, "STOP", 9))
    await people.conversation.answer_waiting(contact, people.responder)
    await people.conversation.receive(contact, Event("y", Kind.BUTTON, "people:outreach=yes", 5))
    await people.conversation.answer_waiting(contact, people.responder)
    assert await people.said_of_consent(contact) == [False]


async def test_nothing_about_themselves_is_asked_of_who_did_not_allow_it(people: People) -> None:
    contact = await people.contact()
    await calculated(people, contact)
    await people.press(contact, "people:outreach=yes")
    for _ in range(4):
        people.now += timedelta(days=2)
        assert len(await calculated(people, contact)) == 1


async def test_each_question_is_asked_once_one_a_day_and_each_says_what_for(people: People) -> None:
    contact = await people.contact()
    await allowed(people, contact)
    asked = []
    for _ in range(8):
        assert len(await calculated(people, contact)) + len(await calculated(people, contact)) <= 3
        people.now += timedelta(days=1)
    for row in await people.rows("SELECT body->>'text' AS text FROM outbox WHERE body->>'once' = 'true' ORDER BY id"):
        asked.append(row.text)
    keys = ("place", "situation", "entitlements", "birth_year", "joined")
    assert [text.strip() for text in asked] == [people.library.text(f"people_ask_{key}").text.strip() for key in keys]
    assert all(text.startswith("Để ") for text in asked)


async def test_pressed_answers_are_known_to_campaigns_and_a_no_is_not_asked_again(people: People) -> None:
    contact = await people.contact()
    await allowed(people, contact)
    for target in ("people:situation=tieu_thuong", "people:entitlements=ho_can_ngheo", "people:joined=left"):
        assert await people.press(contact, target) == [people.library.text("people_noted").filled()]
    assert await people.press(contact, "people:skip=place") == [people.library.text("people_skipped").filled()]
    found = await people.person(contact)
    assert (found.situation, found.entitlements, found.joined) == ("tieu_thuong", ["ho_can_ngheo"], "left")
    assert {row.name: row.value for row in await people.rows("SELECT * FROM profile")} == {"group": "near_poor"}


async def test_a_typed_place_or_year_is_taken_when_it_was_asked_for_last(people: People) -> None:
    contact = await people.contact()
    await allowed(people, contact)
    await calculated(people, contact)
    assert await people.say(contact, "em ở xã Hương Canh, Vĩnh Phúc ạ") == [
        people.library.text("people_noted").filled()
    ]
    for _ in range(3):
        people.now += timedelta(days=1)
        await calculated(people, contact)
    assert await people.say(contact, "1985") == [people.library.text("people_noted").filled()]
    found = await people.person(contact)
    assert (found.province, found.commune, found.birth_year) == ("phu_tho", "08935", 1985)
    kept = {row.name: row.value for row in await people.rows("SELECT * FROM profile")}
    assert kept == {"province": "phu_tho", "old_province": "vinh_phuc", "birth": "1985"}


async def test_a_place_typed_for_something_else_is_left_to_it(people: People) -> None:
    contact = await people.contact()
    await allowed(people, contact)
    await calculated(people, contact)
    people.speaker.topic = ""
    await people.say(contact, "câu hỏi khác")
    assert await people.say(contact, "Vĩnh Phúc") == ["trả lời: Vĩnh Phúc"]
    assert (await people.person(contact)).province is None


async def test_what_is_told_after_leave_was_taken_back_is_not_kept(people: People) -> None:
    contact = await people.contact()
    await allowed(people, contact)
    await people.say(contact, "quên tôi đi")
    await people.press(contact, "people:situation=nong_dan")
    assert (await people.person(contact)).situation is None


@pytest.mark.parametrize("busy", ["booking", "consultant", "form"])
async def test_who_is_in_the_middle_of_something_is_asked_nothing(people: People, busy: str) -> None:
    contact = await people.contact()
    if busy == "booking":
        await people.do(
            'INSERT INTO booking_draft VALUES (:c, \'{"asks": "paused"}\', :now)', c=contact, now=people.now
        )
    elif busy == "consultant":
        await people.say(contact, "hỏi")
        await people.do("INSERT INTO hand_over (inbox_id, contact_id) SELECT id, contact_id FROM inbox")
    else:
        people.speaker.topic = ""
    people.speaker.topic = "" if busy == "form" else "calculate_contribution"
    await people.say(contact, "tính giúp tôi")
    assert not await people.rows("SELECT 1 FROM people_question")


@pytest.mark.parametrize(
    "target",
    ["people:x=y", "people:situation=x", "people:", "people:outreach=maybe", "people:skip=x", "people:place=08935"],
)
async def test_a_button_of_nobody_changes_nothing(people: People, target: str) -> None:
    assert pressed(target) is None
    contact = await people.contact()
    assert await people.press(contact, target) == [people.library.text("unknown_button").filled()]


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        ("xã Hương Canh, Vĩnh Phúc", "08935"), ("Huong Canh, Vinh Phuc", "08935"), ("Vĩnh Phúc", None),
        ("Vĩnh Phúc hỗ trợ bao nhiêu tiền một tháng", "no"), ("xã Đại Đồng", "no"), ("không biết", "no"),
        ("ở Vĩnh Phúc được không?", "no"),
    ],
)  # fmt: skip
def test_a_reply_is_a_place_only_when_it_says_little_else(text: str, commune: str | None) -> None:
    found = typed("place", text, TODAY)
    assert (found is None) == (commune == "no")
    assert found is None or found.person["commune"] == commune
