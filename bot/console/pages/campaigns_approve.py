"""What a second person reads before they approve: the plan in words, each text, and what changed since the last time."""

from __future__ import annotations

from starlette.responses import Response

from bot.campaigns import service, store, versions
from bot.campaigns.bubbles import bubbles
from bot.campaigns.rules import Act, State
from bot.campaigns.said import ACTS
from bot.clock import day_in_vietnam
from bot.console.campaign_words import plan_changes, said_offset
from bot.console.pages.campaigns import campaign_of, desk_of, plan_of, words_of
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.errors import Refused
from bot.staff.rules import Right


async def _texts(visit: Visit) -> Response:
    """Show the texts: those that are pinned, or for a draft those that would be."""
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
        pinned = await store.pinned(connection, campaign.id)
    desk, plan = desk_of(visit), plan_of(visit, campaign)
    day = day_in_vietnam(plan.schedule.at)
    found = bubbles(visit.house.library, desk.template(plan), pinned or desk.pinned(plan), day)
    return visit.show("campaigns/texts.html", campaign=campaign, bubbles=found, said_offset=said_offset, faults={})


async def _read(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
        pinned = await store.pinned(connection, campaign.id)
        before = await versions.before(connection, campaign.id) if pinned else None
        acts = await store.acts(connection, campaign.id)
        words, who = await words_of(visit, connection), await who_of(connection)
    plan = plan_of(visit, campaign)
    lines = words.plan(campaign.plan)
    template = desk_of(visit).templates.get(plan.template)
    shown = bubbles(visit.house.library, template, pinned, day_in_vietnam(plan.schedule.at)) if template else []
    return visit.show(
        "campaigns/approve.html",
        who=who,
        campaign=campaign,
        lines=lines,
        before=before,
        changed=plan_changes(words.plan(before.plan), lines) if before else [],
        changes=versions.text_changes(before.texts, pinned) if before else [],
        bubbles=shown,
        acts=acts,
        act_words=ACTS,
        wrote=visit.staff.key in service.writers(campaign, acts),
        waits=campaign.state is State.SUBMITTED or (campaign.state is State.PAUSED and campaign.changed is not None),
        said_offset=said_offset,
        faults={},
    )


async def _decide(visit: Visit) -> Response:
    what, note = visit.field("what", 20), visit.field("note", 500)
    async with visit.house.engine.begin() as connection:
        campaign = await campaign_of(visit, connection)
        if what == Act.APPROVE:
            digest = visit.field("digest", 64)
            await service.approve(
                connection, campaign.key, digest=digest, by=visit.staff, now=visit.now,
                grounds=desk_of(visit).grounds_now(campaign, plan_of(visit, campaign)),
            )  # fmt: skip
        elif what == Act.REFUSE:
            await service.act(connection, campaign.key, Act.REFUSE, by=visit.staff, now=visit.now, note=note)
        else:
            raise Refused("Không rõ cần làm gì.")
    return visit.go(f"/campaigns/{campaign.key}", said="done")


PAGES = (
    Page("/campaigns/{key}/texts", "Nội dung tin", Right.SEE_CAMPAIGNS, get=_texts, menu="campaigns", help="campaigns"),
    Page("/campaigns/{key}/approve", "Duyệt chiến dịch", Right.APPROVE_CAMPAIGNS, get=_read, post=_decide, menu="campaigns", help="campaigns_approve"),
)  # fmt: skip
