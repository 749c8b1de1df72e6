"""Says what a province adds, in the words of content/messages: what we found, what ended, what we did not find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from bot.answers.render import STALE_AFTER, Answer
from bot.answers.texts import Text
from bot.law.local_support import Group, Kind, Resolution, Status, resolutions_for
from bot.law.parameters import LawOnDay
from bot.vn import show
from bot.vn.places import Province

Fill = Callable[..., str]


def describe(
    province: Province, old: str | None, resolutions: tuple[Resolution, ...], law: LawOnDay, texts: Mapping[str, Text]
) -> Answer:
    """Return what is added in a province of today, or only in one old province inside it."""

    def fill(key: str, **values: object) -> str:
        return texts[f"local_support_{key}"].filled(**values)

    formers = [old] if old else list(province.former)
    found = {key: resolutions_for(resolutions, "voluntary_si", key) for key in formers}
    kinds = {tuple(r.title for r in stated(each, law.day)) for each in found.values()}
    if kinds == {()}:  # nothing anywhere: said once, with all that has ended
        found = {formers[0]: list(dict.fromkeys(r for each in found.values() for r in each))}
        formers = formers[:1]
    same = len(kinds) == 1
    blocks = [fill("title", province=_name(province, old))]
    for key in formers[:1] if same else formers:
        head = [] if same else [fill("of", former=province.former[key])]
        blocks.append("\n".join([*head, *_of_one(found[key], law, fill)]))
    sources = tuple(dict.fromkeys(r.title for each in found.values() for r in stated(each, law.day)))
    if sources:
        blocks.append(fill("added"))
    blocks.append(fill("foot", hotline=law["service.hotline"]))
    checked = min((r.checked for each in found.values() for r in each), default=None)
    if checked is not None:
        blocks.append(texts["checked"].filled(day=show.day(checked)))
        if law.day - checked > STALE_AFTER:
            blocks.insert(1, texts["page_stale"].filled(day=show.day(checked)))
    return Answer("local_subsidy", "local_subsidy", "\n\n".join(blocks), sources, texts["local_support_foot"].buttons)


def stated(resolutions: list[Resolution], day: date) -> list[Resolution]:
    """Return those that may be said to be in force."""
    return [found for found in resolutions if found.stated_on(day)]


def _name(province: Province, old: str | None) -> str:
    return (
        province.name
        if old is None or province.former[old] == province.name
        else f"{province.former[old]} (nay là {province.name})"
    )


def _of_one(resolutions: list[Resolution], law: LawOnDay, fill: Fill) -> list[str]:
    in_force = stated(resolutions, law.day)
    lines = [line for resolution in in_force for line in _resolution(resolution, law, fill)]
    if not in_force:
        lines = [fill("not_found")]
        lines += [
            fill("ended", title=found.title, day=show.day(found.valid_to))
            for found in resolutions
            if found.valid_to is not None and found.ended_by(law.day)
        ]
    return lines


def _resolution(resolution: Resolution, law: LawOnDay, fill: Fill) -> list[str]:
    assert resolution.valid_from is not None
    until = " " + fill("until", day=show.day(resolution.valid_to)) if resolution.valid_to else ""
    lines = [fill("resolution", title=resolution.title, since=show.day(resolution.valid_from), until=until)]
    lines += [_group(group, law, fill) for group in resolution.groups]
    if resolution.residence:
        lines.append(fill("residence", residence=resolution.residence))
    if resolution.note:
        lines.append(resolution.note)
    if resolution.status is Status.ACTIVE_PRESUMED:
        lines.append(fill("presumed"))
    return lines


def _group(group: Group, law: LawOnDay, fill: Fill) -> str:
    amount = monthly_amount(group, law)
    if amount is None:
        return fill("unknown_amount", label=group.label)
    months = " " + fill("months", months=group.max_months) if group.max_months else ""
    return fill("amount", label=group.label, amount=show.dong(amount), months=months)


def monthly_amount(group: Group, law: LawOnDay) -> int | None:
    """Return what is added a month, đồng; never more than the lowest contribution less the State's part; None: not known."""
    if group.value is None or group.kind not in (Kind.OF_MIN_CONTRIBUTION, Kind.FIXED):
        return None
    rate, line = law["voluntary_contribution.rate"], law["common.rural_poverty_line"]
    assert isinstance(rate, Decimal) and isinstance(line, int)
    lowest = rate * line
    amount = group.value * lowest if group.kind is Kind.OF_MIN_CONTRIBUTION else Decimal(group.value)
    return show.whole_dong(min(amount, lowest * (1 - _state_share(group.name, law))))


def _state_share(group: str, law: LawOnDay) -> Decimal:
    name = {"island": "island_commune_or_special_zone"}.get(group, group)
    known = f"voluntary_subsidy.rate_by_group.{name}"
    share = law[known if known in law.law.parameters else "voluntary_subsidy.rate_by_group.other"]
    assert isinstance(share, Decimal)
    return share
