"""What holds for every birth."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.maternity import MaternityQuestion, Parent, maternity

BIRTHS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
NEW_BIRTHS = st.dates(date(2025, 7, 1), date(2027, 12, 31))


@given(birth=BIRTHS, children=st.integers(1, 5), voluntary=st.integers(0, 6), compulsory=st.integers(0, 6))
def test_due_is_two_million_a_child_or_nothing_at_all(
    library: Library, birth: date, children: int, voluntary: int, compulsory: int
) -> None:
    found = maternity(
        library.law,
        MaternityQuestion(
            day=birth, birth=birth, children=children, voluntary_months=voluntary, compulsory_months=compulsory
        ),
    )
    due = birth >= date(2025, 7, 1) and voluntary >= 1 and voluntary + compulsory >= 6
    assert (found.eligible, found.amount) == (due, 2_000_000 * children if due else 0)
    assert (found.file_by == birth + timedelta(days=60)) is due


@given(birth=NEW_BIRTHS, weeks=st.lists(st.integers(1, 45), max_size=4))
def test_a_fetus_counts_from_twenty_two_weeks(library: Library, birth: date, weeks: list[int]) -> None:
    asked = MaternityQuestion(day=birth, birth=birth, fetus_weeks=tuple(weeks), voluntary_months=6)
    assert maternity(library.law, asked).amount == 2_000_000 * (1 + sum(week >= 22 for week in weeks))


@given(birth=NEW_BIRTHS)
def test_father_and_mother_get_the_same(library: Library, birth: date) -> None:
    amounts = {
        maternity(library.law, MaternityQuestion(day=birth, birth=birth, parent=parent, voluntary_months=6)).amount
        for parent in Parent
    }
    assert amounts == {2_000_000}
