"""Which of a campaign's pinned texts a person gets: that of their arm, their channel and, where there is one, their situation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.filling import FIELDS, filled, mark
from bot.campaigns.plan import REST
from bot.campaigns.reach import drawn
from bot.errors import Refused

_text = table(
    "campaign_text",
    column("campaign_id", BigInteger),
    *(column(name, Text) for name in ("step", "arm", "situation", "channel")),
    *(column(name, JSONB) for name in ("body", "personal")),
)


class Wording:
    """The texts of one step of a campaign as SQL: a row of `texts` joined where `fits`, its `body` filled in for the person.

    `offset`: of a step of a series, how many days from the date it speaks.
    """

    texts = _text

    def __init__(self, campaign_id: int, found: Sequence[Any], offset: int | None) -> None:
        own = {row.step for row in found if row.step and offset is not None and int(row.step) == offset}
        self._campaign_id, self._step = campaign_id, own.pop() if own else ""
        pinned = [row for row in found if row.step == self._step]
        self._all = {(row.arm, row.channel) for row in pinned if not row.situation}
        self._special = ["/".join((row.arm, row.channel, row.situation)) for row in pinned if row.situation]
        self._fields = [field for field in FIELDS if any(mark(field) in row.body for row in pinned)]

    def check(self, arms: Sequence[str], channels: Sequence[str]) -> None:
        """Raise Refused if somebody could be left without a text."""
        for arm in arms:
            for channel in channels:
                if (arm, channel) not in self._all:
                    raise Refused(
                        f"Không có bản {arm} cho mọi người trên {channel}; hãy sửa chiến dịch rồi gửi duyệt lại."
                    )

    def fits(self, who: FromClause, arm: ColumnElement[str], channel: ColumnElement[str]) -> ColumnElement[bool]:
        """Return which text is that of a person."""
        situation = func.coalesce(who.c.situation, "")
        special = (arm + "/" + channel + "/" + situation) == func.any(cast(self._special, ARRAY(Text)))
        return and_(
            _text.c.campaign_id == self._campaign_id,
            _text.c.step == self._step,
            _text.c.arm == arm,
            _text.c.channel == channel,
            _text.c.situation == case((special, situation), else_=literal_column("''")),
        )

    def body(self, who: FromClause) -> ColumnElement[Any]:
        """Return the body with what is known of the person."""
        return filled(_text, who, self._fields)


async def wording(connection: AsyncConnection, campaign_id: int, offset: int | None = None) -> Wording:
    """Return the pinned texts of a campaign, of a series those of one of its days."""
    columns = (
        *(_text.c[name] for name in ("step", "arm", "situation", "channel")),
        cast(_text.c.body, Text).label("body"),
    )
    found = await connection.execute(select(*columns).where(_text.c.campaign_id == campaign_id))
    return Wording(campaign_id, found.all(), offset)


def arm_of(key: str, shares: Mapping[str, int], who: ColumnElement[int]) -> ColumnElement[str]:
    """Return the arm that a person was drawn for, by the percent of each; a trial's rest waits as REST."""
    number, reached, arms = drawn(key, "arm", who), 0, []
    for arm, share in shares.items():
        reached += share
        arms.append((number < reached, literal(arm, Text)))
    return case(*arms, else_=literal([*shares][-1], Text))


def variant(arm: ColumnElement[str]) -> ColumnElement[str]:
    """Return how the ledger names what somebody got: «a», or «a/nong_dan»."""
    return case((_text.c.situation == "", arm), else_=arm + "/" + _text.c.situation)


def first_of(arm: ColumnElement[str], shares: Mapping[str, int]) -> ColumnElement[str]:
    """Return the arm whose text stands in the row: who waits has the first one's until it is decided."""
    return case((arm == REST, literal(next(iter(shares)), Text)), else_=arm)
