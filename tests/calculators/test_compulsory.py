"""What holds for every salary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.compulsory import CompulsoryQuestion, Payer, compulsory

QUESTIONS = st.builds(
    CompulsoryQuestion,
    day=st.dates(date(2016, 1, 1), date(2027, 12, 31)),
    salary=st.integers(1, 300_000_000),
    region=st.integers(1, 4),
    state_pay=st.booleans(),
)


@given(asked=QUESTIONS)
def test_the_parts_add_up_to_what_each_pays(library: Library, asked: CompulsoryQuestion) -> None:
    found = compulsory(library.law, asked)
    for payer, whole in ((Payer.EMPLOYEE, found.employee), (Payer.EMPLOYER, found.employer)):
        assert sum(part.amount for part in found.parts if part.payer is payer) == whole >= 0
    assert found.total == found.employee + found.employer


@given(asked=QUESTIONS, more=st.integers(1, 50_000_000))
def test_a_higher_salary_never_pays_less_and_the_ceiling_holds(
    library: Library, asked: CompulsoryQuestion, more: int
) -> None:
    less, higher = compulsory(library.law, asked), compulsory(library.law, replace(asked, salary=asked.salary + more))
    assert less.total <= higher.total
    assert higher.base <= min(asked.salary + more, 50_600_000)
    assert higher.unemployment_base <= min(asked.salary + more, 20 * 5_310_000)


@given(salary=st.integers(3_000_000, 20_000_000))
def test_the_new_law_takes_what_the_old_one_took(library: Library, salary: int) -> None:
    before, after = (
        compulsory(library.law, CompulsoryQuestion(day=day, salary=salary))
        for day in (date(2025, 6, 30), date(2025, 7, 1))
    )
    assert (before.employee, before.employer) == (after.employee, after.employer)
