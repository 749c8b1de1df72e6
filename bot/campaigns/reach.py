"""Whom a campaign reaches: of each person meant the first permitted contact of the ladder, or why there is none."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import Audience, Match
from bot.outbox.caps import SMS_LAW, Cap
from bot.vn.places import gazetteer

_MOMENT = DateTime(timezone=True)
person = table(
    "person",
    column("id", BigInteger),
    column("province", Text),
    column("commune", Text),
    column("situation", Text),
    column("entitlements", ARRAY(Text)),
    column("birth_year", SmallInteger),
    column("joined", Text),
    column("paid_until", Date),
    column("name", Text),
)
_behaviour = table(
    "behaviour",
    column("person_id", BigInteger),
    column("kind", Text),
    column("topic", Text),
    column("last_at", _MOMENT),
)
_contact = table(
    "contact",
    *(column(name) for name in ("id", "person_id", "channel", "unreachable")),
    *(column(name, Boolean) for name in ("outreach", "stopped_elsewhere")),
)
_campaign = table("campaign", column("id", BigInteger), column("key", Text))
_outbox = table(
    "outbox",
    *(column(name) for name in ("campaign_id", "person_id", "channel", "state")),
    column("started_at", _MOMENT),
)

CAPPED, UNREACHABLE, STOPPED, NEVER = "capped", "unreachable", "stopped", "never_consented"
NO_CONTACT, HOLDOUT = "no_contact", "holdout"
REASONS = (CAPPED, UNREACHABLE, STOPPED, NEVER, NO_CONTACT, HOLDOUT)
"""Why a person is not reached; of several contacts the one nearest to being allowed, the earliest here, gives the reason."""

_SHIFT = 42  # bits of a contact's number: rank and contact are compared as one number
_BITS: ColumnElement[int] = literal_column(str(_SHIFT))
_MEMORY = "128MB"  # of the database, while people are counted or frozen: its default would go to disk


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people are meant, how many get it by which channel, how many do not and why."""

    people: int = 0
    by_channel: Mapping[str, int] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Reach) -> Reach:
        by_channel, excluded = Counter(self.by_channel), Counter(self.excluded)
        by_channel.update(other.by_channel)
        excluded.update(other.excluded)
        return Reach(self.people + other.people, dict(by_channel), dict(excluded))

    @property
    def planned(self) -> int:
        """Return how many get it."""
        return sum(self.by_channel.values())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: who is meant, by which channels in which order, and with which lot.

    `key` is the campaign's: the lot depends on it and the person alone. `until`: the last moment at which it may be sent, None:
    there is none; whose cap is free again by then is not left out. `paid_until`: only those whose payments end on that day.
    """

    audience: Audience
    channels: Sequence[str]
    key: str
    now: datetime
    until: datetime | None = None
    caps: Sequence[Cap] = (SMS_LAW,)
    paid_until: date | None = None


async def count(connection: AsyncConnection, question: Question) -> Reach:
    """Count whom it would reach now, by channel and by reason."""
    await give_memory(connection)
    found = judged(question).subquery()
    rows = await connection.execute(select(found.c.code, func.count()).group_by(found.c.code))
    names = [*((channel, None) for channel in question.channels), *((None, reason) for reason in REASONS)]
    return summed((*names[code], number) for code, number in rows)


def summed(rows: Iterable[tuple[str | None, str | None, int]]) -> Reach:
    """Return counts by channel and reason as one; a person with a reason is not reached, whatever the channel."""
    by_channel: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for channel, reason, number in rows:
        if reason is None:
            by_channel[channel or ""] += number
        else:
            excluded[reason] += number
    return Reach(by_channel.total() + excluded.total(), dict(by_channel), dict(excluded))


async def give_memory(connection: AsyncConnection) -> None:
    """Let the database work in memory until the transaction ends."""
    await connection.execute(select(func.set_config("work_mem", _MEMORY, true())))


def judged(question: Question) -> Select[Any]:
    """Return the one query that decides: for each person meant person_id, contact_id (null: none) and a code.

    A code below the number of channels is the channel that is used, any other the place in REASONS behind it.
    """
    best = _best(question).subquery("best")
    rank, start = best.c.best.op(">>")(_BITS), len(question.channels)
    verdicts = [
        (best.c.best.is_(None), literal_column(str(start + REASONS.index(NO_CONTACT)))),
        (rank >= start, rank),
        *((_over(cap, question, best), literal_column(str(start + REASONS.index(CAPPED)))) for cap in question.caps),
    ]
    if question.audience.holdout_percent:
        lot = drawn(question.key, HOLDOUT, best.c.person_id) < question.audience.holdout_percent
        verdicts.append((lot, literal_column(str(start + REASONS.index(HOLDOUT)))))
    contact = best.c.best.op("&")(literal_column(str((1 << _SHIFT) - 1)))
    code = cast(case(*verdicts, else_=rank), Integer)
    return select(best.c.person_id, contact.label("contact_id"), code.label("code"))


def drawn(key: str, purpose: str, who: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a number from 0 to 99 drawn for a person: always the same for a campaign and a purpose, whoever else is meant."""
    digest = hashlib.sha256(f"{purpose}:{key}".encode()).digest()
    seed = literal(int.from_bytes(digest[:8], signed=True), BigInteger)
    positive = func.hashint8extended(who, seed).op("&")(literal_column(str((1 << 63) - 1)))
    return positive.op("%")(literal_column("100"))


