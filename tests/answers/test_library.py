"""The content as it is: right for its day, for the asker, and honest about what it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.answers.library import Library, load_library
from bot.errors import ContentError
from tests.tiny_content import RATE, change, write_project

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 2, 1)

# What a person pays a month at the lowest income. 2026: dantri.com.vn 08/09/2025 on Nghị định 159/2025/NĐ-CP, Điều 5
# (264.000 for others, 165.000 poor, 198.000 near-poor, 231.000 ethnic minorities). 2027: Nghị định 351/2025/NĐ-CP raises
# the line to 2.200.000; facts/law_national.md, tables 1.2 and 2 (484.000 less 96.800, 242.000, 193.600, 145.200).
LOWEST = {TODAY: "330.000 đồng", NEXT_YEAR: "484.000 đồng"}
PAID = {
    TODAY: ["165.000 đồng", "198.000 đồng", "231.000 đồng", "264.000 đồng"],
    NEXT_YEAR: ["242.000 đồng", "290.400 đồng", "338.800 đồng", "387.200 đồng"],
}


@pytest.mark.parametrize("day", [TODAY, NEXT_YEAR])
def test_the_lowest_contribution_is_that_of_the_day(library: Library, day: date) -> None:
    text = library.answer("contribution_amount", day).text
    assert f"đóng {LOWEST[day]} một tháng." in text
    for paid in PAID[day]:
        assert f"còn {paid}" in text


def test_before_the_change_the_page_tells_what_will_come_and_after_it_no_more(library: Library) -> None:
    assert "Từ 01/01/2027" in library.answer("contribution_amount", TODAY).text
    after = library.answer("contribution_amount", NEXT_YEAR).text
    assert "Từ 01/01/2027" not in after
    assert "330.000" not in after


@pytest.mark.parametrize("day", [TODAY, NEXT_YEAR])
def test_the_short_form_has_the_lowest_contribution_of_the_day(library: Library, day: date) -> None:
    assert LOWEST[day] in library.short("contribution_amount", day).text


@pytest.mark.parametrize(
    ("facts", "page"),
    [
        ({}, "state_subsidy"),
        ({"group": "poor"}, "state_subsidy.poor"),
        ({"group": "poor", "sex": "female", "province": "hue"}, "state_subsidy.poor"),
        ({"group": "near_poor"}, "state_subsidy.near_poor"),
        ({"group": "farmer"}, "state_subsidy"),
    ],
)
def test_the_answer_fits_what_is_known_of_the_asker(library: Library, facts: dict[str, str], page: str) -> None:
    assert library.answer("state_subsidy", TODAY, facts).page == page


def test_the_poor_pay_half_of_the_lowest_contribution(library: Library) -> None:
    # Nghị định 159/2025/NĐ-CP, Điều 5: 50 % of 330.000.
    assert "Bạn chỉ nộp: 165.000 đồng" in library.answer("state_subsidy", TODAY, {"group": "poor"}).text


def test_of_two_fitting_pages_the_one_that_fits_more_facts_answers(tmp_path: Path) -> None:
    answers = write_project(tmp_path) / "content" / "answers"
    poor = (answers / "contribution_amount.poor.md").read_text(encoding="utf-8")
    both = poor.replace("{group: poor}", "{group: poor, sex: female}")
    (answers / "contribution_amount.poor_woman.md").write_text(both, encoding="utf-8")
    library = load_library(tmp_path / "content")
    found = library.answer("contribution_amount", TODAY, {"group": "poor", "sex": "female"})
    assert found.page == "contribution_amount.poor_woman"


@pytest.mark.parametrize("day", [TODAY, NEXT_YEAR])
def test_every_answer_ends_with_its_sources_and_the_day_of_the_last_check(library: Library, day: date) -> None:
    for name, page in library.pages.items():
        answer = library.answer(name, day)
        foot = answer.text.rpartition("📄 Căn cứ:")[2]
        assert foot.splitlines()[-1] == "Kiểm tra lần cuối: 22/11/2026.", name
        for source in page.sources:
            assert f"{source.document}, {source.article} (hiệu lực từ {source.since:%d/%m/%Y})" in foot


def test_no_answer_shows_the_inside_of_the_program(library: Library) -> None:
    for name in library.pages:
        text = library.answer(name, TODAY).text + library.short(name, TODAY).text
        assert not [sign for sign in ("{{", "{%", "<bot.", "None", "Decimal") if sign in text], name


def test_a_page_with_a_number_from_one_source_warns_and_another_does_not(library: Library) -> None:
    warning = library.text("one_source_only").text
    # The social pension of 540.000 (Nghị định 335/2026/NĐ-CP) was found in press reprints only.
    assert warning in library.answer("social_pension", TODAY).text
    assert warning not in library.answer("contribution_amount", TODAY).text


def test_after_half_a_year_without_a_check_every_answer_says_so(library: Library) -> None:
    day = TODAY + timedelta(days=181)
    for name, page in library.pages.items():
        if page.valid_to is None:
            assert "kiểm tra lần cuối ngày 22/11/2026, nay có thể đã thay đổi" in library.answer(name, day).text, name


def test_an_answer_is_rendered_once_a_day(library: Library) -> None:
    first = library.answer("maternity", TODAY)
    assert library.answer("maternity", TODAY) is first
    assert library.answer("maternity", TODAY + timedelta(days=1)) == first


def test_an_unknown_page_is_an_error(library: Library) -> None:
    with pytest.raises(ContentError, match=r"no page weather\.md"):
        library.answer("weather", TODAY)


def test_an_unknown_text_is_an_error(library: Library) -> None:
    with pytest.raises(ContentError, match="no text with the key weather"):
        library.text("weather")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("mức đóng thấp nhất", "contribution_amount"),
        ("vssid quen mat khau", "vssid_lookup"),
        ("mai táng phí", "survivor_funeral"),
    ],
)
def test_the_search_finds_the_page(library: Library, text: str, topic: str) -> None:
    found = library.search(text, TODAY)
    assert found is not None
    assert found.topic == topic
    assert found.sources


@pytest.mark.parametrize("text", ["giá vàng hôm nay", "asdf qwer", "", "???"])
def test_the_search_finds_nothing_where_there_is_nothing(library: Library, text: str) -> None:
    assert library.search(text, TODAY) is None


def test_the_search_answers_with_the_numbers_of_the_day(library: Library) -> None:
    for day, lowest in LOWEST.items():
        found = library.search("mức đóng thấp nhất", day)
        assert found is not None
        assert lowest in found.text


def test_the_first_wrong_file_is_named(tmp_path: Path) -> None:
    wrong = change(write_project(tmp_path) / RATE, '"0.22"', "0.22")
    with pytest.raises(ContentError) as error:
        load_library(tmp_path / "content")
    assert str(wrong) in str(error.value)
