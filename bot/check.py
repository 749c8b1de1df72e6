"""`python -m bot check`: everything written by people is complete, sourced, reachable and renders for today and tomorrow's law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.answers.library import Library, load_library
from bot.answers.render import render, render_short
from bot.answers.written import number_in
from bot.campaigns.answers.check import ANSWER_CHECKS
from bot.campaigns.pinned import LONGEST_NUMBER
from bot.campaigns.pinned import render as render_campaign
from bot.campaigns.templates import CHANNELS, Template, load_templates
from bot.conversation.actions import ACTIONS
from bot.conversation.intents import PRESSED, conversational_intents
from bot.conversation.rules import Wish
from bot.conversation.targets import leads_somewhere
from bot.errors import AnSinhError, ContentError
from bot.law.parameters import SHOWABLE, LawOnDay
from bot.sheets import printing
from bot.vn.places import gazetteer
from bot.vn.text import nfc
from bot.yaml_files import read_yaml

FEWEST_EXAMPLES = 60
_USED_KEY = re.compile(r"""(?:say\(\w*\.?library, |\.text\(|texts\[)f?"([a-z_]+)\"""")
_ASKED_BY_PARTS = (
    "local_support_",
    "result_",
    "sheet_",
    "ask_",
    "choose_",
    "explain_",
    "not_understood_",
    "booking_",
    "appointment_",
    "desk_",
    "visit_",
    "reminder_",
    "calendar_by_",
    "relay_",
    "people_",
    "survey_",
    "wave_",
)  # f"ask_{slot}"
_CALCULATION_KEY = re.compile(
    r'"(calc_[a-z0-9_]+)"|f"(calc_[a-z0-9_]+)\{|refuse\(\s*"([a-z0-9_]+)"'
)  # steps and notes, whole or put together; refusals

Check = Callable[[Path, Library, date], Iterator[str]]


def check(root: Path, today: date) -> list[str]:
    """Return every fault found, each naming file, key and reason."""
    try:
        library = load_library(root / "content")
    except ContentError as error:
        return [str(error)]
    return [fault for one in _CHECKS for fault in one(root, library, today)]


def every_topic_has_its_page(root: Path, library: Library, _: date) -> Iterator[str]:
    """A topic without a page answers nothing."""
    for topic in library.topics.values():
        if topic.answered_by == "page" and topic.name not in library.pages:
            yield f"{root}/content/answers/{topic.name}.md: missing"


def pages_render(root: Path, library: Library, today: date) -> Iterator[str]:
    """Each page renders today, from its first day, and on the days when the law is known to change."""
    changes = {value.since for parameter in library.law.parameters.values() for value in parameter.values}
    days = {today, *(day for day in changes if today < day)}
    for page in library.pages.values():
        for day in sorted({*days, page.valid_from}):
            try:
                render(page, library.law, day, library.texts)
                render_short(page, library.law, day, library.texts)
            except ContentError as error:
                yield f"{root}/content/answers/{page.name}.md: on {day}: {error}"


def pages_hold_no_numbers_of_the_law(root: Path, library: Library, _: date) -> Iterator[str]:
    """Numbers come from content/law through {{ }}."""
    for page in library.pages.values():
        for part in (page.title, page.short, page.body):
            if found := number_in(part):
                yield f"{root}/content/answers/{page.name}.md: «{found}» must come from content/law"


def pages_are_in_force(root: Path, library: Library, today: date) -> Iterator[str]:
    """An expired page, or a check dated in the future, is a fault before it reaches a citizen."""
    for page in library.pages.values():
        where = f"{root}/content/answers/{page.name}.md"
        if page.valid_to is not None and page.valid_to < today:
            yield f"{where}: valid_to: ended on {page.valid_to}"
        if page.checked > today + timedelta(days=1):
            yield f"{where}: checked: {page.checked} is in the future"
        if any(source.since > today for source in page.sources):
            yield f"{where}: sources: rests on a document that is not yet in force"


def buttons_lead_somewhere(root: Path, library: Library, _: date) -> Iterator[str]:
    """A button leads to a topic, a page or a conversational intent."""
    corrections = {name: theme.says for name, theme in library.rumours.items()}
    for kind, named in (("answers", library.pages), ("messages", library.texts), ("rumours", corrections)):
        for name, found in named.items():
            for button in found.buttons:
                if not leads_somewhere(library, button.to):
                    yield f"{root}/content/{kind}: {name}: buttons: {button.to} leads nowhere"


def campaigns_are_ready(root: Path, library: Library, today: date) -> Iterator[str]:
    """Each campaign loads, has not ended, and can be sent today and on the days when the law is known to change."""
    try:
        templates = load_templates(root / "content", library)
    except ContentError as error:
        yield str(error)
        return
    for template in templates.values():
        if template.valid_to is not None and template.valid_to < today:
            yield f"{template.where}: valid_to: ended on {template.valid_to}"
        if template.checked > today + timedelta(days=1):
            yield f"{template.where}: checked: {template.checked} is in the future"
        yield from _unsendable(template, library, today)


def _unsendable(template: Template, library: Library, today: date) -> Iterator[str]:
    """Yield why a campaign could not be sent on a day of its validity, if it were looked at again on that day."""
    first = max(today, template.valid_from)
    changes = {value.since for parameter in library.law.parameters.values() for value in parameter.values}
    for day in sorted({first, *(day for day in changes if first < day)}):
        if template.valid_to is None or day <= template.valid_to:
            try:
                fresh = replace(template, checked=day)
                render_campaign(fresh, library.law, day, library.texts, CHANNELS, refuse_by=LONGEST_NUMBER)
            except ContentError as error:
                yield f"{error} (on {day})"


def texts_are_complete(root: Path, library: Library, _: date) -> Iterator[str]:
    """Each text that code or the domain asks for stands in content/messages, and none stands there unused."""
    asked = {
        key for path in (root / "bot").rglob("*.py") for key in _USED_KEY.findall(path.read_text(encoding="utf-8"))
    }
    asked |= set(_keys_of_calculations(root, library))
    asked |= {name.removeprefix("utter_") for name in _domain(root, "actions") if name.startswith("utter_")}
    asked |= {"stopped", "resumed", "no_words", "too_long", *(key for key in library.texts if key.startswith("web_"))}
    asked |= {key for key in library.texts if key.startswith(_ASKED_BY_PARTS)}
    for key in sorted(asked - library.texts.keys()):
        yield f"{root}/content/messages: no text with the key {key}"
    for key in sorted(library.texts.keys() - asked):
        yield f"{root}/content/messages: {key}: nothing asks for it"


def _keys_of_calculations(root: Path, library: Library) -> Iterator[str]:
    """Yield the keys that calculators write out, and those that begin like one they put together."""
    for path in (root / "bot").rglob("*.py"):
        for whole, beginning, refused in _CALCULATION_KEY.findall(path.read_text(encoding="utf-8")):
            if beginning:
                yield from (key for key in library.texts if key.startswith(beginning))
            else:
                yield whole or f"calc_{refused}"


def intents_are_reachable(root: Path, library: Library, _: date) -> Iterator[str]:
    """Topics, intents, NLU files and rules name the same things."""
    intents = set(_domain(root, "intents")) - PRESSED
    for name in sorted(library.topics.keys() - intents):
        yield f"{root}/dialogues/domain/questions.yml: intent {name} is missing"
    for name in sorted(intents - library.topics.keys() - conversational_intents()):
        yield f"{root}/content/topics.yaml: {name} is missing"
    in_rules = set(_values(root / "dialogues" / "rules", "intent"))
    for name in sorted(intents - in_rules):
        yield f"{root}/dialogues/rules: no rule begins with {name}"
    for name in sorted(intents - {path.stem for path in (root / "nlu_data").glob("*.yml")}):
        yield f"{root}/nlu_data/{name}.yml: missing"
    for wish in (Wish.STOP, Wish.RESUME):
        if wish not in intents:
            yield f"{root}/dialogues/domain/conversation.yml: intent {wish} is missing"


def actions_exist(root: Path, _: Library, __: date) -> Iterator[str]:
    """Each action of the domain is one of ours or a text, and each of ours is used."""
    named = set(_domain(root, "actions"))
    for name in sorted(name for name in named if not name.startswith("utter_") and name not in ACTIONS):
        yield f"{root}/dialogues/domain: action {name} has no function in bot/conversation/actions.py"
    for name in sorted(ACTIONS.keys() - named):
        yield f"{root}/dialogues/domain: action {name} is missing"


def examples_are_clean(root: Path, _: Library, __: date) -> Iterator[str]:
    """NLU files hold one intent of their own name, enough lines, in NFC, none under two intents."""
    seen: dict[str, str] = {}
    for path in sorted((root / "nlu_data").glob("*.yml")):
        block = read_yaml(path)["nlu"]
        if len(block) != 1 or block[0].get("intent") != path.stem:
            yield f"{path}: must hold the one intent {path.stem}"
            continue
        lines = [line.removeprefix("- ").strip() for line in block[0]["examples"].splitlines() if line.strip()]
        if len(lines) < FEWEST_EXAMPLES:
            yield f"{path}: {len(lines)} examples; at least {FEWEST_EXAMPLES} are needed"
        for line in lines:
            key = " ".join(line.lower().split())
            if seen.setdefault(key, path.stem) != path.stem:
                yield f"{path}: «{line}» stands under {seen[key]} too"
            if line != nfc(line):
                yield f"{path}: «{line}» is not in NFC"
            if line.startswith("/") or set("[](){}|\\") & set(line):
                yield f"{path}: «{line}»: brackets, bars and a leading slash are Rasa's syntax"


def law_is_checked(root: Path, library: Library, today: date) -> Iterator[str]:
    """A number in force today that may be shown has been checked, and none is checked in the future."""
    for parameter in library.law.parameters.values():
        if parameter.checked > today + timedelta(days=1):
            yield f"{root}/content/law: {parameter.name}: last_value_still_valid_on is in the future"
        current = [value for value in parameter.values if value.since <= today]
        if current and current[-1].value is not None and current[-1].confidence in SHOWABLE:
            assert LawOnDay(library.law, today)[parameter.name] is not None


def _domain(root: Path, key: str) -> list[str]:
    return [
        name for path in sorted((root / "dialogues" / "domain").glob("*.yml")) for name in read_yaml(path).get(key, [])
    ]


def _values(folder: Path, key: str) -> Iterator[str]:
    for path in sorted(folder.glob("*.yml")):
        yield from _found(read_yaml(path), key)


def _found(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _found(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from _found(item, key)


def leaflets_print(root: Path, library: Library, today: date) -> Iterator[str]:
    """A campaign may carry the leaflet of any province: each can be made today, where there are leaflets."""
    for what in printing.KINDS if (root / "content" / "leaflets").is_dir() else ():
        for place in gazetteer().provinces:
            try:
                printing.page(library, what, place, today)
            except AnSinhError as error:
                yield f"{root}/content/leaflets: {what} of {place}: {error}"


_CHECKS: tuple[Check, ...] = (
    every_topic_has_its_page,
    pages_render,
    pages_hold_no_numbers_of_the_law,
    pages_are_in_force,
    buttons_lead_somewhere,
    campaigns_are_ready,
    leaflets_print,
    texts_are_complete,
    intents_are_reachable,
    actions_exist,
    examples_are_clean,
    law_is_checked,
    *ANSWER_CHECKS,
)
