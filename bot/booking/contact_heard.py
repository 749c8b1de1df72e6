"""The name and the telephone number in an answer: tidied, or refused with the reason. Pure."""

from __future__ import annotations

import re

from bot.vn.numbers import bare_too, distinct, lowered
from bot.vn.phones import Phone, find_phones
from bot.vn.text import nfc

LONGEST_NAME = 60
_ME = r"(?:em|tôi|mình|con|cháu|bác|cô|chú|chị|anh|tui|e)"
_OF_WHOM = rf"(?:(?:(?:của )?(?:mẹ |má |bố |ba |cha |vợ |chồng |ông |bà |con |em )?{_ME}|đầy đủ|người hẹn|(?:trong|trên) (?:sổ|căn cước|cccd|thẻ|giấy tờ))(?!\w))?"
_LEAD = re.compile(
    bare_too(
        rf"\W*(?:(?:dạ|vâng|ừ|ok|thưa|ạ|chào|xin chào)\W+)*(?:(?:cứ |hãy )?(?:ghi|để|viết|gọi)(?: giúp)?(?: {_ME})?(?: là)? (?:tên )?(?:là )?)?"
        rf"(?:(?:họ và tên|họ tên|tên họ|quý danh|tên)(?!\w)\s*{_OF_WHOM}\s*(?:(?:là|ghi) )?:?\s*"
        rf"|(?:(?:mẹ|má|bố|ba|cha|vợ|chồng|ông|bà|con|em) )?(?:{_ME}|đây) (?:tên là|tên|là) (?:là )?)?"
    )
)
_CLOSING = distinct("ạ|nhé|nha|nhe|nghe|nghen|đó|á|ah|ad|bạn|đấy|hen|à")
_TAIL = re.compile(bare_too(rf"(?:(?:\W+(?:{_CLOSING}))+(?:\W+{_ME})?)?\W*$"))
_END = re.compile(
    r"[,;:\n.](?:\s|$)|\s*[(\[/]|\s+(?=\d)|(?<=\w)\s+-\s+|\s(?=(?:ở|o|tại|quê|sinh|sđt|sdt|số|đt|hẹn|muốn|năm nay|nha|nhé|và|va|với)\s)",
    re.I,
)
_KEPT_TITLE = re.compile(bare_too(r"(?:chị|anh|cô|chú|bác|ông|bà|cụ|dì|thím|mợ|cậu|mệ)\s"), re.I)
_OWN_TITLE = re.compile(bare_too(r"(?:em|con|cháu|tôi|mình|tui|e)\s"), re.I)
_NOT_A_NAME = re.compile(
    bare_too(
        r"(?<!\w)(?:không|ko|bảo hiểm|bhxh|bhyt|bao nhiêu|thế nào|ở đâu|cảm ơn|được|muốn|tư vấn|đặt lịch|lịch hẹn|vâng|dạ|ok|oke|xin chào|chào|alo|cho|công nhân|nông dân|giáo viên|sinh viên|nội trợ|lao động|người dân|"
        r"§gì|§hỏi|§đóng|§rút|§giờ|§ngày|§thôi|§hủy|§huỷ|§đặt|§gặp|xin|§cần|§tiền|§làm|§rồi|§số|§đúng|§chưa|§biết|§đâu|xem|§khác|§sửa|§mấy|§tại|§hẹn|§lương|§hưu|§để|§thì|§mà|§của|§với|§này|§khỏi|§tên|§sáng mai|§chiều)(?!\w)"
    )
)
_OTHER_WORDS = frozenset(
    {"huy", "thoi", "dung", "khoi", "bo", "co", "sai", "ten", "uh", "uk", "sua"}
)  # unless with a capital
_WORD = r"[^\W\d_]+(?:['’‘´`.-][^\W\d_]+)*"
_LETTERS = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,6}}")
_SURE = re.compile(r"[^\W\d_a-zà-ỹđ][a-zà-ỹđ]*(?: [^\W\d_a-zà-ỹđ][a-zà-ỹđ]*){1,5}")
_CUE = re.compile(
    bare_too(rf"(?<!\w)(?:họ và tên|họ tên|tên(?: {_OF_WHOM})? là|{_ME} tên(?: là)?|tên(?: {_OF_WHOM})?\s*:)\s*:?\s*")
)
_CAPITAL = r"[^\W\d_a-zà-ỹđ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_CAPITALS = re.compile(rf"{_CAPITAL}(?:\s+{_CAPITAL}){{0,5}}")


