"""What we see in an incoming text before any model does: nothing to read, too much, a wish to stop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.vn.text import accented, clean, fold, has_letters, nfc, words

LONGEST = 4_000  # signs; more than any channel lets a person type at once
LONGEST_STORED = 20_000


class Kind(StrEnum):
    """How an event came: typed, by pressing a button, or as the place where a person is («latitude,longitude»)."""

    TEXT = "text"
    BUTTON = "button"
    LOCATION = "location"


class Wish(StrEnum):
    """What outranks every dialogue."""

    STOP = "stop"
    RESUME = "resume"
    FORGET = "forget"
    SEE = "see_my_data"
    ERASE = "erase_my_data"  # asked back once; the button of that question says FORGET


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person sent; `event_id` is the channel's own, the same when the channel repeats it."""

    event_id: str
    kind: Kind
    payload: str
    sequence: int | None = None  # grows with what one person does, by the provider's count; None: it tells none
    about: str = ""  # the provider's id of the message whose button was pressed; empty: it does not say


_STOP = frozenset({
    "stop", "dung lai", "ngung", "ngung lai", "tu choi", "tc", "huy dang ky", "huy dk", "huy nhan tin", "huy tin nhan", "unsubscribe",
    "dung nhan tin", "ngung nhan tin", "dung gui tin", "ngung gui tin", "dung gui tin nhan", "ngung gui tin nhan", "dung nhan",
    "dung gui nua", "dung nhan nua", "dung nhan tin nua", "dung gui tin nua", "dung gui tin nhan nua", "dung nhan tin cho toi nua",
    "khong nhan tin", "khong nhan tin nua", "khong nhan tin nhan", "khong nhan tin nhan nua", "khong muon nhan tin",
    "khong muon nhan tin nua", "khong muon nhan tin nhan", "khong muon nhan tin nhan nua", "toi khong muon nhan tin nua",
    "toi khong muon nhan tin nhan nua", "ko nhan tin nua", "ko muon nhan tin nua", "k nhan tin nua", "toi tu choi nhan tin",
    "tu choi nhan tin", "tu choi nhan tin nhan", "bo dang ky", "huy theo doi",
})  # fmt: skip
# «không muốn nhận tin quảng cáo nữa», «HUY QC», «TC ALL»: what is refused, and that it is refused.
_WHO = r"(?:(?:toi|em|minh|con|chau|tui|bac|xin|lam on|vui long|de nghi|yeu cau|cho toi|cho em|muon) )*"
_REFUSES = r"(?:dung(?: co)?|ngung|huy(?: bo)?|tu choi|tc|stop|khoi|bo|tat|chan|(?:khong|ko|k|hong|kg|khg)(?: (?:muon|can|dong y|cho|thich))*)"
_SENT = (
    r"(?:(?:nhan|gui|nhac|nhan them|gui them|goi) )?(?:cac |nhung |moi |may )?"
    r"(?:tin nhan|tin tuc|tin quang cao|tin qc|thong bao|quang cao|qc|sms|spam|lam phien|nhan tin|gui tin)(?: (?:quang cao|qc|tuyen truyen|nay|spam))?"
)
_BARE_SENT = r"(?:nhan|gui)(?: them)?"
_TO_ME = r"(?: (?:cho toi|cho em|cho minh|cho|toi|em|vao so nay|den so nay|qua so nay|nua|ca|het))*"
_SUBSCRIBED = (
    r"(?:huy|bo|dung|ngung|stop)(?: (?:dang ky|dk|theo doi|nhan))(?: (?:nhan tin|nhan|tin|tin nhan|thong bao|sms|qc))?"
)
_REFUSAL = re.compile(
    rf"{_WHO}(?:{_REFUSES} {_SENT}{_TO_ME}|(?:dung|ngung|khoi|dung co) {_BARE_SENT}{_TO_ME}|{_SUBSCRIBED}{_TO_ME}"
    r"|(?:tc|huy|stop|tu choi|dung) (?:qc|all|het|sms|tin)|thoi dung (?:nhan|gui)(?: tin)? nua|rut lai dong y(?: nhan tin)?)"
)
_RESUME = frozenset({
    "start lai", "nhan lai tin", "nhan tin lai", "nhan lai tin nhan", "nhan tin tro lai", "gui lai tin", "gui tin lai",
    "dang ky nhan tin", "dang ky nhan lai tin", "toi muon nhan tin lai", "cho toi nhan tin lai", "tiep tuc nhan tin",
    "bat lai tin nhan", "mo lai tin nhan", "resume", "subscribe",
})  # fmt: skip
_FORGET = frozenset({
    "quen toi di", "quen em di", "quen minh di", "quen thong tin cua toi", "quen thong tin cua em", "dung nho nua",
    "dung luu thong tin cua toi", "khong luu thong tin cua toi", "dong y xoa", "dong y xoa het", "xoa het", "xoa het di",
})  # fmt: skip
_DATA = (
    "du lieu",
    "thong tin",
    "du lieu ca nhan",
    "thong tin ca nhan",
    "tat ca du lieu",
    "het du lieu",
    "toan bo du lieu",
)
_MINE = ("", " cua toi", " cua em", " cua minh", " cua tui", " cua con", " cua chau", " ve toi", " ve em")
_I_WANT = ("", "toi muon ", "em muon ", "cho toi ", "cho em ", "hay ", "de nghi ", "yeu cau ")
_SEE = frozenset({
    *(f"{want}xem {what}{whose}" for want in _I_WANT for what in _DATA for whose in _MINE), "du lieu cua toi", "thong tin cua toi",
    "ban biet gi ve toi", "ban luu gi ve toi", "ban dang luu gi ve toi", "ban giu gi ve toi", "dang luu gi ve toi",
    "luu thong tin gi cua toi", "ban co thong tin gi cua toi", "ban biet gi ve em",
})  # fmt: skip
_ERASE = frozenset(f"{want}xoa {what}{whose}" for want in _I_WANT for what in _DATA for whose in _MINE)
_POLITE = {"a", "nhe", "nha", "di", "ad", "dum", "giup", "toi", "em", "voi"}


