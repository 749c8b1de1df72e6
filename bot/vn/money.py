"""Sums of money as people type them: «1tr5», «hai triệu rưỡi», «500k», «2.000.000đ», «2-3 triệu một tháng»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.vn.numbers import NUMBER, RANGE, WORDS, amount, bare_too, before, ends, lowered, read_bare, whole
from bot.vn.text import fold


@dataclass(frozen=True)
class Money:
    """What a sum may be in đồng, per what period (day, week, month, quarter, year), and where it stands in the NFC text."""

    choices: tuple[int, ...]
    period: str | None
    start: int
    end: int


_SCALES = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "cu": 10**6, "nghin": 1000, "ngan": 1000, "ng": 1000, "k": 1000}  # fmt: skip
_OTHER_WORDS = {"một", "mot", "ba", "năm", "nam", "tư", "tu", "sau"}
_TIMES = {"": 1, "chuc": 10, "tram": 100}
_UNIT = r"(?P<unit>tỷ|tỉ|triệu|tr|củ|nghìn|ngàn|ng|k)(?![^\W\d])"
_HALF = r"(?P<half>rưỡi|rưởi)(?!\w)"
_SUM = re.compile(
    bare_too(
        rf"(?<!\w)(?<!\d[.,/:-])(?:{RANGE}\s*(?P<times>chục|trăm)?|(?P<about>nửa|chục|trăm|(?=(?:triệu|củ) {_HALF})))\s*{_UNIT}"
    )
)
# «2 triệu 3» is 2.3 millions at the end of a phrase, not before what is counted («2 triệu 3 tháng»), else perhaps.
_PHRASE_ENDS = re.compile(
    bare_too(
        r"\s*(?:$|[^\w\s,.:/]|/\s*[^\W\d]|[.,](?!\s*\d)|(?:đồng|đ|vnđ|vnd|(?:một|1) (?:tháng|năm)|mỗi|hàng|hằng|ạ|a|nhé|nha|thôi|thì|được|dc|đc|"
        r"không|ko|k|hả|hay|hoặc|rồi|mà)(?!\w))"
    )
)
_COUNTED_BEHIND = re.compile(
    bare_too(
        r"\s*(?:[.,]\s*\d|[:/]|(?:tháng|thg|th|năm|n|ngày|người|ng|lần|tuổi|t|con|nhân khẩu|khẩu|đứa|cháu|suất|kỳ|quý|tuần|giờ|h|phần trăm|cái|sổ|"
        r"vợ chồng|anh|chị|mẹ|bố|bên|bé|hộ|nhà|sào|mức|loại|cty|công ty|đến|tới|mấy|chục|trăm)(?!\w))"
    )
)
_MORE = re.compile(
    bare_too(
        rf"\s*{_HALF}|(?P<tenths>\d{{1,3}})(?:\s*(?:k|nghìn|ngàn))?(?!\w)| (?P<rest>{NUMBER})\s*{_UNIT}|"
        rf" (?P<last>\d{{2,3}}|[1-9]|{WORDS}|mốt|tư)(?![\w%]|[.,/-]\d)"
    )
)
_WRITTEN_OUT = whole(
    r"(?P<sum>[1-9]\d{0,2}(?:[.,]\d{3}){1,4}|[1-9]\d{0,2}(?:\s\d{3}){0,3}\s000|[1-9]\d{0,11})\s*(?P<dong>đồng|vnđ|vnd|đ)?(?![.,/-]\d)"
)
_COUNTED = re.compile(
    bare_too(r"\s*(?:%|(?:người|nhân khẩu|hộ|lượt|lao động|xã|phường|phần trăm|m2|mét|con|bước|km|kg)(?!\w))")
)
_IS_A_CODE = re.compile(bare_too(r"(?:(?:số|mã|sổ|nq|nđ|qđ|cccd|cmnd|otp|sđt)\s*:?\s*|[/-])$"))
_OLD = re.compile(bare_too(r"(?<!\w)(?:quận|phường|huyện|xã|tỉnh|số|lớp|khu|tổ) $"))  # «quan 12 cu»: cũ
_VAGUE = re.compile(bare_too(r"(?<!\w)(?:mấy|vài|hàng|nhiều|bao nhiêu|dăm|mươi|mười|đường|phố|bà) $"))
_YEAR = re.compile(r"(?:năm|nam)(?!\w)")
_EACH_BEFORE = re.compile(bare_too(r"(?<!\w)(?:mỗi|một|1|hàng|hằng) $"))
_DONG = re.compile(r"\s*(?:đồng|vnđ|vnd|đ)(?!\w)")
_THROUGH = re.compile(bare_too(r"\s*(?:[-–~]|đến|tới)\s*"))
_PERIODS = {"thang": "month", "thg": "month", "th": "month", "nam": "year", "n": "year", "quy": "quarter", "tuan": "week", "ngay": "day"}  # fmt: skip
_PER = re.compile(
    bare_too(
        r"\s*(?:(?:/|trên)\s*(?:một |mỗi |1\s*)?(?P<slash>tháng|thg|th|năm|n|quý|tuần|ngày)|"
        r"(?:một|mỗi|1|hàng|hằng)\s*(?P<each>tháng|th|năm|quý|tuần|ngày)|(?P<plain>tháng)(?=\W*$))(?!\w)(?! (?:rưỡi|nữa|này))"
    )
)
_EACH = re.compile(
    bare_too(
        r"(?<!\w)(?:mỗi|một|1|hàng|hằng|lương|thu nhập|lời|công)\s*(?P<period>tháng|năm|quý|tuần|ngày)"
        r"(?: (?!này|sau|trước|nay)[^\W\d]+){0,4}\s*$"
    )
)


def find_money(text: str) -> list[Money]:
    """Return the sums of a text, in order: those with a unit («triệu», «k», «đồng») or written out like 2.000.000."""
    text = lowered(text)
    sums = list(_joined(text, _with_unit(text)))
    taken = {place for money in sums for place in range(money.start, money.end)}
    sums += [money for money in _written_out(text) if money.start not in taken]
    return [_with_period(text, money) for money in sorted(sums, key=lambda money: money.start)]


def read_sum(text: str) -> tuple[int, ...]:
    """Return what a reply to «how much?» may mean in đồng, nothing if it tells no sum.

    A number without a unit is read by its size: below 10 in millions; from 10 to 99 in hundreds of thousands («15» is 1tr5)
    or in millions; from 100 to 9,999 in thousands; above and below 100 millions in đồng; what looks like a year of our times is no sum.
    """
    found = find_money(text)
    if found:
        return tuple(sorted({choice for money in found for choice in money.choices}))
    return tuple(sorted({int(number * scale) for number in read_bare(text) for scale in _scales(number)}))


def _scales(number: Decimal) -> tuple[int, ...]:
    if number < 100:
        return () if not number else (10**6,) if number < 10 else (10**5, 10**6)
    if number < 10_000:
        return () if 1900 < number < 2100 and number % 50 else (1000,)
    return (1,) if number < 10**8 else ()


def _with_unit(text: str) -> Iterator[Money]:
    place = 0
    while found := _SUM.search(text, place):
        year = _YEAR.match(text, found.start())
        if year and before(_EACH_BEFORE, text, found.start()):  # «mỗi năm hai triệu» is not five and two
            place = year.end()
            continue
        money = None if _other_word(text, found) else _sum(text, found)
        place = money.end if money else found.end()
        if money:
            yield money


def _other_word(text: str, found: re.Match[str]) -> bool:
    """Tell whether the unit is another word («5 ng»: people; «45 k đóng»: not) or no number stands there («mấy chục triệu»)."""
    unit, number = found["unit"], found["number"] or found["near"] or ""
    if not number[:1].isdigit():
        return unit in {"cu", "ty", "ti", "ng", "k"} or bool(before(_VAGUE, text, found.start()))
    if unit == "cu" and before(_OLD, text, found.start()):
        return True
    spaced = text[found.start("unit") - 1].isspace()
    value = amount(number) or 0
    return (unit == "ng" or (unit == "k" and spaced)) and (value < 100 or value % 10 != 0 or 1900 < value < 2100)


def _sum(text: str, found: re.Match[str]) -> Money | None:
    unit = _SCALES[fold(found["unit"])]
    more, end = _more(text, found.end(), unit)
    readings, start = _numbers(found, grouped_only=unit < 10**6)
    scale = unit * _TIMES[fold(found["times"] or "")]
    sums = {numbers[-1] * scale + extra for numbers in readings for extra in more}
    for low, high in ((numbers[0], numbers[-1]) for numbers in readings if len(numbers) == 2):
        sums.add(low * (scale if low < high else 1000))  # «500 đến 1 triệu»
    choices = tuple(sorted(int(choice) for choice in sums if 0 < choice < 10**12 and choice == int(choice)))
    dong = _DONG.match(text, end)
    return Money(choices, None, start, dong.end() if dong else end) if choices else None


def _numbers(found: re.Match[str], *, grouped_only: bool) -> tuple[set[tuple[Decimal, ...]], int]:
    """Return how many units there may be, and where they begin; «1,250 triệu» may be 1.25 or 1250."""
    if found["about"] is not None:
        half = found["about"] in {"nửa", "nua"}
        return {(Decimal("0.5") if half else Decimal(_TIMES[fold(found["about"])]),)}, found.start()
    many, start = ends(found)
    return {many} | (set() if grouped_only else {ends(found, grouped=False)[0]}) - {()}, start


def _more(text: str, end: int, scale: int) -> tuple[list[Decimal], int]:
    """Return what the words behind the unit add, in đồng, and where they end: « rưỡi», «5», « 250 nghìn», « tám»."""
    found = _MORE.match(text, end)
    if not found:
        return [Decimal(0)], end
    if found["half"]:
        return [Decimal(scale) / 2], found.end()
    if found["tenths"]:
        return [Decimal(f"0.{found['tenths']}") * scale], found.end()
    if found["rest"]:
        rest = (amount(found["rest"]) or 0) * _SCALES[fold(found["unit"])]
        return ([Decimal(rest)], found.end()) if rest < scale else ([Decimal(0)], end)
    parts = _last(text, found) if scale >= 10**6 else []
    return ([Decimal(part * scale) for part in parts], found.end()) if any(parts) else ([Decimal(0)], end)


def _last(text: str, found: re.Match[str]) -> list[Decimal]:
    """Return what part of a unit the last digits may be: «2 triệu 3», «2 triệu 34», «hai triệu năm» (2.5, or two a year)."""
    word = found["last"]
    number = amount(word)
    ends = _PHRASE_ENDS.match(text, found.end())
    if number is None or (not ends and (word in _OTHER_WORDS or _COUNTED_BEHIND.match(text, found.end()))):
        return []
    part = number / (10 if number < 10 else 100 if number < 100 else 1000)
    also = [number / 1000] if 10 <= number < 100 and not word.isdigit() else []
    return [part, *also, *([] if ends and word not in {"năm", "nam"} else [Decimal(0)])]


def _joined(text: str, sums: Iterable[Money]) -> Iterator[Money]:
    """Make one of two that are the ends of a range: «2 triệu đến 3 triệu»."""
    last: Money | None = None
    for money in sums:
        if last and _THROUGH.fullmatch(text, last.end, money.start) and last.choices < money.choices:
            money = replace(money, choices=last.choices + money.choices, start=last.start)
        elif last:
            yield last
        last = money
    if last:
        yield last


def _written_out(text: str) -> Iterator[Money]:
    for found in _WRITTEN_OUT.finditer(text):
        value = int(re.sub(r"[.,\s]", "", found["sum"]))
        apart = not found["sum"].isdigit()
        named = (
            value >= (1000 if apart or found["dong"] not in {"dong", "d"} else 10_000) and found["dong"]
        )  # «2025 dong»: đóng
        plain = value >= 10_000 and (apart or value % 1000 == 0) and not _COUNTED.match(text, found.end())
        if value < 10**10 and (named or plain) and not before(_IS_A_CODE, text, found.start()):
            yield Money((value,), None, found.start(), found.end())


def _with_period(text: str, money: Money) -> Money:
    behind, ahead = _PER.match(text, money.end), before(_EACH, text, money.start)
    if behind:
        return replace(money, period=_PERIODS[fold(behind[behind.lastgroup or 0])], end=behind.end())
    return replace(money, period=_PERIODS[fold(ahead["period"])]) if ahead else money
