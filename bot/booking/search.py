"""In which order free beginnings are looked for, and which of them are the best. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from bot.booking.closed import SpecialDay, weekdays
from bot.booking.nearness import Rank
from bot.booking.plans import REST, Books, Diary, beginnings, busy_at, midnight, minute_of, next_minute, stretches
from bot.booking.rules import HORIZON, LEAD, TOPICS, Kind, Wish
from bot.booking.wishes import Round, days_off, minutes_off, rounds
from bot.clock import day_in_vietnam

CELLS = 200  # days of consultants that are looked at first
Key = tuple[int, int, int, int]  # days off the wish, the day, minutes off the wish, the beginning
Free = dict[int | None, set[int]]  # who is free on each field day, and in offices (None)
BusyAt = Callable[[date, int], AbstractSet[int]]  # who is busy when something begins at a minute of a day


class Place(NamedTuple):
    """An office or a field day, and who serves the person there."""

    office_id: int
    name: str
    address: str
    rank: Rank  # how near it is: the smaller, the nearer
    field_day_id: int | None
    kind: Kind
    consultants: tuple[int, ...]


class Who(NamedTuple):
    """Somebody who is free, and where they are then."""

    place: Place
    consultant_id: int


class Serving(NamedTuple):
    """Who serves in the same manner, and has the same plans."""

    field_day: int | None
    kind: Kind
    diary: Diary
    whose: AbstractSet[int]


class Search(NamedTuple):
    """What a search knows from its beginning."""

    wish: Wish
    now: datetime
    special: Mapping[date, SpecialDay]
    needed: int

    @property
    def minutes(self) -> int:
        """Return how long the appointment takes."""
        return TOPICS[self.wish.topic]

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days that may be offered."""
        first, last = day_in_vietnam(self.now), day_in_vietnam(self.now + HORIZON)
        return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


class Look(NamedTuple):
    """Whose days to look at together: what an earlier look finds is better than what a later one does."""

    round: Round
    places: Sequence[Place]

    @property
    def consultants(self) -> set[int]:
        """Return all who serve there."""
        return {one for place in self.places for one in place.consultants}


def looks(search: Search, places: Iterable[Place]) -> Iterator[Look]:
    """Yield where to look, the best first: at first a little, then more and more at once."""
    ranked: Sequence[Place] = sorted(places, key=attrgetter("rank"))
    cells = CELLS
    for one in rounds(search.wish, search.days):
        left: Sequence[Place] = ranked if one.days else ()
        while left:
            together, left = _nearest(left, cells // len(one.days))
            for part in _parts(one, together, cells):
                yield Look(part, together)
            cells *= 2


def _nearest(ranked: Sequence[Place], size: int) -> tuple[Sequence[Place], Sequence[Place]]:
    """Return the nearest places, with about so many consultants, and the others; the equally near stay together."""
    count = taken = 0
    for _, equals in groupby(ranked, key=attrgetter("rank")):
        alike = list(equals)
        count += sum(len(place.consultants) for place in alike)
        if taken and count > size:
            break
        taken += len(alike)
    return ranked[:taken], ranked[taken:]


def _parts(one: Round, places: Sequence[Place], cells: int) -> Iterator[Round]:
    """Yield the round whole or, when many are equally near, in pieces of some days."""
    count = sum(len(place.consultants) for place in places)
    size = max(cells // count, 1) if places[0].rank == places[-1].rank else len(one.days)
    for at in range(0, len(one.days), size):
        yield one._replace(days=one.days[at : at + size])


@dataclass
class Best:
    """What was found so far, the best first: beginnings that leave room for each other, those between, and who else."""

    search: Search
    chosen: dict[int, list[Who]] = field(default_factory=dict)
    between: dict[int, list[Who]] = field(default_factory=dict)
    others: list[tuple[int, Who]] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        """Tell whether nothing that comes later can be among the best."""
        return len(self.chosen) >= self.search.needed

    def look(self, look: Look, books: Books) -> None:
        """Put what a look finds behind what there is, until it is enough."""
        room = self.search.minutes + REST
        busy = cache(lambda day, start: busy_at(books.busy[day], start, start + room))
        for _, equals in groupby(look.places, key=attrgetter("rank")):
            places = list(equals)
            found = _found(self.search, look.round, list(_serving(places, books)), busy)
            for key in sorted(found):
                self._put(key[-1], _who(places, found[key]))
                if self.enough:
                    return

    def _put(self, start: int, found: list[Who]) -> None:
        room = self.search.minutes + REST
        if start in self.chosen or start in self.between:
            self.others += [(start, one) for one in found]
        elif all(abs(start - one) >= room for one in self.chosen):
            self.chosen[start] = found
        else:
            self.between[start] = found

    def rivals(self) -> list[tuple[int, list[Who]]]:
        """Return the best beginnings and who offers each equally well; those between only when nothing else is left."""
        best = list(self.chosen.items())[: self.search.needed]
        return best if self.enough else [*best, *self.between.items()]

    def rest(self, known: Iterable[tuple[int, Who]]) -> list[tuple[int, Who]]:
        """Return who else offers beginnings that are known already, each once."""
        seen = set(known)
        rest = [*((start, one) for start, each in self.rivals() for one in each), *self.others]
        return [] if self.enough else list(dict.fromkeys(one for one in rest if one not in seen))


def _serving(places: Iterable[Place], books: Books) -> Iterator[Serving]:
    """Yield who serves at these places, those with the same plans together."""
    there: dict[tuple[int | None, Kind], set[int]] = defaultdict(set)
    for place in places:
        there[place.field_day_id, place.kind].update(place.consultants)
    for (field_day, kind), everybody in there.items():
        for diary, alike in books.plans:
            if whose := everybody & alike:
                yield Serving(field_day, kind, diary, whose)


def _found(search: Search, one: Round, serving: Sequence[Serving], busy: BusyAt) -> dict[Key, Free]:
    """Return who is free at equally near places, under what says how good it is."""
    found = {}
    for day in one.days:
        base, days = midnight(day), days_off(search.wish, day)
        for start, free in _free(search, one, serving, day, busy).items():
            minutes = minutes_off(search.wish, start - base)
            if minutes <= one.most_off:
                found[days, base, minutes, start] = free
    return found


def _free(search: Search, one: Round, serving: Sequence[Serving], day: date, busy: BusyAt) -> dict[int, Free]:
    """Return who is free at which minute since 1970 between the hours of the round."""
    found: dict[int, Free] = defaultdict(lambda: defaultdict(set))
    holding, base = weekdays(day, search.special), midnight(day)
    latest = min(base + one.ends - 1, minute_of(search.now + HORIZON))
    for each in serving:
        earliest = max(base + one.starts, next_minute(search.now + LEAD[each.kind]))
        for part in stretches(each.diary, day, holding):
            if part.field_day == each.field_day:
                for start in beginnings(part, search.minutes, earliest, latest):
                    if free := each.whose - busy(day, start):
                        found[start][part.field_day] |= free
    return found


def _who(places: Iterable[Place], free: Free) -> list[Who]:
    """Return the same one by one, in the order of the places."""
    return [Who(place, one) for place in places for one in place.consultants if one in free.get(place.field_day_id, ())]
