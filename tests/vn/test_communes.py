"""The tables of communes, old and new, agree with each other and with what is published."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.vn.communes import LEVELS, Unit, communes, describe_commune, names, province_of
from bot.vn.places import gazetteer
from bot.vn.spelling import joined

# Communes a province since 2025-07-01, National Statistics Office.
COUNTS = {
    "ha_noi": 126, "cao_bang": 56, "tuyen_quang": 124, "dien_bien": 45, "lai_chau": 38, "son_la": 75, "lao_cai": 99, "thai_nguyen": 92,
    "lang_son": 65, "quang_ninh": 54, "bac_ninh": 99, "phu_tho": 148, "hai_phong": 114, "hung_yen": 104, "ninh_binh": 129, "thanh_hoa": 166,
    "nghe_an": 130, "ha_tinh": 69, "quang_tri": 78, "hue": 40, "da_nang": 94, "quang_ngai": 96, "gia_lai": 135, "khanh_hoa": 65,
    "dak_lak": 102, "lam_dong": 124, "dong_nai": 95, "ho_chi_minh": 168, "tay_ninh": 96, "dong_thap": 102, "vinh_long": 124, "an_giang": 102,
    "can_tho": 103, "ca_mau": 64,
}  # fmt: skip

UNITS = list({id(named.unit): named.unit for each in names().bearers.values() for named in each}.values())


def units(level: str) -> list[Unit]:
    return [unit for unit in UNITS if unit.level == level]


def test_each_province_has_as_many_communes_as_are_published() -> None:
    assert Counter(unit.province for unit in communes().values()) == COUNTS
    assert sum(COUNTS.values()) == 3321


def test_communes_are_of_the_kinds_that_are_published() -> None:
    assert Counter(unit.kind for unit in communes().values()) == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}


def test_every_place_lies_in_a_known_old_province() -> None:
    old = {key for province in gazetteer().provinces.values() for key in province.former}
    assert {unit.old_province for unit in UNITS if not unit.is_province} == old


def test_an_old_commune_became_communes_of_its_old_province() -> None:
    for unit in [*units("old_commune"), *units("district")]:
        assert {communes()[code].old_province for code in unit.communes} <= {unit.old_province}, unit


def test_every_commune_of_today_was_made_of_something() -> None:
    assert {code for unit in units("district") for code in unit.communes} == set(communes())


def test_no_two_communes_of_a_province_bear_the_same_name() -> None:
    assert max(Counter((unit.name, unit.province) for unit in communes().values()).values()) == 1


def test_old_communes_and_districts_are_as_many_as_before_july_2025() -> None:
    assert len(units("old_commune")) == 10_035
    assert len([unit for unit in units("district") if unit.communes]) == 696


def test_about_440_old_communes_were_divided() -> None:
    assert 430 <= len([unit for unit in units("old_commune") if len(unit.communes) > 1]) <= 450


@pytest.mark.parametrize(
    ("name", "district", "code"),
    [
        ("Xã Thạnh Quới", "Huyện Mỹ Xuyên", "31726"),
        ("Xã Thạnh Quới", "Huyện Vĩnh Thạnh", "31246"),
        ("Phường 4", "Thành phố Tân An", "27694"),
    ],
)
def test_an_old_commune_has_no_share_in_what_became_of_its_namesake(name: str, district: str, code: str) -> None:
    (unit,) = [unit for unit in units("old_commune") if (unit.name, unit.district) == (name, district)]
    assert unit.communes == (code,)


ISLANDS = {"Bạch Long Vĩ": "hai_phong", "Cồn Cỏ": "quang_tri", "Hoàng Sa": "da_nang", "Lý Sơn": "quang_ngai", "Côn Đảo": "ba_ria_vung_tau"}  # fmt: skip


@pytest.mark.parametrize(("name", "old_province"), ISLANDS.items())
def test_special_zones_without_an_old_commune_lie_where_their_district_did(name: str, old_province: str) -> None:
    (zone,) = [unit for unit in communes().values() if unit.name == f"Đặc khu {name}"]
    (district,) = [unit for unit in units("district") if unit.short == name]
    assert zone.old_province == district.old_province == old_province
    assert district.communes == zone.communes


def test_a_commune_is_described_by_its_name_its_province_and_its_old_one() -> None:
    assert describe_commune("08950") == ("Xã Bình Xuyên", "Phú Thọ", "Vĩnh Phúc")
    assert describe_commune("99999") is None


def test_every_name_is_filed_under_its_spelling_without_diacritics() -> None:
    for folded, bearers in names().bearers.items():
        assert folded == joined(folded)[1]
        assert all(joined(named.typed)[1] == folded for named in bearers)


def test_levels_are_those_that_are_listed() -> None:
    assert {unit.level for unit in UNITS} == set(LEVELS)


def test_a_province_of_today_lies_in_itself() -> None:
    assert all(province_of(key) == key for key in gazetteer().provinces)
