"""All content at a glance: what it rests on, for how long it holds, when it was last checked, and what needs a look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.answers.library import Library
from bot.answers.pages import Page
from bot.answers.render import STALE_AFTER
from bot.campaigns.written import Template
from bot.law.local_support import OVER, Resolution
from bot.law.parameters import Parameter

SOON = timedelta(days=60)
PRESSING = timedelta(days=30)


class Kind(StrEnum):
    """What a piece of content is; the console has a page for each."""

    ANSWER = "answer"
    RUMOUR = "rumour"
    LAW = "law"
    LOCAL = "local"
    CAMPAIGN = "campaign"


class Why(StrEnum):
    """Why an editor should look at something."""

    ENDED = "ended"
    ENDS = "ends"  # within 60 days
    CHANGES = "changes"  # the law is known to
    UNCHECKED = "unchecked"  # for more than half a year


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of content; of local support, `name` is the key of the province, and `since` may be unknown."""

    kind: Kind
    name: str
    title: str
    checked: date
    since: date | None
    until: date | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to look at, why, and the day that it is about."""

    entry: Entry
    why: Why
    day: date


def entries(library: Library, templates: Mapping[str, Template]) -> list[Entry]:
    """Return all content that has a source, in the order of the kinds."""
    return [
        *(_of_page(Kind.ANSWER, page) for page in library.pages.values()),
        *(_of_page(Kind.RUMOUR, theme.says) for theme in library.rumours.values()),
        *(of_parameter(parameter) for parameter in library.law.parameters.values()),
        *(of_resolution(resolution) for resolution in library.local_support),
        *(_of_template(template) for template in templates.values()),
    ]


def concerns(library: Library, templates: Mapping[str, Template], today: date) -> list[Concern]:
    """Return what an editor should look at, by reason, the earliest day first; what is known to be over is history."""
    known_to_be_over = {of_resolution(one) for one in library.local_support if one.status in OVER}
    found = [
        one
        for entry in entries(library, templates)
        if entry not in known_to_be_over and not (entry.kind is Kind.LAW and _is_over(entry, today))
        for one in _of_entry(entry, today)
    ]
    for parameter in library.law.parameters.values():
        coming = parameter.coming(today)
        if coming is not None:
            found.append(Concern(of_parameter(parameter), Why.CHANGES, coming.since))
    return sorted(found, key=lambda one: (list(Why).index(one.why), one.day, one.entry.title))


def pressing(found: Iterable[Concern], today: date) -> list[Concern]:
    """Return of what to look at what is over, or will be within 30 days."""
    return [one for one in found if one.why in (Why.ENDED, Why.ENDS) and one.day <= today + PRESSING]


def _is_over(entry: Entry, today: date) -> bool:
    return entry.until is not None and entry.until < today


def _of_entry(entry: Entry, today: date) -> Iterator[Concern]:
    if entry.until is not None and entry.until < today:
        yield Concern(entry, Why.ENDED, entry.until)
    elif entry.until is not None and entry.until <= today + SOON:
        yield Concern(entry, Why.ENDS, entry.until)
    if today - entry.checked > STALE_AFTER:
        yield Concern(entry, Why.UNCHECKED, entry.checked)


def _of_page(kind: Kind, page: Page) -> Entry:
    sources = tuple(f"{source.document}, {source.article}" for source in page.sources)
    return Entry(kind, page.name, page.title, page.checked, page.valid_from, page.valid_to, sources)


def of_parameter(parameter: Parameter) -> Entry:
    """Return a number of the law; it holds from its first day until the value that ends it."""
    last = parameter.values[-1]
    until = last.since - timedelta(days=1) if last.value is None else None
    sources = dict.fromkeys(reference.title for value in parameter.values for reference in value.references)
    return Entry(
        Kind.LAW, parameter.name, parameter.description, parameter.checked, parameter.values[0].since, until, tuple(sources)
    )  # fmt: skip


def of_resolution(resolution: Resolution) -> Entry:
    """Return a resolution of a province."""
    return Entry(
        Kind.LOCAL, resolution.province, resolution.title, resolution.checked, resolution.valid_from,
        resolution.valid_to, (resolution.title,),
    )  # fmt: skip


def _of_template(template: Template) -> Entry:
    sources = tuple(f"{one.document}, {one.article}" for one in template.basis)
    return Entry(
        Kind.CAMPAIGN, template.key, template.title, template.checked, template.valid_from, template.valid_to, sources
    )  # fmt: skip
