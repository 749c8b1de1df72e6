"""What a province adds: what was found, what ended, and «not found», which is never «nothing»."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.answers.library import Library
from bot.answers.local_support import describe, monthly_amount
from bot.answers.render import Answer
from bot.law.local_support import Group, Kind, Resolution, Status
from bot.vn.places import Province, gazetteer

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 2, 1)
NOT_FOUND = "Chưa tìm thấy không có nghĩa là không có."


def said(library: Library, place: str, day: date = TODAY) -> Answer:
    answer = library.support_in(place, day)
    assert answer is not None
    return answer


def group(name: str, value: Decimal | int | None, kind: Kind = Kind.OF_MIN_CONTRIBUTION) -> Group:
    return Group(name, name, kind, value, None)


# What the province pays a month. Hà Nội: Nghị quyết 19/2025/NQ-HĐND (nothing is left to pay for poor and near-poor: nld.com.vn
# 12/2025); TP.HCM: Nghị quyết 84/2025/NQ-HĐND (80 % and 65 % with the State's part: plo.vn post891896);
# Quảng Ninh: Nghị quyết 02/2022/NQ-HĐND. Amounts worked out in facts/local_subsidies.md, section 2.
PUBLISHED = {
    "ha_noi": ["hộ nghèo: thêm 165.000 đồng", "hộ cận nghèo: thêm 198.000 đồng", "đối tượng khác: thêm 33.000 đồng"],
    "ho_chi_minh": ["(chuẩn nghèo của Thành phố): thêm 99.000 đồng", "(chuẩn của Thành phố): thêm 82.500 đồng"],
    "quang_ninh": ["hộ nghèo: thêm 99.000 đồng", "đối tượng khác: thêm 66.000 đồng"],
}


@pytest.mark.parametrize("place", PUBLISHED)
def test_a_province_adds_the_published_amounts(library: Library, place: str) -> None:
    text = said(library, place).text
    for line in PUBLISHED[place]:
        assert line in text


def test_the_amounts_follow_the_poverty_line_of_the_day(library: Library) -> None:
    # 10 % and 50 % of 484.000: Nghị định 351/2025/NĐ-CP from 01/01/2027.
    text = said(library, "ha_noi", NEXT_YEAR).text
    assert "đối tượng khác: thêm 48.400 đồng" in text
    assert "hộ nghèo: thêm 242.000 đồng" in text


def test_an_answer_names_the_resolution_its_first_and_its_last_day(library: Library) -> None:
    answer = said(library, "quang_ninh")
    assert "Nghị quyết 02/2022/NQ-HĐND của HĐND tỉnh Quảng Ninh, từ 01/01/2023 đến hết 31/12/2027" in answer.text
    assert answer.sources == ("Nghị quyết 02/2022/NQ-HĐND của HĐND tỉnh Quảng Ninh",)
    assert "1900 9068" in answer.text
    assert "Kiểm tra lần cuối: 22/11/2026." in answer.text


@pytest.mark.parametrize("place", ["cao_bang", "lang_son", "da_nang"])
def test_where_nothing_was_found_the_answer_says_not_found_and_names_no_amount(library: Library, place: str) -> None:
    answer = said(library, place)
    assert NOT_FOUND in answer.text
    assert "thêm" not in answer.text.partition("\n")[2].replace("hỗ trợ thêm", "")
    assert answer.sources == ()
    assert answer.buttons


def test_a_draft_is_not_stated(library: Library) -> None:
    assert "Dự thảo" not in said(library, "lang_son").text


@pytest.mark.parametrize("place", ["vinh_phuc", "phu_tho"])
def test_a_resolution_that_ended_is_said_to_have_ended(library: Library, place: str) -> None:
    # Nghị quyết 03/2020/NQ-HĐND of Vĩnh Phúc held until 31/12/2025; Vĩnh Phúc lies in Phú Thọ today.
    text = said(library, place).text
    assert "Nghị quyết 03/2020/NQ-HĐND của HĐND tỉnh Vĩnh Phúc đã hết hiệu lực ngày 31/12/2025." in text
    assert NOT_FOUND in text
    assert "đồng một tháng" not in text


@pytest.mark.parametrize(("day", "stated"), [(date(2027, 12, 31), True), (date(2028, 1, 1), False)])
def test_a_resolution_is_stated_until_its_last_day(library: Library, day: date, stated: bool) -> None:
    text = said(library, "quang_ninh", day).text
    assert ("đồng một tháng" in text) is stated
    assert ("đã hết hiệu lực ngày 31/12/2027" in text) is not stated


def test_an_old_province_is_named_with_the_one_it_lies_in(library: Library) -> None:
    assert said(library, "binh_duong").text.startswith("Bình Dương (nay là TP. Hồ Chí Minh):")
    assert said(library, "ho_chi_minh").text.startswith("TP. Hồ Chí Minh:")


def test_an_unknown_place_has_no_answer(library: Library) -> None:
    assert library.support_in("atlantis", TODAY) is None
    assert library.support_in("", TODAY) is None


@pytest.mark.parametrize("place", gazetteer().provinces)
def test_every_province_of_today_has_an_honest_answer(library: Library, place: str) -> None:
    answer = said(library, place)
    assert bool(answer.sources) or NOT_FOUND in answer.text
    assert "{" not in answer.text


@pytest.mark.parametrize("place", ["cao_bang", "ha_noi"])
def test_no_answer_says_that_it_was_checked_later_than_the_content_was(library: Library, place: str) -> None:
    assert "Kiểm tra lần cuối: 01/02/2027" not in said(library, place, NEXT_YEAR).text


def test_an_answer_not_looked_at_for_half_a_year_says_so(library: Library) -> None:
    assert "nay có thể đã thay đổi" in said(library, "ha_noi", date(2027, 6, 1)).text


PROVINCE = Province("an_phu", "An Phú", {"an": "An", "phu": "Phú"})


def resolution(title: str, *former: str, status: Status = Status.ACTIVE) -> Resolution:
    return Resolution(
        title=title,
        scheme="voluntary_si",
        province="an_phu",
        former=former,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        status=status,
        confidence="high",
        groups=(group("other", Decimal("0.1")),),
        residence="thường trú trong tỉnh",
        checked=date(2026, 5, 1),
        note=None,
    )


def described(library: Library, *resolutions: Resolution, old: str | None = None) -> Answer:
    return describe(PROVINCE, old, resolutions, library.law.at(TODAY), library.texts)


def test_old_provinces_with_rules_of_their_own_are_told_apart(library: Library) -> None:
    text = described(library, resolution("Nghị quyết A", "an"), resolution("Nghị quyết B", "phu")).text
    first, second = text.index("Nơi trước đây là An:"), text.index("Nơi trước đây là Phú:")
    assert first < text.index("Nghị quyết A") < second < text.index("Nghị quyết B")


def test_one_rule_for_the_whole_province_is_told_once(library: Library) -> None:
    answer = described(library, resolution("Nghị quyết A", "an", "phu"))
    assert answer.text.count("Nghị quyết A") == 1
    assert "Nơi trước đây" not in answer.text
    assert answer.sources == ("Nghị quyết A",)


def test_who_names_an_old_province_hears_of_that_one_only(library: Library) -> None:
    answer = described(library, resolution("Nghị quyết A", "an"), resolution("Nghị quyết B", "phu"), old="phu")
    assert "Nghị quyết A" not in answer.text
    assert answer.sources == ("Nghị quyết B",)


def test_residence_and_doubt_are_said(library: Library) -> None:
    text = described(library, resolution("Nghị quyết A", "an", "phu", status=Status.ACTIVE_PRESUMED)).text
    assert "Điều kiện: thường trú trong tỉnh." in text
    assert "Tôi chưa thấy văn bản nào thay thế nghị quyết này." in text
    assert "Kiểm tra lần cuối: 01/05/2026." in text


@pytest.mark.parametrize(
    ("found", "amount"),
    [
        (group("other", Decimal("0.1")), 33_000),
        (group("poor", Decimal("0.3")), 99_000),
        (group("poor", Decimal("0.9")), 165_000),  # no more than what the State leaves: 50 %
        (group("near_poor", Decimal(1)), 198_000),
        (group("ethnic_minority", Decimal(1)), 231_000),
        (group("island", Decimal(1)), 165_000),
        (group("grassroots_security", Decimal(1)), 264_000),  # for the State one of «others»: 20 %
        (group("other", 50_000, Kind.FIXED), 50_000),
        (group("other", 900_000, Kind.FIXED), 264_000),
        (group("other", None), None),
        (group("other", None, Kind.UNKNOWN), None),
        (group("other", Decimal(1), Kind.OF_PREMIUM), None),
    ],
)
def test_the_province_never_adds_more_than_is_left_to_pay(library: Library, found: Group, amount: int | None) -> None:
    # 22 % of 1.500.000 = 330.000; the State's part by Nghị định 159/2025/NĐ-CP, Điều 5.
    assert monthly_amount(found, library.law.at(TODAY)) == amount
