"""One spelling for each text, whatever was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.vn.text import accented, clean, fold, fold_key, has_letters, nfc, words
from tests.texts import any_text, vietnamese


@given(any_text)
def test_folding_keeps_the_length_of_nfc_text(text: str) -> None:
    assert len(fold(text)) == len(nfc(text))


@given(vietnamese)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(vietnamese)
def test_folded_vietnamese_is_ascii(text: str) -> None:
    assert fold(text).isascii()


@given(vietnamese)
def test_folding_does_not_care_how_unicode_writes_the_accents(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đóng bảo hiểm", "Dong bao hiem"),
        ("ĐƯỜNG", "DUONG"),
        ("Huế, Đắk Lắk", "Hue, Dak Lak"),
        ("ß Ω 你 🙂", "ß Ω 你 🙂"),
        ("", ""),
    ],
)
def test_folding_drops_diacritics_and_nothing_else(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize("typed", ["Mức  ĐÓNG!", "muc dong", "«mức» (đóng)…", "MUC\nDONG"])
def test_texts_that_differ_in_case_accents_and_signs_share_a_key(typed: str) -> None:
    assert fold_key(typed) == "muc dong"


def test_words_are_runs_of_letters_and_digits() -> None:
    assert words("đóng 22%, rồi?") == ["đóng", "22", "rồi"]


@pytest.mark.parametrize(("text", "expected"), [("đóng", True), ("dóng", True), ("dong 22%", False), ("", False)])
def test_a_writer_who_uses_one_diacritic_writes_with_diacritics(text: str, expected: bool) -> None:
    assert accented(text) is expected
    assert accented(unicodedata.normalize("NFD", text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("你好", True), ("22", True), ("👍", False), ("?!…", False), ("___", False), ("", False)],
)
def test_one_letter_or_digit_of_any_script_is_something_to_read(text: str, expected: bool) -> None:
    assert has_letters(text) is expected


@given(st.text(alphabet=st.characters(), max_size=60))
@example("\ud800")
@example("e\u200b\u0301")  # a zero-width space between a letter and its accent
def test_cleaned_text_is_nfc_without_control_signs(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [sign for sign in cleaned if unicodedata.category(sign)[0] == "C" and sign not in "\u200d\ufe0f"]


@given(any_text)
def test_cleaned_text_has_single_spaces_and_none_at_its_ends(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned) == cleaned


def test_cleaning_keeps_an_emoji_of_several_signs_whole() -> None:
    family = "👩‍👩‍👧"
    assert clean(f" chào \t{family}\u200b\n") == f"chào {family}"
