"""What a text tells about the person, and how a reply is read in the light of the question."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.told import FACTS, birth_of, fact_of, merged, told

DAY = date(2026, 11, 27)
WHOLE = "em nữ sinh 1985, hộ cận nghèo ở Bình Xuyên, đóng 2tr/tháng 15 năm thì sau này lương hưu bn"


@pytest.mark.parametrize(
    "text", [WHOLE, "em nu sinh 1985, ho can ngheo o binh xuyen, dong 2tr/thang 15 nam luong huu bn"]
)
def test_a_whole_story_tells_everything_at_once(text: str) -> None:
    assert told(text, DAY).facts == {
        "sum": "2000000", "months": "180", "group": "near_poor", "sex": "female", "birth": "1985",
        "province": "phu_tho", "old_province": "vinh_phuc",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("mức thu nhập 3 triệu", {"income": "3000000"}),
        ("lương 5 triệu", {"income": "5000000"}),
        ("chọn mức 2 triệu rưỡi", {"income": "2500000"}),
        ("mỗi tháng để dành 500k", {"payment": "500000"}),
        ("tháng nộp được 400 nghìn", {"payment": "400000"}),
        ("đóng 3 triệu một tháng", {"sum": "3000000"}),
        ("mức thấp nhất", {"income": "lowest"}),
        ("mức tối đa", {"income": "highest"}),
        ("đã đóng 6 năm ở công ty, đóng thêm 10 năm", {"paid_months": "72", "months": "120"}),
        ("đóng được 5 năm rồi", {"paid_months": "60"}),
        ("đóng 5 năm rút một lần được bao nhiêu", {"benefit": "withdrawal", "paid_months": "60"}),
        ("đóng 4 năm lương 6 triệu, rút hết được mấy", {"benefit": "withdrawal", "paid_months": "48", "average": "6000000"}),
        ("12 tháng một lần", {"method": "months_12"}),
        ("đóng trước 3 năm", {"method": "years_ahead", "months": "36"}),
    ],
)  # fmt: skip
def test_what_words_tell(text: str, facts: dict[str, str]) -> None:
    found = told(text, DAY).facts
    durations_and_sums = {"months", "paid_months", "income", "payment", "sum", "average"}
    assert facts.items() <= found.items()
    assert not (found.keys() - facts.keys()) & durations_and_sums


@pytest.mark.parametrize("text", ["nghỉ việc cách đây 2 năm", "năm 2025 có gì mới", "200k một ngày"])
def test_what_is_no_fact_for_us_is_left(text: str) -> None:
    assert not told(text, DAY).facts.keys() & {"months", "sum", "income", "payment"}


@pytest.mark.parametrize(
    ("reply", "asked", "facts"),
    [
        ("2", "income", {"income": "2000000"}),
        ("15", "months", {"months": "180"}),
        ("mười lăm", "months", {"months": "180"}),
        ("5 năm 3 tháng", "paid_months", {"paid_months": "63"}),
        ("85", "birth", {"birth": "1985"}),
        ("12/3/1985", "birth", {"birth": "1985-03-12"}),
        ("chị", "sex", {"sex": "female"}),
        ("ông", "sex", {"sex": "male"}),
        ("không", "group", {"group": "other"}),
        ("nghèo", "group", {"group": "poor"}),
        ("không biết", "group", {"group": "other"}),
        ("bỏ qua", "province", {"province": "unknown"}),
        ("Vĩnh Phúc", "province", {"province": "phu_tho", "old_province": "vinh_phuc"}),
        ("bốn người", "members", {"members": "4"}),
        ("4", "members", {"members": "4"}),
        ("5 triệu", "average", {"average": "5000000"}),
    ],
)
def test_a_reply_is_read_in_the_light_of_the_question(reply: str, asked: str, facts: dict[str, str]) -> None:
    assert facts.items() <= told(reply, DAY, asked).facts.items()


@pytest.mark.parametrize(
    ("reply", "asked", "choices"),
    [("2-3 triệu", "income", ("2000000", "3000000")), ("15", "income", ("1500000", "15000000"))],
)
def test_what_may_be_read_in_several_ways_is_no_fact_but_a_choice(
    reply: str, asked: str, choices: tuple[str, ...]
) -> None:
    found = told(reply, DAY, asked)
    assert asked not in found.facts
    assert found.choices[asked] == choices


def test_a_name_of_many_places_gives_the_old_provinces_to_choose_from() -> None:
    found = told("xã Tân Thành", DAY, "province")
    assert "province" not in found.facts
    assert len(found.choices["province"]) > 1


def test_a_new_sum_outranks_the_old_one_and_a_new_province_the_old_place() -> None:
    known = {"income": "2000000", "province": "phu_tho", "old_province": "vinh_phuc", "sex": "male"}
    assert merged(known, {"payment": "500000", "province": "ha_noi"}) == {
        "payment": "500000",
        "province": "ha_noi",
        "sex": "male",
    }


@pytest.mark.parametrize(
    ("target", "fact"),
    [
        ("income=3000000", ("income", "3000000")),
        ("group=near_poor", ("group", "near_poor")),
        ("colour=red", None),
        ("income=", None),
        ("income=1;2", None),
        ("income=" + "9" * 41, None),
        ("human", None),
        ("income=1\n", None),
    ],
)
def test_only_a_button_that_names_one_of_our_facts_tells_one(target: str, fact: tuple[str, str] | None) -> None:
    assert fact_of(target) == fact


@pytest.mark.parametrize(
    ("told_as", "day"), [("1985", (1985, 1, 1)), ("1985-03", (1985, 3, 1)), ("1985-03-12", (1985, 3, 12))]
)
def test_a_birth_known_by_its_year_counts_from_the_first_of_january(told_as: str, day: tuple[int, int, int]) -> None:
    assert birth_of(told_as) == date(*day)


@given(st.text(max_size=300), st.sampled_from(["", "income", "months", "birth", "sex", "group", "province", "members"]))
def test_no_text_breaks_it_and_all_it_finds_are_facts(text: str, asked: str) -> None:
    found = told(text, DAY, asked)
    assert found.facts.keys() <= FACTS
    assert all(isinstance(value, str) and value for value in found.facts.values())
