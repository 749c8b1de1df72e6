"""A page on a day: numbers of that day, sources, and an honest word when it is old, over or not sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.answers.library import Library, load_library
from bot.answers.pages import Page
from bot.answers.render import STALE_AFTER, Answer, render, render_short
from bot.errors import ContentError, NotInForce
from tests.tiny_content import LINE, RATE, TODAY, change, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project that is in order."""
    return write_project(tmp_path)


def page_of(project: Path, **changes: object) -> tuple[Library, Page]:
    library = load_library(project / "content")
    return library, replace(library.pages["contribution_amount"], **changes)  # type: ignore[arg-type]


def rendered(project: Path, day: date = TODAY, **changes: object) -> Answer:
    library, page = page_of(project, **changes)
    return render(page, library.law, day, library.texts)


def test_an_answer_is_the_text_with_sources_and_the_day_of_the_last_check(project: Path) -> None:
    answer = rendered(project)
    assert answer.text == (
        "Bạn đóng 22% mức thu nhập đã chọn.\n"
        "Thấp nhất: 330.000 đồng.\n\n"
        "Căn cứ:\n• Luật BHXH 41/2024/QH15, Điều 36 (từ 01/07/2025)\nKiểm tra: 22/11/2026."
    )
    assert answer.sources == ("Luật BHXH 41/2024/QH15, Điều 36",)
    assert [button.to for button in answer.buttons] == ["contribution_amount", "human"]
    assert (answer.page, answer.topic) == ("contribution_amount", "contribution_amount")


def test_the_numbers_are_those_of_the_day(project: Path) -> None:
    # 22 % (Luật BHXH 2024, Điều 36) of 1.500.000 (Nghị định 07/2021/NĐ-CP) and of 2.200.000 (Nghị định 351/2025/NĐ-CP).
    assert "Thấp nhất: 330.000 đồng." in rendered(project, date(2026, 12, 31)).text
    assert "Thấp nhất: 484.000 đồng." in rendered(project, date(2027, 1, 1)).text


def test_a_page_may_look_at_another_day(project: Path) -> None:
    body = "{{ law_on(today.replace(year=2027)).common.rural_poverty_line | dong }}"
    assert rendered(project, body=body).text.startswith("2.200.000 đồng")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ law.voluntary_contribution.rate | percent }}", "22%"),
        ("{{ (law.voluntary_contribution.rate / 5) | percent }}", "4,4%"),
        ("{{ law.common.rural_poverty_line | grouped }}", "1.500.000"),
        ("{{ (law.common.rural_poverty_line / 1000000) | number }}", "1,5"),
        ("{{ today | day }}", "22/11/2026"),
        ("{{ 738 | age }}", "61 tuổi 6 tháng"),
    ],
)
def test_numbers_are_shown_as_vietnamese_people_write_them(project: Path, template: str, text: str) -> None:
    assert rendered(project, body=template).text.startswith(f"{text}\n")


@pytest.mark.parametrize(("days", "stale"), [(STALE_AFTER.days, False), (STALE_AFTER.days + 1, True)])
def test_a_page_not_looked_at_for_half_a_year_says_so(project: Path, days: int, stale: bool) -> None:
    assert ("Có thể đã cũ: kiểm tra ngày 22/11/2026." in rendered(project, TODAY + timedelta(days=days)).text) is stale


def test_the_oldest_check_among_page_and_numbers_counts(project: Path) -> None:
    change(project / RATE, "2026-11-22", "2026-03-01")
    text = rendered(project).text
    assert "Kiểm tra: 01/03/2026." in text
    assert "Có thể đã cũ: kiểm tra ngày 01/03/2026." in text


@pytest.mark.parametrize(("day", "ended"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True)])
def test_a_page_is_served_until_its_last_day(project: Path, day: date, ended: bool) -> None:
    answer = rendered(project, day, valid_to=date(2026, 11, 22))
    assert ("330.000" not in answer.text) is ended
    assert (answer.text == "«Mức đóng mỗi tháng» đã hết hiệu lực ngày 22/11/2026.") is ended
    assert (answer.sources == ()) is ended


@pytest.mark.parametrize(("day", "begun"), [(date(2026, 11, 21), False), (date(2026, 11, 22), True)])
def test_a_page_is_served_from_its_first_day(project: Path, day: date, begun: bool) -> None:
    answer = rendered(project, day, valid_from=date(2026, 11, 22))
    assert ("330.000" in answer.text) is begun
    assert (answer.text == "«Mức đóng mỗi tháng» đến ngày 22/11/2026 mới có hiệu lực.") is not begun


@pytest.mark.parametrize("changes", [{"valid_to": date(2026, 11, 21)}, {"valid_from": date(2026, 11, 23)}])
def test_the_short_form_of_a_page_out_of_its_time_is_not_served_as_current(
    project: Path, changes: dict[str, date]
) -> None:
    library, page = page_of(project, **changes)
    assert "22%" not in render_short(page, library.law, TODAY, library.texts).text


@pytest.mark.parametrize(("confidence", "warned"), [("verified", False), ("single-source", True)])
def test_a_number_resting_on_one_source_adds_the_warning(project: Path, confidence: str, warned: bool) -> None:
    change(project / RATE, "verified", confidence)
    assert ("Có số liệu mới đối chiếu một nguồn." in rendered(project).text) is warned


def test_a_number_resting_on_one_source_warns_even_when_read_again_for_another_day(project: Path) -> None:
    change(project / LINE, "confidence: verified", "confidence: single-source")  # the value of today
    both = "{{ law.common.rural_poverty_line | dong }} {{ law_on(today.replace(year=2027)).common.rural_poverty_line | dong }}"
    assert "Có số liệu mới đối chiếu một nguồn." in rendered(project, body=both).text


@pytest.mark.parametrize("confidence", ["from-memory", "example-only"])
def test_a_number_nobody_checked_is_refused(project: Path, confidence: str) -> None:
    change(project / RATE, "verified", confidence)
    with pytest.raises(NotInForce, match=f"voluntary_contribution.rate is {confidence}"):
        rendered(project)


def test_a_day_before_the_first_value_is_an_error(project: Path) -> None:
    with pytest.raises(NotInForce, match="voluntary_contribution.rate has no value on 2025-06-30"):
        rendered(project, date(2025, 6, 30), valid_from=date(2020, 1, 1))


FAULTY = {
    "an unknown number": "{{ law.voluntary_contribution.speed | dong }}",
    "an unknown name": "{{ rate | percent }}",
    "an unknown filter": "{{ law.voluntary_contribution.rate | money }}",
    "a day shown as money": "{{ today | dong }}",
    "a number shown as a day": "{{ law.common.rural_poverty_line | day }}",
    "a text shown in groups": "{{ 'x' | grouped }}",
    "a division by nothing": "{{ (1 / 0) | number }}",
    "a loop without an end": "{% for x in [1] %}",
    "a bracket without an end": "{{ law.common",
    "an attribute behind the scenes": "{{ law._law.law }}",
    "a folder in place of a number": "Đóng {{ law.voluntary_contribution }}",
}


@pytest.mark.parametrize("body", FAULTY.values(), ids=FAULTY)
def test_a_faulty_template_is_an_error_that_names_the_page(project: Path, body: str) -> None:
    with pytest.raises(ContentError, match="contribution_amount"):
        rendered(project, body=body)


def test_the_short_form_has_the_numbers_of_the_day(project: Path) -> None:
    library, page = page_of(project)
    answer = render_short(page, library.law, TODAY, library.texts)
    assert answer.text.startswith("Mỗi tháng đóng 22%.\n")
    assert answer.sources
