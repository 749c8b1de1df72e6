"""Things meant by their names."""

from __future__ import annotations

import pytest

from bot.vn.named import meant_by, told_apart

NAMES = {"a.1": "Trần Thị Lan, BHXH Việt Trì", "a.2": "Trần Thị Lan, Bưu điện", "b": "Lê Văn Đức", "a": "Lan"}


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("a.1", ["a.1"]), ("Trần Thị Lan, Bưu điện", ["a.2"]), ("tran thi lan buu dien", ["a.2"]), ("LÊ VĂN ĐỨC", ["b"]),
        ("lan", ["a"]), ("thị lan", ["a.1", "a.2"]), ("buu dien", ["a.2"]), ("an", []), ("", []), ("...", []),
    ],
)  # fmt: skip
def test_a_key_or_a_whole_name_means_one_and_a_part_all_that_hold_it(written: str, keys: list[str]) -> None:
    assert meant_by(written, NAMES) == keys


def test_who_has_the_name_of_another_is_told_apart_by_the_key() -> None:
    assert told_apart([("a", "Lan"), ("b", "Đức"), ("c", "Lan")]) == {"a": "Lan (a)", "b": "Đức", "c": "Lan (c)"}
