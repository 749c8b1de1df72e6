"""Which province a text names."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.vn.places import gazetteer
from bot.vn.text import fold, nfc
from tests.texts import any_text

NAMES = {
    **{key: province.name for key, province in gazetteer().provinces.items()},
    **{key: name for province in gazetteer().provinces.values() for key, name in province.former.items()},
}


def keys(text: str) -> list[str]:
    return [place.key for place in gazetteer().find(text)]


def test_there_are_34_provinces_made_of_63() -> None:
    # Nghị quyết 202/2025/QH15: 34 from 2025-07-01, 63 before.
    provinces = gazetteer().provinces.values()
    assert len(provinces) == 34
    assert len([old for province in provinces for old in province.former]) == 63


@pytest.mark.parametrize("key", NAMES)
def test_every_name_is_found_with_and_without_diacritics_in_any_case(key: str) -> None:
    name = NAMES[key]
    for typed in (name, name.upper(), fold(name), fold(name).lower()):
        assert key in [place.key for place in gazetteer().find(f"em o {typed}, cho hoi")]


def test_several_provinces_are_named_in_order() -> None:
    assert keys("từ Hải Phòng về Hà Nội") == ["hai_phong", "ha_noi"]


@pytest.mark.parametrize("text", ["tôi ở Hà  Nội", "tôi ở Hà\nNội", "HÀ NỘI!", "(hà nội)"])
def test_space_case_and_signs_around_a_name_do_not_matter(text: str) -> None:
    assert keys(text) == ["ha_noi"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("TPHCM", "ho_chi_minh"),
        ("sài gòn", "ho_chi_minh"),
        ("hoà bình", "hoa_binh"),
        ("Vũng Tàu", "ba_ria_vung_tau"),
        ("an giang co nghi quyet ho tro chua", "an_giang"),
    ],
)
def test_other_spellings_are_known(text: str, key: str) -> None:
    assert keys(text) == [key]


@pytest.mark.parametrize(
    "text",
    ["Việt Nam", "chanoi", "lao động", "hà nộixyz", "", "người Việt Nam định cư", "roi toi tham gia lai duoc khong"],
)
def test_a_name_within_another_word_is_no_name(text: str) -> None:
    assert keys(text) == []


@pytest.mark.parametrize("text", ["làm đồng cực lắm", "cho tôi đóng thấp nhất", "bác cần hỏi"])
def test_who_writes_with_diacritics_is_read_with_diacritics(text: str) -> None:
    assert keys(text) == []


def test_a_place_stands_where_it_says() -> None:
    text = "em ở Vĩnh Phúc ạ"
    (place,) = gazetteer().find(text)
    assert text[place.start : place.end] == "Vĩnh Phúc"


@given(any_text)
def test_any_text_can_be_searched(text: str) -> None:
    for place in gazetteer().find(text):
        assert 0 <= place.start < place.end <= len(nfc(text).lower())


@pytest.mark.parametrize(
    ("key", "today"), [("vinh_phuc", "phu_tho"), ("phu_tho", "phu_tho"), ("binh_duong", "ho_chi_minh")]
)
def test_an_old_province_lies_in_one_of_today(key: str, today: str) -> None:
    province = gazetteer().today(key)
    assert province is not None
    assert province.key == today


def test_no_province_has_an_unknown_key() -> None:
    assert gazetteer().today("atlantis") is None
