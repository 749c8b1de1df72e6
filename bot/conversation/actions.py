"""What each action of the dialogue does: look up, phrase, hand back. Pure over the library and the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.answers.render import Answer
from bot.conversation.asking import ASKED, ask
from bot.conversation.forms import FORMS, STARTS, WITHDRAWAL, Filling, checked, fill, heard_in, missing
from bot.conversation.pictures import picture_of
from bot.conversation.results import benefit_messages, contribution_messages, household_messages
from bot.conversation.rules import Wish
from bot.conversation.told import ABOUT_THE_PERSON, FACTS, UNKNOWN, merged
from bot.conversation.turn import Effect, Outcome, Turn
from bot.errors import CitizenError
from bot.outbox.rules import Message

Action = Callable[[Library, Turn, date], Outcome]
CHOICES = 3  # how many topics «Có phải bạn hỏi …?» offers


def say(library: Library, key: str, **values: object) -> Message:
    """Return the text of a key as a message."""
    text = library.text(key)
    return Message(text.filled(**values), text.buttons)


def show(answer: Answer) -> Message:
    """Return an answer as a message."""
    return Message(answer.text, answer.buttons, answer.topic, answer.sources)


def answer_topic(library: Library, turn: Turn, day: date) -> Outcome:
    """Answer the topic the person asked about, for who they said they are."""
    topic = library.topics.get(turn.topic)
    if topic is None or topic.answered_by == "none":
        return Outcome((say(library, "out_of_domain"),))
    if topic.answered_by == "search":
        return search_answer(library, turn, day)
    answer = library.answer(turn.topic, day, turn.facts)
    return Outcome((show(answer),), remember={"last_topic": turn.topic})


_WITH_FIGURES: Mapping[str, tuple[str, frozenset[str]]] = {
    "contribution_amount": ("calculate_contribution_form", frozenset({"income", "payment", "sum"})),
    "state_subsidy": ("calculate_contribution_form", frozenset({"income", "payment", "sum"})),
    "payment_methods": ("calculate_contribution_form", frozenset({"income", "payment", "sum"})),
    "pension_amount": ("calculate_benefit_form", frozenset({"income", "payment", "sum"})),
    "lump_sum_withdrawal": ("calculate_benefit_form", frozenset({"income", "payment", "sum"})),
    "health_insurance_contribution": ("health_insurance_contribution_form", frozenset({"members"})),
}  # topics about amounts: who names own figures gets them worked out instead of the page


def answer_or_calculate(library: Library, turn: Turn, day: date) -> Outcome:
    """Answer the topic; or begin the calculation it is about when the question holds own figures."""
    form, figures = _WITH_FIGURES.get(turn.topic, ("", frozenset()))
    heard = {name for name, value in heard_in(turn, day).facts.items() if value.isdigit()}
    if figures & heard and (form != "calculate_benefit_form" or {"months", "paid_months"} & heard):
        return Outcome((), follow_up=form)
    return answer_topic(library, turn, day)


def search_answer(library: Library, turn: Turn, day: date) -> Outcome:
    """Answer from the page whose words fit; else say that we do not know, offer a person, and note the question."""
    found = library.search(turn.text, day)
    if found is None:
        return Outcome((say(library, "no_answer"),), effects=frozenset({Effect.OPEN_QUESTION}))
    lead = say(library, "nearest_page", title=library.pages[found.page].title)
    return Outcome((lead, show(found)), remember={"last_topic": found.topic})


def ask_which_topic(library: Library, turn: Turn, _: date) -> Outcome:
    """Ask «Có phải bạn hỏi …?» with the likeliest topics as buttons."""
    likely = [library.topic_button(name) for name in turn.candidates if _offered(library, name)][:CHOICES]
    question = library.text("did_you_mean")
    return Outcome((Message(question.filled(), (*likely, *question.buttons)),))


def _offered(library: Library, name: str) -> bool:
    return name in library.topics and library.topics[name].answered_by == "page"


def ask_to_rephrase(library: Library, _: Turn, __: date) -> Outcome:
    """Ask to put it in other words."""
    return Outcome((say(library, "please_rephrase"),))


def explain_again(library: Library, turn: Turn, day: date) -> Outcome:
    """Say the last answer again in a sentence or two, and offer a person."""
    if turn.last_topic not in library.pages:
        return Outcome((say(library, "what_is_unclear"),))
    text, short = library.text("in_short"), library.short(turn.last_topic, day)
    again = Button(library.topics[turn.last_topic].title, turn.last_topic)
    told = Message(text.filled(short=short.text), (again, *text.buttons), turn.last_topic, short.sources)
    return Outcome((told,))


def hand_over(library: Library, _: Turn, day: date) -> Outcome:
    """Put the person into the queue for a human and say what happens next."""
    told = say(library, "hand_over", hotline=library.law.at(day)["service.hotline"])
    return Outcome((told,), effects=frozenset({Effect.HAND_OVER}))


def local_support(library: Library, turn: Turn, day: date) -> Outcome:
    """Say what the person's province adds; without a known province, the page on local support."""
    place = turn.facts.get("province", "")
    found = library.support_in(place, day, turn.facts.get("old_province", ""))
    told = show(found or library.answer("local_subsidy", day))
    if found:
        told = replace(told, picture=picture_of("table", {"province": place} | _old(turn), day))
    remembered = {"last_topic": "local_subsidy", "last_calculation": "local_subsidy_form" if found else None}
    return Outcome((told,), remember=remembered)


