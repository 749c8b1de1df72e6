"""What a calculation answers in the chat: the sums, then every step with its article, then what can be asked next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.answers.render import STALE_AFTER
from bot.calculators.contribution import Contribution
from bot.calculators.local_subsidy import Finding
from bot.calculators.wire import note_text, shown
from bot.calculators.working import Result, Step, Unit, Working
from bot.conversation.calculations import Saving, group_of, household, readings, saving, withdrawal
from bot.conversation.pictures import picture_of
from bot.conversation.told import UNKNOWN
from bot.outbox.rules import Message
from bot.sheets.words import documents, place_name
from bot.vn import show
from bot.vn.places import gazetteer


class Words:
    """The texts of results, filled: `words("own_month", amount=…)` is the text result_own_month."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __call__(self, key: str, **values: object) -> str:
        return self.library.text(f"result_{key}").filled(**values)


def contribution_messages(library: Library, facts: Mapping[str, str], day: date) -> tuple[Message, ...]:
    """Answer what is to be paid."""
    return _saving_messages(library, facts, day, "again")


def benefit_messages(library: Library, facts: Mapping[str, str], day: date) -> tuple[Message, ...]:
    """Answer what is to be paid and what comes back; or what is paid out in one go."""
    if facts.get("benefit") == "withdrawal":
        return _withdrawal_messages(library, facts, day)
    return _saving_messages(library, facts, day, "again_benefit")


def _saving_messages(library: Library, facts: Mapping[str, str], day: date, again: str) -> tuple[Message, ...]:
    words = Words(library)
    found = [(each, saving(library, each, day)) for each in readings(facts)]
    if len(found) > 1:
        return (_both_meanings(words, facts, found),)
    told, result = found[0]
    head = _income_line(words, told, result)
    text = "\n".join([head, *_saving_lines(words, told, result)])
    what = "contribution" if result.plan is None else "benefit"
    first = Message(
        text, _old_provinces(result.contribution, told), what_topic(what), picture=picture_of(what, told, day)
    )
    steps = _steps_message(words, _results(result), day, again)
    if result.way is not None and result.way.pension is not None:
        steps = replace(steps, picture=picture_of("curve", told, day))
    return first, steps


def what_topic(what: str) -> str:
    """Return the topic that a result belongs to."""
    return "calculate_contribution" if what == "contribution" else "calculate_benefit"


def _both_meanings(words: Words, facts: Mapping[str, str], found: Sequence[tuple[dict[str, str], Saving]]) -> Message:
    total = show.dong(int(facts["sum"]))
    blocks = [words("two_meanings", sum=total)]
    for told, result in found:
        meaning = "payment" if "payment" in told else "income"
        extra = [_income_line(words, told, result)] if meaning == "payment" else []
        lines = [words(f"meaning_{meaning}", sum=total), *extra, *_short_lines(words, told, result)]
        blocks.append("\n".join(lines))
    blocks.append(words("which_meaning"))
    buttons = tuple(
        Button(words(f"button_{name}", sum=total), f"{name}={facts['sum']}") for name in ("income", "payment")
    )
    return Message("\n\n".join(blocks), buttons, topic="calculate_benefit")


def _short_lines(words: Words, told: Mapping[str, str], result: Saving) -> Iterator[str]:
    """What is paid and the pension, without the rest: enough to see which meaning was meant."""
    yield words("full", amount=show.dong(result.contribution.total))
    yield words("state", amount=show.dong(result.contribution.state), group=_group(words, told))
    yield from _local_line(words, told, result.contribution)
    yield words("own_month", amount=show.dong(result.contribution.own))
    if result.plan is not None and result.plan.monthly is not None:
        yield words("pension_after", months=show.duration(int(told["months"])), amount=show.dong(result.plan.monthly))


def _group(words: Words, told: Mapping[str, str]) -> str:
    return words(f"group_{group_of(told)}")


def _income_line(words: Words, told: Mapping[str, str], result: Saving) -> str:
    income = show.dong(result.income)
    if "payment" in told:
        return words("payment_buys", payment=show.dong(int(told["payment"])), income=income)
    return words("contribution", income=income)