_DUNG = {"dừng", "đừng", "dưng", "dung"}  # «đúng», «dùng» and the like lose their difference without diacritics
_TONE_KEY = re.compile(r"[sfrxj]$|(?<=[aeiouyw])[sfrxj](?=[aeiouymnptc])")
_DOUBLED = re.compile(r"(aa|ee|oo|dd)")


OF_DATA = frozenset({Wish.FORGET, Wish.SEE, Wish.ERASE})  # what a person wants done with what is kept about them


def unclear_stop(text: str) -> bool:
    """Tell whether the text is a bare «dung»: «dừng» (stop) or «đúng» (yes); the person is asked which."""
    return _without_politeness(words(fold(text).lower())) == ["dung"] and not accented(text)


def wish_of(text: str) -> Wish | None:
    """Return the wish to stop or resume messages or to be forgotten when that is all the text says, in any spelling."""
    typed = words(nfc(text).lower())
    if any(fold(word) == "dung" and word not in _DUNG for word in typed):
        return None
    bare = [fold(word) for word in typed]
    about_data = (_listed(" ".join(bare[:end])) for end in range(len(bare), 1, -1) if {*bare[end:]} <= _POLITE)
    if (found := next((wish for wish in about_data if wish in OF_DATA), None)) is not None:
        return found  # word by word: «quên tôi đi» ends in two polite words
    key = " ".join(_without_politeness(bare)).replace("dang ki", "dang ky")
    if key == "dung":
        return Wish.STOP if accented(text) else None
    return _listed(key) or _left_in_telex(typed)


def _listed(key: str) -> Wish | None:
    lists = {Wish.STOP: _STOP, Wish.RESUME: _RESUME, Wish.FORGET: _FORGET, Wish.SEE: _SEE, Wish.ERASE: _ERASE}
    found = next((wish for wish, phrases in lists.items() if key in phrases), None)
    return found or (Wish.STOP if _REFUSAL.fullmatch(key) else None)


_ANSWERS_A_CAMPAIGN = frozenset({"dung", "huy", "tc", "n", "no"})


def refuses_a_campaign(text: str) -> bool:
    """Tell whether a text is a stop when it answers a message that nobody asked for: there «DUNG» and «HUY» mean only that."""
    typed = words(nfc(text).lower())
    if any(fold(word) == "dung" and word not in _DUNG for word in typed):  # «đúng» is a yes
        return False
    return " ".join(_without_politeness([fold(word) for word in typed])) in _ANSWERS_A_CAMPAIGN


def _left_in_telex(typed: list[str]) -> Wish | None:
    """Read raw Telex keys: «duwngf laij» is «dừng lại»."""
    bare = [_DOUBLED.sub(lambda pair: pair[0][0], _TONE_KEY.sub("", word)).replace("w", "") for word in typed]
    kept = _without_politeness(bare)
    if kept == ["dung"]:
        return Wish.STOP if "w" in typed[0] else None
    return _listed(" ".join(kept))


def _without_politeness(words_typed: list[str]) -> list[str]:
    kept = list(words_typed)
    while len(kept) > 1 and kept[-1] in _POLITE:
        kept.pop()
    return kept


def wish_in(kind: Kind, payload: str) -> Wish | None:
    """Return the wish that an event, typed or pressed, is about and about nothing else."""
    if kind is Kind.BUTTON:
        return Wish(payload) if payload in tuple(Wish) else None
    return wish_of(payload)


def readable(text: str) -> tuple[str, str | None]:
    """Return the cleaned text, and the key of the reply when there is nothing a model could read in it."""
    cleaned = clean(text)
    if not cleaned:
        return "", "no_words"
    if len(cleaned) > LONGEST:
        return cleaned, "too_long"
    return cleaned, None if has_letters(cleaned) else "no_words"


def as_typed_words(text: str) -> str:
    """Return the text so that no typed line can pass for a command to Rasa, which begins with a slash."""
    return text.lstrip("/ ") or "?"
