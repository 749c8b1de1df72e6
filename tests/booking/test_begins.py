"""Which texts begin a booking, by their words alone."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given

from bot.booking.begins import begins_booking
from bot.settings import ROOT
from bot.vn.text import fold
from tests.texts import any_text, vietnamese

BEGIN = (
    """
đặt lịch|đặt hẹn|Cho tôi đặt lịch gặp cán bộ tư vấn|cho tôi gặp cán bộ tư vấn sáng thứ năm ở Bình Xuyên|hẹn gặp cán bộ bảo hiểm xã hội
Hẹn tư vấn qua điện thoại được không?|Nhờ cán bộ gọi lại cho tôi sau 5 giờ chiều|gọi lại cho em nhé|gọi điện tư vấn cho mẹ tôi|tư vấn tại nhà
Có thể cử người đến tận nhà tư vấn không?|mời cán bộ xuống chợ gặp tiểu thương|xin một cái hẹn với người phụ trách|đăng ký tư vấn trực tiếp
chiều mai còn lịch tư vấn không|tôi muốn gặp cán bộ hỏi chuyện rút một lần|xếp cho em 1 lịch hẹn nha ad|book lịch tư vấn giúp e
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
DO_NOT = (
    """
đóng bao nhiêu một tháng|cho gặp người thật|gặp nhân viên ngay|nói chuyện với nhân viên|tạm biệt, hẹn gặp lại|đặt lịch khám răng ở đâu|hẹn cắt tóc chiều nay
thôi không đặt lịch nữa|hủy lịch hẹn|xin chào|nhờ cán bộ nói cho rõ mức đóng|công ty cứ hẹn lần hẹn lữa|có người đến nhà mời mua bảo hiểm, có lừa đảo không
em có lịch mổ tuần sau|ra bưu điện mua thẻ được không|chị cộng tác viên đến tận nhà thu tiền
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("text", BEGIN)
def test_who_asks_to_meet_or_to_be_called_begins_a_booking(text: str) -> None:
    assert begins_booking(text)
    assert begins_booking(fold(text).upper())


@pytest.mark.parametrize("text", DO_NOT)
def test_who_asks_something_else_does_not(text: str) -> None:
    assert not begins_booking(text)


def examples() -> dict[str, list[str]]:
    """What people say, by what they want: the sentences that the model learns from."""
    found: dict[str, list[str]] = {}
    for file in (ROOT / "nlu_data").glob("*.yml"):
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in one:
                found[one["intent"]] = [line[2:] for line in one["examples"].splitlines() if line.startswith("- ")]
    return found


def test_most_bookings_and_hardly_anything_else_are_recognised() -> None:
    by_intent = examples()
    booking = by_intent.pop("book_consultation")
    others = [text for texts in by_intent.values() for text in texts]
    assert sum(map(begins_booking, booking)) > 0.8 * len(booking)
    assert sum(map(begins_booking, others)) < 0.005 * len(others)


@given(any_text | vietnamese)
def test_any_text_can_be_judged(text: str) -> None:
    assert begins_booking(text) in {True, False}
