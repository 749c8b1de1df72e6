"""Campaigns: the list, one campaign with what may be done with it, and how it goes while it is sent."""

from __future__ import annotations

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns import service, store
from bot.campaigns.desk import Desk
from bot.campaigns.forecast import Forecast
from bot.campaigns.plan import Plan, read_plan
from bot.campaigns.progress import Progress, listed, progress
from bot.campaigns.rules import MOVES, Act, State
from bot.campaigns.said import ACTS
from bot.campaigns.store import Campaign
from bot.campaigns.trying import readers, send_try
from bot.campaigns.waves.store import names as wave_names
from bot.citizens import invitations
from bot.console.campaign_words import Words
from bot.console.render import place, rendered, word
from bot.console.streams import Seen
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Right

A_PAGE = 30  # campaigns of a page of the list
MOST_READERS = 300  # of a try, to choose from
MOVING = (State.SCHEDULED, State.RUNNING, State.PAUSED)
BEFORE = (State.DRAFT, State.SUBMITTED, State.APPROVED, State.SCHEDULED)  # what a forecast is still of use for
SIMPLE = (Act.SCHEDULE, Act.WITHDRAW, Act.PAUSE, Act.RESUME, Act.STOP)


def desk_of(visit: Visit) -> Desk:
    """Return the desk of campaign staff, as of now."""
    house = visit.house
    return Desk(house.engine, house.library, house.settings, visit.now)


async def words_of(visit: Visit, connection: AsyncConnection) -> Words:
    """Return what says plans."""
    waves = await wave_names(connection)
    links = await invitations.names(connection, lambda _: True)
    return Words(visit.house.library.topics, desk_of(visit).templates, waves, links, place, word)


async def campaign_of(visit: Visit, connection: AsyncConnection) -> Campaign:
    """Return the campaign of the address; 404 when there is none, or it lies where this person does not work."""
    found = await store.find(connection, visit.path("key"))
    if found is None or not visit.staff.answers_for(found.plan["audience"].get("places", ())):
        raise HTTPException(404)
    return found


def plan_of(visit: Visit, campaign: Campaign) -> Plan:
    """Return the plan of a campaign."""
    return read_plan(campaign.plan, visit.house.library.topics, campaign.key)


async def _list(visit: Visit) -> Response:
    written = visit.query("page", "0")
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    states = [state for state in State if state == visit.query("state")]
    async with visit.house.engine.connect() as connection:
        found = await listed(
            connection, visit.staff.codes(), states=states, most=A_PAGE + 1, skip=number * A_PAGE
        )  # fmt: skip
        who = await who_of(connection)
    return visit.show(
        "campaigns/list.html", found=found[:A_PAGE], more=len(found) > A_PAGE, number=number, states=list(State),
        chosen=states[0] if states else "", who=who,
    )  # fmt: skip


