"""Forecasts: by rate, hours, beginning and end; a price that nobody knows stays unknown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.campaigns.forecast import Cost, Forecast, Price, forecast, read_prices
from bot.clock import VIETNAM
from bot.errors import ContentError
from bot.outbox.quiet import SPREAD, campaigns_leave, opening
from bot.settings import ROOT
from bot.yaml_files import read_yaml

PRICES = read_prices(read_yaml(ROOT / "content" / "campaigns" / "prices.yaml"), "prices.yaml")
RATES = {"telegram": 30.0, "sms": 10.0, "zalo_oa": 60.0, "zalo_bot": 5.0}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=VIETNAM)


def foretold(begins: datetime, ends: datetime, **counts: int) -> Forecast:
    return forecast(counts, RATES, PRICES, begins=begins, ends=ends)


def test_a_campaign_within_a_day_takes_as_long_as_its_rate_says() -> None:
    found = foretold(at(1, 9), at(3, 20), telegram=54_000)
    assert found.finish == {"telegram": at(1, 9, 30)}
    assert (found.done, found.late) == (at(1, 9, 30), {})


def test_what_does_not_fit_into_a_day_goes_on_in_the_morning() -> None:
    found = foretold(at(1, 20), at(3, 20), telegram=30 * 3600 * 2)
    assert found.finish["telegram"] == opening(at(2, 8).date(), "telegram") + timedelta(hours=1)


def test_what_begins_at_night_waits_for_the_morning() -> None:
    found = foretold(at(1, 5), at(3, 20), telegram=30)
    assert found.finish["telegram"] == opening(at(1, 8).date(), "telegram") + timedelta(seconds=1)


def test_what_is_not_in_time_is_told_by_channel() -> None:
    found = foretold(at(1, 9), at(1, 10), telegram=200_000, sms=100)
    assert found.late == {"telegram": 200_000 - 30 * 3600}
    assert (found.finish["telegram"], found.done) == (None, None)
    assert found.finish["sms"] == at(1, 9) + timedelta(seconds=10)


def test_the_slowest_channel_says_when_all_is_done() -> None:
    found = foretold(at(1, 9), at(2, 20), telegram=30, sms=36_000)
    assert found.done == at(1, 10)


def test_nobody_and_nothing_is_done_at_once() -> None:
    assert foretold(at(1, 9), at(2, 20), telegram=0).done == at(1, 9)


def test_an_sms_costs_by_its_parts_between_two_figures_and_telegram_nothing() -> None:
    found = forecast({"sms": 1000, "telegram": 5}, RATES, PRICES, begins=at(1, 9), ends=at(2, 9), parts={"sms": 2})
    assert found.cost == {"sms": Cost(800_000, 1_600_000), "telegram": Cost(0, 0)}
    assert (found.total, found.unpriced) == (Cost(800_000, 1_600_000), ())


def test_an_unknown_price_is_never_nothing() -> None:
    found = foretold(at(1, 9), at(2, 9), zalo_bot=10, sms=1)
    assert found.cost["zalo_bot"] == Cost(None, None)
    assert (found.total, found.unpriced) == (Cost(400, 800), ("zalo_bot",))


def test_accounts_open_at_moments_of_their_own_within_the_first_minutes() -> None:
    moments = {opening(at(day, 8).date(), channel) for day in (1, 2, 3) for channel in RATES}
    assert len({(moment.minute, moment.second) for moment in moments}) > 8
    for moment in moments:
        assert timedelta(0) <= moment - moment.replace(hour=8, minute=0, second=0) < timedelta(seconds=SPREAD)
    first = opening(at(1, 8).date(), "sms")
    assert campaigns_leave(first, "sms")
    assert not campaigns_leave(first - timedelta(seconds=1), "sms")
    assert campaigns_leave(at(1, 20, 59), "sms")
    assert not campaigns_leave(at(1, 21), "sms")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"low": 5, "high": 4}, "low and high"),
        ({"low": None}, "low and high"),
        ({"unit": "byte"}, "unit"),
        ({"low": 1.5}, "low"),
    ],
)
def test_a_wrong_price_is_refused(change: dict[str, object], where: str) -> None:
    raw = read_yaml(ROOT / "content" / "campaigns" / "prices.yaml")
    raw["sms"] |= change
    with pytest.raises(ContentError, match=where):
        read_prices(raw, "prices")


def test_each_price_says_where_it_stands_and_when_it_was_looked_at() -> None:
    assert all(isinstance(price, Price) and price.source and price.checked.year >= 2026 for price in PRICES.values())
