"""What editors have to look at: questions nobody answered, rumours without a correction, complaints; one editor at a time."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.answers import training, work
from bot.campaigns.answers.work import State
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.settings import ROOT
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
        who = await who_of(connection)
    topics = sorted(visit.house.library.topics.values(), key=lambda topic: topic.title)
    return visit.show(
        "content/work.html",
        items=items,
        shown=shown,
        longest=LONGEST_NOTE,
        topics=topics,
        line=training.LONGEST,
        who=who,
    )


async def _act(visit: Visit) -> Response:
    what, item = visit.field("what", 10), int(visit.path("id"))
    async with visit.house.engine.begin() as connection:
        if what == "line":
            found = await training.choose(
                connection, visit.house.library, item, topic=visit.field("topic", 80), line=visit.field("line", 1000),
                staff=visit.staff, now=visit.now,
            )  # fmt: skip
        else:
            found = await work.act(
                connection, item, what, visit.staff, visit.field("note", LONGEST_NOTE), now=visit.now
            )
        if not found:
            raise HTTPException(404)
    return visit.go("/content/work", said=_TOLD.get(what, "done"))


async def _export(visit: Visit) -> Response:
    """Return what was asked, a line each, or as a file for nlu_data/ what was chosen for its topics."""
    kinds = [kind for kind in visit.fields("kinds") if kind in KINDS] or ["question"]
    form = "yml" if visit.field("form", 10) == "yml" else "txt"
    async with visit.house.engine.begin() as connection:
        if form == "yml":
            content, number = await training.examples(connection, ROOT / "nlu_data", places=places_of(visit.staff))
        else:
            lines = await work.training_lines(connection, kinds=kinds, places=places_of(visit.staff))
            content, number = "".join(f"{line}\n" for line in lines), len(lines)
        note = f"nlu_data: {number}" if form == "yml" else f"{' '.join(kinds)}: {number}"
        await audit.write(connection, by=visit.staff.key, act="work_export", note=note, now=visit.now)
    return _kept(content, f"cau_hoi.{form}", "application/yaml" if form == "yml" else "text/plain")


async def _page(visit: Visit) -> Response:
    """Return the draft of a page that would answer a question."""
    number = int(visit.path("id"))
    async with visit.house.engine.connect() as connection:
        item = await work.find(connection, number, places=places_of(visit.staff))
    if item is None:
        raise HTTPException(404)
    return _kept(training.page_draft(item, visit.today), f"trang_moi_{number}.md", "text/markdown")


def _kept(content: str, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)


PAGES = (
    Page("/content/work", "Việc cần làm", Right.EDIT_CONTENT, get=_work, menu="content", help="content_work"),
    Page("/content/work/export", "Tải câu hỏi", Right.EDIT_CONTENT, post=_export),
    Page("/content/work/{id:int}", "Việc cần làm", Right.EDIT_CONTENT, post=_act),
    Page("/content/work/{id:int}/page", "Bản nháp trang", Right.EDIT_CONTENT, get=_page, help="content_work"),
)
