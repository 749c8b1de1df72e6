"""What `python -m bot check` asks of surveys, quizzes and rumours: they render on every day, hold no numbers of the law, and are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from bot.answers.library import Library
from bot.answers.render import render
from bot.answers.written import number_in
from bot.campaigns.answers.rumour_content import Theme
from bot.campaigns.answers.survey_content import Survey, on_day
from bot.errors import ContentError


def surveys_are_in_order(root: Path, library: Library, today: date) -> Iterator[str]:
    """A survey renders today, from its first day and when the law changes; no two choices look the same then."""
    for survey in library.surveys.values():
        where = f"{root}/content/surveys/{survey.key}.yaml"
        yield from _dated(where, survey.valid_to, survey.checked, today)
        yield from _numbers(where, _texts(survey))
        for day in _days(library, survey.valid_from, today):
            try:
                shown = on_day(survey, library.law.at(day))
            except ContentError as error:
                yield f"{where}: on {day}: {error}"
                continue
            for question in shown.questions:
                if len({choice.text for choice in question.choices}) < len(question.choices):
                    yield f"{where}: {question.key}: on {day}: two choices are the same"


def rumours_are_in_order(root: Path, library: Library, today: date) -> Iterator[str]:
    """A correction renders today, from its first day and when the law changes."""
    for theme in library.rumours.values():
        where = f"{root}/content/rumours.yaml: {theme.key}"
        yield from _dated(where, theme.says.valid_to, theme.says.checked, today)
        yield from _numbers(where, (theme.says.title, theme.says.body))
        yield from _unrendered(where, library, theme, today)
        if theme.campaign and not (root / "content" / "campaigns" / f"{theme.campaign}.yaml").is_file():
            yield f"{where}: campaign: there is no content/campaigns/{theme.campaign}.yaml"


def _unrendered(where: str, library: Library, theme: Theme, today: date) -> Iterator[str]:
    for day in _days(library, theme.says.valid_from, today):
        try:
            render(theme.says, library.law, day, library.texts)
        except ContentError as error:
            yield f"{where}: on {day}: {error}"


def _texts(survey: Survey) -> tuple[str, ...]:
    questions = [
        (question.ask, question.explain, *(choice.text for choice in question.choices)) for question in survey.questions
    ]
    return (survey.title, survey.intro, survey.thanks, *(part for question in questions for part in question))


def _numbers(where: str, texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        if found := number_in(text):
            yield f"{where}: «{found}» must come from content/law"


def _dated(where: str, valid_to: date | None, checked: date, today: date) -> Iterator[str]:
    if valid_to is not None and valid_to < today:
        yield f"{where}: valid_to: ended on {valid_to}"
    if checked > today + timedelta(days=1):
        yield f"{where}: checked: {checked} is in the future"


def _days(library: Library, first: date, today: date) -> list[date]:
    changes = {value.since for parameter in library.law.parameters.values() for value in parameter.values}
    return sorted({today, first, *(day for day in changes if day > max(today, first))})


ANSWER_CHECKS: tuple[Callable[[Path, Library, date], Iterator[str]], ...] = (surveys_are_in_order, rumours_are_in_order)
