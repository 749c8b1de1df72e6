"""The first page: what waits for this member of staff today, and what is out of order, each with the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.answers.overview import Concern, concerns, pressing
from bot.booking import agenda, waiting
from bot.booking.rules import Appointment
from bot.campaigns import progress, store
from bot.campaigns.answers import work
from bot.campaigns.rules import State
from bot.campaigns.store import Campaign
from bot.campaigns.watch import paused_here
from bot.campaigns.waves.due import Due, due_of
from bot.console.pages import bookings, talks
from bot.console.pages.bookings_shown import Shown, listed
from bot.console.visit import Page, Visit
from bot.outbox import desk
from bot.sheets.words import say
from bot.staff import accounts
from bot.staff.rules import Right
from bot.staff.scope import places_of

WATCHED = (State.SUBMITTED, State.RUNNING, State.PAUSED)


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is out of order, as far as somebody has the right to mend it."""

    channels: Sequence[desk.Trouble] = ()
    paused: Sequence[Campaign] = ()
    doubtful: Sequence[Any] = ()
    due: Sequence[Due] = ()
    ending: Sequence[Concern] = ()
    work: dict[str, int] | None = None
    waiting: int = 0
    unnoted: Sequence[Shown] = ()

    @property
    def any(self) -> bool:
        """Tell whether there is anything."""
        return any(getattr(self, name) for name in self.__slots__)


async def _today(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await _campaigns(visit, connection)
        alerts = await _alerts(visit, connection, found)
        new = await accounts.is_new(connection, visit.staff, now=visit.now)
    return visit.show(
        "today.html", campaigns=[one for one in found if one not in alerts.paused], alerts=alerts, new=new,
        appointments=await bookings.mine(visit), talks=await talks.waiting(visit),
        what_name=lambda what: say(visit.house.library, f"wave_what_{what}"),
    )  # fmt: skip


async def _campaigns(visit: Visit, connection: AsyncConnection) -> list[Campaign]:
    if not visit.staff.may(Right.SEE_CAMPAIGNS):
        return []
    found = await store.of_states(connection, WATCHED)
    return [one for one in found if visit.staff.answers_for(one.plan["audience"].get("places", ()))]


async def _alerts(visit: Visit, connection: AsyncConnection, found: Sequence[Campaign]) -> Alerts:
    staff, may = visit.staff, visit.staff.may
    keeps_channels = may(Right.KEEP_SETTINGS) and staff.answers_for(())  # they serve the whole country
    writes = may(Right.WRITE_CAMPAIGNS)
    return Alerts(
        channels=await desk.troubles(connection) if keeps_channels else (),
        paused=[one for one in found if paused_here(one)] if may(Right.HOLD_CAMPAIGNS) else (),
        doubtful=await progress.in_doubt(connection, staff.codes()) if writes else (),
        due=await due_of(connection, staff, visit.today) if writes else (),
        ending=_ending(visit) if may(Right.EDIT_CONTENT) else (),
        work=await work.untaken(connection, places=places_of(staff)) if may(Right.EDIT_CONTENT) else None,
        waiting=await _waiting(visit, connection) if may(Right.KEEP_BOOKINGS) else 0,
        unnoted=listed(await _unnoted(visit, connection)),
    )


def _ending(visit: Visit) -> list[Concern]:
    return pressing(concerns(visit.house.library, visit.house.templates(), visit.today), visit.today)


async def _waiting(visit: Visit, connection: AsyncConnection) -> int:
    rows = await waiting.waiting(connection, visit.staff, today=visit.today)
    return sum(row.people for row in rows)


async def _unnoted(visit: Visit, connection: AsyncConnection) -> list[Appointment]:
    own = visit.staff.consultant_id
    if own is None or not visit.staff.may(Right.KEEP_BOOKINGS):
        return []
    return await agenda.without_note(connection, own, today=visit.today)


PAGES = (Page("", "Hôm nay", None, get=_today, menu="today", help="today"),)
