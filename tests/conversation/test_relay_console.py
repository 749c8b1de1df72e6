"""The console and Telegram are two mouths of one consultant: the citizen notices no difference, and nobody is taken twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.answers.library import Library
from bot.conversation.erasure import erase
from bot.conversation.relay import console
from bot.database import open_engine
from bot.errors import Refused
from tests.conversation.relay_world import HA_NOI, PHU_THO, World

BINH, CUONG, LAN = "Trần Thị Bình", "Lê Văn Cường", "Đỗ Thị Lan"
MARK = "0123456789abcdef"


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[World]:
    engine = open_engine(database_url)
    yield World(engine, library)
    await engine.dispose()


async def number(world: World, name: str) -> int:
    return int((await world.rows("SELECT id FROM consultant WHERE name = :name", name=name))[0].id)


async def at_console(world: World, name: str, province: str = PHU_THO, *, telegram: bool = False) -> int:
    """Make a consultant with an account of the console, and without Telegram unless it is wished; return the number."""
    await world.consultant(name, province)
    consultant = await number(world, name)
    if not telegram:
        await world.rows("UPDATE consultant SET contact_id = NULL WHERE id = :id", id=consultant)
    await world.rows(
        "INSERT INTO staff (key, name, password, roles, consultant_id, created_at)"
        " VALUES (:key, :name, '', '{consultant}', :id, now())",
        key=f"k{consultant}",
        name=name,
        id=consultant,
    )
    return consultant


async def wish_of(world: World, citizen: int) -> int:
    return int((await world.rows("SELECT id FROM hand_over WHERE contact_id = :c ORDER BY id DESC", c=citizen))[0].id)


async def take(world: World, consultant: int, citizen: int) -> None:
    async with world.engine.begin() as connection:
        await console.take(connection, world.library, consultant, await wish_of(world, citizen), now=world.now)


async def answer(world: World, consultant: int, citizen: int, said: str, mark: str = MARK) -> None:
    async with world.engine.begin() as connection:
        wish = await wish_of(world, citizen)
        await console.answer(connection, world.library, consultant, wish, said, mark=mark, now=world.now)


async def give_back(world: World, consultant: int, citizen: int) -> None:
    async with world.engine.begin() as connection:
        await console.give_back(connection, world.library, consultant, await wish_of(world, citizen), now=world.now)


async def forward(world: World, consultant: int, citizen: int, province: str, note: str) -> None:
    async with world.engine.begin() as connection:
        wish = await wish_of(world, citizen)
        await console.forward(connection, world.library, consultant, wish, province, note=note, now=world.now)


async def test_the_citizen_reads_the_same_whichever_way_the_consultant_answers(world: World) -> None:
    by_telegram, by_console = await world.citizen(), await world.citizen()
    account = await world.consultant(BINH)
    await world.ask_for_person(by_telegram)
    await world.press(account, "Nhận trả lời")
    await world.write(account, "Cô ra BHXH cơ sở nhé")
    await world.press(account, "Trả lại cho máy")
    binh = await number(world, BINH)
    await world.ask_for_person(by_console)
    await take(world, binh, by_console)
    await answer(world, binh, by_console, "Cô ra BHXH cơ sở nhé")
    await give_back(world, binh, by_console)
    assert await world.read(by_console) == await world.read(by_telegram)
    assert len(await world.read(by_console)) == 4


async def test_without_telegram_words_wait_in_the_console_and_nobody_is_put_back(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    assert await world.last(citizen) == world.text("relay_first"), "somebody of the place answers"
    await take(world, lan, citizen)
    before = len(await world.read(citizen))
    await world.write(citizen, "Tôi mất sổ thì làm sao?")
    await world.sweep(minutes=1)
    assert len(await world.read(citizen)) == before, "neither the machine answers nor is anybody said to be away"
    await answer(world, lan, citizen, "Cô ra BHXH cơ sở nhé")
    assert await world.last(citizen) == f"Cán bộ {LAN}:\nCô ra BHXH cơ sở nhé"


async def test_when_the_account_ends_too_the_person_waits_again(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    await world.rows("UPDATE staff SET active = false")
    await world.write(citizen, "còn ai không?")
    assert await world.last(citizen) == (await lost(world, LAN))


async def lost(world: World, name: str) -> str:
    hotline = world.library.law.at(world.now.date())["service.hotline"]
    return world.text("relay_lost", name=name, hotline=hotline)


async def test_one_consultant_speaks_both_ways_in_one_conversation(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN, telegram=True)
    account = int((await world.rows("SELECT contact_id FROM consultant WHERE id = :id", id=lan))[0].contact_id)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    assert "Bạn đã nhận" in await world.last(account), "so that nobody types there unaware"
    await world.write(citizen, "alo")
    assert await world.last(account) == "Người dân:\nalo"
    await answer(world, lan, citizen, "từ trang quản lý")
    await world.write(account, "từ Telegram")
    assert (await world.read(citizen))[-2:] == [f"Cán bộ {LAN}:\ntừ trang quản lý", f"Cán bộ {LAN}:\ntừ Telegram"]


async def test_telegram_and_the_console_take_the_same_person_at_once_and_one_is_told_who_was_first(
    world: World,
) -> None:
    citizen, account, lan = await world.citizen(), await world.consultant(BINH), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    said, _ = await asyncio.gather(
        take(world, lan, citizen), world.press(account, "Nhận trả lời"), return_exceptions=True
    )
    if isinstance(said, Refused):
        assert str(said) == world.text("relay_taken_by_other", name=BINH)
    else:
        assert await world.last(account) == world.text("relay_taken_by_other", name=LAN)
    taken = [line for line in await world.read(citizen) if line.startswith("Từ đây bạn đang nói chuyện")]
    assert len(taken) == 1


async def test_a_form_sent_twice_is_one_message(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    await asyncio.gather(*(answer(world, lan, citizen, "chào cô") for _ in range(4)))
    await answer(world, lan, citizen, "chào cô", mark="fedcba9876543210")
    assert (await world.read(citizen)).count(f"Cán bộ {LAN}:\nchào cô") == 2


async def test_nobody_answers_a_person_of_another_place_or_whom_they_have_not_taken(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    elsewhere = await at_console(world, CUONG, HA_NOI)
    await world.ask_for_person(citizen)
    with pytest.raises(Refused, match="ở nơi khác"):
        await take(world, elsewhere, citizen)
    with pytest.raises(Refused, match="chưa nhận"):
        await answer(world, lan, citizen, "chào cô")
    await take(world, lan, citizen)
    for act in (answer(world, elsewhere, citizen, "x"), give_back(world, elsewhere, citizen)):
        with pytest.raises(Refused, match=f"{LAN} đã nhận"):
            await act
    for nothing in ("", "  \n ", "x" * 5000):
        with pytest.raises(Refused):
            await answer(world, lan, citizen, nothing)


async def test_who_stopped_is_written_to_by_nobody(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    await world.write(citizen, "dừng lại")
    with pytest.raises(Refused, match="đã kết thúc"):
        await answer(world, lan, citizen, "chào cô")


async def test_forwarding_moves_the_person_to_the_queue_of_the_place_with_the_note(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    account = await world.consultant(BINH, HA_NOI)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    await world.write(citizen, "sổ của tôi ở Hà Nội")
    await forward(world, lan, citizen, HA_NOI, "Hỏi về sổ cũ ở Hà Nội")
    assert await world.last(citizen) == world.text("relay_passed_on", name=LAN)
    notice = await world.last(account)
    assert "Cán bộ trước dặn: Hỏi về sổ cũ ở Hà Nội" in notice and "Hà Nội" in notice.splitlines()[1]
    assert "sổ của tôi ở Hà Nội" in notice, "what was written to who had the person is a question too"
    await world.press(account, "Nhận trả lời")
    await world.write(account, "tôi nghe")
    assert await world.last(citizen) == f"Cán bộ {BINH}:\ntôi nghe"


async def test_nobody_is_forwarded_to_where_nobody_answers(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN)
    await world.ask_for_person(citizen)
    await take(world, lan, citizen)
    with pytest.raises(Refused, match="chưa có cán bộ nào"):
        await forward(world, lan, citizen, HA_NOI, "")
    assert (await world.rows("SELECT taken_by FROM hand_over"))[0].taken_by == lan


async def test_what_a_person_wants_erased_leaves_neither_the_note_nor_the_answers(world: World) -> None:
    citizen, lan = await world.citizen(), await at_console(world, LAN, telegram=True)
    account = await world.consultant(BINH, HA_NOI)
    await world.ask_for_person(citizen, said="tôi là Nhạn ở Gò Gai, cho gặp cán bộ")
    await take(world, lan, citizen)
    await answer(world, lan, citizen, "chào cô Nhạn")
    await forward(world, lan, citizen, HA_NOI, "Cô Nhạn hỏi về sổ")
    await world.press(account, "Nhận trả lời")
    await world.rows("UPDATE outbox SET state = 'sent', finished_at = now()")
    async with world.engine.begin() as connection:
        await erase(connection, citizen, now=world.now)
    left = "SELECT FROM {} t WHERE t::text LIKE '%Nhạn%'"
    for table in ("outbox", "inbox", "hand_over", "hand_over_change"):
        assert not await world.rows(left.format(table)), table
