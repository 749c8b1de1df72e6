"""What a consultation is to be about, how people want to meet and in which language, by their words. Pure."""

from __future__ import annotations

import re

from bot.booking.rules import Kind
from bot.vn.numbers import bare_too
from bot.vn.shorthand import spelled_out
from bot.vn.text import fold

_SI = r"(?:bhxh|bảo hiểm xã hội|bảo hiểm|bh)(?! (?:y tế|ytế|yt)(?!\w))"
_ONLY_ALONE = ""  # another topic, unless one is named besides: «sổ bảo hiểm của tôi để rút một lần»
_BESIDES = re.compile(
    bare_too(
        r"(?<!\w)(?:hỏi|tư vấn|nói|biết) (?:thêm|cả|luôn)(?!\w)|(?<!\w)(?:nữa|kèm|với cả)(?!\w)|(?<!\w)thêm (?:về|chuyện|cả|vụ|việc)(?!\w)"
    )
)
_TOPICS: tuple[tuple[str, str], ...] = (
    ("withdrawal", rf"rút(?: (?:{_SI}|sổ|tiền|hết|ra))*(?: (?:một|1) (?:lần|cục))?|(?:{_SI}\s*)?(?:một|1) lần|(?:lãnh|lĩnh|hưởng|lấy|nhận)(?: {_SI})? (?:một|1) (?:lần|cục)"),
    ("pension", r"lương hưu|hưu trí|nghỉ hưu|về hưu|tuổi hưu|§hưu|chế độ hưu"),
    ("health", r"(?:bhyt|bảo hiểm y tế|bảo hiểm ytế|bh y tế|bh yt)(?: tự nguyện)?|thẻ y tế|thẻ bảo hiểm|thẻ khám bệnh|khám chữa bệnh|hộ gia đình|hgd"),
    ("voluntary", rf"(?:{_SI}\s*)?tự nguyện|bhxhtn|{_SI} tn|(?:đóng|tham gia|mua|vào|nộp)(?: thêm| tiếp)? {_SI}|mức đóng|đóng (?:tiếp|bù|thêm)|đóng tự nguyện"),
    ("other", r"thai sản|thất nghiệp|bhtn|tử tuất|mai táng|ốm đau|tai nạn lao động|gộp sổ|chốt sổ|mất sổ|vssid|việc khác|chuyện khác|mục khác"),
    (_ONLY_ALONE, r"sổ bảo hiểm|sổ bhxh|bảo lưu"),
)  # fmt: skip
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.VIDEO, r"(?:gọi |call |qua )?video(?: call)?|vidéo|zoom|google meet|gọi hình|tư vấn online|trực tuyến"),
    (Kind.FIELD, r"tận (?:nơi|nhà|§chợ|thôn|§ấp|§bản|xóm|chỗ|cơ sở)|(?:sang|qua)(?: \S+)? §nhà|toi nha(?= (?:em|e|toi|minh|tu|gap|noi|cho|me)(?!\w))|(?:đến|§tới|ghé|§lại|xuống|vô|về)(?: \S+)? (?:nhà|tiệm|§chợ|§ấp|thôn|§bản|xóm|§cảng|§rẫy)(?! (?:nước|đài)(?!\w))|(?:xuống|về)(?: tận)? (?:§chợ|cho(?= \w)|ấp|thôn|§bản|xóm|xã|buôn|sóc)|lưu động|tại nhà(?! văn)|(?:ở|tại) (?:nhà văn hóa|nhà văn hoá|§chợ|nhà (?:tôi|em|mình|bác))"),
    (Kind.PHONE, r"gọi (?:zalo|za lo|điện|lại|đt|dt|cho|giúp|giùm|tư vấn|máy|qua|em|tôi|mình|bác|con|mẹ|ba|má|bố)|(?:qua|bằng) (?:điện thoại|đt|dt|sđt|dien thoai)|alo (?:cho|tôi|em|mình)|nghe máy|cuộc gọi|cuộc điện thoại|tư vấn điện thoại|gọi thôi|gọi(?= lúc| trước| sau)"),
    (Kind.OFFICE, r"(?:tại|ra|đến|tới|lên|ở|vô) (?:cơ quan|văn phòng|trụ sở|bảo hiểm|bhxh|cơ quan bảo hiểm|bưu điện|ủy ban|uỷ ban|ubnd|điểm thu)|(?:gặp|tư vấn|trao đổi) trực tiếp|gặp mặt|gặp tận mặt|trực tiếp tại"),
)  # fmt: skip
_REFUSED_BEFORE = re.compile(
    bare_too(
        r"(?<!\w)(?:không|ko|k|hông|khỏi|đừng|chẳng|chả)(?: (?:cần|phải|muốn|thích|tiện|thể|được|thì|cứ|em|là|cho))*\s*$"
    )
)
_REFUSED_BEHIND = re.compile(
    bare_too(
        r"(?: (?:tư vấn|thì|là|em|tôi|bác|ở|nó|mẹ|má|bố|§bà|ông|con|chồng|vợ)){0,4} (?:không|ko|k|hông) (?:được|nghe|tiện|rành|biết|đc|dc|rõ|đi)(?! (?:không|ko|k)(?!\w))"
    )
)
# Spoken by people of Vietnam: ISO 639-1 where there is one, else 639-3.
LANGUAGES: dict[str, str] = {
    "mông": "hmn", "h'mông": "hmn", "h’mông": "hmn", "hmông": "hmn", "mèo": "hmn", "khmer": "km", "khơ me": "km", "khơ-me": "km", "khơme": "km",
    "ê đê": "rad", "êđê": "rad", "ê-đê": "rad", "rađê": "rad", "tày": "tyz", "nùng": "nut", "dân tộc thái": "blt", "thái đen": "blt", "thái": "blt",
    "mường": "mtq", "dao": "ium", "gia rai": "jra", "jrai": "jra", "j'rai": "jra", "gia-rai": "jra", "ba na": "bdq", "bana": "bdq",
    "bahnar": "bdq", "chăm": "cjm", "hoa": "zh", "quảng đông": "zh", "trung": "zh", "xơ đăng": "sed", "xê đăng": "sed", "cơ ho": "kpm",
    "k'ho": "kpm", "kơ ho": "kpm", "hrê": "hre", "h'rê": "hre", "raglai": "rog", "ra glai": "rog", "mnông": "cmo", "m'nông": "cmo", "stiêng": "sti",
    "xtiêng": "sti", "s'tiêng": "sti", "vân kiều": "bru", "bru": "bru", "cơ tu": "ktv", "cơtu": "ktv", "kinh": "vi", "việt": "vi", "anh": "en",
}  # fmt: skip
_NAMES = "|".join(sorted(map(re.escape, LANGUAGES), key=len, reverse=True)).replace(r"\ ", " ")
_LANGUAGE = re.compile(
    rf"(?<!\w)(?:{bare_too('tiếng')})\s+(?:(?:{bare_too('dân tộc|đồng bào|người')})\s+)?(?P<name>{bare_too(_NAMES)})(?!\w)"
)
_BY_FOLDED = {fold(name): code for name, code in LANGUAGES.items()}


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{bare_too(pattern)})(?!\w)")


