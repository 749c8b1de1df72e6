"""What somebody pays in all and receives in all, by age: the two lines, and where they meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.answers.library import Library
from bot.calculators.contribution import Contribution, ContributionQuestion, Method, contribution
from bot.calculators.months import add_months, first_of_month, months_from, months_of_life
from bot.calculators.pension_plan import PensionPlan, PensionPlanQuestion, pension_plan
from bot.sheets.result_card import Person, who
from bot.sheets.words import documents, head, say
from bot.vn import show

UNTIL_AGE = 85  # years: where the picture ends, unless somebody retires later
MILLION, BILLION = 10**6, 10**9


@dataclass(frozen=True, slots=True)
class Course:
    """A plan month by month from the day on: what is paid oneself, from when the pension comes, and how much."""

    plan: PensionPlan
    monthly: int
    age: int  # months of life on the day
    starts: int  # months from the day to the first pension
    own: tuple[int, ...]  # đồng, one for each month that is paid

    @property
    def paid(self) -> int:
        """All that is paid, đồng."""
        return sum(self.own)

    @property
    def paid_back(self) -> int:
        """How many months of pension bring back what was paid."""
        return max(0, -(-(self.paid - self.plan.lump_sum) // self.monthly))

    def paid_by(self, month: int) -> int:
        """Return what has been paid that many months from the day on, đồng."""
        return sum(self.own[: max(0, month)])

    def received_by(self, month: int) -> int:
        """Return what has been received that many months from the day on, đồng."""
        drawn = max(0, month - self.starts)
        return self.monthly * drawn + (self.plan.lump_sum if drawn else 0)


def course(library: Library, paying: ContributionQuestion, asked: PensionPlanQuestion) -> Course | None:
    """Return how a plan goes, by the law of its day as if it held for ever; None when it ends without a pension.

    The province's part is left out: its resolutions end.
    """
    plan = pension_plan(library.law, asked)
    if plan.monthly is None:
        return None
    months = plan.months - asked.voluntary_months - asked.compulsory_months
    return Course(
        plan=plan,
        monthly=plan.monthly,
        age=months_of_life(asked.birth, asked.day),
        starts=months_from(first_of_month(asked.day), plan.first_month),
        own=tuple(_own(library, paying, months)),
    )


def _own(library: Library, paying: ContributionQuestion, months: int) -> list[int]:
    """Return what each month costs: less while the State still adds, then the whole contribution."""
    most = library.law.at(paying.day)["voluntary_subsidy.months_max"]
    assert isinstance(most, int)
    supported = max(0, min(months, most - paying.months_used))
    first, later = (_month(library, paying, used) for used in (paying.months_used, max(most, paying.months_used)))
    return [first.own] * supported + [later.own] * (months - supported)


def _month(library: Library, paying: ContributionQuestion, used: int) -> Contribution:
    asked = replace(paying, method=Method.MONTHLY, years=None, missing_months=None, months_used=used, province="")
    return contribution(library.law, library.local_support, replace(asked, old_province=""))


def curve(library: Library, paying: ContributionQuestion, asked: PensionPlanQuestion) -> dict[str, Any] | None:
    """Return the data of the template curve; None when the plan ends without a pension."""
    found = course(library, paying, asked)
    if found is None:
        return None
    end = max(12 * UNTIL_AGE, found.age + found.starts + 120) - found.age
    top = max(found.paid, found.received_by(end))
    references = [*_month(library, paying, paying.months_used).references, *found.plan.references]
    return {
        **head(library, asked.day),
        "title": say(library, "sheet_title_curve"),
        "mark": say(library, "sheet_estimate_today"),
        "who": [
            *who(library, Person(sex=asked.sex, birth=asked.birth, groups=paying.groups)),
            say(library, "sheet_income", income=show.dong(asked.income)),
        ],
        "said": _said(library, found, asked.day),
        "paid": {"label": say(library, "sheet_curve_paid"), "points": _line(found.paid_by, 0, end, top)},
        "received": {
            "label": say(library, "sheet_curve_received"),
            "points": _line(found.received_by, found.starts, end, top),
        },
        "meet": _meet(library, found, end, top),
        "ages": _ages(library, found.age, end),
        "amounts": _amounts(library, top),
        "notes": [say(library, "sheet_curve_without_place"), say(library, "sheet_rule_today")],
        "basis": documents(library, references),
    }


def _said(library: Library, found: Course, day: date) -> list[dict[str, str]]:
    return [
        {"label": say(library, label), "value": value}
        for label, value in (
            ("sheet_curve_all_paid", show.dong(found.paid)),
            ("sheet_pension", show.dong(found.monthly)),
            ("sheet_pension_from", f"{add_months(first_of_month(day), found.starts):%m/%Y}"),
            ("sheet_paid_back", show.duration(found.paid_back)),
        )
    ]


def _line(amount_by: Callable[[int], int], start: int, end: int, top: int) -> list[list[float]]:
    """Return a point for every third month and the last, as shares of the picture's width and height."""
    return [[round(month / end, 4), round(amount_by(month) / top, 4)] for month in [*range(start, end, 3), end]]


def _meet(library: Library, found: Course, end: int, top: int) -> dict[str, Any] | None:
    month = found.starts + found.paid_back
    if month > end:
        return None
    label = say(library, "sheet_curve_meet", age=(found.age + month) // 12)
    return {"x": month / end, "y": found.paid / top, "label": label}


def _ages(library: Library, age: int, end: int) -> list[dict[str, Any]]:
    first = -(-age // 120) * 10  # the next age that ends in 0
    last = (age + end) // 12
    return [
        {"x": (12 * years - age) / end, "label": say(library, "sheet_curve_age", age=years)}
        for years in range(first, last + 1, 10)
    ]


def _amounts(library: Library, top: int) -> list[dict[str, Any]]:
    step = _round_step(top)
    return [{"y": amount / top, "label": _rounded(library, amount)} for amount in range(step, top + 1, step)]


def _rounded(library: Library, amount: int) -> str:
    if amount < BILLION:
        return say(library, "sheet_millions", amount=amount // MILLION)
    return say(library, "sheet_billions", amount=show.decimal_comma(Decimal(amount) / BILLION))


def _round_step(top: int) -> int:
    """Return 1, 2 or 5 times a power of ten million such that at most five lines cross the picture."""
    size = MILLION
    while True:
        for factor in (1, 2, 5):
            if top <= 5 * factor * size:
                return factor * size
        size *= 10
