"""What holds for every old person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.social_pension import Household, SocialPensionQuestion, social_pension

QUESTIONS = st.builds(
    SocialPensionQuestion,
    day=st.dates(date(2021, 7, 1), date(2027, 12, 31)),
    birth=st.dates(date(1925, 1, 1), date(1960, 12, 31)),
    household=st.sampled_from(Household),
    own_pension=st.sampled_from([0, 0, 300_000, 499_999, 500_000, 3_000_000]),
)


@given(asked=QUESTIONS)
def test_who_gets_it_keeps_it_when_growing_older(library: Library, asked: SocialPensionQuestion) -> None:
    if social_pension(library.law, asked).eligible:
        later = replace(asked, day=asked.day + timedelta(days=200))
        assert social_pension(library.law, later).eligible


@given(asked=QUESTIONS)
def test_it_is_due_from_the_day_of_the_age_and_not_before(library: Library, asked: SocialPensionQuestion) -> None:
    found = social_pension(library.law, replace(asked, own_pension=0))
    assert found.eligible is (asked.day >= found.of_age)
    assert (found.amount > 0) is found.eligible


@given(asked=QUESTIONS)
def test_poorer_is_never_later(library: Library, asked: SocialPensionQuestion) -> None:
    poor, other = (
        social_pension(library.law, replace(asked, household=household)).of_age
        for household in (Household.POOR, Household.OTHER)
    )
    assert poor <= other
