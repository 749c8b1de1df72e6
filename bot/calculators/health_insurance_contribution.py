"""What a household pays for health insurance: who pays alone, whom the State and the province help, who has the card for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.calculators.health_insurance_groups import FROM_2025, STATE_PAID, SUPPORTED, HealthGroup
from bot.calculators.health_insurance_local import LocalPremium, local_premium
from bot.calculators.months import add_months
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.local_support import Resolution
from bot.law.parameters import Law
from bot.vn import show

LAW_2024 = date(2025, 7, 1)
LARGEST_HOUSEHOLD = 50
PERIODS = (3, 6, 12)
LAST_TIER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthInsuranceContributionQuestion(Question):
    """A household that pays together on `day`."""

    members: int = 0
    """People who pay as a household: neither supported, nor paid for by the State, nor pensioners."""
    supported: Mapping[HealthGroup, int] = field(default_factory=dict)
    """How many of each other group live there, such as {"student": 2, "near_poor": 1, "poor": 4}."""
    pensions: tuple[int, ...] = ()
    """The monthly pension of each pensioner, đồng: the fund pays for their cards."""
    months: int = 12
    """3, 6 or 12 months paid at once."""
    province: str = ""
    """Key of a province of today or of an old one (content/places/provinces.yaml); empty: the province's part is left out."""
    old_province: str = ""
    """Key of the old province inside it, where it is known."""


@dataclass(frozen=True, slots=True)
class Share:
    """What each of `count` people costs for all months, đồng, and who pays it; `order`: the place in the household."""

    group: HealthGroup
    order: int | None
    count: int
    premium: int
    state: int
    local: int
    fund: int
    own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthInsuranceContribution(Result):
    """The sums of all people for all months, đồng; `local` is None when it is not known."""

    months: int
    premium: int
    state: int
    local: int | None
    fund: int
    own: int
    shares: tuple[Share, ...]


def health_insurance_contribution(
    law: Law, resolutions: tuple[Resolution, ...], asked: HealthInsuranceContributionQuestion
) -> HealthInsuranceContribution:
    """Return what is paid: 4.5 % of the base salary a month, less for the second to the fifth member of a household.

    Who gets support or has the card for nothing takes no place in the household's order.
    Units: đồng for all months. Errors: CitizenError for impossible counts, NotInForce before a group's support began.
    Source: Luật BHYT, Điều 13; Nghị định 188/2025/NĐ-CP; before 2025-07-01 Nghị định 146/2018/NĐ-CP, Điều 7, 8 and 10.
    """
    _check(asked)
    working = Working(law, asked.day)
    local = _local(working, resolutions, asked)
    shares = (
        *_household(working, asked),
        *_of_other_groups(working, asked, local),
        *_pensioners(working, asked),
    )
    _say_no_top_up(working, asked)
    return _summed(working, asked, shares, local if local and local.groups else None)


def _check(asked: HealthInsuranceContributionQuestion) -> None:
    if asked.months not in PERIODS:
        raise refuse("health_months", periods=", ".join(map(str, PERIODS)))
    counts = (asked.members, *asked.supported.values())
    people = sum(counts) + len(asked.pensions)
    if min(counts) < 0 or not 1 <= people <= LARGEST_HOUSEHOLD:
        raise refuse("health_members", most=LARGEST_HOUSEHOLD)
    if HealthGroup.HOUSEHOLD in asked.supported or HealthGroup.PENSIONER in asked.supported:
        raise refuse("health_group_elsewhere")
    if any(pension <= 0 for pension in asked.pensions):
        raise refuse("health_pension_not_positive")
    too_early = asked.supported.keys() & FROM_2025
    if too_early and asked.day < LAW_2024:
        raise refuse("health_group_not_yet", day=show.day(LAW_2024))


def _local(
    working: Working, resolutions: tuple[Resolution, ...], asked: HealthInsuranceContributionQuestion
) -> LocalPremium | None:
    if not asked.province:
        return None
    groups = tuple(group for group in SUPPORTED if asked.supported.get(group))
    return local_premium(working, resolutions, province=asked.province, old=asked.old_province, groups=groups)


def monthly_premium(working: Working) -> Decimal:
    """Return what the card of one person costs a month before any reduction, đồng and not rounded."""
    return working.decimal("health_insurance.rate") * working.whole("common.base_salary")


def _premium_formula(working: Working, asked: HealthInsuranceContributionQuestion) -> str:
    rate, base = working.decimal("health_insurance.rate"), working.whole("common.base_salary")
    return f"{show.percent(rate)} × {show.grouped(base)} × {asked.months} tháng"


def _household(working: Working, asked: HealthInsuranceContributionQuestion) -> Iterator[Share]:
    """Yield the members one by one; from the fifth on all pay the same."""
    for order in range(1, min(asked.members, LAST_TIER) + 1):
        factor = working.decimal(f"health_insurance.household_tier_factor.member_{_tier(order)}")
        exact = factor * monthly_premium(working) * asked.months
        formula = f"{show.percent(factor)} × {_premium_formula(working, asked)}"
        own = working.step(f"calc_health_member_{_tier(order)}", formula, dong(exact))
        count = asked.members - LAST_TIER + 1 if order == LAST_TIER else 1
        yield Share(HealthGroup.HOUSEHOLD, order, count, own, 0, 0, 0, own)


