"""Freezes the people of a campaign's step as rows of the ledger, once: from there on the set can only shrink."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.paid import PAID, series_paid
from bot.campaigns.audience import Audience, read_audience, topics_named
from bot.campaigns.filling import known_of
from bot.campaigns.plan import REST, at_most_of
from bot.campaigns.reach import REASONS, Question, Reach, give_memory, judged, person, summed
from bot.campaigns.said import STATES
from bot.campaigns.schedule import ONCE, worth_until
from bot.campaigns.wording import Wording, arm_of, first_of, variant, wording
from bot.citizens.people import hold_everybody
from bot.errors import Refused
from bot.outbox.caps import SMS_LAW, Cap
from bot.outbox.rules import State
from bot.outbox.store import outbox

Frozen = Reach
"""How many people a step means, how many get it by which channel, how many do not and why."""

_ABOUT = re.compile(r"(\d{4}-\d{2}-\d{2}):([+-]\d+)")  # a step about a date of each person's, and so many days from it


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that is being frozen."""

    campaign_id: int
    key: str
    name: str
    plan: Mapping[str, Any]
    due_at: datetime
    expires_at: datetime | None

    @property
    def shares(self) -> dict[str, int]:
        arms: dict[str, int] = dict(self.plan.get("arms") or {"a": 100})
        rest = 100 - sum(arms.values())
        return arms | {REST: rest} if rest > 0 else arms


async def freeze(
    connection: AsyncConnection, campaign_id: int, step: str, now: datetime, *, caps: Sequence[Cap] = (SMS_LAW,)
) -> Frozen:
    """Write one row for each person meant, those who get nothing included with the reason; a second call changes nothing.

    The campaign must be scheduled or running and have a text for everybody on each of its channels: Refused says so.
    """
    found = await _begin(connection, campaign_id, step, now)
    if found is None:
        return await _frozen_before(connection, campaign_id, step)
    question = Question(
        audience=stored(found.plan["audience"]),
        channels=tuple(found.plan["channels"]),
        key=found.key,
        now=now,
        until=found.expires_at,
        caps=(*caps, *at_most_of(found.plan)),
        paid_until=about(step),
    )
    words = await wording(connection, campaign_id, offset(step))
    words.check([arm for arm in found.shares if arm != REST], question.channels)
    frozen = await _write(connection, found, question, words)
    await connection.execute(
        text("UPDATE campaign_step SET people = :people WHERE campaign_id = :id AND step = :step"),
        {"people": frozen.people, "id": campaign_id, "step": step},
    )
    return frozen


async def decide(connection: AsyncConnection, campaign_id: int, step: str, arm: str, now: datetime) -> int:
    """Give the text of an arm to those who waited for the better one, due now; return to how many."""
    who = select(person.c.id, *known_of(person)).subquery("who")
    words, mine = await wording(connection, campaign_id, offset(step)), outbox.c.campaign_id == campaign_id
    done = await connection.execute(
        update(outbox)
        .where(mine, outbox.c.step == step, outbox.c.state == State.PLANNED)
        .where(func.split_part(outbox.c.variant, "/", 1) == REST, who.c.id == outbox.c.person_id)
        .where(words.fits(who, literal(arm, Text), outbox.c.channel))
        .values(body=words.body(who), variant=variant(literal(f"{REST}:{arm}", Text)), due_at=now)
    )
    return int(done.rowcount)


def about(step: str) -> date | None:
    """Return the date of each person's that a step is about; None: it is about none."""
    found = _ABOUT.fullmatch(step)
    return date.fromisoformat(found[1]) if found else None


def offset(step: str) -> int | None:
    """Return how many days behind that date a step speaks; None: it is about none."""
    found = _ABOUT.fullmatch(step)
    return int(found[2]) if found else None


def stored(raw: Mapping[str, Any]) -> Audience:
    """Read the rule of a campaign that was accepted once: its topics were known then."""
    return read_audience(raw, "plan.audience", topics_named(raw))


async def _begin(connection: AsyncConnection, campaign_id: int, step: str, now: datetime) -> _Step | None:
    """Mark the step as frozen; None if it is."""
    row = (
        await connection.execute(
            text(
                """
                UPDATE campaign_step s SET frozen_at = :now FROM campaign k
                WHERE s.campaign_id = :id AND s.step = :step AND s.frozen_at IS NULL AND k.id = s.campaign_id
                RETURNING k.key, k.plan, k.state, k.ends_at, s.due_at
                """
            ),
            {"id": campaign_id, "step": step, "now": now},
        )
    ).one_or_none()
    if row is None:
        return None
    if row.state not in ("scheduled", "running"):
        raise Refused(f"{row.key} đang ở bước «{STATES[row.state]}»: lúc này không chọn người nhận.")
    until = row.ends_at if step == ONCE else worth_until(row.due_at, about(step))
    lasts = min(row.ends_at, until) if row.ends_at else until
    return _Step(campaign_id, row.key, step, row.plan, row.due_at, lasts)


