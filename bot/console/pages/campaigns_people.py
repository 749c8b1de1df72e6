"""What became of everybody a campaign meant: by outcome, reason, text and group; the unknown one by one, to be settled."""

from __future__ import annotations

from starlette.responses import Response

from bot.campaigns import kept, progress, store
from bot.campaigns.settle import settle
from bot.campaigns.watch import reconcile
from bot.console.pages.campaigns import campaign_of
from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.outbox.rules import MOVES, State
from bot.staff.rules import Right

DEEDS = ("delivered", "read", "pressed", "replied", "calculated", "booked", "stopped")


async def _people(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        campaign = await campaign_of(visit, connection)
        found, counted_at = await kept.latest(connection, campaign.id)
        account = await reconcile(connection, campaign.id)
        reasons = await progress.reasons(connection, campaign.id)
        doubtful = await progress.unknown(connection, campaign.id)
        decided = [act for act in await store.acts(connection, campaign.id) if act.act == "decide"]
    return visit.show(
        "campaigns/people.html", campaign=campaign, found=found, counted_at=counted_at, account=account, because=reasons,
        doubtful=doubtful, deeds=DEEDS, decided=decided, settled=sorted(MOVES[State.UNKNOWN], reverse=True),
    )  # fmt: skip


async def _settle(visit: Visit) -> Response:
    row, what = visit.field("row", 18), visit.field("what", 20)
    if not (row.isascii() and row.isdigit()) or what not in MOVES[State.UNKNOWN]:
        raise Refused("Không rõ cần ghi gì.")
    async with visit.house.engine.begin() as connection:
        campaign = await campaign_of(visit, connection)
        await settle(
            connection, campaign.key, int(row), State(what), by=visit.staff, now=visit.now, note=visit.field("note", 300)
        )  # fmt: skip
    return visit.go(f"/campaigns/{campaign.key}/people", said="saved")


PAGES = (
    Page("/campaigns/{key}/people", "Ai đã nhận, ai chưa", Right.SEE_CAMPAIGNS, get=_people, post=_settle, menu="campaigns", help="campaigns_people"),
)  # fmt: skip
