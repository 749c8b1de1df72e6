"""When a campaign speaks: once, again and again, or so many days around a date of each person. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, groupby
from typing import Any, NamedTuple

from bot.clock import VIETNAM, day_in_vietnam
from bot.errors import ContentError
from bot.yaml_files import checked_keys, shown

ONCE = "once"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST = 60  # days around a date
OPENS, CLOSES = time(8), time(21)  # in Vietnam; outside nobody is written to who did not write first
WORTH = timedelta(days=1)  # so long a step of several is worth sending that is about no date
_TIME = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)(:00)?")


class Step(NamedTuple):
    """One time a campaign speaks. `about`: the date of each person's it is about, None: it is about none."""

    name: str
    due_at: datetime
    expires_at: datetime
    about: date | None = None
    offset: int | None = None  # days behind that date


@dataclass(frozen=True, slots=True)
class Schedule:
    """`at` alone: once. `weekdays` or `month_days`: again on those days. `offsets`: days around the end of what was paid for."""

    at: datetime
    ends: datetime
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    offsets: tuple[int, ...] = ()

    @property
    def once(self) -> bool:
        """Tell whether it speaks only once."""
        return not (self.weekdays or self.month_days or self.offsets)

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day, in Vietnam."""
        return day_in_vietnam(self.at), day_in_vietnam(self.ends)

    def steps(self, until: datetime) -> Iterator[Step]:
        """Yield the steps that are due by a moment, in order."""
        if self.once:
            if self.at <= until:
                yield Step(ONCE, self.at, self.ends)
            return
        day = day_in_vietnam(self.at)
        while (due := _moment(day, self.at)) <= min(until, self.ends):
            if due >= self.at and (day.weekday() in self.weekdays or day.day in self.month_days):
                yield Step(day.isoformat(), due, min(worth_until(due, None), self.ends))
            for offset in self.offsets if due >= self.at else ():
                about = day - timedelta(days=offset)
                yield Step(f"{about}:{offset:+d}", due, min(worth_until(due, about), self.ends), about, offset)
            day += timedelta(days=1)

    def next_steps(self, day: date) -> tuple[Step, ...]:
        """Return the steps of the first day, from a day on, on which it speaks; none: it will not speak any more."""
        ahead = dropwhile(lambda step: day_in_vietnam(step.due_at) < day, self.steps(self.ends))
        _, steps = next(groupby(ahead, key=lambda step: step.due_at), (None, ()))
        return tuple(steps)


def worth_until(due: datetime, about: date | None) -> datetime:
    """Return until when a step is worth sending: one about a date of each person's, «hôm nay», on its day only."""
    return due + WORTH if about is None else datetime.combine(day_in_vietnam(due), CLOSES, VIETNAM)


def _moment(day: date, like: datetime) -> datetime:
    return datetime.combine(day, like.astimezone(VIETNAM).time(), VIETNAM)


def read_schedule(raw: Any, ends: Any, where: str) -> Schedule:
    """Read {at} | {from, time, weekdays or month_days} | {from, time, around: paid_until, days}, and the end of it all."""
    found = checked_keys(
        raw, where, needed=set(), allowed={"at", "from", "time", "weekdays", "month_days", "around", "days"}
    )
    last = read_moment(ends, "ends")
    schedule = _once(found, last, where) if "at" in found else _several(found, last, where)
    if schedule.at >= schedule.ends:
        raise ContentError(f"{where}: begins behind its end ({_shown(last)}); move one of them")
    if not OPENS <= schedule.at.astimezone(VIETNAM).time() < CLOSES:
        raise ContentError(f"{where}: nobody is written to before {OPENS:%H:%M} or from {CLOSES:%H:%M} on")
    return schedule


def _once(found: Mapping[str, Any], ends: datetime, where: str) -> Schedule:
    if len(found) > 1:
        raise ContentError(f"{where}: `at` is once and stands alone")
    return Schedule(read_moment(found["at"], f"{where}.at"), ends)


def _several(found: Mapping[str, Any], ends: datetime, where: str) -> Schedule:
    kinds = [kind for kind in ("weekdays", "month_days", "around") if kind in found]
    if len(kinds) != 1 or not {"from", "time"} <= found.keys():
        raise ContentError(f"{where}: give `at`, or `from` and `time` with one of weekdays, month_days, around")
    if ("days" in found) != (kinds == ["around"]):
        raise ContentError(f"{where}.days: stands beside `around: paid_until`, and only there")
    if not isinstance(found["time"], str):  # YAML makes a number of 10:30
        raise ContentError(f'{where}.time: must be a time in quotes, such as "10:30"')
    if not isinstance(found["from"], str | date):
        raise ContentError(f"{where}.from: must be a day such as 2026-12-01")
    at = read_moment(f"{found['from']} {found['time']}", f"{where}.from")
    match kinds[0]:
        case "weekdays":
            return Schedule(at, ends, weekdays=_weekdays(found["weekdays"], f"{where}.weekdays"))
        case "month_days":
            return Schedule(at, ends, month_days=_numbers(found["month_days"], f"{where}.month_days", 1, 31))
    if found["around"] != "paid_until":
        raise ContentError(f"{where}.around: the only date known of people is paid_until")
    return Schedule(at, ends, offsets=_numbers(found["days"], f"{where}.days", -FURTHEST, FURTHEST))


def _weekdays(raw: Any, where: str) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw or any(day not in WEEKDAYS for day in raw):
        raise ContentError(f"{where}: must be a list of {', '.join(WEEKDAYS)}")
    return tuple(sorted({WEEKDAYS.index(day) for day in raw}))


def _numbers(raw: Any, where: str, least: int, most: int) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw or any(type(one) is not int or not least <= one <= most for one in raw):
        raise ContentError(f"{where}: must be a list of numbers from {least} to {most}")
    return tuple(sorted(set(raw)))


def read_moment(raw: Any, where: str) -> datetime:
    """Read «2026-12-01 08:30», in Vietnam; a day alone is its last minute in which people are written to."""
    said = str(raw) if isinstance(raw, str | date) else ""
    day, _, hour = said.strip().replace("T", " ").partition(" ")
    clock = _TIME.fullmatch(hour.strip()) if hour else None
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = None
    if found is None or (hour and clock is None):
        raise ContentError(f"{where}: must be a day and a time such as 2026-12-01 08:30, found {shown(raw)}")
    return datetime.combine(found, time(int(clock[1]), int(clock[2])) if clock else CLOSES, VIETNAM)


def schedule_json(schedule: Schedule) -> dict[str, Any]:
    """Return the schedule as JSON that `read_schedule` reads back to the same."""
    local = schedule.at.astimezone(VIETNAM)
    if schedule.once:
        return {"at": f"{local:%Y-%m-%d %H:%M}"}
    found: dict[str, Any] = {"from": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
    if schedule.weekdays:
        return found | {"weekdays": [WEEKDAYS[day] for day in schedule.weekdays]}
    if schedule.month_days:
        return found | {"month_days": list(schedule.month_days)}
    return found | {"around": "paid_until", "days": list(schedule.offsets)}


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
