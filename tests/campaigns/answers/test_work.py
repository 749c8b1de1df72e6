"""Questions nobody answered are work: one editor at a time, and what is exported names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.answers.library import Library
from bot.answers.pages import load_pages
from bot.campaigns.answers import training, work
from bot.campaigns.answers.forget import forget
from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.work import State
from bot.conversation.respond import Reply
from bot.conversation.turn import Effect
from bot.errors import ContentError, Refused
from bot.outbox.rules import Message
from bot.settings import ROOT
from bot.staff.rules import Role, Staff
from tests.campaigns.answers.world import NOW, World

EDITOR = Staff(1, "lan", "Lan", frozenset({Role.EDITOR}), frozenset())


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


async def chosen(world: World, library: Library, item: int, topic: str, line: str) -> bool:
    async with world.engine.begin() as connection:
        return await training.choose(connection, library, item, topic=topic, line=line, staff=EDITOR, now=NOW)


async def test_a_question_becomes_a_line_of_a_topic_in_the_form_of_the_nlu_files(
    world: World, library: Library
) -> None:
    for words in ("tôi là Nguyễn Thị Hoa nuôi tôm có được đóng không", "ở Cà Mau đóng 2.000.000 thì sao"):
        await unanswered(world, words)
    first, second = await listed(world)
    assert await chosen(world, library, first.id, "who_can_join", " - nuôi  tôm có được đóng không")
    assert await chosen(world, library, second.id, "contribution_amount", second.said)
    async with world.engine.connect() as connection:
        content, number = await training.examples(connection, ROOT / "nlu_data")
    assert number == 2 and "Hoa" not in content
    assert yaml.safe_load(content) == {
        "version": "3.1",
        "nlu": [
            {"intent": "contribution_amount", "examples": "- ở Cà Mau đóng 2.000.000 thì sao\n"},
            {"intent": "who_can_join", "examples": "- nuôi tôm có được đóng không\n"},
        ],
    }
    assert [item.state for item in await listed(world, State.DONE)] == [State.DONE] * 2


async def test_a_line_that_is_committed_is_not_exported_again(world: World, library: Library, tmp_path: Path) -> None:
    await unanswered(world, "nuôi tôm có được đóng không")
    (item,) = await listed(world)
    await chosen(world, library, item.id, "who_can_join", item.said)
    committed = (ROOT / "nlu_data" / "who_can_join.yml").read_text(encoding="utf-8") + f"    - {item.said}\n"
    (tmp_path / "who_can_join.yml").write_text(committed, encoding="utf-8")
    async with world.engine.connect() as connection:
        assert await training.examples(connection, tmp_path) == (training.as_yaml({}), 0)
    assert yaml.safe_load(training.as_yaml({})) == {"version": "3.1", "nlu": []}


@pytest.mark.parametrize(
    ("topic", "line", "complaint"),
    [
        ("khong_co", "nuôi tôm có được đóng không", "chủ đề"),
        ("who_can_join", " ", "Hãy ghi câu mẫu"),
        ("who_can_join", "x" * 201, "Hãy ghi câu mẫu"),
        ("who_can_join", "tôi là xxx có được đóng không", "còn «xxx»"),
        ("who_can_join", "em là Nguyễn Thị Hoa", "còn «xxx»"),
        ("who_can_join", "gọi 0912345678", "còn «xxx»"),
        ("who_can_join", "[nuôi tôm](group)", "dấu ngoặc"),
    ],
)
async def test_a_line_that_tells_of_somebody_or_breaks_the_file_is_refused(
    topic: str, line: str, complaint: str, world: World, library: Library
) -> None:
    await unanswered(world, "nuôi tôm có được đóng không")
    (item,) = await listed(world)
    with pytest.raises(Refused, match=complaint):
        await chosen(world, library, item.id, topic, line)
    assert [one.state for one in await listed(world)] == [State.OPEN]


async def test_a_line_goes_with_whoever_asked(world: World, library: Library) -> None:
    await unanswered(world, "nuôi tôm có được đóng không")
    (item,) = await listed(world)
    await chosen(world, library, item.id, "who_can_join", item.said)
    [row] = await world.rows("SELECT c.id, c.person_id FROM contact c JOIN inbox i ON i.contact_id = c.id")
    async with world.engine.begin() as connection:
        await forget(connection, row.person_id, row.id)
        assert (await training.examples(connection, ROOT / "nlu_data"))[1] == 0
    assert [row.line for row in await world.rows("SELECT line FROM work_item")] == [None]


def test_the_draft_of_a_page_is_refused_until_it_has_a_source(tmp_path: Path, library: Library) -> None:
    item = work.Item(1, "question", State.TAKEN, "lan", NOW, "", 'nuôi tôm: "có" được đóng không? {{ x }}')
    draft = training.page_draft(item, NOW.date())
    front = yaml.safe_load(draft.split("---\n")[1])
    assert front["title"] == 'nuôi tôm: "có" được đóng không?    x   ' and front["checked"] == NOW.date()
    (tmp_path / "moi.md").write_text(draft, encoding="utf-8")
    with pytest.raises(ContentError, match=r"document: must be a text"):
        load_pages(tmp_path, library.topics)
