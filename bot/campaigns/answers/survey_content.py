"""Reads content/surveys: surveys and quizzes as written, and as they are shown on a day, with the law's numbers of that day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.answers.pages import Source, load_source
from bot.answers.render import fill
from bot.errors import ContentError
from bot.law.parameters import LawOnDay
from bot.yaml_files import as_date, as_list, as_text, checked_keys, read_yaml

KINDS = ("survey", "quiz")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to choose from; `right` only in a quiz."""

    key: str
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question; without choices it is answered in free words. A quiz explains the right answer, with its sources."""

    key: str
    ask: str
    choices: tuple[Choice, ...] = ()
    explain: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def right(self) -> str:
        """The key of the right choice; empty where there is none."""
        return next((choice.key for choice in self.choices if choice.right), "")


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey or a quiz; its texts are templates over the law until `on_day` has filled them."""

    key: str
    kind: str
    title: str
    intro: str
    thanks: str
    questions: tuple[Question, ...]
    valid_from: date
    valid_to: date | None
    checked: date

    @property
    def target(self) -> str:
        """Return what a button that begins it leads to."""
        return f"{self.kind}:{self.key}"

    def open_on(self, day: date) -> bool:
        """Tell whether it may be answered on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def question(self, key: str) -> Question | None:
        """Return the question of a key."""
        return next((question for question in self.questions if question.key == key), None)

    def version(self) -> str:
        """Return a short name for the text as it stands here."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


def on_day(survey: Survey, law: LawOnDay) -> Survey:
    """Return the survey as it is shown on the law's day; raise ContentError when a number is missing."""

    def filled(text: str) -> str:
        return fill(text, law, f"content/surveys/{survey.key}.yaml")

    questions = tuple(
        replace(
            question,
            ask=filled(question.ask),
            explain=filled(question.explain),
            choices=tuple(replace(choice, text=filled(choice.text)) for choice in question.choices),
        )
        for question in survey.questions
    )
    return replace(
        survey,
        title=filled(survey.title),
        intro=filled(survey.intro),
        thanks=filled(survey.thanks),
        questions=questions,
    )


def load_surveys(folder: Path) -> dict[str, Survey]:
    """Read every survey and quiz by its key, the name of its file."""
    return {path.stem: _survey(path) for path in sorted(folder.glob("*.yaml"))}


def _survey(path: Path) -> Survey:
    where, key = str(path), path.stem
    raw = checked_keys(
        read_yaml(path),
        where,
        needed={"kind", "title", "intro", "thanks", "questions", "valid_from", "valid_to", "checked"},
    )
    if not _NAME.match(key):
        raise ContentError(f"{where}: the name must be short and of a-z, 0-9 and _")
    if raw["kind"] not in KINDS:
        raise ContentError(f"{where}: kind: must be one of {', '.join(KINDS)}")
    quiz = raw["kind"] == "quiz"
    questions = as_list(raw["questions"], f"{where}: questions", lambda one, place: _question(one, place, quiz=quiz))
    keys = [question.key for question in questions]
    if not questions or len(set(keys)) < len(keys):
        raise ContentError(f"{where}: questions: at least one, each with a key of its own")
    return Survey(
        key=key,
        kind=str(raw["kind"]),
        title=as_text(raw["title"], f"{where}: title"),
        intro=as_text(raw["intro"], f"{where}: intro"),
        thanks=as_text(raw["thanks"], f"{where}: thanks"),
        questions=questions,
        valid_from=as_date(raw["valid_from"], f"{where}: valid_from"),
        valid_to=None if raw["valid_to"] is None else as_date(raw["valid_to"], f"{where}: valid_to"),
        checked=as_date(raw["checked"], f"{where}: checked"),
    )


def _question(raw: Any, where: str, *, quiz: bool) -> Question:
    needed = {"key", "ask", *({"choices", "right", "explain", "sources"} if quiz else set())}
    found = checked_keys(raw, where, needed=needed, allowed=set() if quiz else {"choices"})
    right = as_text(found["right"], f"{where}.right") if quiz else ""
    choices = _choices(found.get("choices") or {}, f"{where}.choices", right)
    if quiz and right not in {choice.key for choice in choices}:
        raise ContentError(f"{where}.right: {right} is none of the choices")
    sources = as_list(found.get("sources", []), f"{where}.sources", load_source)
    if quiz and not sources:
        raise ContentError(f"{where}.sources: a right answer needs at least one source")
    return Question(
        key=_key(found["key"], f"{where}.key"),
        ask=as_text(found["ask"], f"{where}.ask"),
        choices=choices,
        explain=as_text(found["explain"], f"{where}.explain") if quiz else "",
        sources=sources,
    )


def _choices(raw: Any, where: str, right: str) -> tuple[Choice, ...]:
    if not isinstance(raw, Mapping):
        raise ContentError(f"{where}: expected the choices by key")
    if len(raw) == 1:
        raise ContentError(f"{where}: one alone is no choice")
    return tuple(
        Choice(_key(key, where), as_text(text, f"{where}.{key}"), right=bool(right) and key == right)
        for key, text in raw.items()
    )


def _key(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or not _NAME.match(raw):
        raise ContentError(f"{where}: {raw!r}: must be a short name of a-z, 0-9 and _")
    return raw
