"""A plan is read strictly: what is wrong is named, what is right is read back to the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.campaigns.audience import audience_json, read_audience
from bot.campaigns.plan import plan_json, read_plan
from bot.campaigns.schedule import Schedule, read_schedule, schedule_json
from bot.citizens.rules import Entitlement, Situation
from bot.clock import VIETNAM
from bot.errors import ContentError
from bot.outbox.caps import Cap


def plan(**changed: Any) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "campaign": "nong_dan_12_2026",
        "title": "Nông dân Bình Xuyên",
        "template": "farmers",
        "audience": {"places": ["Huyện Bình Xuyên, Vĩnh Phúc"], "situations": ["nong_dan"]},
        "channels": ["zalo_bot", "telegram", "sms"],
        "schedule": {"at": "2026-12-01 08:30"},
        "ends": "2026-12-03 20:00",
    }
    raw |= changed
    return {name: value for name, value in raw.items() if value is not None}


def test_a_plan_is_read_back_to_the_same(library: Library) -> None:
    read = read_plan(
        plan(arms={"a": 10, "b": 10}, trial={"by": "pressed", "after_hours": 6, "least": 2}), library.topics
    )
    assert read_plan(plan_json(read), library.topics) == read
    assert read.shares == {"a": 10, "b": 10, "rest": 80}
    again = plan(
        schedule={"from": "2026-12-01", "time": "09:00", "weekdays": ["monday"]}, ends="2027-06-30",
        at_most={"messages": 2, "days": 30},
    )  # fmt: skip
    read_again = read_plan(again, library.topics)
    assert read_plan(plan_json(read_again), library.topics) == read_again
    assert read_again.at_most == Cap(2, timedelta(days=30), own=True)
    assert read.at_most is None
    assert read.audience.match.places == ("08935", "08944", "08950", "08971")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"campaign": "Nông dân"}, "plan.campaign: must be small letters"),
        ({"titel": "x"}, "unknown key titel"),
        ({"ends": None}, "missing key ends"),
        ({"channels": []}, "plan.channels: must be some of"),
        ({"channels": ["web"]}, "plan.channels: must be some of"),
        ({"channels": ["sms", "sms"]}, "plan.channels: must be some of"),
        ({"audience": {}}, "names nobody"),
        ({"audience": {"situations": []}}, "is empty; leave the line out"),
        ({"audience": {"situations": ["farmer"]}}, "'farmer' is none of nong_dan"),
        ({"audience": {"places": ["Huyện Atlantis"]}}, "is no place"),
        ({"audience": {"places": ["Xã Bình Xuyên"]}}, "may be several places; add the province"),
        ({"audience": {"born_from": 1990, "born_to": 1960}}, "lies behind born_to"),
        ({"audience": {"asked": ["weather"]}}, "'weather' is none of"),
        ({"audience": {"within_days": 30}}, "within_days: says of what"),
        ({"audience": {"situations": ["nong_dan"], "within_days": 30}}, "within_days: says of what"),
        ({"audience": {"joined": ["no"], "not": {"within_days": 30}}}, "not.within_days: says of what"),
        ({"audience": {"paid_from": datetime(2026, 12, 1, tzinfo=VIETNAM)}}, "paid_from: must be a day such as"),
        ({"audience": {"joined": ["no"], "holdout_percent": 80}}, "holdout_percent: must be a number from 0 to 50"),
        ({"audience": {"joined": ["no"], "holdout_percent": True}}, "holdout_percent: must be a number"),
        ({"schedule": {"at": "morgen"}}, "must be a day and a time such as"),
        ({"schedule": {"at": "2026-12-01 10:30 PM"}}, "must be a day and a time such as"),
        ({"schedule": {"at": datetime(2026, 12, 1, 8, 30, tzinfo=UTC)}}, "must be a day and a time such as"),
        ({"schedule": {"from": "2026-12-01", "time": 630, "weekdays": ["monday"]}}, "time: must be a time in quotes"),
        ({"schedule": {"at": "2026-12-01 06:00"}}, "nobody is written to before 08:00"),
        ({"schedule": {"at": "2026-12-01 21:00"}}, "nobody is written to before 08:00 or from 21:00"),
        ({"schedule": {"at": "2026-12-04 08:30"}}, "begins behind its end"),
        ({"schedule": {"at": "2026-12-01 08:30", "weekdays": ["monday"]}}, "stands alone"),
        ({"schedule": {"from": "2026-12-01", "time": "09:00"}}, "give `at`, or `from` and `time`"),
        ({"schedule": {"from": "2026-12-01", "time": "09:00", "weekdays": ["montag"]}}, "must be a list of monday"),
        ({"schedule": {"from": "2026-12-01", "time": "09:00", "around": "birthday", "days": [1]}}, "is paid_until"),
        ({"schedule": {"from": "2026-12-01", "time": "09:00", "around": "paid_until"}}, "stands beside `around"),
        ({"ends": "2028-06-01"}, "lies more than 400 days"),
        ({"at_most": {"messages": 2, "days": 30}}, "at_most: is for a campaign that speaks more than once"),
        ({"at_most": {"messages": 2}}, "at_most: missing key days"),
        ({"at_most": {"messages": 0, "days": 30}}, "at_most.messages: must be a number from 1 to 100"),
        ({"at_most": {"messages": 2, "days": "30"}}, "at_most.days: must be a number from 1 to 400"),
        ({"at_most": "2/30"}, "at_most: expected keys and values"),
        ({"arms": {"a": 50}}, "must add up to 100"),
        ({"arms": {"a": 60, "b": 60}}, "must add up to 100"),
        ({"arms": {"a": 100}, "trial": {"by": "pressed", "after_hours": 6, "least": 2}}, "must add up to 100"),
        ({"arms": {"a": 50}, "trial": {"by": "pressed", "after_hours": 6, "least": 2}}, "compares at least two texts"),
        ({"arms": {"a": 9, "b": 9}, "trial": {"by": "luck", "after_hours": 6, "least": 2}}, "compares at least two"),
        (
            {"arms": {"a": 9, "b": 9}, "trial": {"by": "pressed", "after_hours": 200, "least": 2}},
            "decided before its end",
        ),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], complaint: str, library: Library) -> None:
    with pytest.raises(ContentError, match=complaint):
        read_plan(plan(**changed), library.topics)


def schedule(**raw: Any) -> Schedule:
    return read_schedule({"from": "2026-12-01", "time": "09:00", **raw}, "2026-12-31 20:00", "schedule")


def steps(found: Schedule, until: str) -> list[str]:
    return [step.name for step in found.steps(datetime.fromisoformat(until).replace(tzinfo=VIETNAM))]


def test_once_is_due_at_its_moment_and_not_before() -> None:
    once = read_schedule({"at": "2026-12-01 08:30"}, "2026-12-03", "schedule")
    assert steps(once, "2026-12-01T08:29") == []
    assert steps(once, "2026-12-01T08:30") == ["once"]


def test_again_on_the_named_days_until_the_end() -> None:
    assert steps(schedule(weekdays=["monday"]), "2027-02-01T00:00") == [
        "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28",
    ]  # fmt: skip
    assert steps(schedule(month_days=[1, 31]), "2027-02-01T00:00") == ["2026-12-01", "2026-12-31"]


def test_a_series_speaks_on_each_day_of_those_whose_date_is_so_many_days_away() -> None:
    series = schedule(around="paid_until", days=[-7, 0, 5])
    assert steps(series, "2026-12-01T09:00") == ["2026-12-08:-7", "2026-12-01:+0", "2026-11-26:+5"]
    first = next(series.steps(datetime(2026, 12, 31, tzinfo=VIETNAM)))
    assert (first.about, first.offset) == (date(2026, 12, 8), -7)
    assert first.expires_at == datetime(2026, 12, 1, 21, tzinfo=VIETNAM), "the next morning «hôm nay» is wrong"


days = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@given(
    day=days,
    raw=st.one_of(
        st.fixed_dictionaries({"weekdays": st.lists(st.sampled_from(["monday", "friday", "sunday"]), min_size=1)}),
        st.fixed_dictionaries({"month_days": st.lists(st.integers(1, 31), min_size=1)}),
        st.fixed_dictionaries({"around": st.just("paid_until"), "days": st.lists(st.integers(-60, 60), min_size=1)}),
    ),
)
def test_any_schedule_is_read_back_to_the_same_and_keeps_its_hours(day: date, raw: dict[str, Any]) -> None:
    read = read_schedule({"from": str(day), "time": "20:59", **raw}, "2026-09-01 12:00", "schedule")
    assert read_schedule(schedule_json(read), "2026-09-01 12:00", "schedule") == read
    found = list(read.steps(datetime(2027, 1, 1, tzinfo=VIETNAM)))
    assert len({step.name for step in found}) == len(found)
    assert all(read.at <= step.due_at <= step.expires_at <= read.ends for step in found)


@given(
    raw=st.fixed_dictionaries(
        {"situations": st.lists(st.sampled_from(list(Situation)), min_size=1), "came_by": st.just(["CHO_12"])},
        optional={
            "entitlements": st.lists(st.sampled_from(list(Entitlement)), min_size=1),
            "born_from": st.integers(1900, 1950),
            "born_to": st.integers(1951, 2100),
            "paid_from": st.dates().map(str),
            "within_days": st.integers(1, 730),
            "holdout_percent": st.integers(0, 50),
            "not": st.fixed_dictionaries({"places": st.just(["Cần Thơ"])}),
        },
    )
)
def test_any_audience_is_read_back_to_the_same(raw: dict[str, Any]) -> None:
    read = read_audience(raw, "audience", {})
    assert read_audience(audience_json(read), "audience", {}) == read
