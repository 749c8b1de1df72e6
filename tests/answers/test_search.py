"""Finding the page whose words fit, and finding none when none fits."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.answers.search import ENOUGH, PageSearch, terms
from bot.vn.text import fold
from tests.texts import any_text

SEARCH = PageSearch(
    {
        "funeral": "Mai táng phí và tiền tuất cho thân nhân khi người tham gia chết",
        "contribution": "Mức đóng thấp nhất và cao nhất của bảo hiểm xã hội tự nguyện",
        "card": "Thẻ bảo hiểm y tế: khám bệnh, bệnh viện, chuyển tuyến",
        "unemployment": "Trợ cấp thất nghiệp: nộp hồ sơ ở trung tâm dịch vụ việc làm",
    }
)
QUESTIONS = {
    "tiền mai táng là bao nhiêu": "funeral",
    "mức đóng cao nhất?": "contribution",
    "chuyển tuyến bệnh viện": "card",
    "hồ sơ thất nghiệp": "unemployment",
}


@pytest.mark.parametrize(("text", "page"), QUESTIONS.items())
def test_the_page_that_holds_the_words_is_found_in_any_spelling(text: str, page: str) -> None:
    for typed in (text, fold(text), text.upper()):
        found = SEARCH.best(typed)
        assert found is not None
        assert found.page == page


@pytest.mark.parametrize("text", ["giá vàng hôm nay", "thời tiết", "asdf", "ạ ơi", "", "👍", "???"])
def test_words_that_no_page_holds_find_none(text: str) -> None:
    assert SEARCH.best(text) is None


def test_one_known_word_among_many_unknown_is_not_enough() -> None:
    assert SEARCH.best("mai táng") is not None
    assert SEARCH.best("mai đi chợ mua vàng bạc trang sức kim cương") is None


@given(any_text)
def test_any_text_can_be_searched_and_what_is_found_fits_well_enough(text: str) -> None:
    found = SEARCH.best(text)
    assert found is None or ENOUGH <= found.share <= 1


def test_terms_are_folded_words_and_pairs_without_empty_ones() -> None:
    assert terms("Tôi muốn mức ĐÓNG thấp nhất ạ") == [
        "muc",
        "dong",
        "thap",
        "nhat",
        "muc dong",
        "dong thap",
        "thap nhat",
    ]
