"""What a consultant reads before an appointment: what was asked, what was worked out, who comes; and whether it may be kept."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import drafts
from bot.citizens import store as citizens
from bot.conversation.relay.rules import masked


async def write(connection: AsyncConnection, contact_id: int) -> dict[str, object]:
    """Return the brief of a person who books now: JSON with `asked`, `calculated`, `facts` and `consent`."""
    return {
        "asked": [masked(each) for each in await drafts.last_asked(connection, contact_id)],
        "calculated": await drafts.last_calculated(connection, contact_id),
        "facts": await citizens.facts_kept(connection, contact_id),
        "consent": await citizens.latest_consent(connection, contact_id, citizens.PROFILE) is True,
    }
