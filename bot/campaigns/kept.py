"""The numbers of large campaigns, kept: counting them takes longer than anybody waits for a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.campaigns.numbers import DIMENSIONS, WITHIN, Numbers, Tally, numbers

LARGE = 5_000  # people; the numbers of a smaller campaign are counted when somebody looks
CALM = timedelta(hours=1)  # after which one that sends nothing is counted anew, as long as acts count
_KEPT = tuple(name for name in DIMENSIONS if name != "commune")  # no page tells of so small places


async def latest(connection: AsyncConnection, campaign_id: int) -> tuple[Numbers, datetime | None]:
    """Return the numbers of a campaign, of a large one without its communes, and when it was counted; None: now."""
    row = (await connection.execute(_LATEST, {"id": campaign_id})).one_or_none()
    return (await numbers(connection, [campaign_id]), None) if row is None else (_read(row.numbers), row.at)


async def keep(engine: AsyncEngine, *, now: datetime) -> None:
    """Count the large campaigns that may have changed, each in a transaction of its own; safe to run twice."""
    values = {"large": LARGE, "calm": now - CALM, "within": WITHIN}
    async with engine.connect() as connection:
        due = list(await connection.scalars(_DUE, values))
    for campaign_id in due:
        async with engine.begin() as connection:
            found = await numbers(connection, [campaign_id])
            kept = {"id": campaign_id, "at": now, "numbers": json.dumps(_written(found))}
            await connection.execute(_KEEP, kept)


def _written(found: Numbers) -> Mapping[str, Any]:
    by = {name: {value: asdict(tally) for value, tally in found.by[name].items()} for name in _KEPT}
    return {"all": asdict(found.all), "by": by}


def _read(kept: Mapping[str, Any]) -> Numbers:
    by = {name: {value: Tally(**tally) for value, tally in found.items()} for name, found in kept["by"].items()}
    return Numbers(Tally(**kept["all"]), {name: dict(sorted(found.items())) for name, found in by.items()})


_LATEST = text("SELECT at, numbers FROM campaign_numbers WHERE campaign_id = :id")
_DUE = text(
    """
    SELECT k.id FROM campaign k LEFT JOIN campaign_numbers n ON n.campaign_id = k.id
    WHERE (SELECT sum(s.people) FROM campaign_step s WHERE s.campaign_id = k.id) >= :large AND (
        n.at IS NULL OR k.state = 'running' OR n.at < :calm AND n.at <= k.ends_at + cast(:within AS interval)
        OR EXISTS (SELECT FROM campaign_act a WHERE a.campaign_id = k.id AND a.at > n.at))
    ORDER BY k.id
    """
)
_KEEP = text(
    """
    INSERT INTO campaign_numbers (campaign_id, at, numbers) VALUES (:id, :at, cast(:numbers AS jsonb))
    ON CONFLICT (campaign_id) DO UPDATE SET at = excluded.at, numbers = excluded.numbers
    """
)
