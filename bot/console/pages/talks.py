"""Conversations: who waits for a person, the open conversation, and what its consultant does in it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.answers.pages import Page as Answer
from bot.console.masked import mask_name, mask_words
from bot.console.pages import talk_people
from bot.console.visit import Page, Visit
from bot.conversation import talks
from bot.conversation.relay import console as relay
from bot.conversation.relay.words import waited
from bot.conversation.talks import Line, Talk
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Right

OPEN_FOR = timedelta(minutes=30)  # what was opened is masked again after that
MOST_SUGGESTED, LAST_WORDS = 3, 3
LONGEST_ANSWER = 4000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the queue, masked."""

    talk: Talk
    waited: str
    topic: str
    name: str


async def waiting(visit: Visit) -> list[Waiting]:
    """Return the queue of somebody's places; empty for whoever sees no conversations."""
    if not visit.staff.may(Right.SEE_TALKS):
        return []
    async with visit.house.engine.connect() as connection:
        return [_row(visit, talk) for talk in await talks.open_talks(connection, visit.staff)]


def _row(visit: Visit, talk: Talk) -> Waiting:
    topics = visit.house.library.topics
    topic = topics[talk.topic].title if talk.topic and talk.topic in topics else ""
    return Waiting(talk, waited(visit.house.library, visit.now - talk.asked_at), topic, mask_name(talk.name or ""))


async def _queue(visit: Visit) -> Response:
    rows = await waiting(visit)
    mark = _mark([(row.talk.id, row.talk.taken_by, row.waited, row.topic) for row in rows])
    if visit.in_place:
        return _unless_seen(visit, mark) or visit.show("talks/piece_queue.html", rows=rows, mark=mark)
    return visit.show("talks/queue.html", rows=rows, mark=mark)


def _mark(shown: object) -> str:
    """Return by what a browser says which state of a piece it has."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _unless_seen(visit: Visit, mark: str) -> Response | None:
    """Return «nothing new», which changes nothing on the page, when the browser has this state already."""
    return Response(status_code=204) if visit.query("seen") == mark else None


async def _found(visit: Visit, connection: AsyncConnection) -> Talk:
    talk = await talks.find(connection, visit.staff, int(visit.path("id")))
    if talk is None:
        raise HTTPException(404)
    return talk


async def _shown(visit: Visit, connection: AsyncConnection) -> dict[str, Any]:
    """Return what the piece with the conversation shows: to whoever has it masked words, to others none until they open it."""
    talk = await _found(visit, connection)
    mine = talk.taken_by is not None and talk.taken_by == visit.staff.consultant_id and talk.closed_at is None
    opened = await audit.done_since(
        connection, by=visit.staff.key, act="open_talk", about=f"talk:{talk.id}", since=visit.now - OPEN_FOR
    )
    lines = await talks.lines(connection, [talk.contact_id]) if mine or opened else []
    names = [] if opened else await talks.names_of(connection, talk.person_id)
    shown = lines if opened else [_masked(line, names) for line in lines]
    note = talk.note if opened else mask_words(talk.note or "", names)
    return {
        "talk": talk, "mine": mine, "opened": opened, "lines": shown, "note": note,
        "row": _row(visit, talk), "fault": "", "suggested": _suggested(visit, lines) if mine else [],
        "mark": _mark((mine, opened, talk.closed_at, talk.taken_by, note, [astuple(line) for line in shown])),
    }  # fmt: skip


def _masked(line: Line, names: Sequence[str]) -> Line:
    return Line(line.who, line.kind, line.at, line.state, mask_words(line.said, names))


def _suggested(visit: Visit, lines: Sequence[Line]) -> list[Answer]:
    """Return the pages that fit the person's last words, the newest first."""
    said = [line.said for line in lines if line.who == "citizen" and line.kind == "text"][-LAST_WORDS:]
    library = visit.house.library
    found = [page for words in reversed(said) for page in library.suggested(words, visit.today, MOST_SUGGESTED)]
    return list({page.name: page for page in found}.values())[:MOST_SUGGESTED]


async def _whole(visit: Visit, *, written: str = "") -> Response:
    async with visit.house.engine.connect() as connection:
        shown = await _shown(visit, connection)
        desks = await talks.desks(connection, but=_consultant(visit)) if shown["mine"] else []
    return visit.show("talks/talk.html", **shown, desks=desks, written=written, form_mark=secrets.token_hex(16))


async def _talk(visit: Visit) -> Response:
    return await _whole(visit)


