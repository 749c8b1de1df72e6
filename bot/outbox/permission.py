"""What must hold of a campaign's message when it is claimed and once more before the call, as SQL that both share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.caps import Cap, parameters

LOOK, LOOK_EACH = (
    64,
    4,
)  # rows looked at, at least, and for each that may leave: what nobody may send is settled on the way
CROWDED = "2 s"  # two channels want the same person at the same moment: one of them asks again so much later

# Why the contact `c` may not be written to; a stop on one channel ends what was allowed before on any other.
_REASON = """
    CASE WHEN c.unreachable IS NOT NULL THEN 'unreachable'
         WHEN c.outreach IS NULL THEN 'never_consented'
         WHEN NOT c.outreach OR c.stopped_elsewhere THEN 'stopped'
    END"""

# What one person was sent, or may have been, by the campaigns and channels of a cap; whose contact it is now decides.
_BEGUN = """
    FROM outbox e WHERE e.campaign_id IS NOT NULL AND e.person_id = c.person_id AND e.id <> o.id
      AND e.state IN ('sending', 'sent', 'unknown') AND (cap.channel = '' OR e.channel = cap.channel)
      AND (NOT cap.own OR e.campaign_id = o.campaign_id)"""
# Those over all campaigns, and the campaign's own, which its approval binds.
_CAPS = """
    (SELECT most, within, channel, false AS own
     FROM unnest(cast(:cap_most AS int[]), cast(:cap_within AS interval[]), cast(:cap_channel AS text[]))
        AS given (most, within, channel)
     UNION ALL SELECT (o.at_most->>'messages')::int, (o.at_most->>'days')::int * interval '1 day', '', true
     WHERE o.at_most IS NOT NULL) AS cap WHERE cap.channel IN ('', o.channel)"""
# The moment from which no cap is in the way; «infinity» where nothing may be sent at all, null when nothing is in the way.
_FREES = f"""
    (SELECT max(CASE WHEN cap.most = 0 THEN 'infinity'::timestamptz ELSE (
        SELECT e.started_at + cap.within {_BEGUN} AND e.started_at > :now - cap.within
        ORDER BY e.started_at DESC OFFSET greatest(cap.most - 1, 0) LIMIT 1) END) FROM {_CAPS})"""  # noqa: S608 - our own parts
# The same before the call. Of two that were begun together the one claimed later yields to the earlier one …
_FREES_BEFORE = f"""
    (SELECT max(CASE WHEN cap.most = 0 THEN 'infinity'::timestamptz ELSE (
        SELECT e.started_at + cap.within {_BEGUN} AND e.started_at > o.started_at - cap.within
          AND (e.state <> 'sending' OR (e.started_at, e.id) < (o.started_at, o.id))
        ORDER BY e.started_at DESC OFFSET greatest(cap.most - 1, 0) LIMIT 1) END) FROM {_CAPS})"""  # noqa: S608 - our own parts
# … and the earlier one, if it sees the later one, asks again: that one may have looked before it could see this one.
_CROWDED = f"""
    (SELECT bool_or((SELECT count(*) {_BEGUN} AND e.started_at > o.started_at - cap.within) >= cap.most) FROM {_CAPS})"""  # noqa: S608

_TAKE = text(
    f"""
    WITH running AS MATERIALIZED (
        SELECT id, plan->'at_most' AS at_most FROM campaign WHERE state = 'running'
          AND (begins_at IS NULL OR begins_at <= :now) AND (ends_at IS NULL OR ends_at > :now)
    ), o AS MATERIALIZED (
        SELECT seen.*, running.at_most FROM running CROSS JOIN LATERAL (
            SELECT id, campaign_id, contact_id, person_id, channel, due_at, expires_at FROM outbox
            WHERE campaign_id = running.id AND channel = :channel AND state = 'planned' AND due_at <= :now
            ORDER BY due_at, id LIMIT :look FOR UPDATE SKIP LOCKED) AS seen
        ORDER BY seen.due_at, seen.id LIMIT :look
    ), judged AS MATERIALIZED (
        SELECT o.*, c.address, {_REASON} AS reason, {_FREES} AS frees, o.expires_at <= :now AS late,
            c.paced_until > :contact_pace OR EXISTS (
                SELECT FROM outbox e WHERE e.contact_id = o.contact_id AND e.state = 'sending')
            OR row_number() OVER (PARTITION BY o.person_id ORDER BY o.due_at, o.id) > 1 AS waits
        FROM o JOIN contact c ON c.id = o.contact_id
    ), fate AS (
        SELECT id, contact_id, address, due_at, CASE
            WHEN late THEN 'expired' WHEN reason IS NOT NULL THEN 'excluded'
            WHEN frees >= coalesce(expires_at, 'infinity') THEN 'excluded'
            WHEN frees IS NOT NULL THEN 'planned' WHEN NOT waits THEN 'sending' END AS state,
            CASE WHEN late THEN 'not sent in time' ELSE coalesce(reason, 'capped') END AS reason, frees
        FROM judged
    ), taken AS (
        SELECT id FROM fate WHERE state = 'sending' ORDER BY due_at, id LIMIT :most
    ), paced AS (
        UPDATE contact SET paced_until = greatest(contact.paced_until, :now) + :contact_every
        FROM fate WHERE contact.id = fate.contact_id AND fate.id IN (SELECT id FROM taken)
    )
    UPDATE outbox SET state = fate.state,
        reason = CASE WHEN fate.state <> 'sending' THEN fate.reason END,
        due_at = CASE WHEN fate.state = 'planned' THEN fate.frees ELSE outbox.due_at END,
        finished_at = CASE WHEN fate.state IN ('excluded', 'expired') THEN :now END,
        attempts = attempts + (fate.state = 'sending')::int,
        started_at = CASE WHEN fate.state = 'sending' THEN :now ELSE outbox.started_at END,
        sender = :sender, leased_until = NULL
    FROM fate WHERE outbox.id = fate.id AND (fate.state <> 'sending' OR fate.id IN (SELECT id FROM taken))
    RETURNING outbox.id, outbox.key, outbox.contact_id, fate.address, outbox.body, outbox.attempts, outbox.expires_at,
              outbox.campaign_id, outbox.state
    """  # noqa: S608
)

_AGAIN = text(
    f"""
    WITH o AS MATERIALIZED (
        SELECT o.id, o.contact_id, o.person_id, o.channel, o.campaign_id, o.started_at, o.expires_at,
            k.plan->'at_most' AS at_most, least(o.expires_at, k.ends_at) <= clock_timestamp() AS late,
            CASE WHEN k.state NOT IN ('running', 'paused') THEN
                CASE WHEN (SELECT a.act FROM campaign_act a WHERE a.campaign_id = k.id ORDER BY a.id DESC LIMIT 1) = 'withdraw'
                THEN 'withdrawn' ELSE 'campaign_stopped' END
                WHEN EXISTS (SELECT FROM series_paid told WHERE told.campaign_id = o.campaign_id
                    AND told.person_id = o.person_id AND told.due = split_part(o.step, ':', 1))
                OR o.step LIKE '%:%' AND EXISTS (SELECT FROM person p WHERE p.id = o.person_id
                    AND to_char(p.paid_until, 'YYYY-MM-DD') > split_part(o.step, ':', 1)) THEN 'paid'
                WHEN EXISTS (SELECT FROM contact c JOIN outbox k ON k.campaign_id = o.campaign_id AND k.step = o.step
                    AND k.person_id = c.person_id AND k.state IN ('planned', 'sending', 'sent', 'unknown')
                    WHERE c.id = o.contact_id AND c.person_id <> o.person_id) THEN 'merged' END AS over,
            k.state = 'paused' OR :silent AS held
        FROM outbox o JOIN campaign k ON k.id = o.campaign_id
        WHERE o.id = ANY(:ids) AND o.state = 'sending' AND o.sender = :sender
    ), judged AS MATERIALIZED (
        SELECT o.*, {_REASON} AS reason, {_FREES_BEFORE} AS frees, {_CROWDED} AS crowded
        FROM o JOIN contact c ON c.id = o.contact_id
    ), fate AS MATERIALIZED (
        SELECT id, CASE
            WHEN reason IS NOT NULL OR over IS NOT NULL THEN 'excluded' WHEN late THEN 'expired' WHEN held THEN 'planned'
            WHEN frees >= coalesce(expires_at, 'infinity') THEN 'excluded'
            WHEN frees IS NOT NULL OR crowded THEN 'planned' ELSE 'sending' END AS state,
            CASE WHEN reason IS NOT NULL THEN reason WHEN over IS NOT NULL THEN over WHEN late THEN 'not sent in time'
                WHEN held THEN NULL WHEN frees IS NOT NULL THEN 'capped' END AS reason,
            CASE WHEN NOT held AND frees < coalesce(expires_at, 'infinity') THEN frees
                WHEN NOT held AND crowded THEN clock_timestamp() + interval '{CROWDED}' END AS due_at
        FROM judged
    ), held AS (
        UPDATE outbox SET state = fate.state, reason = fate.reason, due_at = coalesce(fate.due_at, outbox.due_at),
            attempts = attempts - 1,
            finished_at = CASE WHEN fate.state <> 'planned' THEN clock_timestamp() END
        FROM fate WHERE outbox.id = fate.id AND outbox.state = 'sending' AND fate.state <> 'sending'
    )
    SELECT id FROM fate WHERE state = 'sending'
    """  # noqa: S608
)


async def take(connection: AsyncConnection, *, most: int, caps: Iterable[Cap], **values: Any) -> list[Any]:
    """Take what running campaigns may send now; return the rows that are settled or taken, each with its state.

    Whom nobody may write to any more is left out with the reason; who has had enough waits, or is left out where no time is.
    """
    given = {**values, **parameters(caps), "most": most, "look": max(LOOK, most * LOOK_EACH)}
    return list(await connection.execute(_TAKE, given))


async def still_permitted(
    connection: AsyncConnection, sender: str, rows: Sequence[int], *, silent: bool, caps: Iterable[Cap]
) -> set[int]:
    """Look once more just before the calls; return which rows may leave, the others are planned again or over.

    `silent`: a quiet hour has begun meanwhile.
    """
    given = {"sender": sender, "ids": list(rows), "silent": silent, **parameters(caps)}
    return set((await connection.execute(_AGAIN, given)).scalars())
