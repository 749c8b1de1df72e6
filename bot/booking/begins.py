"""Whether a text asks for a consultation, by its words alone: to book, to be met, visited or called back. Pure."""

from __future__ import annotations

import re

from bot.booking.wants import Want, wants_in
from bot.vn.numbers import bare_too
from bot.vn.shorthand import spelled_out

_STAFF = r"(?:tư vấn viên|tư vấn|tvv|cán bộ|cb|nhân viên|nv|chuyên viên|người phụ trách)"
_ME = r"(?:tôi|em|e|mình|mk|con|cháu|bác|cô|chú|tui|mẹ|má|me|ba|bố|bà|ông|vợ chồng)"
_PLACE = r"(?:nhà|tiệm|trường|thôn|§ấp|xóm|§bản|§chợ|buôn|sóc|công trình|cơ sở)"
_GO = r"(?:đến|tới|ghé|xuống|về|vô|sang)"
_SOME = r"(?:[^\W\d]+ ){0,4}?"
_PLAN = r"(?:lịch|lịch hẹn|lịch gặp|lịch tư vấn|cuộc hẹn|buổi hẹn|hẹn|buổi tư vấn|buổi gặp|suất tư vấn)"
_BOOKS = (
    rf"(?:đặt|xếp|sắp xếp|bố trí|book|đăng ký|đăng kí|dk|đki|dki) {_SOME}(?:{_PLAN}|tư vấn|gặp)(?! (?:xả|sử|mổ|khám)(?!\w))",
    rf"(?:xin|chốt|cho|cần|muốn|còn) {_SOME}(?:lịch hẹn|lịch gặp|lịch tư vấn|cuộc hẹn|buổi hẹn|buổi tư vấn|hẹn|suất tư vấn|tư vấn (?:trực tiếp|tận))(?! (?:gặp lại|lần|hò))",
    rf"lịch hẹn|lịch tư vấn|buổi tư vấn|hẹn (?:gặp(?! lại)|gọi|lịch|giờ gọi)|hẹn {_SOME}(?:gặp(?! lại)|gọi|tư vấn|cán bộ)",
    rf"gọi lại|gọi(?: (?:điện|video|giúp|giùm|máy|thoại|§đt|dt))* (?:cho |giúp |giùm |hộ )?(?:{_ME}|tư vấn)(?: (?:lúc|vào|sau|trước|tầm|khoảng|nhé|nha|nhe|với|vs|đi|tư vấn|giúp|qua|\d)|$)|gọi (?:điện |lại )?tư vấn|gọi cho (?:{_ME} ){{1,2}}|(?:nhờ|cử|cho) (?:người|cán bộ|nhân viên|nv|ai) gọi|{_STAFF} gọi (?:cho|giúp|lại|tư vấn)",
    rf"{_GO}(?: tận)?(?: {_PLACE})(?: {_ME})? {_SOME}(?:tư vấn|giải thích|nói chuyện)(?! về)|{_STAFF} (?:có |nào )?{_SOME}{_GO}(?: tận)? (?:{_PLACE}|xã)(?! (?:thu|làm)(?!\w))|mời {_SOME}(?:cán bộ|nhân viên|tư vấn)",
    r"tư vấn (?:tại nhà|tận nhà|tận nơi|trực tiếp|qua (?:điện thoại|đt|dt|zalo|video)|online|lưu động|nhóm)",
)  # fmt: skip
_BEGINS = re.compile("|".join(bare_too(rf"(?<!\w)(?:{pattern})(?!\w)") for pattern in _BOOKS))
_MEETS = re.compile(
    bare_too(rf"(?<!\w)(?:gặp|cử|trao đổi|nói chuyện) {_SOME}{_STAFF}(?!\w)|(?<!\w){_STAFF} {_SOME}gặp {_ME}(?!\w)")
)
_WHEN = re.compile(
    bare_too(
        r"(?<!\w)(?:sáng|chiều|trưa|§tối|buổi|mai|ngày|thứ (?:hai|ba|tư|năm|sáu|bảy|\d)|chủ nhật|tuần|cuối tháng|hôm nào|hôm|bữa|lúc|\d{1,2}h\d*|\d{1,2} giờ|ở|tại|trực tiếp|tận mặt|khi nào|bao giờ|rảnh|hỏi|về)(?!\w)"
    )
)
_ELSEWHERE = re.compile(
    bare_too(
        r"(?<!\w)(?:răng|tóc|nail|móng|đăng kiểm|rửa xe|spa|§gội|massage|xăm|karaoke|tour|khách sạn|tiệm nóc|cắt tóc|mua nhà|§nhổ|mổ|visa|dịch giúp)(?!\w)"
    )
)
_OURS = re.compile(bare_too(rf"(?<!\w)(?:{_STAFF}|bảo hiểm|bhxh|bhyt)(?!\w)"))
_NOW = re.compile(
    bare_too(r"(?<!\w)(?:bot|máy|robot|người thật|liền)(?!\w)|(?<!\w)ngay(?= (?:bây|luôn|đi|lập|tại)|\W*$)")
)


def begins_booking(text: str) -> bool:
    """Tell whether a text clearly asks to meet, to book or to be called back; «gặp nhân viên ngay» asks for a person now."""
    text = spelled_out(text)
    elsewhere = _ELSEWHERE.search(text) and not _OURS.search(text)
    if elsewhere or wants_in(text) & {Want.CANCEL, Want.CANCEL_APPOINTMENT}:
        return False
    if _BEGINS.search(text):
        return True
    return bool(_MEETS.search(text) and _WHEN.search(text) and not _NOW.search(text))
