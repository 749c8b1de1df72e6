"""What is shown of names, numbers and words before they are opened."""

from __future__ import annotations

import pytest

from bot.console.masked import mask_name, mask_phone, mask_words


def test_a_name_keeps_its_first_letters_and_a_number_its_ends() -> None:
    assert mask_name("Nguyễn Thị Hoa") == "N*** T*** H***"
    assert mask_phone("+84912345678") == "09** *** 678"
    assert (mask_name(""), mask_phone("")) == ("***", "***")


@pytest.mark.parametrize("name", ["Phùng Thị Nhạn", r"\1 \g<0>", "(.*)", "B\u0061\u0300"])
def test_known_names_and_numbers_are_hidden_in_words_and_sums_stay(name: str) -> None:
    said = f"tôi là {name.upper()}, số 0912 345 678, cccd 001185012345, đóng 1.500.000 đồng"
    shown = mask_words(said, [name, ""])
    assert shown == f"tôi là {mask_name(name)}, số •••, cccd •••, đóng 1.500.000 đồng".replace("a\u0300", "à")
