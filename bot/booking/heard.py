"""What a text tells for a booking: place, topic, day, time, name, telephone number, yes or no, and what people want of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time

from bot.booking.asks import asks_something_else
from bot.booking.contact_heard import bad_phone, name_in, phones_in
from bot.booking.rules import Kind
from bot.booking.subjects import besides, home_in, kind_in, language_in, topics_in
from bot.booking.wants import Want, answer_in, corrected_in, wants_in
from bot.vn.addresses import Place, find_places
from bot.vn.choices import chosen
from bot.vn.days import find_days
from bot.vn.hours import find_hours
from bot.vn.phones import Phone
from bot.vn.shorthand import spelled_out
from bot.vn.text import fold, nfc
from bot.vn.weeks import Readings

LONGEST = 1_500  # signs that are heard; a story is shorter
_MENUS = frozenset({"place", "topic", "offer", "confirm"})
_SHORT = 80  # signs of an answer that only chooses
MOST_OFFERS = 9  # that «số 2» may choose from


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text tells; what it does not say is empty.

    `readings`: what may be meant by the day, each the days that would do; more than one must be read back and chosen.
    `past` and `impossible`: days that were named but are over, or that no calendar has. `lunar`: the days were told by the
    lunar calendar and must be read back as solar ones. `times`, `after`, `before`: both halves of the day where it is not said.
    """

    places: tuple[Place, ...] = ()
    topics: tuple[str, ...] = ()
    besides: bool = False  # the topics: those told before are meant as well
    readings: Readings = ()
    precision: str = ""  # day, week or month
    past: tuple[date, ...] = ()
    impossible: bool = False
    lunar: bool = False
    except_days: tuple[date, ...] = ()
    times: tuple[time, ...] = ()
    part: str | None = None
    after: tuple[time, ...] = ()
    before: tuple[time, ...] = ()
    kind: Kind | None = None
    home: bool = False  # the consultant is to come to the person's home
    language: str | None = None
    name: str = field(default="", repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)  # E.164
    bad_phone: str = ""  # asked for a number: foreign, short, long, another, unknown
    answer: bool | None = None  # yes or no
    wants: frozenset[Want] = frozenset()
    corrects: str = ""  # the question whose answer is to be corrected: «sửa lại tên», «sai giờ rồi»
    number: int | None = None  # which line of a menu
    question: bool = False  # about something else; not an answer

    @property
    def topic(self) -> str | None:
        """Return the topic named first."""
        return self.topics[0] if self.topics else None

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days of all readings, in order."""
        return tuple(sorted({day for reading in self.readings for day in reading}))

    def __bool__(self) -> bool:
        return self != Heard()


# «tối thứ sáu sau giờ làm» means no Friday after this one.
_AFTER_WORK = re.compile(r"(?<!\w)sau (?=(?:giờ|gio|ca|khi|lúc|luc)(?!\w))")
_MOVED_TO = re.compile(
    r"(?<!\w)(?:sang|qua|thành|thanh|xuống|xuong|lại|lai)\s+(?=(?:ngày|ngay|thứ|thu|sáng|sang|chiều|chieu|tuần|tuan|đầu|dau|cuối|cuoi|hôm|hom|bữa|bua|mai|tối|toi|trưa|trua|chủ|chu|mùng|mung|giờ|gio|lúc|luc)(?!\w)|\d)"
)
_ORDINALS = {"dau": 1, "nhat": 1, "hai": 2, "2": 2, "ba": 3, "3": 3}
_ORDINAL = re.compile(r"\b(?:cai|lua chon|phuong an|gio|khung gio|lich)(?: thu)? (dau|nhat|hai|2|ba|3)\b")


def hear(text: str, today: date, *, asked: str = "", pressed: bool = False, within: str | None = None) -> Heard:
    """Return what a text tells for a booking.

    Asked: which question is open — place, topic, day, time, name, phone, confirm, offer, or nothing. Pressed: the text is
    a button's, so it asks nothing else and is no name. Within: the key of a province known already.
    """
    text = nfc(text)[:LONGEST]
    phones = phones_in(text)
    rest = _without(text, phones)
    name, rest = ("", rest) if pressed else name_in(rest, asked=asked == "name")
    places = find_places(rest, expecting=asked == "place", within=within)
    heard = _of_meeting(_without(rest, places), today, asked)
    heard = replace(
        heard,
        places=tuple(places),
        name=name,
        phones=tuple(dict.fromkeys(phone.number for phone in phones)),
        bad_phone=bad_phone(text) if asked == "phone" and not phones else "",
        answer=None if name else answer_in(text),
        wants=heard.wants - {Want.CANCEL} if name else heard.wants,
    )
    tells = replace(heard, topics=heard.topics if asked == "topic" else (), besides=False) != Heard()
    return replace(heard, question=not pressed and asks_something_else(text, tells=tells))


def _of_meeting(text: str, today: date, asked: str) -> Heard:
    """Return what a text without names, places and numbers tells: about what, when and how people want to meet."""
    wants = wants_in(text)
    number, text = _numbered(text) if asked in _MENUS else (None, text)
    when = _moved_to(text) if Want.MOVE in wants else text
    days = find_days(_AFTER_WORK.sub("", when), today, expecting=asked == "day")
    hours = find_hours(when, expecting=asked == "time")
    return Heard(
        topics=topics_in(text),
        besides=besides(text),
        readings=days.readings,
        precision=days.precision,
        past=days.past,
        impossible=days.impossible,
        lunar=days.lunar,
        except_days=days.excepted,
        times=hours.times,
        part=hours.part,
        after=hours.after,
        before=hours.before,
        kind=kind_in(text),
        home=home_in(text),
        language=language_in(text),
        wants=wants,
        corrects=corrected_in(text),
        number=number,
    )


def _moved_to(text: str) -> str:
    """Return what stands behind «sang» when an appointment is moved: «từ ngày 12 sang ngày 14»."""
    spelled = spelled_out(text)
    return spelled[found.end() :] if (found := _MOVED_TO.search(spelled)) else spelled


def _numbered(text: str) -> tuple[int | None, str]:
    """Return which of the offers is meant («2», «số 2», «cái đầu tiên»), and the text without it."""
    ordinal = _ORDINAL.search(fold(text).lower())
    if ordinal:
        return _ORDINALS[ordinal[1]], f"{text[: ordinal.start()]} {text[ordinal.end() :]}"
    number = chosen(text, MOST_OFFERS) if len(text) < _SHORT else None
    return number, "" if number else text


def _without(text: str, found: Iterable[Phone | Place]) -> str:
    for each in found:
        text = f"{text[: each.start]}{' ' * (each.end - each.start)}{text[each.end :]}"
    return text
