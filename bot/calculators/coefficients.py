"""By how much an income of a past year is raised to the prices of the year before the claim."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from bot.calculators.months import Scheme
from bot.calculators.working import Working, refuse
from bot.errors import NotInForce

TABLE = {
    Scheme.VOLUNTARY: "pension.cpi_coefficient_income",
    Scheme.COMPULSORY: "pension.cpi_coefficient_salary",
}
ONE = Decimal(1)


class Given(dict[int, Decimal]):
    """Coefficients somebody gave: every year must be among them."""

    def __missing__(self, year: int) -> Decimal:
        raise refuse("coefficient_missing", year=year)


class OfIncomes(dict[int, Decimal]):
    """The coefficients of voluntary incomes: none before the insurance began, 1 for the years after the table."""

    def __missing__(self, year: int) -> Decimal:
        if year < min(self):
            raise refuse("voluntary_too_early", year=min(self))
        return ONE


class OfSalaries(dict[int, Decimal]):
    """The coefficients of salaries: the first year stands for all before it, 1 for the years after the table."""

    def __missing__(self, year: int) -> Decimal:
        return self[min(self)] if year < min(self) else ONE


def official(working: Working, scheme: Scheme) -> Mapping[int, Decimal]:
    """Return the coefficients of the claim's year; without a table of that year those of the nearest one, as an estimate.

    Source: Nghị định 159/2025/NĐ-CP, Điều 10; Nghị định 158/2025/NĐ-CP, Điều 16; Nghị định 134/2015/NĐ-CP, Điều 4.
    """
    table, since = working.nearest(TABLE[scheme])
    assert isinstance(table, Mapping)
    kind = OfIncomes if scheme is Scheme.VOLUNTARY else OfSalaries
    if working.has(TABLE[scheme]):
        return kind(table)
    years = {"claim": str(working.day.year), "year": str(since.year)}
    if since <= working.day:
        working.note("calc_coefficients_today", **years)
        return kind(table)
    working.note("calc_coefficients_later", **years)
    return kind(_of_an_earlier_claim(table, working.day.year))


def _of_an_earlier_claim(table: Mapping[int, Decimal], year: int) -> dict[int, Decimal]:
    """Both tables compare with the year before their claims, so an earlier one is the later one divided by that year's entry."""
    if year - 1 not in table:
        raise NotInForce(f"no table of coefficients reaches back to claims of {year}")
    base = table[year - 1]
    return {each: max(ONE, _two_places(value / base)) for each, value in table.items()}


def _two_places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
