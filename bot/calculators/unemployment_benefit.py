"""The unemployment benefit: whether it is due, how much a month, for how many months, and until when to ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.calculators.compulsory import check_region, regional_wage
from bot.calculators.months import LONGEST_CAREER, add_months
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

LOWEST_WAGE_REGION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class UnemploymentBenefitQuestion(Question):
    """`day` is the day on which the contract ended: its law decides."""

    salaries: tuple[int, ...]
    """The salaries of the last six months paid, đồng; fewer where the same salary held all the time."""
    months_paid: int
    """Months paid into unemployment insurance for which no benefit has been drawn yet."""
    months_paid_recent: int | None = None
    """Those of them within 24 months (short contracts: 36) before the end; left out: paid without a gap."""
    short_contract: bool = False
    """True: the contract was for less than 12 months."""
    region: int | None = None
    """The region of the minimum wage at the workplace, 1 to 4: needed only where the cap may matter."""
    state_pay: bool = False
    """True: paid by the State's pay scales (matters before 2026)."""
    last_month_paid: date | None = None
    """The last month paid, where it is not the month of `day`: from 2026 its minimum wage makes the cap."""
    may_draw_pension: bool = False
    """True: draws a pension or, from 2026, could draw one."""
    left_unlawfully: bool = False
    """True: left the job in breach of the law."""
    filed: date | None = None
    """The day on which all papers were handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnemploymentBenefit(Result):
    """A month's benefit and all of it, đồng; `file_by`: the last day for the papers; `starts_on`: the working day after them."""

    eligible: bool
    monthly: int
    months: int
    total: int
    cap: int | None
    file_by: date
    starts_on: int


def unemployment_benefit(law: Law, asked: UnemploymentBenefitQuestion) -> UnemploymentBenefit:
    """Return 60 % of the average of the last six months, up to a cap, for three to twelve months.

    Units: đồng, months. Errors: CitizenError for impossible salaries or months.
    Source: Luật Việc làm 74/2025/QH15, Điều 38 and 39; before 2026 Luật Việc làm 38/2013/QH13, Điều 46, 49 and 50.
    """
    working = Working(law, asked.day)
    _check(asked, most_salaries=working.whole("unemployment.average_months"))
    file_by = _file_by(working, asked)
    starts_on = _starts_on(working)
    if _note_why_not(working, asked, file_by):
        return _nothing(working, file_by, starts_on)
    cap, monthly = _monthly(working, asked)
    months = _months(working, asked.months_paid)
    formula = f"{months} × {show.grouped(monthly)}"
    total = working.step("calc_unemployment_total", formula, months * monthly, _article(working, "39", "50"))
    return UnemploymentBenefit(
        eligible=True,
        monthly=monthly,
        months=months,
        total=total,
        cap=cap,
        file_by=file_by,
        starts_on=starts_on,
        **working.findings,
    )


def _article(working: Working, new: str, old: str) -> str:
    if _law_2025(working):
        return f"Luật Việc làm 74/2025/QH15, Điều {new}"
    return f"Luật Việc làm 38/2013/QH13, Điều {old}"


def _law_2025(working: Working) -> bool:
    return working.has("unemployment.start_working_day")


def _check(asked: UnemploymentBenefitQuestion, *, most_salaries: int) -> None:
    if not 1 <= len(asked.salaries) <= most_salaries or min(asked.salaries) <= 0:
        raise refuse("unemployment_salaries", most=most_salaries)
    if not 0 <= asked.months_paid <= LONGEST_CAREER:
        raise refuse("unemployment_months_wrong", most=LONGEST_CAREER)
    recent = asked.months_paid_recent
    if recent is not None and not 0 <= recent <= asked.months_paid:
        raise refuse("unemployment_recent_wrong")
    if (asked.filed and asked.filed < asked.day) or (asked.last_month_paid and asked.last_month_paid > asked.day):
        raise refuse("unemployment_days")
    check_region(asked.region)


def _file_by(working: Working, asked: UnemploymentBenefitQuestion) -> date:
    months = working.whole("unemployment.file_months")
    file_by = add_months(asked.day, months)
    working.write("calc_unemployment_file_by", f"{show.day(asked.day)} + {months} tháng", file_by, Unit.DAY)
    return file_by


