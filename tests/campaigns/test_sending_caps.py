"""Caps, whatever is tried and whenever: never one message more than allowed, and none refused that is allowed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox import permission
from bot.outbox.caps import SMS_LAW, Cap, over, read_cap
from tests.outbox.world import engine_of

BEGUN = datetime(2026, 12, 1, tzinfo=UTC)
caps = st.one_of(st.none(), st.builds(Cap, st.integers(0, 3), st.integers(1, 3).map(lambda days: timedelta(days=days))))
tries = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["sms", "telegram"])), min_size=1, max_size=12)


async def _world(connection: AsyncConnection) -> int:
    await connection.execute(text("INSERT INTO person (id) VALUES (1)"))
    await connection.execute(
        text(
            "INSERT INTO contact (channel, address, person_id, outreach) VALUES ('sms', '1', 1, true), ('telegram', '1', 1, true)"
        )
    )
    return int(
        await connection.scalar(
            text(
                "INSERT INTO campaign (key, title, state, plan, author, created_at)"
                " VALUES ('k', 'k', 'running', '{}', 'an', now()) RETURNING id"
            )
        )
    )


async def _attempt(
    connection: AsyncConnection, campaign: int, number: int, now: datetime, channel: str, held: list[Cap]
) -> bool:
    await connection.execute(
        text(
            "INSERT INTO outbox (key, contact_id, class, channel, body, campaign_id, person_id, step, due_at)"
            " SELECT :key, id, 'campaign', channel, '{}', :campaign, 1, :key, :now FROM contact WHERE channel = :channel"
        ),
        {"key": f"{number}", "campaign": campaign, "channel": channel, "now": now},
    )
    pace = {"contact_pace": now + timedelta(days=99), "contact_every": timedelta()}
    rows = await permission.take(connection, most=1, caps=held, channel=channel, sender="s", now=now, **pace)
    taken = any(row.state == "sending" for row in rows)
    await connection.execute(text("UPDATE outbox SET state = 'sent' WHERE state = 'sending'"))
    await connection.execute(text("UPDATE outbox SET state = 'expired' WHERE state = 'planned'"))
    return taken


async def _all(url: str, own: Cap | None, hours: list[tuple[int, str]]) -> None:
    held = [SMS_LAW, own] if own else [SMS_LAW]
    engine, now, begun = engine_of(url), BEGUN, list[tuple[datetime, str]]()
    async with engine.connect() as connection:  # never committed
        campaign = await _world(connection)
        for number, (later, channel) in enumerate(hours):
            now += timedelta(hours=later)
            taken = await _attempt(connection, campaign, number, now, channel, held)
            allowed = not over(held, [*begun, (now, channel)])
            assert taken == allowed, (own, begun, now, channel)
            begun += [(now, channel)] if taken else []
    await engine.dispose()


@given(own=caps, hours=tries)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_message_more_than_allowed_and_none_less(
    database_url: str, own: Cap | None, hours: list[tuple[int, str]]
) -> None:
    asyncio.run(_all(database_url, own, hours))


@given(st.integers(0, 999), st.integers(1, 999))
def test_a_cap_is_read_as_it_is_written(most: int, days: int) -> None:
    assert read_cap(f"{most}/{days}") == Cap(most, timedelta(days=days))
