"""The best free times for a person's wish, the nearest place first, and the keys by which buttons name them."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.diaries import Window, books, least_busy, special_days
from bot.booking.places import places
from bot.booking.plans import REST, Books, moment_of
from bot.booking.rules import Kind, Offer, Wish
from bot.booking.search import Best, Look, Search, Who, looks

_KEY = re.compile(rf"([0-9]{{1,9}})\.({'|'.join(Kind)})\.([0-9]{{1,9}})", re.ASCII)


async def find(connection: AsyncConnection, wish: Wish, *, now: datetime, most: int = 3, skip: int = 0) -> list[Offer]:
    """Return free times for a wish, the best first; none when all is full or nobody serves the place.

    As wished comes first, then what is nearest to it in time. Of equally fitting times within a week the nearer place
    comes first. A time is offered by whoever has least to do; by others too when there is no other time.
    """
    search = Search(wish, now, await special_days(connection, now), most + skip)
    best = Best(search)
    for look in looks(search, await places(connection, wish, now=now)):
        best.look(look, await _books(connection, search, look))
        if best.enough:
            break
    return [_offer(search, *one) for one in await _shared_out(connection, best)][skip : search.needed]


async def _books(connection: AsyncConnection, search: Search, look: Look) -> Books:
    """Return what a look needs to know."""
    days, window = look.round.days, Window(look.round.starts, look.round.ends + search.minutes + REST)
    return await books(connection, look.consultants, days, search.special, now=search.now, window=window)


async def _shared_out(connection: AsyncConnection, best: Best) -> list[tuple[int, Who]]:
    """Return of each beginning whoever has least to do, that day and that week; the others only behind all of them."""
    tied = [(start, one.consultant_id) for start, each in best.rivals() if len(each) > 1 for one in each]
    least = await least_busy(connection, tied)
    first = [
        (start, next((one for one in each if one.consultant_id == least.get(start)), each[0]))
        for start, each in best.rivals()
    ]
    return [*first, *best.rest(first)]


def _offer(search: Search, start: int, who: Who) -> Offer:
    place, starts_at = who.place, moment_of(start)
    return Offer(
        who.consultant_id, place.office_id, place.kind, starts_at, search.minutes, place.name, place.address,
        place.field_day_id,
    )  # fmt: skip


def parse(key: str) -> tuple[int, Kind, datetime] | None:
    """Read the key of an offer: the consultant, the kind, the beginning; None when it is none."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), Kind(found[2]), moment_of(int(found[3]))) if found else None
