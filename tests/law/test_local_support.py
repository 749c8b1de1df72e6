"""Reading content/subsidies, and when a resolution may be stated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.errors import ContentError
from bot.law.local_support import Kind, Resolution, Status, load_local_support, resolutions_for
from bot.settings import ROOT
from bot.vn.places import gazetteer
from tests.tiny_content import SUPPORT, change


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A resolution that is in order."""
    path = tmp_path / "ha_noi" / "nq_19_2025.yaml"
    path.parent.mkdir()
    path.write_text(SUPPORT, encoding="utf-8")
    return path


def load(file: Path) -> Resolution:
    (found,) = load_local_support(file.parents[1], gazetteer().provinces.values())
    return found


def test_a_resolution_in_order_is_read(file: Path) -> None:
    found = load(file)
    assert (found.province, found.former, found.status) == ("ha_noi", ("ha_noi",), Status.ACTIVE)
    (group,) = found.groups
    assert (group.name, group.kind, group.value, group.max_months) == (
        "poor",
        Kind.OF_MIN_CONTRIBUTION,
        Decimal("0.50"),
        None,
    )


WRONG = {
    "unknown key": ("note: null", "note: null\nauthor: me", "unknown key author"),
    "missing key": ("note: null", "", "missing key note"),
    "key written twice": ("note: null", "note: null\nnote: x", "key written twice: note"),
    "another folder": ("province: ha_noi", "province: hue", "province: must be the folder's name"),
    "unknown province": ("province: ha_noi", "province: atlantis", "province: must be the folder's name"),
    "a list for the province": ("province: ha_noi", "province: [ha_noi]", "province: must be a text"),
    "an old province of elsewhere": (
        "former: [ha_noi]",
        "former: [vinh_phuc]",
        "former: ['vinh_phuc'] is not in ha_noi",
    ),
    "unknown scheme": ("scheme: voluntary_si", "scheme: lottery", "scheme: must be one of"),
    "no source": ("sources:\n  - title: nld.com.vn", "sources: []", "sources: every resolution needs its source"),
    "a source that is no list": ("sources:\n  - title: nld.com.vn", "sources: yes", "sources"),
    "unknown status": ("status: active", "status: maybe", "status: must be one of active"),
    "no first day": ("valid_from: 2026-01-01", "valid_from: soon", "valid_from: must be a date"),
    "unknown kind": ("percent_of_min_contribution", "percent_of_moon", "groups[0].kind: must be one of"),
    "float": ('"0.50"', "0.5", "groups[0].value: must be a share between 0 and 1, in quotes"),
    "more than all": ('"0.50"', '"50"', "groups[0].value: must be a share between 0 and 1, in quotes"),
    "not a number": ('"0.50"', '"NaN"', "groups[0].value: must be a share between 0 and 1, in quotes"),
    "months in words": ("max_months: null", "max_months: two years", "groups[0].max_months"),
    "never checked": ("checked: 2026-11-22", "checked: null", "checked: must be a date"),
}


@pytest.mark.parametrize(("old", "new", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_by_name_key_and_reason(file: Path, old: str, new: str, reason: str) -> None:
    change(file, old, new)
    with pytest.raises(ContentError) as error:
        load(file)
    assert str(error.value).startswith(str(file))
    assert reason in str(error.value)


@pytest.mark.parametrize(("value", "amount"), [("50000", 50_000), ("null", None)])
def test_a_fixed_amount_is_whole_dong(file: Path, value: str, amount: int | None) -> None:
    change(change(file, "percent_of_min_contribution", "fixed_vnd_per_month"), '"0.50"', value)
    assert load(file).groups[0].value == amount


@pytest.mark.parametrize("value", ['"50000"', "50000.0", "-1", "true"])
def test_another_fixed_amount_is_refused(file: Path, value: str) -> None:
    change(change(file, "percent_of_min_contribution", "fixed_vnd_per_month"), '"0.50"', value)
    with pytest.raises(ContentError, match=r"groups\[0\].value: must be whole đồng"):
        load(file)


@pytest.mark.parametrize(
    ("day", "stated", "ended"),
    [
        (date(2025, 12, 31), False, False),
        (date(2026, 1, 1), True, False),
        (date(2030, 12, 31), True, False),
        (date(2031, 1, 1), False, True),
    ],
)
def test_a_resolution_is_stated_from_its_first_to_its_last_day(
    file: Path, day: date, stated: bool, ended: bool
) -> None:
    found = load(file)
    assert (found.stated_on(day), found.ended_by(day)) == (stated, ended)


@pytest.mark.parametrize("status", Status)
def test_only_what_is_known_to_be_in_force_is_stated(file: Path, status: Status) -> None:
    change(file, "status: active", f"status: {status}")
    assert load(file).stated_on(date(2026, 11, 22)) is (status in {Status.ACTIVE, Status.ACTIVE_PRESUMED})


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.REPLACED])
def test_what_has_ended_is_stated_for_a_day_when_it_held(file: Path, status: Status) -> None:
    change(change(file, "status: active", f"status: {status}"), "valid_to: 2030-12-31", "valid_to: 2026-06-30")
    found = load(file)
    assert [found.stated_on(day) for day in (date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1))] == [
        False,
        True,
        False,
    ]


def test_a_resolution_without_a_first_day_is_not_stated(file: Path) -> None:
    change(file, "valid_from: 2026-01-01", "valid_from: null")
    assert not load(file).stated_on(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("scheme", "old", "count"),
    [("voluntary_si", "ha_noi", 1), ("health_insurance", "ha_noi", 0), ("voluntary_si", "hue", 0)],
)
def test_resolutions_are_found_by_scheme_and_old_province(file: Path, scheme: str, old: str, count: int) -> None:
    assert len(resolutions_for([load(file)], scheme, old)) == count


def test_every_resolution_of_the_content_is_read(library: Library) -> None:
    files = [path for path in (ROOT / "content" / "subsidies").rglob("*.yaml") if path.name != "not_found.yaml"]
    assert len(library.local_support) == len(files)
