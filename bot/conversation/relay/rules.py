"""What we see in a text that passes between two people: whether it ends the conversation, and what is not shown. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.conversation.rules import Event, Kind
from bot.vn.phones import find_phones
from bot.vn.text import clean, fold, nfc, words

SILENCE = timedelta(minutes=30)  # without a word of either side the machine takes over again
LONG_WAIT = timedelta(minutes=15)  # of the hours in which people answer; then the person is told once
LONGEST_WAIT = timedelta(hours=15)  # of those hours, two working days; then nobody will come any more
MOST_SHOWN = 3  # wishes that wait, shown to one consultant at a time
MOST_QUESTIONS = 5
LONGEST_QUESTION = 300  # signs of a question in a notice
PREFIX = "relay:"

_LEAVES = frozenset({
    "noi chuyen voi may", "noi voi may", "gap may", "tra lai cho may", "quay lai may", "quay lai voi may", "chat voi may",
    "thoi khong can nua", "thoi khong hoi nua", "khong can gap can bo nua", "khong cho nua", "thoi khong cho nua",
})  # fmt: skip
_ENDS = frozenset({"xong roi", "da xong", "tra loi xong", "tra lai cho may"})
_PASSES = frozenset({"chuyen cho nguoi khac", "chuyen nguoi khac"})
_POLITE = {"a", "ạ", "nhe", "nhé", "nha", "em", "chi", "chị", "anh"}
_MASK = "•••"
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}", re.ASCII)
_SUM = re.compile(r"\d{1,3}(?:[. ]\d{3})+", re.ASCII)


def leaves(text: str, *, taken: bool) -> bool:
    """Tell whether the person wants the machine back; «thôi» says so only to somebody who has them."""
    return _says(text, _LEAVES) or (taken and _says_word(text, "thôi"))


def ends(text: str) -> bool:
    """Tell whether a consultant says that the conversation is over: «xong»."""
    return _says(text, _ENDS) or _says_word(text, "xong")


def passes_on(text: str) -> bool:
    """Tell whether a consultant wants somebody else to answer."""
    return _says(text, _PASSES)


def _says(text: str, phrases: frozenset[str]) -> bool:
    typed = _typed(text)
    return any(fold(" ".join(each)) in phrases for each in (typed, _without_politeness(typed)))


def _says_word(text: str, word: str) -> bool:
    """Compare one word; without its mark it is taken too, with another mark it is another word."""
    return _without_politeness(_typed(text)) in ([word], [fold(word)])


def _typed(text: str) -> list[str]:
    return words(nfc(text).lower())


def _without_politeness(typed: list[str]) -> list[str]:
    kept = list(typed)
    while len(kept) > 1 and kept[-1] in _POLITE:
        kept.pop()
    return kept


def words_of(event: Event) -> str:
    """Return what was typed, line by line, without signs that nobody sees; empty for anything but words."""
    if event.kind is not Kind.TEXT:
        return ""
    return "\n".join(map(clean, event.payload.splitlines())).strip()


def masked(text: str) -> str:
    """Return a question as all consultants may read it: short, without telephone, identity and insurance numbers."""
    text = without_numbers(clean(text))
    return text if len(text) <= LONGEST_QUESTION else text[: LONGEST_QUESTION - 1] + "…"


def without_numbers(text: str) -> str:
    """Return a text without telephone, identity and insurance numbers; sums of money stay."""
    text = nfc(text)
    for phone in reversed(find_phones(text)):
        text = text[: phone.start] + _MASK + text[phone.end :]
    return _LONG_NUMBER.sub(lambda found: found[0] if _SUM.fullmatch(found[0]) else _MASK, text)


def target(payload: str) -> tuple[str, int] | None:
    """Read one of our buttons, such as «relay:take:12»; None when it is none."""
    found = re.fullmatch(rf"{PREFIX}([a-z]+):(\d{{1,18}})", payload, re.ASCII)
    return (found[1], int(found[2])) if found else None


def button_of(what: str, hand_over_id: int) -> str:
    """Return what a button of ours carries."""
    return f"{PREFIX}{what}:{hand_over_id}"
