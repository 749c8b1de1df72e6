"""What a family gets when somebody insured dies: funeral grant, one-off survivor grant, monthly survivor allowance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.calculators.career import Career, CareerQuestion, amount_paid, career_of, months_of_average
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER
from bot.calculators.working import Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

MOST_RELATIVES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivorFuneralQuestion(CareerQuestion):
    """Who died on `day`, and whom they leave."""

    pension: int | None = None
    """The pension they were drawing, đồng a month; left out: they drew none."""
    pension_months: int = 0
    """For pensioners: how many months they had drawn it."""
    work_accident: bool = False
    """True: died by an accident at work or an occupational disease while in compulsory insurance."""
    relatives: int = 0
    """Relatives who may draw the monthly allowance (young children, old or disabled dependants without income)."""
    without_carer: int = 0
    """Of them: those who have nobody else to care for them."""
    deaths: int = 1
    """2 when both parents died: the relatives then get the allowance twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivorFuneral(Result):
    """Amounts in đồng; 0 where there is none. `monthly` is for all relatives together, `monthly_each` and
    `monthly_each_without_carer` for one; `file_by` is the last day to file.
    """

    funeral: int
    one_off: int
    months_of_average: Decimal | None
    monthly: int
    monthly_each: int
    monthly_each_without_carer: int
    file_by: date


def survivor_funeral(law: Law, asked: SurvivorFuneralQuestion) -> SurvivorFuneral:
    """Return what the family can have; where relatives may draw the monthly allowance it stands instead of the one-off grant.

    Units: đồng. Errors: CitizenError for impossible careers or counts.
    Source: Luật BHXH 41/2024/QH15, Điều 85 to 91, 109 to 112; before 2025-07-01 Luật BHXH 58/2014/QH13, Điều 66 to 71,
    80, 81, with Thông tư 59/2015/TT-BLĐTBXH, Điều 24 to 27.
    """
    _check(asked)
    working = Working(law, asked.day)
    career = _career(working, asked)
    funeral = funeral_grant(working, career, without_waiting=asked.pension is not None or asked.work_accident)
    worth, one_off = _one_off(working, asked, career)
    each, alone = _monthly_each(working, asked, career)
    monthly = _monthly(working, asked, each, alone)
    if monthly:
        working.note("calc_survivor_choice" if asked.day >= LAW_2024 else "calc_survivor_choice_old_law")
    return SurvivorFuneral(
        funeral=funeral,
        one_off=one_off,
        months_of_average=worth,
        monthly=monthly,
        monthly_each=each,
        monthly_each_without_carer=alone,
        file_by=_file_by(working),
        **working.findings,
    )


def _check(asked: SurvivorFuneralQuestion) -> None:
    if asked.pension is not None and asked.pension <= 0:
        raise refuse("income_not_positive")
    if not 0 <= asked.pension_months <= LONGEST_CAREER:
        raise refuse("months_out_of_range", most=LONGEST_CAREER)
    if not 0 <= asked.without_carer <= asked.relatives <= MOST_RELATIVES:
        raise refuse("relatives_out_of_range", most=MOST_RELATIVES)
    if asked.deaths not in (1, 2):
        raise refuse("deaths_out_of_range")


def _career(working: Working, asked: SurvivorFuneralQuestion) -> Career:
    """Return the career; a pensioner's average no longer matters."""
    if asked.pension is None or asked.spells or asked.average_income is not None:
        return career_of(working, asked)
    months = max(asked.months or 0, asked.compulsory_months)
    return Career(months, asked.compulsory_months, 0, 0, ())


def funeral_grant(working: Working, career: Career, *, without_waiting: bool = False) -> int:
    """Write and return the funeral grant: multiples of the base salary or reference level of the day; 0 when too little was paid."""
    least = working.whole("survivors.funeral_min_months_compulsory")
    least_all = working.whole("survivors.funeral_min_months_voluntary")
    if not (without_waiting or career.compulsory_months >= least or career.months >= least_all):
        working.note("calc_funeral_too_short", compulsory=str(least), all=str(least_all))
        return 0
    multiple, level = working.decimal("survivors.funeral_multiple"), _level(working)
    formula = f"{show.decimal_comma(multiple)} × {show.grouped(level)}"
    return working.step("calc_funeral_grant", formula, dong(multiple * level))


def _level(working: Working) -> int:
    return working.whole("common.reference_level" if working.day >= LAW_2024 else "common.base_salary")


def _one_off(working: Working, asked: SurvivorFuneralQuestion, career: Career) -> tuple[Decimal | None, int]:
    if asked.pension is not None:
        return _one_off_of_pensioner(working, asked, asked.pension, career)
    if career.compulsory_months < career.months and career.months < _paid_back_under(working):
        return None, _at_least(working, career, _paid_back(working, asked, career))
    worth = months_of_average(working, career, "survivors.one_off_months_per_year.")
    formula = f"{show.decimal_comma(worth)} × {show.grouped(career.average)}"
    rule = "Luật BHXH 41/2024/QH15, Điều 110" if asked.day >= LAW_2024 else "Luật BHXH 58/2014/QH13, Điều 81"
    amount = working.step("calc_survivor_one_off", formula, dong(worth * career.average), rule)
    return worth, _at_least(working, career, amount)


