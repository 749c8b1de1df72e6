"""What a text tells about the person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.facts import find_facts, find_members, read_members
from bot.vn.text import fold, nfc
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
    "nhà em hộ cận nghèo": "near_poor",
    "nhà thuộc hộ nghèo": "poor",
    "dân tộc Khmer": "ethnic_minority",
    "em là H'Mông": "ethnic_minority",
    "bà con Khmer": "ethnic_minority",
    "tôi là người Tày": "ethnic_minority",
    "sống ở đặc khu Phú Quốc": "island",
    "em ở Lý Sơn": "island",
    "dân Côn Đảo": "island",
    "Côn Đảo có được hỗ trợ thêm không": "island",
    "đảo Trường Sa": "island",
    "không thuộc diện nào": "other",
    "em không thuộc diện ưu tiên nào": "other",
    "không có diện gì": "other",
    "không ưu tiên": "other",
    "bình thường": "other",
    "dạ bình thường thôi ạ": "other",
    "hộ thường": "other",
    "nhà em bình thường": "other",
    "dân thường": "other",
}
PEOPLES = (
    "Tày", "Thái", "Mường", "Khmer", "Hoa", "Nùng", "Mông", "Dao", "Gia Rai", "Ê Đê", "Ba Na", "Sán Chay", "Chăm", "Cơ Ho", "Xơ Đăng",
    "Sán Dìu", "Hrê", "Ra Glai", "Mnông", "Thổ", "Xtiêng", "Khơ Mú", "Bru", "Cơ Tu", "Giáy", "Gié", "Tà Ôi", "Mạ", "Co", "Chơ Ro",
    "Xinh Mun", "Hà Nhì", "Chu Ru", "Lào", "La Chí", "La Ha", "Phù Lá", "La Hủ", "Kháng", "Lự", "Pà Thẻn", "Lô Lô", "Chứt", "Mảng",
    "Cơ Lao", "Bố Y", "Cống", "Ngái", "Si La", "Pu Péo", "Rơ Măm", "Brâu", "Ơ Đu",
)  # fmt: skip


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


def test_the_peoples_are_fifty_three_beside_the_kinh() -> None:
    assert len({*PEOPLES}) == 53


@pytest.mark.parametrize("people", PEOPLES)
def test_each_of_the_peoples_is_an_ethnic_minority(people: str) -> None:
    assert told(f"em dân tộc {people} ạ")["group"] == "ethnic_minority"
    assert told(fold(f"em dân tộc {people} ạ"))["group"] == "ethnic_minority"
    if people != "Lào":  # «người Lào» may be a citizen of Laos
        assert told(f"em là người {people} ạ")["group"] == "ethnic_minority"


@pytest.mark.parametrize(
    "text",
    [
        "dân tộc Kinh", "người dân tộc kinh", "mong muốn", "nhà báo", "chị Hoa", "em là Hoa", "người Hoa Kỳ", "người Thái Lan", "lấy vợ người Lào",
        "người chăm sóc", "người lao động", "nguoi lao dong", "nguoi ma em hoi", "nguoi co tu cach", "ba con co ho khau", "nguoi mang thai",
        "trường dân tộc nội trú", "nước mắm Phú Quốc", "đường Trường Sa", "hộ thường trú", "ho thuong tru", "đóng bình thường được không",
        "người thường xuyên đi khám", "hội nông dân xã", "hộ khẩu", "không phải người Khmer", "không thuộc hộ nghèo",
    ],
)  # fmt: skip
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
        ("nam", "male"),
        ("dạ nữ ạ", "female"),
        ("giới tính: nam", "male"),
        ("em nữ", "female"),
        ("chồng em sinh 1980", "male"),
        ("chồng tôi 58 tuổi", "male"),
        ("vợ tôi sinh năm 1973", "female"),
        ("mẹ em 53 tuổi", "female"),
        ("mẹ chồng em 76 tuổi", "female"),
        ("ba vợ em 76 tuổi", "male"),
        ("má con năm nay 60 tuổi", "female"),
    ],
)
def test_the_sex_is_understood(text: str, sex: str) -> None:
    assert told(text)["sex"] == sex


def test_a_man_tells_his_age_with_diacritics() -> None:
    assert told("nam 62 tuổi")["sex"] == "male"
    assert "sex" not in told("nam 62 tuoi")  # «năm 62 tuổi»: when he was 62


@pytest.mark.parametrize(
    "text",
    [
        "quê Nam Định", "em nam định", "Việt Nam", "năm năm", "tôi sinh năm 1980", "chị 45 tuổi", "cô sinh 1970", "vợ sinh thì chồng được gì",
        "vợ em 50 tuổi, em 52 tuổi", "chồng em đi làm xa", "em chồng em 30 tuổi", "toi nam trong dien nao", "hội phụ nữ xã", "nha em nam nguoi",
    ],
)  # fmt: skip
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


HOUSEHOLDS = {
    "nhà 4 người": "4",
    "nhà em năm người": "5",
    "cả nhà 6 người": "6",
    "nhà e 3 ng": "3",
    "gia đình có 5 nhân khẩu": "5",
    "gia đình tôi có tất cả bốn người": "4",
    "4 khẩu": "4",
    "hộ 2 người": "2",
    "nhà có bốn miệng ăn": "4",
    "hai vợ chồng và 2 con": "4",
    "vợ chồng em với ba đứa con": "5",
    "vợ chồng tôi có một cháu nhỏ": "3",
}


@pytest.mark.parametrize(("text", "number"), HOUSEHOLDS.items())
def test_the_size_of_a_household_is_understood(text: str, number: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert [fact.value for fact in find_members(typed)] == [number], typed
        assert told(typed)["members"] == number


@pytest.mark.parametrize(
    "text",
    [
        "nhà 4-5 người", "nhà nước 3 người", "nhà có 4 người con", "nhà có 2 người già", "công ty 5 người", "vợ chồng nuôi 2 con bò", "hai vợ chồng",
        "nhà mấy người", "hộ khẩu", "nhà 200 người", "nhà em 2 tầng",
    ],
)  # fmt: skip
def test_other_counts_are_no_household(text: str) -> None:
    assert find_members(text) == []


@pytest.mark.parametrize(
    ("reply", "numbers"),
    [
        ("4", ["4"]),
        ("bốn người", ["4"]),
        ("dạ 5 ạ", ["5"]),
        ("4-5", ["4", "5"]),
        ("nhà 4 người", ["4"]),
        ("3 khẩu", ["3"]),
    ],
)
def test_a_reply_is_read_as_the_sizes_it_may_mean(reply: str, numbers: list[str]) -> None:
    assert [fact.value for fact in read_members(reply)] == numbers
    assert [fact.value for fact in read_members(fold(reply).upper())] == numbers


@pytest.mark.parametrize("reply", ["", "không biết", "0", "25", "2,5", "45 tuổi", "2 triệu", "nhà em đông lắm"])
def test_a_reply_that_tells_no_size_gives_none(reply: str) -> None:
    assert read_members(reply) == []


@given(st.integers(1, 20), st.sampled_from(["nhà {} người", "gia đình em có {} nhân khẩu", "hộ {} khẩu"]))
def test_any_size_is_found_where_it_stands(number: int, style: str) -> None:
    text = style.format(number)
    (fact,) = find_members(f"dạ {text} ạ")
    assert (fact.value, fact.start, fact.end) == (str(number), 3, 3 + len(text))


@given(any_text)
def test_any_text_can_be_read(text: str) -> None:
    for fact in find_facts(text):
        assert 0 <= fact.start < fact.end <= len(nfc(text))
