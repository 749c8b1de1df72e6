"""What people want of a booking besides place and time, by their words: another offer, to cancel, to see, yes or no. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.vn.numbers import bare_too, distinct
from bot.vn.shorthand import spelled_out


class Want(StrEnum):
    """What a text wants."""

    CANCEL = "cancel"  # this booking, which is not made yet
    MORE = "more"  # offers
    OTHER_TIME = "other_time"
    OTHER_DAY = "other_day"
    OTHER_PLACE = "other_place"
    MINE = "mine"  # to see the appointments made
    MOVE = "move"  # an appointment
    CANCEL_APPOINTMENT = "cancel_appointment"
    CANNOT_COME = "cannot_come"  # to an appointment made
    SOONEST = "soonest"
    ANY = "any"  # time, day: whatever is free
    SKIP = "skip"  # not to tell what was asked: «không có số điện thoại»
    CORRECT = "correct"  # something, without saying what: «sửa lại»


class Reply(StrEnum):
    """What a text says to a reminder, or to another time that was proposed."""

    YES = "yes"
    NO = "no"
    KEEP = "keep"  # the time that there is


_NO = r"(?:không|ko|k|hông|hổng|khong|kg|chưa)"
_PLAN = r"(?:lịch hẹn|cuộc hẹn|buổi hẹn|lịch tư vấn|buổi tư vấn|buổi gặp|cuộc gặp|lịch gặp|lịch đã đặt|lịch|hẹn|giờ hẹn|ngày hẹn)"
_WORDS = "dạ|vâng|ừ|ờ|em|tôi|mình|con|cháu|chị|anh|cô|chú|bác|tui|e|ạ|á|nhé|nha|nhe|nghe|nghen|đi|ad|bạn|ơi|giúp|giùm|với|vậy|đó|luôn|nhá|hè|à|cảm ơn|cám ơn"
# Behind «không đến được» stands when or why, not what else somebody cannot come to: «… cơ quan bảo hiểm», «… tuổi hưu».
_WHEN = "lịch|hẹn|cuộc|buổi|hôm|bữa|ngày|mai|nay|kia|sáng|trưa|chiều|tối|tuần|lúc|vào|giờ"
_BEHIND = distinct(
    f"{_WORDS}|{_WHEN}|này|ấy|rồi|nữa|đâu|mất|được|đc|dc|kịp|gặp|cán bộ|thì sao|chủ nhật|t2|t3|t4|t5|t6|t7|cn"
)
_NO_MORE = (
    rf"(?=(?:\s+(?:{_BEHIND}|thứ \w+|[\d:h/.-]+)(?!\w))*\s*(?:$|[^\w\s]|(?:vì|do|tại|nên|cho|xin|để|mà|nhưng)(?!\w)))"
)
_NOT = r"(?:không|ko|k|hông|hổng|khong|kg)(?: thể)?"
_ABLE = r"(?:được|đc|dc|kịp|nổi)"
_WANTS: tuple[tuple[Want, str], ...] = (
    (Want.CANCEL_APPOINTMENT, rf"(?:hủy|huỷ|xóa|xoá|bỏ)(?: (?:đặt|giúp|giùm|dùm|cái|bỏ|luôn|đi|em|tôi|mình|cho)){{0,3}} {_PLAN}"),
    (Want.CANCEL_APPOINTMENT, rf"{_PLAN}(?: \S+){{0,12}} (?:xin )?(?:được )?(?:hủy|huỷ)(?! ngang)"),
    (Want.MOVE, rf"(?:đổi|dời|chuyển|lùi|hoãn|thay đổi|dịch|rời)(?: (?:giúp|giùm|dùm|lại|em|tôi|mình|cho|cái|thời gian|bớt)){{0,3}} (?:{_PLAN}|buổi|giờ gặp|ngày gặp|thời gian gặp)"),
    (Want.MOVE, r"(?:đổi|dời|chuyển|lùi|dịch)(?: (?:giúp|giùm|dùm|lại|em|tôi|mình|cho))* (?:sang|qua)(?! đến)"),
    (Want.MOVE, r"(?:hẹn|đặt) lại (?:ngày|giờ|bữa|buổi|hôm|lịch)|(?:xin|muốn|cho)(?: \S+)? hẹn lại"),
    (Want.MINE, rf"(?:xem|kiểm tra|coi|tra|nhắc)(?: (?:lại|giúp|giùm|dùm|em|tôi|mình|cho|hộ)){{0,3}} {_PLAN}"),
    (Want.MINE, r"(?:lịch hẹn|lịch|cuộc hẹn|buổi hẹn|lịch tư vấn)(?: đã đặt)? (?:của|cua) (?:tôi|em|mình|con|cháu|bác|cô|chú|tui|e)"),
    (Want.MINE, r"(?:tôi|em|mình|con|cháu|bác|cô|chú|tui|e)(?: (?:có|đã|đặt|được))* hẹn (?:hôm nào|ngày nào|mấy giờ|lúc nào|khi nào|bữa nào|ở đâu)"),
    (Want.MINE, r"(?:đặt|hẹn)(?: lịch)?(?: hẹn)? (?:hôm nào|ngày nào|mấy giờ|lúc nào|khi nào|bữa nào|ở đâu|chỗ nào)(?: ấy| ý| rồi| vậy| thế)* (?:nhỉ|nhể)"),
    (Want.MINE, r"(?:chỗ|nơi|điểm|địa chỉ)(?: \S+)? hẹn(?: \S+){0,2} (?:ở đâu|chỗ nào)"),
    (Want.MINE, r"(?:đã |có )?(?:đặt|hẹn) lịch (?:hẹn )?(?:rồi )?(?:mà )?chưa|(?:lịch|giờ|buổi) đã đặt|quên(?: mất)?(?: là)? (?:giờ|ngày|lịch|mất giờ)(?: hẹn)?"),
    (Want.CANNOT_COME, rf"{_NOT} (?:(?:đến|tới|qua|ra)(?: (?:đó|đấy|hẹn|kịp))? {_ABLE}|nghe máy {_ABLE}){_NO_MORE}|(?:không|ko|k|khong) thể (?:đến|tới|qua){_NO_MORE}|xin hoãn{_NO_MORE}|lỡ hẹn"),
    # Who «không đi được» says so of an appointment where a day stands before or behind it; else they may be lame.
    (Want.CANNOT_COME, rf"(?:{_WHEN}|thứ|\d+h)(?: \S+){{0,6}} {_NOT} đi(?: (?:hẹn|kịp))? {_ABLE}{_NO_MORE}|{_NOT} đi(?: (?:hẹn|gặp))? {_ABLE}(?= (?:{_WHEN}|thứ)(?!\w)){_NO_MORE}"),
    (Want.MORE, r"xem thêm|còn (?:giờ|lịch|chỗ|suất|ngày|khung giờ) nào(?: khác| nữa)?|thêm (?:giờ|lựa chọn|lịch)|còn nữa không|có (?:giờ|lịch) nào nữa|(?:không|ko|k|chẳng|chả) (?:có )?(?:cái|giờ|lịch|ngày|hôm) nào (?:được|đc|dc|hợp|tiện|rảnh)"),
    (Want.OTHER_TIME, r"(?:giờ|khung giờ|lúc|thời gian|buổi) khác|đổi giờ|(?:sớm|muộn|trễ) hơn"),
    (Want.OTHER_DAY, r"(?<!để\s)(?:ngày|hôm|bữa) khác|đổi ngày|(?:ngày|hôm|bữa) sau(?: được| đi)"),
    (Want.OTHER_PLACE, r"(?:chỗ|nơi|địa điểm|điểm|xã|bưu điện|văn phòng) khác|đổi (?:chỗ|nơi|địa điểm)|gần (?:nhà )?hơn"),
    (Want.SOONEST, r"càng sớm càng tốt|sớm nhất|nhanh nhất|càng nhanh càng tốt|(?:lịch|lịch hẹn|giờ|ngày|hôm) gần nhất|§gấp|sớm (?:giúp|giùm|cho)|ngay (?:hôm nay|luôn)|bây giờ luôn|luôn bây giờ|(?<!lời\s)ngay bây giờ|hôm nào (?:thì )?(?:được|rảnh|có)(?! (?:thì )?(?:em|tôi|mình|bác) (?:báo|nhắn|gọi|đặt)(?!\w))|khi nào (?:thì )?(?:có lịch|rảnh|được)|bao giờ (?:thì )?(?:có lịch|gặp được)|(?:ngày|giờ) nào (?:thì )?(?:được|rảnh|có lịch|còn|trống)|mấy giờ (?:thì )?(?:được|rảnh|có lịch)"),
    (Want.ANY, r"(?:hôm|ngày|giờ|lúc|khi|bữa|buổi|chỗ|đâu|mấy giờ|thứ mấy|sao|nào|thế nào|ai|gì)(?: nào)?(?: trong (?:ngày|tuần))?(?: em| tôi| mình| bác| con)? (?:cũng|cx|đều) (?:được|đc|dc|ok|tiếp được|rảnh|xong)|(?:tùy|tuỳ)(?: (?:anh|chị|anh chị|bạn|bên|em|cháu|cán bộ|mình|ad))*|còn lại (?:thì )?(?:em |tôi |mình |bác )?(?:rảnh|được)|(?:bất cứ|bất kỳ|bất kì) (?:lúc|giờ|ngày|hôm|khi) nào|rảnh (?:cả|suốt)"),
    (Want.CANCEL, rf"{_NO} (?:muốn |cần )?(?:đặt|hẹn|gặp|làm|đăng ký|điền|tính)(?: lịch)? nữa|thôi (?:{_NO}|khỏi|bỏ|để|hủy|huỷ)|để (?:sau|hôm khác|bữa khác|khi khác|lúc khác)|khỏi (?:đặt|hẹn|cần|gặp)"),
    (Want.SKIP, rf"{_NO} (?:có|nhớ|dùng|xài|biết)(?: (?:số|điện thoại|đt|dt|sđt|sdt))+|{_NO} (?:muốn )?(?:cho|nói|để lại|đưa|tiết lộ)(?: (?:số|tên|sđt|sdt|điện thoại))|{_NO} cần (?:số|tên)"),
    (Want.CORRECT, r"sửa(?: lại)?|nhập lại|làm lại|ghi lại|đổi lại"),
)  # fmt: skip
_PATTERNS = tuple((want, re.compile(rf"(?<!\w)(?:{bare_too(pattern)})(?!\w)")) for want, pattern in _WANTS)
_POLITE = f"(?:{distinct(_WORDS)})"
_WHOLE_CANCEL = r"thôi|thôi (?:khỏi|bỏ|bỏ đi|bỏ qua|được rồi|hủy|huỷ|kệ)|hủy|huỷ|hủy bỏ|hủy đi|bỏ|bỏ đi|bỏ qua|khỏi|khỏi cần|để sau|thoát|dừng lại|không cần nữa|ko cần nữa|k cần nữa|không cần|cancel|kệ"
_AGREES = (
    r"đúng|đúng rồi|đúng r|dung r|đúng hết|đúng cả|đúng thế|đúng vậy|chính xác|chuẩn|chuẩn rồi|ok|oke|okie|oki|okê|okay|okela|ừ|ừm|uh|uk|ừa|ờ|vâng|vg|dạ|dạ vâng|dạ đúng|dạ được|có|phải|phải rồi|được|đc|dc|được rồi|"
    r"đồng ý|nhất trí|xác nhận|chốt|chốt lịch|chốt rồi|chốt luôn|chốt đi|yes|y|giờ đó được|👍|👌|✅"
)
_WHOLE_YES = rf"{_AGREES}|đặt|đặt đi|đặt luôn|đặt lịch|tiếp tục|làm đi|giữ|giữ lịch|lấy|lấy lịch này"
_REFUSES = r"không|ko|k|kh|hông|hổng|hok|khum|khong|no|chưa|chưa đúng|chưa được|sai|sai rồi|sai r|nhầm|nhầm rồi|không phải|ko phải|k phải|không đúng|ko đúng|không được|ko được|không chốt|không đồng ý|chưa chốt|trật rồi|lộn rồi|👎|❌"
_WHOLE_NO = rf"{_REFUSES}|sửa|sửa lại"
_BUSY = r"bận|bận rồi|bận mất rồi|bận việc"
_KEEPS = r"giữ|giữ lịch|giữ nguyên|(?:giữ |giữ nguyên )?(?:giờ|lịch|lịch hẹn|hẹn) cũ"
_BEGINS_NO = re.compile(
    bare_too(
        rf"\W*(?:(?:{_POLITE})\W+)*(?:không|ko|k|hông|sai rồi|sai(?: (?:giờ|ngày|tên|số|chỗ|xã))?(?: rồi)?|nhầm rồi|nhầm|chưa đúng|chưa|không phải|không đúng)\s*[,.!;]"
    )
)
_BEGINS_YES = re.compile(
    bare_too(
        rf"\W*(?:(?:{_POLITE})\W+)*(?:đúng rồi|đúng vậy|ok|oke|ừ|vâng|dạ đúng|chốt|được rồi|đồng ý|chính xác|xác nhận|đúng)\s*(?:[,.!;]|$|(?:nhưng|mà)(?!\w))"
    )
)


def _alone(words: str) -> re.Pattern[str]:
    """Match the words as all that is said, but for politeness."""
    return re.compile(bare_too(rf"\W*(?:{_POLITE}\W+)*?(?:{words})(?:\W+(?:{_POLITE}|{words})){{0,6}}\W*"))


_CANCEL_ALONE, _YES_ALONE, _NO_ALONE = (_alone(words) for words in (_WHOLE_CANCEL, _WHOLE_YES, _WHOLE_NO))
# To what came by itself «đặt lịch» says nothing, and «giữ lịch» is no yes to another time.
_REPLIES = tuple(
    (reply, _alone(words))
    for reply, words in ((Reply.YES, _AGREES), (Reply.NO, rf"{_REFUSES}|{_BUSY}"), (Reply.KEEP, _KEEPS))
)
_NOTHING_ALONE = _alone(rf"{_NO} (?:có|xài|dùng)(?: gì)?")
_UNSURE_ALONE = _alone(rf"{_NO} (?:biết|rõ|nhớ)(?: (?:nữa|rõ|hết))?")
_QUESTIONS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (name, frozenset(distinct(words).replace("§", "").split("|")))
    for name, words in (
        ("name", "tên|họ tên"),
        ("phone", "số|số điện thoại|sđt|sdt|điện thoại"),
        ("day", "ngày|hôm|thứ"),
        ("time", "giờ|thời gian|buổi"),
        ("place", "chỗ|nơi|xã|địa điểm|địa chỉ|phường"),
        ("topic", "việc|nội dung|chuyện"),
    )
)
_CORRECTED = re.compile(
    bare_too(
        rf"(?<!\w)(?:sửa|đổi|sai|nhầm|lộn|(?:nhập|ghi) lại)(?: (?:lại|mất|giúp|cái|hộ|em|tôi))* (?P<what>{'|'.join(word for _, words in _QUESTIONS for word in sorted(words, key=len, reverse=True))})(?!\w)"
    )
)
_UNCLEAR = re.compile(r"\W*dung\W*")  # «đúng» or «dừng»


def wants_in(text: str) -> frozenset[Want]:
    """Return what a text wants; of an appointment and of the booking under way, the appointment."""
    text = spelled_out(text)
    found = {want for want, pattern in _PATTERNS if pattern.search(text)}
    if _CANCEL_ALONE.fullmatch(text):
        found.add(Want.CANCEL)
    if _UNSURE_ALONE.fullmatch(text) or _NOTHING_ALONE.fullmatch(text):
        found.add(Want.SKIP)
    if found & {Want.CANCEL_APPOINTMENT, Want.MOVE}:
        found -= {Want.CANCEL, Want.OTHER_DAY, Want.OTHER_TIME, Want.MINE, Want.CORRECT, Want.CANNOT_COME}
    return frozenset(found)


def reply_in(text: str) -> Reply | None:
    """Return what a text says to a message that came by itself; None when it says anything besides: «ok, nhưng đổi sang 9h»."""
    text = spelled_out(text)
    if "?" in text or _UNCLEAR.fullmatch(text):
        return None
    return next((reply for reply, pattern in _REPLIES if pattern.fullmatch(text)), None)


def corrected_in(text: str) -> str:
    """Return what people want to correct, by the name of its question: «sửa lại tên», «sai giờ rồi»; nothing when they do not say."""
    found = _CORRECTED.search(spelled_out(text))
    return next((name for name, words in _QUESTIONS if found and found["what"] in words), "")


def answer_in(text: str) -> bool | None:
    """Return yes or no when that is what a text says, alone or before a comma: «không, thứ 6 cơ»; None when neither."""
    text = spelled_out(text)
    if _UNCLEAR.fullmatch(text):
        return None
    if _NO_ALONE.fullmatch(text) or _BEGINS_NO.match(text):
        return False
    return True if _YES_ALONE.fullmatch(text) or _BEGINS_YES.match(text) else None
