"""What a province adds to the contribution of voluntary insurance: the resolution of the old province decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.months import months_from
from bot.calculators.state_subsidy import Group, check_months
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.local_support import Group as LocalGroup
from bot.law.local_support import Kind, Resolution, Status, resolutions_for
from bot.law.parameters import Law
from bot.vn import show
from bot.vn.places import Province, gazetteer

SCHEME = "voluntary_si"
EVERYONE = "everyone"


class Finding(StrEnum):
    """What we know of a place's own support for a group on a day."""

    IN_FORCE = "in_force"
    NOT_FOR_GROUP = "not_for_group"  # a resolution is in force, and names other groups only
    AMOUNT_UNKNOWN = "amount_unknown"
    ENDED = "ended"
    NOT_FOUND = "not_found"  # which is not «none»
    DIFFERS_WITHIN = "differs_within"  # the old provinces inside the new one differ: ask which


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSubsidyQuestion(Question):
    """Where somebody lives and to which groups they belong."""

    province: str
    """Key of a province of today or of an old one, such as phu_tho or vinh_phuc (content/places/provinces.yaml)."""
    old_province: str = ""
    """Key of the old province inside it, where it is known: «phu_tho» alone is all of today's Phú Thọ."""
    groups: tuple[Group, ...] = (Group.OTHER,)
    """poor, island, near_poor, ethnic_minority, other: every group the person belongs to; the highest amount counts."""
    months: int = 1
    """How many months are paid, from the month of `day` on."""
    most: int | None = None
    """The province never adds more than this, đồng: the contribution less the State's part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSubsidy(Result):
    """What the place adds, đồng; None: not known. `former`: keys of the old provinces to choose from when they differ."""

    finding: Finding
    resolution: str
    monthly: int | None
    total: int | None
    months_supported: int
    valid_to: date | None
    residence: str
    former: tuple[str, ...]


def local_subsidy(law: Law, resolutions: tuple[Resolution, ...], asked: LocalSubsidyQuestion) -> LocalSubsidy:
    """Return what the place adds by the resolution in force on the day for the best of the person's groups.

    Units: đồng a month and in all. Errors: CitizenError for a place that is none.
    Source: the resolution; Luật 64/2025/QH15, Điều 54 khoản 2: an old province's resolution holds there until replaced.
    """
    check_months(asked.months)
    if asked.most is not None and asked.most < 0:
        raise refuse("amount_negative")
    province, formers = _where(asked)
    found = {former: _in_former(law, resolutions, asked, former) for former in formers}
    if len({(each.finding, each.resolution, each.total) for each in found.values()}) == 1:
        return found[formers[0]]
    working = Working(law, asked.day)
    working.note(
        "calc_local_differs", province=province.name, former=", ".join(province.former[key] for key in formers)
    )
    return _nothing(working, Finding.DIFFERS_WITHIN, former=tuple(formers))


def _where(asked: LocalSubsidyQuestion) -> tuple[Province, list[str]]:
    province = gazetteer().today(asked.province)
    if province is None:
        raise refuse("unknown_place", place=asked.province)
    old = asked.old_province or (asked.province if asked.province not in gazetteer().provinces else "")
    if old and old not in province.former:
        raise refuse("unknown_place", place=old)
    return province, [old] if old else list(province.former)


def _in_former(law: Law, resolutions: tuple[Resolution, ...], asked: LocalSubsidyQuestion, former: str) -> LocalSubsidy:
    working = Working(law, asked.day)
    here = resolutions_for(resolutions, SCHEME, former)
    for resolution in here:
        working.note_check(resolution.checked)
    in_force = [resolution for resolution in here if resolution.stated_on(asked.day)]
    if not in_force:
        return _not_in_force(working, here)
    fitting = [(resolution, group) for resolution in in_force for group in fitting_groups(resolution, asked.groups)]
    if not fitting:
        return _other_groups_only(working, in_force)
    known = [pair for pair in fitting if amount(working, pair[1]) is not None]
    if not known:
        working.note("calc_local_amount_unknown", resolution=fitting[0][0].title)
        return _nothing(working, Finding.AMOUNT_UNKNOWN, fitting[0][0])
    return _added(working, asked, *max(known, key=lambda pair: amount(working, pair[1]) or Decimal(0)))


def _not_in_force(working: Working, here: list[Resolution]) -> LocalSubsidy:
    ended = [resolution for resolution in here if resolution.valid_to is not None and resolution.ended_by(working.day)]
    if not ended:
        working.note("calc_local_not_found")
        return _nothing(working, Finding.NOT_FOUND)
    last = max(ended, key=lambda resolution: resolution.valid_to or date.min)
    working.note("calc_local_ended", resolution=last.title, day=show.day(last.valid_to or date.min))
    return _nothing(working, Finding.ENDED, last)


def _other_groups_only(working: Working, in_force: list[Resolution]) -> LocalSubsidy:
    named = [
        resolution for resolution in in_force if all(group.kind is not Kind.UNKNOWN for group in resolution.groups)
    ]
    labels = ", ".join(group.label for resolution in in_force for group in resolution.groups)
    key = "calc_local_not_for_group" if named else "calc_local_amount_unknown"
    working.note(key, resolution=in_force[0].title, groups=labels)
    return _nothing(working, Finding.NOT_FOR_GROUP if named else Finding.AMOUNT_UNKNOWN, in_force[0])


def fitting_groups(resolution: Resolution, groups: Iterable[Group]) -> list[LocalGroup]:
    """Return the resolution's groups that the person is in; «other» is whoever it names under no other name."""
    by_name = {group.name: group for group in resolution.groups}
    own = [by_name[group] for group in groups if group is not Group.OTHER and group in by_name]
    rest = [by_name[name] for name in (Group.OTHER, EVERYONE) if name in by_name]
    return [*own, *(group for group in rest if group.name == EVERYONE or not own)]


