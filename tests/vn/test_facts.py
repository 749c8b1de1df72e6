"""What a text tells about the person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from bot.vn.facts import find_facts
from bot.vn.text import fold
from tests.texts import any_text


def told(text: str) -> dict[str, str]:
    return {fact.kind: fact.value for fact in find_facts(text)}


GROUPS = {
    "em thuộc hộ nghèo": "poor",
    "nhà em nghèo lắm": "poor",
    "tôi thuộc hộ cận nghèo": "near_poor",
    "bà con dân tộc thiểu số": "ethnic_minority",
    "tôi là người Khmer": "ethnic_minority",
    "cháu là sinh viên": "student",
    "tôi ở xã đảo": "island",
    "chủ hộ kinh doanh cá thể": "household_business",
    "nhà làm ruộng": "farmer",
}


@pytest.mark.parametrize(("text", "group"), GROUPS.items())
def test_a_group_is_understood_with_and_without_diacritics(text: str, group: str) -> None:
    for typed in (text, text.upper(), fold(text)):
        assert told(typed)["group"] == group


@pytest.mark.parametrize(
    "text",
    [
        "em không phải hộ nghèo",
        "ko thuộc hộ nghèo",
        "khong phai ho ngheo",
        "đã thoát nghèo",
        "nhà em không nghèo",
        "chưa có sổ nghèo",
    ],
)
def test_a_denied_group_is_none(text: str) -> None:
    assert "group" not in told(text)


def test_the_group_that_is_not_denied_counts() -> None:
    assert told("em không phải hộ nghèo mà là hộ cận nghèo")["group"] == "near_poor"


@pytest.mark.parametrize("text", ["dân tộc Kinh", "người dân tộc kinh", "mong muốn", "nhà báo"])
def test_words_that_only_look_like_a_group_tell_nothing(text: str) -> None:
    assert "group" not in told(text)


@pytest.mark.parametrize(
    "text", ["em là người Thái Bình", "tôi là người Thái Nguyên", "toi la nguoi hoa binh", "toi la nguoi thai binh"]
)
def test_who_is_from_a_province_is_not_thereby_of_an_ethnic_minority(text: str) -> None:
    facts = told(text)
    assert facts.get("province") in {"thai_binh", "thai_nguyen", "hoa_binh"}
    assert "group" not in facts


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("em là nữ", "female"),
        ("phu nu sinh con", "female"),
        ("đàn ông", "male"),
        ("lao dong nam", "male"),
        ("tôi là nam, 50 tuổi", "male"),
    ],
)
def test_the_sex_is_understood(text: str, sex: str) -> None:
    assert told(text)["sex"] == sex


@pytest.mark.parametrize("text", ["quê Nam Định", "em nam định", "Việt Nam", "năm năm", "tôi sinh năm 1980"])
def test_words_that_only_look_like_a_sex_tell_nothing(text: str) -> None:
    assert "sex" not in told(text)


@pytest.mark.parametrize("text", ["em nam nay 45 tuoi", "toi nam nay 50 tuoi bao gio nghi huu"])
def test_this_year_without_diacritics_is_not_a_man(text: str) -> None:
    assert "sex" not in told(text)  # «năm nay», this year


@pytest.mark.parametrize("text", ["dong thap nhat la bao nhieu", "bac can dong bao nhieu tien"])
def test_common_words_without_diacritics_are_no_province(text: str) -> None:
    # «đóng thấp nhất» (pay the least) is not Đồng Tháp; «bác cần đóng» (I need to pay) is not Bắc Kạn.
    assert "province" not in told(text)


def test_a_text_may_tell_group_sex_and_province() -> None:
    assert told("em là nữ, hộ nghèo ở Hà Giang") == {"group": "poor", "sex": "female", "province": "ha_giang"}


def test_the_longer_look_at_a_text_does_not_find_the_same_kind_twice() -> None:
    kinds = [fact.kind for fact in find_facts("phụ nữ, đàn ông, sinh viên, nông dân")]
    assert sorted(kinds) == ["group", "sex"]


@pytest.mark.parametrize(
    "text",
    [
        "em là nữ, hộ nghèo ở Hà Nội",
        "EM LA NU, HO NGHEO O HA NOI",
        unicodedata.normalize("NFD", "em là nữ, hộ nghèo ở Hà Nội"),
        "İ là nữ, hộ nghèo ở Hà Nội",  # a letter that is two in lower case
    ],
)
def test_every_fact_stands_where_it_says(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert {fold(composed[fact.start : fact.end]).lower() for fact in find_facts(text)} == {"nu", "ho ngheo", "ha noi"}


@given(any_text)
def test_any_text_can_be_read(text: str) -> None:
    for fact in find_facts(text):
        assert fact.start < fact.end
