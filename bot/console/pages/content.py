"""What citizens read, for a chosen day: answers, corrections of rumours, messages, local support; what to look at; a try."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.answers.overview import Concern, Kind, Why, concerns
from bot.answers.pages import Page as Written
from bot.answers.render import STALE_AFTER, Answer, render, render_short
from bot.answers.uses import Shelf, in_templates
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.conversation.tried import LONGEST
from bot.errors import ContentError
from bot.staff.rules import Right
from bot.vn.places import gazetteer
from bot.vn.text import fold_key

MOST = 60  # messages of one page
T = TypeVar("T")


def day_of(visit: Visit) -> date:
    """Return the day that is chosen, today if none is."""
    return as_day(visit.query("day")) or visit.today


async def shelf_of(visit: Visit) -> Shelf:
    """Return what is worked out of the content once; the first time takes a moment."""
    return await asyncio.to_thread(visit.house.shelf)


def found_in(visit: Visit, things: Iterable[T], words: Callable[[T], str]) -> list[T]:
    """Return the things that hold all words that are looked for, with or without diacritics."""
    wanted = fold_key(visit.query("q")).split()
    return [one for one in things if all(word in fold_key(words(one)) for word in wanted)]


async def _answers(visit: Visit) -> Response:
    library, day = visit.house.library, day_of(visit)
    corrections = [theme.says for theme in library.rumours.values()]
    pages = found_in(visit, library.pages.values(), lambda page: f"{page.title} {page.name} {page.body}")
    rumours = found_in(visit, corrections, lambda page: f"{page.title} {page.body}")
    return visit.show("content/answers.html", day=day, q=visit.query("q"), pages=pages, rumours=rumours, state=state_of)


def state_of(page: Written, day: date) -> str:
    """Return how a page stands on a day, by the code of its words."""
    if page.valid_to is not None and day > page.valid_to:
        return "content_ended"
    if day < page.valid_from:
        return "content_to_come"
    return "content_stale" if day - page.checked > STALE_AFTER else "content_in_force"


async def _answer(visit: Visit) -> Response:
    page = visit.house.library.pages.get(visit.path("name"))
    return _shown(visit, page, "answers")


async def _rumour(visit: Visit) -> Response:
    theme = visit.house.library.rumours.get(visit.path("name"))
    return _shown(visit, theme.says if theme else None, "rumours")


def _shown(visit: Visit, page: Written | None, part: str) -> Response:
    if page is None:
        raise HTTPException(404)
    library, day = visit.house.library, day_of(visit)
    seen, fault = _as_citizens_see_it(visit, page, day)
    names = sorted(in_templates((page.body, page.short), library.law))
    read = [library.law.parameters[name] for name in names]
    return visit.show(
        "content/answer.html", day=day, shown=page, part=part, seen=seen, fault=fault, read=read, state=state_of(page, day)
    )  # fmt: skip


def _as_citizens_see_it(visit: Visit, page: Written, day: date) -> tuple[list[Answer], str]:
    """Return the answer and its short form for a day; or the fault that keeps it from being given on that day."""
    library = visit.house.library
    try:
        return [make(page, library.law, day, library.texts) for make in (render, render_short)], ""
    except ContentError as error:
        return [], str(error)


async def _messages(visit: Visit) -> Response:
    texts = found_in(visit, visit.house.library.texts.values(), lambda text: f"{text.key} {text.text}")
    first = visit.query_number("from")
    return visit.show(
        "content/messages.html", q=visit.query("q"), texts=texts[first : first + MOST], whole=len(texts), first=first, most=MOST
    )  # fmt: skip


async def _local(visit: Visit) -> Response:
    return visit.show(
        "content/local.html", day=day_of(visit), provinces=gazetteer().provinces,
        found={key: [one for one in visit.house.library.local_support if one.province == key] for key in gazetteer().provinces},
    )  # fmt: skip


async def _province(visit: Visit) -> Response:
    key, day, library = visit.path("name"), day_of(visit), visit.house.library
    if key not in gazetteer().provinces:
        raise HTTPException(404)
    try:
        seen, fault = library.support_in(key, day), ""
    except ContentError as error:
        seen, fault = None, str(error)
    resolutions = [one for one in library.local_support if one.province == key]
    return visit.show("content/province.html", day=day, key=key, seen=seen, fault=fault, resolutions=resolutions)


async def _stale(visit: Visit) -> Response:
    shelf = await shelf_of(visit)
    by_reason: Mapping[Why, list[Concern]] = {why: [] for why in Why}
    for one in concerns(visit.house.library, shelf.templates, visit.today):
        by_reason[one.why].append(one)
    return visit.show("content/stale.html", found=by_reason, uses=shelf.uses, law=Kind.LAW)


async def _try(visit: Visit) -> Response:
    return visit.show("content/try.html", question="", tried=None, topics={}, longest=LONGEST)


async def _tried(visit: Visit) -> Response:
    question = visit.field("question", LONGEST)
    if not question:
        return visit.go("/content/try")
    tried = await visit.house.try_it(question)
    template = "content/piece_tried.html" if visit.in_place else "content/try.html"
    return visit.show(
        template, question=question, tried=tried, topics=visit.house.library.topics, longest=LONGEST
    )  # fmt: skip


_SEE = Right.SEE_CONTENT
PAGES = (
    Page("/content", "Câu trả lời", _SEE, get=_answers, menu="content", help="content"),
    Page("/content/answers/{name}", "Câu trả lời", _SEE, get=_answer, menu="content", help="content"),
    Page("/content/rumours/{name}", "Đính chính tin đồn", _SEE, get=_rumour, menu="content", help="content"),
    Page("/content/messages", "Câu nhắn", _SEE, get=_messages, menu="content", help="content"),
    Page("/content/local", "Hỗ trợ địa phương", _SEE, get=_local, menu="content", help="content"),
    Page("/content/local/{name}", "Hỗ trợ địa phương", _SEE, get=_province, menu="content", help="content"),
    Page("/content/stale", "Cần xem lại", _SEE, get=_stale, menu="content", help="stale"),
    Page("/content/try", "Hỏi thử", _SEE, get=_try, post=_tried, menu="content", help="try_it"),
)
