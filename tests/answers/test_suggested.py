"""Pages suggested to staff by what a citizen wrote: few, in force, and the right one among them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.library import Library


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("mỗi tháng đóng bảo hiểm xã hội tự nguyện bao nhiêu tiền?", "contribution_amount"),
        ("mat so bhxh thi lam lai o dau", "si_book_issues"),
        ("bao nhiêu tuổi được nghỉ hưu", "retirement_age"),
        ("hộ nghèo được nhà nước hỗ trợ bao nhiêu", "state_subsidy"),
        ("rút bảo hiểm xã hội một lần", "lump_sum_withdrawal"),
        ("vợ tôi sinh con thì được gì", "maternity"),
    ],
)
def test_the_page_that_answers_stands_first(library: Library, today: date, said: str, page: str) -> None:
    assert library.suggested(said, today, 3)[0].name == page


@pytest.mark.parametrize("said", ["", "cháu chờ đây", "dạ vâng ạ", "????"])
def test_words_about_nothing_suggest_nothing(library: Library, today: date, said: str) -> None:
    assert library.suggested(said, today, 3) == []


def test_what_is_not_in_force_is_not_suggested(library: Library, today: date) -> None:
    said = "mỗi tháng đóng bảo hiểm xã hội tự nguyện bao nhiêu tiền?"
    before = min(page.valid_from for page in library.pages.values()).replace(year=1990)
    assert library.suggested(said, today, 3) and not library.suggested(said, before, 3)
