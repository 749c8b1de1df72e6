"""«Xem dữ liệu của tôi» and «xóa dữ liệu của tôi»: what is kept is shown to its person alone, and goes from everywhere."""

from __future__ import annotations

import json
import logging
import unicodedata

import pytest

from bot.conversation.rules import Kind, Wish, wish_of
from tests.citizens.people_world import People

NAME, PHONE, TEXT = "Phùng Thị Nhạn Marker", "+84912777333", "hàng xén chợ Gò Gai Marker"
NEEDLES = (NAME, PHONE, "0912777333", "912777333", TEXT, "nhan_marker")
SEES = [
    "xem dữ liệu của tôi", "Xem dữ liệu của tôi ạ", "XEM DU LIEU CUA TOI", "xem thong tin cua toi", "cho tôi xem thông tin của tôi",
    "tôi muốn xem dữ liệu của tôi", "dữ liệu của tôi", "bạn đang lưu gì về tôi", "bạn biết gì về tôi?", "xem dữ liệu",
]  # fmt: skip
ERASES = [
    "xóa dữ liệu của tôi", "Xoá dữ liệu của tôi!", "XOA DU LIEU CUA TOI", "xóa thông tin của tôi", "xoa thong tin ca nhan cua toi",
    "tôi muốn xóa dữ liệu cá nhân", "yêu cầu xóa toàn bộ dữ liệu của tôi", "xóa dữ liệu", "cho em xóa thông tin của em ạ",
]  # fmt: skip


@pytest.mark.parametrize("text", SEES)
def test_the_wish_to_see_is_read_in_any_spelling(text: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text)):
        assert wish_of(typed) is Wish.SEE


@pytest.mark.parametrize("text", ERASES)
def test_the_wish_to_erase_is_read_in_any_spelling(text: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text)):
        assert wish_of(typed) is Wish.ERASE


@pytest.mark.parametrize(
    "text", ["xem mức đóng", "xóa mã số thuế", "thông tin về lương hưu", "dữ liệu", "xem thông tin lương hưu"]
)
def test_a_question_is_no_wish_about_data(text: str) -> None:
    assert wish_of(text) is None


async def filled(people: People) -> tuple[int, int]:
    """Put the marker wherever a person may leave it; return their chat and their number on a list."""
    chat, listed = await people.contact("7", "telegram"), await people.contact(PHONE, "sms")
    await people.do(
        "UPDATE contact SET person_id = (SELECT person_id FROM contact WHERE id = :chat) WHERE id = :listed",
        chat=chat, listed=listed,
    )  # fmt: skip
    await people.do(
        "UPDATE person SET name = :name, phone = :phone, province = 'phu_tho', commune = '08935', situation = 'tieu_thuong',"
        " entitlements = '{ho_ngheo}', birth_year = 1985, joined = 'no', told = '{name}'"
        " WHERE id = (SELECT person_id FROM contact WHERE id = :chat)",
        name=NAME, phone=PHONE, chat=chat,
    )  # fmt: skip
    values = {"chat": chat, "listed": listed, "name": NAME, "now": people.now}
    for statement in (
        "INSERT INTO profile (contact_id, name, value) VALUES (:chat, 'birth', '1985')",
        "INSERT INTO arrival (contact_id, link) VALUES (:chat, 'nhan_marker')",
        "INSERT INTO behaviour SELECT person_id, 'came_by', 'nhan_marker', 1, :now, :now FROM contact WHERE id = :chat",
        "INSERT INTO people_question (contact_id, what, asked_at) VALUES (:chat, 'place', :now)",
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof) VALUES (:chat, 'profile', true, 'v', 'inbox:1')",
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof) VALUES (:listed, 'outreach', true, 'v', 'list:1:2')",
        "INSERT INTO people_list (digest, purpose, proof, made_at) VALUES ('d', 'outreach', 'Biên bản số 12', :now)",
        "INSERT INTO people_list_row SELECT 1, person_id, 2 FROM contact WHERE id = :chat",
        "INSERT INTO campaign (key, title, plan, author, created_at) VALUES ('k', 't', '{}', 'a', :now)",
        *(
            "INSERT INTO outbox (key, contact_id, class, body, state, channel, campaign_id, person_id, step)"
            f" SELECT '{state}', :listed, 'campaign', jsonb_build_object('text', cast(:name AS text)), '{state}', 'sms',"
            f" 1, person_id, '{state}' FROM contact WHERE id = :listed"
            for state in ("planned", "sent", "failed")
        ),
        "CREATE TABLE IF NOT EXISTS rasa.events (sender_id text, data text)",
        "INSERT INTO rasa.events SELECT 'contact-' || :chat, cast(:name AS text)",
    ):
        await people.do(statement, **{key: value for key, value in values.items() if f":{key}" in statement})
    await booked(people, chat)
    await people.say(chat, TEXT)
    return chat, listed


async def booked(people: People, chat: int) -> None:
    for statement in (
        "INSERT INTO office (key, kind, name, address, province, commune)"
        " VALUES ('o', 'social_insurance', 'BHXH', 'Bình Xuyên', 'phu_tho', '08935')",
        "INSERT INTO consultant (key, office_id, name) VALUES ('c', 1, 'Lan')",
    ):
        await people.do(statement)
    await people.do(
        "INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken,"
        " name, phone, brief, note) VALUES ('ABC234', 'done', :chat, 1, 1, 'office', 'other', '2026-11-20T02:00Z',"
        " '2026-11-20T03:00Z', '[1,2)', :name, :phone, jsonb_build_object('asked', cast(:name AS text)), :name)",
        chat=chat, name=NAME, phone=PHONE,
    )  # fmt: skip
    await people.do(
        "INSERT INTO booking_draft (contact_id, draft, touched_at) VALUES"
        " (:chat, jsonb_build_object('name', cast(:name AS text), 'asks', 'paused'), :now)",
        chat=chat, name=NAME, now=people.now,
    )  # fmt: skip


