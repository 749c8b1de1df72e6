"""The results of a survey: how many chose what, in all, by place and by situation, and what they wrote; small numbers are not shown."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers import small_cells
from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.small_cells import ALL, FEWEST
from bot.campaigns.answers.survey_content import Survey

PROVINCE, COMMUNE, SITUATION = "province", "commune", "situation"
UNKNOWN = "-"  # place or situation is not known
OTHERS = "+"  # places, or situations, from each of which few answered
HIDDEN = "*"  # fewer than five, or hidden so that nobody can work those out
_THEIRS = """
    s.survey = :survey AND (cast(:codes AS text[]) IS NULL OR s.province = ANY(:codes) OR s.commune = ANY(:codes))
      AND (:province = '' OR coalesce(s.province, :unknown) = :province)
"""
_COUNTS = text(
    f"""
    SELECT a.key AS question, a.value AS choice, coalesce(s.province, :unknown) AS province,
           coalesce(s.commune, :unknown) AS commune, coalesce(s.situation, :unknown) AS situation, count(*) AS people
    FROM survey_submission s, jsonb_each_text(s.answers) a WHERE {_THEIRS} GROUP BY 1, 2, 3, 4, 5
    """  # noqa: S608 - a condition of ours
)
_WORDS = text(
    f"""
    SELECT a.value, coalesce(s.province, :unknown) AS province, coalesce(s.situation, :unknown) AS situation
    FROM survey_submission s, jsonb_each_text(s.answers) a
    WHERE {_THEIRS} AND a.key = :question AND a.value <> '-' ORDER BY a.value
    """  # noqa: S608 - a condition of ours
)
Counted = Counter[tuple[str, str, str, str]]  # question, choice, by, value


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people chose something, of all or of those with this value; None: not shown."""

    question: str
    choice: str
    by: str
    value: str
    people: int | None


async def results(connection: AsyncConnection, survey: Survey, codes: Sequence[str] | None = None) -> list[Cell]:
    """Return the counts of every question with choices, also of choices that nobody took; `codes`: only of these places."""
    return list(_cells(survey, await _counted(connection, survey, codes, (PROVINCE, SITUATION))))


async def of_province(
    connection: AsyncConnection, survey: Survey, province: str, codes: Sequence[str] | None = None
) -> list[Cell]:
    """Return the counts of a province by commune; what is not shown of it among the provinces is not shown here either."""
    of_all = await results(connection, survey, codes)
    among = {(one.question, one.choice): one.people for one in of_all if (one.by, one.value) == (PROVINCE, province)}
    closed = {(one.question, one.choice) for one in of_all if among.get((one.question, one.choice)) is None}
    return list(_cells(survey, await _counted(connection, survey, codes, (COMMUNE,), province), closed))


async def _counted(
    connection: AsyncConnection, survey: Survey, codes: Sequence[str] | None, ways: Sequence[str], province: str = ""
) -> Counted:
    values = {"survey": survey.key, "unknown": UNKNOWN, "codes": None if codes is None else list(codes)}
    counts: Counted = Counter()
    for row in await connection.execute(_COUNTS, values | {"province": province}):
        for by, value in ((ALL, ""), *((way, getattr(row, way)) for way in ways)):
            counts[row.question, row.choice, by, value] += row.people
    return _together(counts, ways)


def _together(counts: Counted, ways: Sequence[str]) -> Counted:
    """Count places, and situations, from which fewer than five people answered as one, with as many more as it needs."""
    people: Counter[tuple[str, str]] = Counter()
    for (by, value), questions in _answered(counts).items():
        people[by, value] = max(questions.values())
    few = {column for way in ways for column in _few({key: n for key, n in people.items() if key[0] == way})}
    found: Counted = Counter()
    for (question, choice, by, value), number in counts.items():
        found[question, choice, by, OTHERS if (by, value) in few else value] += number
    return found


def _answered(counts: Counted) -> dict[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (question, _, by, value), number in counts.items():
        found[by, value][question] += number
    return found


def _few(people: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    rising = sorted(people, key=lambda column: (people[column], column))
    few = [column for column in rising if people[column] < FEWEST]
    while few and sum(people[column] for column in few) < FEWEST and len(few) < len(rising):
        few.append(rising[len(few)])
    return few


def _cells(survey: Survey, counts: Counted, given: Iterable[tuple[str, str]] = ()) -> Iterator[Cell]:
    """Yield the cells of each question; of a question and choice that are given none is shown."""
    columns = sorted({(by, value) for _, _, by, value in counts})
    closed = {*given}
    for question in (each for each in survey.questions if each.choices):
        of_it = {
            (choice.key, *column): counts[question.key, choice.key, *column]
            for choice in question.choices
            for column in columns
        }
        hidden = small_cells.hidden(of_it, [cell for cell in of_it if (question.key, cell[0]) in closed])
        for cell, people in of_it.items():
            yield Cell(question.key, *cell, None if cell in hidden else people)


async def words(
    connection: AsyncConnection,
    survey: Survey,
    question: str,
    *,
    codes: Sequence[str] | None = None,
    province: str = "",
    situation: str = "",
) -> list[str] | None:
    """Return what people wrote, in the order of the alphabet, so that nothing tells who wrote what; names and numbers masked.

    None where fewer than five wrote, or where taking these words off those of all, of the province or of the situation
    would leave the words of fewer than five.
    """
    values = {"survey": survey.key, "question": question, "unknown": UNKNOWN, "province": ""}
    rows = (await connection.execute(_WORDS, values | {"codes": None if codes is None else list(codes)})).all()
    asked = {way: value for way, value in ((PROVINCE, province), (SITUATION, situation)) if value}
    return None if _tells_of_few(rows, asked) else [redacted(row.value) for row in _meant(rows, asked)]


def _meant(rows: Iterable[Any], asked: Mapping[str, str]) -> list[Any]:
    return [row for row in rows if all(getattr(row, way) == value for way, value in asked.items())]


def _tells_of_few(rows: Sequence[Any], asked: Mapping[str, str]) -> bool:
    for way, value in asked.items():
        for among in (rows, _meant(rows, {other: asked[other] for other in asked if other != way})):
            if (way, value) in _few(Counter((way, getattr(row, way)) for row in among)):
                return True
    neither = sum(all(getattr(row, way) != value for way, value in asked.items()) for row in rows)
    return 0 < neither < FEWEST


def as_csv(survey: Survey, cells: Iterable[Cell]) -> str:
    """Return the results as CSV with a heading; what is not shown is «*»."""
    asked = {question.key: question.ask for question in survey.questions}
    said = {(question.key, choice.key): choice.text for question in survey.questions for choice in question.choices}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("question", "choice", "by", "value", "people", "question_text", "choice_text"))
    for cell in cells:
        shown = HIDDEN if cell.people is None else cell.people
        asked_text, said_text = asked[cell.question], said[cell.question, cell.choice]
        writer.writerow((cell.question, cell.choice, cell.by, cell.value, shown, asked_text, said_text))
    return out.getvalue()
