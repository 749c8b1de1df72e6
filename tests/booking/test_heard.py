"""What a text tells for a booking: the cases of tests/cases/booking/heard.yaml, and what holds of any text."""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.booking import asks, begins, contact_heard, subjects, wants
from bot.booking.heard import Heard, hear
from bot.booking.rules import PARTS, TOPICS
from bot.vn.addresses import Place
from bot.vn.phones import find_phones
from tests.texts import any_text, vietnamese

TODAY = date(2026, 11, 27)
ASKED = ("", "place", "topic", "day", "time", "name", "phone", "confirm", "offer")
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "booking" / "heard.yaml").read_text(encoding="utf-8"))


def shown(days: tuple[date, ...]) -> str:
    """Write days as «27.11», and three or more in a row as «27.11–29.11»."""
    runs: list[list[date]] = []
    for day in days:
        follows = runs and runs[-1][-1] + timedelta(1) == day
        runs = [*runs[:-1], [*runs[-1], day]] if follows else [*runs, [day]]
    return " ".join(f"{short(run[0])}–{short(run[-1])}" if len(run) > 2 else " ".join(map(short, run)) for run in runs)


def short(day: date) -> str:
    return f"{day:%d.%m}" if day.year == TODAY.year else f"{day:%d.%m.%y}"


def place(found: Place) -> str:
    if found.candidates and not found.commune:
        return f"one of {len(found.candidates)}"
    return "/".join(filter(None, (found.old_province or found.province, found.commune)))


def told(heard: Heard) -> dict[str, Any]:
    """Write what was heard as the cases do, without what was not."""
    weekdays = {day.weekday(): f"{day:%a}".lower() for day in heard.except_days}
    facts = {
        "places": " + ".join(map(place, heard.places)),
        "topic": heard.topic,
        "days": " | ".join(map(shown, heard.readings)),
        "precision": heard.precision.replace("day", ""),
        "past": shown(heard.past),
        "impossible": heard.impossible,
        "lunar": heard.lunar,
        "except": " ".join(weekdays[number] for number in sorted(weekdays)),
        **{name: " ".join(f"{at:%H:%M}" for at in getattr(heard, name)) for name in ("times", "after", "before")},
        **{name: getattr(heard, name) for name in ("part", "kind", "language", "name", "bad_phone", "corrects")},
        "phones": " ".join(heard.phones),
        "wants": " ".join(sorted(heard.wants)),
        "number": heard.number,
        "question": heard.question,
    }
    answer = {} if heard.answer is None else {"answer": heard.answer}
    return {name: value for name, value in facts.items() if value} | answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.get('asked', '')}: {case['text']}")
def test_what_citizens_say_is_heard(case: dict[str, Any]) -> None:
    assert told(hear(case["text"], TODAY, asked=case.get("asked", ""))) == case["tells"]


def test_the_days_of_all_readings_are_one_list() -> None:
    heard = hear("thứ 6 hoặc thứ 2", TODAY)
    assert heard.readings == (
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 11, 30), date(2026, 12, 4)),
    )
    assert heard.days == (date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 4))


def test_a_known_province_narrows_the_place() -> None:
    (found,) = hear("xã Tân Thành", TODAY, asked="place", within="quang_binh").places
    assert found.old_province == "quang_binh"


def test_a_pressed_button_asks_nothing_and_is_no_name() -> None:
    assert told(hear("Lương hưu tính thế nào?", TODAY, asked="topic", pressed=True)) == {"topic": "pension"}
    assert told(hear("Rút một lần", TODAY, asked="name", pressed=True)) == {"topic": "withdrawal"}


def test_neither_name_nor_number_is_shown_by_accident() -> None:
    heard = hear("tên em là Nguyễn Thị Hoa, 0912 345 678", TODAY)
    assert (heard.name, heard.phones) == ("Nguyễn Thị Hoa", ("+84912345678",))
    assert "Hoa" not in repr(heard)
    assert "345" not in repr(heard)


