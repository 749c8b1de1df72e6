"""«Xóa dữ liệu của tôi»: afterwards no table of any schema knows what was told, whoever wrote or read it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest

from bot.booking.rounds import go_round
from bot.clock import VIETNAM
from bot.conversation.rules import Event, Kind
from bot.database import open_engine
from bot.wiring import Parts
from tests.booking.dialogue_world import Town
from tests.booking.world import World

NAME, PLACE = "Phùng Thị Nhạn", "Gò Gai"
TOLD = (NAME, "+84912777333", "0912777333", "0912 777 333", PLACE)
_numbers = count(1)
_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


@pytest.fixture
async def town(parts: Parts) -> AsyncIterator[Town]:
    """The system's own database, in which Rasa remembers too; the roster is closed again at the end."""
    engine = open_engine(parts.settings.database_url)
    responder = replace(parts.responder, today=lambda: found.now.astimezone(VIETNAM).date())
    found = Town(engine, responder, parts.clock())
    found.at("2026-11-23T08:00")  # a Monday
    world = World(engine)
    number = next(_numbers)
    office = await world.office(f"erasure_{number}", commune="08950", address="Đường Hương Canh, xã Bình Xuyên")
    consultant = await world.consultant(office, f"erasure_{number}")
    account = await found.conversation.open_contact("telegram", f"erasure-{number}")
    person = await found.conversation.open_contact("web", f"erasure-{number}")
    found.people |= {"consultant": account, "nhan": person}
    await found.do("UPDATE consultant SET contact_id = :contact WHERE id = :id", contact=account, id=consultant)
    yield found
    await found.do("UPDATE consultant SET active = false, contact_id = NULL WHERE id = :id", id=consultant)
    await engine.dispose()


async def sent(town: Town) -> None:
    await town.do("UPDATE outbox SET state = 'sent', finished_at = now() WHERE state IN ('planned', 'sending')")


async def booked(town: Town, when: str) -> None:
    """Ask Rasa something with all of it in the question, then book."""
    await town.say("nhan", f"tên em là {NAME}, 0912777333, ở {PLACE}, thì mỗi tháng đóng bảo hiểm tự nguyện bao nhiêu?")
    await town.say("nhan", f"đặt lịch {when} ở xã Bình Xuyên hỏi về lương hưu, sđt 0912777333")
    await town.say("nhan", NAME)
    await town.press("nhan", "Đặt lịch")
    await sent(town)


async def found_in(town: Town) -> list[str]:
    """Return where anything told still stands, as it is or as JSON writes it."""
    needles = [*TOLD, *(json.dumps(told)[1:-1] for told in TOLD)]
    query = "SELECT count(*) AS times FROM {0} AS t WHERE t::text LIKE ANY(:needles)"
    marks = [f"%{needle.replace(chr(92), chr(92) * 2)}%" for needle in dict.fromkeys(needles)]
    tables = [row.name for row in await town.rows(_TABLES)]
    assert {"public.procrastinate_jobs", "public.inbox", "rasa.events"} <= set(tables)
    return [name for name in tables if (await town.rows(query.format(name), needles=marks))[0].times]


async def test_no_table_of_any_schema_knows_what_was_told(parts: Parts, town: Town) -> None:
    await booked(town, "9h sáng thứ tư")
    town.at("2026-11-25T10:00")
    for words in ("lịch hôm nay", "lịch tuần"):
        await town.say("consultant", words)
    await town.press("consultant", "T4 25/11")
    for title in ("Xác nhận", "Đã gặp", "Hẹn quay lại"):
        await town.press("consultant", title)
    await town.say("consultant", f"chị {NAME} ở {PLACE} hẹn quay lại")
    await town.say("nhan", f"em {NAME} ở {PLACE} muốn nói chuyện trực tiếp với nhân viên ngay")
    await town.say("nhan", "human", Kind.BUTTON)
    await town.press("consultant", "Nhận trả lời")
    await town.say("nhan", f"nhà em ở {PLACE}, gọi 0912 777 333 nhé")
    await town.say("consultant", f"vâng chị {NAME}, tôi ghi rồi")
    await sent(town)
    assert {"public.appointment", "public.inbox", "public.outbox", "rasa.events"} <= set(await found_in(town))

    contact = await town.contact("nhan")
    await parts.conversation.receive(contact, Event("forget", Kind.TEXT, "xóa dữ liệu của tôi"))
    await town.conversation.answer_waiting(contact, town.responder)
    assert await found_in(town) == []
    said = [body["text"] for body in await town.new("nhan")]
    assert town.responder.library.text("forgotten").filled() in said


async def test_of_a_coming_appointment_everything_goes_when_it_is_over(town: Town) -> None:
    await booked(town, "9h sáng thứ năm")
    await town.say("consultant", "lịch tuần")
    await sent(town)
    await town.say("nhan", "xóa dữ liệu của tôi")
    assert await found_in(town) == ["public.appointment", "public.outbox"]  # the consultant still needs it

    await sent(town)
    town.at("2026-11-27T09:00")
    await go_round(town.engine, town.responder.library, now=town.now)
    assert await found_in(town) == []


async def test_what_is_being_sent_is_erased_after_it_has_gone(town: Town) -> None:
    await booked(town, "9h sáng thứ tư")
    await town.do("UPDATE outbox SET state = 'sending' WHERE contact_id = :c", c=await town.contact("nhan"))
    await town.say("nhan", "xóa dữ liệu của tôi")
    await town.press("nhan", "Lịch hẹn của tôi")
    await town.press("nhan", "Hủy hẹn")
    await town.press("nhan", "Hủy hẹn")
    await sent(town)
    assert "public.outbox" in await found_in(town)
    await go_round(town.engine, town.responder.library, now=town.now)
    assert await found_in(town) == []
