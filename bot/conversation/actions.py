"""What each action of the dialogue does: look up, phrase, hand back. Pure over the library and the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.answers.render import Answer
from bot.conversation.rules import Wish
from bot.conversation.turn import Effect, Outcome, Turn
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
    found = library.support_in(turn.facts.get("province", ""), day)
    return Outcome((show(found or library.answer("local_subsidy", day)),), remember={"last_topic": "local_subsidy"})


def ask_province(library: Library, _: Turn, __: date) -> Outcome:
    """Ask where the person lives."""
    return Outcome((say(library, "which_province"),))


def consent_to(wish: Wish) -> Action:
    """Return the action that obeys the wish to get no more messages, or to get them again, and confirms it."""
    key, effect = ("stopped", Effect.STOP) if wish is Wish.STOP else ("resumed", Effect.RESUME)
    return lambda library, _, __: Outcome((say(library, key),), effects=frozenset({effect}))


def book_consultation(library: Library, turn: Turn, day: date) -> Outcome:
    """Say how to meet a consultant and put the wish into the queue."""
    outcome = answer_topic(library, turn, day)
    return Outcome(outcome.messages, outcome.remember, frozenset({Effect.HAND_OVER}))


ACTIONS: Mapping[str, Action] = {
    "action_answer": answer_topic,
    "action_default_ask_affirmation": ask_which_topic,
    "action_default_ask_rephrase": ask_to_rephrase,
    "action_default_fallback": search_answer,
    "action_explain_again": explain_again,
    "action_hand_over": hand_over,
    "action_book_consultation": book_consultation,
    "action_local_subsidy": local_support,
    "action_ask_local_subsidy_form_province": ask_province,
    "action_stop": consent_to(Wish.STOP),
    "action_resume": consent_to(Wish.RESUME),
}
