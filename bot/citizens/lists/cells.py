"""What the cells of a list say: each to a value, None for empty, or Wrong with the code of what is to be mended. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from bot.citizens.lists.garbled import garbled
from bot.citizens.rules import Entitlement, Joined, Situation
from bot.vn.phones import find_phones
from bot.vn.text import clean, fold_key, has_letters

LONGEST_NAME = 80
_EMPTY = frozenset({"", "-", "--", "—", "–", ".", "x x", "null", "none", "nan", "n/a"})
_FORMULA = re.compile(r"[=@]|[+-](?!\s*\d[\d\s().-]*$)")
_AS_TEXT = re.compile(r'="?([^"]*)"?$')  # ="0912345678", as some programs keep a zero in front
_YES, _NO = frozenset({"co", "x", "yes", "y", "1", "roi", "da", "dong y", "true"}), frozenset(
    {"khong", "ko", "k", "no", "n", "0", "chua", "khong dong y", "tu choi", "false", "chua dong y"}
)  # fmt: skip


class Wrong(Exception):
    """A cell that cannot be taken; the code names the text that says how to mend it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=16384)  # lists say the same of many
def plain(cell: str) -> str:
    """Return a cell's text, "" for one that says nothing; a formula or spoilt letters are wrong."""
    typed = cell.strip()
    if typed.lower() in _EMPTY:
        return ""
    if unwrapped := _AS_TEXT.match(typed):
        typed = unwrapped[1]
    if _FORMULA.match(typed) or "HYPERLINK(" in typed.upper():
        raise Wrong("formula")
    if spoilt := garbled(typed):
        raise Wrong(spoilt)
    return " ".join(typed.split()) if typed.isprintable() and typed.isascii() else clean(typed)


def phone(text: str) -> str:
    """Return a mobile number as +84…; the zero that Excel drops is put back."""
    digits = re.sub(r"[\s.()-]", "", text.removesuffix(".0"))
    if re.fullmatch(r"[35789]\d{8}|1[2689]\d{8}", digits):
        text = f"0{digits}"
    elif re.fullmatch(r"84[35789]\d{8}", digits):
        text = f"+{digits}"
    elif digits.isdigit():
        text = digits
    found = {each.number for each in find_phones(text)}
    if len(found) != 1:
        raise Wrong("phone_several" if found else "phone")
    (number,) = found
    if number.startswith("+842"):
        raise Wrong("phone_landline")
    return number


def name(text: str) -> str:
    """Return a name; «NGUYỄN VĂN AN» is written as names are."""
    if not has_letters(text) or any(sign.isdigit() for sign in text) or len(text) > LONGEST_NAME:
        raise Wrong("name")
    return " ".join(word.capitalize() for word in text.split()) if text.isupper() else text


_GROUPS: tuple[tuple[str, str, str], ...] = (
    *(("situation", each.value, each.value.replace("_", " ")) for each in Situation),
    *(("entitlement", each.value, each.value.replace("_", " ")) for each in Entitlement),
    ("entitlement", Entitlement.NEAR_POOR, "can ngheo|ho can ngheo"),
    ("entitlement", Entitlement.POOR, "ngheo|ho ngheo"),
    ("entitlement", Entitlement.ETHNIC_MINORITY, "dan toc|dan toc thieu so|nguoi dan toc thieu so|dong bao dan toc|nguoi dtts"),
    ("entitlement", Entitlement.ELDERLY, "cao tuoi|nguoi cao tuoi|nguoi gia"),
    ("entitlement", Entitlement.RECEIVING, "dang huong|nguoi dang huong|huong tro cap|bao tro xa hoi"),
    ("situation", Situation.FARMER, "nong dan|lam ruong|lam nong|trong trot|chan nuoi|nong nghiep|ho nong dan"),
    ("situation", Situation.TRADER, "tieu thuong|buon ban|ban hang|buon ban nho|ho tieu thuong"),
    ("situation", Situation.HOUSEHOLD_BUSINESS, "ho kinh doanh|chu ho kinh doanh|ho kinh doanh ca the|kinh doanh"),
    ("situation", Situation.SELF_EMPLOYED, "lao dong tu do|tu do|xe om|tho xay|tho ho|giup viec|ldtd|ld tu do"),
    ("situation", Situation.CRAFT_VILLAGE, "lang nghe|htx|hop tac xa|tho thu cong|xa vien|xa vien htx"),
    ("situation", Situation.LEFT_COMPULSORY, "bao luu|bao luu bhxh|da nghi viec|nghi viec"),
    ("situation", Situation.ON_UNEMPLOYMENT_BENEFIT, "that nghiep|huong that nghiep|huong tctn|tctn|tro cap that nghiep"),
    ("situation", Situation.WORKER, "cong nhan|nguoi lao dong|nld|lao dong doanh nghiep|nhan vien|lam cong ty"),
    ("situation", Situation.EMPLOYER, "chu su dung lao dong|nguoi su dung lao dong|nsdld|chu doanh nghiep"),
    ("situation", Situation.STUDENT, "hoc sinh|sinh vien|hssv|hoc sinh sinh vien"),
    ("situation", Situation.UNION_MEMBER, "hoi vien|hoi vien hoi phu nu|hoi vien hoi nong dan|hoi phu nu|hoi nong dan|doan vien"),
    ("situation", Situation.OFFICIAL, "can bo|dang vien|cong chuc|vien chuc|can bo dang vien"),
    ("situation", Situation.OTHER, "khac|doi tuong khac|binh thuong|khong"),
)  # fmt: skip
_BY_GROUP = {word: (kind, value) for kind, value, words in _GROUPS for word in words.split("|")}