def amount(working: Working, group: LocalGroup) -> Decimal | None:
    """Return what the group gets a month, đồng and not rounded; None: the amount was not found."""
    if group.value is None or group.kind not in (Kind.OF_MIN_CONTRIBUTION, Kind.FIXED):
        return None
    if group.kind is Kind.FIXED:
        return Decimal(group.value)
    return group.value * working.decimal("voluntary_contribution.rate") * working.whole("common.rural_poverty_line")


def _added(working: Working, asked: LocalSubsidyQuestion, resolution: Resolution, group: LocalGroup) -> LocalSubsidy:
    exact = amount(working, group)
    assert exact is not None and group.value is not None
    months = min(asked.months, group.max_months or asked.months, _months_until(asked, resolution))
    monthly, total = dong(exact), dong(exact * months)
    most = total if asked.most is None else min(total, asked.most)
    working.step("calc_local_support_month", _formula(working, group), monthly, resolution.title)
    if months != 1 or most != total:
        limit = f"; ≤ {show.grouped(most)}" if most != total else ""
        formula = f"{months} × {show.grouped(monthly)}{limit}"
        working.step("calc_local_support_total", formula, most, resolution.title)
    if most != total:
        working.note("calc_local_never_above_contribution")
    if resolution.status is Status.ACTIVE_PRESUMED:
        working.note("calc_local_presumed", resolution=resolution.title)
    if resolution.residence:
        working.note("calc_local_residence", residence=resolution.residence)
    if months < asked.months:
        working.note("calc_local_ends_inside", months=str(months))
    working.note("calc_local_ask_first")
    return LocalSubsidy(
        finding=Finding.IN_FORCE,
        resolution=resolution.title,
        monthly=min(monthly, dong(Decimal(most) / months)),
        total=most,
        months_supported=months,
        valid_to=resolution.valid_to,
        residence=resolution.residence or "",
        former=(),
        **working.findings,
    )


def _months_until(asked: LocalSubsidyQuestion, resolution: Resolution) -> int:
    """Count the months paid for while the resolution holds."""
    if resolution.valid_to is None:
        return asked.months
    return min(asked.months, months_from(asked.day, resolution.valid_to) + 1)


def _formula(working: Working, group: LocalGroup) -> str:
    if group.kind is Kind.FIXED:
        return show.grouped(int(group.value or 0))
    rate, line = working.decimal("voluntary_contribution.rate"), working.whole("common.rural_poverty_line")
    return f"{show.percent(group.value or 0)} × {show.percent(rate)} × {show.grouped(line)}"


def _nothing(
    working: Working, finding: Finding, resolution: Resolution | None = None, *, former: tuple[str, ...] = ()
) -> LocalSubsidy:
    if resolution is not None:  # a finding rests on its resolution even where it gives no amount
        if resolution.valid_to is not None:
            working.write("calc_local_resolution_until", "", resolution.valid_to, Unit.DAY, resolution.title)
        elif resolution.valid_from is not None:
            working.write("calc_local_resolution_since", "", resolution.valid_from, Unit.DAY, resolution.title)
    return LocalSubsidy(
        finding=finding,
        resolution=resolution.title if resolution else "",
        monthly=None,
        total=None,
        months_supported=0,
        valid_to=resolution.valid_to if resolution else None,
        residence="",
        former=former,
        **working.findings,
    )