async def _one(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
        acts = await store.acts(connection, campaign.id)
        goes = await progress(connection, campaign, visit.now)
        places = campaign.plan["audience"].get("places", ())
        to = await readers(connection, places, visit.staff) if campaign.state is State.DRAFT else []
        words, who = await words_of(visit, connection), await who_of(connection)
    return visit.show(
        "campaigns/one.html",
        who=who,
        campaign=campaign,
        lines=words.plan(campaign.plan),
        acts=acts,
        act_words=ACTS,
        possible={act for act in Act if campaign.state in MOVES.get(act, {})},
        goes=goes,
        forecast=_until(visit, campaign, goes),
        moving=campaign.state in MOVING,
        before=campaign.state in BEFORE,
        consultants=to[:MOST_READERS],
        run=visit.house.dry_runs.of(campaign.key),
        wrote=visit.staff.key in service.writers(campaign, acts),
        resumable=service.resumable(campaign, acts, visit.staff),
    )


def _until(visit: Visit, campaign: Campaign, goes: Progress) -> Forecast | None:
    """Return when what waits will have left, at the rate of the last minute where there is one."""
    if campaign.state is not State.RUNNING or not goes.waiting:
        return None
    waiting = {channel: number for channel, number in goes.waiting.items() if channel}
    return desk_of(visit).foretell(plan_of(visit, campaign), waiting, begins=visit.now, seen=goes.rate)


async def _events(visit: Visit) -> Response:
    """Answer with the numbers whenever they have changed, until the campaign is in another state than the open page says."""
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
    return visit.follow(f"campaign:{campaign.id}", partial(_look, visit), state=visit.query("state"))


async def _look(visit: Visit) -> Seen:
    """Return the numbers as everybody sees them who may see the campaign."""
    async with visit.house.engine.connect() as connection:
        campaign = await store.find(connection, visit.path("key"))
        assert campaign is not None  # none is ever taken away
        goes = await progress(connection, campaign, visit.now)
    values = {"campaign": campaign, "goes": goes, "forecast": _until(visit, campaign, goes)}
    return Seen(campaign.state, rendered("campaigns/piece_progress.html", values))


async def _outlook(visit: Visit) -> Response:
    """Answer with the forecast, loaded behind the page, for it counts all people."""
    async with visit.house.engine.begin() as connection:
        plan = plan_of(visit, await campaign_of(visit, connection))
        found = await desk_of(visit).look_ahead(connection, plan)
    return visit.show("campaigns/piece_outlook.html", found=found, plan=plan)


async def _run(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
    return visit.show("campaigns/piece_dry_run.html", campaign=campaign, run=visit.house.dry_runs.of(campaign.key))


async def _act(visit: Visit) -> Response:
    what = visit.field("what", 20)
    async with visit.house.engine.begin() as connection:
        campaign = await campaign_of(visit, connection)
        if what in SIMPLE:
            await service.act(
                connection, campaign.key, Act(what), by=visit.staff, now=visit.now, note=visit.field("note", 500)
            )  # fmt: skip
        elif what == Act.SUBMIT:
            await _submit(visit, connection, campaign)
        elif what == Act.DRY_RUN:
            await _dry_run(visit, connection, campaign)
        elif what == "try":
            await _try(visit, connection, campaign)
        else:
            raise Refused("Không rõ cần làm gì.")
    return visit.go(f"/campaigns/{campaign.key}", said="tried" if what == "try" else "done")


async def _submit(visit: Visit, connection: AsyncConnection, campaign: Campaign) -> None:
    if visit.field("version", 12) != str(campaign.version):
        raise Refused("Có người vừa sửa chiến dịch này. Hãy tải lại trang, đọc lại rồi gửi duyệt.")
    desk, plan = desk_of(visit), plan_of(visit, campaign)
    reach = await desk.reach(connection, plan)
    texts = desk.pinned(plan)
    await service.submit(
        connection, plan, texts, reached=reach.planned, by=visit.staff, now=visit.now, grounds=desk.grounds(plan, texts)
    )  # fmt: skip


async def _dry_run(visit: Visit, connection: AsyncConnection, campaign: Campaign) -> None:
    service.check(visit.staff, Act.DRY_RUN, campaign.plan)
    desk_of(visit).pinned(plan_of(visit, campaign))  # what cannot be sent need not be tried
    visit.house.dry_runs.begin(desk_of(visit), campaign.key, visit.staff.key)
    await _write_down(visit, connection, campaign, Act.DRY_RUN, "")


async def _try(visit: Visit, connection: AsyncConnection, campaign: Campaign) -> None:
    service.check(visit.staff, Act.SUBMIT, campaign.plan)
    plan, to = plan_of(visit, campaign), visit.field("to", 64)
    await send_try(connection, visit.house.library, plan, desk_of(visit).pinned(plan), to, by=visit.staff)
    await _write_down(visit, connection, campaign, "try", to)


async def _write_down(visit: Visit, connection: AsyncConnection, campaign: Campaign, act: str, note: str) -> None:
    about = f"campaign:{campaign.key}"
    await audit.write(connection, by=visit.staff.key, act=act, about=about, note=note, now=visit.now)


PAGES = (
    Page("/campaigns", "Chiến dịch", Right.SEE_CAMPAIGNS, get=_list, menu="campaigns", help="campaigns"),
    Page(
        "/campaigns/{key}", "Chiến dịch", Right.SEE_CAMPAIGNS, get=_one, post=_act, menu="campaigns", help="campaigns"
    ),
    Page("/campaigns/{key}/events", "Chiến dịch", Right.SEE_CAMPAIGNS, get=_events, help="campaigns", polled=True),
    Page("/campaigns/{key}/outlook", "Chiến dịch", Right.SEE_CAMPAIGNS, get=_outlook, help="campaigns"),
    Page("/campaigns/{key}/dry-run", "Chiến dịch", Right.SEE_CAMPAIGNS, get=_run, help="campaigns", polled=True),
)
