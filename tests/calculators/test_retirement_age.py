"""What holds for every date of birth."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.months import add_months, months_from
from bot.calculators.people import Sex
from bot.calculators.retirement_age import RetirementAge, RetirementAgeQuestion, retirement_age
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
BIRTHS = st.dates(date(1935, 1, 1), date(2016, 1, 1))
DAYS = st.dates(date(2016, 1, 2), date(2027, 12, 31))
SEXES = st.sampled_from(Sex)


def age_in(year: int, sex: Sex) -> int:
    """Bộ luật Lao động 2019, Điều 169 khoản 2, written here a second time; months of life."""
    steps = max(0, year - 2020)
    return min(744, 720 + 3 * steps) if sex is Sex.MALE else min(720, 660 + 4 * steps)


def answer(sex: Sex, birth: date, day: date = date(2026, 11, 22)) -> RetirementAge:
    return retirement_age(LAW, RetirementAgeQuestion(day=day, sex=sex, birth=birth))


@given(SEXES, BIRTHS)
def test_the_age_of_the_year_in_which_it_is_reached_counts(sex: Sex, birth: date) -> None:
    found = answer(sex, birth)
    assert found.age_months == age_in(found.reached.year, sex)
    assert found.reached == add_months(birth, found.age_months)


@given(SEXES, BIRTHS)
def test_nobody_reaches_an_age_of_an_earlier_year_first(sex: Sex, birth: date) -> None:
    reached = answer(sex, birth).reached
    for year in range(2016, reached.year):
        assert add_months(birth, age_in(year, sex)).year > year


@given(SEXES, BIRTHS, BIRTHS)
def test_who_is_younger_never_retires_earlier(sex: Sex, one: date, other: date) -> None:
    older, younger = sorted((one, other))
    assert answer(sex, older).reached <= answer(sex, younger).reached


@given(SEXES, BIRTHS)
def test_the_pension_starts_on_the_first_of_the_month_after(sex: Sex, birth: date) -> None:
    found = answer(sex, birth)
    assert found.first_month.day == 1
    assert months_from(found.reached, found.first_month) == 1


@given(SEXES, BIRTHS, DAYS)
def test_the_day_of_the_question_changes_nothing_but_the_months_left(sex: Sex, birth: date, day: date) -> None:
    found, now = answer(sex, birth, max(day, birth)), answer(sex, birth)
    assert (found.reached, found.first_month) == (now.reached, now.first_month)
    assert found.months_left == max(0, months_from(max(day, birth), found.reached))
    assert not found.estimate


@given(SEXES, BIRTHS, st.integers(0, 600))
def test_the_older_age_is_open_to_long_voluntary_careers_only(sex: Sex, birth: date, months: int) -> None:
    asked = RetirementAgeQuestion(
        day=date(2026, 11, 22), sex=sex, birth=birth, joined_voluntary_before_2021=True, voluntary_months=months
    )
    found = retirement_age(LAW, asked)
    assert (found.transitional_age_months is not None) is (months >= 240)
    assert found.transitional_reached is None or found.transitional_reached <= found.reached
