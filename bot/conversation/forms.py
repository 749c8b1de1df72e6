"""What each form needs, and what one turn fills: pure over the library, what was said and the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.answers.library import Library
from bot.calculators.contribution import check_income, income_range
from bot.calculators.months import LONGEST_CAREER, add_months, months_of_life
from bot.calculators.people import check_birth
from bot.calculators.working import Working, refuse
from bot.conversation.told import FACTS, SUMS, UNKNOWN, Told, birth_of, merged, told
from bot.conversation.turn import Turn
from bot.errors import CitizenError
from bot.outbox.rules import Message
from bot.vn import show
from bot.vn.births import impossible_date
from bot.vn.places import gazetteer
from bot.vn.text import fold

MOST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class Form:
    """What must be known before a calculation, in the order in which it is asked; and the topics that mean just this."""

    needs: tuple[str, ...]
    topics: frozenset[str]


_SAVING = frozenset({
    "calculate_contribution", "calculate_benefit", "contribution_amount", "pension_amount", "state_subsidy", "local_subsidy",
})  # fmt: skip
FORMS: Mapping[str, Form] = {
    "calculate_contribution_form": Form(("income", "group", "province"), _SAVING),
    "calculate_benefit_form": Form(("sex", "birth", "income", "months", "group"), _SAVING),
    "health_insurance_contribution_form": Form(("members",), frozenset({"health_insurance_contribution"})),
    "local_subsidy_form": Form(("province",), frozenset({"local_subsidy", "state_subsidy"})),
}

STARTS: Mapping[str, str] = {
    "calculate_contribution": "calculate_contribution_form",
    "calculate_benefit": "calculate_benefit_form",
    "calculate_health_insurance": "health_insurance_contribution_form",
    "local_subsidy": "local_subsidy_form",
}  # the intents that begin a form
WITHDRAWAL = ("paid_months", "average")  # what the form of benefits needs when it is about taking everything out


@dataclass(frozen=True, slots=True)
class Filling:
    """What a turn does to a form: slots to set, the next one to ask for, what to say before. `heard`: it was an answer."""

    facts: Mapping[str, str | None] = field(default_factory=dict)
    asks: str | None = None
    messages: tuple[Message, ...] = ()
    heard: bool = True


def missing(form: Form, facts: Mapping[str, str]) -> str | None:
    """Return the first need that is not met; a sum of any meaning meets «income»."""
    needs = WITHDRAWAL if form.needs[0] == "sex" and facts.get("benefit") == "withdrawal" else form.needs
    return next((need for need in needs if not _met(need, facts)), None)


def _met(need: str, facts: Mapping[str, str]) -> bool:
    return any(name in facts for name in SUMS) if need == "income" else need in facts


def fill(library: Library, form: Form, turn: Turn, day: date) -> Filling:
    """Read one turn of a form: its facts, checked by the law of the day; else a question in between, or nothing for us."""
    heard = heard_in(turn, day)
    impossible = _impossible(library, turn)
    if turn.requested and impossible and turn.requested not in heard.facts:
        return Filling({"choices": None}, turn.requested, (impossible,))
    if turn.requested and (not heard or _asks_something_else(library, form, turn)):
        return Filling(asks=turn.requested, heard=False)
    accepted, messages = checked(library, heard.facts, turn, day)
    facts = merged(turn.slots, accepted)
    changes: dict[str, str | None] = {name: facts.get(name) for name in {*turn.slots, *facts} if name in FACTS}
    open_choice = next(iter(heard.choices), None)
    changes["choices"] = f"{open_choice}:{','.join(heard.choices[open_choice])}" if open_choice else None
    return Filling(changes, open_choice or missing(form, facts), messages)


def heard_in(turn: Turn, day: date) -> Told:
    """Return what a turn tells: the fact of a pressed button, or what can be read in the words."""
    return Told(turn.pressed) if turn.pressed else told(turn.text, day, turn.requested)


_ASKS = re.compile(
    r"\?|\b(?:bao nhieu|bn|may|the nao|ntn|nhu the nao|ra sao|la gi|lam sao|o dau|khi nao|bao gio|bao lau|co duoc|duoc khong|dc ko"
    r"|dc k|duoc ko|co phai|dung khong|tai sao|vi sao|can gi|gom nhung gi)\b"
)


def _asks_something_else(library: Library, form: Form, turn: Turn) -> bool:
    """Tell whether the words ask about another topic rather than answer: «nữ mấy tuổi thì nghỉ hưu»."""
    if turn.pressed or turn.topic not in library.topics or turn.topic in form.topics:
        return False
    return len(turn.text.split()) > 3 and bool(_ASKS.search(fold(turn.text).lower()))


def checked(
    library: Library, facts: Mapping[str, str], turn: Turn, day: date
) -> tuple[dict[str, str], tuple[Message, ...]]:
    """Return the facts that the law of the day allows, and a sentence for each that it does not."""
    impossible = _impossible(library, turn)
    kept, messages = {}, [impossible] if impossible else []
    for name, value in _by_the_law(library, facts, turn, day).items():
        try:
            _CHECKS.get(name, _anything)(library, value, day)
            kept[name] = value
        except CitizenError as error:
            messages.append(_sentence(library, error))
    return kept, tuple(messages)


def _by_the_law(library: Library, facts: Mapping[str, str], turn: Turn, day: date) -> dict[str, str]:
    """Return the facts with «mức thấp nhất» as a sum, a sum that can mean but one thing as that, and a province of today.

    A sum told after another one means what that one meant: «à không, 3 triệu».
    """
    found = dict(facts)
    if found.get("income") in ("lowest", "highest"):
        lowest, highest = income_range(Working(library.law, day))
        found["income"] = str(lowest if found["income"] == "lowest" else highest)
    if "sum" in found:
        value = found.pop("sum")
        before = next((name for name in ("income", "payment") if name in turn.slots), "sum")
        meaning = _meaning(library, value, day)
        found[before if meaning == "sum" else meaning] = value
    if "old_province" in found and "province" not in found:
        province = gazetteer().today(found["old_province"])
        found["province"] = province.key if province else UNKNOWN
    return found


def _sentence(library: Library, error: CitizenError) -> Message:
    return Message(library.text(error.key).filled(**error.values))


def _impossible(library: Library, turn: Turn) -> Message | None:
    """Say why what no parser returns cannot be: 200 years, the 31st of February."""
    if turn.pressed:
        return None
    found = re.search(r"(?<![\d./])(\d{2,4})\s*(?:nam|n)\b(?!\s*\d)", fold(turn.text).lower())
    if found and LONGEST_CAREER // 12 < int(found[1]) < 1900:
        return _sentence(library, refuse("too_many_years", most=LONGEST_CAREER // 12))
    return Message(library.text("impossible_date").filled()) if impossible_date(turn.text) else None


def _meaning(library: Library, value: str, day: date) -> str:
    """Return what a sum without a sign can only be: too small for an income, or too large for a contribution; else «sum»."""
    working = Working(library.law, day)
    lowest, highest = income_range(working)
    rate = working.decimal("voluntary_contribution.rate")
    if int(value) < lowest:
        return "payment"
    return "income" if int(value) > rate * highest else "sum"


def _income(library: Library, value: str, day: date) -> None:
    working = Working(library.law, day)
    check_income(int(value), *income_range(working), working)


def _payment(library: Library, value: str, day: date) -> None:
    working = Working(library.law, day)
    lowest, highest = income_range(working)
    rate = working.decimal("voluntary_contribution.rate")
    if int(value) > rate * highest:
        raise refuse("payment_too_high", payment=show.dong(int(value)), highest=show.dong(rate * highest))


def _average(_: Library, value: str, __: date) -> None:
    if int(value) <= 0:
        raise refuse("income_not_positive")


def _months(_: Library, value: str, __: date) -> None:
    if not 1 <= int(value) <= LONGEST_CAREER:
        raise refuse("too_many_years", most=LONGEST_CAREER // 12)


def _birth(library: Library, value: str, day: date) -> None:
    born = check_birth(birth_of(value), day)
    youngest = Working(library.law, day).whole("voluntary_contribution.min_age")
    if months_of_life(born, day) < youngest * 12:
        raise refuse("too_young_to_pay", least=youngest, day=show.day(add_months(born, youngest * 12)))


def _members(_: Library, value: str, __: date) -> None:
    if not 1 <= int(value) <= MOST_MEMBERS:
        raise refuse("members_out_of_range", most=MOST_MEMBERS)


def _anything(_: Library, __: str, ___: date) -> None:
    """Every value is allowed."""


_CHECKS = {
    "income": _income, "payment": _payment, "months": _months, "paid_months": _months, "birth": _birth,
    "members": _members, "average": _average,
}  # fmt: skip
