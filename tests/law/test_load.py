"""Reading content/law: what is wrong is refused, and the complaint names file, key and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.errors import ContentError
from bot.law.load import load_law
from bot.law.parameters import Confidence, Parameter
from tests.tiny_content import RATE, change, write_project

TITLE = "title: Luật BHXH 41/2024/QH15, Điều 36 khoản 1"


@pytest.fixture
def rate(tmp_path: Path) -> Path:
    """A file of content/law that is in order."""
    return write_project(tmp_path) / RATE


def law_of(rate: Path) -> Parameter:
    return load_law(rate.parents[1]).parameters["voluntary_contribution.rate"]


def complaint(rate: Path) -> str:
    with pytest.raises(ContentError) as error:
        load_law(rate.parents[1])
    assert str(rate) in str(error.value)
    return str(error.value)


def test_a_file_in_order_is_read(rate: Path) -> None:
    found = law_of(rate)
    assert (found.unit, found.checked, found.description) == ("/1", date(2026, 11, 22), "Tỷ lệ đóng")
    (value,) = found.values
    assert (value.since, value.value, value.confidence) == (date(2025, 7, 1), Decimal("0.22"), Confidence.VERIFIED)
    assert [reference.title for reference in value.references] == ["Luật BHXH 41/2024/QH15, Điều 36 khoản 1"]


WRONG = {
    "unknown key": ("metadata:\n  unit", "note: x\nmetadata:\n  unit", "unknown key note"),
    "missing key": ("description: Tỷ lệ đóng\n", "", "missing key description"),
    "empty description": ("Tỷ lệ đóng", '" "', "description: must be a text"),
    "unknown key of metadata": ("  unit: /1", "  unit: /1\n  author: me", "metadata: unknown key author"),
    "unknown unit": ("unit: /1", "unit: bowls", "metadata.unit: unknown unit bowls"),
    "no day of the last check": ("2026-11-22", "soon", "last_value_still_valid_on: must be a date"),
    "a moment for a day": ("2026-11-22", "2026-11-22T08:00:00", "last_value_still_valid_on: must be a date"),
    "no day of a value": ("  2025-07-01:", "  mùa hè:", "values: must be a date"),
    "key written twice": ("metadata:\n  unit", "metadata: {}\nmetadata:\n  unit", "key written twice: metadata"),
    "no source": (f"\n        - {TITLE}", " []", "2025-07-01.metadata.reference: every value needs its source"),
    "source not listed": (f"\n        - {TITLE}", " Luật", "2025-07-01.metadata.reference: must be a list"),
    "no reference at all": (f"      reference:\n        - {TITLE}\n", "", "missing key reference"),
    "source without title": (TITLE, "href: https://a.vn", "reference[0]: missing key title"),
    "source with an unsafe address": (TITLE, f"{TITLE}\n          href: http://a.vn", "reference[0].href: must begin"),
    "unknown confidence": ("confidence: verified", "confidence: sure", "confidence: unknown confidence 'sure'"),
    "float": ('"0.22"', "0.22", "2025-07-01.value: must be a decimal in quotes, found 0.22"),
    "word": ('"0.22"', '"a lot"', "2025-07-01.value: must be a decimal in quotes, found 'a lot'"),
    "not a number": ('"0.22"', '"NaN"', "2025-07-01.value: must be a decimal in quotes, found 'NaN'"),
    "not YAML": ("description:", "description: [", "not valid YAML"),
    "a template for a key": ("description: Tỷ lệ đóng", "description: {{ x }}", "not valid YAML"),
    "a list for the file": ("description: Tỷ lệ đóng", "- x\n#", "not valid YAML"),
}


@pytest.mark.parametrize(("old", "new", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_by_name_key_and_reason(rate: Path, old: str, new: str, reason: str) -> None:
    assert reason in complaint(change(rate, old, new))


def test_a_day_written_twice_is_refused(rate: Path) -> None:
    block = rate.read_text(encoding="utf-8").partition("values:\n")[2]
    rate.write_text(rate.read_text(encoding="utf-8") + block, encoding="utf-8")
    assert "key written twice: 2025-07-01" in complaint(rate)


def test_no_value_at_all_is_refused(rate: Path) -> None:
    head = rate.read_text(encoding="utf-8").partition("values:\n")[0]
    rate.write_text(f"{head}values: {{}}\n", encoding="utf-8")
    assert "values: at least one dated value is needed" in complaint(rate)


@pytest.mark.parametrize(
    ("unit", "raw", "value"),
    [
        ("VND", "330000", 330000),
        ("years", "15", 15),
        ("/month", '"0.0031"', Decimal("0.0031")),
        ("x", '"20"', Decimal(20)),
        ("date", "2027-01-01", date(2027, 1, 1)),
        ("text", '"1900 9068"', "1900 9068"),
        ("table", '{1: "0.5", 2: "1"}', {1: Decimal("0.5"), 2: Decimal(1)}),
        ("VND", "null", None),
    ],
)
def test_each_unit_has_its_kind_of_value(rate: Path, unit: str, raw: str, value: object) -> None:
    change(change(rate, "unit: /1", f"unit: {unit}"), '"0.22"', raw)
    assert law_of(rate).values[0].value == value


@pytest.mark.parametrize(
    ("unit", "raw", "reason"),
    [
        ("VND", '"330000"', ": must be a whole number, found '330000'"),
        ("VND", "330000.0", ": must be a whole number, found 330000.0"),
        ("VND", "true", ": must be a whole number, found True"),
        ("x", "20", ": must be a decimal in quotes, found 20"),
        ("date", '"2027-01-01"', ": must be a date like 2026-07-01"),
        ("text", "19009068", ": must be a text, found 19009068"),
        ("table", "{a: '1'}", ": must be a table"),
        ("table", "{1: 0.5}", ".1: must be a decimal in quotes, found 0.5"),
    ],
)
def test_a_value_of_another_kind_than_its_unit_is_refused(rate: Path, unit: str, raw: str, reason: str) -> None:
    change(change(rate, "unit: /1", f"unit: {unit}"), '"0.22"', raw)
    assert f"2025-07-01.value{reason}" in complaint(rate)


def test_values_ascend_by_date_however_they_are_written(rate: Path) -> None:
    earlier = '  2014-01-01: {value: "0.2", metadata: {confidence: verified, reference: [{title: Luật}]}}\n'
    rate.write_text(rate.read_text(encoding="utf-8") + earlier, encoding="utf-8")
    assert [value.since.year for value in law_of(rate).values] == [2014, 2025]


def test_a_file_that_is_not_utf_8_is_refused(rate: Path) -> None:
    rate.write_bytes("description: Tỷ".encode("utf-16"))
    assert "not UTF-8" in complaint(rate)


@pytest.mark.parametrize("name", ["Rate.yaml", "rate-2025.yaml", "2025.yaml", "tỷ_lệ.yaml"])
def test_a_file_must_be_named_as_templates_write_it(rate: Path, name: str) -> None:
    assert "must be lower case letters, digits and _" in complaint(rate.rename(rate.with_name(name)))


def test_a_folder_without_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no parameters found"):
        load_law(tmp_path)


def test_every_number_of_the_content_has_a_source(library: Library) -> None:
    for parameter in library.law.parameters.values():
        for value in parameter.values:
            assert value.references, f"{parameter.name} on {value.since}"


def test_no_number_is_hidden_by_a_folder_of_its_name(library: Library) -> None:
    names = library.law.parameters.keys()
    assert not [name for name in names if any(other.startswith(f"{name}.") for other in names)]