def _saving_lines(words: Words, told: Mapping[str, str], result: Saving) -> Iterator[str]:
    paid = result.contribution
    yield words("full", amount=show.dong(paid.total))
    yield words("state", amount=show.dong(paid.state), group=_group(words, told))
    yield from _local_line(words, told, paid)
    if paid.months == 1:
        yield words("own_month", amount=show.dong(paid.own))
    else:
        yield words("own_once", months=show.duration(paid.months), amount=show.dong(paid.own))
    if result.plan is not None and result.way is not None:
        yield ""
        yield from _pension_lines(words, told, result)


def _local_line(words: Words, told: Mapping[str, str], paid: Contribution) -> Iterator[str]:
    place = told.get("old_province") or told.get("province", "")
    if place in ("", UNKNOWN):
        return
    name = place_name(words.library, place)
    if paid.local is not None:
        yield words("local", place=name, amount=show.dong(paid.local))
        return
    finding = next((one for one in Finding if _said(paid, one)), None)
    if finding is not None:
        yield words("local_unknown", place=name, finding=words(f"local_{finding}"))


_FINDING_OF = {
    "calc_local_not_for_group": Finding.NOT_FOR_GROUP,
    "calc_local_amount_unknown": Finding.AMOUNT_UNKNOWN,
    "calc_local_ended": Finding.ENDED,
    "calc_local_not_found": Finding.NOT_FOUND,
    "calc_local_differs": Finding.DIFFERS_WITHIN,
}


def _said(result: Result, finding: Finding) -> bool:
    return any(_FINDING_OF.get(note.key) is finding for note in result.notes)


def _pension_lines(words: Words, told: Mapping[str, str], result: Saving) -> Iterator[str]:
    plan, way = result.plan, result.way
    assert plan is not None and way is not None
    months, before = show.duration(int(told["months"])), int(told.get("paid_months", "0"))
    if before:
        yield words("pension_paid_before", before=show.duration(before), months=months)
    else:
        yield words("pension_title", months=months)
    yield words("retirement", age=show.age(plan.age_months), month=f"{plan.reached:%m/%Y}")
    if plan.monthly is None or plan.rate is None:
        yield words("no_pension", months=show.duration(plan.missing_months))
        if plan.monthly_when_closed is not None:
            yield words("pension_when_closed", amount=show.dong(plan.monthly_when_closed))
        return
    yield words("rate", rate=show.percent(plan.rate))
    yield words("first_month", month=f"{plan.first_month:%m/%Y}")
    yield words("pension", amount=show.dong(plan.monthly))
    if result.with_new_floor is not None:
        yield words("pension_with_new_floor", amount=show.dong(result.with_new_floor))
    if plan.lump_sum:
        yield words("lump_sum", amount=show.dong(plan.lump_sum))
    yield words("paid_in_all", months=months, amount=show.dong(way.own))
    yield words("state_in_all", amount=show.dong(way.state))
    if way.paid_back_months:
        yield words("paid_back", months=show.duration(way.paid_back_months))
    yield words("card")


def _results(result: Saving) -> list[Result]:
    return [one for one in (result.contribution, result.plan, result.comparison) if one is not None]


def _withdrawal_messages(library: Library, facts: Mapping[str, str], day: date) -> tuple[Message, ...]:
    words = Words(library)
    found = withdrawal(library, facts, day)
    income = show.dong(int(facts["average"]))
    lines = [words("withdrawal", months=show.duration(int(facts["paid_months"])), income=income)]
    lines += [words("withdrawn", amount=show.dong(found.amount)) if found.eligible else words("not_eligible")]
    since = Working(library.law, day).moment("one_off.waiting_paid_before")
    lines += [words("withdrawal_keeps"), words("withdrawal_conditions", since=show.day(since))]
    return Message("\n".join(lines), (), topic="lump_sum_withdrawal"), _steps_message(
        words, [found], day, "again_withdrawal"
    )


