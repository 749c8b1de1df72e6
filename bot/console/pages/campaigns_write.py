"""The builder: a campaign as a form, with whom it reaches and what it says beside it while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.booking.rules import TOPICS as SUBJECTS
from bot.campaigns import service
from bot.campaigns.audience import audience_json
from bot.campaigns.bubbles import bubbles
from bot.campaigns.plan import TRIED_BY as WAYS
from bot.campaigns.plan import read_plan
from bot.campaigns.rules import MOVES, Act
from bot.campaigns.waves.scope import units_of
from bot.campaigns.waves.store import all_waves
from bot.citizens import invitations
from bot.citizens.rules import Entitlement, Joined, Situation
from bot.clock import day_in_vietnam
from bot.console.campaign_form import CHANNEL_PLACES, SIDES, Form, checked, links_shown, places_in
from bot.console.campaign_words import BOOKED, DOCUMENTS, TRIED_BY, WEEKDAYS, said_offset
from bot.console.pages.campaigns import campaign_of, desk_of
from bot.console.visit import Page, Visit
from bot.errors import AnSinhError, Refused
from bot.outbox.channels import CAPABILITIES
from bot.staff.rules import Right
from bot.vn.places import gazetteer


async def _new(visit: Visit) -> Response:
    templates = desk_of(visit).templates
    template = templates.get(visit.query("template"))
    if template is None:
        return visit.show("campaigns/templates.html", templates=templates.values())
    form = await _with_links(visit, Form.of_template(template, audience_json(template.audience), visit.today))
    if visit.staff.scope:
        form.values["places"] = sorted(visit.staff.scope)
    return await _shown(visit, form, {})


async def _create(visit: Visit) -> Response:
    form = await _with_links(visit, Form.typed(visit.form))
    plan, faults = checked(visit, form)
    if plan is None:
        return await _shown(visit, form, faults)
    try:
        async with visit.house.engine.begin() as connection:
            await service.create(connection, _read(visit, plan), by=visit.staff, now=visit.now)
    except AnSinhError as error:
        return await _shown(visit, form, {"form": str(error)})
    return visit.go(f"/campaigns/{plan['campaign']}", said="saved")


async def _edit(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
    form = await _with_links(visit, Form.of_plan(campaign.plan))
    form.values["version"] = [str(campaign.version)]
    faults = {} if campaign.state in MOVES[Act.EDIT] else {"form": "Chiến dịch đã gửi thì không sửa được nữa."}
    return await _shown(visit, form, faults, key=campaign.key)


async def _save(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
    form = await _with_links(visit, Form.typed(visit.form))
    form.values["campaign"] = [campaign.key]
    plan, faults = checked(visit, form)
    if plan is None:
        return await _shown(visit, form, faults, key=campaign.key)
    try:
        if not form("version").isascii() or not form("version").isdigit():
            raise Refused("Trang đã cũ. Hãy mở lại chiến dịch rồi sửa.")
        async with visit.house.engine.begin() as connection:
            await service.edit(
                connection, _read(visit, plan), by=visit.staff, now=visit.now, version=int(form("version")[:9])
            )  # fmt: skip
    except AnSinhError as error:
        return await _shown(visit, form, {"form": str(error)}, key=campaign.key)
    return visit.go(f"/campaigns/{campaign.key}", said="saved")


def _read(visit: Visit, plan: Mapping[str, Any]) -> Any:
    return read_plan(plan, visit.house.library.topics)


async def _shown(visit: Visit, form: Form, faults: Mapping[str, str], *, key: str = "") -> Response:
    """Return the form with all that was typed, and beside each field what is wrong with it."""
    async with visit.house.engine.connect() as connection:
        waves = [kept.wave for kept in await all_waves(connection) if units_of(kept.wave, visit.staff)]
    template = desk_of(visit).templates.get(form("template"))
    return visit.show(
        "campaigns/form.html",
        status=400 if faults and visit.request.method == "POST" else 200,
        form=form,
        faults=faults,
        key=key,
        links={side: links_shown(form, side) for side in SIDES},
        where={side: places_in(form, side, visit.staff) for side in SIDES},
        templates=desk_of(visit).templates.values(),
        arms=template.arms if template else ("a",),
        situations=list(Situation),
        entitlements=list(Entitlement),
        joined=list(Joined),
        topics=visit.house.library.topics.values(),
        subjects={subject: BOOKED.get(subject, subject) for subject in SUBJECTS},
        channels=list(CAPABILITIES),
        channel_places=CHANNEL_PLACES,
        weekdays=WEEKDAYS,
        ways={way: TRIED_BY[way] for way in WAYS},
        documents=DOCUMENTS,
        document_places=sorted((province.name, key) for key, province in gazetteer().provinces.items()),
        provinces=sorted(province.name for province in gazetteer().provinces.values()),
        waves=waves,
    )


async def _count(visit: Visit) -> Response:
    """Answer with how many a form reaches now, and why others do not get it."""
    plan, faults = checked(visit, await _named(visit))
    if plan is None:
        return visit.show("campaigns/piece_count.html", reach=None, faults=faults)
    read = _read(visit, plan)
    service.check(visit.staff, Act.CREATE, plan)
    async with visit.house.engine.begin() as connection:
        reach = await desk_of(visit).reach(connection, read)
    return visit.show("campaigns/piece_count.html", reach=reach, faults={})


async def _preview(visit: Visit) -> Response:
    """Answer with each message as each channel shows it."""
    plan, faults = checked(visit, await _named(visit))
    if plan is None:
        return visit.show("campaigns/piece_preview.html", bubbles=[], faults=faults, said_offset=said_offset)
    desk, read = desk_of(visit), _read(visit, plan)
    day = day_in_vietnam(read.schedule.at)
    found = bubbles(visit.house.library, desk.template(read), desk.pinned(read), day)
    return visit.show("campaigns/piece_preview.html", bubbles=found, faults={}, said_offset=said_offset)


async def _with_links(visit: Visit, form: Form) -> Form:
    """Return a form that knows the invitations of somebody's places by their names."""
    async with visit.house.engine.connect() as connection:
        form.links = await invitations.names(connection, visit.staff.answers_for)
    return form


async def _named(visit: Visit) -> Form:
    """Return the form, with a name where none is typed yet: to count or to look needs none."""
    form = await _with_links(visit, Form.typed(visit.form))
    form.values["title"] = [form("title") or "x"]
    return form


PAGES = (
    Page("/campaign-new", "Chiến dịch mới", Right.WRITE_CAMPAIGNS, get=_new, post=_create, menu="campaigns", help="campaigns_first"),
    Page("/campaign-count", "Chiến dịch mới", Right.WRITE_CAMPAIGNS, post=_count),
    Page("/campaign-preview", "Chiến dịch mới", Right.WRITE_CAMPAIGNS, post=_preview),
    Page("/campaigns/{key}/edit", "Sửa chiến dịch", Right.WRITE_CAMPAIGNS, get=_edit, post=_save, menu="campaigns", help="campaigns_first"),
)  # fmt: skip
