"""What people answered in surveys, by place and by situation, and what they wrote; no small number, nobody's name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.answers import survey_results
from bot.campaigns.answers.small_cells import ALL, FEWEST
from bot.campaigns.answers.survey_content import Question, Survey, on_day
from bot.campaigns.answers.survey_results import COMMUNE, HIDDEN, OTHERS, PROVINCE, SITUATION, UNKNOWN, Cell
from bot.citizens.rules import Situation
from bot.console.render import place, word
from bot.console.visit import Page, Visit
from bot.reports.files import FORMS, written
from bot.reports.rules import Table
from bot.staff import audit
from bot.staff.rules import Right
from bot.staff.scope import places_of
from bot.vn import show
from bot.vn.text import fold_key

WAYS = {PROVINCE: "Tỉnh, thành phố", SITUATION: "Công việc, hoàn cảnh", COMMUNE: "Xã, phường"}
FEW_THERE, FEW_SUCH = "Nơi khác, ít người", "Việc khác, ít người"
NOTE = f"«{HIDDEN}»: dưới {FEWEST} người, hoặc không hiện để không ai tính ra được số dưới {FEWEST}."


async def _surveys(visit: Visit) -> Response:
    return visit.show("campaigns/surveys.html", surveys=visit.house.library.surveys.values())


def _survey_of(visit: Visit) -> Survey:
    library = visit.house.library
    if visit.path("name") not in library.surveys:
        raise HTTPException(404)
    return on_day(library.surveys[visit.path("name")], library.law.at(visit.today))


async def _results(visit: Visit, connection: AsyncConnection, survey: Survey) -> tuple[str, str, list[Cell]]:
    """Return by what the results are asked for, of which province (of communes), and the cells."""
    province = visit.query("province")
    if visit.query("by") == COMMUNE and province in places_of(visit.staff).choices:
        return COMMUNE, province, await survey_results.of_province(connection, survey, province, visit.staff.codes())
    by = SITUATION if visit.query("by") == SITUATION else PROVINCE
    return by, "", await survey_results.results(connection, survey, visit.staff.codes())


def _named(by: str, value: str) -> str:
    if value == OTHERS:
        return FEW_SUCH if by == SITUATION else FEW_THERE
    if value == UNKNOWN:
        return "Chưa rõ việc" if by == SITUATION else "Chưa rõ nơi"
    return word(value) if by == SITUATION else place(value).partition(", ")[0]


async def _survey(visit: Visit) -> Response:
    survey = _survey_of(visit)
    async with visit.house.engine.connect() as connection:
        by, province, cells = await _results(visit, connection, survey)
    shown = {(cell.question, cell.choice, cell.by, cell.value): cell.people for cell in cells}
    values = sorted(
        {cell.value for cell in cells if cell.by == by},
        key=lambda value: (value in (OTHERS, UNKNOWN), _named(by, value)),
    )
    return visit.show(
        "campaigns/survey.html", survey=survey, shown=shown, by=by, province=province, ways=WAYS,
        values=[(value, _named(by, value)) for value in values], choices=places_of(visit.staff).choices, note=NOTE,
        hidden=HIDDEN, all=ALL, filter=urlencode({"by": by, "province": province}),
    )  # fmt: skip


async def _download(visit: Visit) -> Response:
    survey, form = _survey_of(visit), visit.path("form")
    if form not in FORMS:
        raise HTTPException(404)
    async with visit.house.engine.connect() as connection:
        by, province, cells = await _results(visit, connection, survey)
    of = f"; nơi ở: {place(province)}" if province else ""
    return await _file(
        visit, _table(survey, by, cells), f"khao_sat_{survey.key}_{by}", form, f"Theo {WAYS[by].lower()}{of}"
    )


def _table(survey: Survey, by: str, cells: Sequence[Cell]) -> Table:
    asked = {question.key: question.ask for question in survey.questions}
    said = {(question.key, choice.key): choice.text for question in survey.questions for choice in question.choices}
    rows = [
        (asked[one.question], said[one.question, one.choice], "Tất cả" if one.by == ALL else _named(by, one.value),
         HIDDEN if one.people is None else one.people)
        for one in cells if one.by in (ALL, by)
    ]  # fmt: skip
    return Table("survey", survey.title, ("Câu hỏi", "Trả lời", WAYS[by], "Số người"), tuple(rows), NOTE)


async def _file(visit: Visit, table: Table, name: str, form: str, about: str) -> Response:
    about = f"Tính đến {show.day(visit.today)}. {about}"
    content = await asyncio.to_thread(written, table, form, about=about, made=visit.now)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"', "cache-control": "no-store"}
    return Response(content, media_type=FORMS[form], headers=headers)


async def _words(visit: Visit) -> Response:
    """Show what people wrote, or give it as a file."""
    survey, form = _survey_of(visit), visit.query("form")
    free = [question for question in survey.questions if not question.choices]
    question = next((one for one in free if one.key == visit.query("question")), free[0] if free else None)
    province, situation, search = visit.query("province"), visit.query("situation"), visit.query("search").strip()
    async with visit.house.engine.begin() as connection:
        found = await _written(visit, connection, survey, question)
        if form in FORMS and question is not None and found:
            note = f"{question.key}: {len(found)}"
            await audit.write(
                connection, by=visit.staff.key, act="survey_words", about=f"survey:{survey.key}", note=note, now=visit.now
            )  # fmt: skip
    if form in FORMS and question is not None and found:
        table = Table("words", f"{survey.title}: {question.ask}", ("Ý kiến",), tuple((one,) for one in found))
        return await _file(visit, table, f"y_kien_{survey.key}", form, f"{len(found)} ý kiến, đã che tên và số.")
    chosen = {
        "question": question.key if question else "",
        "province": province,
        "situation": situation,
        "search": search,
    }
    return visit.show(
        "campaigns/survey_words.html", survey=survey, free=free, question=question, found=found, chosen=chosen,
        choices=places_of(visit.staff).choices, situations=list(Situation), fewest=FEWEST, filter=urlencode(chosen),
    )  # fmt: skip


async def _written(
    visit: Visit, connection: AsyncConnection, survey: Survey, question: Question | None
) -> list[str] | None:
    """Return what was written that holds the words searched for; None where too few wrote."""
    if question is None:
        return []
    found = await survey_results.words(
        connection, survey, question.key, codes=visit.staff.codes(), province=visit.query("province"),
        situation=visit.query("situation"),
    )  # fmt: skip
    wanted = fold_key(visit.query("search"))
    return found if found is None else [one for one in found if wanted in fold_key(one)]


PAGES = (
    Page("/surveys", "Khảo sát", Right.SEE_CAMPAIGNS, get=_surveys, menu="campaigns", help="surveys"),
    Page("/surveys/{name}", "Khảo sát", Right.SEE_CAMPAIGNS, get=_survey, menu="campaigns", help="surveys"),
    Page("/surveys/{name}/files/{form}", "Tải khảo sát", Right.SEE_CAMPAIGNS, get=_download, help="surveys"),
    Page("/surveys/{name}/words", "Ý kiến bà con", Right.HOLD_CAMPAIGNS, get=_words, menu="campaigns", help="surveys"),
)
