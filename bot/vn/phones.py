"""Telephone numbers of Vietnam as people type them, in the form that networks use: «0912 345 678» is +84912345678."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.vn.numbers import bare_too, before, lowered


@dataclass(frozen=True)
class Phone:
    """A number in E.164 and where it stands in the NFC text."""

    number: str
    start: int
    end: int


# The mobile prefixes of eleven digits that became ten on 15 September 2018.
_RENEWED = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39", "186": "56", "188": "58",
    "199": "59",
}  # fmt: skip
_SEP = r"\)?[ .-]?"
_NATIONAL = re.compile(r"(?:3[2-9]|5[25689]|7[06-9]|8\d|9\d)\d{7}|2\d{9}")
_NUMBER = re.compile(
    rf"(?<![\w+])(?<!\d[.,/-])(?:\(?(?:\+|00)?84{_SEP}(?:\(0\){_SEP})?|\(?0)(?P<rest>[1-9](?:{_SEP}\d){{8,9}})(?!\w|[.,/-]\d| \d{{1,3}}(?!\d)(?!\s*[^\W\d]))",
    re.ASCII,
)
_ANOTHER_NUMBER = re.compile(
    bare_too(r"(?:cccd|cmnd|cmt|căn cước|định danh|mã số|mã|sổ|số sổ|bhxh|bhyt|thẻ)\s*(?:là|số|:)*\s*$")
)


def find_phones(text: str) -> list[Phone]:
    """Return the telephone numbers of a text, in order; identity and insurance numbers are none."""
    text = lowered(text)
    phones = [_phone(found) for found in _NUMBER.finditer(text) if not before(_ANOTHER_NUMBER, text, found.start())]
    return [phone for phone in phones if phone]


def _phone(found: re.Match[str]) -> Phone | None:
    digits = re.sub(r"\D", "", found["rest"])
    if len(digits) == 10 and digits[:3] in _RENEWED:
        digits = _RENEWED[digits[:3]] + digits[3:]
    return Phone(f"+84{digits}", *found.span()) if _NATIONAL.fullmatch(digits) else None
