"""Who answers when several could: a booking, a form's question, a person in the chat; over real tables, with a stand-in for Rasa."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import pytest

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking.waiting import TIMES, tell_of_room
from bot.conversation import relay
from bot.conversation.intents import conversational_intents
from bot.conversation.relay.rules import SILENCE
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import Kind
from bot.conversation.turn import Effect, Understanding
from bot.database import open_engine
from bot.outbox.rules import Message
from tests.booking.dialogue_world import Town
from tests.booking.world import NOW, World

FORM = Reply((Message("máy: thu nhập bao nhiêu?", once=True),))
YES_OR_NO = Reply((Message("máy: nhớ nhé?", (Button("Có", "affirm"), Button("Không", "deny"))),))
BEGIN = "đặt lịch ở xã Bình Xuyên hỏi về lương hưu"


class Machine:
    """A dialogue engine that hands over and begins bookings when it is told to, and says what else it heard."""

    replies: Mapping[str, Reply] = {
        "/human": Reply((Message("máy: gặp người"),), frozenset({Effect.HAND_OVER})),
        "/menu": FORM,
        "/help": YES_OR_NO,
    }

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        return self.replies.get(text) or Reply((Message(f"máy: {text}"),))

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        return Understanding("", 0.0, True)


@pytest.fixture
async def town(database_url: str, library: Library) -> AsyncIterator[Town]:
    engine = open_engine(database_url)
    responder = Responder(library, Machine(), lambda: date(2026, 11, 25), conversational_intents())
    found = Town(engine, responder, NOW)
    found.at("2026-11-25T09:00")  # a Wednesday
    await linked(found, "consultant")
    yield found
    await engine.dispose()


async def linked(town: Town, key: str, **values: Any) -> int:
    """Return a consultant of Bình Xuyên with a Telegram account."""
    world = World(town.engine)
    office = await world.office(key, commune="08935", name="BHXH cơ sở Bình Xuyên", address="Hương Canh")
    account = await town.conversation.open_contact("telegram", key)
    town.people[key] = account
    return await world.consultant(office, key, contact_id=account, **values)


async def texts(town: Town, name: str, words: str, kind: Kind = Kind.TEXT) -> list[str]:
    return [body["text"] for body in await town.say(name, words, kind)]


def text(town: Town, key: str) -> str:
    return town.responder.library.text(key).text.strip()


async def sweep(town: Town) -> None:
    async with town.engine.begin() as connection:
        await relay.sweep(connection, town.responder.library, now=town.now)


async def test_after_a_talk_with_a_person_nothing_is_taken_for_an_answer_to_the_booking(town: Town) -> None:
    assert await texts(town, "hoa", BEGIN) == [text(town, "booking_ask_day")]
    await town.say("hoa", "human", Kind.BUTTON)
    await town.press("consultant", "Nhận trả lời")
    await town.say("hoa", "chào cán bộ")
    await town.say("consultant", "chào bạn")
    await town.new("hoa")
    await town.say("consultant", "xong")
    assert [each["title"] for each in (await town.new("hoa"))[-1]["buttons"]][-1] == "Đặt lịch tiếp"
    assert await texts(town, "hoa", "sáng mai 9h") == ["máy: sáng mai 9h"]
    told = await town.press("hoa", "Đặt lịch tiếp")
    assert [body["text"] for body in told] == [text(town, "booking_ask_day")]  # place and topic are known still


async def test_a_booking_begun_by_an_old_button_while_a_person_answers_is_put_aside_when_silence_ends_it(
    town: Town,
) -> None:
    await town.say("hoa", "human", Kind.BUTTON)
    await town.press("consultant", "Nhận trả lời")
    await town.say("consultant", "chào bạn")
    town.now += SILENCE - SILENCE / 10
    await town.say("hoa", "bk:begin", Kind.BUTTON)
    town.now += SILENCE / 5
    await sweep(town)
    await town.new("hoa")
    assert await texts(town, "hoa", "xã Bình Xuyên") == ["máy: xã Bình Xuyên"]


async def test_who_waits_for_a_person_gets_answers_of_the_machine_and_may_go_on_booking(town: Town) -> None:
    await town.say("hoa", BEGIN)
    told = await town.say("hoa", "human", Kind.BUTTON)
    assert [each["title"] for each in told[-1]["buttons"]] == ["Không chờ nữa", "Đặt lịch tiếp"]
    assert await texts(town, "hoa", "bình thường") == ["máy: bình thường"]
    assert "giữ giờ này" in (await texts(town, "hoa", "đặt lịch 9h sáng mai"))[0]


async def test_the_time_that_was_held_is_free_again_when_a_person_takes_over(town: Town) -> None:
    await town.say("hoa", f"{BEGIN} 9h sáng mai")
    await town.say("hoa", "human", Kind.BUTTON)
    assert [row.state for row in await town.rows("SELECT state FROM appointment")] == ["cancelled"]


@pytest.mark.parametrize("asks", ["menu", "help"])
async def test_what_is_typed_behind_a_question_of_the_machine_answers_that_question(town: Town, asks: str) -> None:
    await town.say("hoa", BEGIN)
    assert len(await texts(town, "hoa", asks, Kind.BUTTON)) == 1
    assert await texts(town, "hoa", "có") == ["máy: có", text(town, "booking_ask_day")]


async def test_behind_a_question_of_a_form_a_clear_answer_goes_on_with_the_booking(town: Town) -> None:
    await town.say("hoa", BEGIN)
    await town.say("hoa", "menu", Kind.BUTTON)
    assert await texts(town, "hoa", "12/5/1980") == ["máy: 12/5/1980", text(town, "booking_ask_day")]
    await town.say("hoa", "menu", Kind.BUTTON)
    assert "giữ giờ này" in (await texts(town, "hoa", "9h sáng mai nhé"))[0]
    await town.say("hoa", "menu", Kind.BUTTON)
    assert await texts(town, "hoa", "thôi không đặt lịch nữa") == [text(town, "booking_left")]


async def test_who_asks_to_book_again_behind_a_question_of_a_form_loses_nothing(town: Town) -> None:
    await town.say("hoa", BEGIN)
    await town.say("hoa", "menu", Kind.BUTTON)
    assert await texts(town, "hoa", "đặt lịch tư vấn") == [text(town, "booking_ask_day")]


async def test_where_nobody_offers_time_a_person_in_the_chat_is_offered(town: Town) -> None:
    [told] = await town.say("hoa", "đặt lịch gặp cán bộ ở Cà Mau hỏi lương hưu ngày mai")
    assert ("Nhắn với cán bộ", "human") in [(each["title"], each["to"]) for each in told["buttons"]]
    await town.press("hoa", "Nhắn với cán bộ")
    assert await town.rows("SELECT 1 FROM hand_over WHERE closed_at IS NULL")
    assert await texts(town, "hoa", "thai sản") == ["máy: thai sản"]


async def test_the_line_behind_a_note_never_reaches_the_citizen_who_is_answered_meanwhile(town: Town) -> None:
    await town.say("mai", "đặt lịch 14h chiều nay ở xã Bình Xuyên hỏi về lương hưu, sđt 0912345678")
    await town.say("mai", "Trần Thị Mai")
    await town.press("mai", "Đặt lịch")
    town.at("2026-11-25T15:00")
    await town.say("hoa", "human", Kind.BUTTON)
    await town.press("consultant", "Nhận trả lời")
    await town.press("consultant", "Đã gặp")
    await town.press("consultant", "Hẹn quay lại")
    await town.new("hoa")
    told = await texts(town, "consultant", "chị Mai nợ sổ, chồng không cho đóng")
    assert await town.new("hoa") == []
    assert told and told[0].startswith("Đã ghi thêm")
    await town.say("consultant", "chào bạn")
    assert [body["text"] for body in await town.new("hoa")] == ["Cán bộ consultant consultant:\nchào bạn"]


@pytest.mark.parametrize("words", ["lịch hôm nay", "Lịch hẹn tuần này", "xem lịch tuần này", "LICH NGAY MAI"])
async def test_a_consultant_who_asks_for_a_list_gets_it_also_while_answering_somebody(town: Town, words: str) -> None:
    await town.say("hoa", "human", Kind.BUTTON)
    await town.press("consultant", "Nhận trả lời")
    await town.new("hoa")
    assert (await texts(town, "consultant", words))[0].startswith("📅 Lịch")
    assert await town.new("hoa") == []


@pytest.mark.parametrize(
    "words",
    [
        "nhờ cán bộ đến nhà tôi tư vấn lương hưu, tôi ở xã Bình Xuyên",
        "mẹ tôi già yếu, nhờ người tới tận nhà tư vấn lương hưu, ở xã Bình Xuyên",
        "tư vấn tại nhà về lương hưu được không, xã Bình Xuyên",
    ],
)
async def test_who_wants_a_visit_at_home_is_told_what_is_offered_instead(town: Town, words: str) -> None:
    assert (await texts(town, "hoa", words))[0] == text(town, "booking_no_home_visit")
    await town.do("UPDATE consultant SET kinds = '{office,phone}'")
    await town.say("hoa", "thôi không đặt lịch nữa")
    assert (await texts(town, "hoa", words))[0] == text(town, "booking_no_home_visit_but_calls")
    await town.press("hoa", "Gọi điện cho tôi")
    assert await texts(town, "hoa", "9h sáng mai") == [
        town.responder.library.text("booking_held")
        .filled(minutes=10, when="9 giờ, thứ năm 26/11/2026", place="Cán bộ gọi điện cho bạn")
        .strip(),
        text(town, "booking_ask_name"),
    ]


@pytest.mark.parametrize(
    "words",
    ["không cần đến nhà đâu, đặt lịch ở xã Bình Xuyên", "đặt lịch tư vấn ở nhà văn hóa xã Bình Xuyên, lương hưu"],
)
async def test_who_wants_no_visit_at_home_hears_nothing_of_it(town: Town, words: str) -> None:
    assert text(town, "booking_no_home_visit") not in await texts(town, "hoa", words)


async def test_of_several_topics_the_longest_tells_how_long_it_takes_and_the_consultant_reads_all(town: Town) -> None:
    await town.say("hoa", "đặt lịch 9h sáng mai ở xã Bình Xuyên hỏi BHYT hộ gia đình, sđt 0912345678")
    told = await texts(town, "hoa", "Nguyễn Thị Hoa")
    assert "Hỏi về: BHYT hộ gia đình\n" in told[0]
    told = await texts(town, "hoa", "hỏi thêm cả lương hưu nữa")  # takes longer: another time may be needed
    await town.press("hoa", "T5 26/11, 9:00")
    done = (await town.press("hoa", "Đặt lịch"))[0]["text"]
    assert "thẻ BHYT" in done and "sổ BHXH" in done
    [row] = await town.rows("SELECT topic, ends_at - starts_at AS length FROM appointment WHERE state = 'booked'")
    assert (row.topic, row.length.seconds) == ("pension", 30 * 60)
    assert "Hỏi về: lương hưu, BHYT hộ gia đình" in (await town.new("consultant"))[-1]["text"]
    assert "lương hưu, BHYT hộ gia đình" in (await texts(town, "hoa", "lịch hẹn của tôi"))[0]


async def test_a_topic_that_takes_no_longer_is_added_without_giving_the_time_back(town: Town) -> None:
    await town.say("hoa", f"{BEGIN} 9h sáng mai, sđt 0912345678")
    await town.say("hoa", "Nguyễn Thị Hoa")
    told = await texts(town, "hoa", "hỏi thêm BHYT nữa")
    assert "9 giờ" in told[0] and "Hỏi về: lương hưu, BHYT hộ gia đình" in told[0]


async def test_of_several_topics_whoever_serves_all_is_offered_first(town: Town) -> None:
    await town.do("UPDATE consultant SET topics = '{pension}'")
    both = await linked(town, "both", topics=["pension", "health"])
    await town.say("hoa", "đặt lịch 9h sáng mai ở xã Bình Xuyên hỏi lương hưu và BHYT")
    assert [row.consultant_id for row in await town.rows("SELECT consultant_id FROM appointment")] == [both]
    await town.do("UPDATE consultant SET active = false WHERE id = :id", id=both)
    await town.say("mai", "đặt lịch 9h sáng mai ở xã Bình Xuyên hỏi lương hưu và BHYT")
    assert len(await town.rows("SELECT 1 FROM appointment")) == 2


@pytest.mark.parametrize(("typed", "topic"), [("2", "health"), ("số 4", "pension")])
async def test_the_number_of_a_topic_chooses_it(town: Town, typed: str, topic: str) -> None:
    await town.say("hoa", "đặt lịch ở xã Bình Xuyên")
    assert await texts(town, "hoa", typed) == [text(town, "booking_ask_day")]
    assert [row.draft["topic"] for row in await town.rows("SELECT draft FROM booking_draft")] == [topic]


async def test_who_waits_for_a_person_in_vain_is_told_after_two_working_days(town: Town) -> None:
    town.at("2026-11-27T16:00")  # a Friday
    await town.say("hoa", "human", Kind.BUTTON)
    for moment, times in (("2026-11-30T16:00", 1), ("2026-12-01T15:30", 0), ("2026-12-01T18:00", 0)):
        town.at(moment)
        await sweep(town)
        assert len(await town.new("hoa")) == times  # on Monday only that it takes long
    town.at("2026-12-02T08:00")
    await sweep(town)
    await sweep(town)
    [told] = await town.new("hoa")
    assert "không giữ yêu cầu này nữa" in told["text"]
    assert not await town.rows("SELECT 1 FROM hand_over WHERE closed_at IS NULL")


async def test_who_waits_for_room_in_vain_is_told_once_and_whoever_ignores_it_is_left_in_peace(town: Town) -> None:
    await town.do(
        "INSERT INTO wait_list (contact_id, wish, province, until_day) VALUES"
        " (:hoa, '{\"province\": \"phu_tho\", \"days\": [\"2026-11-26\"]}', 'phu_tho', '2026-11-26'),"
        " (:mai, '{\"province\": \"phu_tho\"}', 'phu_tho', '2027-01-20')",
        hoa=await town.contact("hoa"), mai=await town.contact("mai"),
    )  # fmt: skip
    await town.do(
        "UPDATE wait_list SET offered_at = now() + interval '1 year' WHERE contact_id = :mai", mai=town.people["mai"]
    )
    await town.do("UPDATE consultant SET active = false")
    for day in range(25, 31):
        town.at(f"2026-11-{day}T09:00")
        async with town.engine.begin() as connection:
            await tell_of_room(connection, town.responder.library, now=town.now)
    [told] = await town.new("hoa")
    assert "thôi tìm" in told["text"] and "Phú Thọ" in told["text"]
    await town.do("UPDATE consultant SET active = true")
    await town.do("UPDATE wait_list SET offered_at = NULL")
    for day in range(1, 9):
        town.at(f"2026-12-0{day}T09:00")
        async with town.engine.begin() as connection:
            await tell_of_room(connection, town.responder.library, now=town.now)
    assert len(await town.new("mai")) == TIMES


async def booked(town: Town, name: str = "hoa", when: str = "9h sáng mai") -> None:
    await town.say(name, f"{BEGIN} {when}, sđt 0912345678")
    await town.say(name, "Nguyễn Thị Hoa")
    await town.press(name, "Đặt lịch")
    await town.new(name)


async def test_the_button_below_an_older_reading_back_books_nothing_else(town: Town) -> None:
    await town.say("hoa", f"{BEGIN} 9h sáng mai, sđt 0912345678")
    [old] = [each["to"] for each in (await town.say("hoa", "Nguyễn Thị Hoa"))[0]["buttons"] if "yes" in each["to"]]
    await town.say("hoa", "đổi sang 10h sáng mai")
    [told] = await texts(town, "hoa", old, Kind.BUTTON)
    assert "xem lại" in told and "10 giờ" in told
    assert not await town.rows("SELECT 1 FROM appointment WHERE state = 'booked'")
    await town.press("hoa", "Đặt lịch")
    assert await town.rows("SELECT 1 FROM appointment WHERE state = 'booked'")


@pytest.mark.parametrize("words", ["bk:move", "bk:cancel", "bk:drop", "đổi lịch hẹn sang thứ sáu"])
async def test_an_appointment_that_has_begun_is_neither_moved_nor_cancelled(town: Town, words: str) -> None:
    await booked(town)
    [row] = await town.rows("SELECT id FROM appointment")
    town.at("2026-11-26T09:10")
    kind = Kind.BUTTON if words.startswith("bk:") else Kind.TEXT
    [told] = await texts(town, "hoa", f"{words}:{row.id}" if kind is Kind.BUTTON else words, kind)
    assert told.startswith("Đã đến giờ hẹn")
    assert [each.state for each in await town.rows("SELECT state FROM appointment")] == ["booked"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("+1 202 555 0143", "booking_again_phone_foreign"),
        ("0912 345", "booking_again_phone_short"),
        ("0912 345 678 9", "booking_again_phone_long"),
        ("căn cước 012345678901", "booking_again_phone_another"),
        ("0912345678 hoặc 0987654321", "booking_again_phone_several"),
    ],
)
async def test_a_number_that_cannot_be_called_is_refused_with_the_reason(town: Town, typed: str, key: str) -> None:
    await town.say("hoa", f"{BEGIN} 9h sáng mai")
    await town.say("hoa", "Nguyễn Thị Hoa")
    assert await texts(town, "hoa", typed) == [text(town, key)]
    assert "xem lại" in (await texts(town, "hoa", "không có"))[0]  # nobody is kept from booking by a missing number
