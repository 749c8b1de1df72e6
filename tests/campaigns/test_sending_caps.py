"""Caps, whatever is tried and whenever: never one message more than allowed, and none refused that is allowed."""

from __future__ import annotations

import asyncio
import json
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
own_caps = st.one_of(
    st.none(),
    st.builds(Cap, st.integers(1, 3), st.integers(1, 9).map(lambda days: timedelta(days=days)), own=st.just(True)),
)
tries = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["sms", "telegram"]), st.sampled_from("km")), min_size=1, max_size=12
)


async def _world(connection: AsyncConnection, at_most: Cap | None) -> dict[str, int]:
    """Make a person with two contacts, and two campaigns of which the first has a cap of its own; return their numbers."""
    await connection.execute(text("INSERT INTO person (id) VALUES (1)"))
    await connection.execute(
        text(
            "INSERT INTO contact (channel, address, person_id, outreach) VALUES ('sms', '1', 1, true), ('telegram', '1', 1, true)"
        )
    )
    own = {"at_most": {"messages": at_most.most, "days": at_most.within.days}} if at_most else {}
    rows = await connection.execute(
        text(
            "INSERT INTO campaign (key, title, state, plan, author, created_at)"
            " VALUES ('k', 'k', 'running', cast(:plan AS jsonb), 'an', now()), ('m', 'm', 'running', '{}', 'an', now())"
            " RETURNING key, id"
        ),
        {"plan": json.dumps(own)},
    )
    return {row.key: row.id for row in rows}


async def _attempt(
    connection: AsyncConnection, campaign: int, number: int, now: datetime, channel: str, held: list[Cap]
) -> bool:
    """Claim a message, and look once more before the call; tell whether it may leave. Both must say the same."""
    await connection.execute(
        text(
            "INSERT INTO outbox (key, contact_id, class, channel, body, campaign_id, person_id, step, due_at)"
            " SELECT :key, id, 'campaign', channel, '{}', :campaign, 1, :key, :now FROM contact WHERE channel = :channel"
        ),
        {"key": f"{number}", "campaign": campaign, "channel": channel, "now": now},
    )
    pace = {"contact_pace": now + timedelta(days=99), "contact_every": timedelta()}
    rows = await permission.take(connection, most=1, caps=held, channel=channel, sender="s", now=now, **pace)
    taken = {row.id for row in rows if row.state == "sending"}
    if not taken:
        await connection.execute(
            text(
                "UPDATE outbox SET state = 'sending', started_at = :now, sender = 's' WHERE state IN ('planned', 'excluded')"
            ),
            {"now": now},
        )
    forced = list((await connection.execute(text("SELECT id FROM outbox WHERE state = 'sending'"))).scalars())
    again = await permission.still_permitted(connection, "s", forced, silent=False, caps=held)
    assert again == taken, "what is refused at the claim is refused before the call, and nothing else"
    await connection.execute(text("UPDATE outbox SET state = 'sent' WHERE state = 'sending'"))
    await connection.execute(text("UPDATE outbox SET state = 'expired' WHERE state IN ('planned', 'excluded')"))
    return bool(taken)


async def _all(url: str, own: Cap | None, at_most: Cap | None, hours: list[tuple[int, str, str]]) -> None:
    held = [SMS_LAW, own] if own else [SMS_LAW]
    engine, now, begun = engine_of(url), BEGUN, list[tuple[datetime, str, str]]()
    async with engine.connect() as connection:  # never committed
        campaigns = await _world(connection, at_most)
        for number, (later, channel, key) in enumerate(hours):
            now += timedelta(hours=later)
            taken = await _attempt(connection, campaigns[key], number, now, channel, held)
            would = [*begun, (now, channel, key)]
            too_much = over(held, [(at, by) for at, by, _ in would])
            if at_most and key == "k":
                too_much += over([at_most], [(at, by) for at, by, whose in would if whose == "k"])
            assert taken == (not too_much), (own, at_most, begun, now, channel, key)
            begun = would if taken else begun
    await engine.dispose()


@given(own=caps, at_most=own_caps, hours=tries)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_message_more_than_allowed_and_none_less(
    database_url: str, own: Cap | None, at_most: Cap | None, hours: list[tuple[int, str, str]]
) -> None:
    asyncio.run(_all(database_url, own, at_most, hours))


@given(st.integers(0, 999), st.integers(1, 999))
def test_a_cap_is_read_as_it_is_written(most: int, days: int) -> None:
    assert read_cap(f"{most}/{days}") == Cap(most, timedelta(days=days))
