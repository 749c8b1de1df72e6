"""A survey that somebody is answering: what was answered, what is asked next, what an answer means, the score. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.survey_content import Choice, Question, Survey
from bot.vn.choices import chosen
from bot.vn.text import fold_key, nfc

SKIPPED = "-"
NAME = "name"  # what is asked behind a quiz: for the certificate
PAUSED = "paused"  # what is typed now answers somebody else's question; buttons go on
LONGEST_WORDS = 500  # signs of a free answer that are kept
LONGEST_NAME = 60
PREFIX = "sv"
_SKIPS = {"bo qua", "khong", "khong co", "ko", "ko co", "khong a", "khong biet", "chua biet", "chua nghi ra"}


@dataclass(frozen=True, slots=True)
class Run:
    """Where somebody stands; everything is JSON. `asks`: the key of the question that is open, or name, or paused."""

    survey: str
    version: str
    asks: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the run as JSON that `run_of` reads back."""
        return asdict(self)

    def answered(self, question: str, answer: str) -> Run:
        """Return the run with one more answer."""
        return replace(self, answers={**self.answers, question: answer})


def run_of(raw: Mapping[str, Any]) -> Run:
    """Read a run back from its JSON."""
    return Run(raw["survey"], raw["version"], raw["asks"], dict(raw["answers"]))


def next_question(survey: Survey, run: Run) -> Question | None:
    """Return the first question without an answer; None: all are answered."""
    return next((question for question in survey.questions if question.key not in run.answers), None)


def score(survey: Survey, answers: Mapping[str, str]) -> int | None:
    """Return how many were answered rightly; None: it is no quiz."""
    if survey.kind != "quiz":
        return None
    return sum(answers.get(question.key) == question.right for question in survey.questions)


def earns_certificate(points: int, questions: int) -> bool:
    """Tell whether a score is worth a certificate: at least half of the answers are right."""
    return 2 * points >= questions


def heard_choice(question: Question, text: str) -> Choice | None:
    """Return the choice that a text means: its number, its letter, its words or words that only it has; None: none for sure."""
    key = fold_key(text)
    number = chosen(text, len(question.choices))
    if number is None and len(key) == 1 and "a" <= key <= "z":
        number = ord(key) - ord("a") + 1
    if number is not None:
        return question.choices[number - 1] if number <= len(question.choices) else None
    same = [choice for choice in question.choices if fold_key(choice.text) == key]
    within = [choice for choice in question.choices if key and f" {key} " in f" {fold_key(choice.text)} "]
    found = same or within
    return found[0] if len(found) == 1 else None


def heard(question: Question, text: str) -> str | None:
    """Return the key of the choice that a text means, or that a question in free words is left out; None: neither."""
    if not question.choices:
        return SKIPPED if fold_key(text) in _SKIPS else None
    choice = heard_choice(question, text)
    return choice.key if choice else None


def free_answer(text: str) -> str:
    """Return what is kept of an answer in free words: without names and numbers."""
    return redacted(text)[:LONGEST_WORDS]


def name_typed(text: str) -> str:
    """Return the name as somebody typed it for their certificate; empty when it can be none."""
    name = " ".join(nfc(text).split())
    fine = 2 <= len(name) <= LONGEST_NAME and all(map(_in_names, name)) and any(map(str.isalpha, name))
    return name if fine else ""


def _in_names(sign: str) -> bool:
    """Tell whether a sign may stand in a name and can be drawn."""
    return sign in " .'’-" or unicodedata.name(sign, "").startswith("LATIN ")


def target(run: Run, question: str, choice: str) -> str:
    """Return what the button of a choice leads to."""
    return f"{PREFIX}:{run.survey}:{question}:{choice}"