def _starts_on(working: Working) -> int:
    """Return on which working day after the papers the benefit starts; which date that is depends on the holidays."""
    start = working.whole("unemployment.start_working_day" if _law_2025(working) else "unemployment.start_day")
    working.note("calc_unemployment_starts", day=str(start))
    return start


def _note_why_not(working: Working, asked: UnemploymentBenefitQuestion, file_by: date) -> bool:
    """Note every reason against the benefit and tell whether there is one."""
    needed = working.whole("unemployment.min_months.paid")
    window = "within_months_short_contract" if asked.short_contract else "within_months"
    within = working.whole(f"unemployment.min_months.{window}")
    recent = min(asked.months_paid, within) if asked.months_paid_recent is None else asked.months_paid_recent
    working.write("calc_unemployment_recent", "", recent, Unit.MONTHS)
    reasons = {
        "calc_unemployment_pension": asked.may_draw_pension,
        "calc_unemployment_unlawful": asked.left_unlawfully,
        "calc_unemployment_filed_late": asked.filed is not None and asked.filed > file_by,
    }
    for key in (key for key, holds in reasons.items() if holds):
        working.note(key)
    if recent < needed:
        working.note("calc_unemployment_too_few_months", needed=str(needed), within=str(within))
    return recent < needed or any(reasons.values())


def _nothing(working: Working, file_by: date, starts_on: int) -> UnemploymentBenefit:
    return UnemploymentBenefit(
        eligible=False,
        monthly=0,
        months=0,
        total=0,
        cap=None,
        file_by=file_by,
        starts_on=starts_on,
        **working.findings,
    )


def _monthly(working: Working, asked: UnemploymentBenefitQuestion) -> tuple[int | None, int]:
    """Return the cap, None where it was not needed, and the benefit of a month."""
    rule = _article(working, "39", "50")
    average = Decimal(sum(asked.salaries)) / len(asked.salaries)
    several = f"({' + '.join(map(show.grouped, asked.salaries))}) ÷ {len(asked.salaries)}"
    formula = several if len(asked.salaries) > 1 else ""
    shown = working.step("calc_unemployment_average", formula, dong(average), rule)
    rate = working.decimal("unemployment.benefit_rate")
    formula = f"{show.percent(rate)} × {show.grouped(shown)}"
    share = working.step("calc_unemployment_share", formula, dong(rate * average), rule)
    if len(asked.salaries) < (months := working.whole("unemployment.average_months")):
        working.note("calc_unemployment_average_assumed", months=str(months))
    cap = _cap(working, asked, share)
    if cap is None or share <= cap:
        return cap, share
    working.note("calc_unemployment_capped", cap=show.dong(cap))
    return cap, working.step("calc_unemployment_month", "", cap, rule)


def _cap(working: Working, asked: UnemploymentBenefitQuestion, share: int) -> int | None:
    """Return the most that is paid a month; None: below the cap of every region, so that the region does not matter."""
    name = "unemployment.benefit_cap_base_salary_multiple"
    if asked.state_pay and working.has(name):
        multiple, level = working.decimal(name), working.whole("common.base_salary")
    else:
        on = asked.last_month_paid if _law_2025(working) else None
        multiple = working.decimal("unemployment.benefit_cap_multiple")
        lowest = multiple * regional_wage(working, LOWEST_WAGE_REGION, on)
        if asked.region is None and share <= lowest:
            return None
        level = regional_wage(working, asked.region, on)
    formula = f"{show.decimal_comma(multiple)} × {show.grouped(level)}"
    return working.step("calc_unemployment_cap", formula, dong(multiple * level))


def _months(working: Working, paid: int) -> int:
    """Return the months of benefit: some for the first stretch, one more for each further full year, up to the most."""
    first, to = working.whole("unemployment.months.first"), working.whole("unemployment.months.first_to_months")
    step, each = (
        working.whole("unemployment.months.further_step_months"),
        working.whole("unemployment.months.per_further"),
    )
    further, most = max(0, paid - to) // step, working.whole("unemployment.months.max")
    months = first + further * each
    formula = f"{first} + {further} × {each}" + (f"; ≤ {most}" if months > most else "")
    working.write("calc_unemployment_months", formula, min(months, most), Unit.MONTHS)
    return min(months, most)
