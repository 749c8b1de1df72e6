"""The words of booking: kinds, topics and their length, the states of an appointment and the moves between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """How people meet."""

    OFFICE = "office"
    FIELD = "field"  # a team in a commune or a market for a day
    PHONE = "phone"
    VIDEO = "video"


class State(StrEnum):
    """Where an appointment stands."""

    HELD = "held"  # a person is still typing; the time is kept for them until held_until
    BOOKED = "booked"
    CONFIRMED = "confirmed"  # by the consultant
    DONE = "done"
    ABSENT = "absent"
    MOVED = "moved"  # another appointment stands in its place
    CANCELLED = "cancelled"  # by the citizen
    DECLINED = "declined"  # by the consultant
    LAPSED = "lapsed"  # a hold that nobody confirmed


ALIVE = frozenset({State.HELD, State.BOOKED, State.CONFIRMED})  # take the consultant's time
AGREED = frozenset({State.BOOKED, State.CONFIRMED})
MOVES: Mapping[State, frozenset[State]] = {
    State.HELD: frozenset({State.BOOKED, State.LAPSED, State.CANCELLED}),
    State.BOOKED: frozenset({State.CONFIRMED, State.DONE, State.ABSENT, State.MOVED, State.CANCELLED, State.DECLINED}),
    State.CONFIRMED: frozenset({State.DONE, State.ABSENT, State.MOVED, State.CANCELLED, State.DECLINED}),
    State.DONE: frozenset({State.ABSENT}),  # pressed by mistake
    State.ABSENT: frozenset({State.DONE}),
    State.MOVED: frozenset(),
    State.CANCELLED: frozenset(),
    State.DECLINED: frozenset(),
    State.LAPSED: frozenset({State.BOOKED}),  # confirmed late, and the time is still free
}

# What is talked about, and the minutes it takes.
TOPICS: Mapping[str, int] = {"voluntary": 30, "health": 20, "withdrawal": 30, "pension": 30, "other": 30}
# How long before its beginning an appointment must be made.
LEAD: Mapping[Kind, timedelta] = {
    Kind.OFFICE: timedelta(hours=2),
    Kind.FIELD: timedelta(hours=1),
    Kind.PHONE: timedelta(minutes=30),
    Kind.VIDEO: timedelta(minutes=30),
}
HORIZON = timedelta(days=60)  # how far ahead
BUFFER = timedelta(minutes=5)  # between two appointments of a consultant
HOLD = timedelta(minutes=10)
PARTS: Mapping[str, tuple[time, time]] = {
    "morning": (time(0), time(11, 30)),
    "noon": (time(11), time(13, 30)),
    "afternoon": (time(13), time(17, 30)),
    "evening": (time(17, 30), time(23)),
}  # of the day, by the beginning of the appointment


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person would like; what they did not say is empty. Places are keys of provinces and codes of communes."""

    topic: str = "other"
    also: tuple[str, ...] = ()  # what else is to be talked about, and takes no longer
    province: str | None = None
    old_province: str | None = None
    commune: str | None = None
    district: str | None = None  # of before July 2025, with its kind: «Huyện Bình Xuyên»
    days: tuple[date, ...] = ()
    times: tuple[time, ...] = ()
    part: str | None = None  # of the day: a key of PARTS
    kind: Kind | None = None  # None: face to face, in an office or on a field day
    language: str | None = None
    latitude: float | None = None  # of a shared location
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A time that was free when it was looked up."""

    consultant_id: int
    office_id: int
    kind: Kind
    starts_at: datetime  # aware, UTC
    minutes: int
    place: str  # what a person reads: the office's or the field day's name
    address: str
    field_day_id: int | None = None

    @property
    def key(self) -> str:
        """The offer as a button carries it: consultant, kind and the minute since 1970."""
        return f"{self.consultant_id}.{self.kind}.{int(self.starts_at.timestamp()) // 60}"


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as the tables hold it."""

    id: int
    code: str  # what a person may say at the desk: six signs
    state: State
    contact_id: int
    consultant_id: int
    consultant: str
    office_id: int
    field_day_id: int | None
    kind: Kind
    topic: str
    starts_at: datetime  # aware, UTC
    ends_at: datetime
    held_until: datetime | None
    place: str
    address: str
    province: str
    version: int  # counts the changes, for calendars
    name: str = ""
    phone: str = ""  # E.164
    brief: Mapping[str, object] | None = None  # what was asked and calculated before; `also`: further topics
    by_staff: bool = False  # made at the counter or on the telephone, by somebody who knows for whom

    @property
    def topics(self) -> tuple[str, ...]:
        """Return all that is to be talked about, the longest first."""
        also = (self.brief or {}).get("also")
        return (self.topic, *(str(each) for each in also)) if isinstance(also, list) else (self.topic,)


def may_become(old: State, new: State) -> bool:
    """Tell whether an appointment may go from one state to the other."""
    return new in MOVES[old]
