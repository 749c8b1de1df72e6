"""Every version of a campaign that was submitted, and what a new one says otherwise: what its approver reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.store import Campaign, Pinned

Place = tuple[str, str, str, str]  # of a text: step, arm, situation, channel


@dataclass(frozen=True, slots=True)
class Version:
    """What was submitted once. `approved`: somebody approved exactly this."""

    at: datetime
    digest: str
    plan: Mapping[str, Any]
    texts: tuple[Pinned, ...]
    approved: bool


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text beside what stood in its place before; None: there was none, or is none any more."""

    place: Place
    before: Pinned | None
    now: Pinned | None

    @property
    def same(self) -> bool:
        """Tell whether nothing of it changed."""
        return self.before == self.now


async def keep(
    connection: AsyncConnection, campaign: Campaign, digest: str, texts: Sequence[Pinned], now: datetime
) -> None:
    """Keep what is submitted."""
    await connection.execute(
        text(
            "INSERT INTO campaign_version (campaign_id, version, at, digest, plan, texts)"
            " VALUES (:id, :version, :now, :digest, cast(:plan AS jsonb), cast(:texts AS jsonb))"
        ),
        {
            "id": campaign.id,
            "version": campaign.version,
            "now": now,
            "digest": digest,
            "plan": json.dumps(campaign.plan),
            "texts": json.dumps([asdict(one) for one in texts]),
        },
    )


_BEFORE = text(
    """
    SELECT v.at, v.digest, v.plan, v.texts, EXISTS (SELECT FROM campaign_act a WHERE a.campaign_id = v.campaign_id
        AND a.act = 'approve' AND a.digest = v.digest) AS approved
    FROM campaign_version v WHERE v.campaign_id = :id
      AND v.version < (SELECT max(version) FROM campaign_version n WHERE n.campaign_id = :id)
    ORDER BY approved DESC, v.version DESC LIMIT 1
    """
)


async def before(connection: AsyncConnection, campaign_id: int) -> Version | None:
    """Return what to compare the newest submission with: what was approved last, else what was submitted before it."""
    row = (await connection.execute(_BEFORE, {"id": campaign_id})).one_or_none()
    if row is None:
        return None
    return Version(row.at, row.digest, row.plan, tuple(Pinned(**one) for one in row.texts), row.approved)


def text_changes(before: Sequence[Pinned], now: Sequence[Pinned]) -> tuple[TextChange, ...]:
    """Return each text beside what stood in its place, those that changed first."""
    old, new = ({_place(one): one for one in texts} for texts in (before, now))
    changes = (TextChange(place, old.get(place), new.get(place)) for place in sorted({*old, *new}))
    return tuple(sorted(changes, key=lambda change: change.same))


def _place(one: Pinned) -> Place:
    return one.step, one.arm, one.situation, one.channel
