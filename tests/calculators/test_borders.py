"""The published tables, written here a second time, on the day before each change, on the day and on the day after."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.answers.library import load_library
from bot.calculators.contribution import Contribution, ContributionQuestion, contribution
from bot.calculators.health_insurance_benefits import HealthInsuranceBenefitsQuestion, health_insurance_benefits
from bot.calculators.health_insurance_contribution import (
    HealthInsuranceContributionQuestion,
    health_insurance_contribution,
)
from bot.calculators.pension import PensionQuestion, pension
from bot.calculators.people import Sex
from bot.calculators.retirement_age import RetirementAgeQuestion, retirement_age
from bot.calculators.social_pension import SocialPensionQuestion, social_pension
from bot.calculators.state_subsidy import Group, StateSubsidyQuestion, state_subsidy
from bot.calculators.survivor_funeral import SurvivorFuneralQuestion, survivor_funeral
from bot.calculators.work_accident import WorkAccidentQuestion, work_accident
from bot.settings import ROOT

LIBRARY = load_library(ROOT / "content")
LAW = LIBRARY.law
Table = Mapping[date, int]

LOWEST = {date(2016, 1, 1): 154_000, date(2022, 1, 1): 330_000, date(2027, 1, 1): 484_000}
HIGHEST = {
    date(2016, 1, 1): 5_060_000,
    date(2016, 5, 1): 5_324_000,
    date(2017, 7, 1): 5_720_000,
    date(2018, 7, 1): 6_116_000,
    date(2019, 7, 1): 6_556_000,
    date(2023, 7, 1): 7_920_000,
    date(2024, 7, 1): 10_296_000,
    date(2026, 7, 1): 11_132_000,
}
SUPPORT = {
    Group.POOR: {date(2018, 1, 1): 46_200, date(2022, 1, 1): 99_000, date(2025, 7, 1): 165_000, date(2027, 1, 1): 242_000},
    Group.NEAR_POOR: {date(2018, 1, 1): 38_500, date(2022, 1, 1): 82_500, date(2025, 7, 1): 132_000, date(2027, 1, 1): 193_600},
    Group.OTHER: {date(2018, 1, 1): 15_400, date(2022, 1, 1): 33_000, date(2025, 7, 1): 66_000, date(2027, 1, 1): 96_800},
    Group.ISLAND: {date(2018, 1, 1): 15_400, date(2022, 1, 1): 33_000, date(2025, 7, 1): 165_000, date(2027, 1, 1): 242_000},
    Group.ETHNIC_MINORITY: {date(2018, 1, 1): 15_400, date(2022, 1, 1): 33_000, date(2025, 7, 1): 99_000, date(2027, 1, 1): 145_200},
}  # fmt: skip
HOUSEHOLD = {  # first to fifth member, đồng a month
    date(2018, 12, 1): (62_550, 43_785, 37_530, 31_275, 25_020),
    date(2019, 7, 1): (67_050, 46_935, 40_230, 33_525, 26_820),
    date(2023, 7, 1): (81_000, 56_700, 48_600, 40_500, 32_400),
    date(2024, 7, 1): (105_300, 73_710, 63_180, 52_650, 42_120),
    date(2026, 7, 1): (113_850, 79_695, 68_310, 56_925, 45_540),
}
FUNERAL = {date(2024, 7, 1): 23_400_000, date(2026, 7, 1): 25_300_000}
SOCIAL_PENSION = {date(2025, 7, 1): 500_000, date(2026, 7, 1): 540_000}
SMALL_VISIT = {date(2024, 7, 1): 351_000, date(2026, 7, 1): 379_500}
ACCIDENT = {date(2025, 1, 1): 414_000, date(2026, 1, 1): 444_000}
AGES = {  # months of life by the year in which the age is reached: men, women
    2016: (720, 660), 2020: (720, 660), 2021: (723, 664), 2022: (726, 668), 2023: (729, 672), 2024: (732, 676),
    2025: (735, 680), 2026: (738, 684), 2027: (741, 688), 2028: (744, 692), 2029: (744, 696), 2030: (744, 700),
    2031: (744, 704), 2032: (744, 708), 2033: (744, 712), 2034: (744, 716), 2035: (744, 720), 2040: (744, 720),
}  # fmt: skip


def on(table: Mapping[date, object], day: date) -> object:
    """Return the last entry that has begun."""
    begun = sorted(table)
    return table[begun[bisect_right(begun, day) - 1]]


def around(*tables: Mapping[date, object]) -> list[date]:
    """Return the days around every change, none before a table begins."""
    first = max(min(table) for table in tables)
    changes = sorted({change for table in tables for change in table})
    days = (change + timedelta(days=step) for change in changes for step in (-1, 0, 1))
    return [day for day in days if day >= first]


def contribution_on(day: date, income: int) -> Contribution:
    return contribution(LAW, (), ContributionQuestion(day=day, income=income))


@pytest.mark.parametrize("day", around(LOWEST, HIGHEST))
def test_the_lowest_and_the_highest_contribution_are_the_published_ones(day: date) -> None:
    some = contribution_on(day, 3_000_000)
    assert contribution_on(day, some.lowest_income).total == on(LOWEST, day)
    assert contribution_on(day, some.highest_income).total == on(HIGHEST, day)


@pytest.mark.parametrize("group", SUPPORT)
def test_the_support_of_every_group_is_the_published_one(group: Group) -> None:
    for day in around(SUPPORT[group]):
        assert state_subsidy(LAW, StateSubsidyQuestion(day=day, groups=(group,))).monthly == on(SUPPORT[group], day), (
            day
        )


@pytest.mark.parametrize("day", around(HOUSEHOLD))
def test_each_member_of_a_household_pays_the_published_amount(day: date) -> None:
    asked = HealthInsuranceContributionQuestion(day=day, members=6, months=12)
    found = health_insurance_contribution(LAW, (), asked)
    assert tuple(share.own for share in found.shares) == tuple(12 * each for each in on(HOUSEHOLD, day))  # type: ignore[attr-defined]
    assert found.shares[-1].count == 2


@pytest.mark.parametrize(
    ("table", "figure"),
    [
        (FUNERAL, lambda day: survivor_funeral(LAW, SurvivorFuneralQuestion(day=day, months=60, average_income=1_500_000)).funeral),
        (SOCIAL_PENSION, lambda day: social_pension(LAW, SocialPensionQuestion(day=day, birth=date(1940, 1, 1))).amount),
        (SMALL_VISIT, lambda day: health_insurance_benefits(LAW, HealthInsuranceBenefitsQuestion(day=day, cost=10**6)).small_visit_below),
        (ACCIDENT, lambda day: work_accident(LAW, WorkAccidentQuestion(day=day)).contribution),
    ],
    ids=["funeral grant", "social pension", "small visit", "work accident"],
)  # fmt: skip
def test_a_published_amount_changes_on_its_day(table: Table, figure: Callable[[date], int | None]) -> None:
    for day in around(table):
        assert figure(day) == on(table, day), day


@pytest.mark.parametrize("year", AGES)
def test_the_age_is_that_of_the_year_in_which_it_is_reached(year: int) -> None:
    for sex, age in zip((Sex.MALE, Sex.FEMALE), AGES[year], strict=True):
        births = (date(born, month, 1) for born in range(year - 63, year - 54) for month in range(1, 13))
        asked = (RetirementAgeQuestion(day=date(2026, 11, 22), sex=sex, birth=birth) for birth in births)
        reached = [found for found in (retirement_age(LAW, each) for each in asked) if found.reached.year == year]
        assert reached and {found.age_months for found in reached} == {age}


def test_the_births_of_2026_are_those_of_the_appendix() -> None:
    """Nghị định 135/2020/NĐ-CP, Phụ lục I: men born 10/1964 to 6/1965, women 5/1969 to 12/1969."""
    for sex, first, last in ((Sex.MALE, (1964, 10), (1965, 6)), (Sex.FEMALE, (1969, 5), (1969, 12))):
        born = [
            (year, month)
            for year in range(1963, 1972)
            for month in range(1, 13)
            if retirement_age(
                LAW, RetirementAgeQuestion(day=date(2026, 11, 22), sex=sex, birth=date(year, month, 1))
            ).reached.year
            == 2026
        ]
        assert (born[0], born[-1]) == (first, last)


def expected_rate(day: date, sex: Sex, years: int) -> Decimal:
    """Return the published share in percent, by the table of claim dates."""
    if sex is Sex.FEMALE:
        rate = 45 + (years - 15) * (3 if day.year < 2018 else 2)
    elif day >= date(2025, 7, 1) and years < 20:
        rate = 40 + (years - 15)
    else:
        rate = 45 + 2 * (years - {2016: 15, 2017: 15, 2018: 16, 2019: 17, 2020: 18, 2021: 19}.get(day.year, 20))
    return Decimal(min(75, rate)) / 100


def expected_lump_years(day: date, sex: Sex, years: int) -> int:
    least = (25 if day.year < 2018 else 30) if sex is Sex.FEMALE else max(30, min(35, day.year - 1987))
    return max(0, years - least)


@pytest.mark.parametrize("sex", Sex)
@pytest.mark.parametrize(
    "day",
    [date(year, month, last) for year in range(2016, 2028) for month, last in ((1, 1), (6, 30), (7, 1), (12, 31))],
)
def test_share_and_lump_sum_follow_the_table_of_claim_dates(day: date, sex: Sex) -> None:
    for years in range(15 if day >= date(2025, 7, 1) else 20, 45):
        found = pension(LAW, PensionQuestion(day=day, sex=sex, months=12 * years, average_income=4_000_000))
        assert found.rate == expected_rate(day, sex, years), years
        assert found.lump_sum == expected_lump_years(day, sex, years) * 2_000_000, years
