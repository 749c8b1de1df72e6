"""Numbers in words, and what all parsers of this folder must leave alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.births import find_birth, read_birth
from bot.vn.dates import find_dates, find_times
from bot.vn.durations import find_durations, read_duration
from bot.vn.facts import find_facts, find_members, read_members
from bot.vn.money import find_money, read_sum
from bot.vn.numbers import read_bare, read_number
from bot.vn.phones import find_phones
from bot.vn.text import fold, nfc
from tests.texts import any_text, vietnamese

TODAY = date(2026, 11, 22)
FINDERS: dict[str, Callable[[str], Sequence[Any]]] = {
    "money": find_money,
    "durations": find_durations,
    "births": lambda text: find_birth(text, TODAY),
    "dates": lambda text: find_dates(text, TODAY),
    "times": find_times,
    "phones": find_phones,
    "members": find_members,
    "facts": find_facts,
    "a reply that is a duration": read_duration,
    "a reply that is a birth": lambda text: read_birth(text, TODAY),
    "a reply that is a household": read_members,
}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_words(number: int) -> str:
    """Say a number from 1 to 9999 as a Vietnamese does."""
    thousands, rest = divmod(number, 1000)
    if thousands:
        return f"{_DIGITS[thousands]} nghìn" + (f" {_hundreds(rest, padded=True)}" if rest else "")
    return _hundreds(rest, padded=False)


def _hundreds(number: int, *, padded: bool) -> str:
    hundreds, rest = divmod(number, 100)
    said = [f"{_DIGITS[hundreds]} trăm"] if hundreds or padded else []
    if rest:
        said.append(f"linh {_DIGITS[rest]}" if rest < 10 and said else _tens(rest))
    return " ".join(said)


def _tens(number: int) -> str:
    tens, last = divmod(number, 10)
    if not tens:
        return _DIGITS[last]
    ending = {0: "", 1: " mốt" if tens > 1 else " một", 5: " lăm"}.get(last, f" {_DIGITS[last]}")
    return ("mười" if tens == 1 else f"{_DIGITS[tens]} mươi") + ending


@given(st.integers(min_value=1, max_value=9999))
def test_a_number_said_in_words_is_read_back_with_and_without_diacritics(number: int) -> None:
    assert read_number(in_words(number)) == number
    assert read_number(fold(in_words(number)).upper()) == number


SAID = {
    "hai lăm": 25,
    "ba tư": 34,
    "bốn mốt": 41,
    "hai tám": 28,
    "năm tám": 58,
    "hai mươi nhăm": 25,
    "bảy mươi tư": 74,
    "bẩy mươi": 70,
    "một trăm lẻ năm": 105,
    "một trăm hai": 120,
    "hai nghìn lẻ năm": 2005,
    "hai nghìn không trăm linh năm": 2005,
    "một ngàn chín trăm tám lăm": 1985,
    "007": 7,
}


@pytest.mark.parametrize(("words", "number"), SAID.items())
def test_colloquial_numbers_are_read(words: str, number: int) -> None:
    assert read_number(words) == read_number(fold(words)) == number


@pytest.mark.parametrize(
    "words",
    ["", "hai ba", "bốn năm", "hai năm", "trăm", "ba mẹ", "xin chào", "1,5", "một hai ba", "9" * 30, "linh"],
)
def test_what_is_no_number_or_not_one_number_is_none(words: str) -> None:
    assert read_number(words) is None


REPLIES = {
    "15": [15],
    "dạ 15 ạ": [15],
    "em chọn mười lăm": [15],
    "1,5": [Decimal("1.5")],
    "hai rưỡi": [Decimal("2.5")],
    "2-3": [2, 3],
    "khoảng 2 đến 3": [2, 3],
    "hai ba": [2, 3],
    "1.500": [1500],
    "4 người": [4],
}


@pytest.mark.parametrize(("reply", "numbers"), REPLIES.items())
def test_a_reply_that_is_a_number_among_polite_words_is_read(reply: str, numbers: list[Decimal]) -> None:
    assert list(read_bare(reply, "nguoi")) == list(read_bare(fold(reply).upper(), "nguoi")) == numbers


@pytest.mark.parametrize("reply", ["", "không", "năm 2025", "45 tuổi", "2 và 7", "-3", "10%", "nam", "sau", "4 con bò"])
def test_a_reply_about_something_else_is_no_number(reply: str) -> None:
    assert read_bare(reply, "nguoi") == ()


ORDINARY = (
    "em chào anh chị ạ",
    "cho em hỏi về bảo hiểm xã hội tự nguyện",
    "đóng bảo hiểm thì được lợi gì",
    "mỗi tháng đóng bao nhiêu tiền",
    "một tháng đóng hết bao nhiêu vậy ad",
    "mỗi năm nhà nước hỗ trợ mấy phần trăm",
    "năm nay lương hưu có tăng không",
    "năm 2025 luật mới thay đổi gì",
    "nam 2025 dong bao nhieu",
    "sau năm 2030 thì sao",
    "tuổi nghỉ hưu là bao nhiêu",
    "nghị quyết 03/2020/NQ-HĐND còn hiệu lực không",
    "luật 41/2024/QH15 nói gì",
    "theo Điều 36 khoản 2 thì sao",
    "nhà nước hỗ trợ 20% phải không",
    "được hỗ trợ 50 phần trăm hay 30 phần trăm",
    "tỷ lệ 22% là đóng vào đâu",
    "số CCCD của em là 001085012345",
    "mã số bảo hiểm 7912345678",
    "ba mẹ em đều làm ruộng ở quê",
    "ba năm nay đau yếu lắm",
    "năm tháng trôi qua nhanh quá",
    "hàng năm có đợt ra quân",
    "hằng tháng phải ra bưu điện nộp",
    "mấy năm rồi em không nhớ",
    "vài chục triệu thì lấy đâu ra",
    "mấy trăm nghìn cũng khó",
    "đường Bà Triệu ở đâu",
    "duong ba trieu o dau",
    "người thứ hai trong nhà",
    "năm thứ ba đại học",
    "lần thứ hai em hỏi rồi",
    "em không biết chữ",
    "em ko biet dung app",
    "cảm ơn anh nhiều nhé",
    "ở xã em ai thu tiền",
    "đại lý thu ở đâu",
    "thu tiền tận nhà được không",
    "chị Mai có ở đó không",
    "tối đa là bao nhiêu",
    "mức tối thiểu thế nào",
    "mạng 4g yếu quá",
    "trực 24/7 à",
    "50.000 người đã tham gia",
    "tỉnh có 3.321 xã",
    "chuyện hưu trí thì con cháu lo",
    "sinh con có được tiền không",
    "sinh hai con thì sao",
    "sinh viên có được tham gia không",
    "vợ sinh thì chồng được nghỉ không",
    "đóng 6 tháng một lần được không",
    "cứ 3 tháng một lần à",
    "bầu 7 tháng có đóng được không",
    "từ 75 tuổi trở lên được gì",
    "đủ 60 tuổi mới được nghỉ à",
    "tuổi con rồng năm nay hạn gì",
    "vợ chồng tôi nuôi 2 con bò",
    "nhà nước lo cho dân",
    "quan 12 cu o dau",
    "5 ng di cung",
    "tôi 45 k đóng nữa",
    "mai sau con cháu nhờ",
    "hộ khẩu thường trú ở đâu",
    "đặt lịch thế nào ạ",
    "bây giờ đóng còn kịp không",
    "bay gio dong con kip khong",
    "để sau đi",
    "thôi để em hỏi lại chồng",
)
_PERSONAL = {"facts", "a reply that is a duration", "a reply that is a birth", "a reply that is a household"}


@pytest.mark.parametrize("sentence", ORDINARY)
def test_ordinary_sentences_tell_no_sum_time_age_or_number(sentence: str) -> None:
    found = {name: finder(sentence) for name, finder in FINDERS.items() if name not in _PERSONAL}
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("sentence", ORDINARY)
def test_ordinary_sentences_are_no_reply_either(sentence: str) -> None:
    assert not (read_sum(sentence) or read_duration(sentence) or read_birth(sentence, TODAY) or read_members(sentence))


_NO_NUMBER = (
    "em anh bác đóng bảo hiểm xã hội tự nguyện lương hưu bao nhiêu được hỗ trợ nhà nước không ạ xin hỏi thế nào hồ sơ"
)


@given(st.lists(st.sampled_from(_NO_NUMBER.split()), max_size=40).map(" ".join))
def test_a_text_without_numbers_tells_none(text: str) -> None:
    for typed in (text, fold(text)):
        assert not {name for name, finder in FINDERS.items() if finder(typed)} - {"facts"}
        assert read_sum(typed) == ()


_PIECES = (
    "1", "15", "1985", "2.000.000", "1,5", "0912", "345", "678", "/", "-", ".", ",", "%", ":", "năm", "nam", "tháng", "ngày", "triệu",
    "tr", "k", "ng", "tuổi", "t", "h", "giờ", "rưỡi", "chục", "trăm", "nửa", "hai", "ba", "mười", "mươi", "lăm", "sinh", "sn", "nữ",
    "mai", "thứ", "tuần", "sau", "nay", "mỗi", "một", "đến", "người", "nhà", "vợ chồng", "con", "\u0301", "٣", "²", "İ", "💵", "\n",
)  # fmt: skip
hostile = st.lists(st.sampled_from(_PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@pytest.mark.parametrize("name", FINDERS)
@given(st.one_of(any_text, vietnamese, hostile))
def test_any_text_can_be_read_and_what_is_found_lies_in_it(name: str, text: str) -> None:
    for found in FINDERS[name](text):
        assert 0 <= found.start < found.end <= len(nfc(text))


@given(st.one_of(any_text, vietnamese, hostile))
def test_what_a_finder_returns_stands_in_order_and_apart(text: str) -> None:
    for name in ("money", "durations", "births", "dates", "times", "phones"):
        found = FINDERS[name](text)
        assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False)), name


@given(hostile)
def test_any_reply_that_is_a_sum_is_positive_and_without_repetition(text: str) -> None:
    sums = read_sum(text)
    assert list(sums) == sorted(set(sums))
    assert all(choice > 0 for choice in sums)


@pytest.mark.parametrize("name", FINDERS)
@pytest.mark.parametrize(
    "piece", ["2 triệu ", "sn 85, ", "năm ", "9", "1-", "1.", " ", "em ", "ngày 12 ", "0912 ", "một "]
)
def test_a_very_long_text_takes_no_very_long_time(name: str, piece: str) -> None:
    began = time.process_time()
    FINDERS[name](piece * (8000 // len(piece)))
    assert time.process_time() - began < 2


def test_no_polite_word_can_be_read_in_more_ways_than_one() -> None:
    began = time.process_time()
    for word in ("a", "á", "ạ", "dạ da", "dc", "đc", "nhe", "thôi", "ok", "em", "là"):
        assert read_bare(f"{word}, " * 60 + "?") == ()
    assert time.process_time() - began < 2
