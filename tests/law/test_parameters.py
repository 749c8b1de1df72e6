"""The law of a day: the value in force, or an error; never 0."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.errors import NotInForce
from bot.law.parameters import Chapter, Confidence, DatedValue, Law, Parameter, Reference, Value, uncertain

FIRST, SECOND, ENDED = date(2014, 1, 1), date(2025, 7, 1), date(2030, 1, 1)
SOURCE = (Reference("Luật"),)


def parameter(name: str, *values: tuple[date, Value | None, Confidence]) -> Parameter:
    dated = tuple(DatedValue(since, value, confidence, SOURCE) for since, value, confidence in values)
    return Parameter(name, name, "/1", date(2026, 11, 22), dated)


def law(*parameters: Parameter) -> Law:
    return Law({found.name: found for found in parameters})


RATE = parameter(
    "fund.rate",
    (FIRST, Decimal("0.2"), Confidence.VERIFIED),
    (SECOND, Decimal("0.22"), Confidence.VERIFIED),
    (ENDED, None, Confidence.VERIFIED),
)


def test_a_day_before_the_first_value_is_an_error() -> None:
    with pytest.raises(NotInForce, match="fund.rate has no value on 2013-12-31"):
        law(RATE).at(FIRST - timedelta(days=1))["fund.rate"]


def test_a_value_that_ended_is_an_error() -> None:
    with pytest.raises(NotInForce, match="fund.rate has no value on 2030-01-01"):
        law(RATE).at(ENDED)["fund.rate"]


@pytest.mark.parametrize(
    ("day", "rate"),
    [(FIRST, "0.2"), (SECOND - timedelta(days=1), "0.2"), (SECOND, "0.22"), (ENDED - timedelta(days=1), "0.22")],
)
def test_a_value_holds_from_its_day_until_the_next(day: date, rate: str) -> None:
    assert law(RATE).at(day)["fund.rate"] == Decimal(rate)


def test_of_a_day_what_comes_next_and_what_held_before_are_known() -> None:
    first, second, ended = RATE.values
    before = FIRST - timedelta(days=1)
    assert [RATE.coming(day) for day in (before, FIRST, SECOND, ENDED)] == [first, second, ended, None]
    assert [RATE.earlier(day) for day in (before, FIRST, SECOND, ENDED)] == [(), (), (first,), (second, first)]


@given(st.dates(min_value=FIRST, max_value=ENDED - timedelta(days=1)))
def test_the_value_in_force_is_the_latest_that_has_begun(day: date) -> None:
    found = RATE.on(day)
    assert found.since <= day
    assert not [value for value in RATE.values if found.since < value.since <= day]


def test_an_unknown_number_is_an_error() -> None:
    with pytest.raises(NotInForce, match=r"fund\.speed is no parameter"):
        law(RATE).at(SECOND)["fund.speed"]


@pytest.mark.parametrize("confidence", [Confidence.FROM_MEMORY, Confidence.EXAMPLE_ONLY])
def test_a_number_nobody_checked_is_not_shown(confidence: Confidence) -> None:
    on_day = law(parameter("fund.rate", (FIRST, Decimal(1), confidence))).at(SECOND)
    with pytest.raises(NotInForce, match=f"fund.rate is {confidence} on 2025-07-01"):
        on_day["fund.rate"]
    assert not on_day.read


@pytest.mark.parametrize(
    ("confidence", "names"), [(Confidence.VERIFIED, []), (Confidence.SINGLE_SOURCE, ["fund.rate"])]
)
def test_a_number_from_one_source_is_shown_and_known_as_uncertain(confidence: Confidence, names: list[str]) -> None:
    on_day = law(parameter("fund.rate", (FIRST, Decimal(1), confidence))).at(SECOND)
    assert on_day["fund.rate"] == 1
    assert list(uncertain(on_day.read)) == names


def test_every_number_read_is_remembered_also_for_another_day() -> None:
    on_day = law(RATE, parameter("fund.age", (FIRST, 15, Confidence.VERIFIED))).at(SECOND)
    assert on_day.on(FIRST).fund.rate == Decimal("0.2")  # type: ignore[attr-defined]
    assert on_day.chapter().fund.age == 15  # type: ignore[attr-defined]
    assert set(on_day.read) == {"fund.rate", "fund.age"}


@pytest.mark.parametrize("days", [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_number_that_was_uncertain_on_one_of_two_days_stays_uncertain(days: tuple[date, date]) -> None:
    rate = parameter(
        "fund.rate", (FIRST, Decimal(1), Confidence.SINGLE_SOURCE), (SECOND, Decimal(2), Confidence.VERIFIED)
    )
    on_day = law(rate).at(days[0])
    for day in days:
        assert on_day.on(day).fund.rate  # type: ignore[attr-defined]
    assert list(uncertain(on_day.read)) == ["fund.rate"]


def test_a_folder_leads_to_its_numbers() -> None:
    chapter = law(RATE).at(SECOND).chapter()
    assert isinstance(chapter.fund, Chapter)
    assert chapter.fund.rate == Decimal("0.22")


@pytest.mark.parametrize("path", [("fun",), ("fund", "rat"), ("fund", "rates")])
def test_half_a_name_is_an_error(path: tuple[str, ...]) -> None:
    found: object = law(RATE).at(SECOND).chapter()
    with pytest.raises(NotInForce, match=f"{'.'.join(path)} is no parameter"):
        for part in path:
            found = getattr(found, part)


def test_a_number_resting_on_memory_in_the_content_is_refused(library: Library) -> None:
    # content/law/common/urban_poverty_line.yaml: from memory until 2026, one source from 2027.
    name = "common.urban_poverty_line"
    with pytest.raises(NotInForce, match="from-memory"):
        library.law.at(date(2026, 11, 22))[name]
    later = library.law.at(date(2027, 2, 1))
    assert later[name] == 2_800_000  # Nghị định 351/2025/NĐ-CP
    assert list(uncertain(later.read)) == [name]


@pytest.mark.parametrize(
    ("name", "day", "value"),
    [
        ("common.rural_poverty_line", date(2026, 12, 31), 1_500_000),  # Nghị định 07/2021/NĐ-CP, Điều 3
        ("common.rural_poverty_line", date(2027, 1, 1), 2_200_000),  # Nghị định 351/2025/NĐ-CP
        ("common.reference_level", date(2026, 6, 30), 2_340_000),  # Nghị định 73/2024/NĐ-CP
        ("common.reference_level", date(2026, 7, 1), 2_530_000),  # Nghị định 161/2026/NĐ-CP, Điều 3
        ("voluntary_subsidy.rate_by_group.poor", date(2025, 7, 1), Decimal("0.5")),  # Nghị định 159/2025/NĐ-CP, Điều 5
        ("voluntary_subsidy.rate_by_group.other", date(2025, 7, 1), Decimal("0.2")),  # the same
    ],
)
def test_the_content_gives_the_published_value_of_the_day(library: Library, name: str, day: date, value: Value) -> None:
    assert library.law.at(day)[name] == value
