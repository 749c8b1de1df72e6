"""What is free, against a plain account minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.booking.plans import (
    REST,
    STEP,
    Change,
    Diary,
    FieldHours,
    Hours,
    Stretch,
    Taken,
    free_starts,
    midnight,
    offered,
    stretches,
    within,
)

DAY = date(2026, 12, 2)  # a Wednesday
FIRST, LAST = DAY - timedelta(days=9), DAY + timedelta(days=9)
BASE = midnight(DAY)
LATE = 24 * 60
MINUTES = range(LATE)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    starts = draw(st.integers(0, 24 * 60 - 1))
    return starts, draw(st.integers(starts + 1, min(starts + 300, 24 * 60)))


days = st.sampled_from([DAY, DAY, DAY + timedelta(days=1)])
hours = st.builds(
    lambda weekday, span, first, last: Hours(weekday, span[0], span[1], first, last),
    st.sampled_from([2, 2, 2, 0, 3]),
    spans(),
    st.sampled_from([FIRST, DAY, DAY + timedelta(days=1)]),
    st.sampled_from([LAST, LAST, DAY, DAY - timedelta(days=1)]),
)
changes = st.builds(lambda day, works, span: Change(day, works, span[0], span[1]), days, st.booleans(), spans())
field_days = st.builds(
    lambda number, day, span: FieldHours(number, day, span[0], span[1]), st.integers(1, 2), days, spans()
)
diaries = st.builds(
    Diary,
    st.lists(hours, max_size=4),
    st.lists(changes, max_size=3),
    st.lists(field_days, max_size=2) | st.just([]),
)
weekdays = st.sampled_from([(2,), (2,), (2, 0), ()])


def planned_minutes(diary: Diary, holding: Iterable[int]) -> Iterator[set[int]]:
    """Yield the minutes of the day of each stretch that is planned, leave taken away."""
    away = {m for one in diary.changes if one.day == DAY and not one.works for m in range(one.starts, one.ends)}
    out = [one for one in diary.field_days if one.day == DAY]
    usual = [one for one in diary.hours if one.weekday in holding and one.first <= DAY <= one.last]
    added = [one for one in diary.changes if one.day == DAY and one.works]
    planned: list[FieldHours | Hours | Change] = [*out] if out else [*usual, *added]
    for one in planned:
        yield set(range(one.starts, one.ends)) - away


def free_by_minutes(diary: Diary, holding: Iterable[int], minutes: int) -> set[int]:
    taken = {minute - BASE for span in zip(*diary.taken, strict=True) for minute in range(*span)}
    found = set()
    for worked in planned_minutes(diary, holding):
        grid = 0
        for minute in MINUTES:
            if minute in worked and minute - 1 not in worked:
                grid = minute
            if minute in worked and (minute - grid) % STEP == 0:
                whole = worked.issuperset(range(minute, minute + minutes))
                if whole and taken.isdisjoint(range(minute, minute + minutes + REST)):
                    found.add(minute)
    return found


def free(diary: Diary, holding: Iterable[int], minutes: int, earliest: int = 0, latest: int = LATE) -> set[int]:
    planned = stretches(diary, DAY, tuple(holding))
    return {
        start - BASE for one in planned for start in free_starts(one, diary.taken, minutes, BASE + earliest, BASE + latest)
    }  # fmt: skip


@given(diaries, weekdays, st.lists(spans(), max_size=5), st.sampled_from([20, 30]), spans())
def test_what_is_free_is_what_an_account_by_minutes_finds(
    diary: Diary, holding: tuple[int, ...], taken: list[tuple[int, int]], minutes: int, window: tuple[int, int]
) -> None:
    diary.taken = Taken([], [])
    for starts, ends in sorted(taken):
        if BASE + starts >= max(diary.taken.ends, default=0):
            diary.taken = Taken([*diary.taken.starts, BASE + starts], [*diary.taken.ends, BASE + ends])
    found = {one for one in free_by_minutes(diary, holding, minutes) if window[0] <= one <= window[1]}
    assert free(diary, holding, minutes, *window) == found


@given(diaries, weekdays, st.lists(st.tuples(st.sampled_from([20, 30]), st.integers(0, 100)), max_size=12))
def test_whatever_is_booked_lies_in_one_stretch_and_leaves_a_rest(
    diary: Diary, holding: tuple[int, ...], wanted: list[tuple[int, int]]
) -> None:
    planned = stretches(diary, DAY, holding)
    for minutes, which in wanted:
        starts = sorted(
            {start for one in planned for start in free_starts(one, diary.taken, minutes, BASE, BASE + LATE)}
        )
        if starts:
            start = starts[which % len(starts)]
            assert offered(planned, start, minutes)
            assert within(planned, start, minutes)
            starts, ends = [*diary.taken.starts, start], [*diary.taken.ends, start + minutes + REST]
            diary.taken = Taken(sorted(starts), sorted(ends))
            assert all(ended <= begun for ended, begun in zip(sorted(ends), sorted(starts)[1:], strict=False))


def test_a_break_is_never_spanned_and_each_stretch_has_its_own_grid() -> None:
    diary = Diary([Hours(2, 480, 545, FIRST, LAST), Hours(2, 545, 600, FIRST, LAST)])
    assert sorted(free(diary, (2,), 30)) == [480, 495, 510, 545, 560]


def test_leave_for_an_hour_begins_a_new_grid_behind_it() -> None:
    diary = Diary([Hours(2, 480, 660, FIRST, LAST)], [Change(DAY, False, 490, 551)])
    assert sorted(free(diary, (2,), 30)) == [551, 566, 581, 596, 611, 626]


def test_a_field_day_takes_the_place_of_everything_else_and_holds_on_a_holiday() -> None:
    diary = Diary([Hours(2, 480, 660, FIRST, LAST)], [Change(DAY, True, 700, 800)], [FieldHours(7, DAY, 540, 600)])
    for holding in ((2,), ()):
        assert stretches(diary, DAY, holding) == [Stretch(BASE + 540, BASE + 600, 7)]
