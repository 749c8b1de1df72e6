"""Turns a page into an answer for a day: numbers from the law, then the sources and when they were checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from bot.answers.pages import Button, Page
from bot.answers.texts import Text
from bot.errors import ContentError, NotInForce
from bot.law.parameters import Law, LawOnDay, uncertain
from bot.vn import show

STALE_AFTER = timedelta(days=180)  # a page not looked at for half a year says so
_GIVEN = frozenset({"law", "law_on", "today"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a citizen reads: text with sources at its end, the sources apart, and the next steps."""

    page: str
    topic: str
    text: str
    sources: tuple[str, ...]
    buttons: tuple[Button, ...]


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )  # noqa: S701 - plain text
    environment.filters.update(
        dong=show.dong,
        percent=show.percent,
        number=show.decimal_comma,
        grouped=show.grouped,
        day=show.day,
        age=show.age,
    )
    return environment


@lru_cache(maxsize=1024)
def _template(source: str) -> Template:
    return _environment().from_string(source)


def unknown_names(source: str, where: str) -> frozenset[str]:
    """Return the names that a template asks for and nobody gives, also in parts that are left out on some days."""
    try:
        return frozenset(meta.find_undeclared_variables(_environment().parse(source))) - _GIVEN
    except TemplateError as error:
        raise ContentError(f"{where}: {error}") from None


def fill(source: str, law: LawOnDay, where: str) -> str:
    """Render a template over the law; raise ContentError naming the page when a number or filter is missing."""
    try:
        text: str = _template(source).render(law=law.chapter(), law_on=law.on, today=law.day)
        return text.strip()
    except NotInForce as error:
        raise NotInForce(f"{where}: {error}") from None
    except (TemplateError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ContentError(f"{where}: {error}") from None


def render(page: Page, law: Law, day: date, texts: Mapping[str, Text]) -> Answer:
    """Return the page as an answer of that day.

    A page outside its validity is not served as current: the answer says when it ended or will begin, and offers a person.
    """
    return _rendered(page, page.body, law, day, texts)


def render_short(page: Page, law: Law, day: date, texts: Mapping[str, Text]) -> Answer:
    """Return the same in a sentence or two, with the same sources."""
    return _rendered(page, page.short, law, day, texts)


def _rendered(page: Page, template: str, law: Law, day: date, texts: Mapping[str, Text]) -> Answer:
    if page.valid_to is not None and day > page.valid_to:
        return _out_of_date(page, texts["page_ended"], show.day(page.valid_to))
    if day < page.valid_from:
        return _out_of_date(page, texts["page_not_yet"], show.day(page.valid_from))
    on_day = law.at(day)
    body = fill(template, on_day, page.name)
    return Answer(
        page.name, page.topic, "\n\n".join([body, *_footer(page, on_day, texts)]), _sources(page), page.buttons
    )


def _out_of_date(page: Page, text: Text, day: str) -> Answer:
    return Answer(page.name, page.topic, text.filled(title=page.title, day=day), (), text.buttons)


def _sources(page: Page) -> tuple[str, ...]:
    return tuple(f"{source.document}, {source.article}" for source in page.sources)


def _footer(page: Page, law: LawOnDay, texts: Mapping[str, Text]) -> list[str]:
    checked = min([page.checked, *(law.law.parameters[name].checked for name in law.read)])
    lines = [
        texts["source"].filled(document=source.document, article=source.article, since=show.day(source.since))
        for source in page.sources
    ]
    foot = ["\n".join([texts["sources"].filled(), *lines, texts["checked"].filled(day=show.day(checked))])]
    if any(uncertain(law.read)):
        foot.insert(0, texts["one_source_only"].filled())
    if law.day - checked > STALE_AFTER:
        foot.insert(0, texts["page_stale"].filled(day=show.day(checked)))
    return foot
