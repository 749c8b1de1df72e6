"""Places as staff write them: one is understood, several are offered, none is made up; what is offered means itself when it comes back."""

from __future__ import annotations

import pytest

from bot.vn.communes import communes
from bot.vn.place_choices import as_codes, gathered, place_choices, place_name
from bot.vn.places import gazetteer

BINH_XUYEN = ("08935", "08950", "08944", "08971")  # what was the district


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Phú Thọ", ("phu_tho",)),
        ("phu tho", ("phu_tho",)),
        ("tỉnh Phú Thọ", ("phu_tho",)),
        ("phu_tho", ("phu_tho",)),
        ("Cần Thơ", ("can_tho",)),
        ("huyện Bình Xuyên", BINH_XUYEN),
        ("huyen binh xuyen", BINH_XUYEN),
        ("Huyện Bình Xuyên, Vĩnh Phúc", BINH_XUYEN),
        ("Xã Bình Xuyên, Phú Thọ", ("08950",)),
        ("Hương Canh", ("08935",)),
        ("08950", ("08950",)),
        ("08950 08935", ("08950", "08935")),
    ],
)
def test_a_name_old_or_new_or_a_code_is_understood(written: str, codes: tuple[str, ...]) -> None:
    assert [one.codes for one in place_choices(written)] == [codes]


@pytest.mark.parametrize("written", ["Vĩnh Phúc", "vinh phuc", "tỉnh Vĩnh Phúc", "Vĩnh Phúc cũ", "vinh_phuc"])
def test_an_old_province_is_its_communes_of_today_and_is_said_as_one(written: str) -> None:
    [found] = place_choices(written)
    assert set(found.codes) == {code for code, unit in communes().items() if unit.old_province == "vinh_phuc"}
    assert found.label == "Vĩnh Phúc cũ, nay thuộc Phú Thọ"
    assert gathered([*found.codes, "07900"])[1:] == [found]


@pytest.mark.parametrize("written", ["Phú Thọ cũ", "phu tho cu", "tỉnh Phú Thọ (cũ)", "Phú Thọ cũ, nay thuộc Phú Thọ"])
def test_the_old_province_of_a_name_that_one_of_today_has_too_is_no_more_than_it_was(written: str) -> None:
    [found] = place_choices(written)
    assert set(found.codes) == {code for code, unit in communes().items() if unit.old_province == "phu_tho"}
    assert found.label == "Phú Thọ cũ, nay thuộc Phú Thọ"
    assert as_codes(found.value) == found.codes and gathered(found.codes) == [found]


@pytest.mark.parametrize("written", ["Hà Nội cũ", "Hà Nội mới", "Phú Thọ mới"])
def test_a_province_of_today_stays_whole_where_it_is_what_it_was_or_is_meant(written: str) -> None:
    assert [len(one.codes) for one in place_choices(written)] == [1]


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        (
            "Vũng Tàu",
            [
                "Phường Vũng Tàu, TP. Hồ Chí Minh",
                "Bà Rịa - Vũng Tàu cũ, nay thuộc TP. Hồ Chí Minh",
                "Thành phố Vũng Tàu, TP. Hồ Chí Minh (Bà Rịa - Vũng Tàu cũ): nay là 5 xã, phường",
            ],
        ),
        ("Sài Gòn", ["Phường Sài Gòn, TP. Hồ Chí Minh", "TP. Hồ Chí Minh"]),
        ("Việt Trì", ["Phường Việt Trì, Phú Thọ", "Thành phố Việt Trì, Phú Thọ: nay là 5 xã, phường"]),
        (
            "Xã Bình Xuyên",
            [
                "Xã Bình Xuyên, Phú Thọ",
                "Xã Bình Xuyên, Huyện Bình Giang, Hải Phòng (Hải Dương cũ): nay là Xã Thượng Hồng",
                "Xã Bình Xuyên, Huyện Ninh Giang, Hải Phòng (Hải Dương cũ): nay là Xã Khúc Thừa Dụ",
            ],
        ),
    ],
)  # fmt: skip
def test_of_several_places_each_is_offered_under_a_name_of_its_own(written: str, labels: list[str]) -> None:
    assert [one.label for one in place_choices(written)] == labels


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "Atlantis",
        "Huyện Atlantis",
        "phu_tho atlantis",
        "Phú Thọ, Cần Thơ",
        "; --",
        "ở đâu đó gần Việt Trì thôi",
        "9" * 300,
        "Quận 2",
    ],
)
def test_what_names_no_place_of_today_is_none(written: str) -> None:
    assert place_choices(written) == ()


def test_every_commune_and_province_of_today_is_found_by_its_name_and_what_is_offered_means_itself() -> None:
    for code in [*communes(), *gazetteer().provinces]:
        found = place_choices(place_name(code))
        assert (code,) in {one.codes for one in found}, place_name(code)
        assert all(as_codes(one.value) == one.codes and place_choices(one.value)[0].codes == one.codes for one in found)


def test_what_is_no_code_stays_as_it_is() -> None:
    assert as_codes("atlantis x") == ("atlantis", "x") and place_name("atlantis") == "atlantis"
    assert [one.label for one in gathered(["atlantis", "08950"])] == ["Xã Bình Xuyên, Phú Thọ", "atlantis"]
