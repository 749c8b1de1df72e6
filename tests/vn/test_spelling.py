"""One spelling for the many ways to type a Vietnamese word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from bot.vn.spelling import Text, Vocabulary, joined, spelled, spelled_words
from bot.vn.text import nfc
from tests.texts import any_text, vietnamese


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoà", "Hòa"), ("thuỷ", "Thủy"), ("Qui", "Quy"), ("Mĩ", "mỹ"), ("Lí", "Lý"), ("Đăk", "Đắc"), ("H'Leo", "Hleo"), ("05", "5")],
)  # fmt: skip
def test_two_ways_to_type_a_word_are_one(one: str, other: str) -> None:
    assert spelled(one) == spelled(other)


@pytest.mark.parametrize(("one", "other"), [("Thanh", "Thạnh"), ("Đông", "Đồng"), ("Thủy", "Thúy"), ("Vân", "Văn")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert spelled(one)[0] != spelled(other)[0]


def test_letters_and_digits_are_words_of_their_own() -> None:
    assert [word.folded for word in spelled_words("Q.3,P12")] == ["q", "3", "p", "12"]


@pytest.mark.parametrize(("text", "capital"), [("Xuyên", True), ("xuyên", False), ("XUYÊN", False)])
def test_only_a_first_letter_alone_marks_a_name(text: str, capital: bool) -> None:
    assert spelled_words(text)[0].capital is capital


def test_a_vocabulary_needs_diacritics_only_where_the_writer_used_any() -> None:
    words = Vocabulary.of("ở tại")
    assert Text.of("o ha noi").has(0, words)
    assert not Text.of("o Hà Nội").has(0, words)
    assert not Text.of("o ha noi").has(9, words)


@given(any_text)
def test_words_stand_where_they_say(text: str) -> None:
    for word in spelled_words(text):
        assert spelled(nfc(text)[word.start : word.end]) == (word.typed, word.folded)


@given(vietnamese)
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    assert spelled_words(text) == spelled_words(unicodedata.normalize("NFD", text))


@given(any_text)
def test_a_spelling_is_spelled_as_itself(text: str) -> None:
    assert joined(joined(text)[1])[1] == joined(text)[1]
