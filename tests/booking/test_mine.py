"""Which appointment a text names by its code."""

from __future__ import annotations

import pytest

from bot.booking.mine import code_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hủy lịch hẹn mã K7M2QP", "K7M2QP"),
        ("huy lich hen ma hen k7m2qp", "K7M2QP"),
        ("mã hẹn: K7M2QP là hôm nào", "K7M2QP"),
        ("đổi lịch hẹn TKHGCM sang thứ sáu", "TKHGCM"),
        ("ĐỔI LỊCH HẸN SANG THỨ SÁU", ""),
        ("hủy lịch hẹn nghênh đón", ""),  # a word is written small
        ("hủy hẹn change giúp tôi", ""),
        ("hủy lịch hẹn mã K7M2QO", ""),  # O is no sign of ours
        ("lịch hẹn của tôi, số 0912345678", ""),
        ("lịch hẹn ngày 27/11/2026 lúc 9h30", ""),
    ],
)
def test_a_code_is_what_stands_behind_its_name_and_has_our_signs_alone(text: str, code: str) -> None:
    assert code_in(text) == code
