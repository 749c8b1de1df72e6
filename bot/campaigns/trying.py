"""A try of a campaign's texts on named staff, before anybody is asked to approve it: to their own account, marked as a try."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import staff as consultants
from bot.campaigns.personal import for_person
from bot.campaigns.plan import Plan
from bot.campaigns.store import Pinned
from bot.citizens import store as citizens
from bot.errors import Refused
from bot.outbox import store as outbox
from bot.outbox.channels import CAPABILITIES
from bot.outbox.shape import long_keys


async def send_try(connection: AsyncConnection, library: Library, plan: Plan, texts: Sequence[Pinned], to: str) -> int:
    """Send a consultant every text of the campaign that their channel shows; return how many. Nobody else gets any."""
    consultant = await consultants.of_key(connection, to)
    if consultant is None or consultant.contact_id is None:
        raise Refused(f"{to} chưa kết nối tài khoản; hãy cấp mã kết nối cho {to} trước.")
    channel = await citizens.channel_of(connection, consultant.contact_id)
    shown = [one for one in texts if one.channel == channel]
    if not shown:
        raise Refused(f"{to} dùng {channel}, mà {plan.key} không gửi qua kênh đó.")
    head, bodies = library.text("campaign_try"), []
    for one in shown:
        body = for_person(one.body, one.personal, {}, accents=CAPABILITIES[channel].accents)
        named = " · ".join(part for part in (plan.title, one.step, one.arm, one.situation) if part)
        body["text"] = f"{head.filled(what=named)}\n\n{body['text']}"
        bodies.append(body)
    await outbox.keep_keys(connection, {key: to for body in bodies for key, to in long_keys(body).items()})
    await outbox.plan(connection, consultant.contact_id, channel, f"try:{plan.key}:{secrets.token_hex(4)}", bodies)
    return len(bodies)
