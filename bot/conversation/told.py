"""What a text tells about the person who wrote it: the facts that a calculation needs, each as its slot's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.vn.addresses import Place, find_places
from bot.vn.births import Birth, find_birth, read_birth
from bot.vn.durations import Duration, find_durations, read_duration
from bot.vn.facts import find_facts, read_members
from bot.vn.money import find_money, read_sum
from bot.vn.text import fold, nfc

UNKNOWN = "unknown"  # said not to know, or not to want to tell

FACTS = frozenset({
    "sex", "birth", "group", "province", "old_province", "income", "payment", "sum", "months", "paid_months", "members", "method",
    "benefit", "average",
})  # fmt: skip
ABOUT_THE_PERSON = frozenset({"sex", "birth", "group", "province", "old_province"})  # remembered whenever it is told
SUMS = ("income", "payment", "sum")  # the chosen income, what one wants to pay, and a sum that may be either
_ONLY_ONE = {name: {*SUMS} - {name} for name in SUMS}


@dataclass(frozen=True, slots=True)
class Told:
    """Facts by slot, and for what may be read in several ways the short list of readings."""

    facts: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.facts or self.choices)


_IS_INCOME = re.compile(r"(?:thu nhap|luong|muc|chon)(?: dong| la| khoang| tam| chon| \w{1,4}){0,3}\s*$")
_IS_PAYMENT = re.compile(
    r"(?:nop|gop|bo ra|de danh|tiet kiem|du|tra)(?: duoc| khoang| tam| moi thang| hang thang| \w{1,4}){0,3}\s*$"
)
_PAID = re.compile(
    r"(?:da|tung|truoc)(?: \w+){0,4} (?:dong|tham gia)(?: \w+){0,4}\s*$|(?:dong|tham gia) (?:duoc|dc)(?: bhxh| \w+){0,3}\s*$"
)
_ALREADY = re.compile(r"^\s*(?:roi|r|nay|bhxh roi)\b")
_TO_PAY = re.compile(r"\b(?:dong|tham gia|nop|mua|gop|them|tiep|trong|du)\b")
_NOT_TO_PAY = re.compile(
    r"(?:nghi|nghi viec|cach day|cach|lam|di lam|con|sau|truoc|duoi|tren|tuoi|hon|can|phai)(?: \w+)?\s*$"
)
_METHODS = (
    ("years_ahead", r"(?:dong|nop) (?:truoc|mot lan|1 lan)(?: \w+){0,3} (?:nhieu nam|[2-5] nam|hai nam|ba nam|bon nam|nam nam)"),
    ("months_12", r"(?:mot|1) nam (?:mot|1) lan|12 thang (?:mot|1) lan|theo nam|(?:dong|nop) ca nam"),
    ("months_6", r"(?:6|sau) thang (?:mot|1) lan|nua nam (?:mot|1) lan"),
    ("months_3", r"(?:3|ba) thang (?:mot|1) lan|theo quy|hang quy|moi quy"),
)  # fmt: skip
_METHOD = [(name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in _METHODS]
_SKIP = re.compile(
    r"\b(?:bo qua|khong biet|khong ro|ko biet|ko ro|k biet|khong nho|ko nho|chua biet|chua ro|de sau|khong muon noi)\b"
)
_NO = re.compile(
    r"^(?:khong|ko|k|hong|kg|khong co|ko co|khong thuoc|khong ai|khong phai|khong a|ko a|dan thuong|binh thuong|thuong)(?: a| ah| dau| dien nao| nhe)?$"
)


def told(text: str, day: date, expecting: str = "") -> Told:
    """Return the facts of a text; `expecting` is the slot just asked for, in whose light a short reply is read."""
    text = nfc(text)
    folded = fold(text).lower()
    spoken = [_reply(text, folded, day, expecting), _sums(text, folded), _durations(text, folded), _person(text, day)]
    facts: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for each in spoken:  # what answers the question outranks what else may be read from the same words
        new = {name: value for name, value in each.facts.items() if not _taken(name, facts, choices)}
        facts.update(new)
        choices.update({name: many for name, many in each.choices.items() if not _taken(name, facts, choices)})
    if facts.get("benefit") == "withdrawal":  # then the sum is what was paid on before
        facts = {"average" if name in SUMS else name: value for name, value in facts.items()}
    return Told(facts, choices)


def _taken(name: str, facts: Mapping[str, str], choices: Mapping[str, tuple[str, ...]]) -> bool:
    names = {name, *_ONLY_ONE.get(name, ())}
    return bool(names & facts.keys() or names & choices.keys())


def _reply(text: str, folded: str, day: date, expecting: str) -> Told:
    """Read a reply to the question for one slot."""
    match expecting:
        case "income" | "average":
            return _one_of(expecting, (str(amount) for amount in read_sum(text)))
        case "months" | "paid_months":
            return _months(expecting, read_duration(text))
        case "birth":
            return _births(read_birth(text, day))
        case "members":
            return _one_of("members", (fact.value for fact in read_members(text))) or _people(folded)
        case "province":
            return _skipped("province", folded) or _places(find_places(text, expecting=True))
        case "sex":
            return _bare_sex(folded)
        case "group":
            return _bare_group(folded)
    return Told()


def _people(folded: str) -> Told:
    found = re.search(r"\b(\d{1,2}) (?:nguoi|khau|nhan khau)\b", folded)
    return Told({"members": found[1]}) if found else Told()


def _skipped(name: str, folded: str) -> Told:
    return Told({name: UNKNOWN}) if _SKIP.search(folded) else Told()


def _bare_sex(folded: str) -> Told:
    found = re.search(r"\b(nu|gai|ba|chi|co|nam|trai|ong|anh|chu)\b", folded)
    if found is None:
        return Told()
    return Told({"sex": "female" if found[1] in {"nu", "gai", "ba", "chi", "co"} else "male"})


def _bare_group(folded: str) -> Told:
    if _NO.match(folded.strip(" .!,")) or _SKIP.search(folded):
        return Told({"group": "other"})
    if re.match(r"(?:ho )?ngheo\b", folded.strip()):
        return Told({"group": "poor"})
    return Told()


def _sums(text: str, folded: str) -> Told:
    """Tell a chosen income from what somebody wants to pay; without a sign it stays open."""
    for money in find_money(text):
        if money.period not in (None, "month"):
            continue
        before = folded[: money.start].rstrip()
        name = "income" if _IS_INCOME.search(before) else "payment" if _IS_PAYMENT.search(before) else "sum"
        return _one_of(name, (str(amount) for amount in money.choices))
    return _extremes(folded)


_LOWEST = re.compile(
    r"\b(?:muc|chon|dong)(?: \w+){0,3} (?:thap nhat|toi thieu|it nhat)\b|^\W*(?:thap nhat|toi thieu|it nhat)\b"
)
_HIGHEST = re.compile(r"\b(?:muc|chon|dong)(?: \w+){0,3} (?:cao nhat|toi da|nhieu nhat)\b|^\W*(?:cao nhat|toi da)\b")


def _extremes(folded: str) -> Told:
    """Read «mức thấp nhất»: the law of the day makes a sum of it."""
    if _LOWEST.search(folded):
        return Told({"income": "lowest"})
    return Told({"income": "highest"}) if _HIGHEST.search(folded) else Told()


def _durations(text: str, folded: str) -> Told:
    facts: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for found in find_durations(text):
        name = _meaning(folded, found)
        if name and name not in facts and name not in choices:
            each = _one_of(name, (str(months) for months in found.choices))
            facts.update(each.facts)
            choices.update(each.choices)
    if _WITHDRAWS.search(folded):
        facts["benefit"] = "withdrawal"
        if "months" in facts and "paid_months" not in facts:  # what is taken out was paid before
            facts["paid_months"] = facts.pop("months")
    method = next((name for name, pattern in _METHOD if pattern.search(folded)), None)
    if method:
        facts["method"] = method
    return Told(facts, choices)


_WITHDRAWS = re.compile(
    r"\brut\b|\b(?:bao hiem|bhxh|bh|lanh|linh|lay|nhan|thanh toan)(?: \w+){0,2} (?:mot lan|1 lan)\b|\blay het\b|\btien mot lan\b"
)


def _meaning(folded: str, found: Duration) -> str | None:
    """Return whether a time is one already paid, one to be paid, or something else."""
    before, behind = folded[: found.start].rstrip(), folded[found.end :]
    if _PAID.search(before) or _ALREADY.match(behind):
        return "paid_months"
    if _NOT_TO_PAY.search(before) and not re.search(r"\b(?:dong|tham gia)(?: \w+)?$", before):
        return None
    return "months" if _TO_PAY.search(before[-60:]) or len(folded.split()) <= 6 else None


def _person(text: str, day: date) -> Told:
    facts: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for fact in find_facts(text):
        if fact.kind != "province":
            facts.setdefault(fact.kind, fact.value)
    for each in (_births(find_birth(text, day)[:1]), _places(find_places(text))):
        facts.update(each.facts)
        choices.update(each.choices)
    return Told(facts, choices)


def _births(found: Iterable[Birth]) -> Told:
    return _one_of("birth", (_birth(birth) for birth in found))


def _birth(birth: Birth) -> str:
    parts = [f"{birth.year:04d}", *(f"{part:02d}" for part in (birth.month, birth.day) if part is not None)]
    return "-".join(parts)


def _months(name: str, found: Iterable[Duration]) -> Told:
    return _one_of(name, (str(months) for duration in found for months in duration.choices))


def _places(found: Iterable[Place]) -> Told:
    place = next(iter(found), None)
    if place is None:
        return Told()
    if place.province is None:
        return _one_of("province", (each.old_province or each.province for each in place.candidates))
    facts = {"province": place.province}
    return Told(facts | ({"old_province": place.old_province} if place.old_province else {}))


def _one_of(name: str, values: Iterable[str]) -> Told:
    found = tuple(dict.fromkeys(values))
    if len(found) > 1:
        return Told(choices={name: found})
    return Told({name: found[0]}) if found else Told()


def merged(known: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return what is known after something new was told: one sum outranks another, a province forgets the old one."""
    kept = dict(known)
    for name in new:
        for other in _ONLY_ONE.get(name, ()):
            kept.pop(other, None)
    if "province" in new:
        kept.pop("old_province", None)
    return {**kept, **new}


def birth_of(value: str) -> date:
    """Read «1985», «1985-03» or «1985-03-12»: a birth known by its year counts from 1 January (TT 11/2025/TT-BNV, Điều 5)."""
    year, month, day = (*(int(part) for part in value.split("-")), 1, 1)[:3]
    return date(year, month, day)


_FACT = re.compile(r"([a-z_]+)=([a-z0-9_.-]{1,40})\Z")


def fact_of(target: str) -> tuple[str, str] | None:
    """Return the fact that a button like «income=3000000» tells; None when it leads elsewhere."""
    found = _FACT.match(target)
    return (found[1], found[2]) if found and found[1] in FACTS else None