def _old(turn: Turn) -> dict[str, str]:
    return {name: turn.facts[name] for name in ("old_province",) if name in turn.facts}


def fill_form(name: str) -> Action:
    """Return the action by which Rasa has a turn of a form read: slots to set, what to say, what to ask next."""
    form = FORMS[name]

    def validate(library: Library, turn: Turn, day: date) -> Outcome:
        if turn.requested not in {*form.needs, *WITHDRAWAL}:  # asked by another form, which this one has replaced
            turn = replace(turn, requested="")
        filling = fill(library, form, turn, day)
        if not filling.heard and turn.requested:
            filling = _without_an_answer(library, turn, day, filling)
        return Outcome(filling.messages, {**filling.facts, "requested_slot": filling.asks})

    return validate


_HAS_ITS_RULE = {
    "cancel", "deny", "human", "greet", "thank", "bye", "menu", "help", "who_are_you", "stop", "resume", "book_consultation",
    "remember_me", "remember_yes",
}  # fmt: skip


def _without_an_answer(library: Library, turn: Turn, day: date, filling: Filling) -> Filling:
    """Answer a question in between, explain, or say that it was not understood; then the same is asked again."""
    again = {"choices": turn.slots.get("choices")}
    if turn.topic == "dont_understand":
        return Filling(again, turn.requested, (say(library, f"explain_{turn.requested}"),))
    if turn.topic in _HAS_ITS_RULE or STARTS.get(turn.topic, turn.form) != turn.form:
        return filling
    if turn.topic in library.topics and turn.topic not in STARTS:
        return Filling(again, turn.requested, answer_topic(library, turn, day).messages)
    return Filling(again, turn.requested, (say(library, f"not_understood_{turn.requested}"),))


def ask_for(slot: str) -> Action:
    """Return the action that asks for a fact, with buttons; or which of several readings was meant."""
    return lambda library, turn, day: Outcome((ask(library, slot, turn, day),))


Messages = Callable[[Library, Mapping[str, str], date], tuple[Message, ...]]


def calculate(name: str, messages: Messages) -> Action:
    """Return the action that answers a form whose needs are met, and remembers it for «còn nếu …»."""

    def answer(library: Library, turn: Turn, day: date) -> Outcome:
        if missing(FORMS[name], turn.slots):
            return Outcome((), follow_up=name)
        try:
            said = messages(library, turn.slots, day)  # as the form has checked them, not as they were said
        except CitizenError as error:
            said = (Message(library.text(error.key).filled(**error.values)),)
        return Outcome(said, remember={"last_calculation": name, "last_topic": said[-1].topic or None})

    return answer


CALCULATIONS: Mapping[str, Action] = {
    "calculate_contribution_form": calculate("calculate_contribution_form", contribution_messages),
    "calculate_benefit_form": calculate("calculate_benefit_form", benefit_messages),
    "health_insurance_contribution_form": calculate("health_insurance_contribution_form", household_messages),
    "local_subsidy_form": local_support,
}


