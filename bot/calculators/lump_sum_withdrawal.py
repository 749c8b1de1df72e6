"""BHXH một lần: who may take the contributions out, by which law, and how much that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.career import Career, CareerQuestion, amount_paid, career_of, months_of_average
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER, Scheme, first_of_month, months_from
from bot.calculators.people import Sex
from bot.calculators.retirement_age import RetirementAgeQuestion, retirement_age
from bot.calculators.state_subsidy import Group, StateSubsidyQuestion, state_subsidy
from bot.calculators.working import Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show


class Case(StrEnum):
    """Why somebody takes the money out (Luật BHXH 41/2024/QH15, Điều 102 khoản 1 điểm a to đ)."""

    RETIREMENT_AGE = "retirement_age"
    SETTLED_ABROAD = "settled_abroad"
    SERIOUS_ILLNESS = "serious_illness"
    CAPACITY_LOSS = "capacity_loss"
    TWELVE_MONTHS_OUT = "twelve_months_out"


KEEPS_STATE_SUPPORT = {Case.SERIOUS_ILLNESS, Case.CAPACITY_LOSS}


@dataclass(frozen=True, slots=True, kw_only=True)
class LumpSumWithdrawalQuestion(CareerQuestion):
    """Who wants the money out on `day`, and why."""

    case: Case
    """retirement_age, settled_abroad, serious_illness, capacity_loss or twelve_months_out."""
    sex: Sex | None = None
    """For retirement_age, with `birth`."""
    birth: date | None = None
    """For retirement_age; left out: the age is taken as reached."""
    months_out: int | None = None
    """For twelve_months_out: whole months in a row without payment before the month of `day`; left out: from the spells."""
    paid_before_2025_07: bool | None = None
    """For twelve_months_out: whether anything was paid before 2025-07-01; left out: from the spells."""
    groups: tuple[Group, ...] = (Group.OTHER,)
    """The groups by which the State added to the contributions."""
    state_support: int | None = None
    """All the State added, đồng; left out: reckoned from the voluntary spells by the groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LumpSumWithdrawal(Result):
    """The amount before and after the State's part goes back, đồng; 0 when the person may not take it."""

    eligible: bool
    months: int
    average: int
    months_of_average: Decimal | None
    before_deduction: int
    state: int
    amount: int


def lump_sum_withdrawal(law: Law, asked: LumpSumWithdrawalQuestion) -> LumpSumWithdrawal:
    """Return what is paid out: so many months' average for each year paid, less what the State added.

    Units: đồng. Errors: CitizenError for impossible careers or counts of months.
    Source: Luật BHXH 41/2024/QH15, Điều 70, 102; Nghị định 159/2025/NĐ-CP, Điều 9; before 2025-07-01
    Luật BHXH 58/2014/QH13, Điều 60, 77; Nghị quyết 93/2015/QH13; Thông tư 59/2015/TT-BLĐTBXH, Điều 19.
    """
    if asked.months_out is not None and not 0 <= asked.months_out <= LONGEST_CAREER:
        raise refuse("months_out_of_range", most=LONGEST_CAREER)
    if asked.state_support is not None and asked.state_support < 0:
        raise refuse("amount_negative")
    working = Working(law, asked.day)
    career = career_of(working, asked)
    if not _may(working, asked, career):
        return _none(working, career)
    worth, gross = _gross(working, asked, career)
    state = _state(working, asked, career)
    amount = max(0, gross - state)
    working.step(
        "calc_withdrawal_amount", f"{show.grouped(gross)} − {show.grouped(state)}", amount, _rule(asked.day, state)
    )
    working.note("calc_withdrawal_think_twice")
    return LumpSumWithdrawal(
        eligible=True,
        months=career.months,
        average=career.average,
        months_of_average=worth,
        before_deduction=gross,
        state=state,
        amount=amount,
        **working.findings,
    )


def _rule(day: date, state: int) -> str:
    if day < LAW_2024:
        return "Luật BHXH 58/2014/QH13, Điều 77 khoản 3"
    return "Nghị định 159/2025/NĐ-CP, Điều 9" if state else "Luật BHXH 41/2024/QH15, Điều 102 khoản 3"


