"""Calendar months: how many, which, and the spells of a career."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.calculators.working import refuse
from bot.vn import show

LONGEST_CAREER = 70 * 12  # months; nobody pays from 15 to beyond 85
FIRST_YEAR, LAST_YEAR = 1945, 2150  # of a spell


class Scheme(StrEnum):
    """Which insurance a month was paid into."""

    VOLUNTARY = "voluntary"
    COMPULSORY = "compulsory"


@dataclass(frozen=True, slots=True)
class Spell:
    """Months in a row paid into one scheme at one income (voluntary) or salary (compulsory), đồng a month.

    `since` and `until` name the first and the last month; their days do not count.
    """

    since: date
    """The first month, such as "2016-01"."""
    until: date
    """The last month, such as "2020-12"."""
    income: int
    """The income chosen or the salary paid in, đồng a month."""
    scheme: Scheme = Scheme.VOLUNTARY
    """voluntary or compulsory."""
    coefficient_one: bool = False
    """True: paid in one go for missing time, so that the income is not adjusted to prices."""

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= min(self.since, self.until).year <= max(self.since, self.until).year <= LAST_YEAR:
            raise refuse("spell_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
        if self.months < 1:
            raise refuse("spell_backwards", since=month_name(self.since), until=month_name(self.until))
        if self.months > LONGEST_CAREER:
            raise refuse("too_many_years", most=LONGEST_CAREER // 12)
        if self.income <= 0:
            raise refuse("income_not_positive")

    @property
    def months(self) -> int:
        """The number of months, first and last included."""
        return months_from(self.since, self.until) + 1


def month_name(day: date) -> str:
    """date(2026, 7, 9) -> «07/2026»."""
    return f"{day.month:02}/{day.year:04}"


def months_from(start: date, end: date) -> int:
    """Return by how many calendar months `end` lies behind `start`."""
    return (end.year - start.year) * 12 + end.month - start.month


def add_months(day: date, months: int) -> date:
    """Return the same day of a later or earlier month, or that month's last day where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = day.day if day.day <= 28 else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, last)


def first_of_month(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def months_of_life(birth: date, day: date) -> int:
    """Return the full months lived on the day."""
    return months_from(birth, day) - (day.day < birth.day)


def check_spells(spells: tuple[Spell, ...]) -> tuple[Spell, ...]:
    """Return the spells in order of time; raise CitizenError when two overlap."""
    ordered = tuple(sorted(spells, key=lambda spell: spell.since))
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if months_from(earlier.until, later.since) < 1:
            raise refuse("spells_overlap", month=month_name(later.since))
    return ordered


def duration(months: int) -> str:
    """187 -> «15 năm 7 tháng», for formulas."""
    return show.duration(months)
