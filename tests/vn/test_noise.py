"""Hasty spellings: repeatable, and still the same words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.noise import Noise, as_typed, plain, slips, teencode, telex
from bot.vn.text import fold, nfc
from tests.texts import any_text, vietnamese

ALL: tuple[Noise, ...] = (plain, teencode, slips, telex, as_typed)
SENTENCE = "Em không biết mỗi tháng đóng bảo hiểm xã hội tự nguyện bao nhiêu ạ"

noises = st.sampled_from(ALL)
seeds = st.integers(min_value=0, max_value=2**32)


@given(noises, any_text, seeds)
def test_the_same_seed_gives_the_same_spelling(noise: Noise, text: str, seed: int) -> None:
    assert noise(text, random.Random(seed)) == noise(text, random.Random(seed))


@pytest.mark.parametrize("noise", ALL)
def test_nothing_but_the_seed_decides(noise: Noise) -> None:  # hypothesis seeds the common generator; here nobody does
    assert len({noise(SENTENCE, random.Random(7)) for _ in range(20)}) == 1


@pytest.mark.parametrize("noise", [teencode, slips, telex, as_typed])
def test_other_seeds_give_other_spellings(noise: Noise) -> None:
    assert len({noise(SENTENCE, random.Random(seed)) for seed in range(30)}) > 5


@given(vietnamese, seeds)
def test_plain_text_has_no_diacritics(text: str, seed: int) -> None:
    assert plain(text, random.Random(seed)) == fold(text)


@given(any_text, seeds)
def test_a_hand_that_never_slips_writes_the_text(text: str, seed: int) -> None:
    assert slips(text, random.Random(seed), 0) == nfc(text)


@given(any_text, seeds)
def test_telex_is_not_left_over_when_the_rate_is_none(text: str, seed: int) -> None:
    assert telex(text, random.Random(seed), 0) == nfc(text)


@pytest.mark.parametrize(
    ("word", "keys"),
    [("đường", "dduwowngf"), ("tiền", "tieenf"), ("mũ", "mux"), ("hỏi", "hoir"), ("nặng", "nawngj"), ("sắc", "sawcs")],
)
def test_telex_writes_the_keys_of_a_word(word: str, keys: str) -> None:
    assert telex(word, random.Random(1), 1) == keys


def test_telex_leaves_words_without_marks_alone() -> None:
    assert telex("em xin cam on", random.Random(1), 1) == "em xin cam on"


def test_teencode_shortens_whole_words_only() -> None:
    spellings = {teencode("nhanh không, emulsion", random.Random(seed)) for seed in range(50)}
    assert any("không" not in spelling for spelling in spellings)
    assert all(spelling.startswith("nhanh ") and spelling.endswith(", emulsion") for spelling in spellings)


def test_slips_change_letters_but_no_digit_and_no_sign() -> None:
    for seed in range(50):
        assert "330.000 ?" in slips("330.000 ?", random.Random(seed), 1)
