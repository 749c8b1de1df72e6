"""What ends a conversation between two people, what is masked, and when people answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.clock import VIETNAM
from bot.conversation.relay.hours import WORKED_WEEKDAYS, answering, opens, time_open
from bot.conversation.relay.rules import (
    LONGEST_QUESTION,
    button_of,
    ends,
    leaves,
    masked,
    passes_on,
    target,
    words_of,
)
from bot.conversation.rules import Event, Kind


@pytest.mark.parametrize(
    "said", ["thôi", "Thôi.", "thoi", "thôi ạ", "nói chuyện với máy", "NOI CHUYEN VOI MAY", "gặp máy nhé"]
)
def test_the_machine_is_wanted_back(said: str) -> None:
    assert leaves(said, taken=True)


@pytest.mark.parametrize(
    "said", ["thời", "thối", "thôi được", "thôi để tôi hỏi thêm", "máy hỏng", "", "thôi việc", "tôi"]
)
def test_the_machine_is_not_wanted_back(said: str) -> None:
    assert not leaves(said, taken=True)


def test_to_somebody_who_waits_the_bare_word_means_something_else() -> None:
    assert not leaves("thôi", taken=False)
    assert leaves("nói chuyện với máy", taken=False)


@pytest.mark.parametrize(
    ("said", "ended"),
    [("xong", True), ("Xong rồi ạ", True), ("XONG!", True), ("xong việc này thì", False), ("xông", False)],
)
def test_the_consultant_has_done(said: str, ended: bool) -> None:
    assert ends(said) is ended


def test_the_consultant_passes_on() -> None:
    assert passes_on("Chuyển cho người khác")
    assert not passes_on("chuyển cho người khác giúp tôi tiền được không")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gọi tôi 0912.345.678 nhé", "gọi tôi ••• nhé"),
        ("cccd 001085012345", "cccd •••"),
        ("mã số 0110 123 456", "mã số •••"),
        ("thu nhập 100.000.000 đồng", "thu nhập 100.000.000 đồng"),
        ("đóng 3000000 từ 2015 đến 2020", "đóng 3000000 từ 2015 đến 2020"),
        ("  a\n\tb ", "a b"),
    ],
)
def test_numbers_of_people_are_masked_and_sums_are_not(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_a_long_question_is_cut() -> None:
    assert len(masked("dài " * 1000)) == LONGEST_QUESTION


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ("relay:take:12", ("take", 12)),
        ("relay:take:", None),
        ("relay:take:-1", None),
        ("relay:take:1 OR 1", None),
        ("desk:take:1", None),
        ("relay:take:" + "9" * 30, None),
    ],
)
def test_a_button_is_read_or_refused(payload: str, found: tuple[str, int] | None) -> None:
    assert target(payload) == found


def test_a_button_is_read_as_it_was_made() -> None:
    assert target(button_of("done", 7)) == ("done", 7)


def test_lines_are_kept_and_unseen_signs_are_not() -> None:
    assert words_of(Event("1", Kind.TEXT, "một\u202e\r\n\n hai\x00 ")) == "một\n\nhai"
    assert words_of(Event("1", Kind.BUTTON, "menu")) == ""
    assert words_of(Event("1", Kind.TEXT, "\u200b \n")) == ""


def worked(day: date) -> bool:
    return day.weekday() in WORKED_WEEKDAYS


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("moment", "open_now", "next_opening"),
    [
        (at(23, 7, 29), False, at(23, 7, 30)),
        (at(23, 7, 30), True, at(23, 13, 30)),
        (at(23, 11, 30), False, at(23, 13, 30)),
        (at(23, 16, 59), True, at(24, 7, 30)),
        (at(27, 17), False, at(30, 7, 30)),
        (at(28, 9), False, at(30, 7, 30)),
    ],
)
def test_people_answer_in_the_hours_of_worked_days(moment: datetime, open_now: bool, next_opening: datetime) -> None:
    assert answering(moment, worked) is open_now
    assert opens(moment, worked) == next_opening


def test_when_no_day_is_worked_nobody_says_when() -> None:
    assert opens(at(23, 9), lambda day: False) is None


def test_nights_breaks_and_weekends_do_not_count_as_waiting() -> None:
    assert time_open(at(23, 11, 20), at(23, 13, 35), worked) == timedelta(minutes=15)
    assert time_open(at(27, 16, 50), at(30, 7, 40), worked) == timedelta(minutes=20)
    assert time_open(at(28, 9), at(29, 9), worked) == timedelta()
    assert time_open(at(23, 9), at(23, 9, 5), worked) == timedelta(minutes=5)
