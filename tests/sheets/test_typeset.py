"""Templates typeset in memory: plain text stays plain, one font, one page, light pictures, many at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.sheets import typeset
from bot.sheets.typeset import TEMPLATES, as_pdf, as_png, warnings_about
from tests.sheets.pages import objects, page_count, png_size

DAY = date(2026, 11, 27)


def card(**said: Any) -> dict[str, Any]:
    row = {"label": said.pop("label", "Nhà nước hỗ trợ"), "value": "66.000 đồng"}
    return {
        "name": "An Sinh", "day": "27/11/2026", "title": "Đóng BHXH tự nguyện", "who": ["Nữ"], "estimate": "ước tính",
        "parts": [{"head": row, "rows": [row], "estimate": True}], "notes": [], "steps_title": "Cách tính", "steps": [],
        "basis_title": "Căn cứ", "basis": ["Luật"], "foot": "", "call": "Gọi",
    } | said  # fmt: skip


HOSTILE = [
    '#panic("x")', "#read(\"/etc/passwd\")", "$x^2$", "\\", '"', "*đậm*", "_nghiêng_", "`mã`", "[ngoặc]", "<nhãn>", "@ai",
    "// hết", "/* */", "= đề mục", "- dòng", "{{ }}", "}", "'; DROP TABLE", "\\u{41}", "#import \"x\"", "~", "--", "...",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_drawn_as_it_was_typed(text: str) -> None:
    plain, other = (as_png("result_card", card(title=said)) for said in (text, f"{text}."))
    assert plain != other
    assert png_size(plain)[0] == png_size(other)[0] == 960


def test_markup_has_no_effect() -> None:
    bold, plain = (as_pdf("result_card", card(notes=[said]), day=DAY) for said in ("*đậm*", "xđậmx"))
    assert abs(len(bold) - len(plain)) < 400  # no other cut of the font came in
    assert png_size(as_png("result_card", card(notes=["= Đề mục"]))) == png_size(
        as_png("result_card", card(notes=["x Đề mục"]))
    )


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300))
def test_any_text_makes_a_page(text: str) -> None:
    made = as_png("result_card", card(title=text, who=[text], notes=[text], label=text))
    assert png_size(made)[0] == 960


def test_a_name_without_spaces_breaks_instead_of_leaving_the_page() -> None:
    short, long = (png_size(as_png("result_card", card(notes=["x" * many]))) for many in (10, 400))
    assert long[0] == short[0]
    assert long[1] > short[1] + 200


def test_a_page_draws_with_the_one_font_only() -> None:
    names = set(re.findall(r"/FontName\s*/([\w+-]+)", objects(as_pdf("result_card", card(), day=DAY))))
    assert names
    assert all(re.fullmatch(r"[A-Z]{6}\+BeVietnamPro-\w+", name) for name in names)


def test_the_fonts_are_inside_the_file() -> None:
    found = objects(as_pdf("result_card", card(), day=DAY))
    assert len(re.findall(r"/FontFile[23]?\s", found)) == len(set(re.findall(r"/FontName\s*/([\w+-]+)", found)))


def test_the_same_data_give_the_same_bytes() -> None:
    assert as_png("result_card", card()) == as_png("result_card", card())
    assert as_pdf("result_card", card(), day=DAY) == as_pdf("result_card", card(), day=DAY)


def test_a_page_for_one_never_shows_the_data_of_another() -> None:
    asked = [card(title=f"Người số {number}") for number in range(12)]
    alone = [as_png("result_card", one) for one in asked]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda one: as_png("result_card", one), asked))
    assert together == alone
    assert len(set(alone)) == len(asked)


def test_the_typesetter_has_no_doubts() -> None:
    assert warnings_about("result_card", card()) == []


def test_a_template_that_is_missing_is_named() -> None:
    with pytest.raises(ContentError, match="no_such_sheet.typ: missing"):
        as_png("no_such_sheet", {})


def test_data_that_are_missing_are_named() -> None:
    with pytest.raises(ContentError, match=r"result_card.typ: .*title"):
        as_png("result_card", {key: value for key, value in card().items() if key != "title"})


def test_templates_hold_no_words_and_no_numbers_of_the_law() -> None:
    vietnamese = re.compile(r"[À-ỹ]")
    for template in TEMPLATES.glob("*.typ"):
        assert not vietnamese.search(template.read_text(encoding="utf-8")), template.name


def test_a_pdf_has_a_page() -> None:
    assert page_count(as_pdf("result_card", card(), day=DAY)) == 1


def test_every_colour_of_the_sheets_is_in_the_palette() -> None:
    palette = typeset._palette().getpalette()
    assert palette is not None
    shades = set(zip(*[iter(palette)] * 3, strict=True))
    assert {(255, 255, 255), (15, 118, 110), (230, 244, 241), (254, 243, 199)} <= shades
    assert len(shades) <= 256
