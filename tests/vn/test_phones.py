"""Telephone numbers of Vietnam; none here is anybody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.phones import find_phones

NUMBERS = {
    "0900 000 000": "+84900000000",
    "0900.000.000": "+84900000000",
    "0900-000-000": "+84900000000",
    "09 0000 0000": "+84900000000",
    "0900000000": "+84900000000",
    "84900000000": "+84900000000",
    "+84900000000": "+84900000000",
    "+84 900 000 000": "+84900000000",
    "+84 (0) 900 000 000": "+84900000000",
    "0084900000000": "+84900000000",
    "01620000000": "+84320000000",
    "0169 000 0000": "+84390000000",
    "01200000000": "+84700000000",
    "0123 000 0000": "+84830000000",
    "01990000000": "+84590000000",
    "024 3000 0000": "+842430000000",
    "(024) 30000000": "+842430000000",
    "0203.3000.000": "+842033000000",
}


@pytest.mark.parametrize(("typed", "number"), NUMBERS.items())
def test_a_number_is_found_in_the_form_that_networks_use(typed: str, number: str) -> None:
    for text in (typed, f"sđt em là {typed}, gọi sau 5h", f"({typed})" if typed[0] != "(" else typed):
        assert [phone.number for phone in find_phones(text)] == [number], text


@pytest.mark.parametrize(
    "text",
    [
        "090000000", "09000000000", "0900 000 0000", "0900 000 000 1", "001085000000", "079085000000", "0116000000", "0400000000",
        "mã số 0800000000", "sổ BHXH 0900000000", "CCCD: 0900000000", "2.000.000", "1900 9068", "a0900000000", "0900000000b", "0100000000",
    ],
)  # fmt: skip
def test_wrong_lengths_and_other_numbers_are_no_telephone(text: str) -> None:
    assert find_phones(text) == []


def test_several_numbers_are_several() -> None:
    found = find_phones("0900 000 000 0900 000 001, 0900000002 hoặc 0900000003. Em 50 tuổi")
    assert [phone.number[-1] for phone in found] == ["0", "1", "2", "3"]


def test_an_age_behind_a_number_is_not_part_of_it() -> None:
    assert [phone.number for phone in find_phones("0900 000 000 50 tuổi")] == ["+84900000000"]


SEPARATORS = st.sampled_from(["", " ", ".", "-"])


@given(st.integers(0, 10**7 - 1), st.sampled_from(["32", "39", "56", "70", "79", "81", "90", "98"]), SEPARATORS)
def test_any_mobile_number_in_any_grouping_is_found_where_it_stands(rest: int, prefix: str, gap: str) -> None:
    digits = f"0{prefix}{rest:07}"
    typed = gap.join((digits[:4], digits[4:7], digits[7:]))
    (found,) = find_phones(f"gọi {typed} nhé")
    assert found.number == f"+84{digits[1:]}"
    assert (found.start, found.end) == (4, 4 + len(typed))
