"""The face of Telegram, read by python-telegram-bot's own classes wherever it has one."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import Bot as PtbBot
from telegram import BotCommand, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from bot.simulator.remote import Remote
from tests.simulator.conftest import TELEGRAM, Bot

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (320).to_bytes(4, "big") + (200).to_bytes(4, "big") + b"\r\n--x\r\n" * 9
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Đặt lịch", callback_data="bk:1")]])


@pytest.fixture
async def ptb(sim: Remote) -> AsyncIterator[PtbBot]:
    """python-telegram-bot pointed at the simulator; citizen 1001 has written before."""
    await sim.citizens("telegram", address="1001", name="Cô Ba")
    async with PtbBot(TELEGRAM, base_url=sim.telegram, base_file_url=sim.telegram_files) as bot:
        yield bot


async def test_the_bot_knows_itself(ptb: PtbBot) -> None:
    assert (ptb.bot.id, ptb.username) == (1000, "AnSinhSimBot")


async def test_a_message_arrives_with_its_keyboard(sim: Remote, ptb: PtbBot) -> None:
    sent = await ptb.send_message(1001, "Xin chào <b>cô Ba</b> &amp; cả nhà", parse_mode="HTML", reply_markup=KEYBOARD)
    assert (sent.text, sent.chat.first_name, sent.reply_markup) == ("Xin chào cô Ba & cả nhà", "Cô Ba", KEYBOARD)
    (line,) = await sim.truth("telegram", "got")
    assert (line.address, line.id, line.text) == ("1001", str(sent.message_id), sent.text)
    assert int(sent.date.timestamp()) == int(line.at)


async def test_a_button_is_pressed_answered_and_the_message_edited(sim: Remote, ptb: PtbBot) -> None:
    sent = await ptb.send_message(1001, "Cô muốn đặt lịch?", reply_markup=KEYBOARD)
    await sim.said("telegram", "1001", kind="press", data="bk:1")
    (update,) = await ptb.get_updates()
    press = update.callback_query
    assert isinstance(press, CallbackQuery) and isinstance(press.message, Message)
    assert (press.data, press.message.message_id) == ("bk:1", sent.message_id)
    assert await press.answer("Đã nhận")
    edited = await press.edit_message_text("Đã đặt.")
    assert isinstance(edited, Message) and (edited.text, edited.reply_markup) == ("Đã đặt.", None)
    assert [line.text for line in await sim.truth(kind="edited")] == ["Đã đặt."]
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        await press.answer()
    with pytest.raises(BadRequest, match="not modified"):
        await press.edit_message_text("Đã đặt.")


async def test_pictures_and_files_go_up_whole_and_come_down_again(sim: Remote, ptb: PtbBot) -> None:
    sent = await ptb.send_photo(1001, PNG, caption="Bảng ví dụ")
    assert (sent.caption, sent.photo[0].width, sent.photo[0].height) == ("Bảng ví dụ", 320, 200)
    assert bytes(await (await ptb.get_file(sent.photo[0].file_id)).download_as_bytearray()) == PNG
    again = await ptb.send_photo(1001, sent.photo[0].file_id)
    assert again.photo[0].file_id == sent.photo[0].file_id
    document = (await ptb.send_document(1001, InputFile(b"BEGIN:VCALENDAR", "hẹn.ics"))).document
    assert document and (document.file_name, document.file_size) == ("hẹn.ics", 15)


async def test_commands_are_kept_and_typing_is_shown(ptb: PtbBot) -> None:
    assert await ptb.set_my_commands([BotCommand("dung", "Dừng nhận tin")])
    assert await ptb.get_my_commands() == (BotCommand("dung", "Dừng nhận tin"),)
    assert await ptb.send_chat_action(1001, "typing")
    with pytest.raises(BadRequest, match="(?i)bot_command_invalid"):
        await ptb.set_my_commands([BotCommand("Dừng", "Dừng nhận tin")])


async def test_everything_a_citizen_can_do_is_an_update_that_parses(sim: Remote, ptb: PtbBot) -> None:
    await sim.said("telegram", "1002", "ev_2026_xaA", kind="start")
    await sim.said("telegram", "1002", phone="84900000001", kind="contact")
    await sim.said("telegram", "1002", kind="location", latitude=10.78, longitude=106.7)
    await sim.said("telegram", "1002", kind="photo")
    await sim.said("telegram", "-1005", "nhóm")
    await sim.said("telegram", "1002", kind="block")
    await sim.said("telegram", "1002", kind="unblock")
    start, contact, location, photo, group, block, unblock = await ptb.get_updates()
    assert start.message and (start.message.text, start.message.entities[0].type) == (
        "/start ev_2026_xaA",
        "bot_command",
    )
    assert contact.message and contact.message.contact and contact.message.contact.user_id == 1002
    assert location.message and location.message.location and location.message.location.latitude == 10.78
    assert photo.message and photo.message.photo
    assert group.message and group.message.chat.type == "supergroup"
    assert block.my_chat_member and block.my_chat_member.new_chat_member.status == "kicked"
    assert unblock.my_chat_member and unblock.my_chat_member.new_chat_member.status == "member"
    assert [update.update_id for update in (start, contact, location)] == [1, 2, 3]


async def test_who_cannot_be_reached_is_refused_with_the_right_error(sim: Remote, ptb: PtbBot) -> None:
    await sim.citizens("telegram", address="1", blocked=True)
    await sim.citizens("telegram", address="2", deactivated=True)
    await sim.citizens("telegram", address="3", wrote=False)
    await sim.citizens("telegram", address="-4", moved_to="-100")
    refused: list[tuple[int, type[Exception], str]] = [
        (1, Forbidden, "blocked by the user"),
        (2, Forbidden, "deactivated"),
        (3, BadRequest, "(?i)chat not found"),
        (999, BadRequest, "(?i)chat not found"),
        (-4, ChatMigrated, "-100"),
    ]
    for chat, error, words in refused:
        with pytest.raises(error, match=words):
            await ptb.send_message(chat, "Chào")
    assert await sim.truth(kind="got") == []


async def test_a_wrong_token_is_no_token(sim: Remote) -> None:
    with pytest.raises(InvalidToken):
        async with PtbBot("1000:wrong", base_url=sim.telegram):
            pass


LIMITS: list[tuple[dict[str, Any], str]] = [
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": " \n"}, "message text is empty"),
    ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
    ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities"),
    ({"text": "<table>x</table>", "parse_mode": "HTML"}, "Unsupported start tag"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "đ" * 33}]]}}, "BUTTON_DATA"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": ""}]]}}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Text buttons are unallowed"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "", "callback_data": "a"}]]}}, "text"),
    ({"text": "x", "reply_markup": {"inline_keyboard": "x"}}, "Array"),
    ({"text": "x", "reply_markup": "{"}, "JSON"),
    ({"text": 5}, "must be of type String"),
]


@pytest.mark.parametrize(("given", "words"), LIMITS)
async def test_what_passes_the_limits_of_a_message_is_refused(
    sim: Remote, bot: Bot, given: dict[str, Any], words: str
) -> None:
    await sim.citizens("telegram", address="1001")
    answer = await bot.telegram("sendMessage", chat_id=1001, **given)
    assert answer["error_code"] == 400 and words in answer["description"]
    assert await sim.truth(kind="got") == []


async def test_what_just_fits_is_taken(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="1001")
    row = [{"text": "a", "callback_data": "đ" * 32}]
    text = "ế" * 4096
    assert (await bot.telegram("sendMessage", chat_id=1001, text=text, reply_markup={"inline_keyboard": [row]}))["ok"]
    marked = f"<b>{'x' * 4096}</b>"
    assert (await bot.telegram("sendMessage", chat_id="1001", text=marked, parse_mode="HTML"))["ok"]


async def test_unknown_methods_and_buttons_do_not_exist(sim: Remote, bot: Bot) -> None:
    assert (await bot.telegram("sendDice", chat_id=1001))["error_code"] == 404
    answer = await sim.client.post(
        "/control/said", json={"face": "telegram", "address": "1001", "kind": "press", "data": "no"}
    )
    assert answer.status_code == 400


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # it will give a timedelta one day
async def test_one_chat_takes_a_burst_of_five_and_then_one_a_second(sim: Remote, ptb: PtbBot) -> None:
    for _ in range(5):
        await ptb.send_message(1001, "Chào")
    with pytest.raises(RetryAfter) as first:
        await ptb.send_message(1001, "Chào")
    await sim.advance(1.5)
    with pytest.raises(RetryAfter) as second:
        await ptb.send_message(1001, "Chào")
    assert first.value.retry_after == 3 and second.value.retry_after == 6
    await sim.advance(6)
    assert await ptb.send_message(1001, "Chào")
    assert len(await sim.truth(kind="got")) == 6


async def test_all_chats_together_take_thirty_a_second(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", first=1, count=100)
    answers = [await bot.telegram("sendMessage", chat_id=chat, text="Chào") for chat in range(1, 41)]
    assert [answer["ok"] for answer in answers] == [True] * 30 + [False] * 10
    assert {answer["parameters"]["retry_after"] for answer in answers[30:]} == {3}
    await sim.advance(3)
    assert (await bot.telegram("sendMessage", chat_id=50, text="Chào"))["ok"]


async def test_a_group_takes_twenty_a_minute(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="-7")
    passed = 0
    for _ in range(25):
        passed += (await bot.telegram("sendMessage", chat_id=-7, text="Chào"))["ok"]
    assert passed == 20


async def test_an_unlimited_simulator_refuses_nobody(sim: Remote, bot: Bot) -> None:
    await sim.post("switches", unlimited=True)
    await sim.citizens("telegram", address="1001")
    for number in itertools.repeat(None, 60):
        assert number is None and (await bot.telegram("sendMessage", chat_id=1001, text="Chào"))["ok"]
