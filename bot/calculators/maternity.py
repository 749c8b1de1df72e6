"""The maternity benefit of voluntary insurance: who gets it for a child, how much, and until when to ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.calculators.months import add_months
from bot.calculators.working import Question, Result, Unit, Working, refuse
from bot.law.parameters import Law
from bot.vn import show

CONDITIONS = "Luật BHXH 41/2024/QH15, Điều 94"
AMOUNT = "Luật BHXH 41/2024/QH15, Điều 95"
MOST_CHILDREN = 10
PREGNANCY = 10  # months: nobody knows of a birth that is further away
LONGEST_PREGNANCY = 45  # weeks


class Parent(StrEnum):
    """Who asks: the mother, the father, or who raises the child after the mother's death."""

    MOTHER = "mother"
    FATHER = "father"
    CARER = "carer"


class Other(StrEnum):
    """What the other parent may get for the same birth."""

    NOTHING = "nothing"
    VOLUNTARY = "voluntary"
    COMPULSORY = "compulsory"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaternityQuestion(Question):
    """A birth, and what had been paid before it."""

    birth: date
    """The day of birth, or the day on which it is expected."""
    parent: Parent = Parent.MOTHER
    """mother, father (his wife gives birth) or carer (the mother, alone insured, has died)."""
    children: int = 1
    """Children born."""
    fetus_weeks: tuple[int, ...] = ()
    """The age in weeks of each child that died in the womb or during labour."""
    voluntary_months: int
    """Months paid into voluntary insurance within the 12 months before birth; for a carer: the mother's."""
    compulsory_months: int = 0
    """Months paid into compulsory insurance within the 12 months before birth."""
    also_compulsory: bool = False
    """True: the same person also meets the conditions of compulsory maternity insurance."""
    other: Other = Other.NOTHING
    """What the other parent meets the conditions of: nothing, voluntary or compulsory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maternity(Result):
    """Whether the benefit is due, how much, đồng, and the last day to hand in the papers."""

    eligible: bool
    amount: int
    file_by: date | None


def maternity(law: Law, asked: MaternityQuestion) -> Maternity:
    """Return the benefit: a fixed sum for each child born and each fetus from 22 weeks that died, by the law of the birth.

    Units: đồng. Errors: CitizenError for impossible counts, months or days.
    Source: Luật BHXH 41/2024/QH15, Điều 94 to 97; before 2025-07-01 voluntary insurance had no maternity benefit.
    """
    _check(asked)
    working = Working(law, asked.birth)
    if not working.has("maternity_voluntary.amount"):
        return _before_law_2024(working)
    reason = _reason_against(working, asked)
    if reason:
        working.note(reason, **_values(working))
        return Maternity(eligible=False, amount=0, file_by=None, **working.findings)
    amount, file_by = _amount(working, asked), _file_by(working, asked)
    _say_what_to_know(working, asked, file_by)
    return Maternity(eligible=True, amount=amount, file_by=file_by, **working.findings)


def _check(asked: MaternityQuestion) -> None:
    if not 0 <= asked.children <= MOST_CHILDREN or not 1 <= asked.children + len(asked.fetus_weeks) <= MOST_CHILDREN:
        raise refuse("maternity_children", most=MOST_CHILDREN)
    if any(not 1 <= weeks <= LONGEST_PREGNANCY for weeks in asked.fetus_weeks):
        raise refuse("maternity_weeks", most=LONGEST_PREGNANCY)
    if min(asked.voluntary_months, asked.compulsory_months) < 0:
        raise refuse("maternity_months_negative")
    if asked.birth > add_months(asked.day, PREGNANCY):
        raise refuse("maternity_too_far", most=PREGNANCY)


def _before_law_2024(working: Working) -> Maternity:
    start = working.law.parameters["maternity_voluntary.amount"].values[0].since
    working.write("calc_maternity_starts", "", start, Unit.DAY, CONDITIONS)
    working.note("calc_maternity_before_law", day=show.day(start))
    return Maternity(eligible=False, amount=0, file_by=None, **working.findings)


def _reason_against(working: Working, asked: MaternityQuestion) -> str:
    """Return the note that says why nothing is due, and write the months; empty: it is due."""
    months = asked.voluntary_months + asked.compulsory_months
    if months > (within := working.whole("maternity_voluntary.within_months")):
        raise refuse("maternity_months_wrong", within=within)
    needed = working.whole("maternity_voluntary.min_months")
    formula = f"{asked.voluntary_months} + {asked.compulsory_months}"
    working.write("calc_maternity_months", formula, months, Unit.MONTHS, CONDITIONS)
    if asked.also_compulsory:
        return "calc_maternity_compulsory_only"
    if not asked.voluntary_months:
        return "calc_maternity_no_voluntary"
    if months < needed:
        return "calc_maternity_too_few_months"
    counted = asked.children + len(_counted_fetuses(working, asked))
    return "" if counted else "calc_maternity_fetus_too_young"


def _values(working: Working) -> dict[str, str]:
    return {
        "months": str(working.whole("maternity_voluntary.min_months")),
        "within": str(working.whole("maternity_voluntary.within_months")),
        "weeks": str(working.whole("maternity_voluntary.fetus_min_weeks")),
    }


def _counted_fetuses(working: Working, asked: MaternityQuestion) -> list[int]:
    least = working.whole("maternity_voluntary.fetus_min_weeks")
    return [weeks for weeks in asked.fetus_weeks if weeks >= least]


def _amount(working: Working, asked: MaternityQuestion) -> int:
    each = working.whole("maternity_voluntary.amount")
    count = asked.children + len(_counted_fetuses(working, asked))
    return working.step("calc_maternity_amount", f"{count} × {show.grouped(each)}", count * each, AMOUNT)


def _file_by(working: Working, asked: MaternityQuestion) -> date:
    days = working.whole("maternity_voluntary.file_days")
    file_by = asked.birth + timedelta(days=days)
    working.write("calc_maternity_file_by", f"{show.day(asked.birth)} + {days}", file_by, Unit.DAY)
    return file_by


def _say_what_to_know(working: Working, asked: MaternityQuestion, file_by: date) -> None:
    if asked.birth > asked.day:
        working.note("calc_maternity_expected")
    elif asked.day > file_by:
        working.note("calc_maternity_late", day=show.day(file_by))
    if asked.other is Other.VOLUNTARY:
        working.note("calc_maternity_one_parent")
    if asked.other is Other.COMPULSORY:
        working.note("calc_maternity_each_own")
    if asked.parent is Parent.CARER:
        working.note("calc_maternity_carer")
    if len(_counted_fetuses(working, asked)) < len(asked.fetus_weeks):
        working.note("calc_maternity_fetus_not_counted", weeks=_values(working)["weeks"])
    working.note("calc_maternity_papers", days=str(working.whole("maternity_voluntary.decision_days")))
