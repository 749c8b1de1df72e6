"""What holds for every household, however many pay, are helped or have the card for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.health_insurance_contribution import (
    HealthInsuranceContribution,
    HealthInsuranceContributionQuestion,
    health_insurance_contribution,
)
from bot.calculators.health_insurance_groups import STATE_PAID, SUPPORTED, HealthGroup
from bot.law.local_support import Group, Kind, Resolution, Status

DAYS = st.dates(date(2025, 7, 1), date(2027, 12, 31))
PLACES = st.sampled_from(["", "gia_lai", "ha_noi", "ho_chi_minh", "phu_tho", "cao_bang", "quang_tri"])
COUNTS = st.dictionaries(st.sampled_from([*SUPPORTED, *sorted(STATE_PAID)]), st.integers(0, 3), max_size=4)


@st.composite
def questions(draw: st.DrawFn) -> HealthInsuranceContributionQuestion:
    asked = HealthInsuranceContributionQuestion(
        day=draw(DAYS),
        members=draw(st.integers(0, 9)),
        supported=draw(COUNTS),
        pensions=tuple(draw(st.lists(st.integers(1, 30_000_000), max_size=2))),
        months=draw(st.sampled_from([3, 6, 12])),
        province=draw(PLACES),
    )
    assume(asked.members + sum(asked.supported.values()) + len(asked.pensions))
    return asked


def paid(library: Library, asked: HealthInsuranceContributionQuestion) -> HealthInsuranceContribution:
    return health_insurance_contribution(library.law, library.local_support, asked)


@given(asked=questions())
def test_the_parts_add_up_to_the_whole(library: Library, asked: HealthInsuranceContributionQuestion) -> None:
    found = paid(library, asked)
    assert found.own + found.state + (found.local or 0) + found.fund == found.premium
    for share in found.shares:
        assert share.own + share.state + share.local + share.fund == share.premium
        assert min(share.own, share.state, share.local, share.fund) >= 0


@given(asked=questions())
def test_one_more_member_costs_more_but_no_more_than_the_one_before(
    library: Library, asked: HealthInsuranceContributionQuestion
) -> None:
    bills = [paid(library, replace(asked, members=asked.members + more)).own for more in (0, 1, 2)]
    assert bills[0] < bills[1] < bills[2]
    if asked.members:
        assert bills[2] - bills[1] <= bills[1] - bills[0]


@given(asked=questions())
def test_supported_people_change_nothing_for_the_members(
    library: Library, asked: HealthInsuranceContributionQuestion
) -> None:
    assume(asked.members)
    alone = paid(library, replace(asked, supported={}, pensions=()))
    members = [share for share in paid(library, asked).shares if share.group is HealthGroup.HOUSEHOLD]
    assert members == list(alone.shares)


@given(asked=questions())
def test_longer_costs_more_in_proportion(library: Library, asked: HealthInsuranceContributionQuestion) -> None:
    three, six, twelve = (paid(library, replace(asked, months=months)).premium for months in (3, 6, 12))
    people = asked.members + sum(asked.supported.values()) + len(asked.pensions)
    assert abs(six - 2 * three) <= 2 * people and abs(twelve - 2 * six) <= 2 * people  # each rounded once


def resolution(kind: Kind, share: str) -> Resolution:
    return Resolution(
        title="Nghị quyết thử",
        scheme="health_insurance",
        province="cao_bang",
        former=("cao_bang",),
        valid_from=date(2026, 1, 1),
        valid_to=None,
        status=Status.ACTIVE,
        confidence="high",
        groups=(Group("near_poor", "hộ cận nghèo", kind, Decimal(share), None),),
        residence=None,
        checked=date(2026, 11, 22),
        note=None,
    )


@pytest.mark.parametrize(
    ("kind", "share", "local"),
    [
        (Kind.OF_PREMIUM, "0.10", 136_620),
        (Kind.OF_PREMIUM_TOTAL, "0.80", 136_620),
        (Kind.OF_PREMIUM, "0.90", 409_860),
        (Kind.OF_PREMIUM_TOTAL, "1.00", 409_860),
    ],
)
def test_a_province_adds_up_to_the_whole_and_never_beyond(library: Library, kind: Kind, share: str, local: int) -> None:
    asked = HealthInsuranceContributionQuestion(
        day=date(2026, 11, 22), supported={HealthGroup.NEAR_POOR: 1}, province="cao_bang"
    )
    found = health_insurance_contribution(library.law, (resolution(kind, share),), asked)
    assert (found.local, found.own) == (local, 409_860 - local)


def test_a_total_below_the_states_share_is_not_a_known_addition(library: Library) -> None:
    asked = HealthInsuranceContributionQuestion(
        day=date(2026, 11, 22), supported={HealthGroup.NEAR_POOR: 1}, province="cao_bang"
    )
    found = health_insurance_contribution(library.law, (resolution(Kind.OF_PREMIUM_TOTAL, "0.50"),), asked)
    assert (found.local, found.own) == (None, 409_860)


@pytest.mark.parametrize("group", [HealthGroup.HOUSEHOLD, HealthGroup.PENSIONER])
def test_every_other_group_can_be_asked_for(library: Library, group: HealthGroup) -> None:
    for other in set(HealthGroup) - {HealthGroup.HOUSEHOLD, HealthGroup.PENSIONER}:
        asked = HealthInsuranceContributionQuestion(day=date(2026, 11, 22), supported={other: 1})
        assert paid(library, asked).premium == 1_366_200
    with pytest.raises(Exception, match="calc_health_group_elsewhere"):
        paid(library, HealthInsuranceContributionQuestion(day=date(2026, 11, 22), supported={group: 1}))
