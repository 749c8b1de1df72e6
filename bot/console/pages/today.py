"""The first page: what waits for this member of staff today, each with the way to it."""

from __future__ import annotations

from starlette.responses import Response

from bot.campaigns import store as campaigns
from bot.campaigns.rules import State
from bot.console.pages import bookings, talks
from bot.console.visit import Page, Visit
from bot.staff.rules import Right


async def _today(visit: Visit) -> Response:
    waiting = []
    if visit.staff.may(Right.SEE_CAMPAIGNS):
        async with visit.house.engine.connect() as connection:
            states = (State.SUBMITTED, State.RUNNING, State.PAUSED)
            waiting = [
                one
                for one in await campaigns.of_states(connection, states)
                if visit.staff.answers_for(one.plan["audience"].get("places", ()))
            ]
    return visit.show(
        "today.html", campaigns=waiting, appointments=await bookings.mine(visit), talks=await talks.waiting(visit)
    )


PAGES = (Page("", "Hôm nay", None, get=_today, menu="today", help="today"),)
