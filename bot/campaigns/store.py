"""The tables of campaigns: what they are to be, the texts that are pinned, their steps, and every act on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.rules import Act, State
from bot.campaigns.schedule import Step


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it stands."""

    id: int
    key: str
    title: str
    state: State
    plan: Mapping[str, Any]
    version: int
    digest: str | None
    author: str
    approver: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    wave: str | None
    why: str | None
    grounds: Mapping[str, str]  # what its texts rest on; see bot.campaigns.grounds
    changed: str | None  # of that, what is another now: an approver has to look again


@dataclass(frozen=True, slots=True)
class Pinned:
    """A text as a channel shows it, for those of a situation or, "", for all others; `personal`: fields and what stands for them.

    `step`: of a series, how many days from the date, such as "-7"; "" else.
    """

    step: str
    arm: str
    situation: str
    channel: str
    body: Mapping[str, Any]
    personal: Mapping[str, str]


_COLUMNS = (
    "id, key, title, state, plan, version, digest, author, approver, begins_at, ends_at, wave, why, grounds, changed"
)


def _campaign(row: Any) -> Campaign:
    return Campaign(**{**row._mapping, "state": State(row.state)})


async def find(connection: AsyncConnection, key: str) -> Campaign | None:
    """Return the campaign of a key."""
    row = (await connection.execute(text(f"SELECT {_COLUMNS} FROM campaign WHERE key = :key"), {"key": key})).first()  # noqa: S608
    return _campaign(row) if row else None


async def locked(connection: AsyncConnection, key: str) -> Campaign | None:
    """Return the campaign of a key; nobody else changes it until commit, and answers to it are taken in meanwhile."""
    query = text(f"SELECT {_COLUMNS} FROM campaign WHERE key = :key FOR NO KEY UPDATE")  # noqa: S608
    row = (await connection.execute(query, {"key": key})).first()
    return _campaign(row) if row else None


