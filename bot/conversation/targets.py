"""Where a button may lead: a topic, a page, an intent, a wish, a fact, or a step of a dialogue."""

from __future__ import annotations

from bot.answers.library import Library
from bot.booking import desk, pressed
from bot.campaigns.answers import survey_talk
from bot.campaigns.answers.rules import PAID_BUTTON
from bot.citizens import questions
from bot.conversation.intents import conversational_intents
from bot.conversation.rules import Wish
from bot.conversation.told import fact_of


def leads_somewhere(library: Library, target: str) -> bool:
    """Tell whether somebody answers when a button with this target is pressed."""
    return (
        target in {*library.topics, *library.pages, *conversational_intents(), *Wish, PAID_BUTTON}
        or fact_of(target) is not None
        or desk.leads_somewhere(target)
        or pressed.leads_somewhere(target)
        or questions.leads_somewhere(target)
        or survey_talk.leads_somewhere(library, target)
    )