def household_messages(library: Library, facts: Mapping[str, str], day: date) -> tuple[Message, ...]:
    """Answer what a household pays for health insurance."""
    words, found = Words(library), household(library, facts, day)
    lines = [words("household", members=facts["members"], months=show.duration(found.months))]
    for share in found.shares:
        if share.order is None:
            group = words(f"group_{share.group}")
            lines.append(words("supported", group=group, count=share.count, amount=show.dong(share.own)))
        else:
            key = "person" if share.count == 1 else "person_and_more"
            lines.append(words(key, order=share.order, amount=show.dong(share.own)))
    lines.append(words("household_total", amount=show.dong(found.own)))
    first = Message("\n".join(lines), (), "health_insurance_contribution", picture=picture_of("household", facts, day))
    return first, _steps_message(words, [found], day, "again_household")


def _steps_message(words: Words, results: Sequence[Result], day: date, again: str) -> Message:
    """Return the message with every step, the notes, the law behind them and the day of the last check."""
    library = words.library
    references = list(dict.fromkeys(title for result in results for title in result.references))
    blocks = ["\n".join([words("steps"), *_steps(words, results)])]
    notes = [words("note", note=note) for note in _notes(library, results)]
    blocks += ["\n".join(notes)] if notes else []
    if any(result.estimate for result in results):
        blocks.append(words("estimate"))
    blocks.append(
        "\n".join([library.text("sources").filled(), *_sources(words, references), *_checked(library, results, day)])
    )
    then = library.text(f"result_{again}")
    blocks.append(then.filled())
    return Message("\n\n".join(blocks), then.buttons, "calculate_benefit", tuple(references))


_SAID = {"calc_way_pension", "calc_way_missing"}  # steps of a comparison that the plan has taken already


def _steps(words: Words, results: Sequence[Result]) -> Iterator[str]:
    steps = dict.fromkeys(_shown_step(step) for result in results for step in result.steps if step.label not in _SAID)
    for number, (label, formula, value) in enumerate(steps, 1):
        key = "step" if formula and formula != value else "step_plain"
        name = words.library.text(label).filled()
        yield words(key, number=number, label=name, **({"formula": formula} if key == "step" else {}), shown=value)


def _shown_step(step: Step) -> tuple[str, str, str]:
    formula = "" if step.unit is Unit.AGE else step.formula  # «60 năm = 60 tuổi» tells nothing
    return step.label, formula, shown(step.value, step.unit)


def _notes(library: Library, results: Sequence[Result]) -> Iterable[str]:
    return dict.fromkeys(note_text(note, library.texts) for result in results for note in result.notes)


def _sources(words: Words, references: Sequence[str]) -> Iterator[str]:
    """Name each document with its articles once, and since when it holds."""
    articles: dict[str, list[str]] = {}
    for title in references:
        document, _, article = title.partition(", ")
        articles.setdefault(document, [])
        if article and article not in articles[document]:
            articles[document].append(article)
    for document, dated in zip(articles, documents(words.library, articles), strict=True):
        yield words("source", document=", ".join([dated, *_widest(articles[document])]))


def _widest(articles: Sequence[str]) -> list[str]:
    """Leave out an article that another one names more closely: «Điều 5» beside «Điều 5 khoản 1»."""
    return [one for one in articles if not any(other != one and other.startswith(f"{one} ") for other in articles)]


def _checked(library: Library, results: Sequence[Result], day: date) -> Iterator[str]:
    checked = min((result.checked for result in results if result.checked is not None), default=None)
    if checked is None:
        return
    yield library.text("checked").filled(day=show.day(checked))
    if day - checked > STALE_AFTER:
        yield library.text("page_stale").filled(day=show.day(checked))


def _old_provinces(paid: Contribution, told: Mapping[str, str]) -> tuple[Button, ...]:
    """Offer the old provinces to choose from where they differ; else nothing."""
    if not _said(paid, Finding.DIFFERS_WITHIN):
        return ()
    province = gazetteer().today(told["province"])
    return (
        () if province is None else tuple(Button(name, f"old_province={key}") for key, name in province.former.items())
    )
