"""A campaign with its ledger rows, written straight into the tables: what the tests of numbers share."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.booking.world import World

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
_numbers = itertools.count(1)


async def someone(world: World, **known: Any) -> tuple[int, int]:
    """Return contact and person of somebody new, of whom some things are known."""
    contact = await world.person(f"p{next(_numbers)}")
    [row] = await world.rows("SELECT person_id FROM contact WHERE id = :id", id=contact)
    for name, value in known.items():
        await world.do(f"UPDATE person SET {name} = :value WHERE id = :id", value=value, id=row.person_id)
    return contact, int(row.person_id)


async def campaign(world: World, *, wave: str | None = None, title: str = "Nhắc đóng") -> int:
    """Return a campaign."""
    return await world.put(
        "campaign", key=f"c{next(_numbers)}", title=title, plan="{}", author="lan", created_at=NOON, wave=wave
    )


async def message(
    world: World, of: int, contact: int, person: int, state: str = "sent", *, at: datetime = NOON, **more: Any
) -> int:
    """Return a message of a campaign to a person as the ledger has it."""
    said = {
        "channel": "telegram",
        "body": '{"text": "x", "buttons": [{"title": "Tính", "to": "calculate_contribution"}]}',
    }
    return await world.put(
        "outbox", key=f"m{next(_numbers)}", contact_id=contact, person_id=person, campaign_id=of, state=state, step="once",
        finished_at=None if state in ("planned", "sending") else at, **{"class": "campaign"} | said | more,
    )  # fmt: skip


async def a_campaign(
    world: World, *, wave: str | None = None, sent: int = 0, failed: int = 0, excluded: Mapping[str, int] | None = None,
    at: datetime = NOON,
) -> int:  # fmt: skip
    """Return a campaign with so many people of each outcome."""
    made = await campaign(world, wave=wave)
    reasons = [reason for reason, many in (excluded or {}).items() for _ in range(many)]
    for state, reason in (
        [("sent", None)] * sent + [("failed", "blocked")] * failed + [("excluded", r) for r in reasons]
    ):
        contact, person = await someone(world)
        await message(world, made, contact, person, state, at=at, reason=reason)
    return made