def recalculate(library: Library, turn: Turn, day: date) -> Outcome:
    """Take up what was told with nothing asked: the last calculation again with it, or the one it is meant for."""
    last = turn.slots.get("last_calculation", "")
    heard = heard_in(replace(turn, requested="members" if last.startswith("health") else ""), day)
    if not heard:
        return Outcome((say(library, "tell_what_to_calculate"),))
    accepted, messages = checked(library, heard.facts, turn, day)
    facts = merged(turn.slots, accepted)
    told = {name: facts.get(name) for name in {*turn.slots, *facts} if name in FACTS}
    if messages:
        return Outcome(messages, told)
    name = last or _meant_by(accepted)
    if not name:
        return Outcome((say(library, "tell_what_to_calculate"),), told)
    if heard.choices or missing(FORMS[name], facts):
        return Outcome((), told, follow_up=name)
    again = Turn(turn.text, turn.topic, facts=facts, slots=facts)
    outcome = CALCULATIONS[name](library, again, day)
    return Outcome(outcome.messages, {**told, **outcome.remember}, outcome.effects)


def _meant_by(facts: Mapping[str, str]) -> str:
    """Return the form that facts told out of the blue are for: members, then years, then money, then a place."""
    if "members" in facts:
        return "health_insurance_contribution_form"
    if {"months", "paid_months", "benefit"} & facts.keys():
        return "calculate_benefit_form"
    if {"income", "payment", "sum"} & facts.keys():
        return "calculate_contribution_form"
    return "local_subsidy_form" if facts.get("province", UNKNOWN) != UNKNOWN else ""


def consent_to(wish: Wish) -> Action:
    """Return the action that obeys the wish to get no more messages, or to get them again, and confirms it."""
    key, effect = ("stopped", Effect.STOP) if wish is Wish.STOP else ("resumed", Effect.RESUME)
    return lambda library, _, __: Outcome((say(library, key),), effects=frozenset({effect}))


def ask_to_remember(library: Library, _: Turn, __: date) -> Outcome:
    """Ask whether what was told may be kept for later conversations."""
    return Outcome((say(library, "ask_to_remember"),))


def remember(library: Library, turn: Turn, _: date) -> Outcome:
    """Keep what was told about the person; they have just said yes."""
    kept = {name: value for name, value in turn.facts.items() if name in ABOUT_THE_PERSON}
    return Outcome((say(library, "remembered"),), effects=frozenset({Effect.REMEMBER}), keep=kept)


def forget(library: Library, _: Turn, __: date) -> Outcome:
    """Confirm that what was told about the person is gone."""
    return Outcome((say(library, "forgotten"),), effects=frozenset({Effect.FORGET}))


def book_consultation(library: Library, turn: Turn, day: date) -> Outcome:
    """Say how to meet a consultant; where consultants offer time, the booking begins in its stead."""
    outcome = answer_topic(library, turn, day)
    return Outcome(outcome.messages, outcome.remember, frozenset({Effect.BOOK}))


def see_nothing(library: Library, _: Turn, __: date) -> Outcome:
    """Say where nothing is kept, as in a terminal, that nothing is."""
    return Outcome((say(library, "people_seen_nothing"),))


def ask_to_erase(library: Library, _: Turn, __: date) -> Outcome:
    """Ask once whether all that is kept is to go."""
    return Outcome((say(library, "people_erase_sure"),))


OBEY: Mapping[Wish, Action] = {
    Wish.STOP: consent_to(Wish.STOP),
    Wish.RESUME: consent_to(Wish.RESUME),
    Wish.FORGET: forget,
    Wish.SEE: see_nothing,
    Wish.ERASE: ask_to_erase,
}
ACTIONS: Mapping[str, Action] = {
    "action_answer": answer_or_calculate,
    "action_default_ask_affirmation": ask_which_topic,
    "action_default_ask_rephrase": ask_to_rephrase,
    "action_default_fallback": search_answer,
    "action_explain_again": explain_again,
    "action_hand_over": hand_over,
    "action_book_consultation": book_consultation,
    "action_recalculate": recalculate,
    "action_ask_to_remember": ask_to_remember,
    "action_remember": remember,
    **{f"validate_{name}": fill_form(name) for name in FORMS},
    **{f"action_ask_{slot}": ask_for(slot) for slot in ASKED},
    **{f"action_{name.removesuffix('_form')}": action for name, action in CALCULATIONS.items()},
    "action_stop": consent_to(Wish.STOP),
    "action_resume": consent_to(Wish.RESUME),
}
