"""A person answers instead of the machine, over a real database: taken once, relayed in order, handed back by anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.answers.library import Library
from bot.clock import VIETNAM
from bot.conversation import relay
from bot.conversation.relay.rules import SILENCE
from bot.database import open_engine
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from tests.conversation.relay_world import HA_NOI, World
from tests.outbox.world import sender, sending

BINH, CUONG = "Trần Thị Bình", "Lê Văn Cường"
TAKE, DONE, PASS = "Nhận trả lời", "Trả lại cho máy", "Chuyển cho người khác"
MINUTES = int(SILENCE.total_seconds()) // 60


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[World]:
    engine = open_engine(database_url)
    yield World(engine, library)
    await engine.dispose()


async def talking(world: World, channel: str = "web") -> tuple[int, int]:
    """A citizen whom Bình has taken; return both contacts."""
    citizen, binh = await world.citizen(channel), await world.consultant(BINH)
    await world.ask_for_person(citizen)
    await world.press(binh, TAKE)
    return citizen, binh


async def test_who_asks_is_told_how_many_wait_and_consultants_of_the_place_are_shown_the_wish(world: World) -> None:
    binh, elsewhere = await world.consultant(BINH), await world.consultant(CUONG, HA_NOI)
    first, second = await world.citizen(), await world.citizen()
    await world.ask_for_person(first, said="tôi mất sổ, cho gặp cán bộ")
    await world.ask_for_person(second)
    assert await world.last(first) == world.text("relay_first")
    assert await world.last(second) == world.text("relay_waiting", ahead=1)
    notice = (await world.read(binh))[0]
    assert "Phú Thọ" in notice
    assert "tôi mất sổ, cho gặp cán bộ" in notice
    assert await world.read(elsewhere) == []


async def test_words_go_both_ways_marked_and_the_machine_is_silent(world: World) -> None:
    citizen, binh = await talking(world)
    assert await world.last(citizen) == world.text("relay_taken", name=BINH)
    await world.write(citizen, "Tôi mất sổ\nthì làm sao?")
    await world.write(binh, "Cô ra BHXH cơ sở nhé")
    assert await world.last(binh) == "Người dân:\nTôi mất sổ\nthì làm sao?"
    assert await world.last(citizen) == f"Cán bộ {BINH}:\nCô ra BHXH cơ sở nhé"
    assert not [line for line in await world.read(citizen) + await world.read(binh) if line.startswith("máy:")]


async def test_two_consultants_press_at_once_and_one_is_told_who_was_first(world: World) -> None:
    citizen, binh, cuong = await world.citizen(), await world.consultant(BINH), await world.consultant(CUONG)
    await world.ask_for_person(citizen)
    await asyncio.gather(world.press(binh, TAKE), world.press(cuong, TAKE))
    heard = {BINH: await world.last(binh), CUONG: await world.last(cuong)}
    late = [name for name, last in heard.items() if "đã nhận người này rồi" in last]
    assert len(late) == 1
    winner = next(name for name in heard if name not in late)
    assert heard[late[0]] == world.text("relay_taken_by_other", name=winner)
    assert (await world.read(citizen)).count(world.text("relay_taken", name=winner)) == 1


async def test_one_consultant_who_presses_two_wishes_at_once_gets_one(world: World) -> None:
    binh, people = await world.consultant(BINH), [await world.citizen() for _ in range(2)]
    for each in people:
        await world.ask_for_person(each)
    ids = [row.id for row in await world.rows("SELECT id FROM hand_over")]
    await asyncio.gather(*(world.press_key(binh, f"relay:take:{each}") for each in ids))
    assert len(await world.rows("SELECT FROM hand_over WHERE taken_by IS NOT NULL")) == 1
    assert world.text("relay_finish_first") in await world.read(binh)


async def test_only_a_consultant_who_was_shown_a_wish_can_take_it(world: World) -> None:
    citizen, stranger = await world.citizen(), await world.citizen()
    await world.consultant(BINH)
    elsewhere = await world.consultant(CUONG, HA_NOI)
    await world.ask_for_person(citizen)
    for each in (stranger, elsewhere, citizen):
        await world.press_key(each, "relay:take:1")
    assert await world.last(stranger) == world.text("unknown_button")
    assert await world.last(elsewhere) == world.text("relay_gone")
    assert not await world.rows("SELECT FROM hand_over WHERE taken_by IS NOT NULL")


async def test_messages_keep_their_order_whoever_writes(world: World) -> None:
    citizen, binh = await talking(world)

    async def many(who: int) -> None:
        for number in range(12):
            await world.write(who, f"câu {number}")

    await asyncio.gather(many(citizen), many(binh))
    for who, head in ((binh, "Người dân:\n"), (citizen, f"Cán bộ {BINH}:\n")):
        lines = [line for line in await world.read(who) if line.startswith(head)]
        assert lines == [f"{head}câu {number}" for number in range(12)]


async def test_what_was_rolled_back_is_relayed_once_when_it_is_taken_again(world: World) -> None:
    citizen, binh = await talking(world)
    event = world.event("bao giờ có sổ?")
    inbox_id = await world.stored(citizen, event)
    with pytest.raises(ZeroDivisionError):
        async with world.engine.begin() as connection:
            assert await world.turn(connection, citizen, inbox_id, event) == ()
            raise ZeroDivisionError
    assert "Người dân:\nbao giờ có sổ?" not in await world.read(binh)
    await asyncio.gather(*(world.answer(citizen, inbox_id, event) for _ in range(3)))
    assert (await world.read(binh)).count("Người dân:\nbao giờ có sổ?") == 1


async def test_stop_in_the_middle_is_obeyed_by_the_machine_and_ends_the_conversation(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(citizen, "dừng")
    assert await world.last(citizen) == world.text("stopped")
    assert await world.last(binh) == world.text("relay_citizen_stopped")
    await world.write(binh, "cô ơi")
    assert await world.last(citizen) == world.text("stopped")


async def test_stop_takes_a_wish_out_of_the_queue(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    await world.ask_for_person(citizen)
    await world.write(citizen, "STOP")
    await world.press(binh, TAKE)
    assert await world.last(binh) == world.text("relay_gone")
    assert await world.last(citizen) == world.text("stopped")


@pytest.mark.parametrize("how", ["button", "xong", "Xong rồi ạ"])
async def test_a_consultant_hands_back_and_both_are_told(world: World, how: str) -> None:
    citizen, binh = await talking(world)
    await (world.press(binh, DONE) if how == "button" else world.write(binh, how))
    assert await world.last(citizen) == world.text("relay_back_by_consultant", name=BINH)
    assert await world.last(binh) == world.text("relay_you_ended")
    await world.write(citizen, "mức đóng")
    assert await world.last(citizen) == "máy: mức đóng"


@pytest.mark.parametrize("how", ["button", "thôi", "Nói chuyện với máy nhé", "noi chuyen voi may"])
async def test_a_citizen_goes_back_to_the_machine_and_both_are_told(world: World, how: str) -> None:
    citizen, binh = await talking(world)
    await (world.press(citizen, "Nói chuyện với máy") if how == "button" else world.write(citizen, how))
    assert await world.last(citizen) == world.text("relay_back_by_citizen", name=BINH)
    assert await world.last(binh) == world.text("relay_citizen_left")


async def test_half_an_hour_of_silence_ends_it_and_a_word_of_either_side_puts_it_off(world: World) -> None:
    citizen, binh = await talking(world)
    for who in (binh, citizen):
        await world.sweep(minutes=MINUTES - 1)
        await world.write(who, "vâng")
    await world.sweep(minutes=MINUTES - 1)
    assert await world.last(citizen) == f"Cán bộ {BINH}:\nvâng"
    await world.sweep(minutes=1)
    assert await world.last(citizen) == world.text("relay_back_by_silence", name=BINH, minutes=MINUTES)
    assert await world.last(binh) == world.text("relay_silence", minutes=MINUTES)


async def test_who_was_taken_and_never_answered_waits_again_and_others_are_asked(world: World) -> None:
    citizen, binh = await talking(world)
    cuong = await world.consultant(CUONG)
    await world.write(citizen, "có ai không?")
    await world.sweep(minutes=MINUTES)
    assert await world.last(citizen) == world.text("relay_lost", name=BINH, hotline=hotline(world))
    assert await world.last(binh) == world.text("relay_unanswered", minutes=MINUTES)
    assert "có ai không?" in await world.last(cuong)
    await world.press(cuong, TAKE)
    assert await world.last(citizen) == world.text("relay_taken", name=CUONG)


def hotline(world: World) -> str:
    return str(world.library.law.at(world.now.date())["service.hotline"])


async def test_the_next_who_waits_is_offered_when_a_conversation_ends(world: World) -> None:
    citizen, binh = await talking(world)
    second, third = await world.citizen(), await world.citizen()
    await world.ask_for_person(second, said="người thứ hai")
    await world.ask_for_person(third, said="người thứ ba")
    assert not [line for line in await world.read(binh) if "người thứ" in line]
    await world.write(binh, "xong")
    assert await world.last(citizen) == world.text("relay_back_by_consultant", name=BINH)
    assert (await world.read(binh))[-2] == world.text("relay_you_ended")
    assert "người thứ hai" in await world.last(binh)
    await world.press(binh, TAKE)
    assert await world.last(second) == world.text("relay_taken", name=BINH)


async def test_passing_on_puts_the_person_back_and_others_are_asked(world: World) -> None:
    citizen, binh = await talking(world)
    cuong = await world.consultant(CUONG)
    await world.write(citizen, "việc này gấp")
    await world.press(binh, PASS)
    assert await world.last(citizen) == world.text("relay_passed_on", name=BINH)
    assert await world.last(binh) == world.text("relay_you_passed")
    await world.write(citizen, "mức đóng")
    assert await world.last(citizen) == "máy: mức đóng"
    await world.press(cuong, TAKE)
    assert "việc này gấp" in await world.last(cuong)
    assert "mức đóng" not in await world.last(cuong)


async def test_with_nobody_else_there_is_nobody_to_pass_on_to(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(binh, "chuyển cho người khác")
    assert await world.last(binh) == world.text("relay_nobody_else")
    await world.write(binh, "tôi đây")
    assert await world.last(citizen) == f"Cán bộ {BINH}:\ntôi đây"


async def test_when_the_consultants_account_is_blocked_the_person_waits_again_and_nothing_typed_is_lost(
    world: World,
) -> None:
    citizen, binh = await talking(world)
    cuong = await world.consultant(CUONG)
    await world.rows("UPDATE contact SET unreachable = 'blocked' WHERE id = :id", id=binh)
    await world.write(citizen, "anh còn đó không?")
    await world.sweep(seconds=5)
    assert await world.last(citizen) == world.text("relay_lost", name=BINH, hotline=hotline(world))
    assert "anh còn đó không?" in await world.last(cuong)
    await world.sweep(seconds=5)
    assert len(await world.read(cuong)) == 1


async def test_a_consultant_who_blocks_us_on_telegram_is_found_out_by_the_next_word(world: World) -> None:
    citizen, binh = await talking(world)
    async with running_simulator(Switches(unlimited=True)) as remote, sending(sender(world.engine, remote)):
        address = (await world.rows("SELECT address FROM contact WHERE id = :id", id=binh))[0].address
        await remote.citizens("telegram", first=int(address), count=1, blocked=True)
        await world.write(citizen, "anh còn đó không?")
        async with asyncio.timeout(60):
            while not await world.rows("SELECT FROM contact WHERE id = :id AND unreachable IS NOT NULL", id=binh):
                await asyncio.sleep(0.1)
    await world.sweep(seconds=5)
    assert await world.last(citizen) == world.text("relay_lost", name=BINH, hotline=hotline(world))


async def test_when_a_consultant_is_unlinked_the_person_waits_again_at_once(world: World) -> None:
    citizen, binh = await talking(world)
    await world.rows("UPDATE consultant SET contact_id = NULL WHERE contact_id = :id", id=binh)
    await world.write(citizen, "anh còn đó không?")
    assert await world.last(citizen) == world.text("relay_lost", name=BINH, hotline=hotline(world))
    assert len(await world.rows("SELECT FROM hand_over WHERE taken_by IS NULL AND closed_at IS NULL")) == 1


async def test_a_citizen_who_blocks_us_ends_the_conversation(world: World) -> None:
    citizen, binh = await talking(world, "telegram")
    await world.rows("UPDATE contact SET unreachable = 'blocked' WHERE id = :id", id=citizen)
    await world.sweep(seconds=5)
    assert await world.last(binh) == world.text("relay_citizen_lost")


async def test_out_of_hours_the_wish_is_kept_and_shown_when_people_are_back(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    world.pass_time(hours=9)  # Monday, 18:00
    await world.ask_for_person(citizen)
    told = world.text("relay_out_of_hours", when="07:30 ngày 17/11/2026", hotline=hotline(world))
    assert await world.last(citizen) == told
    await world.sweep(minutes=20)
    assert await world.read(binh) == []
    await world.sweep(hours=13, minutes=15)  # Tuesday, 07:35
    assert "13 giờ 35 phút" in await world.last(binh)
    await world.sweep(minutes=5)
    assert len(await world.read(binh)) == 1
    assert await world.last(citizen) == told
    await world.sweep(minutes=6)
    assert await world.last(citizen) == world.text("relay_waits_long", hotline=hotline(world))


async def test_in_the_lunch_break_people_are_told_of_the_afternoon(world: World) -> None:
    citizen = await world.citizen()
    await world.consultant(BINH)
    world.pass_time(hours=3)
    await world.ask_for_person(citizen)
    assert "13:30 hôm nay" in await world.last(citizen)


async def test_a_day_that_the_government_took_off_is_out_of_hours(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    await world.rows("INSERT INTO special_day (day, works, name) VALUES ('2026-11-16', false, 'nghỉ bù')")
    await world.ask_for_person(citizen)
    assert "07:30 ngày 17/11/2026" in await world.last(citizen)
    assert await world.read(binh) == []


async def test_a_public_holiday_is_out_of_hours(world: World) -> None:
    citizen = await world.citizen()
    await world.consultant(BINH)
    world.now = datetime(2026, 9, 2, 9, tzinfo=VIETNAM)
    await world.ask_for_person(citizen)
    assert "07:30 ngày 03/09/2026" in await world.last(citizen)


async def test_without_a_consultant_of_the_place_the_wish_is_kept_for_one(world: World) -> None:
    citizen = await world.citizen()
    await world.consultant(CUONG, HA_NOI)
    await world.ask_for_person(citizen)
    hours = "07:30–11:30, 13:30–17:00"
    assert await world.last(citizen) == world.text("relay_nobody_here", hours=hours, hotline=hotline(world))
    binh = await world.consultant(BINH)
    await world.sweep(minutes=1)
    await world.press(binh, TAKE)
    assert await world.last(citizen) == world.text("relay_taken", name=BINH)


async def test_who_did_not_say_where_they_live_is_shown_to_all(world: World) -> None:
    citizen = await world.citizen()
    everybody = [await world.consultant(BINH), await world.consultant(CUONG, HA_NOI)]
    await world.ask_for_person(citizen, province="")
    assert [len(await world.read(each)) for each in everybody] == [1, 1]


async def test_a_long_wait_is_told_once(world: World) -> None:
    citizen = await world.citizen()
    await world.consultant(BINH)
    await world.ask_for_person(citizen)
    for _ in range(4):
        await world.sweep(minutes=8)
    assert (await world.read(citizen)).count(world.text("relay_waits_long", hotline=hotline(world))) == 1


async def test_who_asks_again_keeps_the_place_and_consultants_are_not_asked_twice(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    for _ in range(2):
        await world.ask_for_person(citizen)
    assert await world.last(citizen) == world.text("relay_still_waiting", ahead=0, hotline=hotline(world))
    await world.sweep(seconds=5)
    assert len(await world.read(binh)) == 1


async def test_who_waits_is_answered_by_the_machine_and_may_withdraw(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    await world.ask_for_person(citizen)
    await world.write(citizen, "thôi")
    assert await world.last(citizen) == "máy: thôi"
    await world.press(citizen, "Không chờ nữa")
    assert await world.last(citizen) == world.text("relay_withdrawn")
    await world.press(binh, TAKE)
    assert await world.last(binh) == world.text("relay_gone")


async def test_a_consultant_is_shown_three_wishes_at_a_time(world: World) -> None:
    binh, cuong = await world.consultant(BINH), await world.consultant(CUONG)
    people = [await world.citizen() for _ in range(5)]
    for number, each in enumerate(people):
        await world.ask_for_person(each, said=f"người số {number}")
    assert len(await world.read(binh)) == 3
    await world.press_key(cuong, "relay:take:1")
    await world.sweep(seconds=5)
    assert "người số 3" in await world.last(binh)


async def test_questions_asked_before_are_shown_but_neither_numbers_nor_what_a_form_was_told(world: World) -> None:
    citizen, binh = await world.citizen("telegram"), await world.consultant(BINH)
    await world.write(citizen, "thai sản được bao nhiêu, gọi tôi 0912 345 678 nhé")
    event = world.event("Nguyễn Thị Hoa")
    inbox_id = await world.stored(citizen, event)  # told to a form: its reply is about no topic
    await world.rows("UPDATE inbox SET answered_at = now() WHERE id = :id", id=inbox_id)
    await world.ask_for_person(citizen)
    notice = await world.last(binh)
    assert "thai sản được bao nhiêu, gọi tôi ••• nhé" in notice
    assert "Hoa" not in notice


async def test_a_picture_is_not_relayed_and_its_sender_is_told(world: World) -> None:
    citizen, binh = await talking(world)
    for who in (citizen, binh):
        await world.write(who, "")
        assert await world.last(who) == world.text("relay_only_words")


async def test_commands_and_buttons_of_the_desk_are_not_relayed(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(binh, "/lich")
    await world.press_key(binh, "desk:done:7")
    assert (await world.read(binh))[-2:] == ["máy: /lich", "máy: desk:done:7"]
    assert await world.last(citizen) == world.text("relay_taken", name=BINH)


async def test_a_citizens_press_is_told_to_the_consultant_but_an_appointments_button_works(world: World) -> None:
    citizen, binh = await world.citizen(), await world.consultant(BINH)
    world.pass_time(hours=10)
    await world.ask_for_person(citizen)
    world.pass_time(hours=14)
    await world.sweep()
    await world.press(binh, TAKE)
    await world.press(citizen, "Hỏi việc khác")
    assert await world.last(binh) == world.text("relay_pressed", title="Hỏi việc khác")
    await world.press_key(citizen, "bk:cancel:7")
    assert await world.last(citizen) == "máy: bk:cancel:7"
    await world.press_key(citizen, "human")
    assert await world.last(citizen) == world.text("relay_with_person", name=BINH)


async def test_a_command_to_stop_outranks_the_conversation(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(citizen, "/ngung_nhan_tin")
    assert await world.last(binh) == world.text("relay_citizen_stopped")


async def test_an_old_button_ends_no_later_conversation(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(binh, "xong")
    await world.ask_for_person(citizen)
    await world.press(binh, TAKE)
    for each in ("relay:done:1", "relay:pass:1"):
        await world.press_key(binh, each)
        assert await world.last(binh) == world.text("relay_no_conversation")
    await world.press_key(citizen, "relay:leave:1")
    assert await world.last(citizen) == world.text("relay_with_person", name=BINH)


async def test_a_long_message_reaches_telegram_in_parts(world: World) -> None:
    citizen, binh = await talking(world)
    before = len(await world.read(binh))
    await world.write(citizen, "một câu dài. " * 700)
    parts = (await world.read(binh))[before:]
    assert len(parts) == 3
    assert parts[0].startswith("Người dân:\nmột câu dài.")


async def test_both_are_engaged_only_while_they_speak(world: World) -> None:
    async def engaged() -> list[bool]:
        async with world.engine.begin() as connection:
            return [await relay.engaged(connection, each) for each in (citizen, binh)]

    citizen, binh = await world.citizen(), await world.consultant(BINH)
    await world.ask_for_person(citizen)
    assert await engaged() == [False, False]
    await world.press(binh, TAKE)
    assert await engaged() == [True, True]
    await world.write(binh, "xong")
    assert await engaged() == [False, False]


async def test_every_step_is_kept_with_who_made_it(world: World) -> None:
    _, binh = await talking(world)
    await world.write(binh, "xong")
    kept = [(row.by, row.what) for row in await world.rows("SELECT by, what FROM hand_over_change ORDER BY id")]
    assert kept == [("citizen", "asked"), ("consultant:1", "taken"), ("consultant:1", "done")]


async def test_sweeps_at_once_tell_nobody_twice(world: World) -> None:
    citizen, binh = await talking(world)
    await world.write(binh, "vâng")
    second = await world.citizen()
    await world.ask_for_person(second, said="người thứ hai")
    world.pass_time(minutes=MINUTES)
    await asyncio.gather(*(world.sweep() for _ in range(4)))
    told = await world.read(citizen) + await world.read(binh)
    for key in ("relay_back_by_silence", "relay_silence"):
        assert told.count(world.text(key, name=BINH, minutes=MINUTES)) == 1
    assert len([line for line in told if "người thứ hai" in line]) == 1
