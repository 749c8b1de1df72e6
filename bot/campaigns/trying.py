"""A try of a campaign's texts on named staff, before anybody is asked to approve it: to their own account, marked as a try."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import staff as consultants
from bot.booking.staff import Consultant
from bot.campaigns.personal import for_person
from bot.campaigns.plan import Plan
from bot.campaigns.store import Pinned
from bot.citizens import store as citizens
from bot.errors import Refused
from bot.outbox import store as outbox
from bot.outbox.channels import CAPABILITIES
from bot.outbox.shape import long_keys
from bot.staff.rules import Staff, lies_in


async def readers(connection: AsyncConnection, places: Collection[str], by: Staff) -> list[Consultant]:
    """Return who may get a try from somebody: consultants in the places of the campaign, then others where its sender works."""
    found = [
        (not lies_in(one.commune, places), one)
        for one in await consultants.linked(connection)
        if lies_in(one.commune, places) or by.answers_for([one.commune])
    ]
    return [one for _, one in sorted(found, key=lambda each: each[0])]


async def send_try(
    connection: AsyncConnection, library: Library, plan: Plan, texts: Sequence[Pinned], to: str, *, by: Staff
) -> int:
    """Send a consultant every text of the campaign that their channel shows; return how many. Nobody else gets any."""
    consultant = next((one for one in await readers(connection, plan.audience.match.places, by) if one.key == to), None)
    if consultant is None or consultant.contact_id is None:
        raise Refused(
            f"{to or 'Người này'} không nhận tin thử được: chưa kết nối tài khoản chat, hoặc không làm ở nơi chiến dịch gửi đến"
            " hay nơi bạn phụ trách. Hãy chọn người khác."
        )
    channel = await citizens.channel_of(connection, consultant.contact_id)
    shown = [one for one in texts if one.channel == channel]
    if not shown:
        raise Refused(f"{consultant.name} dùng {channel}, mà {plan.key} không gửi qua kênh đó.")
    head, bodies = library.text("campaign_try"), []
    for one in shown:
        body = for_person(one.body, one.personal, {}, accents=CAPABILITIES[channel].accents)
        named = " · ".join(part for part in (plan.title, one.step, one.arm, one.situation) if part)
        body["text"] = f"{head.filled(what=named)}\n\n{body['text']}"
        bodies.append(body)
    await outbox.keep_keys(connection, {key: to for body in bodies for key, to in long_keys(body).items()})
    await outbox.plan(connection, consultant.contact_id, channel, f"try:{plan.key}:{secrets.token_hex(4)}", bodies)
    return len(bodies)
