"""Every sheet for many days and places: it fits, it shows what the calculators say, and all it is given."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.contribution import ContributionQuestion, Method, contribution, income_range
from bot.calculators.local_subsidy import Finding, LocalSubsidyQuestion, local_subsidy
from bot.calculators.pension import PensionQuestion, pension
from bot.calculators.pension_plan import PensionPlanQuestion, pension_plan
from bot.calculators.people import Sex
from bot.calculators.state_subsidy import Group
from bot.calculators.working import Working
from bot.errors import CitizenError
from bot.sheets.curve import course, curve
from bot.sheets.example_table import example_table
from bot.sheets.examples import examples, groups_on, incomes_on
from bot.sheets.leaflet import leaflet_page
from bot.sheets.result_card import Person, result_card
from bot.sheets.typeset import as_pdf, as_png, warnings_about
from bot.vn import show
from bot.vn.places import gazetteer
from tests.sheets.pages import page_count, places_of, png_size, texts_in, undrawable

DAYS = [date(2018, 6, 1), date(2024, 11, 1), date(2026, 11, 27), date(2027, 1, 5)]
PLACES = ["vinh_phuc", "phu_tho", "ba_ria_vung_tau", "ho_chi_minh", "ha_noi", "dak_nong", "hai_phong"]
LINK = "https://zalo.me/0123456789?src=to-roi"
A4 = (1058, 1497)


def asked(day: date = DAYS[2], income: int = 3_000_000, **more: Any) -> ContributionQuestion:
    return ContributionQuestion(day=day, income=income, **more)


def planned(day: date = DAYS[2], income: int = 3_000_000, born: int = 1985) -> PensionPlanQuestion:
    return PensionPlanQuestion(day=day, sex=Sex.FEMALE, birth=date(born, 3, 1), income=income)


def benefit_card(library: Library, day: date = DAYS[2], income: int = 3_000_000, **more: Any) -> dict[str, Any]:
    paying, plan = asked(day, income, **more), planned(day, income)
    results = [contribution(library.law, library.local_support, paying), pension_plan(library.law, plan)]
    going = course(library, paying, plan)
    person = Person(groups=paying.groups, place=paying.province, sex="female", birth=plan.birth)
    return result_card(
        library, "sheet_title_benefit", results, day, person=person, paid_back=going.paid_back if going else None
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("day", DAYS)
def test_table_and_leaflet_fit_on_one_page_everywhere(library: Library, day: date, place: str) -> None:
    table, leaflet = example_table(library, place, day), leaflet_page(library, place, day, LINK)
    assert png_size(as_png("example_table_phone", table))[0] == 960
    for template, data in (("example_table", table), ("leaflet", leaflet)):
        assert page_count(as_pdf(template, data, day=day)) == 1
        assert png_size(as_png(template, data)) == A4
        assert warnings_about(template, data) == []


def test_every_place_has_its_leaflet_and_the_fullest_fit(library: Library) -> None:
    keys = {key for province in gazetteer().provinces.values() for key in (province.key, *province.former)}
    found = {key: leaflet_page(library, key, DAYS[2], LINK) for key in sorted(keys)}
    assert all(data["local"] and data["place"] for data in found.values())
    for data in sorted(found.values(), key=lambda data: -len("".join(data["local"])))[:5]:
        assert page_count(as_pdf("leaflet", data, day=DAYS[2])) == 1, data["place"]


@pytest.mark.parametrize("income", [3_000_000, 46_000_000])
@pytest.mark.parametrize("place", PLACES)
def test_a_card_fits_a_phone_and_is_light(library: Library, place: str, income: int) -> None:
    paying = asked(income=income, groups=(Group.POOR, Group.ETHNIC_MINORITY), province=place, method=Method.MONTHS_12)
    result = contribution(library.law, library.local_support, paying)
    person = Person(groups=paying.groups, place=place, sex="male", birth=date(1960, 1, 1))
    picture = as_png(
        "result_card", result_card(library, "sheet_title_contribution", [result], paying.day, person=person)
    )
    assert png_size(picture)[0] == 960
    assert len(picture) < 150_000


@pytest.mark.parametrize("day", DAYS)
def test_signs_are_all_in_the_font(library: Library, day: date) -> None:
    going = curve(library, asked(day), planned(day))
    for place in PLACES:
        sheets = [leaflet_page(library, place, day, LINK), benefit_card(library, day, province=place), going]
        for text in texts_in(sheets):
            assert not undrawable(text), text


def test_texts_on_sheets_are_all_in_the_font(library: Library) -> None:
    for key, text in library.texts.items():
        if key.startswith("sheet_"):
            assert not undrawable(text.text), key


SHEETS: dict[str, Callable[[Library], dict[str, Any] | None]] = {
    "result_card": lambda library: benefit_card(library, groups=(Group.NEAR_POOR,), province="vinh_phuc"),
    "example_table": lambda library: example_table(library, "ho_chi_minh", DAYS[2]),
    "example_table_phone": lambda library: example_table(library, "ho_chi_minh", DAYS[2]),
    "leaflet": lambda library: leaflet_page(library, "vinh_phuc", DAYS[2], LINK),
    "curve": lambda library: curve(library, asked(groups=(Group.NEAR_POOR,)), planned()),
}
NOT_SHOWN = {
    "example_table_phone": set(),
    "leaflet": {"day", "notes"},  # its notes stand beside the table in other words
}


@pytest.mark.parametrize("template", SHEETS)
def test_a_page_shows_every_text_it_is_given(library: Library, template: str) -> None:
    """Whatever text is changed, the page changes: nothing is forgotten."""
    data = SHEETS[template](library)
    assert data is not None
    page = as_pdf(template, data, day=DAYS[2])
    for path in places_of(data):
        if path[0] in NOT_SHOWN.get(template, set()):
            continue
        other = copy.deepcopy(data)
        place: Any = other
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = f"{place[path[-1]]} W"
        assert as_pdf(template, other, day=DAYS[2]) != page, path


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1_500_000, 46_000_000),
    st.sets(st.sampled_from(Group), min_size=1),
    st.sampled_from(PLACES),
    st.sampled_from([Method.MONTHLY, Method.MONTHS_3, Method.MONTHS_12]),
)
def test_a_card_says_what_the_calculator_says(
    library: Library, income: int, groups: set[Group], place: str, method: Method
) -> None:
    paying = asked(income=income, groups=tuple(groups), province=place, method=method)
    found = contribution(library.law, library.local_support, paying)
    part = result_card(library, "sheet_title_contribution", [found], paying.day)["parts"][0]
    shown = [part["head"]["value"], *(row["value"].removeprefix("− ") for row in part["rows"])]
    assert shown[:3] == [show.dong(found.own), show.dong(found.total), show.dong(found.state)]
    assert len(shown) == 4
    assert shown[3] == show.dong(found.local) if found.local is not None else not re.search(r"\d", shown[3])


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2018, 1, 1), date(2027, 12, 31)), st.sampled_from(PLACES))
def test_the_table_says_what_the_calculators_say(library: Library, day: date, place: str) -> None:
    data, incomes = example_table(library, place, day), incomes_on(library, day)
    for group, row in zip(groups_on(library, day), data["pay"]["rows"], strict=True):
        paid = [
            contribution(library.law, library.local_support, asked(day, income, groups=(group,), province=place))
            for income in incomes
        ]
        assert row["own"] == [show.grouped(one.own) for one in paid]
        assert {row["state"]} == {show.grouped(one.state) for one in paid}
        local = local_subsidy(
            library.law, library.local_support, LocalSubsidyQuestion(day=day, province=place, groups=(group,))
        )
        assert (local.monthly is not None) == row["local"].replace(".", "").isdigit()
    rows = iter(data["back"]["rows"])
    for years in examples().years:
        for sex in (Sex.FEMALE, Sex.MALE):
            due = [
                pension(
                    library.law, PensionQuestion(day=day, sex=sex, months=12 * years, average_income=income)
                ).monthly
                for income in incomes
            ]
            assert next(rows)["amounts"] == [show.grouped(one) if one else "chưa đủ năm" for one in due]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2016, 1, 1), date(2028, 1, 1)))
def test_no_income_of_the_table_lies_below_the_floor_of_the_day(library: Library, day: date) -> None:
    lowest, highest = income_range(Working(library.law, day))
    assert incomes_on(library, day)[0] == lowest
    for income in incomes_on(library, day):
        assert lowest <= income <= highest
        contribution(library.law, library.local_support, asked(day, income))  # and may be chosen


@pytest.mark.parametrize("day", DAYS)
def test_not_found_is_never_said_as_none(library: Library, day: date) -> None:
    for place in PLACES:
        for row in example_table(library, place, day)["pay"]["rows"]:
            assert row["local"] not in {"0", "", "không", "không có"}


def test_where_old_provinces_differ_each_is_told_apart(library: Library) -> None:
    """Phú Thọ is the name of an old province and of today's: its own line must not speak of all three."""
    lines = leaflet_page(library, "phu_tho", DAYS[1], LINK)["local"]
    assert sum(line.startswith("Nơi trước đây là") for line in lines) == 3
    assert not any("mỗi nơi cũ" in line for line in lines)


