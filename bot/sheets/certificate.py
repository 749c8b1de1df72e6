"""The picture for somebody who took a quiz: which, the day, the score, and the name if they typed one; it certifies nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.answers.library import Library
from bot.campaigns.answers.survey_content import on_day
from bot.errors import AnSinhError
from bot.sheets.words import head, say


def certificate(library: Library, facts: Mapping[str, str], day: date) -> dict[str, Any]:
    """Return the data of the template certificate; `facts`: quiz, points, of, name, which may be empty."""
    quiz = library.surveys.get(facts.get("quiz", ""))
    if quiz is None:
        raise AnSinhError(f"There is no quiz {facts.get('quiz', '')!r}")
    return {
        **head(library, day),
        "basis": [],
        "foot": say(library, "sheet_certificate_foot"),
        "title": say(library, "sheet_certificate"),
        "to": say(library, "sheet_certificate_to") if facts.get("name") else "",
        "person": facts.get("name", ""),
        "did": say(library, "sheet_certificate_did"),
        "quiz": on_day(quiz, library.law.at(day)).title,
        "score": say(library, "sheet_certificate_score", points=facts.get("points", ""), of=facts.get("of", "")),
    }
