"""Sums of money as people type them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.money import Money, find_money, read_sum
from bot.vn.show import dong, grouped
from bot.vn.text import fold, nfc
from tests.vn.test_numbers import in_words

MILLION = 1_000_000


def only(text: str) -> Money:
    """The one sum of a text."""
    found = find_money(text)
    assert len(found) == 1, found
    return found[0]


SUMS: dict[str, tuple[int, ...]] = {
    "1tr5": (1_500_000,),
    "1 triệu rưỡi": (1_500_000,),
    "một triệu rưởi": (1_500_000,),
    "triệu rưỡi": (1_500_000,),
    "1,5 triệu": (1_500_000,),
    "1.5tr": (1_500_000,),
    "2trieu": (2 * MILLION,),
    "1tr25": (1_250_000,),
    "1tr05": (1_050_000,),
    "1tr250": (1_250_000,),
    "1tr250k": (1_250_000,),
    "1 triệu 250 nghìn": (1_250_000,),
    "một triệu hai trăm năm mươi nghìn đồng": (1_250_000,),
    "hai triệu tám": (2_800_000,),
    "hai triệu mốt": (2_100_000,),
    "ba triệu tư": (3_400_000,),
    "2 triệu 3": (2_300_000,),
    "2 triệu 34": (2_340_000,),
    "2 triệu 300": (2_300_000,),
    "2 triệu 3 một tháng": (2_300_000,),
    "2 triệu 3 tháng": (2 * MILLION,),
    "2 triệu 3 người": (2 * MILLION,),
    "2 triệu tư vấn": (2 * MILLION,),
    "2 triệu ba mẹ nộp": (2 * MILLION,),
    "2 triệu năm 2025": (2 * MILLION,),
    "lương 4 triệu 5 lãnh một lần": (4 * MILLION, 4_500_000),
    "hai triệu năm": (2 * MILLION, 2_500_000),
    "mười lăm triệu": (15 * MILLION,),
    "hai mươi lăm triệu": (25 * MILLION,),
    "hai lăm triệu": (25 * MILLION,),
    "một trăm linh năm triệu": (105 * MILLION,),
    "3 củ": (3 * MILLION,),
    "5 củ rưỡi": (5_500_000,),
    "nửa triệu": (500_000,),
    "2 chục triệu": (20 * MILLION,),
    "chục triệu": (10 * MILLION,),
    "1 tỷ 200 triệu": (1_200 * MILLION,),
    "500k": (500_000,),
    "500 k": (500_000,),
    "500 nghìn": (500_000,),
    "500 ngàn đồng": (500_000,),
    "500ng": (500_000,),
    "năm trăm ngàn": (500_000,),
    "trăm ngàn": (100_000,),
    "1.500k": (1_500_000,),
    "2.000.000đ": (2 * MILLION,),
    "2.000.000 đồng": (2 * MILLION,),
    "2,000,000 vnđ": (2 * MILLION,),
    "2 000 000": (2 * MILLION,),
    "2000000": (2 * MILLION,),
    "500.000": (500_000,),
    "1.250 triệu": (1_250_000, 1_250 * MILLION),
    "2-3 triệu": (2 * MILLION, 3 * MILLION),
    "từ 2 đến 3 triệu": (2 * MILLION, 3 * MILLION),
    "tầm 2, 3 triệu": (2 * MILLION, 3 * MILLION),
    "2 hoặc 3 triệu": (2 * MILLION, 3 * MILLION),
    "hai ba triệu": (2 * MILLION, 3 * MILLION),
    "2tr-3tr": (2 * MILLION, 3 * MILLION),
    "2 triệu đến 3 triệu": (2 * MILLION, 3 * MILLION),
    "1,5-2 triệu": (1_500_000, 2 * MILLION),
    "500-700k": (500_000, 700_000),
    "từ 500 đến 1 triệu": (500_000, MILLION),
    "45, 2 triệu": (2 * MILLION,),
    "mỗi năm hai triệu": (2 * MILLION,),
    "lương tháng 5 triệu": (5 * MILLION,),
}


@pytest.mark.parametrize(("text", "choices"), SUMS.items())
def test_a_sum_is_read_with_and_without_diacritics_composed_or_not(text: str, choices: tuple[int, ...]) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert only(typed).choices == choices, typed


PERIODS = {
    "2tr/tháng": "month",
    "2tr/th": "month",
    "2 triệu một tháng": "month",
    "2 triệu mỗi tháng": "month",
    "330k 1 thang": "month",
    "mỗi tháng 2tr": "month",
    "mỗi tháng em đóng khoảng 2 triệu": "month",
    "thu nhập tháng 3 triệu": "month",
    "mỗi năm 4 triệu": "year",
    "4 triệu/năm": "year",
    "4 triệu 1 năm": "year",
    "990 nghìn một quý": "quarter",
    "200k một ngày": "day",
    "2 triệu tháng 7": None,
    "2 triệu": None,
}


@pytest.mark.parametrize(("text", "period"), PERIODS.items())
def test_what_a_sum_is_for_is_read(text: str, period: str | None) -> None:
    assert only(text).period == only(fold(text)).period == period


@pytest.mark.parametrize(
    "text",
    [
        "năm 2025", "nam 2025 dong bao nhieu", "41/2024/QH15", "03/2020/NQ-HĐND", "0900 000 000", "0900.000.000", "0900000000",
        "001085012345", "12.03.1985", "20%", "22 phần trăm", "45 tuổi", "50.000 người", "3.321 xã", "45 k đóng", "5 ng", "mấy chục triệu",
        "vài trăm nghìn", "bà triệu", "trẻ 5 tuổi", "hai mươi năm triệu", "mã 123000", "công ty 2", "15 năm", "tr", "triệu", "-500", "1/2",
    ],
)  # fmt: skip
def test_what_is_no_money_is_not_taken_for_it(text: str) -> None:
    assert find_money(text) == []


def test_two_sums_are_two() -> None:
    assert [money.choices for money in find_money("mức 2 triệu hay 5 triệu")] == [(2 * MILLION,), (5 * MILLION,)]


REPLIES: dict[str, tuple[int, ...]] = {
    "3": (3 * MILLION,),
    "ba": (3 * MILLION,),
    "dạ em chọn 2 ạ": (2 * MILLION,),
    "1,5": (1_500_000,),
    "hai rưỡi": (2_500_000,),
    "15": (1_500_000, 15 * MILLION),
    "50": (5 * MILLION, 50 * MILLION),
    "330": (330_000,),
    "500": (500_000,),
    "1500": (1_500_000,),
    "2000": (2 * MILLION,),
    "50000": (50_000,),
    "1500000": (1_500_000,),
    "1.500.000": (1_500_000,),
    "2-3": (2 * MILLION, 3 * MILLION),
    "500-700": (500_000, 700_000),
    "2 triệu": (2 * MILLION,),
    "chắc tầm 1tr5 thôi": (1_500_000,),
    "1tr5 hoặc 2tr": (1_500_000, 2 * MILLION),
}


@pytest.mark.parametrize(("reply", "choices"), REPLIES.items())
def test_a_reply_is_read_as_the_sums_it_may_mean(reply: str, choices: tuple[int, ...]) -> None:
    assert read_sum(reply) == read_sum(fold(reply).upper()) == choices


@pytest.mark.parametrize(
    "reply", ["", "không biết", "45 tuổi", "năm 2025", "2025", "1985", "15 năm", "10%", "0900000000", "0", "-3", "nam", "2 và 7"]
)  # fmt: skip
def test_a_reply_that_is_no_sum_gives_none(reply: str) -> None:
    assert read_sum(reply) == ()


def _decimal(amount: int) -> str:
    return f"{amount // MILLION},{amount % MILLION // 10_000:02} triệu"


def _words(amount: int) -> str:
    millions, rest = divmod(amount // 1000, 1000)
    said = [f"{in_words(millions)} triệu"] if millions else []
    return " ".join(said + ([f"{in_words(rest)} nghìn"] if rest else []))


STYLES: tuple[tuple[Callable[[int], str], int, int], ...] = (  # how it is written, in steps of what, from what
    (dong, 1, 10_000),
    (lambda amount: f"{grouped(amount)}đ", 1, 1000),
    (lambda amount: f"{amount}đ", 1, 10_000),
    (lambda amount: f"{grouped(amount)}", 1, 10_000),
    (lambda amount: f"{amount:,} VND", 1, 1000),
    (lambda amount: f"{amount}", 1000, 10_000),
    (lambda amount: f"{amount // 1000}k", 1000, 1000),
    (lambda amount: f"{amount // 1000} nghìn", 1000, 1000),
    (lambda amount: f"{amount // MILLION}tr{amount % MILLION // 1000:03}", 1000, MILLION),
    (lambda amount: f"{amount // MILLION} triệu {amount % MILLION // 1000:03} nghìn", 1000, MILLION),
    (_decimal, 10_000, MILLION),
    (_words, 1000, 1000),
)
spelt = st.sampled_from(STYLES).flatmap(
    lambda style: st.integers(style[2] // style[1], 999 * MILLION // style[1]).map(
        lambda steps: (steps * style[1], style[0](steps * style[1]))
    )
)
BEFORE = ("", "em chọn ", "dạ, ", "(", "thu nhập: ", "muc ", "45 tuổi, ")
BEHIND = ("", " ạ", ". Em cảm ơn!", ", ở Nghệ An", "/tháng", " thì sao", " nhé 😊")


@given(spelt, st.sampled_from(BEFORE), st.sampled_from(BEHIND), st.sampled_from([nfc, fold, str.upper]))
def test_any_sum_in_any_style_is_found_where_it_stands(
    written: tuple[int, str], ahead: str, behind: str, typed: Callable[[str], str]
) -> None:
    amount, text = written
    found = only(typed(ahead + text + behind))
    assert found.choices == (amount,)
    assert found.start == len(ahead)
    assert (ahead + text + behind)[found.start : found.end].startswith(text)