def name_in(text: str, *, asked: bool) -> tuple[str, str]:
    """Return a person's name and the text without it; asked: the name is the answer, else only behind «tên là»."""
    text = nfc(text)
    if not asked:
        return _cued(text)
    lead = _LEAD.match(lowered(text))
    first = _END.split(text[lead.end() if lead else 0 :].strip(), maxsplit=1)[0]
    tail = _TAIL.search(lowered(first))
    said = first[: tail.start() if tail else None].strip()
    name = "" if said in _OTHER_WORDS and not (lead and lead[0].strip()) else _tidied(said)
    return (name, text.replace(first, " ", 1)) if name else _cued(text)


def _cued(text: str) -> tuple[str, str]:
    cue = _CUE.search(lowered(text))
    found = _CAPITALS.match(text, cue.end()) if cue else None
    name = _tidied(found[0]) if found else ""
    return (name, f"{text[: found.start()]} {text[found.end() :]}") if found and name else ("", text)


def _tidied(said: str) -> str:
    """Return a name in capitals; nothing when it is clearly something else. «chị Lan» stays, «chị Nguyễn Thị Lan» needs no title."""
    said = _OWN_TITLE.sub("", said, count=1) if _OWN_TITLE.match(said) else said
    if _KEPT_TITLE.match(said) and len(said.split()) > 2:
        said = said.split(maxsplit=1)[1]
    if not 2 <= len(said) <= LONGEST_NAME or not _LETTERS.fullmatch(said):
        return ""
    if not _SURE.fullmatch(said) and _NOT_A_NAME.search(lowered(said)):
        return ""
    return " ".join(map(_with_capital, said.split()))


def _with_capital(word: str) -> str:
    if word.isupper() or word.islower():
        return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
    return word[0].upper() + word[1:]


_DIGITS = re.compile(r"(?<!\w)\+?\(?\d(?:[\s.()/-]{0,2}\d){5,18}(?!\w)")
_OWN = re.compile(r"(?:\+|00)84|0(?!0)|84")
_ANOTHER = re.compile(
    bare_too(
        r"(?:cccd|cmnd|cmt|căn cước|chứng minh|định danh|mã số|mã|sổ|bhxh|bhyt|bảo hiểm|thẻ|tài khoản|stk|mst)(?:\W+(?!sđt|sdt|đt|dt|điện|dien|gọi|goi|máy|may|alo|phone|liên|lien)[^\W\d]+){0,6}\W*$"
    )
)


def phones_in(text: str) -> list[Phone]:
    """Return the telephone numbers of a text; what is called an identity or insurance number before is none."""
    lower = lowered(text)
    return [phone for phone in find_phones(text) if not _ANOTHER.search(lower[max(0, phone.start - 60) : phone.start])]


def bad_phone(text: str) -> str:
    """Return why an answer holds no number we can call: foreign, short, long, another (an identity number), unknown; nothing where there are no digits."""
    found = _DIGITS.search(nfc(text))
    if not found:
        return "short" if re.search(r"\d{3}", text) else ""
    digits = re.sub(r"[^\d+]", "", found[0])
    if _ANOTHER.search(lowered(text)[: found.start()]) or re.fullmatch(r"0\d{11}", digits):
        return "another"
    if digits.startswith(("+", "00")) and not _OWN.match(digits):
        return "foreign"
    if len(digits) < 10:
        return "short"
    return "long" if len(digits) > 10 + digits.startswith(("84", "+84")) else "unknown"