async def _frozen_before(connection: AsyncConnection, campaign_id: int, step: str) -> Frozen:
    """Return what was frozen: who was left out then has no variant, whatever became of the others since."""
    planned = outbox.c.variant.is_not(None)
    channel, reason = case((planned, outbox.c.channel)), case((~planned, outbox.c.reason))
    rows = await connection.execute(
        select(channel, reason, func.count())
        .where(outbox.c.campaign_id == campaign_id, outbox.c.step == step)
        .group_by(channel, reason)
    )
    return summed((channel, reason, number) for channel, reason, number in rows)


async def _write(connection: AsyncConnection, step: _Step, question: Question, words: Wording) -> Frozen:
    """Write all rows in one statement and count them there: however many, nothing comes to us."""
    await hold_everybody(connection)
    await give_memory(connection)
    rows = _rows(step, question, words)
    written = (
        insert(outbox)
        .from_select([column.name for column in rows.selected_columns], rows)
        .returning(outbox.c.channel, outbox.c.reason)
        .cte("written")
    )
    counted = select(written.c.channel, written.c.reason, func.count()).group_by(written.c.channel, written.c.reason)
    return summed((channel, reason, number) for channel, reason, number in await connection.execute(counted))


def _rows(step: _Step, question: Question, words: Wording) -> Select[Any]:
    """Return the query of the rows: who gets it with their text, who does not with the reason and no text."""
    who = _chosen(step, question)
    arm, reached = who.c.arm, who.c.reason.is_(None)
    columns = {
        "key": func.concat(f"campaign:{step.campaign_id}:{step.name}:", who.c.person_id),
        "contact_id": who.c.contact_id,
        "class": literal("campaign", Text),
        "channel": who.c.channel,
        "campaign_id": literal(step.campaign_id, BigInteger),
        "person_id": who.c.person_id,
        "step": literal(step.name, Text),
        "variant": case((reached, variant(arm))),
        "body": func.coalesce(words.body(who), literal_column("'{}'::jsonb")),
        "state": case((reached, State.PLANNED.value), else_=State.EXCLUDED.value),
        "reason": who.c.reason,
        "due_at": case(
            (and_(reached, arm == REST), _moment(step.expires_at or question.now)), else_=_moment(step.due_at)
        ),
        "expires_at": _moment(step.expires_at),
        "created_at": _moment(question.now),
        "finished_at": case((~reached, _moment(question.now))),
    }
    fits = and_(reached, words.fits(who, first_of(arm, step.shares), who.c.channel))
    rows = select(*(value.label(name) for name, value in columns.items()))
    return rows.select_from(who.outerjoin(words.texts, fits)).order_by(who.c.person_id)  # indexes grow at their end


def _chosen(step: _Step, question: Question) -> CTE:
    """Return for each person meant the contact, the channel or the reason, the arm, and what texts go by."""
    who, start = judged(question).cte("who").prefix_with("MATERIALIZED"), len(question.channels)
    channel = case(
        *((who.c.code == place, literal(name, Text)) for place, name in enumerate(question.channels)), else_=""
    )
    reasons = [(who.c.code == start + place, literal(name, Text)) for place, name in enumerate(REASONS)]
    reason = case(*_paid(step), *reasons)
    arm = arm_of(step.key, step.shares, person.c.id)
    columns = [
        who.c.person_id,
        who.c.contact_id,
        channel.label("channel"),
        reason.label("reason"),
        arm.label("arm"),
        *known_of(person),
    ]
    people = who.join(person, person.c.id == who.c.person_id)
    return select(*columns).select_from(people).cte("chosen").prefix_with("MATERIALIZED")


def _paid(step: _Step) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    """Return the reason of those who said that they have paid what the step reminds of; of any other step nobody can have."""
    day = about(step.name)
    if day is None:
        return []
    told = select(series_paid.c.person_id).where(
        series_paid.c.campaign_id == step.campaign_id, series_paid.c.due == day.isoformat()
    )
    return [(person.c.id.in_(told), literal(PAID, Text))]


def _moment(moment: datetime | None) -> ColumnElement[Any]:
    return literal(moment, DateTime(timezone=True))
