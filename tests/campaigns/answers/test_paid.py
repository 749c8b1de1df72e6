"""«Đã đóng rồi» ends the reminders of that payment at once, and of no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from bot.campaigns.answers.rules import says_paid
from bot.conversation.inbound import Inbound, InboundKind
from bot.outbox.permission import still_permitted
from tests.campaigns.answers.world import World, said
from tests.campaigns.sending_world import Campaigns

THANKS = "cảm ơn bạn đã đóng"


async def reminded(world: World, contact: int, campaign: int, message: str = "") -> int:
    """Let somebody have got the first reminder, with the next two planned."""
    row = await world.got(contact, campaign, step="2026-12-31:-7", message=message)
    for days in ("-3", "0"):
        await world.got(contact, campaign, step=f"2026-12-31:{days}", state="planned")
    return row


async def left(world: World) -> list[tuple[str, str, str | None]]:
    rows = await world.rows("SELECT step, state, reason FROM outbox WHERE campaign_id IS NOT NULL ORDER BY id")
    return [(row.step, row.state, row.reason) for row in rows]


@pytest.mark.parametrize("words", ["paid", "em đóng rồi nhé", "da nop tien roi a", "Hôm qua chuyển khoản rồi"])
async def test_who_has_paid_hears_no_more_of_it_and_is_thanked(world: World, words: str) -> None:
    contact, campaign = await world.contact(), await world.campaign()
    row = await reminded(world, contact, campaign)
    told = await (world.press(contact, words) if words == "paid" else world.say(contact, words))
    assert THANKS in said(told)
    assert "?" not in said(told)
    assert await left(world) == [
        ("2026-12-31:-7", "sent", None),
        ("2026-12-31:-3", "excluded", "paid"),
        ("2026-12-31:0", "excluded", "paid"),
    ]
    assert (row, "paid", "2026-12-31") in await world.answers()


@pytest.fixture
async def series(world: World) -> AsyncIterator[Campaigns]:
    """Three people whom a running series may remind on Telegram."""
    campaigns = Campaigns(world.engine)
    await campaigns.people(3, paid_until=date(2026, 12, 31))
    await campaigns.contacts("telegram", 1, 3)
    yield campaigns


async def says_paid_in(world: World, contact: int, campaign: int) -> None:
    await world.got(contact, campaign, step="2026-12-31:-7")
    await world.press(contact, "paid")


async def contact_of(world: World, person: int) -> int:
    return int((await world.rows("SELECT id FROM contact WHERE person_id = :p", p=person))[0].id)


async def test_later_steps_leave_out_who_has_paid_for_that_day_and_nobody_else(world: World, series: Campaigns) -> None:
    campaign = await series.campaign("reminders")
    await world.do("UPDATE campaign_text SET step = '-3'")
    await series.step(campaign, "2026-12-31:-3")
    await says_paid_in(world, await contact_of(world, 2), campaign)
    frozen = await series.freeze(campaign, "2026-12-31:-3", now=datetime(2026, 12, 28, 9, tzinfo=UTC))
    assert (frozen.people, frozen.by_channel, frozen.excluded) == (3, {"telegram": 2}, {"paid": 1})
    await world.do("UPDATE person SET paid_until = '2027-01-31'")
    await series.step(campaign, "2027-01-31:-3", datetime(2027, 1, 28, 2, tzinfo=UTC))
    again = await series.freeze(campaign, "2027-01-31:-3", now=datetime(2027, 1, 28, 9, tzinfo=UTC))
    assert again.excluded == {}


async def test_a_message_that_was_claimed_already_is_held_back_when_somebody_says_that_they_paid(
    world: World, series: Campaigns
) -> None:
    campaign = await series.campaign("reminders")
    contact = await contact_of(world, 2)
    row = await world.got(contact, campaign, step="2026-12-31:-3", state="sending")
    await world.do("UPDATE outbox SET sender = 's' WHERE id = :row", row=row)
    await says_paid_in(world, contact, campaign)
    async with world.engine.begin() as connection:
        assert await still_permitted(connection, "s", [row], silent=False, caps=()) == set()
    (found,) = await world.rows("SELECT state, reason FROM outbox WHERE id = :row", row=row)
    assert tuple(found) == ("excluded", "paid")


async def test_pressed_twice(world: World) -> None:
    contact, campaign = await world.contact("telegram", "7"), await world.campaign()
    await reminded(world, contact, campaign, message="m1")
    for event in ("e1", "e2"):
        told = await world.hears(contact, Inbound(event, "7", InboundKind.BUTTON, "paid", about="m1"))
        assert THANKS in said(told)
    assert [row.n for row in await world.rows("SELECT count(*) AS n FROM series_paid")] == [1]


async def test_the_button_ends_the_series_on_whose_message_it_stood(world: World) -> None:
    contact = await world.contact("telegram", "7")
    old, new = await world.campaign(), await world.campaign()
    await world.got(contact, old, step="2026-12-31:-7", ago="2 days", message="m1")
    await world.got(contact, new, step="2027-01-15:-7", ago="1 hour", message="m2")
    await world.hears(contact, Inbound("e1", "7", InboundKind.BUTTON, "paid", about="m1"))
    assert [tuple(row) for row in await world.rows("SELECT campaign_id, due FROM series_paid")] == [(old, "2026-12-31")]


async def test_such_words_of_somebody_who_was_not_reminded_are_the_dialogues(world: World) -> None:
    contact = await world.contact()
    await world.got(contact, await world.campaign())
    assert said(await world.say(contact, "em đóng rồi nhé")) == "heard em đóng rồi nhé"


async def test_an_old_button_is_thanked_for_as_well(world: World) -> None:
    contact = await world.contact()
    assert THANKS in said(await world.press(contact, "paid"))


@pytest.mark.parametrize(
    "words",
    ["em đóng rồi nhé", "dong roi", "đã đóng rồi", "Tôi vừa nộp tiền hôm qua xong", "da chuyen khoan roi nha"],
)  # fmt: skip
def test_words_that_say_it_is_paid(words: str) -> None:
    assert says_paid(words)


@pytest.mark.parametrize(
    "words",
    ["đóng rồi có rút được không", "chưa đóng", "đóng rồi mà không thấy trên VssID", "em đã đóng 5 năm rồi", "đóng rồi thì sao", "đóng ở đâu", "tôi quên nộp kỳ vừa rồi", "bao giờ đóng xong"],
)  # fmt: skip
def test_words_that_do_not(words: str) -> None:
    assert not says_paid(words)
