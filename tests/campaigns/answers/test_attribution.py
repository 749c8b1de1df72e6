"""What people do on a campaign's message belongs to that message, once, and only so long."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.respond import Reply
from bot.outbox import store as outbox
from bot.outbox.rules import Message
from tests.campaigns.answers.world import World, said


async def test_a_pressed_button_belongs_to_the_very_message_on_which_it_stood(world: World) -> None:
    contact = await world.contact("telegram", "7")
    first = await world.got(contact, await world.campaign(), ago="3 days", message="m1")
    await world.got(contact, await world.campaign(), ago="1 hour", message="m2")
    await world.hears(contact, Inbound("e1", "7", InboundKind.BUTTON, "contribution_amount", about="m1"))
    assert await world.answers() == [(first, "pressed", "contribution_amount")]


async def test_who_presses_before_the_provider_has_told_its_id_is_counted_as_well(world: World) -> None:
    contact = await world.contact("telegram", "7")
    row = await world.got(contact, await world.campaign(), state="sending")
    await world.do('UPDATE outbox SET body = jsonb_set(body, \'{buttons}\', \'[{"title": "a", "to": "paid"}]\')')
    await world.hears(contact, Inbound("e1", "7", InboundKind.BUTTON, "paid", about="m1"))
    assert await world.answers() == [(row, "pressed", "paid")]


async def test_a_button_of_our_own_reply_is_no_answer_to_a_campaign(world: World) -> None:
    contact = await world.contact("telegram", "7")
    await world.got(contact, await world.campaign(), message="m1")
    await world.hears(contact, Inbound("e1", "7", InboundKind.BUTTON, "contribution_amount", about="a reply"))
    assert await world.answers() == []


async def test_words_answer_the_last_message_of_the_last_three_days_and_an_event_counts_once(world: World) -> None:
    contact = await world.contact("telegram", "7")
    await world.got(contact, await world.campaign(), ago="2 days")
    last = await world.got(contact, await world.campaign(), ago="71 hours", step="again")
    newest = await world.got(contact, await world.campaign(), ago="1 hour")
    event = Inbound("e1", "7", InboundKind.TEXT, "đóng ở đâu vậy")
    await world.hears(contact, event, event)
    assert last != newest
    assert await world.answers() == [(newest, "replied", "")]


@pytest.mark.parametrize(("ago", "counted"), [("71 hours", 1), ("73 hours", 0)])
async def test_words_are_a_reply_for_three_days(world: World, ago: str, counted: int) -> None:
    contact = await world.contact("telegram", "7")
    await world.got(contact, await world.campaign(), ago=ago)
    await world.say(contact, "đóng ở đâu vậy")
    assert len(await world.answers()) == counted


async def test_a_message_that_was_never_sent_has_no_answers(world: World) -> None:
    contact = await world.contact("telegram", "7")
    await world.got(contact, await world.campaign(), state="planned")
    await world.say(contact, "đóng ở đâu vậy")
    assert await world.answers() == []


@pytest.mark.parametrize("channel", ["zalo_oa", "zalo_bot"])
async def test_number_typed_on_zalo(world: World, channel: str) -> None:
    """The campaign's row was planned before the last reply and sent behind it: its menu is the one that was seen last."""
    contact = await world.contact(channel, "7")
    row = await world.got(contact, await world.campaign(), state="planned", menu=[("Tìm hiểu", "a"), ("Mức đóng", "b")])
    await world.say(contact, "xin chào bạn")
    await world.do("UPDATE outbox SET state = 'sent', finished_at = now() - interval '1 hour' WHERE class = 'reply'")
    await world.do("UPDATE outbox SET state = 'sent', started_at = now(), finished_at = now() WHERE id = :row", row=row)
    await world.hears(contact, Inbound("e1", "7", InboundKind.TEXT, "số 2 ạ"))
    assert await world.answers() == [(row, "pressed", "b")]


async def test_a_menu_of_ours_shown_behind_the_campaigns_is_the_one_that_counts(world: World) -> None:
    contact = await world.contact("zalo_bot", "7")
    row = await world.got(contact, await world.campaign(), ago="1 hour", menu=[("Mức đóng", "a")])
    await world.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body, state, finished_at) VALUES"
        ' (\'r\', :contact, \'reply\', \'zalo_bot\', \'{"text": "x", "menu": [{"title": "t", "to": "ours"}]}\','
        " 'sent', now())",
        contact=contact,
    )
    async with world.engine.connect() as connection:
        assert [each["to"] for each in await outbox.last_menu(connection, contact, None)] == ["ours"]
    assert row


async def test_a_number_typed_while_the_menu_is_just_written_down_as_sent_is_of_that_menu(world: World) -> None:
    """The transaction that takes the number in began before the sender's result was written, and reads it already."""
    contact = await world.contact("zalo_bot", "7")
    await world.got(contact, await world.campaign(), ago="1 hour", menu=[("Câu trước", "before")])
    await world.got(contact, await world.campaign(), state="sending", menu=[("Câu này", "this")])
    async with world.engine.begin() as connection:
        await connection.execute(text("SELECT 1"))
        await world.do("UPDATE outbox SET state = 'sent', finished_at = clock_timestamp() WHERE state = 'sending'")
        assert [each["to"] for each in await outbox.last_menu(connection, contact, None)] == ["this"]


@pytest.mark.parametrize("ago", ["1 hour", "6 days"])
async def test_a_stop_is_counted_as_a_stop_and_not_as_a_reply_on_whichever_channel_it_comes(
    world: World, ago: str
) -> None:
    contact, other = await world.contact("telegram", "7"), await world.contact("zalo_bot", "8")
    await world.do("UPDATE contact SET person_id = (SELECT person_id FROM contact WHERE id = :a)", a=contact)
    row = await world.got(contact, await world.campaign(), ago=ago)
    await world.say(other, "STOP")
    await world.say(other, "nhận tin lại")
    assert await world.answers() == [(row, "stopped", ""), (row, "resumed", "")]


async def test_nothing_counts_after_a_week(world: World) -> None:
    contact = await world.contact("telegram", "7")
    await world.got(contact, await world.campaign(), ago="8 days")
    await world.say(contact, "STOP")
    assert await world.answers() == []


async def test_a_calculation_counts_for_a_week(world: World) -> None:
    contact = await world.contact("telegram", "7")
    row = await world.got(contact, await world.campaign(), ago="5 days")
    world.echo.says["tính 2 triệu"] = Reply((Message("Bạn đóng …", picture={"what": "contribution"}),))
    await world.say(contact, "tính 2 triệu")
    assert await world.answers() == [(row, "calculated", "contribution")]


async def test_who_got_no_campaign_leaves_no_trace(world: World) -> None:
    contact, other = await world.contact("telegram", "7"), await world.contact("telegram", "8")
    await world.got(other, await world.campaign())
    for words in ("đóng ở đâu", "STOP", "tính 2 triệu"):
        await world.say(contact, words)
    assert await world.answers() == []


async def test_the_web_chat_is_never_handed_a_campaigns_message(world: World) -> None:
    contact = await world.contact("web", "browser")
    await world.got(contact, await world.campaign(), state="planned")
    await world.say(contact, "xin chào bạn")
    async with world.engine.begin() as connection:
        taken = await outbox.claim(connection, contact)
    assert [body["text"] for _, body in taken] == ["heard xin chào bạn"]
    assert "chiến dịch" not in said(await world.told(contact))