def test_each_finding_has_its_words(library: Library) -> None:
    assert {f"sheet_local_{finding}" for finding in Finding} <= library.texts.keys()


def test_an_estimate_is_marked_and_a_known_amount_is_not(library: Library) -> None:
    parts = benefit_card(library)["parts"]
    assert [part["estimate"] for part in parts] == [False, True]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1_500_000, 46_000_000),
    st.integers(1966, 2009),
    st.sampled_from(Sex),
    st.sampled_from(Group),
    st.integers(0, 200),
)
def test_the_two_lines_meet_where_the_card_says(
    library: Library, income: int, born: int, sex: Sex, group: Group, used: int
) -> None:
    paying = asked(income=income, groups=(group,), months_used=used)
    try:
        going = course(
            library, paying, PensionPlanQuestion(day=DAYS[2], sex=sex, birth=date(born, 3, 1), income=income)
        )
    except CitizenError:
        assume(False)
    assume(going is not None)
    assert going is not None
    month = going.starts + going.paid_back
    assert going.received_by(month) >= going.paid
    assert going.paid_back == 0 or going.received_by(month - 1) < going.paid
    first = contribution(library.law, library.local_support, asked(income=income, groups=(group,), months_used=used))
    assert going.own[0] == first.own
    assert len(going.own) == going.plan.months
    assert sum(one < going.own[-1] for one in going.own) <= max(0, 120 - used)


def test_a_plan_without_a_pension_has_no_curve(library: Library) -> None:
    assert curve(library, asked(), planned(born=1970)) is None


def test_points_of_the_curve_stay_inside_the_picture(library: Library) -> None:
    data = curve(library, asked(), planned())
    assert data is not None
    for line in (data["paid"], data["received"]):
        assert all(0 <= value <= 1 for point in line["points"] for value in point)
        assert [y for _, y in line["points"]] == sorted(y for _, y in line["points"])
    assert 0 < data["meet"]["x"] < 1 and 0 < data["meet"]["y"] < 1


def test_a_link_becomes_a_code_and_no_link_none(library: Library) -> None:
    assert leaflet_page(library, "ha_noi", DAYS[2], LINK)["code"].startswith("<svg")
    without = leaflet_page(library, "ha_noi", DAYS[2])
    assert without["code"] == ""
    assert page_count(as_pdf("leaflet", without, day=DAYS[2])) == 1