_HOME = _whole(
    r"tận (?:nơi|nhà|chỗ|giường)|(?:sang|qua|đến|§tới|ghé|§lại|xuống|vô)(?: \S+)? §nhà(?! (?:văn|thờ|nước|đài)(?!\w))|tại nhà(?! (?:văn|thờ)(?!\w))"
    r"|(?:ở|tại|đến|den|toi|qua|ghe) (?:nhà|nha) (?:tôi|tui|em|mình|minh|bác|con|mẹ|má|bà|ông|chị|anh|cô|chú)"
)
_TOPIC_PATTERNS = tuple((topic, _whole(pattern)) for topic, pattern in _TOPICS)
_KIND_PATTERNS = tuple((kind, _whole(pattern)) for kind, pattern in _KINDS)


def topics_in(text: str) -> tuple[str, ...]:
    """Return the keys of rules.TOPICS that a text is about, in the order in which they are named."""
    text = spelled_out(text)
    found = sorted((*match.span(), topic) for topic, pattern in _TOPIC_PATTERNS for match in pattern.finditer(text))
    named, end = dict[str, None](), 0
    for start, ends, topic in found:
        if start >= end:
            named[topic], end = None, ends
    return tuple(topic for topic in named if topic != _ONLY_ALONE) or ("other",) * bool(named)


def besides(text: str) -> bool:
    """Tell whether the topics that a text names are meant besides those named before: «hỏi thêm BHYT nữa»."""
    return bool(_BESIDES.search(spelled_out(text)))


def kind_in(text: str) -> Kind | None:
    """Return how people want to meet; what they refuse («không cần đến nhà») is not it."""
    text = spelled_out(text)
    return next((kind for kind, pattern in _KIND_PATTERNS if _meant(pattern, text)), None)


def home_in(text: str) -> bool:
    """Tell whether a consultant is to come to the person's home; a market or a hamlet is none."""
    return _meant(_HOME, spelled_out(text))


def _meant(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether a text says it anywhere without refusing it."""
    return any(
        not (_REFUSED_BEFORE.search(text, 0, found.start()) or _REFUSED_BEHIND.match(text, found.end()))
        for found in pattern.finditer(text)
    )


def language_in(text: str) -> str | None:
    """Return the code of the language people want to be spoken to in: «tiếng Mông»; None when they name none of the list."""
    found = _LANGUAGE.search(spelled_out(text))
    return _BY_FOLDED[" ".join(fold(found["name"]).split())] if found else None
