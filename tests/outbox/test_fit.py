"""One message on channels that can show more or less: nothing is lost, nothing is broken in the middle."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.answers.pages import Button
from bot.outbox.channels import SMS, TELEGRAM, ZALO_BOT, ZALO_OA
from bot.outbox.contract import Capabilities, Part, Upload
from bot.outbox.fit import fit, shorten, split
from bot.outbox.rules import Message
from bot.vn.sms import count, plain
from bot.vn.text import nfc
from tests.texts import any_text, vietnamese

NARROW = Capabilities("narrow", longest_text=60)
KEYS = Capabilities("keys", longest_text=60, buttons=3, payload_bytes=64)
CHANNELS = [NARROW, KEYS, TELEGRAM, ZALO_BOT, ZALO_OA, SMS]

_sentences = st.lists(
    st.one_of(
        vietnamese,
        st.sampled_from(["\n", "\n\n", ". ", " Đóng 1.500.000 đồng. ", " từ 1/7/2025 ", " https://vss.gov.vn/a.b?c=1 ", " 👩‍👩‍👧 "]),
    ),
    max_size=30,
).map("".join)  # fmt: skip
_titles = st.text(alphabet="abc đồng", min_size=1, max_size=30).filter(str.strip)
_buttons = st.lists(st.builds(Button, _titles, any_text), max_size=12).map(tuple)


def together(text: str) -> str:
    """The text without white space: what must not be lost whatever the cuts."""
    return "".join(text.split())


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def storable(text: str) -> str:
    """The text as it can be sent at all."""
    return nfc(text.encode("utf-8", "ignore").decode().replace("\x00", ""))


@given(st.one_of(_sentences, any_text), st.sampled_from(CHANNELS))
@example("e\u0301" * 100, NARROW)
@example("👩‍👩‍👧" * 40, NARROW)
@example("\ud800\x00chào", TELEGRAM)
def test_nothing_of_the_text_is_lost_and_its_order_is_kept(text: str, channel: Capabilities) -> None:
    said = storable(text) if channel.accents else plain(storable(text))
    assert together("".join(part.text for part in fit(Message(text), channel))) == together(said)


@given(_sentences, st.sampled_from(CHANNELS))
def test_words_that_fit_are_kept_whole(text: str, channel: Capabilities) -> None:
    said = storable(text) if channel.accents else plain(storable(text))
    assume(all(units(word) < channel.longest_text for word in said.split()))
    assert " ".join(part.text for part in fit(Message(text), channel)).split() == said.split()


@given(_sentences, _buttons, st.sampled_from(CHANNELS))
def test_every_part_is_within_the_limit_not_empty_and_nfc(
    text: str, buttons: tuple[Button, ...], channel: Capabilities
) -> None:
    for part in fit(Message(unicodedata.normalize("NFD", text), buttons), channel):
        assert part.text.strip()
        assert unicodedata.is_normalized("NFC", part.text)
        if channel.accents:
            assert units(part.text) <= channel.longest_text
        else:
            assert count(part.text).parts <= 4


@given(_sentences, _buttons, st.sampled_from(CHANNELS))
def test_every_button_is_on_the_last_part_as_a_key_or_as_a_line_of_the_menu(
    text: str, buttons: tuple[Button, ...], channel: Capabilities
) -> None:
    parts = fit(Message(text, buttons), channel)
    if not buttons or not channel.answers:
        assert all(part.buttons == part.menu == () for part in parts)
        return
    assert all(part.buttons == part.menu == () for part in parts[:-1])
    assert parts[-1].buttons + parts[-1].menu == buttons
    if parts[-1].menu:
        everything = " ".join(" ".join(part.text for part in parts).split())
        lines = " ".join(f"{number}. {button.title}" for number, button in enumerate(buttons, 1))
        assert everything.endswith(" ".join(nfc(lines).split()))
    else:
        assert len(parts[-1].button_keys) == len(buttons) <= channel.buttons
        assert all(0 < len(key.encode()) <= channel.payload_bytes for key in parts[-1].button_keys)


WHOLE = [
    "1.500.000",
    "0912 345 678",
    "12/07/2025",
    "https://vss.gov.vn/duong/dan?so=1.2,3",
    "+84 912 345 678",
    "2.340.000,5",
]


@given(
    st.integers(0, 90),
    st.sampled_from(["ab ", "x", "a. "]),
    st.sampled_from(WHOLE),
    st.text(alphabet="ab .", max_size=100),
)
def test_a_number_and_an_address_are_never_broken(times: int, before: str, whole: str, after: str) -> None:
    assert any(whole in text for text in split(f"{before * times} {whole} {after}", NARROW))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_short_message_is_one_part_as_it_is(channel: Capabilities) -> None:
    assert fit(Message("Chao ban"), channel) == (Part("Chao ban"),)


def test_an_empty_message_is_no_part() -> None:
    assert fit(Message("  \n "), TELEGRAM) == ()


def test_cuts_come_at_paragraphs_then_lines_then_sentences_then_words() -> None:
    assert split("a " * 20 + "\n\n" + "b " * 20, NARROW) == (("a " * 20).strip(), ("b " * 20).strip())
    assert split("a " * 20 + "\n" + "b " * 20, NARROW) == (("a " * 20).strip(), ("b " * 20).strip())
    assert split("Một hai ba. " + "b " * 40, NARROW)[0] == "Một hai ba."
    assert split("bb " * 40, NARROW)[0] == ("bb " * 20).strip()


@pytest.mark.parametrize(
    "start", ["Ở TP. Hồ Chí Minh", "1. Tham gia", "12. Tham gia", "Các bước:\n1. Đến", "Các bước:\n12. Đến"]
)
def test_a_dot_that_ends_no_sentence_is_no_place_to_cut(start: str) -> None:
    assert not split(f"{start} " + "b " * 40, NARROW)[0].endswith(".")


def test_a_letter_is_not_parted_from_its_accent_nor_an_emoji_from_its_pieces() -> None:
    for sign in ("x\u0323\u0302", "👩‍👩‍👧", "1\ufe0f\u20e3"):
        assert all(set(re.findall(re.escape(sign), text)) == {sign} and not text.replace(sign, "") for text in split(sign * 50, NARROW))  # fmt: skip


def test_where_nobody_can_choose_there_is_no_menu() -> None:
    assert fit(Message("Chào", (Button("Đóng", "pay"),)), SMS) == (Part("Chao"),)


def test_more_buttons_than_a_channel_has_become_a_menu() -> None:
    buttons = tuple(Button(f"Mục {number}", f"to{number}") for number in range(4))
    assert fit(Message("Chọn:", buttons[:3]), KEYS)[-1].button_keys == ("to0", "to1", "to2")
    part = fit(Message("Chọn:", buttons), KEYS)[-1]
    assert part.menu == buttons
    assert part.text == "Chọn:\n\n1. Mục 0\n2. Mục 1\n3. Mục 2\n4. Mục 3"


def test_a_menu_that_does_not_fit_behind_the_text_is_a_part_of_its_own() -> None:
    parts = fit(Message("x" * 50, (Button("Đóng", "a"), Button("Hưởng", "b"))), NARROW)
    assert [part.text for part in parts] == ["x" * 50, "1. Đóng\n2. Hưởng"]


@given(any_text)
def test_a_payload_is_kept_or_has_one_token_that_fits(payload: str) -> None:
    token = shorten(payload)
    assert 0 < len(token.encode()) <= 64
    assert shorten(payload) == token
    assert token == payload or token.startswith("~")


@pytest.mark.parametrize("payload", ["", "đ" * 33, "x" * 65, "~anything"])
def test_a_payload_that_cannot_travel_is_replaced(payload: str) -> None:
    assert re.fullmatch(r"~[\w-]{43}", shorten(payload), re.ASCII)
    assert shorten(payload) != shorten(payload + "x" * 65)


PICTURE = Upload("bang.png", "picture", b"png", url="https://an-sinh.example/p/1")
FILE = Upload("to-roi.pdf", "file", b"pdf", url="https://an-sinh.example/f/1")


def test_a_picture_carries_the_words_that_fit_under_it() -> None:
    assert fit(Message("Mức đóng"), TELEGRAM, upload=PICTURE) == (Part("Mức đóng", upload=PICTURE),)
    assert fit(Message("Mức đóng"), ZALO_BOT, upload=PICTURE) == (Part("Mức đóng", upload=PICTURE),)
    long = fit(Message("x " * 600, (Button("a", "b"),)), TELEGRAM, upload=PICTURE)
    assert (long[0], long[1].upload, len(long[1].buttons)) == (Part(upload=PICTURE), None, 1)


def test_where_no_file_can_be_shown_there_is_a_link() -> None:
    assert fit(Message("Tờ rơi"), ZALO_BOT, upload=FILE)[0].text == "Tờ rơi\nhttps://an-sinh.example/f/1"
    assert fit(Message("To roi"), SMS, upload=PICTURE)[0].text == "To roi\nhttps://an-sinh.example/p/1"
    assert fit(Message("Tờ rơi"), ZALO_OA, upload=FILE) == (Part(upload=FILE), Part("Tờ rơi"))


def test_a_picture_that_lies_nowhere_is_left_out_where_it_cannot_be_uploaded() -> None:
    assert fit(Message("Chào"), ZALO_BOT, upload=Upload("a.png", "picture", b"")) == (Part("Chào"),)


def test_a_sign_of_two_units_counts_twice() -> None:
    assert [len(text) for text in split("👍" * 45, NARROW)] == [30, 15]