def _may(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> bool:
    """Tell whether the day's law pays out in this case; a note says why not."""
    if asked.case is Case.RETIREMENT_AGE:
        return _old_and_short(working, asked, career)
    if asked.case is Case.TWELVE_MONTHS_OUT:
        return _out_long_enough(working, asked, career)
    if asked.case is Case.CAPACITY_LOSS:
        _say_how_ill(working)
    return True


def _old_and_short(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> bool:
    years = working.whole("one_off.retirement_age_under_years")
    if career.months >= 12 * years:
        working.note("calc_withdrawal_pension_instead", years=str(years))
        return False
    if asked.sex is None or asked.birth is None:
        working.note("calc_pension_age_not_checked")
        return True
    found = retirement_age(working.law, RetirementAgeQuestion(day=asked.day, sex=asked.sex, birth=asked.birth))
    working.take(found)
    if first_of_month(found.reached) <= asked.day:
        return True
    working.note("calc_withdrawal_too_young", day=show.day(found.reached))
    return False


def _out_long_enough(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> bool:
    """By the law of 2024 only for who paid before it; by the old law for everybody."""
    wait, years = working.whole("one_off.waiting_months"), working.whole("one_off.waiting_under_years")
    if career.months >= 12 * years:
        working.note("calc_withdrawal_too_many_years", years=str(years))
        return False
    if working.day >= LAW_2024 and not _paid_before(asked, career):
        working.note("calc_withdrawal_joined_too_late", day=show.day(LAW_2024))
        return False
    out = _months_out(asked, career)
    if out >= wait:
        return True
    working.note("calc_withdrawal_wait", wait=str(wait), out=str(max(0, out)))
    return False


def _paid_before(asked: LumpSumWithdrawalQuestion, career: Career) -> bool:
    if asked.paid_before_2025_07 is not None:
        return asked.paid_before_2025_07
    if not career.spells:
        raise refuse("paid_before_needed")
    return career.spells[0].since < LAW_2024


def _months_out(asked: LumpSumWithdrawalQuestion, career: Career) -> int:
    if asked.months_out is not None:
        return asked.months_out
    if not career.spells:
        raise refuse("months_out_needed")
    return months_from(career.spells[-1].until, asked.day) - 1


def _say_how_ill(working: Working) -> None:
    if working.day < LAW_2024:
        working.note("calc_withdrawal_illness_old_law")
        return
    working.note("calc_withdrawal_capacity", loss=show.percent(working.decimal("one_off.capacity_loss_min")))


def _gross(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> tuple[Decimal | None, int]:
    """Return the months of average and the amount before deduction; less than a year gives back what was paid."""
    if career.months >= 12:
        worth = months_of_average(working, career, "one_off.months_per_year_")
        formula = f"{show.decimal_comma(worth)} × {show.grouped(career.average)}"
        rule = (
            "Luật BHXH 41/2024/QH15, Điều 102 khoản 2"
            if asked.day >= LAW_2024
            else "Luật BHXH 58/2014/QH13, Điều 77 khoản 2"
        )
        return worth, working.step("calc_withdrawal_gross", formula, dong(worth * career.average), rule)
    rule = "Luật BHXH 41/2024/QH15, Điều 102 khoản 2 điểm c"
    if asked.day < LAW_2024:
        rule = "Thông tư 59/2015/TT-BLĐTBXH, Điều 19 khoản 2"
    paid = amount_paid(working, asked, career, rule)
    most = working.decimal("one_off.under_one_year_months_max")
    cap = dong(most * career.average)
    formula = f"{show.grouped(paid)}; ≤ {show.decimal_comma(most)} × {show.grouped(career.average)}"
    return None, working.step("calc_withdrawal_gross", formula, min(paid, cap))


def _state(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> int:
    """Return the State's part that goes back; the gravely ill keep it."""
    if asked.case in KEEPS_STATE_SUPPORT or not career.voluntary_months:
        return 0
    if asked.state_support is not None:
        return asked.state_support
    if not career.spells:
        working.doubt("state_support")
        working.note("calc_withdrawal_support_not_deducted")
        return 0
    return _reckoned(working, asked, career)


def _reckoned(working: Working, asked: LumpSumWithdrawalQuestion, career: Career) -> int:
    """Add up the State's part of every month, at most for the months it adds."""
    begins, total, used = working.moment("changes.state_support_starts"), 0, 0
    for spell in career.spells:
        since = max(spell.since, begins)
        if spell.scheme is not Scheme.VOLUNTARY or since > spell.until:
            continue
        months = months_from(since, spell.until) + 1
        question = StateSubsidyQuestion(day=since, groups=asked.groups, months=months, months_used=used)
        found = state_subsidy(working.law, question)
        working.take(found)
        total, used = total + found.total, used + found.months_supported
        if spell.coefficient_one:
            working.doubt("voluntary_subsidy.missing_years")
    if total:
        working.note("calc_withdrawal_support_assumed")
    return total


def _none(working: Working, career: Career) -> LumpSumWithdrawal:
    return LumpSumWithdrawal(
        eligible=False,
        months=career.months,
        average=career.average,
        months_of_average=None,
        before_deduction=0,
        state=0,
        amount=0,
        **working.findings,
    )
