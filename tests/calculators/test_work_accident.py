"""What holds for every contribution and every accident."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.work_accident import WorkAccident, WorkAccidentQuestion, work_accident

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(day=DAYS)
def test_twelve_months_cost_twice_six(library: Library, day: date) -> None:
    six, twelve = (work_accident(library.law, WorkAccidentQuestion(day=day, months=months)) for months in (6, 12))
    assert twelve.contribution == 2 * six.contribution > 0


@given(day=DAYS, loss=st.integers(0, 99))
def test_a_greater_loss_never_brings_less_and_death_more_than_a_middling_one(
    library: Library, day: date, loss: int
) -> None:
    def at(percent: int) -> WorkAccident:
        return work_accident(library.law, WorkAccidentQuestion(day=day, loss_percent=percent, death=True))

    less, more = at(loss), at(loss + 1)
    assert less.benefit is not None and more.benefit is not None and more.death_benefit is not None
    assert 0 <= less.benefit <= more.benefit
    assert (less.benefit == 0) is (loss < 5)
    assert more.estimate is (loss + 1 >= 5)  # the multiples are known from memory only
