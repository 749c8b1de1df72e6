"""When people say they were born: «sinh 12/3/1985», «sn 85», «em 41t», «năm nay 58», «ngoài 50 tuổi»."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.vn.numbers import DIGITS, ONE, WORDS, bare_too, before, lowered, read_bare, read_number
from bot.vn.text import accented, fold, nfc


@dataclass(frozen=True)
class Birth:
    """A year of birth, the month and day if told, and where it stands in the NFC text; from_age if reckoned from an age."""

    year: int
    month: int | None
    day: int | None
    start: int
    end: int
    from_age: bool = False


_OLDEST = 120
_GROWN = range(15, 76)  # whose bare number may be an age, or the end of a year
_FULL = r"(?:19|20)\d\d(?!\d)"
_TWO = rf"(?:{ONE}) (?:{ONE}|mốt|tư|lăm|nhăm)"
_SPOKEN = (
    rf"(?:một|hai) nghìn(?: (?:không|chín) trăm)?(?:(?: linh| lẻ)? (?:{WORDS}))?|{_TWO} {_TWO}|{_TWO}(?! mươi)|{WORDS}"
)
_STEP = r"(?:\s*[/.-]\s*| (?:tháng|năm) | )"
_BORN = re.compile(
    bare_too(
        rf"(?<!\w)(?P<cue>(?:ngày tháng |ngày |năm )?sinh|sn|s/n|ns)(?: là| vào| hồi)?\s*[:.-]?\s*(?P<unit>năm|ngày|tháng|n(?=\s*\d))?\s*"
        rf"(?:(?:(?P<day>\d{{1,2}}){_STEP})?(?P<month>\d{{1,2}}){_STEP})?(?P<year>{_FULL}|\d\d(?!\d)|{_SPOKEN})(?!\w)(?!\s*%|\s*[/.,-]\s*\d)"
        r"(?!\s*(?:con|ngày|tháng|tuần|lần|đứa|triệu|tr|k|người|bé|cháu|tuổi|t|nghìn|ngàn|giờ|h|phần trăm|năm)(?!\w))"
    )
)
_WITH_SEX = re.compile(
    r"(?<![\w])(?<!\d[.,/:-])(?:(?P<before>nữ|nu|nam)(?P<left>[\s,:-]+))?"
    rf"(?:(?:(?P<day>\d{{1,2}})[/.-])?(?P<month>\d{{1,2}})[/.-])?(?P<year>{_FULL})(?!\w|[/.-]\d)"
    r"(?:(?P<right>[\s,:-]+)(?P<after>nữ|nu|nam)(?!\w)(?! [^\W\d]))?"
)
_ABOUT = {"ngoai": (1, 9), "hon": (1, 9), "gan": (-3, -1), "khoang": (-1, 1), "tam": (-1, 1), "chung": (-1, 1), "co": (-1, 1)}  # fmt: skip
_AGED = re.compile(
    bare_too(
        rf"(?<!\w)(?<!\d[.,/:-])(?:(?P<about>ngoài|hơn|gần|khoảng|tầm|chừng|cỡ) )?"
        rf"(?:(?P<age>{_TWO}(?! mươi)|{WORDS}) tuổi|(?P<digits>\d{{1,3}})\s*(?:tuổi|t)(?![^\W\d]|\d(?!\d?th)))(?:(?: (?P<months>\d\d?) tháng|\s?(?P<short>\d\d?)th)(?!\w))?"
    )
)
_NOW = re.compile(
    bare_too(
        r"(?<!\w)nay(?: (?:em|tôi|mình|tui|con|cháu|chị|anh|cô|chú|bác|mẹ|bố|ba|má|vợ|chồng|được|đã|cũng|e)){0,3} "
        rf"(?P<age>\d\d|{_TWO}(?! mươi)|{WORDS})(?=\s*(?:$|[^\w\s%/.,:+-]|[.,](?!\d)|"
        r"(?:rồi|mà|muốn|thì|chưa|còn|đang|có|được|và|nữ|ạ|à|nè|mới|đã|sắp|vẫn|mẹ|bố|vợ|chồng)(?!\w)))"
    )
)
_NOT_NOW = re.compile(
    bare_too(r"(?<!\w)(?:đủ|dưới|từ|đến|tới|trên|quá|lúc|khi|hồi|năm|hưu|nhau|cách|thêm|độ tuổi)(?: là)? $")
)
_AND_MORE = re.compile(bare_too(r" trở (?:lên|xuống|đi)"))
_HE_IS = re.compile(bare_too(r"(?:^|[,;.:(?!]|(?<!\w)(?:là|em|tôi|giới tính|e|anh|tui|mình))\s*$"))
_DAY_MONTH = re.compile(
    bare_too(
        r"(?<![\d/.,-])(?P<day>\d{1,2})(?:[/.-]| tháng )(?P<month>\d{1,2})(?:(?:[/.-]| năm |\s)(?P<year>\d{4}|\d\d))?(?![\w/.-])"
    )
)


def find_birth(text: str, today: date) -> list[Birth]:
    """Return the births told by a text, one a person, in order.

    What cannot be (31/2, tomorrow, 121 years ago) is left out, and so is what is not exact («ngoài 50 tuổi»).
    """
    text = lowered(text)
    found = [_born(match, today) for match in _BORN.finditer(text)]
    found += [_with_sex(match, today) for match in _WITH_SEX.finditer(text) if _told_as_birth(text, match)]
    found += [
        _aged(match, today) for match in _AGED.finditer(text) if not match["about"] and not _another_age(text, match)
    ]
    found += [
        _by_age(age, match, today) for match in _NOW.finditer(text) if (age := _number(match["age"]) or 0) >= _GROWN[0]
    ]
    births: list[Birth] = []
    for birth in filter(None, found):
        if all(birth.end <= other.start or other.end <= birth.start for other in births):
            births.append(birth)
    return sorted(births, key=lambda birth: birth.start)


def read_birth(text: str, today: date) -> list[Birth]:
    """Return what a reply to «when were you born?» may mean: each birth told, or each reading of a bare number.

    «1985» is a year; two digits are a year («85») or an age («45»), whichever makes the person 15 to 75 years old,
    both if both do («58»); eight digits are day, month and year; «ngoài 50 tuổi» may be any of 51 to 59.
    """
    found = find_birth(text, today) or _about(lowered(text), today)
    if found:
        return found
    numbers = [int(number) for number in read_bare(text)]
    if len(numbers) == 2 and not re.search(r"\d", text) and max(numbers) < 10:
        numbers = [numbers[0] * 10 + numbers[1]]  # «tám chín»
    return _bare(numbers[0], nfc(text), today) if len(numbers) == 1 else []


def impossible_date(text: str) -> bool:
    """Tell whether a text names a day that no calendar has: «31/2», «30/02/1985», «45/13/1990»."""
    return any(_impossible(found) for found in _DAY_MONTH.finditer(lowered(text)))


def _impossible(found: re.Match[str]) -> bool:
    day, month = int(found["day"]), int(found["month"])
    if not found["year"]:  # «50/50» and «24/7» are no days
        return 28 < day <= 31 and 1 <= month <= 12 and not _exists(2000, month, day)
    return not _exists(int(found["year"]) if len(found["year"]) == 4 else 2000, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _born(found: re.Match[str], today: date) -> Birth | None:
    unit, spoken, number = fold(found["unit"] or ""), not found["year"].isdigit(), _number(found["year"]) or 0
    if number < 100 and not found["day"] and (found["month"] or unit in {"ngay", "thang"}):
        return None  # «sinh ngày 12/10» tells no year
    if spoken and (number < 10 or (found["cue"] == "sinh" and not unit)):
        return None  # «sinh hai con»
    birth = _dated(found, today)
    own = found["cue"] != "sinh" or unit == "nam"  # «em sinh tháng 3/2026» gave birth
    return birth if birth and (own or today.year - birth.year >= _GROWN[0]) else None


def _dated(found: re.Match[str], today: date) -> Birth | None:
    year = _year(_number(found["year"]), today)
    month, day = (int(found[name]) if found[name] else None for name in ("month", "day"))
    if year is None or not _exists(year, month or 1, day or 1):
        return None
    if date(year, month or 1, day or 1) > today or today.year - year > _OLDEST:
        return None
    return Birth(year, month, day, *found.span())


def _with_sex(found: re.Match[str], today: date) -> Birth | None:
    birth = _dated(found, today)
    return birth if birth and today.year - birth.year >= _GROWN[0] else None


def _number(text: str) -> int | None:
    """Return the number of digits or words, digit by digit where they are none: «một chín tám lăm», «tám chín»."""
    number = read_number(text)
    words = fold(text).split()
    if number is None and words and {*words} <= DIGITS.keys():
        return int("".join(str(DIGITS[word]) for word in words))
    return number


def _year(number: int | None, today: date) -> int | None:
    if number is None or number >= 100:
        return number
    return number + (2000 if number <= today.year % 100 else 1900)


def _told_as_birth(text: str, found: re.Match[str]) -> bool:
    """Tell whether a date stands beside a sex («nữ 1985») or is all there is; «nam 1992» without marks may be «năm»."""
    if not (found["before"] or found["after"]):
        return bool(found["month"]) and not re.search(r"\w", text[: found.start()] + text[found.end() :])
    gap, word = (found["left"], found["before"]) if found["before"] else (found["right"], found["after"])
    if word != "nam" or "," in gap:
        return True
    return bool(accented(text) and (found["after"] or before(_HE_IS, text, found.start())))


def _another_age(text: str, found: re.Match[str]) -> bool:
    """Tell whether an age is not told of somebody: «đủ 60 tuổi», «từ 75 tuổi trở lên», «5t» (tons, months)."""
    if found["age"] in {"năm", "nam"}:  # «mỗi năm tuổi nghỉ hưu tăng»
        return True
    few = (
        found["digits"]
        and not text[found.start("digits") : found.end()].endswith(("i", "th"))
        and int(found["digits"]) < 10
    )
    return bool(few or before(_NOT_NOW, text, found.start()) or _AND_MORE.match(text, found.end()))


def _aged(found: re.Match[str], today: date) -> Birth | None:
    months = int(found["months"] or found["short"] or 0)
    return _by_age(_number(found["digits"] or found["age"]), found, today, months=months)


def _about(text: str, today: date) -> list[Birth]:
    found = next((match for match in _AGED.finditer(text) if match["about"]), None)
    birth = _aged(found, today) if found else None
    if not found or not birth:
        return []
    least, most = _ABOUT[fold(found["about"])]
    return [replace(birth, year=birth.year - years) for years in range(least, most + 1)]


def _by_age(age: int | None, found: re.Match[str], today: date, *, months: int = 0) -> Birth | None:
    if age is None or not 1 <= age <= _OLDEST or months > 11:
        return None
    year = (today.year * 12 + today.month - 1 - age * 12 - months) // 12 if months else today.year - age
    return Birth(year, None, None, *found.span(), from_age=True)


def _bare(number: int, text: str, today: date) -> list[Birth]:
    place = re.search(r"\d+", text) or re.search(r"\w.*\w|\w", text)
    start, end = place.span() if place else (0, len(text))
    if 10**6 <= number < 10**8:
        return _of_eight(f"{number:08}", start, end, today)
    if number >= 100:
        return [Birth(number, None, None, start, end)] if today.year - _OLDEST <= number <= today.year else []
    if number < 10 and f"0{number}" not in text:
        return []
    year = _year(number, today) or 0
    readings = [Birth(year, None, None, start, end), Birth(today.year - number, None, None, start, end, from_age=True)]
    return [birth for birth in readings if today.year - birth.year in _GROWN]


def _of_eight(digits: str, start: int, end: int, today: date) -> list[Birth]:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:8])
    fits = len(digits) == 8 and _exists(year, month, day) and 0 <= today.year - year <= _OLDEST
    return [Birth(year, month, day, start, end)] if fits and date(year, month, day) <= today else []
