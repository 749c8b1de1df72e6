"""Rumours by theme and place, with a way to set them right."""

from __future__ import annotations

from collections import Counter, defaultdict

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns import service
from bot.campaigns import store as campaigns
from bot.campaigns.answers.correction import LOOK_BACK, start_correction
from bot.campaigns.answers.rumours import Heard, counted
from bot.campaigns.plan import read_plan
from bot.console.visit import Page, Visit
from bot.staff.rules import Right


async def _rumours(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await counted(connection, now=visit.now, within=LOOK_BACK, codes=visit.staff.codes())
    times: Counter[str] = Counter()
    places: dict[str, list[Heard]] = defaultdict(list)
    for heard in found:
        times[heard.theme or ""] += heard.times
        places[heard.theme or ""].append(heard)
    return visit.show(
        "campaigns/rumours.html", themes=visit.house.library.rumours, times=times, places=places, days=LOOK_BACK.days
    )  # fmt: skip


async def _correct(visit: Visit) -> Response:
    """Begin the draft of a campaign that sets a rumour right."""
    theme = visit.path("name")
    if theme not in visit.house.library.rumours:
        raise HTTPException(404)
    async with visit.house.engine.begin() as connection:
        raw = await start_correction(
            connection, visit.house.library, theme, now=visit.now, codes=sorted(visit.staff.scope) or None
        )  # fmt: skip
        plan = read_plan(raw, visit.house.library.topics)
        if await campaigns.find(connection, plan.key) is not None:  # pressed twice, or begun by somebody else today
            return visit.go(f"/campaigns/{plan.key}")
        campaign = await service.create(connection, plan, by=visit.staff, now=visit.now)
    return visit.go(f"/campaigns/{campaign.key}/edit", said="corrects")


PAGES = (
    Page("/rumours", "Tin đồn", Right.SEE_CAMPAIGNS, get=_rumours, menu="campaigns", help="rumours"),
    Page("/rumours/{name}", "Tin đồn", Right.WRITE_CAMPAIGNS, post=_correct),
)
