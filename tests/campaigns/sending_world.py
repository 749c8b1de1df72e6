"""People, contacts and campaigns written straight into the tables: what tests of freezing and sending campaigns share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.campaigns.freeze import Frozen, freeze
from bot.outbox.caps import SMS_LAW, Cap

EVERYBODY = {"joined": ["no"]}


class Campaigns:
    """A database with people, and campaigns that are already approved."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def value(self, query: str, **values: Any) -> Any:
        return (await self.rows(query, **values))[0][0]

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def people(self, count: int, first: int = 1, **known: Any) -> None:
        """Make people whose numbers are those given; `known`: columns of person."""
        names = "".join(f", {name}" for name in known)
        values = "".join(f", :{name}" for name in known)
        await self.do(
            f"INSERT INTO person (id, joined{names}) SELECT n, 'no'{values} FROM generate_series(cast(:first AS bigint), cast(:last AS bigint)) AS n",
            first=first,
            last=first + count - 1,
            **known,
        )

    async def contacts(self, channel: str, first: int, last: int, *, outreach: bool | None = True) -> None:
        """Give people a contact; on Telegram the address is the person's number, by SMS 849…."""
        address = "'84' || (900000000 + n)" if channel == "sms" else "n::text"
        await self.do(
            f"INSERT INTO contact (channel, address, person_id)"
            f" SELECT :channel, {address}, n FROM generate_series(cast(:first AS bigint), cast(:last AS bigint)) AS n",
            channel=channel,
            first=first,
            last=last,
        )
        if outreach is not None:
            await self.says(outreach, channel, first, last)

    async def says(self, given: bool, channel: str, first: int, last: int) -> None:
        """Let people allow messages, or stop them, on a channel: an entry of the consent ledger."""
        await self.do(
            "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
            " SELECT id, 'outreach', :given, 'v1', 'event' FROM contact"
            " WHERE channel = :channel AND person_id BETWEEN :first AND :last ORDER BY id",
            given=given,
            channel=channel,
            first=first,
            last=last,
        )

    async def campaign(
        self,
        key: str,
        channels: Sequence[str] = ("telegram",),
        *,
        audience: Mapping[str, Any] = EVERYBODY,
        state: str = "running",
        begins: datetime | None = None,
        ends: datetime | None = None,
        texts: Sequence[tuple[str, str, str]] = (),
        arms: Mapping[str, int] | None = None,
    ) -> int:
        """Make a campaign; `texts`: arm, situation, words on every channel; left out: its key, for everybody."""
        plan = {"audience": audience, "channels": list(channels)} | ({"arms": dict(arms)} if arms else {})
        async with self.engine.begin() as connection:
            campaign_id = await connection.scalar(
                text(
                    "INSERT INTO campaign (key, title, state, plan, author, begins_at, ends_at, created_at)"
                    " VALUES (:key, :key, :state, cast(:plan AS jsonb), 'an', :begins, :ends, now()) RETURNING id"
                ),
                {"key": key, "state": state, "plan": json.dumps(plan), "begins": begins, "ends": ends},
            )
            for arm, situation, words in texts or [("a", "", key)]:
                for channel in channels:
                    await _pin(connection, int(campaign_id), arm, situation, channel, words)
        return int(campaign_id)

    async def step(self, campaign_id: int, step: str = "once", due: datetime | None = None) -> None:
        """Make a step that is due."""
        await self.do(
            "INSERT INTO campaign_step (campaign_id, step, due_at) VALUES (:id, :step, coalesce(:due, now()))",
            id=campaign_id,
            step=step,
            due=due,
        )

    async def freeze(
        self, campaign_id: int, step: str = "once", *, now: datetime | None = None, caps: Sequence[Cap] = (SMS_LAW,)
    ) -> Frozen:
        """Freeze a step."""
        async with self.engine.begin() as connection:
            return await freeze(connection, campaign_id, step, now or datetime.now(UTC), caps=caps)

    async def begun(self, key: str, *channels: str, caps: Sequence[Cap] = (SMS_LAW,), **more: Any) -> int:
        """Make a campaign to everybody and freeze it; return its number."""
        campaign_id = await self.campaign(key, channels or ("telegram",), **more)
        await self.step(campaign_id)
        await self.freeze(campaign_id, caps=caps)
        return campaign_id

    async def become(self, campaign_id: int, state: str, act: str) -> None:
        """Let staff pause, resume, stop or withdraw a campaign."""
        async with self.engine.begin() as connection:
            await connection.execute(
                text("UPDATE campaign SET state = :state WHERE id = :id"), {"id": campaign_id, "state": state}
            )
            await connection.execute(
                text("INSERT INTO campaign_act (campaign_id, at, by, act) VALUES (:id, now(), 'an', :act)"),
                {"id": campaign_id, "act": act},
            )

    async def fates(self, campaign_id: int) -> dict[str, int]:
        """Count a campaign's rows by state, those left out by reason."""
        rows = await self.rows(
            "SELECT CASE WHEN state = 'excluded' THEN split_part(reason, ':', 1) ELSE state END AS fate, count(*) AS n"
            " FROM outbox WHERE campaign_id = :id GROUP BY 1",
            id=campaign_id,
        )
        return {row.fate: row.n for row in rows}


async def _pin(
    connection: AsyncConnection, campaign_id: int, arm: str, situation: str, channel: str, words: str
) -> None:
    await connection.execute(
        text(
            "INSERT INTO campaign_text (campaign_id, arm, situation, channel, body, personal) VALUES (:id, :arm,"
            " :situation, :channel, jsonb_build_object('text', cast(:words AS text)), cast(:personal AS jsonb))"
        ),
        {
            "id": campaign_id,
            "arm": arm,
            "situation": situation,
            "channel": channel,
            "words": words,
            "personal": json.dumps(
                {"name": "bà con", "commune": "xã mình", "province": "tỉnh mình", "paid_until": "sắp tới"}
            ),
        },
    )
