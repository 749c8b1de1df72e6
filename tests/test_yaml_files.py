"""YAML written by people: whatever stands in it, the complaint is short and names the place."""

from __future__ import annotations

import pytest

from bot.errors import ContentError
from bot.yaml_files import as_list, as_text, parse_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "ends: 2026-02-30", "a: &a [*a]", "a: 1\na: 2", "{{ a }}: 1", "[" * 100_000 + "]" * 100_000, "- " * 100_000 + "a",
        "a: " + "9" * 5_000,
    ],
    ids=["no day", "itself", "twice", "mapping as key", "brackets", "dashes", "number"],
)  # fmt: skip
def test_what_is_no_yaml_is_refused_and_ends_nothing(text: str) -> None:
    with pytest.raises(ContentError, match="plan.yaml: not valid YAML"):
        parse_yaml(text, "plan.yaml")


def test_many_short_lists_are_read() -> None:
    assert len(parse_yaml("\n".join(["- {unit: a, number: [1]}"] * 2_000), "wave")) == 2_000


def test_many_keys_are_read_at_once() -> None:
    assert len(parse_yaml("\n".join(f"k{number}: 1" for number in range(50_000)), "wave")) == 50_000


def test_a_complaint_is_short_however_much_was_found() -> None:
    bomb = parse_yaml(BOMB, "plan")["h"]
    for read in (lambda: as_text(bomb, "plan.title"), lambda: as_list({"a": bomb}, "plan.channels", as_text)):
        with pytest.raises(ContentError) as refused:
            read()
        assert len(str(refused.value)) < 1_000
