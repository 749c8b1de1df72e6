"""What holds for every owner."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.household_business_owner import HouseholdBusinessOwnerQuestion, household_business_owner

DAYS = st.dates(date(2025, 7, 1), date(2028, 12, 31))


@given(day=DAYS, base=st.integers(2_530_000, 46_800_000), months=st.sampled_from([1, 3, 6]))
def test_social_and_health_add_up_to_29_and_a_half_percent(library: Library, day: date, base: int, months: int) -> None:
    asked = HouseholdBusinessOwnerQuestion(day=day, base=base, months=months)
    found = household_business_owner(library.law, asked)
    assert found.social + found.health == found.total
    assert abs(found.total * 1000 - 295 * base * months) <= 1000  # two figures, each rounded once


@given(day=DAYS)
def test_left_to_choose_the_owner_pays_the_least_possible(library: Library, day: date) -> None:
    free = household_business_owner(library.law, HouseholdBusinessOwnerQuestion(day=day))
    least = household_business_owner(library.law, HouseholdBusinessOwnerQuestion(day=day, base=free.lowest))
    assert free.total == least.total > 0


@given(day=DAYS)
def test_whoever_pays_no_tax_by_declaration_waits_for_2029(library: Library, day: date) -> None:
    asked = HouseholdBusinessOwnerQuestion(day=day, by_declaration=False)
    found = household_business_owner(library.law, asked)
    assert (found.eligible, found.starts) == (False, date(2029, 7, 1))