def _paid_back_under(working: Working) -> int:
    return working.whole("survivors.one_off_paid_back_under_months")


def _paid_back(working: Working, asked: SurvivorFuneralQuestion, career: Career) -> int:
    """Write and return what was paid; the old law has a limit to it."""
    rule = "Luật BHXH 41/2024/QH15, Điều 110" if working.day >= LAW_2024 else "Luật BHXH 58/2014/QH13, Điều 81"
    paid = amount_paid(working, asked, career, rule)
    if not working.has("survivors.one_off_paid_back_max_months"):
        return working.step("calc_survivor_one_off", show.grouped(paid), paid, rule)
    most = working.decimal("survivors.one_off_paid_back_max_months")
    cap = dong(most * career.average)
    formula = f"{show.grouped(paid)}; ≤ {show.decimal_comma(most)} × {show.grouped(career.average)}"
    return working.step("calc_survivor_one_off", formula, min(paid, cap))


def _at_least(working: Working, career: Career, amount: int) -> int:
    """Raise the amount to the least that compulsory months give."""
    if not career.compulsory_months:
        return amount
    name = "one_off_mixed_min_months" if career.mixed else "one_off_compulsory_min_months"
    months = working.decimal(f"survivors.{name}")
    least = dong(months * career.average)
    if amount >= least:
        return amount
    return working.step("calc_survivor_least", f"{show.decimal_comma(months)} × {show.grouped(career.average)}", least)


def _one_off_of_pensioner(
    working: Working, asked: SurvivorFuneralQuestion, pension: int, career: Career
) -> tuple[None, int]:
    """Many months' pension at first, half a month less for each month drawn after that."""
    folder = "survivors.one_off_pensioner."
    first, most = working.whole(f"{folder}first_months"), working.decimal(f"{folder}first_months_multiple")
    change = working.decimal(f"{folder}per_further_month")
    further = max(0, asked.pension_months - first)
    worth = max(most + further * change, _least_of_pensioner(working, career))
    formula = f"({show.decimal_comma(most)} − {further} × {show.decimal_comma(-change)}) × {show.grouped(pension)}"
    if worth != most + further * change:
        formula = f"{show.decimal_comma(worth)} × {show.grouped(pension)}"
    return None, working.step("calc_survivor_one_off", formula, dong(worth * pension))


def _least_of_pensioner(working: Working, career: Career) -> Decimal:
    """By the old law only careers with compulsory months have a least."""
    name = "min_months" if working.day >= LAW_2024 else "min_months_compulsory"
    if working.day < LAW_2024 and not career.compulsory_months:
        return Decimal(0)
    return working.decimal(f"survivors.one_off_pensioner.{name}")


def _monthly_each(working: Working, asked: SurvivorFuneralQuestion, career: Career) -> tuple[int, int]:
    """Return the allowance of a relative with and without a carer; 0 when the career gives none."""
    years = working.whole("survivors.monthly_survivor_min_compulsory_years")
    of_pensioner = asked.pension is not None and not career.voluntary_months and career.compulsory_months > 0
    if not (asked.work_accident or of_pensioner or career.compulsory_months >= 12 * years):
        if asked.relatives:
            working.note("calc_survivor_monthly_not_due", years=str(years))
        return 0, 0
    if not asked.relatives:
        working.note("calc_survivor_monthly_possible")
        return 0, 0
    level = _level(working)
    normal = working.decimal("survivors.monthly_survivor_rate.normal")
    alone = working.decimal("survivors.monthly_survivor_rate.no_direct_carer")
    return dong(normal * level) * asked.deaths, dong(alone * level) * asked.deaths


def _monthly(working: Working, asked: SurvivorFuneralQuestion, each: int, alone: int) -> int:
    """Write and return the allowance of all relatives that count, those without a carer first."""
    if not each:
        return 0
    most = working.whole("survivors.monthly_survivor_max_relatives")
    if asked.relatives > most:
        working.note("calc_survivor_most_relatives", most=str(most))
    without = min(asked.without_carer, most)
    cared_for = min(asked.relatives, most) - without
    terms = [f"{count} × {show.grouped(amount)}" for count, amount in ((cared_for, each), (without, alone)) if count]
    return working.step("calc_survivor_monthly", " + ".join(terms), cared_for * each + without * alone)


def _file_by(working: Working) -> date:
    days = working.whole("survivors.file_days")
    last = working.day + timedelta(days=days)
    working.note("calc_survivor_file_by", days=str(days), day=show.day(last))
    return last
