"""What one turn does to a form: facts checked by the law of the day, what is asked next, what is said before."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library, load_library
from bot.conversation.actions import ACTIONS
from bot.conversation.forms import FORMS, fill, missing
from bot.conversation.turn import Turn
from bot.settings import ROOT

DAY = date(2026, 11, 27)
LIBRARY = load_library(ROOT / "content")
CONTRIBUTION = FORMS["calculate_contribution_form"]
BENEFIT = FORMS["calculate_benefit_form"]


def turn(text: str, requested: str = "", topic: str = "", **slots: str) -> Turn:
    return Turn(text, topic, slots=slots, requested=requested, form="calculate_contribution_form")


def test_what_is_told_is_not_asked(library: Library) -> None:
    found = fill(library, CONTRIBUTION, turn("tính tiền đóng mức 3 triệu"), DAY)
    assert found.facts["income"] == "3000000"
    assert found.asks == "group"


def test_when_all_is_known_nothing_is_asked(library: Library) -> None:
    known = {"income": "3000000", "group": "other"}
    assert fill(library, CONTRIBUTION, turn("Hà Nội", "province", **known), DAY).asks is None


@pytest.mark.parametrize(
    ("reply", "key"),
    [("1 triệu", "1.500.000"), ("100 triệu", "50.600.000")],
)
def test_a_sum_that_the_law_does_not_allow_is_refused_with_what_it_allows(
    library: Library, reply: str, key: str
) -> None:
    found = fill(library, CONTRIBUTION, turn(reply, "income"), DAY)
    assert found.asks == "income"
    assert "income" not in found.facts
    assert key in found.messages[0].text


def test_the_floor_is_that_of_the_day(library: Library) -> None:
    assert fill(library, CONTRIBUTION, turn("2 triệu", "income"), DAY).facts["income"] == "2000000"
    refused = fill(library, CONTRIBUTION, turn("2 triệu", "income"), date(2027, 1, 1))
    assert "2.200.000" in refused.messages[0].text


@pytest.mark.parametrize(
    ("text", "name"),
    [("đóng 500k một tháng", "payment"), ("đóng 20 triệu một tháng", "income"), ("đóng 3 triệu một tháng", "sum")],
)
def test_a_sum_that_can_mean_but_one_thing_is_that(library: Library, text: str, name: str) -> None:
    assert name in fill(library, CONTRIBUTION, turn(text), DAY).facts


def test_a_corrected_sum_means_what_the_first_one_meant(library: Library) -> None:
    found = fill(library, CONTRIBUTION, turn("à không, 3 triệu", "group", income="2000000"), DAY)
    assert found.facts["income"] == "3000000"
    assert found.facts.get("sum") is None


def test_a_question_in_between_is_no_answer(library: Library) -> None:
    asked = Turn(
        "nữ bao nhiêu tuổi thì được nghỉ hưu", "retirement_age", requested="sex", form="calculate_benefit_form"
    )
    assert not fill(library, BENEFIT, asked, DAY).heard


def test_taking_everything_out_needs_other_facts_than_a_pension() -> None:
    assert missing(BENEFIT, {"benefit": "withdrawal"}) == "paid_months"
    assert missing(BENEFIT, {"benefit": "withdrawal", "paid_months": "60", "average": "4000000"}) is None
    assert missing(BENEFIT, {}) == "sex"


@pytest.mark.parametrize("text", ["200 năm", "đóng 999 năm"])
def test_more_years_than_a_life_has_are_refused(library: Library, text: str) -> None:
    found = fill(library, BENEFIT, Turn(text, requested="months", topic="inform", form="calculate_benefit_form"), DAY)
    assert found.asks == "months"
    assert "70" in found.messages[0].text


def test_a_day_that_does_not_exist_is_refused(library: Library) -> None:
    found = fill(library, BENEFIT, Turn("31/2/1985", "", requested="birth", form="calculate_benefit_form"), DAY)
    assert found.messages[0].text == library.text("impossible_date").text


@given(
    st.sampled_from(sorted(FORMS)),
    st.text(max_size=120),
    st.sampled_from(["", "income", "months", "birth", "sex", "group", "province", "members", "paid_months", "average"]),
)
def test_no_words_break_a_form_and_something_is_asked_or_all_is_known(form: str, text: str, requested: str) -> None:
    said = Turn(text, "", requested=requested, form=form)
    outcome = ACTIONS[f"validate_{form}"](LIBRARY, said, DAY)
    asks = outcome.remember["requested_slot"]
    assert asks is None or f"action_ask_{asks}" in ACTIONS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("day", [date(2019, 6, 1), date(2025, 6, 30), DAY, date(2027, 1, 5)])
def test_a_whole_form_is_answered_on_any_day(library: Library, form: str, day: date) -> None:
    known = {
        "sex": "male", "birth": "1975", "income": "5000000", "months": "240", "group": "near_poor", "province": "nghe_an",
        "members": "3", "old_province": "nghe_an",
    }  # fmt: skip
    said = ACTIONS[f"action_{form.removesuffix('_form')}"](library, Turn("", "", facts=known, slots=known), day)
    assert said.messages[0].text.strip()
    assert "Kiểm tra lần cuối" in said.messages[-1].text
