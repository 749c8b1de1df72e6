"""The dialogue of a survey or quiz: one event of a person, inside the transaction that answers it, to what they are told."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking import drafts
from bot.booking.asks import asks_something_else
from bot.booking.wants import Want, wants_in
from bot.campaigns.answers import survey_store as store
from bot.campaigns.answers.sitting import Messages, Sitting
from bot.campaigns.answers.survey import (
    NAME,
    PAUSED,
    PREFIX,
    SKIPPED,
    Run,
    free_answer,
    heard,
    next_question,
    target,
)  # fmt: skip
from bot.campaigns.answers.survey_content import KINDS, Question, Survey
from bot.campaigns.answers.survey_end import certificate, finish, named
from bot.conversation.rules import Event, Kind
from bot.outbox.rules import Message
from bot.vn.numbers import bare_too

SHORT = 3  # words; a longer text that chooses nothing, or one that wants a person, is not about the question
_WANTS_PERSON = re.compile(bare_too(r"(?<!\w)(?:gặp|cán bộ|nhân viên|tư vấn|tổng đài|người thật)(?!\w)"), re.I)


async def turn(sitting: Sitting, event: Event) -> Messages | None:
    """Answer an event that belongs to a survey; None for any other."""
    if event.kind is Kind.BUTTON:
        prefix, _, rest = event.payload.partition(":")
        if prefix in KINDS:
            return await _begin(sitting, rest)
        return await _pressed(sitting, *(*rest.split(":"), "", "")[:3]) if prefix == PREFIX else None
    if event.kind is not Kind.TEXT or not event.payload.strip():
        return None
    found = await store.load(sitting.connection, sitting.contact_id, sitting.now)
    return await _typed(sitting, found[0], event.payload) if found and found[1] else None


def leads_somewhere(library: Library, button: str) -> bool:
    """Tell whether a button of the texts begins one of the surveys."""
    kind, _, key = button.partition(":")
    return key in library.surveys and library.surveys[key].kind == kind


async def _begin(sitting: Sitting, key: str) -> Messages:
    survey = sitting.survey(key)
    if survey is None:
        return (sitting.say("closed"),)
    await _pause_booking(sitting)
    before = await store.submitted(sitting.connection, sitting.contact_id, key)
    lead = sitting.say(
        "begins_again" if before else "begins", title=survey.title, intro=survey.intro, count=len(survey.questions)
    )
    return (lead, *await _go_on(sitting, survey, Run(key, survey.version())))


async def _pause_booking(sitting: Sitting) -> None:
    """Let what is typed answer the survey and not the appointment that is being asked for; its buttons go on."""
    draft = await drafts.load(sitting.connection, sitting.contact_id, sitting.now)
    if draft is not None:
        await drafts.save(sitting.connection, sitting.contact_id, replace(draft, asks="paused"), sitting.now)


async def _go_on(sitting: Sitting, survey: Survey, run: Run, lead: str = "question") -> Messages:
    """Ask what is next; behind the last question thank, with the score of a quiz."""
    question = next_question(survey, run)
    if question is None:
        return await finish(sitting, survey, run)
    await store.save(sitting.connection, sitting.contact_id, replace(run, asks=question.key), sitting.now)
    return (_asked(sitting, survey, run, question, lead),)


def _asked(sitting: Sitting, survey: Survey, run: Run, question: Question, lead: str) -> Message:
    number = survey.questions.index(question) + 1
    buttons = [Button(choice.text, target(run, question.key, choice.key)) for choice in question.choices]
    if not question.choices:
        buttons = [sitting.button("skip", target(run, question.key, SKIPPED))]
        lead = "question_in_words"
    message = sitting.say(lead, *buttons, number=number, count=len(survey.questions), ask=question.ask)
    return replace(message, once=True)


async def _typed(sitting: Sitting, run: Run, said: str) -> Messages | None:
    """Take an answer in words; None for a question in between."""
    survey = sitting.survey(run.survey)
    if survey is None:
        await store.drop(sitting.connection, sitting.contact_id)
        return None
    if run.asks == NAME:
        return await named(sitting, survey, run, said)
    question = survey.question(run.asks) or next_question(survey, run)
    if question is None:
        return await _leave(sitting, survey)
    if (answer := heard(question, said)) is not None:  # before the wish to leave: «không cần» may be a choice
        return await _answer(sitting, survey, run, question, answer)
    if Want.CANCEL in wants_in(said):
        return await _leave(sitting, survey)
    if asks_something_else(said, tells=False) or (question.choices and _of_its_own(said)):
        return None
    if question.choices:
        return await _go_on(sitting, survey, run, "question_again")
    return await _answer(sitting, survey, run, question, free_answer(said))


def _of_its_own(said: str) -> bool:
    return len(said.split()) > SHORT or bool(_WANTS_PERSON.search(said))


async def _pressed(sitting: Sitting, key: str, asked: str, choice: str) -> Messages:
    """Take a pressed choice; one pressed twice changes nothing, one of long ago says so."""
    survey, found = sitting.survey(key), await store.load(sitting.connection, sitting.contact_id, sitting.now)
    if survey is None:
        return (sitting.say("closed"),)
    if found is None or found[0].survey != key:
        return (sitting.say("over", sitting.button("from_the_start", survey.target), title=survey.title),)
    run = found[0]
    if asked == NAME and next_question(survey, run) is None:
        return await certificate(sitting, survey, run, "")
    question = survey.question(asked)
    if question is None or choice not in ({each.key for each in question.choices} or {SKIPPED}):
        return await _go_on(sitting, survey, run)
    if asked in run.answers:
        return () if run.answers[asked] == choice else await _again(sitting, survey, run)
    return await _answer(sitting, survey, run, question, choice)


async def _again(sitting: Sitting, survey: Survey, run: Run) -> Messages:
    """Repeat the open question to somebody who pressed another choice of one that was answered."""
    if next_question(survey, run) is None:
        return (sitting.say("answered_already"),)
    return (sitting.say("answered_already"), *await _go_on(sitting, survey, run))


async def _answer(sitting: Sitting, survey: Survey, run: Run, question: Question, answer: str) -> Messages:
    """Keep an answer, tell of a quiz whether it is right, and go on."""
    told = (_judged(sitting, question, answer),) if survey.kind == "quiz" else ()
    return (*told, *await _go_on(sitting, survey, run.answered(question.key, answer)))


def _judged(sitting: Sitting, question: Question, answer: str) -> Message:
    right = next(choice.text for choice in question.choices if choice.right)
    sources = "\n".join(f"• {source.document}, {source.article}" for source in question.sources)
    key = "right" if answer == question.right else "wrong"
    return sitting.say(key, right=right, explain=question.explain, sources=sources)


async def _leave(sitting: Sitting, survey: Survey) -> Messages:
    await store.drop(sitting.connection, sitting.contact_id)
    return (sitting.say("left", sitting.button("from_the_start", survey.target)),)


async def again(sitting: Sitting, *, asking: bool) -> Messages:
    """Ask the open question again, after a question in between was answered; `asking`: the answer asks something itself."""
    found = await store.load(sitting.connection, sitting.contact_id, sitting.now)
    if found is None or not found[1]:
        return ()
    run, survey = found[0], sitting.survey(found[0].survey)
    if asking or survey is None:
        await store.save(sitting.connection, sitting.contact_id, replace(run, asks=PAUSED), sitting.now)
        return ()
    if run.asks == NAME:
        return (sitting.say("ask_name", sitting.button("without_name", target(run, NAME, SKIPPED))),)
    return await _go_on(sitting, survey, run)