@lru_cache(maxsize=4096)
def group(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return how a person lives and what they are entitled to: «nông dân, hộ nghèo»."""
    whole = _BY_GROUP.get(fold_key(text))
    parts = [part for part in re.split(r"[,;/+]|\bvà\b|\bva\b", text) if part.strip()]
    found = [whole] if whole else [_BY_GROUP.get(fold_key(part)) for part in parts]
    known = [each for each in found if each is not None]
    situations = {value for kind, value in known if kind == "situation"}
    if len(known) < len(found) or len(situations) > 1:
        raise Wrong("group")
    return next(iter(situations), None), tuple(sorted({value for kind, value in known if kind == "entitlement"}))


def birth_year(text: str, today: date) -> int:
    """Return the year of «1985», «12/03/1985», «1985-03-12»."""
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    if len(found) != 1 or not today.year - 120 <= int(found[0]) <= today.year:
        raise Wrong("birth")
    return int(found[0])


_JOINED: Mapping[str, Joined] = {
    **dict.fromkeys(_NO | {"chua tham gia"}, Joined.NO),
    **dict.fromkeys(_YES | {"tu nguyen", "bhxh tu nguyen", "dang dong", "dang tham gia", "da tham gia", "voluntary"}, Joined.VOLUNTARY),
    **dict.fromkeys(("bat buoc", "bhxh bat buoc", "compulsory"), Joined.COMPULSORY),
    **dict.fromkeys(("bao luu", "da nghi", "da dung", "dung dong", "nghi dong", "left"), Joined.LEFT),
    **dict.fromkeys(("huu", "huong luong huu", "dang huong luong huu", "luong huu", "pension"), Joined.PENSION),
}  # fmt: skip


@lru_cache(maxsize=4096)
def joined(text: str) -> str:
    """Return whether a person is in social insurance; a bare «có» means the voluntary one, which these lists are about."""
    if (key := fold_key(text)) not in _JOINED:
        raise Wrong("joined")
    return _JOINED[key]


def paid_until(text: str) -> date:
    """Return the last day of the month up to which is paid: «12/2026», «31/12/2026», «2026-12»."""
    for pattern in (r"(?:\d{1,2}[/.-])?(?P<m>\d{1,2})[/.-](?P<y>\d{4})", r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-\d{1,2})?"):
        if (found := re.fullmatch(pattern, text.lower().removeprefix("tháng").strip())) and 1 <= int(found["m"]) <= 12:
            year, month = int(found["y"]), int(found["m"])
            if 1995 <= year <= 2100:
                return date(year, month, calendar.monthrange(year, month)[1])
    raise Wrong("paid_until")


def day(text: str) -> date | None:
    """Return the one day that a text names; None when it names none."""
    found = re.search(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)", text)
    iso = re.search(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text)
    parts = (int(part) for part in (found[3], found[2], found[1])) if found else map(int, iso.groups()) if iso else None
    if parts is None:
        return None
    try:
        return date(*parts)
    except ValueError:
        raise Wrong("consent") from None


_FORMS: tuple[tuple[str, str], ...] = (
    ("paper", r"phieu|giay|ky|chu ky|don|to khai|van ban|bieu mau|paper"),
    ("phone", r"goi|dien thoai|ghi am|phone"),
    ("message", r"tin nhan|sms|nhan tin"),
    ("online", r"mang|online|web|zalo|telegram|ung dung|app|dien tu"),
    ("spoken", r"truc tiep|loi noi|bang loi|mieng|spoken"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def form(text: str) -> str | None:
    """Return how consent was given, as one of a few words: nothing that was typed goes into the ledger."""
    key = fold_key(text)
    return next((code for code, words in _FORMS if re.search(rf"\b(?:{words})\b", key)), None)


@lru_cache(maxsize=4096)
def consented(text: str) -> bool | None:
    """Return whether a cell says yes; None when it says neither yes nor no nor names a day or a form."""
    key = fold_key(text)
    if key in _NO or key.startswith(("khong", "chua", "tu choi")):
        return False
    return True if key in _YES or day(text) or form(text) else None
