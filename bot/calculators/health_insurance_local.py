"""What a province adds to the health insurance contribution of the people whom the State already supports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.calculators.health_insurance_groups import LOCAL_NAME, HealthGroup
from bot.calculators.working import Working, refuse
from bot.law.local_support import Group, Kind, Resolution, Status, resolutions_for
from bot.vn import show
from bot.vn.places import Province, gazetteer

SCHEME = "health_insurance"
UNSPECIFIED = "unspecified"  # whom the resolution names was not seen


@dataclass(frozen=True, slots=True)
class LocalPremium:
    """What the place adds by group, and the resolutions that say so; nothing in it means not known, not «none»."""

    groups: Mapping[HealthGroup, Group] = field(default_factory=dict)
    titles: Mapping[HealthGroup, str] = field(default_factory=dict)

    def added(self, group: HealthGroup, state: Decimal) -> Decimal:
        """Return the province's share of the contribution; with the State's share it never passes the whole."""
        return _added(self.groups[group], state) if group in self.groups else Decimal(0)


def local_premium(
    working: Working,
    resolutions: tuple[Resolution, ...],
    *,
    province: str,
    old: str,
    groups: tuple[HealthGroup, ...],
) -> LocalPremium:
    """Return what the resolutions of the old province add on the day; notes say what was not found or not seen.

    Errors: CitizenError for a place that is none.
    """
    place, formers = _where(province, old)
    here = {former: resolutions_for(resolutions, SCHEME, former) for former in formers}
    if len({tuple(_stated(working, found)) for found in here.values()}) > 1:
        working.note("calc_local_differs", province=place.name, former=", ".join(place.former[key] for key in formers))
        return LocalPremium()
    stated = _stated(working, here[formers[0]])
    if not stated:
        return _nothing_stated(working, [resolution for found in here.values() for resolution in found])
    _tell(working, stated, groups)
    best = {group: found for group in groups if (found := _best(working, stated, group))}
    return LocalPremium(
        {group: found for group, (_, found) in best.items()},
        {group: resolution.title for group, (resolution, _) in best.items()},
    )


def _where(key: str, old: str) -> tuple[Province, list[str]]:
    province = gazetteer().today(key)
    former = old or (key if key not in gazetteer().provinces else "")
    if province is None or (former and former not in province.former):
        raise refuse("unknown_place", place=old or key)
    return province, [former] if former else list(province.former)


def _stated(working: Working, found: Iterable[Resolution]) -> list[Resolution]:
    return [resolution for resolution in found if resolution.stated_on(working.day)]


def _nothing_stated(working: Working, here: list[Resolution]) -> LocalPremium:
    """Not found is not «none»: say so, and name what ended or is unclear."""
    ended = [resolution for resolution in here if resolution.ended_by(working.day)]
    unclear = [resolution for resolution in here if resolution.status is Status.UNKNOWN and resolution not in ended]
    for resolution in ended:
        assert resolution.valid_to is not None
        working.note("calc_local_ended", resolution=resolution.title, day=show.day(resolution.valid_to))
    for resolution in unclear:
        working.note("calc_health_local_unclear", resolution=resolution.title)
    if not ended and not unclear:
        working.note("calc_local_not_found")
    return LocalPremium()


def _tell(working: Working, stated: list[Resolution], groups: tuple[HealthGroup, ...]) -> None:
    """Name the groups that a resolution helps: somebody in the house may be one of them without saying so."""
    wanted = {LOCAL_NAME.get(group) for group in groups}
    for resolution in stated:
        others = [group.label for group in resolution.groups if group.name not in wanted]
        if others:
            working.note("calc_health_local_also", resolution=resolution.title, groups="; ".join(others))
        if any(group.kind is Kind.UNKNOWN and group.name in {*wanted, UNSPECIFIED} for group in resolution.groups):
            working.note("calc_local_amount_unknown", resolution=resolution.title)
        if resolution.status is Status.ACTIVE_PRESUMED:
            working.note("calc_local_presumed", resolution=resolution.title)
        if resolution.residence:
            working.note("calc_local_residence", residence=resolution.residence)
    working.note("calc_local_ask_first")


def _best(working: Working, stated: list[Resolution], group: HealthGroup) -> tuple[Resolution, Group] | None:
    name = f"health_insurance.support_rate.{group}"
    if not working.has(name):
        return None
    state = working.law.parameters[name].on(working.day).value
    assert isinstance(state, Decimal)
    fitting = [
        (resolution, found)
        for resolution in stated
        for found in resolution.groups
        if found.name == LOCAL_NAME.get(group) and _added(found, state)
    ]
    return max(fitting, key=lambda pair: _added(pair[1], state), default=None)


def _added(found: Group, state: Decimal) -> Decimal:
    """Return the share that the province adds: «total» kinds name the State's and the province's share together."""
    if found.value is None or found.kind not in (Kind.OF_PREMIUM, Kind.OF_PREMIUM_TOTAL):
        return Decimal(0)
    added = found.value - state if found.kind is Kind.OF_PREMIUM_TOTAL else Decimal(found.value)
    return min(max(added, Decimal(0)), 1 - state)