async def of_states(connection: AsyncConnection, states: Sequence[State]) -> list[Campaign]:
    """Return the campaigns in some states, oldest first; all of them if none is named."""
    rows = await connection.execute(
        text(f"SELECT {_COLUMNS} FROM campaign WHERE :all OR state = ANY(:states) ORDER BY id"),  # noqa: S608
        {"all": not states, "states": list(states)},
    )
    return [_campaign(row) for row in rows]


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Write a new draft; False when the key is taken."""
    done = await connection.execute(
        text(
            """
            INSERT INTO campaign (key, title, plan, author, begins_at, ends_at, wave, created_at)
            VALUES (:key, :title, cast(:plan AS jsonb), :author, :begins_at, :ends_at, :wave, :now)
            ON CONFLICT (key) DO NOTHING
            """
        ),
        {**values, "plan": json.dumps(values["plan"])},
    )
    return done.rowcount == 1


async def rewrite(connection: AsyncConnection, campaign_id: int, values: Mapping[str, Any]) -> None:
    """Write another plan; what was pinned and approved of the old one is gone."""
    await connection.execute(
        text(
            """
            UPDATE campaign SET title = :title, plan = cast(:plan AS jsonb), begins_at = :begins_at, ends_at = :ends_at,
                wave = :wave, author = :author, version = version + 1, digest = NULL, approver = NULL, why = NULL,
                grounds = '{}', changed = NULL
            WHERE id = :id
            """
        ),
        {**values, "plan": json.dumps(values["plan"]), "id": campaign_id},
    )
    await connection.execute(text("DELETE FROM campaign_text WHERE campaign_id = :id"), {"id": campaign_id})


async def become(
    connection: AsyncConnection,
    campaign: Campaign,
    act: Act,
    state: State,
    *,
    by: str,
    now: datetime,
    note: str = "",
    digest: str | None = None,
    approver: str | None = None,
) -> None:
    """Write a state and the act that led to it; what is a draft again is approved by nobody."""
    await connection.execute(
        text(
            """
            UPDATE campaign SET state = :state, version = version + 1, why = nullif(:why, ''),
                digest = CASE WHEN :state = 'draft' THEN NULL ELSE coalesce(:digest, digest) END,
                approver = CASE WHEN :state = 'draft' THEN NULL ELSE coalesce(:approver, approver) END
            WHERE id = :id
            """
        ),
        {
            "state": state,
            "why": note if state in (State.PAUSED, State.STOPPED, State.EXPIRED) else "",
            "digest": digest,
            "approver": approver,
            "id": campaign.id,
        },
    )
    await note_act(connection, campaign.id, act, by=by, now=now, digest=digest or campaign.digest, note=note)


async def rest_on(connection: AsyncConnection, campaign_id: int, grounds: Mapping[str, str]) -> None:
    """Write what the texts rest on, as somebody has just read them."""
    await connection.execute(
        text("UPDATE campaign SET grounds = cast(:grounds AS jsonb), changed = NULL WHERE id = :id"),
        {"grounds": json.dumps(grounds), "id": campaign_id},
    )


async def has_changed(connection: AsyncConnection, campaign_id: int, what: str) -> None:
    """Write what of that is another now."""
    await connection.execute(
        text("UPDATE campaign SET changed = :what WHERE id = :id"), {"what": what, "id": campaign_id}
    )


async def note_act(
    connection: AsyncConnection, campaign_id: int, act: Act, *, by: str, now: datetime, digest: str | None, note: str
) -> None:
    """Append what somebody did."""
    await connection.execute(
        text(
            "INSERT INTO campaign_act (campaign_id, at, by, act, digest, note)"
            " VALUES (:id, :now, :by, :act, :digest, :note)"
        ),
        {"id": campaign_id, "now": now, "by": by, "act": act, "digest": digest, "note": note},
    )


async def acts(connection: AsyncConnection, campaign_id: int) -> list[Any]:
    """Return every act on a campaign, oldest first: at, by, act, digest, note."""
    rows = await connection.execute(
        text("SELECT at, by, act, digest, note FROM campaign_act WHERE campaign_id = :id ORDER BY id"),
        {"id": campaign_id},
    )
    return list(rows)


async def wave_exists(connection: AsyncConnection, key: str) -> bool:
    """Tell whether there is a wave of that key."""
    return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM wave WHERE key = :key)"), {"key": key}))


async def pin(connection: AsyncConnection, campaign_id: int, texts: Sequence[Pinned]) -> None:
    """Write what will be sent."""
    await connection.execute(text("DELETE FROM campaign_text WHERE campaign_id = :id"), {"id": campaign_id})
    await connection.execute(
        text(
            "INSERT INTO campaign_text (campaign_id, step, arm, situation, channel, body, personal)"
            " VALUES (:id, :step, :arm, :situation, :channel, cast(:body AS jsonb), cast(:personal AS jsonb))"
        ),
        [
            {
                "id": campaign_id,
                "step": one.step,
                "arm": one.arm,
                "situation": one.situation,
                "channel": one.channel,
                "body": json.dumps(one.body),
                "personal": json.dumps(one.personal),
            }
            for one in texts
        ],
    )


async def pinned(connection: AsyncConnection, campaign_id: int) -> list[Pinned]:
    """Return what was pinned, in a fixed order."""
    rows = await connection.execute(
        text(
            "SELECT step, arm, situation, channel, body, personal FROM campaign_text WHERE campaign_id = :id"
            ' ORDER BY step COLLATE "C", arm COLLATE "C", situation COLLATE "C", channel COLLATE "C"'
        ),
        {"id": campaign_id},
    )
    return [Pinned(**row._mapping) for row in rows]


async def begins_with(connection: AsyncConnection, campaign_id: int, channel: str, labels: Sequence[str]) -> bool:
    """Tell whether what was pinned for a channel begins with one of the labels."""
    query = text(
        "SELECT EXISTS (SELECT FROM campaign_text WHERE campaign_id = :id AND channel = :channel"
        " AND body->>'text' ^@ ANY(:labels))"
    )
    return bool(await connection.scalar(query, {"id": campaign_id, "channel": channel, "labels": list(labels)}))


async def note_step(connection: AsyncConnection, campaign_id: int, step: Step) -> None:
    """Remember that a step is due, once."""
    await connection.execute(
        text("INSERT INTO campaign_step (campaign_id, step, due_at) VALUES (:id, :step, :due) ON CONFLICT DO NOTHING"),
        {"id": campaign_id, "step": step.name, "due": step.due_at},
    )


async def miss_step(connection: AsyncConnection, campaign_id: int, step: str, now: datetime) -> None:
    """Write that a step was to speak in a time that is over: it reached nobody."""
    await connection.execute(
        text("UPDATE campaign_step SET frozen_at = :now, people = 0 WHERE campaign_id = :id AND step = :step"),
        {"id": campaign_id, "step": step, "now": now},
    )


async def frozen_steps(connection: AsyncConnection, campaign_id: int) -> set[str]:
    """Return the steps whose audience is frozen."""
    rows = await connection.scalars(
        text("SELECT step FROM campaign_step WHERE campaign_id = :id AND frozen_at IS NOT NULL"), {"id": campaign_id}
    )
    return set(rows)


async def tallies(connection: AsyncConnection, campaign_id: int, by: str) -> list[Any]:
    """Return of each text of a trial how many it was sent to, and how many of them did something: arm, sent, did."""
    rows = await connection.execute(
        text(
            """
            SELECT split_part(o.variant, '/', 1) AS arm, count(*) AS sent, count(*) FILTER (WHERE EXISTS (
                SELECT FROM campaign_answer a WHERE a.outbox_id = o.id AND a.kind = :by)) AS did
            FROM outbox o WHERE o.campaign_id = :id AND o.state IN ('sent', 'unknown') AND o.variant NOT LIKE 'rest%'
            GROUP BY 1
            """
        ),
        {"id": campaign_id, "by": by},
    )
    return list(rows)


async def unfinished(connection: AsyncConnection, campaign_id: int) -> int:
    """Count the messages of a campaign that are still to be sent or being sent."""
    found = await connection.scalar(
        text("SELECT count(*) FROM outbox WHERE campaign_id = :id AND state IN ('planned', 'sending')"),
        {"id": campaign_id},
    )
    return int(found or 0)


async def exclude_planned(connection: AsyncConnection, campaign_id: int, reason: str) -> int:
    """Leave out what a campaign that is over has not sent; return how many."""
    done = await connection.execute(
        text(
            "UPDATE outbox SET state = 'excluded', reason = :reason, finished_at = now()"
            " WHERE campaign_id = :id AND state = 'planned'"
        ),
        {"id": campaign_id, "reason": reason},
    )
    return int(done.rowcount)
