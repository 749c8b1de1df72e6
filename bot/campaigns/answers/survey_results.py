"""The results of a survey: how many chose what, in all, by province and by situation; small numbers are not shown."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.survey_content import Survey

FEWEST = 5  # people; fewer might be known by what they answered
ALL, PROVINCE, SITUATION = "all", "province", "situation"
UNKNOWN = "-"  # place or situation is not known
_COUNTS = text(
    """
    SELECT a.key AS question, a.value AS choice, coalesce(s.province, :unknown) AS province,
           coalesce(s.situation, :unknown) AS situation, count(*) AS people
    FROM survey_submission s, jsonb_each_text(s.answers) a WHERE s.survey = :survey
      AND (cast(:codes AS text[]) IS NULL OR s.province = ANY(:codes) OR s.commune = ANY(:codes))
    GROUP BY 1, 2, 3, 4
    """
)
_WORDS = text(
    """
    SELECT a.value FROM survey_submission s, jsonb_each_text(s.answers) a
    WHERE s.survey = :survey AND a.key = :question AND a.value <> '-' ORDER BY a.value
    """
)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people chose something, of all or of those with this value; None: too few to show."""

    question: str
    choice: str
    by: str
    value: str
    people: int | None


async def results(connection: AsyncConnection, survey: Survey, codes: Sequence[str] | None = None) -> list[Cell]:
    """Return the counts of every question with choices, also of choices that nobody took; `codes`: only of these places."""
    values = {"survey": survey.key, "unknown": UNKNOWN, "codes": None if codes is None else list(codes)}
    rows = await connection.execute(_COUNTS, values)
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        for by, value in ((ALL, ""), (PROVINCE, row.province), (SITUATION, row.situation)):
            counts[row.question, row.choice, by, value] += row.people
    return list(_cells(survey, counts))


async def words(connection: AsyncConnection, survey: Survey, question: str) -> list[str]:
    """Return what people wrote, in the order of the alphabet, so that nothing tells who wrote what."""
    return list(await connection.scalars(_WORDS, {"survey": survey.key, "question": question}))


def _cells(survey: Survey, counts: Mapping[tuple[str, str, str, str], int]) -> Iterable[Cell]:
    values = {by: sorted({value for _, _, kind, value in counts if kind == by}) for by in (ALL, PROVINCE, SITUATION)}
    for question in (each for each in survey.questions if each.choices):
        for choice in question.choices:
            for by, named in values.items():
                found = {value: counts.get((question.key, choice.key, by, value), 0) for value in named}
                for value, people in suppressed(found).items():
                    yield Cell(question.key, choice.key, by, value, people)


def suppressed(found: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts without those below five; where one alone would be missing, it could be reckoned from the sum, so the next goes too."""
    small = {value for value, people in found.items() if 0 < people < FEWEST}
    others = sorted((people, value) for value, people in found.items() if value not in small and people)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return {value: None if value in small else people for value, people in found.items()}


def as_csv(survey: Survey, cells: Iterable[Cell]) -> str:
    """Return the results as CSV with a heading; too few to show is «<5»."""
    asked = {question.key: question.ask for question in survey.questions}
    said = {(question.key, choice.key): choice.text for question in survey.questions for choice in question.choices}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("question", "choice", "by", "value", "people", "question_text", "choice_text"))
    for cell in cells:
        shown = f"<{FEWEST}" if cell.people is None else cell.people
        asked_text, said_text = asked[cell.question], said[cell.question, cell.choice]
        writer.writerow((cell.question, cell.choice, cell.by, cell.value, shown, asked_text, said_text))
    return out.getvalue()
