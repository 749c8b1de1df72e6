"""Surveys and quizzes inside the chat, named after the trouble."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.answers.library import Library
from bot.campaigns.answers import survey_results, survey_store
from bot.campaigns.answers.survey import heard_choice
from bot.campaigns.answers.survey_content import Choice, Question, on_day
from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.pictures import draw
from tests.campaigns.answers.world import NOW, World, said
from tests.sheets.pages import png_size

QUIZ, SURVEY = "quiz:voluntary_basics", "survey:joining_needs"


def buttons(bodies: list[dict[str, Any]]) -> list[str]:
    return [button["to"] for body in bodies for button in body.get("buttons") or body.get("menu") or ()]


async def finish(world: World, contact: int, key: str, *, right: bool = True) -> list[dict[str, Any]]:
    """Answer a whole quiz by its buttons."""
    told: list[dict[str, Any]] = []
    for question in world.library.surveys[key].questions:
        wrong = next(choice.key for choice in question.choices if not choice.right)
        told = await world.press(contact, f"sv:{key}:{question.key}:{question.right if right else wrong}")
    return told


async def submissions(world: World) -> list[Any]:
    return await world.rows("SELECT * FROM survey_submission ORDER BY id")


async def test_a_quiz_tells_after_each_answer_what_is_right_and_why(world: World) -> None:
    contact = await world.contact()
    assert "Câu 1/5" in said(await world.press(contact, QUIZ))
    told = said(await world.press(contact, "sv:voluntary_basics:years:c"))
    assert "Chưa đúng" in told
    assert "15 năm" in told
    assert "Luật BHXH 41/2024/QH15, Điều 98" in told
    assert "Câu 2/5" in told


async def test_the_score_and_a_certificate_with_the_name_as_it_was_typed(world: World, library: Library) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    told = said(await finish(world, contact, "voluntary_basics"))
    assert "đúng 5/5 câu" in told
    assert "ghi tên gì" in told
    bodies = await world.say(contact, "cô Lan chợ Bến Thành")
    (picture,) = [body["picture"] for body in bodies if body.get("picture")]
    assert picture["name"] == "cô Lan chợ Bến Thành"
    assert png_size(draw(library, picture))[0] == 960
    (row,) = await submissions(world)
    assert (row.survey, row.kind, row.score, row.questions) == ("voluntary_basics", "quiz", 5, 5)
    assert not await world.rows("SELECT 1 FROM survey_run")


@pytest.mark.parametrize("words", ["0912345678", "🙂🙂", "#set text(", "x" * 61])
async def test_what_can_be_no_name_is_asked_for_again(world: World, words: str) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    await finish(world, contact, "voluntary_basics")
    assert "gõ lại tên" in said(await world.say(contact, words))
    assert "Giấy ghi nhận" in said(await world.say(contact, "Hoa"))


async def test_somebody_wants_no_name_on_the_certificate(world: World, library: Library) -> None:
    contact = await world.contact("web", "browser")
    await world.press(contact, QUIZ)
    told = await finish(world, contact, "voluntary_basics")
    bodies = await world.press(contact, buttons(told)[-1])
    (picture,) = [body["picture"] for body in bodies if body.get("picture")]
    assert picture["name"] == ""
    assert draw(library, picture).startswith(b"\x89PNG")


async def test_nobody_is_asked_for_a_name_where_no_picture_can_be_shown(world: World) -> None:
    contact = await world.contact("zalo_bot", "7")
    await world.press(contact, QUIZ)
    told = said(await finish(world, contact, "voluntary_basics"))
    assert "đúng 5/5 câu" in told
    assert "ghi tên" not in told


async def test_all_wrong_is_no_reason_for_shame_nor_for_a_certificate(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    told = await finish(world, contact, "voluntary_basics", right=False)
    assert "đúng 0/5 câu" in said(told)
    assert buttons(told) == [QUIZ]


async def test_question_in_between(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    told = said(await world.say(contact, "à mà đóng ở đâu vậy?"))
    assert "heard à mà đóng ở đâu vậy?" in told
    assert "Câu 1/5" in told
    assert "Câu 2/5" in said(await world.say(contact, "15 năm"))


async def test_question_in_between_while_the_name_is_asked(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    await finish(world, contact, "voluntary_basics")
    told = said(await world.say(contact, "giấy này để làm gì vậy?"))
    assert "heard giấy này" in told
    assert "Không ghi tên" in str(await world.rows("SELECT body FROM outbox ORDER BY id DESC LIMIT 1"))
    assert "Giấy ghi nhận của bạn đây" in said(await world.say(contact, "không"))


async def test_stop_in_the_middle_of_a_quiz(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    stopped = await world.say(contact, "STOP")
    assert said(stopped) == world.library.text("stopped").filled()
    assert said(await world.say(contact, "15 năm")) == "heard 15 năm"
    assert [row.given for row in await world.rows("SELECT given FROM consent")] == [False]


@pytest.mark.parametrize("words", ["thôi", "không làm nữa đâu", "hủy", "thoi de sau nhe"])
async def test_somebody_gives_up(world: World, words: str) -> None:
    contact = await world.contact()
    await world.press(contact, SURVEY)
    assert "dừng ở đây" in said(await world.say(contact, words))
    assert said(await world.say(contact, "1")) == "heard 1"
    assert not await submissions(world)


async def test_pressed_twice(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    assert "Câu 2/5" in said(await world.press(contact, "sv:voluntary_basics:years:b"))
    assert await world.press(contact, "sv:voluntary_basics:years:b") == []
    other = said(await world.press(contact, "sv:voluntary_basics:years:a"))
    assert "đã trả lời rồi" in other
    assert "Câu 2/5" in other
    await finish(world, contact, "voluntary_basics")
    assert (await submissions(world))[0].answers["years"] == "b"


async def test_old_button_of_a_survey_that_ended(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    await finish(world, contact, "voluntary_basics")
    await world.say(contact, "không")
    told = await world.press(contact, "sv:voluntary_basics:years:a")
    assert "khép lại" in said(told)
    assert buttons(told) == [QUIZ]
    (row,) = await submissions(world)
    assert row.answers["years"] == "b"


@pytest.mark.parametrize("target", ["survey:gone", "quiz:", "sv:gone:years:a", "sv::::", "sv:voluntary_basics"])
async def test_button_of_a_survey_that_is_no_more(world: World, target: str) -> None:
    contact = await world.contact()
    assert await world.press(contact, target)


async def test_silence_for_an_hour_is_no_answer_but_the_buttons_go_on(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    world.now = NOW + timedelta(hours=1)
    assert said(await world.say(contact, "15 năm")) == "heard 15 năm"
    assert "Câu 2/5" in said(await world.press(contact, "sv:voluntary_basics:years:b"))
    assert "Câu 3/5" in said(await world.say(contact, "c"))


async def test_the_next_day_it_is_over_and_forgotten(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, QUIZ)
    world.now = NOW + timedelta(hours=25)
    assert "khép lại" in said(await world.press(contact, "sv:voluntary_basics:years:b"))
    async with world.engine.begin() as connection:
        assert await survey_store.drop_old(connection, world.now) == 1


async def test_number_typed_on_zalo(world: World) -> None:
    contact = await world.contact("zalo_bot", "7")
    menu = [("Trả lời vài câu", SURVEY)]
    await world.got(contact, await world.campaign(), ago="1 minute", menu=menu)
    started = said(await world.hears(contact, Inbound("e1", "7", InboundKind.TEXT, "1")))
    assert "3. Chưa tham gia" in started
    await world.do("UPDATE outbox SET state = 'sent', finished_at = now() WHERE class = 'reply'")
    assert "Câu 2/5" in said(await world.hears(contact, Inbound("e2", "7", InboundKind.TEXT, "số ba ạ")))
    (run,) = await world.rows("SELECT run FROM survey_run")
    assert run.run["answers"] == {"joined": "not_yet"}


async def test_nonsense_is_asked_again_and_changes_nothing(world: World) -> None:
    contact = await world.contact()
    await world.press(contact, SURVEY)
    assert "chưa rõ ý bạn" in said(await world.say(contact, "trời đẹp"))
    assert "chưa rõ ý bạn" in said(await world.say(contact, "9"))
    (run,) = await world.rows("SELECT run FROM survey_run")
    assert run.run["answers"] == {}


async def test_free_words_are_kept_without_names_and_numbers_and_answering_again_replaces(world: World) -> None:
    contact = await world.contact()
    for last in ("Mong cán bộ Nguyễn Thị Hoa gọi số 0912 345 678", "bỏ qua"):
        await world.press(contact, SURVEY)
        for words in ("1", "a", "Chưa hiểu rõ", "không cần"):
            await world.say(contact, words)
        assert "Cảm ơn bạn!" in said(await world.say(contact, last))
        (row,) = await submissions(world)
        assert row.answers["words"] == ("Mong cán bộ xxx gọi số xxx" if last != "bỏ qua" else "-")
    assert row.answers == {
        "joined": "joined",
        "wish": "pension",
        "obstacle": "unclear",
        "channel": "no_need",
        "words": "-",
    }
    assert row.score is None


async def test_place_and_situation_are_those_known_when_it_was_answered(world: World) -> None:
    contact = await world.contact()
    await world.do("UPDATE person SET province = 'phu_tho', situation = 'nong_dan'")
    await world.press(contact, QUIZ)
    await finish(world, contact, "voluntary_basics")
    await world.do("UPDATE person SET province = 'ha_noi'")
    (row,) = await submissions(world)
    assert (row.province, row.situation) == ("phu_tho", "nong_dan")
    assert row.version == on_day(world.library.surveys["voluntary_basics"], world.library.law.at(NOW.date())).version()


async def test_a_survey_that_is_not_open_today_is_refused(world: World) -> None:
    contact = await world.contact()
    world.now = NOW.replace(year=2026, month=10, day=1)
    assert "không còn mở" in said(await world.press(contact, SURVEY))
    assert not await world.rows("SELECT 1 FROM survey_run")


async def test_results_hide_what_few_said_and_what_could_be_reckoned_from_the_rest(world: World) -> None:
    people = [("phu_tho", 9), ("ha_noi", 7), ("can_tho", 3)]
    for province, many in people:
        for _ in range(many):
            contact = await world.contact()
            await world.do(
                "UPDATE person SET province = :p WHERE id = (SELECT person_id FROM contact WHERE id = :c)",
                p=province,
                c=contact,
            )
            await world.press(contact, QUIZ)
            await finish(world, contact, "voluntary_basics")
    survey = world.library.surveys["voluntary_basics"]
    async with world.engine.connect() as connection:
        cells = await survey_results.results(connection, survey)
    shown = {(cell.by, cell.value): cell.people for cell in cells if (cell.question, cell.choice) == ("years", "b")}
    assert shown == {
        ("all", ""): 19,
        ("province", survey_results.OTHERS): 10,
        ("province", "phu_tho"): 9,
        ("situation", "-"): 19,
    }
    assert "can_tho" not in survey_results.as_csv(survey, cells)


async def test_two_hidden_answers_of_one_person_each_are_not_told_by_the_sum(world: World) -> None:
    survey, counted = world.library.surveys["joining_needs"], {("phu_tho", "joined"): 1, ("ha_noi", "joined"): 1}
    for (province, choice), people in (
        counted | {("phu_tho", "before"): 9, ("ha_noi", "before"): 8, ("can_tho", "joined"): 7}
    ).items():
        await world.do(
            "WITH p AS (INSERT INTO person (joined) SELECT 'no' FROM generate_series(1, :people) RETURNING id)"
            " INSERT INTO survey_submission (survey, kind, version, person_id, province, answers, questions, at)"
            " SELECT 'joining_needs', 'survey', 'v', p.id, :province, jsonb_build_object('joined', cast(:choice AS text)), 1, now()"
            " FROM p",
            people=people, province=province, choice=choice,
        )  # fmt: skip
    async with world.engine.connect() as connection:
        cells = await survey_results.results(connection, survey)
    shown = {(one.choice, one.value): one.people for one in cells if one.question == "joined" and one.by == "province"}
    assert shown["joined", "phu_tho"] is shown["joined", "ha_noi"] is shown["joined", "can_tho"] is None
    assert shown["before", "phu_tho"] is None and shown["not_yet", "phu_tho"] == 0


@pytest.mark.parametrize(
    ("wrote", "province", "situation", "shown"),
    [
        ({"phu_tho nong_dan": 9, "phu_tho lao_dong": 1, "ha_noi lao_dong": 9}, "phu_tho", "nong_dan", None),
        ({"phu_tho nong_dan": 9, "ha_noi nong_dan": 1, "ha_noi lao_dong": 9}, "phu_tho", "nong_dan", None),
        ({"phu_tho nong_dan": 9, "phu_tho lao_dong": 5, "ha_noi nong_dan": 5, "ha_noi lao_dong": 1}, "phu_tho", "nong_dan", None),
        ({"phu_tho nong_dan": 9, "phu_tho lao_dong": 5, "ha_noi nong_dan": 5}, "phu_tho", "nong_dan", 9),
        ({"phu_tho nong_dan": 9, "ha_noi nong_dan": 8, "can_tho nong_dan": 1}, "ha_noi", "", None),
        ({"phu_tho nong_dan": 9, "ha_noi nong_dan": 8, "can_tho nong_dan": 1}, "phu_tho", "", 9),
        ({"phu_tho nong_dan": 9, "phu_tho lao_dong": 1}, "", "nong_dan", None),
        ({"phu_tho nong_dan": 9, "phu_tho lao_dong": 1}, "", "", 10),
        ({"phu_tho nong_dan": 4}, "", "", None),
        ({"phu_tho nong_dan": 9}, "ha_noi", "", 0),
    ],
)  # fmt: skip
async def test_words_of_few_are_not_left_when_others_are_taken_off(
    wrote: dict[str, int], province: str, situation: str, shown: int | None, world: World
) -> None:
    for who, people in wrote.items():
        await world.do(
            "WITH p AS (INSERT INTO person (joined) SELECT 'no' FROM generate_series(1, :people) RETURNING id)"
            " INSERT INTO survey_submission (survey, kind, version, person_id, province, situation, answers, questions, at)"
            " SELECT 'joining_needs', 'survey', 'v', p.id, split_part(:who, ' ', 1), split_part(:who, ' ', 2),"
            " jsonb_build_object('words', cast(:who AS text)), 1, now() FROM p",
            people=people, who=who,
        )  # fmt: skip
    async with world.engine.connect() as connection:
        found = await survey_results.words(
            connection, world.library.surveys["joining_needs"], "words", province=province, situation=situation
        )
    assert (None if found is None else len(found)) == shown
    assert all(province in words and situation in words for words in found or ())


@pytest.mark.parametrize(
    ("words", "meant"),
    [("b", "two"), ("2", "two"), ("số hai", "two"), ("chua ro", "two"), ("Tiền đóng", "one"), ("4", None), ("d", None), ("ừ", None), ("", None)],
)  # fmt: skip
def test_a_choice_is_known_by_number_letter_or_words(words: str, meant: str | None) -> None:
    choices = (Choice("one", "Tiền đóng"), Choice("two", "Chưa rõ"), Choice("three", "Chưa yên tâm"))
    found = heard_choice(Question("q", "?", choices), words)
    assert (found.key if found else None) == meant
