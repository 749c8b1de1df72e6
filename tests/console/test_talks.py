"""Conversations in the console: who waits, who takes them, what is seen of them and by whom, what is sent and written down."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.citizens import store as citizens
from bot.citizens.erasure import erase
from bot.conversation import relay
from bot.conversation.rules import Event, Kind
from bot.conversation.store import mark_answered, store_event
from bot.outbox import telling
from bot.outbox.rules import Message
from bot.staff.rules import Role
from tests.console.conftest import NOW, Console, without_tokens

NAME, PHONE, SECRET = "Nguyễn Văn Ba", "+84912345678", "tôi mất sổ"
MARK = "0123456789abcdef"
HOSTILE = "<img src=x onerror=alert(1)>{{ 77*77 }}"


async def office(console: Console, key: str, province: str = "phu_tho") -> None:
    """Make an office with one consultant, both of the key."""
    await console.do(
        """
        WITH place AS (
            INSERT INTO office (key, kind, name, address, province, commune)
            VALUES (:key, 'social_insurance', 'BHXH ' || :key, 'đường số 1', :province, '1') RETURNING id)
        INSERT INTO consultant (key, office_id, name) SELECT :key, id, 'Cán bộ ' || :key FROM place
        """,
        key=key,
        province=province,
    )


async def consultant(console: Console, key: str, province: str = "phu_tho") -> httpx.AsyncClient:
    """Make a consultant with an account for their province; return their browser."""
    await office(console, key, province)
    return await console.as_(key, Role.CONSULTANT, scope=(province,), consultant=key)


async def person(console: Console, *, province: str | None = "phu_tho", name: str = NAME, phone: str = PHONE) -> int:
    """Make a citizen who writes on the web; return the contact."""
    async with console.parts.engine.begin() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM contact"))
        contact = await citizens.contact_id(connection, "web", f"browser-{count}")
        await connection.execute(
            text(
                "UPDATE person SET name = :name, phone = :phone, province = :province"
                " WHERE id = (SELECT person_id FROM contact WHERE id = :contact)"
            ),
            {"name": name, "phone": phone, "province": province, "contact": contact},
        )
    return contact


async def said(console: Console, contact: int, words: str, *, asks: str | None = None) -> None:
    """Let somebody write, and have the machine answer, or with `asks` put them into the queue of that province."""
    library = console.parts.library
    async with console.parts.engine.begin() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM inbox"))
        event = Event(f"e{count}", Kind.TEXT, words)
        stored = await store_event(connection, contact, event)
        assert stored and await mark_answered(connection, stored.id)
        told = await relay.turn(connection, contact, stored.id, event, library, now=NOW)
        if asks is not None:
            known = {"province": asks} if asks else {}
            told = await relay.asked(connection, contact, stored.id, library, known, now=NOW)
        elif told is None:
            told = (Message(f"máy: {words}", topic="maternity"),)
        await telling.tell(connection, contact, f"reply:{stored.id}", told)


async def waits(console: Console, *, province: str = "phu_tho", **about: Any) -> tuple[int, int]:
    """Somebody who waits; return the contact and the conversation."""
    contact = await person(console, province=province or None, **about)
    await said(console, contact, f"{SECRET}, số tôi 0912 345 678, tên {about.get('name', NAME)}")
    await said(console, contact, "cho tôi gặp cán bộ", asks=province)
    rows = await console.rows("SELECT id FROM hand_over WHERE contact_id = :contact", contact=contact)
    return contact, int(rows[0].id)


async def told(console: Console, contact: int) -> list[str]:
    rows = await console.rows(
        "SELECT body->>'text' AS said FROM outbox WHERE contact_id = :contact ORDER BY id", contact=contact
    )
    return [row.said for row in rows]


async def acts(console: Console) -> list[str]:
    return [row.act for row in await console.rows("SELECT act FROM audit WHERE act NOT LIKE '%staff' ORDER BY id")]


async def test_the_queue_shows_who_waits_in_ones_places_without_name_number_or_words(console: Console) -> None:
    lan, other = await consultant(console, "lan"), await consultant(console, "cuong", "ha_noi")
    await waits(console)
    page = (await lan.get("/console/talks")).text
    assert "N*** V*** B***" in page and "Phú Thọ" in page and "Chat trên web" in page and "0 phút" in page
    assert not [hidden for hidden in (NAME, "345", SECRET) if hidden in without_tokens(page)]
    assert "N*** V***" not in (await other.get("/console/talks")).text
    assert "1 người đang chờ" in (await lan.get("/console")).text
    assert "Không có ai chờ" in (await other.get("/console")).text


async def test_who_did_not_say_where_they_live_waits_for_all(console: Console) -> None:
    clients = [await consultant(console, "lan"), await consultant(console, "cuong", "ha_noi")]
    _, talk = await waits(console, province="")
    for client in clients:
        assert "Chưa rõ nơi ở" in (await client.get("/console/talks")).text
    await console.do("UPDATE hand_over SET closed_at = now()")
    assert (await clients[0].get(f"/console/talks/{talk}")).status_code == 404, "what is over is nobody's any more"


@pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])
async def test_two_take_the_same_person_at_once_and_one_is_told_by_whom(order: int, console: Console) -> None:
    lan, binh = await consultant(console, "lan"), await consultant(console, "binh")
    contact, talk = await waits(console)
    answers = await asyncio.gather(*(one.post(f"/console/talks/{talk}/take") for one in (lan, binh)[::order]))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    late = next(answer for answer in answers if answer.status_code == 400)
    winner = "binh" if late is answers[::order][0] else "lan"
    assert f"Cán bộ {winner} đã nhận người này rồi" in late.text
    assert len([line for line in await told(console, contact) if line.startswith("Từ đây bạn đang nói")]) == 1
    assert await acts(console) == ["take_talk"], "what was refused is no act"


async def test_an_answer_reaches_the_citizen_once_and_what_they_write_shows(console: Console) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    form = {"said": "Cô ra BHXH cơ sở nhé", "mark": MARK}
    for _ in range(2):
        await lan.post(f"/console/talks/{talk}/answer", data=form)
    assert (await told(console, contact)).count("Cán bộ Cán bộ lan:\nCô ra BHXH cơ sở nhé") == 1
    await said(console, contact, "Dạ cháu cảm ơn")
    page = (await lan.get(f"/console/talks/{talk}")).text
    assert page.index("Cô ra BHXH cơ sở nhé") < page.index("Dạ cháu cảm ơn")
    assert "máy: Dạ" not in page


async def test_what_is_being_written_is_outside_of_what_refreshes_and_nothing_new_changes_nothing(
    console: Console,
) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    hx = {"hx-request": "true"}
    piece = (await lan.get(f"/console/talks/{talk}/said", headers=hx)).text
    assert 'hx-trigger="every 3s"' in piece and "<textarea" not in piece
    address = re.search(r'hx-get="([^"]+)"', piece)
    assert address and (await lan.get(address[1], headers=hx)).status_code == 204
    await said(console, contact, "còn đó không?")
    assert "còn đó không?" in (await lan.get(address[1], headers=hx)).text
    queue = re.search(r'hx-get="([^"]+)"', (await lan.get("/console/talks")).text)
    assert queue and (await lan.get(queue[1], headers=hx)).status_code == 204


async def test_with_htmx_an_answer_brings_an_empty_box_and_a_fault_leaves_the_box(console: Console) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    hx = {"hx-request": "true"}
    sent = await lan.post(f"/console/talks/{talk}/answer", data={"said": "chào cô", "mark": MARK}, headers=hx)
    assert "chào cô" in sent.text and 'hx-swap-oob="true"' in sent.text and MARK not in sent.text
    await said(console, contact, "dừng lại")
    late = await lan.post(f"/console/talks/{talk}/answer", data={"said": "alo", "mark": "f" * 16}, headers=hx)
    assert "đã kết thúc" in late.text and "<textarea" not in late.text


async def test_words_are_read_by_who_answers_and_by_nobody_else_until_they_are_opened(console: Console) -> None:
    lan, binh = await consultant(console, "lan"), await consultant(console, "binh")
    _, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    holder, other = [(await one.get(f"/console/talks/{talk}")).text for one in (lan, binh)]
    assert SECRET in holder and NAME not in holder and "0912 345 678" not in holder
    assert SECRET not in other and "Cán bộ lan đang trả lời" in other
    await binh.post(f"/console/talks/{talk}/open")
    opened = (await binh.get(f"/console/talks/{talk}")).text
    assert SECRET in opened and NAME in opened and "0912 345 678" in opened
    assert NAME not in (await lan.get(f"/console/talks/{talk}")).text, "each opens for themselves"
    assert await acts(console) == ["take_talk", "open_talk"]
    async with console.parts.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        await connection.execute(text("UPDATE audit SET at = :then"), {"then": NOW - timedelta(minutes=31)})
    assert NAME not in (await binh.get(f"/console/talks/{talk}")).text


@pytest.mark.parametrize("act", ["", "/said", "open", "take", "answer", "suggestion", "give-back", "forward"])
async def test_a_conversation_of_another_place_is_not_there(act: str, console: Console) -> None:
    elsewhere = await consultant(console, "cuong", "ha_noi")
    contact, talk = await waits(console)
    before = await told(console, contact)
    if act in ("", "/said"):
        answer = await elsewhere.get(f"/console/talks/{talk}{act}")
    else:
        data = {"said": "x", "mark": MARK, "page": "contribution_amount", "to": "cuong"}
        answer = await elsewhere.post(f"/console/talks/{talk}/{act}", data=data)
    assert answer.status_code == 404
    assert await told(console, contact) == before and await acts(console) == []


async def test_who_has_no_consultant_or_has_not_taken_the_person_cannot_answer(console: Console) -> None:
    lan = await consultant(console, "lan")
    plain = await console.as_("plain", Role.CONSULTANT)
    contact, talk = await waits(console)
    assert "chưa gắn với tư vấn viên" in (await plain.post(f"/console/talks/{talk}/take")).text
    answer = await lan.post(f"/console/talks/{talk}/answer", data={"said": "chào", "mark": MARK})
    assert answer.status_code == 400 and "chưa nhận người này" in answer.text
    assert "chào" not in " ".join(await told(console, contact))


async def test_a_suggestion_is_the_short_answer_of_today_below_what_is_written(console: Console) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    await said(console, contact, "mỗi tháng đóng bảo hiểm xã hội tự nguyện bao nhiêu tiền")
    page = (await lan.get(f"/console/talks/{talk}")).text
    names = re.findall(r'name="page" value="([^"]+)"', page)
    assert 0 < len(names) <= 3
    data = {"page": names[0], "said": "Chào cô,"}
    for headers in ({"hx-request": "true"}, {}):
        box = (await lan.post(f"/console/talks/{talk}/suggestion", data=data, headers=headers)).text
        short = console.parts.library.short(names[0], NOW.date()).text
        assert f"Chào cô,\n\n{short.splitlines()[0]}" in box
    assert (await lan.post(f"/console/talks/{talk}/suggestion", data={"page": "khong_co"})).status_code == 404
    assert await acts(console) == ["take_talk"]


async def test_a_person_is_given_back_and_forwarded(console: Console) -> None:
    lan, cuong = await consultant(console, "lan"), await consultant(console, "cuong", "ha_noi")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    assert (await lan.post(f"/console/talks/{talk}/forward", data={"to": "khong_co"})).status_code == 400
    moved = await lan.post(f"/console/talks/{talk}/forward", data={"to": "cuong", "note": f"gọi 0912345678 {NAME}"})
    assert moved.headers["location"] == "/console/talks?said=talk_forwarded"
    assert (await lan.get(f"/console/talks/{talk}")).status_code == 404, "it is of the other place now"
    await cuong.post(f"/console/talks/{talk}/take")
    page = (await cuong.get(f"/console/talks/{talk}")).text
    assert "BHXH cuong: gọi •••" in page and NAME not in page and "Hà Nội" in page
    await cuong.post(f"/console/talks/{talk}/give-back")
    assert (await told(console, contact))[-1].startswith("Cán bộ Cán bộ cuong đã trả lời xong")
    assert await acts(console) == ["take_talk", "forward_talk", "take_talk", "give_back_talk"]
    notes = await console.rows("SELECT note FROM audit")
    assert not [row for row in notes if NAME in row.note or "0912" in row.note]


async def test_hostile_names_and_words_are_shown_and_never_run(console: Console) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console, name=HOSTILE)
    await said(console, contact, HOSTILE)
    await lan.post(f"/console/talks/{talk}/take")
    await lan.post(f"/console/talks/{talk}/open")
    (row,) = await console.rows("SELECT person_id FROM contact WHERE id = :id", id=contact)
    await lan.post(f"/console/people/{row.person_id}/open")
    for address in ("", "/talks", f"/talks/{talk}", f"/talks/{talk}/said", f"/people/{row.person_id}"):
        page = (await lan.get(f"/console{address}")).text
        assert "<img" not in page and "5929" not in without_tokens(page), address
        assert "&lt;img" in page or address in ("", "/talks"), address


async def test_people_are_found_by_number_and_by_words_in_any_spelling_and_shown_masked(console: Console) -> None:
    lan, other = await consultant(console, "lan"), await consultant(console, "cuong", "ha_noi")
    contact = await person(console)
    await said(console, contact, "Ở Đồng Tháp thì ĐÓNG thế nào, giảm 100% à?")
    for wanted in ("0912.345.678", "+84 912 345 678", "dong thap", "ĐỒNG THÁP", "đóng thế", "100%", "thap thi"):
        page = (await lan.post("/console/talks/search", data={"wanted": wanted})).text
        assert "N*** V*** B***" in page and "09** *** 678" in page, wanted
        assert NAME not in page
        assert "Không tìm thấy ai" in (await other.post("/console/talks/search", data={"wanted": wanted})).text
    for wanted in (
        "_ong thap",
        "d%p",
        "0987654321",
        "'; DROP TABLE inbox; --",
        "tháp đồng",
        "háp thì",
        "社會保險",
        "':* & !",
    ):
        assert "Không tìm thấy ai" in (await lan.post("/console/talks/search", data={"wanted": wanted})).text, wanted
    async with console.parts.engine.begin() as connection:
        await erase(connection, contact, proof="test", now=NOW)
    assert await console.rows("SELECT words FROM inbox WHERE words <> ''") == []
    lines = await console.rows("SELECT note FROM audit WHERE act = 'search_people'")
    assert {row.note for row in lines} == {"found: 0", "found: 1"}


async def test_a_persons_card_is_masked_until_it_is_opened_and_then_tells_all(console: Console) -> None:
    lan, other = await consultant(console, "lan"), await consultant(console, "cuong", "ha_noi")
    contact = await person(console)
    await said(console, contact, SECRET)
    async with console.parts.engine.begin() as connection:
        await citizens.keep_facts(connection, contact, {"birth": "1985-03-12", "sex": "male"})
        await citizens.record_consent(
            connection, contact, purpose="outreach", given=True, text_version="1", proof="inbox:1"
        )
    await console.do("UPDATE person SET situation = 'nong_dan'")
    (row,) = await console.rows("SELECT person_id AS id FROM contact WHERE id = :id", id=contact)
    address = f"/console/people/{row.id}"
    masked = (await lan.get(address)).text
    assert "N*** V*** B***" in masked
    assert not [hidden for hidden in (NAME, "345", SECRET, "1985", "Nông dân") if hidden in without_tokens(masked)]
    assert (await other.get(address)).status_code == (await other.post(f"{address}/open")).status_code == 404
    await lan.post(f"{address}/open")
    opened = (await lan.get(address)).text
    for shown in (NAME, "0912 345 678", SECRET, "12/03/1985", "Nông dân", "Nam", "đồng ý – Nhận tin tuyên truyền"):
        assert shown in opened, shown
    assert await acts(console) == ["open_person"]


async def test_the_pages_stay_small_with_a_full_queue_and_a_long_conversation(console: Console) -> None:
    lan = await consultant(console, "lan")
    contact, talk = await waits(console)
    await lan.post(f"/console/talks/{talk}/take")
    await console.do(
        "INSERT INTO inbox (contact_id, event_id, kind, payload, attempts)"
        " SELECT :contact, 'm' || n, 'text', repeat('câu hỏi dài ', 20), 0 FROM generate_series(1, 400) n",
        contact=contact,
    )
    await console.do(
        """
        WITH many AS (INSERT INTO contact (channel, address) SELECT 'web', 'q' || n FROM generate_series(1, 300) n RETURNING id),
        asked AS (INSERT INTO inbox (contact_id, event_id, kind, payload, attempts)
            SELECT id, 'a', 'text', 'gặp cán bộ', 0 FROM many RETURNING id, contact_id)
        INSERT INTO hand_over (inbox_id, contact_id, province, asked_at) SELECT id, contact_id, 'phu_tho', :now FROM asked
        """,
        now=NOW,
    )
    for address in ("/console/talks", f"/console/talks/{talk}"):
        assert len((await lan.get(address)).content) < 150_000, address
