"""Questions nobody answered are work: one editor at a time, and what is exported names nobody."""

from __future__ import annotations

import pytest

from bot.campaigns.answers import work
from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.work import State
from bot.conversation.respond import Reply
from bot.conversation.turn import Effect
from bot.outbox.rules import Message
from tests.campaigns.answers.world import World


async def unanswered(world: World, words: str) -> None:
    world.echo.says[words] = Reply((Message("Tôi chưa biết."),), frozenset({Effect.OPEN_QUESTION}))
    await world.say(await world.contact(), words)


async def listed(world: World, *states: State) -> list[work.Item]:
    async with world.engine.connect() as connection:
        return await work.listed(connection, states=states or (State.OPEN, State.TAKEN))


async def test_a_question_without_an_answer_is_listed_without_who_asked(world: World) -> None:
    await unanswered(world, "tôi là Nguyễn Thị Hoa, 0912345678, nuôi tôm có được đóng không")
    (item,) = await listed(world)
    assert (item.kind, item.state, item.by) == ("question", State.OPEN, "")
    assert item.said == "tôi là xxx, xxx, nuôi tôm có được đóng không"


async def test_what_one_has_taken_nobody_else_takes_or_ends(world: World) -> None:
    await unanswered(world, "nuôi tôm có được đóng không")
    (item,) = await listed(world)
    async with world.engine.begin() as connection:
        assert await work.take(connection, item.id, "lan")
        assert await work.take(connection, item.id, "lan")
        assert not await work.take(connection, item.id, "minh")
        assert not await work.done(connection, item.id, "minh")
        assert await work.done(connection, item.id, "lan", "thêm vào who_can_join.md")
        assert not await work.take(connection, item.id, "minh")
    assert await listed(world) == []
    (over,) = await listed(world, State.DONE)
    assert (over.by, over.note) == ("lan", "thêm vào who_can_join.md")


async def test_what_was_ended_by_mistake_is_opened_again(world: World) -> None:
    await unanswered(world, "nuôi tôm có được đóng không")
    (item,) = await listed(world)
    async with world.engine.begin() as connection:
        assert await work.dismiss(connection, item.id, "lan")
        assert await work.give_back(connection, item.id, "minh")
    assert [each.state for each in await listed(world)] == [State.OPEN]


async def test_a_complaint_is_work_too(world: World) -> None:
    words = "cán bộ điểm thu đòi bồi dưỡng"
    world.echo.says[words] = Reply((Message("Bạn báo …", topic="complaint_or_misinformation"),))
    await world.say(await world.contact(), words)
    assert [(item.kind, item.said) for item in await listed(world)] == [("report", words)]


async def test_candidate_lines_hold_each_question_once_with_sums_and_without_names_and_telephones(world: World) -> None:
    for words in (
        "/đóng 2.000.000 thì sao",
        "đóng 2.000.000 thì sao",
        "gọi em Lan 0912.345.678 nhé, cccd 001099012345",
    ):
        await unanswered(world, words)
    async with world.engine.connect() as connection:
        lines = await work.training_lines(connection)
    assert lines == ["đóng 2.000.000 thì sao", "gọi em xxx nhé, cccd xxx"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Tôi tên là Trần Văn Nam, số 0912 345 678", "Tôi tên là xxx, số xxx"),
        ("em ten nguyen thi hoa o tam dao", "em ten xxx o tam dao"),
        ("gửi vào lan.nguyen@gmail.com hay https://a.vn/x", "gửi vào xxx hay xxx"),
        ("chú Ba ở Vĩnh Phúc hỏi BHXH", "chú xxx ở Vĩnh Phúc hỏi BHXH"),
        ("NGUYỄN THỊ HOA hỏi tiền tuất", "xxx hỏi tiền tuất"),
        ("lương hưu hà nội bao nhiêu", "lương hưu hà nội bao nhiêu"),
        ("đóng 15 năm", "đóng xxx năm"),
    ],
)
def test_names_numbers_and_addresses_are_masked(said: str, kept: str) -> None:
    assert redacted(said) == kept
