"""Leaflets and tables written to files, and the words of the sheets."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.calculators.local_subsidy import Finding
from bot.calculators.people import Sex
from bot.calculators.state_subsidy import Group
from bot.errors import AnSinhError
from bot.settings import ROOT
from bot.sheets.printing import leaflet, place_key
from bot.sheets.words import documents, place_name
from tests.sheets.pages import page_count, png_size

DAY = date(2026, 11, 27)


@pytest.mark.parametrize("kind", ["leaflet", "table"])
def test_a_page_is_written_as_pdf_or_as_picture(library: Library, tmp_path: Path, kind: str) -> None:
    for name in ("page.pdf", "new/page.png"):
        leaflet(library, place="Vĩnh Phúc", day=DAY, kind=kind, link="https://example.vn", out=tmp_path / name)
    assert page_count((tmp_path / "page.pdf").read_bytes()) == 1
    assert png_size((tmp_path / "new" / "page.png").read_bytes())[0] >= 960


@pytest.mark.parametrize(
    ("typed", "key"),
    [("vinh_phuc", "vinh_phuc"), ("Vĩnh Phúc", "vinh_phuc"), ("tinh vinh phuc", "vinh_phuc"), ("Phú Thọ", "phu_tho")],
)
def test_a_place_may_be_typed(typed: str, key: str) -> None:
    assert place_key(typed) == key


@pytest.mark.parametrize("typed", ["", "Paris", "Hà Nội và Huế"])
def test_what_is_no_one_place_is_refused(typed: str) -> None:
    with pytest.raises(AnSinhError, match="province"):
        place_key(typed)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "poster"}, "kinds: leaflet, table"),
        ({"out": Path("page.doc")}, "pdf or .png"),
        ({"link": "x" * 9999}, "9999"),
    ],
)
def test_what_cannot_be_printed_is_said_in_a_line(
    library: Library, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    right: dict[str, object] = {"place": "Huế", "day": DAY, "kind": "leaflet", "link": "", "out": tmp_path / "x.pdf"}
    with pytest.raises(AnSinhError, match=re.escape(said)):
        leaflet(library, **(right | wrong))  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_every_key_of_the_sheets_has_its_text_and_every_text_its_key(library: Library) -> None:
    asked: set[str] = set()
    for path in (ROOT / "bot" / "sheets").glob("*.py"):
        for key in re.findall(r'"(sheet_[a-z_.{}]+)"', path.read_text(encoding="utf-8")):
            asked |= set(_spelled_out(key, library))
    titles = {key for key in library.texts if key.startswith("sheet_title_")}
    assert asked <= library.texts.keys()
    assert {key for key in library.texts if key.startswith("sheet_")} - titles == asked - titles


def _spelled_out(key: str, library: Library) -> list[str]:
    known = {"{person.sex}": Sex, "{sex}": Sex, "{group}": Group, "{step}": ("place", "papers", "safe")}
    for name, values in known.items():
        if name in key:
            return [key.replace(name, str(value)) for value in values]
    if "{finding}" in key:
        return [text for text in library.texts if text.startswith("sheet_local_") and text[12:] in set(Finding)]
    return [key]


def test_texts_of_the_sheets_hold_no_numbers(library: Library) -> None:
    for key, text in library.texts.items():
        if key.startswith("sheet_"):
            assert not re.search(r"\d", text.text), key


def test_an_old_province_is_named_with_what_it_is_now(library: Library) -> None:
    assert place_name(library, "ba_ria_vung_tau") == "Bà Rịa - Vũng Tàu (nay là TP. Hồ Chí Minh)"
    assert place_name(library, "ha_noi") == "Hà Nội"
    assert place_name(library, "") == ""


def test_a_document_is_named_once_with_the_day_it_holds_from(library: Library) -> None:
    named = documents(library, ["Luật BHXH 41/2024/QH15, Điều 31", "Luật BHXH 41/2024/QH15, Điều 36", "Sổ tay"])
    assert named == ["Luật BHXH 41/2024/QH15 (từ 01/07/2025)", "Sổ tay"]
