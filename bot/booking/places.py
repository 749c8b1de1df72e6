"""Reads where a person could be served, in offices and on field days, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.nearness import Spot, area, province, rank
from bot.booking.rules import HORIZON, Kind, Wish
from bot.booking.search import Place
from bot.clock import day_in_vietnam

AROUND = 0.5  # degrees of latitude and longitude in which something is near a shared location


_SUITS = """
    c.active AND o.active AND (c.topics = '{}' OR c.topics @> cast(:topics AS text[]))
    AND (cast(:language AS text) IS NULL OR :language = ANY(c.languages))
"""
_LIES_NEAR = """
    ({0}.province = cast(:province AS text) OR cast(:province AS text) IS NULL
     AND abs({0}.latitude - cast(:latitude AS float)) < {1} AND abs({0}.longitude - cast(:longitude AS float)) < {1})
"""
_PLACES = text(
    f"""
    SELECT o.id AS office_id, o.name, o.address, o.commune, o.latitude, o.longitude,
        coalesce(o.serves && cast(:area AS text[]), false) AS serves, NULL::bigint AS field_day_id,
        array_agg(c.id ORDER BY c.id) AS consultants
    FROM consultant c JOIN office o ON o.id = c.office_id
    WHERE :in_offices AND {_SUITS} AND :kind = ANY(c.kinds) AND {_LIES_NEAR.format("o", AROUND)}
      AND (cast(:area AS text[]) IS NULL OR o.serves = '{{}}' OR o.serves && cast(:area AS text[]))
    GROUP BY o.id
    UNION ALL
    SELECT f.office_id, f.name, f.address, f.commune, f.latitude, f.longitude, false, f.id, array_agg(c.id ORDER BY c.id)
    FROM field_day f JOIN field_day_team t ON t.field_day_id = f.id
        JOIN consultant c ON c.id = t.consultant_id JOIN office o ON o.id = f.office_id
    WHERE :on_field_days AND {_SUITS} AND {_LIES_NEAR.format("f", AROUND)}
      AND NOT f.cancelled AND f.day BETWEEN :first AND :last
      AND f.seats > (SELECT count(*) FROM appointment a WHERE a.field_day_id = f.id
                     AND (a.state IN ('booked', 'confirmed', 'done', 'absent')
                          OR a.state = 'held' AND a.held_until > :now))
    GROUP BY f.id
    ORDER BY office_id, field_day_id
    """  # noqa: S608 - nothing in it comes from outside
)


async def places(connection: AsyncConnection, wish: Wish, *, now: datetime) -> list[Place]:
    """Return where somebody serves the person's place, topics, language and kind; of field days those with a seat left.

    Where nobody serves all topics, those who serve the longest.
    """
    found = await _places(connection, wish, (wish.topic, *wish.also), now=now)
    return found if found or not wish.also else await _places(connection, wish, (wish.topic,), now=now)


async def _places(connection: AsyncConnection, wish: Wish, topics: Sequence[str], *, now: datetime) -> list[Place]:
    communes = area(wish)
    values = {
        "topics": list(topics),
        "language": wish.language,
        "province": province(wish),
        "area": None if communes is None else list(communes),
        "latitude": wish.latitude,
        "longitude": wish.longitude,
        "kind": wish.kind or Kind.OFFICE,
        "in_offices": wish.kind is not Kind.FIELD,
        "on_field_days": wish.kind in (None, Kind.FIELD),
        "first": day_in_vietnam(now),
        "last": day_in_vietnam(now + HORIZON),
        "now": now,
    }
    return [_place(wish, row) for row in (await connection.execute(_PLACES, values)).all()]


def _place(wish: Wish, row: Any) -> Place:
    field_day = row.field_day_id
    near = rank(wish, Spot(row.commune, row.latitude, row.longitude, row.serves, field_day is not None))
    kind = Kind.FIELD if field_day else wish.kind or Kind.OFFICE
    return Place(row.office_id, row.name, row.address, near, field_day, kind, tuple(row.consultants))
