"""A campaign's texts for the law of a day, each as one message of one channel: what is approved and sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.answers.render import STALE_AFTER, fill
from bot.answers.texts import Text
from bot.calculators.contribution import income_range
from bot.calculators.working import Working
from bot.campaigns.personal import fallbacks, marked, widened
from bot.campaigns.store import Pinned
from bot.campaigns.written import LOWEST, Template, Words
from bot.conversation.pictures import picture_of
from bot.conversation.rules import Wish, wish_of
from bot.errors import ContentError
from bot.law.parameters import Law, LawOnDay, uncertain
from bot.outbox.channels import CAPABILITIES
from bot.outbox.contract import Capabilities
from bot.outbox.fit import units
from bot.outbox.rules import Message
from bot.outbox.shape import bodies_of
from bot.vn import show
from bot.vn.sms import count, plain
from bot.vn.text import words

MOST_PARTS = 3  # of an SMS
LONGEST_NUMBER = "0" * 11  # a number as long as one to refuse by may be: for measuring


def render(
    template: Template,
    law: Law,
    day: date,
    texts: Mapping[str, Text],
    channels: Collection[str],
    *,
    refuse_by: str = "",
) -> tuple[Pinned, ...]:
    """Return every message of a campaign as each channel shows it, for the law of a day.

    `refuse_by`: the number to which people send «TC»; without one nothing may leave by SMS. Raises ContentError when the
    campaign is out of date that day, a number is missing, or a text does not fit one part.
    """
    _check_day(template, day)
    unknown = sorted({*channels} - CAPABILITIES.keys())
    if unknown:
        raise ContentError(f"{template.where}: {unknown[0]} is no channel of campaigns")
    return tuple(
        _Press(template, place, law.at(day), texts, CAPABILITIES[channel], refuse_by).pinned(said)
        for place, said in template.words.items()
        for channel in channels
    )


def changes_on(
    template: Template, law: Law, first: date, last: date, texts: Mapping[str, Text], channels: Collection[str]
) -> date | None:
    """Return the first day, between two, from which the law makes the texts of the first day wrong; None: they hold."""
    looked_at = replace(template, checked=last)  # an old check is another fault
    held = _texts(looked_at, law, first, texts, channels)
    for day in sorted({value.since for parameter in law.parameters.values() for value in parameter.values}):
        if first < day <= last and _texts(looked_at, law, day, texts, channels) != held:
            return day
    return None


def _texts(
    template: Template, law: Law, day: date, texts: Mapping[str, Text], channels: Collection[str]
) -> list[object] | None:
    """Return what is said on a day, apart from pictures, which name it; None where nothing can be."""
    try:
        messages = render(template, law, day, texts, channels, refuse_by=LONGEST_NUMBER)
    except ContentError:
        return None
    return [{**one.body, "picture": ""} for one in messages]


def _check_day(template: Template, day: date) -> None:
    if day < template.valid_from or (template.valid_to is not None and day > template.valid_to):
        raise ContentError(f"{template.where}: valid_from, valid_to: the campaign does not hold on {day}")
    if day - template.checked > STALE_AFTER:
        raise ContentError(f"{template.where}: checked: {template.checked} is too long ago for {day}; check it again")
    for basis in template.basis:
        if not basis.since <= day <= (basis.until or day):
            raise ContentError(f"{template.where}: basis: {basis.document} is not in force on {day}")


@dataclass(frozen=True, slots=True)
class _Press:
    """What one message is made with: its place in the campaign, the law of a day, a channel."""

    template: Template
    place: tuple[str, str, str]
    law: LawOnDay
    texts: Mapping[str, Text]
    shown: Capabilities
    refuse_by: str

    @property
    def where(self) -> str:
        return f"{self.template.where}: {' '.join(part for part in self.place if part)}: {self.shown.name}"

    def pinned(self, said: Words) -> Pinned:
        source, accents = (said.text, True) if self.shown.accents else (said.sms, False)
        fields = fallbacks(source, self.where)
        text = fill(widened(source, accents=accents), self.law, self.where)
        body = self._message(said, text) if accents else self._sms(text)
        body["text"] = marked(body["text"], fields, accents=accents)
        step, arm, situation = self.place
        return Pinned(step, arm, situation, self.shown.name, body, fields)

    def _message(self, said: Words, text: str) -> dict[str, Any]:
        """Return the body of a messenger: the text, what it rests on, the buttons or their menu, and how to stop."""
        shown, longest = self.shown, self.shown.longest_text
        body = self._only(Message("\n\n".join([text, *self._footer()]), said.buttons))
        body["text"] += "\n\n" + _stop(self.texts["campaign_stop"], self.where)
        if said.picture and shown.pictures == "upload" and shown.longest_caption:
            body["picture"] = self._picture(said.picture)
            longest = shown.longest_caption
        if units(body["text"]) > longest:
            raise ContentError(f"{self.where}: {units(body['text'])} signs with the longest names; {longest} fit")
        return body

    def _picture(self, example: Mapping[str, str]) -> dict[str, str]:
        facts = {name: value for name, value in example.items() if name != "what"}
        if facts.get("income") == LOWEST:
            facts["income"] = str(income_range(Working(self.law.law, self.law.day))[0])
        return dict(picture_of(example["what"], facts, self.law.day))

    def _sms(self, text: str) -> dict[str, Any]:
        """Return the body of an SMS: label if it is advertising, who speaks, the text, and how to refuse."""
        if not self.refuse_by:
            raise ContentError(f"{self.where}: no number to refuse by: set AN_SINH_SMS_REFUSE_BY")
        label = [str(self.law["messaging.label.advertising_vietnamese"])] if self.template.advertising else []
        begins = self.texts["campaign_sms_begins"].filled()
        refuse = _stop(self.texts["campaign_sms_stop"], self.where, number=self.refuse_by)
        whole = plain(" ".join([*label, begins, *text.split(), refuse]))
        cost = count(whole)
        if cost.unicode:
            raise ContentError(f"{self.where}: has signs that SMS cannot say")
        if cost.parts > MOST_PARTS:
            raise ContentError(f"{self.where}: {cost.parts} parts with the longest names; at most {MOST_PARTS}")
        return self._only(Message(whole))

    def _only(self, message: Message) -> dict[str, Any]:
        bodies = bodies_of(message, self.shown)
        if len(bodies) != 1:
            raise ContentError(f"{self.where}: does not fit one message: {len(bodies)} parts")
        return bodies[0]

    def _footer(self) -> Iterator[str]:
        """Yield that a number rests on one source only, if one does; what all rests on and when it was last checked."""
        if any(uncertain(self.law.read)):
            yield self.texts["one_source_only"].filled()
        documents = "; ".join(
            self.texts["campaign_source"].filled(document=one.document, article=one.article, since=show.day(one.since))
            for one in self.template.basis
        )
        parameters = self.law.law.parameters
        checked = min([self.template.checked, *(parameters[name].checked for name in self.law.read)])
        yield self.texts["campaign_basis"].filled(documents=documents, day=show.day(checked))


def _stop(said: Text, where: str, **values: str) -> str:
    """Return the line that says how to stop: one of its words in capitals must be heard as the wish to."""
    line = said.filled(**values)
    if not any(word.isupper() and wish_of(word) is Wish.STOP for word in words(line)):
        raise ContentError(f"{where}: text {said.key}: names no word that stops messages, such as DỪNG or TC")
    return line
