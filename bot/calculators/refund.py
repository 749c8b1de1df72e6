"""What is paid back of months paid ahead, when somebody leaves voluntary insurance in the middle of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.calculators.contribution import (
    LAW_2024,
    ContributionQuestion,
    Method,
    check_income,
    discounted,
    income_range,
    investment_rate,
    months_of,
)
from bot.calculators.state_subsidy import Group, StateSubsidyQuestion, state_subsidy
from bot.calculators.working import Question, Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundQuestion(Question):
    """What had been paid ahead on `day`, and how many months of it are not used up."""

    income: int
    """The monthly income chosen when paying, đồng."""
    method: Method
    """months_3, months_6, months_12 or years_ahead."""
    years: int | None = None
    """For years_ahead: 2 to 5."""
    remaining_months: int
    """The months paid for that remain."""
    groups: tuple[Group, ...] = (Group.OTHER,)
    """The groups the person belonged to when paying."""
    months_used: int = 0
    """Months for which the State had added before this payment."""
    state_support: int | None = None
    """What the State had added for the remaining months, đồng; left out: by the law of `day`."""
    investment_rate_month: Decimal | None = None
    """The monthly return with which the payment was discounted, such as "0.0031"; left out: content/law, as an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Result):
    """The contribution for the remaining months, the State's part of it, and what the person gets back, đồng."""

    contribution: int
    state: int
    refund: int


def refund(law: Law, asked: RefundQuestion) -> Refund:
    """Return the person's own money for the months that remain; the State's part goes back to the budget.

    Years ahead were discounted, so each remaining month is worth what was paid for it. Units: đồng, months.
    Errors: CitizenError when more months remain than were paid. Source: Nghị định 159/2025/NĐ-CP, Điều 8; before 2025-07-01
    Quyết định 595/QĐ-BHXH, Điều 10 khoản 6.
    """
    if asked.state_support is not None and asked.state_support < 0:
        raise refuse("amount_negative")
    working = Working(law, asked.day)
    check_income(asked.income, *income_range(working), working)
    if asked.method in (Method.MONTHLY, Method.MISSING_YEARS):
        raise refuse("refund_not_for_method")
    months = months_of(
        working, ContributionQuestion(day=asked.day, income=asked.income, method=asked.method, years=asked.years)
    )
    if not 1 <= asked.remaining_months <= months:
        raise refuse("remaining_out_of_range", most=months)
    paid = _paid(working, asked, months)
    state = min(paid, _state(working, asked, months))
    back = working.step("calc_refund", f"{show.grouped(paid)} − {show.grouped(state)}", paid - state, _rule(asked))
    return Refund(contribution=paid, state=state, refund=back, **working.findings)


def _paid(working: Working, asked: RefundQuestion, months: int) -> int:
    """Return what had been paid for the remaining months, both parts."""
    monthly = working.decimal("voluntary_contribution.rate") * asked.income
    month = show.grouped(dong(monthly))
    if asked.method is not Method.YEARS_AHEAD:
        amount = dong(monthly * asked.remaining_months)
        return working.step("calc_refund_remaining", f"{asked.remaining_months} × {month}", amount)
    r = investment_rate(working, asked.investment_rate_month)
    first = months - asked.remaining_months
    formula = f"Σ(i={first + 1}…{months}) {month} ÷ (1 + {show.percent(r)})^(i−1)"
    return working.step("calc_refund_remaining", formula, dong(monthly * discounted(r, months, first)), _rule(asked))


def _state(working: Working, asked: RefundQuestion, months: int) -> int:
    """Return the State's part of the remaining months; the first months paid for are supported first."""
    if asked.state_support is not None:
        return asked.state_support
    found = state_subsidy(
        working.law,
        StateSubsidyQuestion(
            day=asked.day, groups=asked.groups, months=months, months_used=asked.months_used, paid_ahead=True
        ),
    )
    supported = max(0, found.months_supported - (months - asked.remaining_months))
    formula = f"{supported} × {show.grouped(found.monthly)}"
    return working.step("calc_refund_state", formula, supported * found.monthly, *found.references)


def _rule(asked: RefundQuestion) -> str:
    return "Nghị định 159/2025/NĐ-CP, Điều 8" if asked.day >= LAW_2024 else "Quyết định 595/QĐ-BHXH, Điều 10 khoản 6"
