"""What is seen in a text before any model: a wish to stop, nothing to read, too much."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.rules import LONGEST, Wish, as_typed_words, readable, unclear_stop, wish_of
from bot.vn.text import clean
from tests.texts import any_text

STOPS = [
    "STOP", "stop", "Stop.", " stop! ", "stop ạ", "dừng", "Dừng", "DỪNG", "dừng!", "dừng lại", "dung lai", "dừng lại đi ạ",
    "đừng", "Đừng nhắn nữa", "ĐỪNG NHẮN NỮA", "đừng nhắn tin nữa nhé", "dung nhan nua", "dừng nhắn tin", "ngừng", "ngưng nhắn tin",
    "ngung gui tin", "khong nhan tin nua a", "KHONG NHAN TIN NUA A", "không muốn nhận tin nhắn nữa", "Tôi không muốn nhận tin nữa.",
    "từ chối", "TC", "Hủy đăng ký", "huỷ đăng ký", "unsubscribe", "từ  chối\n", "dừng\u200b",
]  # fmt: skip
NOT_STOPS = [
    "đúng", "Đúng", "ĐÚNG RỒI", "đúng rồi", "dung roi", "đúng vậy ạ", "tôi muốn dừng đóng bảo hiểm", "toi muon dung dong bao hiem",
    "dừng đóng thì sao", "dùng", "đứng lại", "dung", "Dung.", "không", "khong", "thôi", "đừng lo", "hủy", "hủy sổ bảo hiểm",
    "từ chối hồ sơ thì làm sao", "nhận tin", "", "👍", "đúng, không nhận tin nữa à?",
]  # fmt: skip
RESUMES = [
    "nhận tin lại",
    "NHẬN TIN LẠI",
    "nhan tin lai",
    "nhận lại tin nhắn ạ",
    "tôi muốn nhận tin lại",
    "tiếp tục nhận tin nhé",
]


@pytest.mark.parametrize("text", STOPS)
def test_a_wish_to_stop_is_obeyed_in_any_spelling(text: str) -> None:
    for typed in (text, text.upper(), text.lower(), unicodedata.normalize("NFD", text)):
        assert wish_of(typed) is Wish.STOP


@pytest.mark.parametrize("text", NOT_STOPS)
def test_what_only_looks_like_stop_stops_nothing(text: str) -> None:
    for typed in (text, text.upper(), text.lower(), unicodedata.normalize("NFD", text)):
        assert wish_of(typed) is None


@pytest.mark.parametrize("text", ["dừng ạ", "dừng nhé", "Dừng đi!", "dừng giúp tôi với ạ"])
def test_a_polite_stop_is_a_stop(text: str) -> None:
    assert wish_of(text) is Wish.STOP


@pytest.mark.parametrize(
    "text", ["duwngf", "dungwf", "DUWNGF", "duwngf laij", "dduwngf nhawns nuwax", "khoong nhaanj tin nuwax"]
)
def test_telex_keys_left_over_stop_too(text: str) -> None:
    assert wish_of(text) is Wish.STOP


@pytest.mark.parametrize("text", ["hủy đăng kí", "huỷ đăng kí", "bỏ đăng kí"])
def test_either_letter_i_stops(text: str) -> None:
    assert wish_of(text) is Wish.STOP


@pytest.mark.parametrize("text", ["dúng", "Dúng", "đung", "dụng"])
def test_half_an_accent_is_not_taken_for_stop(text: str) -> None:
    # «dúng» and «đung» are «đúng» (yes) with one key missed.
    assert wish_of(text) is None


@pytest.mark.parametrize("text", RESUMES)
def test_a_wish_to_get_messages_again_is_obeyed(text: str) -> None:
    assert wish_of(text) is Wish.RESUME


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("dung", True),
        ("DUNG", True),
        ("Dung.", True),
        ("dừng", False),
        ("đúng", False),
        ("dung roi", False),
        ("", False),
    ],
)
def test_a_bare_dung_is_asked_back(text: str, unclear: bool) -> None:
    assert unclear_stop(text) is unclear
    assert not (unclear and wish_of(text))


@given(any_text)
def test_no_text_is_both_a_wish_and_unclear(text: str) -> None:
    assert not (wish_of(text) and unclear_stop(text))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Mức  đóng?", None),
        ("22", None),
        ("", "no_words"),
        (" \n\u200b", "no_words"),
        ("👍👍", "no_words"),
        ("?!", "no_words"),
        ("a" * LONGEST, None),
        ("a" * (LONGEST + 1), "too_long"),
    ],
)
def test_what_no_model_could_read_gets_a_reply_of_its_own(text: str, refusal: str | None) -> None:
    assert readable(text) == (clean(text), refusal)


@given(st.text(alphabet="/ \tax\u00a0", max_size=12))
def test_no_typed_line_passes_for_a_command(text: str) -> None:
    words = as_typed_words(clean(text))
    assert words
    assert not words.strip().startswith("/")


@pytest.mark.parametrize(
    ("typed", "words"), [("/stop", "stop"), (" // /greet", "greet"), ("/", "?"), ("mức đóng", "mức đóng")]
)
def test_a_leading_slash_is_dropped(typed: str, words: str) -> None:
    assert as_typed_words(typed) == words
