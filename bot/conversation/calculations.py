"""From what a person told to the results of the calculators: one case for each reading of what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.answers.library import Library
from bot.calculators.comparison import Comparison, ComparisonQuestion, Way, comparison
from bot.calculators.contribution import Contribution, ContributionQuestion, Method, contribution, income_for_own_part
from bot.calculators.health_insurance_contribution import (
    HealthInsuranceContribution,
    HealthInsuranceContributionQuestion,
    health_insurance_contribution,
)
from bot.calculators.health_insurance_groups import HealthGroup
from bot.calculators.lump_sum_withdrawal import (
    Case,
    LumpSumWithdrawal,
    LumpSumWithdrawalQuestion,
    lump_sum_withdrawal,
)
from bot.calculators.pension_plan import PensionPlan, PensionPlanQuestion, pension_plan
from bot.calculators.people import Sex
from bot.calculators.state_subsidy import Group
from bot.conversation.told import UNKNOWN, birth_of


@dataclass(frozen=True, slots=True)
class Saving:
    """Paying into voluntary insurance: the chosen income, what a period costs, and where a plan of years leads.

    `comparison` holds the plan's one way by the law of the day; `with_new_floor` is its pension if a coming floor lifts the income.
    """

    income: int
    contribution: Contribution
    plan: PensionPlan | None = None
    comparison: Comparison | None = None
    with_new_floor: int | None = None

    @property
    def way(self) -> Way | None:
        """What the plan costs in all and brings."""
        return self.comparison.ways[0] if self.comparison else None


def saving(library: Library, facts: Mapping[str, str], day: date) -> Saving:
    """Return what the told income, or the told payment, costs and brings; raise CitizenError when the law allows neither."""
    asked = contribution_question(facts, day)
    if "payment" in facts:
        own = int(facts["payment"])
        asked = replace(asked, income=income_for_own_part(library.law, library.local_support, own, monthly(asked)))
    if not {"sex", "birth", "months"} <= facts.keys():
        return Saving(asked.income, contribution(library.law, library.local_support, asked))
    found = contribution(library.law, library.local_support, monthly(asked))
    plan = pension_plan(library.law, plan_question(facts, asked.income, day))
    compared, followed = (_compared(library, facts, asked, as_of_day=each) for each in (True, False))
    later = followed.ways[0].pension
    return Saving(asked.income, found, plan, compared, later if later != compared.ways[0].pension else None)


def contribution_question(facts: Mapping[str, str], day: date) -> ContributionQuestion:
    """Return what is asked about paying; without an income it is 0, to be replaced."""
    method = Method(facts.get("method", Method.MONTHLY))
    years = min(5, max(2, int(facts.get("months", "60")) // 12)) if method is Method.YEARS_AHEAD else None
    province = facts.get("province", "")
    return ContributionQuestion(
        day=day,
        income=int(facts.get("income", "0")),
        method=method,
        years=years,
        groups=(group_of(facts),),
        province="" if province == UNKNOWN else province,
        old_province=facts.get("old_province", ""),
    )


def monthly(asked: ContributionQuestion) -> ContributionQuestion:
    """Return the same question for one month."""
    return replace(asked, method=Method.MONTHLY, years=None)


def group_of(facts: Mapping[str, str]) -> Group:
    """Return the group that State support knows; a farmer or a student is «other» to it."""
    told = facts.get("group", "")
    return Group(told) if told in tuple(Group) else Group.OTHER


def _compared(
    library: Library, facts: Mapping[str, str], asked: ContributionQuestion, *, as_of_day: bool
) -> Comparison:
    question = ComparisonQuestion(
        day=asked.day,
        as_of_day=as_of_day,
        sex=Sex(facts["sex"]),
        birth=birth_of(facts["birth"]),
        incomes=(asked.income,),
        months=(int(facts["months"]),),
        groups=asked.groups,
        province=asked.province,
        old_province=asked.old_province,
        paid_months=int(facts.get("paid_months", "0")),
    )
    return comparison(library.law, library.local_support, question)


def plan_question(facts: Mapping[str, str], income: int, day: date) -> PensionPlanQuestion:
    """Return what is asked about the pension."""
    return PensionPlanQuestion(
        day=day,
        sex=Sex(facts["sex"]),
        birth=birth_of(facts["birth"]),
        income=income,
        months_to_pay=int(facts["months"]),
        voluntary_months=int(facts.get("paid_months", "0")),
    )


def withdrawal(library: Library, facts: Mapping[str, str], day: date) -> LumpSumWithdrawal:
    """Return what is paid out when the told months are taken out in one go after a year without payment."""
    question = LumpSumWithdrawalQuestion(
        day=day,
        case=Case.TWELVE_MONTHS_OUT,
        months=int(facts["paid_months"]),
        average_income=int(facts["average"]),
        compulsory_months=int(facts["paid_months"]),
        months_out=12,
        paid_before_2025_07=True,
        state_support=0,
    )
    return lump_sum_withdrawal(library.law, question)


def household(library: Library, facts: Mapping[str, str], day: date) -> HealthInsuranceContribution:
    """Return what the told household pays for health insurance in twelve months."""
    members = int(facts["members"])
    group = _HEALTH.get(facts.get("group", ""))
    province = facts.get("province", "")
    question = HealthInsuranceContributionQuestion(
        day=day,
        members=0 if group else members,
        supported={group: members} if group else {},
        province="" if province == UNKNOWN else province,
        old_province=facts.get("old_province", ""),
    )
    return health_insurance_contribution(library.law, library.local_support, question)


_HEALTH: Mapping[str, HealthGroup] = {"poor": HealthGroup.POOR, "near_poor": HealthGroup.NEAR_POOR}


def readings(facts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the facts once for each meaning of a sum that may be an income or a payment."""
    if "sum" not in facts:
        return [dict(facts)]
    rest = {name: value for name, value in facts.items() if name != "sum"}
    return [{**rest, "income": facts["sum"]}, {**rest, "payment": facts["sum"]}]
