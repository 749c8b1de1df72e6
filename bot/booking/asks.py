"""Whether a text asks about something else than the appointment: «à mà đóng bao nhiêu?»; «chiều mai được không» does not. Pure."""

from __future__ import annotations

import re

from bot.booking.begins import begins_booking
from bot.vn.numbers import bare_too
from bot.vn.shorthand import spelled_out

_NO = r"(?:không|ko|k|hông|hong|hok|hem|hk|khum|chưa|chứ|chớ)"
# Asking whether a time or place suits is wishing for it.
_SUITS = re.compile(
    bare_too(
        rf"(?:,|;)?(?: (?:có|thì|đều))*\s*(?:được|đc|dc|tiện|ổn|ok|rảnh|còn|còn lịch|có lịch|có ai|còn chỗ|có rảnh|còn trống|làm|làm việc|mở cửa|sao|thì sao) {_NO}(?!\w)(?: (?:ạ|em|anh|chị|bạn|ad|vậy|nhỉ|cô|chú|bác|cháu))*\s*\??"
        r"|(?:hôm|ngày|bữa|khi|lúc|giờ|buổi) nào (?:thì |cũng |đều )?(?:được|đc|dc|rảnh|có lịch|còn(?: chỗ| lịch| trống)?)|mấy giờ (?:cũng |thì )?(?:được|đc|dc|rảnh|có lịch)|bao giờ có lịch|thì sao|(?:thứ )?mấy (?:giờ )?(?:cũng|đều)|nào khác|nào nữa"
    )
)
_STRONG = re.compile(
    bare_too(
        r"(?<!\w)(?:bao nhiêu|bn|bnhieu|bao nhiu|mấy|thế nào|ntn|như thế nào|ra sao|là gì|là sao|làm sao|làm gì|ở đâu|khi nào|bao giờ|bao lâu|có được|đúng không|tại sao|vì sao|cần gì|giấy tờ gì|những gì|cái gì|phải không|cần mang|mang theo|có mất|có tốn|có phải|có bắt buộc|sao phải)(?!\w)"
    )
)
_WEAK = re.compile(bare_too(rf"\?|\w\W+(?:{_NO}|hả|nhỉ|gì|sao|à)(?: (?:ạ|vậy|thế|em|anh|chị|bạn|ad))*\W*$"))


def asks_something_else(text: str, *, tells: bool) -> bool:
    """Tell whether a text asks; one that tells something for the booking must do so in so many words: «mai đóng bao nhiêu»."""
    text = _SUITS.sub(" ", spelled_out(text))
    asks = _STRONG.search(text) or (not tells and _WEAK.search(text))
    return bool(asks) and not begins_booking(text)