@given(any_text | vietnamese, st.sampled_from(ASKED), st.booleans(), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_any_text_is_heard(text: str, asked: str, pressed: bool, today: date) -> None:
    heard = hear(text, today, asked=asked, pressed=pressed)
    assert all(day >= today for day in heard.days)
    assert heard.topic in {None, *TOPICS}
    assert heard.part in {None, *PARTS}
    assert len(heard.name) <= 60
    assert not (heard.phones and heard.bad_phone)


GROUPED = st.sampled_from(["{}", "{} ", "số {}", "{}.", "{} nhé, mai em rảnh"])


@given(
    st.integers(1, 96), st.integers(0, 10**9 - 1), st.sampled_from(["", " ", ".", "-"]), GROUPED, st.sampled_from(ASKED)
)
def test_an_identity_number_is_never_a_telephone_number(
    province: int, rest: int, gap: str, around: str, asked: str
) -> None:
    digits = f"0{province:02}{rest:09}"
    typed = gap.join((digits[:3], digits[3:6], digits[6:9], digits[9:]))
    assert hear(around.format(typed), TODAY, asked=asked).phones == ()


CUES = (
    "mã số BHXH",
    "ma so bhxh cua em la",
    "số sổ bảo hiểm",
    "thẻ BHYT số",
    "CCCD của tôi là",
    "can cuoc",
    "số định danh cá nhân",
)


@given(
    st.sampled_from(CUES), st.sampled_from(["32", "39", "56", "70", "79", "81", "90", "98"]), st.integers(0, 10**7 - 1)
)
def test_what_is_called_another_number_is_never_a_telephone_number(cue: str, prefix: str, rest: int) -> None:
    typed = f"{cue} 0{prefix}{rest:07}"
    assert find_phones(f"0{prefix}{rest:07}")
    assert hear(typed, TODAY, asked="phone").phones == ()
    assert hear(typed, TODAY, asked="phone").bad_phone == "another"


MODULES = (asks, begins, contact_heard, subjects, wants)
PATTERNS = [value.pattern for module in MODULES for value in vars(module).values() if isinstance(value, re.Pattern)]
WORDS = sorted({word for pattern in PATTERNS for word in re.findall(r"(?<![\\w<])[a-zà-ỹđ]+", pattern)})


def test_no_word_said_over_and_over_takes_long_to_hear() -> None:
    began = time.process_time()
    for word in WORDS[::3]:
        hear(f"{word}, " * 40 + "!x", TODAY, asked="name")
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "piece", ["hẹn thứ 2, ", "0912 ", "9h - ", "tên là ", ", ", "rằm ", "xã Bình Xuyên ", "15/12 "]
)
def test_a_very_long_text_takes_no_very_long_time(piece: str) -> None:
    began = time.process_time()
    hear(piece * (4000 // len(piece)), TODAY, asked="offer")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("hỏi lương hưu với bảo hiểm y tế hộ gia đình", ("pension", "health")),
        ("BHYT va rut 1 lan", ("health", "withdrawal")),
        ("em muốn mua bảo hiểm y tế", ("health",)),
        ("mua bhyt tự nguyện", ("health",)),
        ("đóng BHXH tự nguyện, sau này có lương hưu không", ("voluntary", "pension")),
        ("đem sổ bảo hiểm để rút một lần", ("withdrawal",)),
        ("hỏi về sổ bảo hiểm", ("other",)),
        ("thai sản và lương hưu", ("other", "pension")),
        ("chào cán bộ", ()),
    ],
)
def test_every_topic_that_is_named_is_heard(text: str, topics: tuple[str, ...]) -> None:
    assert hear(text, TODAY).topics == topics


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trần Đình Nam (con trai)", "Trần Đình Nam"),
        ("Ông Nguyễn Văn Tám 70 tuổi", "Nguyễn Văn Tám"),
        ("Ksor H‘Mok", "Ksor H‘Mok"),
        ("Lê Hoa/Mai", "Lê Hoa"),
        ("Phùng Thị Nhạn 🌸", "Phùng Thị Nhạn"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn Thị Hoà"),
        ("<b>Hoa</b>", ""),
        ("không có", ""),
    ],
)
def test_a_name_is_read_out_of_what_stands_around_it(text: str, name: str) -> None:
    assert hear(text, TODAY, asked="name").name == name
