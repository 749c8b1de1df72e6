"""Rate limits: never more than the bucket holds, growing waits for who does not heed them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.limits import LONGEST, Bucket, Quota


def passes(bucket: Bucket, now: float) -> bool:
    if bucket.wait(now):
        return False
    bucket.take()
    return True


@given(st.lists(st.floats(0, 2), max_size=200), st.integers(1, 40), st.integers(1, 40))
def test_no_span_of_time_holds_more_than_burst_and_rate(gaps: list[float], rate: int, burst: int) -> None:
    bucket, now, passed = Bucket(rate, burst, 0.0), 0.0, list[float]()
    for gap in gaps:
        now += gap
        if passes(bucket, now):
            passed.append(now)
    for first, begin in enumerate(passed):
        for count, end in enumerate(passed[first:], 1):
            assert count <= burst + rate * (end - begin) + 1e-6


@given(st.integers(1, 40), st.integers(1, 40), st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_who_waits_as_long_as_told_always_passes(rate: int, burst: int, gaps: list[float]) -> None:
    bucket, now = Bucket(rate, burst, 0.0), 0.0
    for gap in gaps:
        now += gap
        if wait := bucket.wait(now):
            now += wait
            assert bucket.wait(now) == 0
        bucket.take()


def test_a_sender_at_exactly_the_rate_is_never_refused() -> None:
    bucket = Bucket(30, 30, 0.0)
    assert all(passes(bucket, n / 30) for n in range(10_000))


def test_waits_double_for_who_goes_on_calling_and_stay_below_the_longest_seen() -> None:
    bucket = Bucket(1, 1, 0.0)
    assert passes(bucket, 0)
    now, waits = 0.1, list[int]()
    for _ in range(15):
        waits.append(bucket.wait(now))
        now += 1.5
    assert waits[0] == 3
    assert waits == sorted(waits) and waits[3] > waits[0] * 3
    assert waits[-1] <= LONGEST


def test_calls_already_under_way_at_a_refusal_make_nothing_worse() -> None:
    bucket = Bucket(30, 30, 0.0)
    assert sum(passes(bucket, 0.0) for _ in range(30)) == 30
    assert {bucket.wait(0.0) for _ in range(40)} == {3}
    assert bucket.wait(0.9) == 3


def test_a_quota_is_full_again_in_the_next_period() -> None:
    quota = Quota(60)
    assert quota.count(10) == 0
    quota.take()
    assert (quota.count(59), quota.count(60)) == (1, 0)
