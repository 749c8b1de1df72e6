"""What editors have to look at: questions nobody answered, rumours without a correction, complaints; one editor at a time."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.answers import work
from bot.campaigns.answers.work import State
from bot.console.visit import Page, Visit
from bot.staff import audit
from bot.staff.rules import Right
from bot.staff.scope import places_of

_SHOWN = {"open": (State.OPEN, State.TAKEN), "over": (State.DONE, State.DISMISSED)}
_TOLD = {"take": "taken", "back": "given_back"}
KINDS = ("question", "rumour", "report")
LONGEST_NOTE = 300


async def _work(visit: Visit) -> Response:
    shown = visit.query("shown") if visit.query("shown") in _SHOWN else "open"
    async with visit.house.engine.connect() as connection:
        items = await work.listed(connection, states=_SHOWN[shown], places=places_of(visit.staff))
    return visit.show("content/work.html", items=items, shown=shown, longest=LONGEST_NOTE)


async def _act(visit: Visit) -> Response:
    what, item = visit.field("what", 10), int(visit.path("id"))
    async with visit.house.engine.begin() as connection:
        if not await work.act(connection, item, what, visit.staff, visit.field("note", LONGEST_NOTE), now=visit.now):
            raise HTTPException(404)
    return visit.go("/content/work", said=_TOLD.get(what, "done"))


async def _export(visit: Visit) -> Response:
    kinds = [kind for kind in visit.fields("kinds") if kind in KINDS] or ["question"]
    async with visit.house.engine.begin() as connection:
        lines = await work.training_lines(connection, kinds=kinds, places=places_of(visit.staff))
        await audit.write(
            connection, by=visit.staff.key, act="work_export", note=f"{' '.join(kinds)}: {len(lines)}", now=visit.now
        )  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="cau_hoi.txt"', "cache-control": "no-store"}
    return Response("".join(f"{line}\n" for line in lines), media_type="text/plain; charset=utf-8", headers=headers)


PAGES = (
    Page("/content/work", "Việc cần làm", Right.EDIT_CONTENT, get=_work, menu="content", help="content_work"),
    Page("/content/work/export", "Tải câu hỏi", Right.EDIT_CONTENT, post=_export),
    Page("/content/work/{id:int}", "Việc cần làm", Right.EDIT_CONTENT, post=_act),
)
