"""In which order free beginnings are looked for, and which of them are the best. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from bot.booking.closed import SpecialDay, weekdays
from bot.booking.nearness import Rank
from bot.booking.plans import REST, Diary, free_starts, midnight, minute_of, next_minute, stretches
from bot.booking.rules import HORIZON, LEAD, TOPICS, Kind, Wish
from bot.booking.wishes import Round, days_off, minutes_off, rounds
from bot.clock import day_in_vietnam

CELLS = 200  # days of consultants that are looked at first
Key = tuple[int, int, int, int]  # days off the wish, the day, minutes off the wish, the beginning


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
            for part in _parts(search.wish, one, together, cells):
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


def _parts(wish: Wish, one: Round, places: Sequence[Place], cells: int) -> Iterator[Round]:
    """Yield the round whole or, when many are equally near, in pieces of days, or of hours while the sooner is better."""
    if places[0].rank != places[-1].rank:
        yield one
        return
    size = cells // sum(len(place.consultants) for place in places)
    chronological = not (wish.times or wish.part and one.most_off)
    for at in range(0, len(one.days), max(size, 1)):
        piece = one._replace(days=one.days[at : at + max(size, 1)])
        yield from piece.windows() if chronological and not size else [piece]


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

    def look(self, look: Look, diaries: Mapping[int, Diary]) -> None:
        """Put what a look finds behind what there is."""
        for _, equals in groupby(look.places, key=attrgetter("rank")):
            found = _found(self.search, look.round, list(equals), diaries)
            for key in sorted(found):
                self._put(key[-1], found[key])
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


def _found(search: Search, one: Round, places: Sequence[Place], diaries: Mapping[int, Diary]) -> dict[Key, list[Who]]:
    """Return who is free at equally near places, under what says how good it is."""
    found = {}
    for day in one.days:
        base, days = midnight(day), days_off(search.wish, day)
        for start, who in _free(search, one, places, day, diaries).items():
            minutes = minutes_off(search.wish, start - base)
            if minutes <= one.most_off:
                found[days, base, minutes, start] = who
    return found


def _free(
    search: Search, one: Round, places: Sequence[Place], day: date, diaries: Mapping[int, Diary]
) -> dict[int, list[Who]]:
    """Return who is free at which minute since 1970 between the hours of the round."""
    found: dict[int, list[Who]] = defaultdict(list)
    holding, base = weekdays(day, search.special), midnight(day)
    latest = min(base + one.ends - 1, minute_of(search.now + HORIZON))
    for place in places:
        earliest = max(base + one.starts, next_minute(search.now + LEAD[place.kind]))
        for consultant in place.consultants:
            diary, who = diaries[consultant], Who(place, consultant)
            for part in stretches(diary, day, holding) if diary.planned else ():
                if part.field_day == place.field_day_id:
                    for start in free_starts(part, diary.taken, search.minutes, earliest, latest):
                        found[start].append(who)
    return found