async def _said(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        shown = await _shown(visit, connection)
    return _unless_seen(visit, shown["mark"]) or visit.show("talks/piece_said.html", **shown)


async def _open(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        talk = await _found(visit, connection)
        await _write(visit, connection, "open_talk", talk)
    return visit.go(f"/talks/{talk.id}")


async def _write(visit: Visit, connection: AsyncConnection, act: str, talk: Talk, note: str = "") -> None:
    await audit.write(connection, by=visit.staff.key, act=act, about=f"talk:{talk.id}", note=note, now=visit.now)


def _consultant(visit: Visit) -> int:
    """Return as whom a member of staff answers."""
    if visit.staff.consultant_id is None:
        raise Refused(
            "Tài khoản của bạn chưa gắn với tư vấn viên nào, nên chưa trả lời được. Hãy nhờ người quản trị gắn."
        )
    return visit.staff.consultant_id


Do = Callable[[Visit, AsyncConnection, Talk], Awaitable[str]]


def _act(name: str, do: Do, *, said: str, stays: bool = False) -> Callable[[Visit], Awaitable[Response]]:
    """Return a page that does something to a conversation and writes it down, in one transaction."""

    async def page(visit: Visit) -> Response:
        async with visit.house.engine.begin() as connection:
            talk = await _found(visit, connection)
            note = await do(visit, connection, talk)
            await _write(visit, connection, name, talk, note)
        return visit.go(f"/talks/{talk.id}" if stays else "/talks", said=said)

    return page


async def _take(visit: Visit, connection: AsyncConnection, talk: Talk) -> str:
    await relay.take(connection, visit.house.library, _consultant(visit), talk.id, now=visit.now)
    return ""


async def _give_back(visit: Visit, connection: AsyncConnection, talk: Talk) -> str:
    await relay.give_back(connection, visit.house.library, _consultant(visit), talk.id, now=visit.now)
    return ""


async def _forward(visit: Visit, connection: AsyncConnection, talk: Talk) -> str:
    desks = await talks.desks(connection, but=_consultant(visit))
    to = next((desk for desk in desks if desk.key == visit.field("to", 100)), None)
    if to is None:
        raise Refused("Hãy chọn nơi chuyển tới.")
    note = ": ".join(part for part in (to.name, visit.field("note", relay.LONGEST_NOTE)) if part)
    await relay.forward(
        connection, visit.house.library, _consultant(visit), talk.id, to.province, note=note, now=visit.now
    )
    return f"to: {to.key}"


async def _answer(visit: Visit) -> Response:
    """Send an answer; with HTMX what was said comes back, and an empty box, or the fault and the box as it is."""
    fault = await _sent(visit)
    if not visit.in_place:
        if fault:
            raise Refused(fault)
        return visit.go(f"/talks/{visit.path('id')}")
    async with visit.house.engine.connect() as connection:
        shown = await _shown(visit, connection) | {"fault": fault}
    return visit.show("talks/piece_answered.html", **shown, written="", form_mark=secrets.token_hex(16))


async def _sent(visit: Visit) -> str:
    """Send and write it down; return why not, empty when it is sent."""
    try:
        async with visit.house.engine.begin() as connection:
            talk = await _found(visit, connection)
            await relay.answer(
                connection, visit.house.library, _consultant(visit), talk.id, visit.field("said", LONGEST_ANSWER + 1),
                mark=visit.field("mark", 64), now=visit.now,
            )  # fmt: skip
            await _write(visit, connection, "answer_talk", talk)
    except Refused as error:
        return str(error)
    return ""


async def _suggestion(visit: Visit) -> Response:
    """Put the short answer of a page, as it is today, below what is being written."""
    library, name = visit.house.library, visit.field("page", 100)
    if name not in library.pages:
        raise HTTPException(404)
    answer = library.short(name, visit.today).text
    written = "\n\n".join(part for part in (visit.field("said", LONGEST_ANSWER), answer) if part)
    if not visit.in_place:
        return await _whole(visit, written=written)
    async with visit.house.engine.connect() as connection:
        await _found(visit, connection)
    return visit.show("talks/piece_box.html", written=written)


_TALK = "/talks/{id:int}"
PAGES = (
    Page("/talks", "Đang chờ", Right.SEE_TALKS, get=_queue, menu="talks", help="talks", polled=True),
    *talk_people.PAGES,
    Page(_TALK, "Cuộc trò chuyện", Right.SEE_TALKS, get=_talk, menu="talks", help="talks_open"),
    Page(f"{_TALK}/said", "Cuộc trò chuyện", Right.SEE_TALKS, get=_said, help="talks_open", polled=True),
    Page(f"{_TALK}/open", "Mở xem", Right.OPEN_PERSONAL, post=_open),
    Page(f"{_TALK}/take", "Nhận trả lời", Right.ANSWER_TALKS, post=_act("take_talk", _take, said="talk_taken", stays=True)),
    Page(f"{_TALK}/answer", "Trả lời", Right.ANSWER_TALKS, post=_answer),
    Page(f"{_TALK}/suggestion", "Gợi ý", Right.ANSWER_TALKS, post=_suggestion, menu="talks", help="talks_open"),
    Page(
        f"{_TALK}/give-back", "Trả lại cho máy", Right.ANSWER_TALKS,
        post=_act("give_back_talk", _give_back, said="talk_given_back"),
    ),
    Page(
        f"{_TALK}/forward", "Chuyển nơi khác", Right.ANSWER_TALKS,
        post=_act("forward_talk", _forward, said="talk_forwarded"),
    ),
)  # fmt: skip