def _best(question: Question) -> Select[Any]:
    """Return for each person meant the smallest rank of their contacts, with the contact; null where there is none."""
    start = len(question.channels)
    rank = case(
        (_contact.c.id.is_(None), null()),
        (_contact.c.outreach.is_(None), start + REASONS.index(NEVER)),
        (or_(~_contact.c.outreach, _contact.c.stopped_elsewhere), start + REASONS.index(STOPPED)),
        (_contact.c.unreachable.is_not(None), start + REASONS.index(UNREACHABLE)),
        *((_contact.c.channel == name, place) for place, name in enumerate(question.channels)),
    )
    number = cast(rank, BigInteger).op("<<")(_BITS).op("|")(_contact.c.id)
    ladder = and_(_contact.c.person_id == person.c.id, _contact.c.channel.in_(question.channels))
    meant = condition(question.audience, question.now)
    if question.paid_until is not None:
        meant = and_(meant, person.c.paid_until == question.paid_until)
    return (
        select(person.c.id.label("person_id"), func.min(number).label("best"))
        .select_from(person.outerjoin(_contact, ladder))
        .where(meant)
        .group_by(person.c.id)
    )


def _over(cap: Cap, question: Question, best: Subquery) -> ColumnElement[bool]:
    """Tell who has had so much that nothing more may be sent up to the last moment."""
    applies = true() if not cap.channel else best.c.best.op(">>")(_BITS) == _place(question.channels, cap.channel)
    if not cap.most:
        return applies
    if question.until is None:
        return ~true()
    begun = (
        select(_outbox.c.person_id)
        .select_from(_campaign.join(_outbox, _outbox.c.campaign_id == _campaign.c.id))
        .where(_outbox.c.started_at > question.until - cap.within, _outbox.c.state.in_(("sending", "sent", "unknown")))
        .where(_outbox.c.channel == cap.channel if cap.channel else true())
        .where(_campaign.c.key == question.key if cap.own else true())
        .group_by(_outbox.c.person_id)
        .having(func.count() >= cap.most)
    )
    return and_(applies, best.c.person_id.in_(begun))


def _place(channels: Sequence[str], channel: str) -> int:
    return channels.index(channel) if channel in channels else -1


def condition(audience: Audience, now: datetime) -> ColumnElement[bool]:
    """Return whether the rule means a person; what is not known of somebody fits nothing."""
    meant = _fits(audience.match, now)
    return and_(meant, _fits(audience.without, now).is_not(true())) if audience.without else meant


def _fits(match: Match, now: datetime) -> ColumnElement[bool]:
    provinces = [code for code in match.places if code in gazetteer().provinces]
    communes = [code for code in match.places if code not in gazetteer().provinces]
    kinds = {kind: getattr(match, kind) for kind in ("asked", "calculated", "booked", "came_by")}
    asked: Sequence[tuple[bool, ColumnElement[bool]]] = (
        (bool(match.places), or_(_among(person.c.province, provinces), _among(person.c.commune, communes))),
        (bool(match.situations), _among(person.c.situation, match.situations)),
        (bool(match.entitlements), person.c.entitlements.op("&&")(cast(list(match.entitlements), ARRAY(Text)))),
        (bool(match.joined), _among(person.c.joined, match.joined)),
        (match.born_from is not None, person.c.birth_year >= literal(match.born_from, SmallInteger)),
        (match.born_to is not None, person.c.birth_year <= literal(match.born_to, SmallInteger)),
        (match.paid_from is not None, person.c.paid_until >= literal(match.paid_from, Date)),
        (match.paid_to is not None, person.c.paid_until <= literal(match.paid_to, Date)),
        *((bool(topics), _did(kind, topics, match, now)) for kind, topics in kinds.items()),
    )
    return and_(true(), *(clause for given, clause in asked if given))


def _among(what: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    return what == func.any(cast(list(values), ARRAY(Text)))


def _did(kind: str, topics: Sequence[str], match: Match, now: datetime) -> ColumnElement[bool]:
    did = and_(_behaviour.c.person_id == person.c.id, _behaviour.c.kind == kind, _among(_behaviour.c.topic, topics))
    recently = now - timedelta(days=match.within_days) if match.within_days else None
    return exists().where(did if recently is None else and_(did, _behaviour.c.last_at >= recently))
