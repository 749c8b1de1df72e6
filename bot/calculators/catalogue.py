"""Every calculator by name: what it is asked, what it gives, read from and written as JSON for other programs."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from bot.calculators.average_income import AverageIncomeQuestion, average_income
from bot.calculators.comparison import ComparisonQuestion, comparison
from bot.calculators.compulsory import CompulsoryQuestion, compulsory
from bot.calculators.contribution import ContributionQuestion, contribution
from bot.calculators.health_insurance_benefits import HealthInsuranceBenefitsQuestion, health_insurance_benefits
from bot.calculators.health_insurance_contribution import (
    HealthInsuranceContributionQuestion,
    health_insurance_contribution,
)
from bot.calculators.household_business_owner import HouseholdBusinessOwnerQuestion, household_business_owner
from bot.calculators.local_subsidy import LocalSubsidyQuestion, local_subsidy
from bot.calculators.lump_sum_withdrawal import LumpSumWithdrawalQuestion, lump_sum_withdrawal
from bot.calculators.maternity import MaternityQuestion, maternity
from bot.calculators.monthly_allowance import MonthlyAllowanceQuestion, monthly_allowance
from bot.calculators.pension import PensionQuestion, pension
from bot.calculators.pension_plan import PensionPlanQuestion, pension_plan
from bot.calculators.refund import RefundQuestion, refund
from bot.calculators.retirement_age import RetirementAgeQuestion, retirement_age
from bot.calculators.social_pension import SocialPensionQuestion, social_pension
from bot.calculators.state_subsidy import StateSubsidyQuestion, state_subsidy
from bot.calculators.survivor_funeral import SurvivorFuneralQuestion, survivor_funeral
from bot.calculators.unemployment_benefit import UnemploymentBenefitQuestion, unemployment_benefit
from bot.calculators.work_accident import WorkAccidentQuestion, work_accident
from bot.calculators.working import Question, Result
from bot.errors import AnSinhError
from bot.law.local_support import Resolution
from bot.law.parameters import Law

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}\Z")
LARGEST = 10**15  # no figure of a question is larger
MOST_FAULTS = 5


class BadInput(AnSinhError):
    """The JSON of a question is not of the calculator's form; the message names the field and what it takes."""


@dataclass(frozen=True, slots=True)
class Books:
    """What calculators look up: the law, and the provinces' resolutions."""

    law: Law
    resolutions: tuple[Resolution, ...]


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator: the question it takes, and how to answer it."""

    name: str
    question: type[Question]
    run: Callable[[Books, Any], Result]
    about: str
    gives: type[Result]

    def answer(self, books: Books, raw: Any) -> Result:
        """Answer a question given as JSON; raise BadInput, CitizenError or NotInForce."""
        return self.run(books, self.read(raw))

    def read(self, raw: Any) -> Question:
        """Return the question; raise BadInput naming the field that is wrong."""
        try:
            source = json.dumps(_within_reason(raw, _days(self.name)))
            found: Question = _adapter(self.name).validate_json(source, strict=True)
        except ValidationError as error:
            raise BadInput("; ".join(_fault(fault) for fault in error.errors()[:MOST_FAULTS])) from None
        except RecursionError:
            raise BadInput("question: lists or objects inside each other too deep") from None
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the question."""
        return _adapter(self.name).json_schema()


def _of_law(function: Callable[[Law, Any], Result], question: type[Question]) -> Calculator:
    return Calculator(
        function.__name__,
        question,
        lambda books, asked: function(books.law, asked),
        _about(function),
        get_type_hints(function)["return"],
    )


def _of_books(function: Callable[[Law, tuple[Resolution, ...], Any], Result], question: type[Question]) -> Calculator:
    return Calculator(
        function.__name__,
        question,
        lambda books, asked: function(books.law, books.resolutions, asked),
        _about(function),
        get_type_hints(function)["return"],
    )


def _about(function: Callable[..., Result]) -> str:
    return inspect.getdoc(function) or ""


CALCULATORS: Mapping[str, Calculator] = {
    calculator.name: calculator
    for calculator in (
        _of_books(contribution, ContributionQuestion),
        _of_law(refund, RefundQuestion),
        _of_books(comparison, ComparisonQuestion),
        _of_law(state_subsidy, StateSubsidyQuestion),
        _of_books(local_subsidy, LocalSubsidyQuestion),
        _of_books(health_insurance_contribution, HealthInsuranceContributionQuestion),
        _of_law(health_insurance_benefits, HealthInsuranceBenefitsQuestion),
        _of_law(maternity, MaternityQuestion),
        _of_law(social_pension, SocialPensionQuestion),
        _of_law(work_accident, WorkAccidentQuestion),
        _of_law(compulsory, CompulsoryQuestion),
        _of_law(household_business_owner, HouseholdBusinessOwnerQuestion),
        _of_law(unemployment_benefit, UnemploymentBenefitQuestion),
        _of_law(retirement_age, RetirementAgeQuestion),
        _of_law(average_income, AverageIncomeQuestion),
        _of_law(pension, PensionQuestion),
        _of_law(pension_plan, PensionPlanQuestion),
        _of_law(lump_sum_withdrawal, LumpSumWithdrawalQuestion),
        _of_law(monthly_allowance, MonthlyAllowanceQuestion),
        _of_law(survivor_funeral, SurvivorFuneralQuestion),
    )
}


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(CALCULATORS[name].question)


@cache
def _days(name: str) -> frozenset[str]:
    """Return the names of the fields that take a day, those of the parts too."""
    schema = CALCULATORS[name].schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    fields = [field for part in parts for field in part.get("properties", {}).items()]
    return frozenset(
        key for key, found in fields if any(one.get("format") == "date" for one in (found, *found.get("anyOf", ())))
    )


def _within_reason(raw: Any, days: frozenset[str], where: str = "question") -> Any:
    """Return the JSON with «1985» and «1985-03» completed to their first day; raise BadInput for a number beyond reason."""
    if isinstance(raw, dict):
        return {
            key: _whole_day(value, key) if key in days and isinstance(value, str) else _within_reason(value, days, key)
            for key, value in raw.items()
        }
    if isinstance(raw, list):
        return [_within_reason(value, days, where) for value in raw]
    if isinstance(raw, int) and abs(raw) > LARGEST:
        raise BadInput(f"{where}: the number is too large")
    return raw


def _whole_day(text: str, where: str) -> str:
    if not _DAY.match(text):  # pydantic would take "86400" for a moment of 1970
        raise BadInput(f'{where}: must be a day such as "1985-03-20", or "1985-03" or "1985" where no more is known')
    return f"{text}-01-01"[:10]


def _fault(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "question"
    return f"{where}: {fault['msg']}"
