"""Short forms and slips in what people say of days and hours, spelled out: «t5 tuan ke», «chieuf mai», «8h kém 15», «bữa ni»."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.vn.numbers import WORDS, bare_too, lowered, read_number
from bot.vn.text import accented, nfc

# What is understood with its Telex keys left in: «thuws 5», «ngayf mai».
_IN_TELEX = (
    "sáng trưa chiều tối buổi thứ tư năm sáu bảy chủ nhật tuần này tới trước ngày mốt tháng rưỡi giờ mùng mồng rằm âm lịch tết "
    "giêng chạp cuối đầu giữa sớm nhất hôm bữa kém khoảng tầm từ đến hoặc trừ bận rảnh một bốn tám chín mười lúc "
    "và vào phải đừng là làm hành chính trở quá có nhà của tôi em muốn cho hủy hẹn đặt gặp cán bộ gọi lại điện thoại đổi dời không đúng rồi được khác thôi vâng dạ ừ chốt hưu rút lần bảo hiểm tế tự nguyện"
)
_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_SHAPES = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
_WORD = re.compile(r"[^\W\d_]+")
_DAY_AHEAD = r"(?=\s+(?:nay|mai|mot|thu|t[2-7]|cn|chu nhat|ngay)(?!\w))"
_EVENING = re.compile(
    r"(?<=\bbuoi )toi\b|(?<=\dh )toi(?= (?:nay|mai|mot|nha|nhe|a|thu|t[2-7]|cn|chu nhat|ngay)\b|\W*$)|\btoi(?= (?:nay|mai) (?:luc|tam|khoang|sau|\d))"
)
_ME = r"(?<!\w)(?:e|em|minh|con|chau|bac|co|chu|chi|anh|tui|me|ba|gap|hen|goi|dat|ranh|vao)(?!\w)"
_SEVERAL = re.compile(
    r"(?<!\w)(?:thứ|thu)\s*[2-7](?:\s*[,;+&/-]\s*(?:th[ứu]\s*|t)?[2-7](?![\d:h/g]|[.,]\d|\s*(?:h|g|giờ|gio|triệu|trieu|tr|k|năm|nam|tháng|thang)(?!\w)))+"
)
_STOP = re.compile(r"(?<=\w)(?=[,.;:](?:\s|$))")  # «thứ 5, em rảnh»: no number goes on behind the comma
_DIGIT = re.compile(r"[2-7]")
_KEM = re.compile(
    bare_too(
        rf"(?<!\w)(?P<hour>\d{{1,2}}|{WORDS})\s*(?:h|g|giờ)?\s*kém\s*(?P<less>\d{{1,2}}|{WORDS})(?: phút|p|')?(?!\w)"
    )
)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(bare_too(pattern)), spelled)
    for pattern, spelled in (
        (r"(?<![\w/.,-])t\.?\s?(?P<d>[2-7])(?!\w|[/.-]\s?\d|\s*(?:năm|triệu|tr)(?!\w))", r"thứ \g<d>"),
        (r"(?<!\w)(?:thứ|§tứ)(?P<d>[2-7])(?!\w)", r"thứ \g<d>"),
        (r"(?<!\w)(?:thg|th)(?= (?:này|nay|sau|tới|giêng|chạp|\d{1,2})(?!\w))", "tháng"),
        (r"(?<!\w)fai(?!\w)", "phải"),
        (r"(?<!\w)(?:hok|hk|kg|hem|khum|hông|hổng|ko|k)(?= (?:phải|được|đc|dc|dk|rảnh|đi|tiện|thể|cần)(?!\w))", "không"),
        (r"(?<!\w)không (?:đc|dk|đk)(?!\w)", "không được"),
        (rf"(?<!\w)(?P<d>\d{{1,2}}|{WORDS}) (?:h|g)(?!\w)", r"\g<d> giờ"),
        (r"(?<!\w)(?:giờ|h|g) (?:làm|lm)(?!\w)", "giờ làm"),
        (r"(?<!\w)(?:h|g) (?=hành chính)", "giờ "),
        (r"(?<!\w)(?:chiu|chìu)(?!\w)", "chiều"),
        (r"(?<!\w)(?:chúa|chủ) (?:nhật|nhựt)(?!\w)", "chủ nhật"),
        (r"(?<!\w)(?P<d>thứ \S+|chủ nhật) (?=trước (?:lúc|khi|giờ|\d))", r"\g<d> , "),
        (r"(?P<d>\A\W*|[,.;!?]\s+|(?<!\w)(?:vào|hẹn|vậy|thế|thì|hay|hoặc|giờ|\d{1,2}h\d*)\s+)mai(?! (?:sau|mốt|táng|hậu|ơi|nè)(?!\w))(?!\w)", r"\g<d>ngày mai"),
        (r"(?<!ngày\s)(?<!sáng\s)(?<!trưa\s)(?<!chiều\s)(?<!tối\s)(?<!\w)mai(?= (?:lúc |tầm |khoảng )?\d{1,2}\s?(?:h|g|giờ|:))", "ngày mai"),
        (r"(?<!là\s)(?<!em\s)(?<!\w)cn(?! (?:may|viên|nhà|công)(?!\w))(?!\w)", "chủ nhật"),
        (r"(?<!\w)(?P<d>thứ \S+|chủ nhật) (?:của|trong|ở) tuần(?!\w)", r"\g<d> tuần"),
        (r"(?<!\w)(?:kế tiếp|tiếp theo|kế|sắp tới)(?!\w)", "tới"),
        (r"(?<!\w)(?P<d>tuần|bữa|hôm|sáng|trưa|chiều|tối|thứ \S+|chủ nhật) (?:ni|nì|nài|nầy|nớ)(?!\w)", r"\g<d> này"),
        (r"(?<!\w)(?:hnay|h nay|hum nay|hôm này|bữa này|hôm ni)(?!\w)", "hôm nay"),
        (r"(?<!\w)(?P<d>sáng|trưa|chiều|tối) này(?!\w)", r"\g<d> nay"),
        (r"(?<!\w)(?P<d>sáng|chiều|tối|bữa|ngày) mơi(?!\w)", r"\g<d> mai"),
        (r"(?<!\w)(?:hôm|bữa) (?P<d>mai|mốt)(?!\w)", r"ngày \g<d>"),
        (r"(?<!\w)(?:hôm|bữa) (?P<d>\d{1,2})(?!\w|:|\s*(?:h|g|giờ)(?!\w))", r"ngày \g<d>"),
        (r"(?<![\w/.-])(?P<d>\d{1,2}(?:/\d{1,2})?) (?:tây|dương lịch|dương|dl)(?!\w)", r"ngày \g<d>"),
        (r"(?<![\w/.,-])(?:ngày )?(?P<d>3[01]|[12]?\d)\s*(?:-|–|đến|tới)\s*(?:ngày )?(?=\d{1,2}(?:/| tháng )\d)", r"ngày \g<d> đến ngày "),
        (r"(?<!\w)(?P<d>chị|cô|bà|bác|em|bạn|con|cháu|dì|thím|mẹ|vợ) (?=(?:sáng|trưa|chiều|§tối|ngày) (?:mai|§mốt|kia)(?!\w)|hôm nay)", r"\g<d> vào "),
        (r"(?<!\w)từ mai(?= (?:đến|tới|trở)(?!\w))", "từ ngày mai"),
        (r"(?<!\w)(?P<d>sáng|trưa|chiều|tối|hẹn|gặp|lịch|vào|hôm|thứ \S+|chủ nhật) (?=[1-3]/[2-4](?![\w/]))", r"\g<d> ngày "),
        (r"(?<!\w)ngày ngày(?!\w)", "ngày"),
        (r"(?<![\w/.-])(?P<d>\d{1,2}[/.-]\d{1,2}[/.-])(?P<m>2[4-9]|3\d)(?![\w/.-])", r"\g<d>20\g<m>"),
        (r"(?<!\w)thứ (?P<d>[2-7]) (?P<m>[2-7]) (?P<n>[2-7])(?![\w.,:/]|\s*(?:h|giờ|triệu)(?!\w))", r"thứ \g<d> , thứ \g<m> , thứ \g<n>"),
        (r"(?<![\w/.,-])(?:ngày )?(?P<d>1[3-9]|2\d|3[01]) (?=tháng (?:này|nay|sau|tới)(?!\w))", r"ngày \g<d> "),
        (r"(?<!\w)(?P<d>\d{1,2})\s*(?:h|g|giờ)\s*(?P<m>[0-5]\d)(?:\s*(?:p|ph|phút|'))?(?!\w|[/.:-]\d)", r"\g<d>h\g<m>"),
        (r"(?<!\w)(?P<d>\d{1,2}) h(?!\w)", r"\g<d>h"),
        (r"(?<![\w.,])(?P<d>\d{1,2}) (?:rưỡi|rưởi)(?!\w)", r"\g<d>h30"),
        (r"(?<!\w)(?P<d>hai|ba|bốn|sáu|bảy|tám|chín|mười(?: một| hai)?) (?:rưỡi|rưởi)(?= (?:sáng|trưa|chiều|tối)(?!\w))", r"\g<d> giờ rưỡi"),
    )
)  # fmt: skip


def spelled_out(text: str) -> str:
    """Return the text in lower case, NFC, with the short forms of days and hours as whole words."""
    text = _WORD.sub(lambda word: _telex().get(word[0], word[0]), lowered(text))
    if not accented(text):
        text = _evenings(text)
    for pattern, spelled in _FORMS:
        text = pattern.sub(spelled, text)
    return _STOP.sub(" ", nfc(_KEM.sub(_minus, _SEVERAL.sub(_one_by_one, text))))


def _evenings(text: str) -> str:
    """Give «toi» its mark where it is the evening («buoi toi», «7h toi mai») rather than «tôi»."""
    text = _EVENING.sub("tối", text)
    return re.sub(r"(?<!\w)toi" + _DAY_AHEAD, "tối", text) if re.search(_ME, text) else text


def _one_by_one(found: re.Match[str]) -> str:
    """Write «thứ 2,4,6» as three weekdays, «thứ 2-6» as two with a dash between."""
    digits = _DIGIT.findall(found[0])
    link = " - " if len(digits) == 2 and "-" in found[0] else " , "
    return link.join(f"thứ {digit}" for digit in digits)


def _minus(found: re.Match[str]) -> str:
    hour, less = (read_number(found[name]) for name in ("hour", "less"))
    if hour is None or less is None or not (1 <= hour <= 23 and 1 <= less <= 59):
        return found[0]
    return f"{hour - 1 or 12}h{60 - less:02}"


@lru_cache(maxsize=1)
def _telex() -> dict[str, str]:
    return {keys: word for word in _IN_TELEX.split() for keys in _keys(nfc(word)) if keys != word}


def _keys(word: str) -> set[str]:
    """Return the keys that make a word: the tone behind its vowel or at the end, «uow» for «ươ»."""
    tone, inside, plain = "", "", ""
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        mark = next((_TONES[part] for part in parts if part in _TONES), "")
        bare = nfc("".join(part for part in parts if part not in _TONES))
        keys = _SHAPES.get(bare, bare)
        tone, inside, plain = tone or mark, inside + keys + mark, plain + keys
    whole = {inside, plain + tone}
    return whole | {each.replace("uwow", "uow") for each in whole} | {each.replace("uwow", "uwo") for each in whole}