async def holding(people: People) -> dict[str, int]:
    """Return in which tables the marker stands, as it is or as JSON writes it."""
    tables = await people.rows(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    needles = {form for needle in NEEDLES for form in (needle, json.dumps(needle)[1:-1].replace("\\", "\\\\"))}
    found = {}
    for table in tables:
        query = f"SELECT count(*) AS times FROM {table.name} AS t WHERE t::text LIKE ANY(:needles)"
        times = (await people.rows(query, needles=[f"%{needle}%" for needle in needles]))[0].times
        if times:
            found[table.name] = times
    return found


async def test_after_erasure_no_table_and_no_log_line_knows_the_person(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chat, listed = await filled(people)
    assert NAME in "".join(await people.say(chat, "xem dữ liệu của tôi"))
    assert set(await holding(people)) == {
        "public.person", "public.contact", "public.arrival", "public.behaviour", "public.inbox", "public.outbox",
        "public.appointment", "public.booking_draft", "rasa.events",
    }  # fmt: skip

    await people.say(chat, "xóa dữ liệu của tôi")
    assert await holding(people), "it is asked back first"
    assert await people.press(chat, "forget") == [people.library.text("forgotten").filled()]
    assert await holding(people) == {}
    assert not any(needle in caplog.text for needle in NEEDLES)
    for table in ("profile", "arrival", "behaviour", "people_list_row", "people_question", "booking_draft"):
        assert not await people.rows(f"SELECT 1 FROM {table}"), table
    states = await people.rows("SELECT key, state, reason FROM outbox WHERE class = 'campaign' ORDER BY key")
    assert [tuple(row) for row in states] == [
        ("failed", "failed", None), ("planned", "excluded", "withdrawn"), ("sent", "sent", None),
    ]  # fmt: skip
    assert await people.said_of_consent(listed) == [True, False]
    assert await people.said_of_consent(chat, "profile") == [True, False]
    assert await people.said_of_consent(listed, "profile") == [False]
    assert (await people.rows("SELECT unreachable FROM contact WHERE id = :c", c=listed))[0].unreachable == "erased"


async def test_erasure_is_asked_back_once_and_a_no_keeps_everything(people: People) -> None:
    chat, _ = await filled(people)
    before = await holding(people)
    asked = await people.told(chat, "XOA DU LIEU CUA TOI")
    assert [button["to"] for button in asked[0]["buttons"]] == ["forget", "deny"]
    await people.press(chat, "deny")
    assert {table: (await holding(people))[table] for table in before} == before


async def test_what_is_kept_is_shown_in_plain_words_with_the_day(people: People) -> None:
    chat, _ = await filled(people)
    (shown,) = await people.say(chat, "see_my_data", Kind.BUTTON)
    for line in (
        f"• Tên: {NAME}", "• Số điện thoại: 0912 777 333", "• Năm sinh: 1985", "• Nơi ở: Xã Bình Nguyên, Phú Thọ",
        "• Công việc: buôn bán nhỏ, tiểu thương", "• Diện: hộ nghèo", "• Tham gia bảo hiểm xã hội: chưa",
        "• Lịch hẹn đã qua: 1", "• Danh sách do cơ quan đưa vào ngày 27/11/2026, căn cứ: Biên bản số 12",
        "• Bạn đến từ lời mời: nhan_marker",
    ):  # fmt: skip
        assert line in shown.splitlines() or line.startswith("• Nơi ở"), line
    assert "• Nơi ở: Xã " in shown
    assert "qua tin nhắn điện thoại: bạn đồng ý ngày" in shown
    assert "qua Telegram: bạn chưa đồng ý" in shown


async def test_nobody_sees_anybody_else(people: People) -> None:
    await filled(people)
    other = await people.contact("8", "web")
    (shown,) = await people.say(other, "xem dữ liệu của tôi")
    assert not any(needle in shown for needle in NEEDLES)
    assert people.library.text("people_seen_nothing_told").text in shown


async def test_who_speaks_with_a_consultant_or_books_may_see_all_the_same(people: People) -> None:
    chat, _ = await filled(people)
    await people.do('UPDATE booking_draft SET draft = draft || \'{"asks": "name"}\'')
    assert "• Tên:" in (await people.say(chat, "xem dữ liệu của tôi"))[0]


async def test_who_is_remembered_is_known_to_campaigns_and_who_is_not_is_not(people: People) -> None:
    shy, open_one = await people.contact("1"), await people.contact("2")
    people.speaker.keep = {"group": "near_poor", "birth": "1985-03", "province": "vinh_phuc"}
    await people.say(shy, "em cận nghèo ở Vĩnh Phúc")
    await people.say(open_one, "nhớ")
    assert (await people.person(shy)).province is None
    found = await people.person(open_one)
    assert (found.province, found.birth_year, found.entitlements) == ("phu_tho", 1985, ["ho_can_ngheo"])
    assert set(found.told) == {"province", "birth_year", "entitlements"}