def _tier(order: int) -> str:
    return f"{LAST_TIER}_and_more" if order == LAST_TIER else str(order)


def _of_other_groups(
    working: Working, asked: HealthInsuranceContributionQuestion, local: LocalPremium | None
) -> Iterator[Share]:
    for group in HealthGroup:
        count = asked.supported.get(group, 0)
        if count and group in STATE_PAID:
            yield _state_paid(working, asked, group, count)
        elif count:
            yield _supported(working, asked, group, count, local)
    if any(asked.supported.values()) and asked.members:
        working.note("calc_health_not_counted")


def _state_paid(working: Working, asked: HealthInsuranceContributionQuestion, group: HealthGroup, count: int) -> Share:
    new = "Luật BHYT sửa đổi 51/2024/QH15, Điều 12 khoản 3"
    rule = new if asked.day >= LAW_2024 else "Luật BHYT sửa đổi 46/2014/QH13, Điều 12 khoản 3"
    amount = dong(monthly_premium(working) * asked.months)
    working.step(f"calc_health_paid_{group}", _premium_formula(working, asked), amount, rule)
    return Share(group, None, count, amount, amount, 0, 0, 0)


def _supported(
    working: Working,
    asked: HealthInsuranceContributionQuestion,
    group: HealthGroup,
    count: int,
    local: LocalPremium | None,
) -> Share:
    rate = working.decimal(f"health_insurance.support_rate.{group}")
    exact = monthly_premium(working) * asked.months
    premium, state = dong(exact), dong(rate * exact)
    working.step(f"calc_health_state_{group}", f"{show.percent(rate)} × {_premium_formula(working, asked)}", state)
    added = local.added(group, rate) if local else Decimal(0)
    from_place = min(premium - state, dong(added * exact))
    if local and added:
        formula = f"{show.percent(added)} × {_premium_formula(working, asked)}"
        working.step("calc_health_local", formula, from_place, local.titles[group])
    parts = [premium, state, *([from_place] if from_place else [])]
    own = premium - state - from_place
    working.step("calc_health_own_each", " − ".join(map(show.grouped, parts)), own, _support_rule(asked.day))
    _say_for_how_long(working, group)
    return Share(group, None, count, premium, state, from_place, 0, own)


def _support_rule(day: date) -> str:
    return "Nghị định 188/2025/NĐ-CP" if day >= LAW_2024 else "Nghị định 146/2018/NĐ-CP, Điều 7 khoản 2"


def _say_for_how_long(working: Working, group: HealthGroup) -> None:
    name = f"health_insurance.support_months.{group}"
    if working.has(name):
        working.note("calc_health_support_months", months=show.duration(working.whole(name)))


def _pensioners(working: Working, asked: HealthInsuranceContributionQuestion) -> Iterator[Share]:
    """Yield the pensioners: the fund pays a share of the pension itself, not of the base salary."""
    for pension in asked.pensions:
        rate = working.decimal("health_insurance.pensioner_contribution")
        formula = f"{show.percent(rate)} × {show.grouped(pension)} × {asked.months} tháng"
        amount = working.step("calc_health_pensioner", formula, dong(rate * pension * asked.months))
        yield Share(HealthGroup.PENSIONER, None, 1, amount, 0, 0, amount, 0)


def _say_no_top_up(working: Working, asked: HealthInsuranceContributionQuestion) -> None:
    end = add_months(asked.day, asked.months)
    for value in working.law.parameters["common.base_salary"].values:
        if asked.day < value.since < end:
            working.note("calc_health_no_top_up", day=show.day(value.since))


def _summed(
    working: Working,
    asked: HealthInsuranceContributionQuestion,
    shares: tuple[Share, ...],
    local: LocalPremium | None,
) -> HealthInsuranceContribution:
    own = sum(share.count * share.own for share in shares)
    paying = [f"{share.count} × {show.grouped(share.own)}" for share in shares if share.own]
    if len(shares) > 1 or shares[0].count > 1:
        working.write("calc_health_own_total", " + ".join(paying) or "0", own, Unit.DONG, _payment_rule(asked.day))
    return HealthInsuranceContribution(
        months=asked.months,
        premium=sum(share.count * share.premium for share in shares),
        state=sum(share.count * share.state for share in shares),
        local=sum(share.count * share.local for share in shares) if local else None,
        fund=sum(share.count * share.fund for share in shares),
        own=own,
        shares=shares,
        **working.findings,
    )


def _payment_rule(day: date) -> str:
    return "Nghị định 188/2025/NĐ-CP" if day >= LAW_2024 else "Nghị định 146/2018/NĐ-CP, Điều 9 và Điều 10"
