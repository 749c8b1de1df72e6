"""Sums of a wave's ledger: whatever is entered in whatever order, all adds up and nobody counts twice."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.campaigns.waves.ledger import Sum, added, compare, ledger, percent
from bot.campaigns.waves.read import parse
from bot.campaigns.waves.rules import Measure, Refused
from tests.campaigns.wave_world import CAN_THO, VINH_PHUC, Waves, given, joined, waves_of

WAVES = parse(CAN_THO.read_text(encoding="utf-8"), "can_tho")
FIRST = WAVES[0]
[MAY] = parse(VINH_PHUC.read_text(encoding="utf-8"), "vinh_phuc")
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([*MAY.unit]), st.sampled_from([*MAY.organisation]),
        st.sampled_from([Measure.VOLUNTARY, Measure.MEETINGS]), st.integers(-3, 30),
    ),
    max_size=40,
)  # fmt: skip


@pytest.fixture
async def waves(database_url: str) -> AsyncIterator[Waves]:
    async with waves_of(database_url) as found:
        yield found


@settings(max_examples=60, deadline=None)
@for_all(ENTRIES, st.randoms(use_true_random=False))
def test_every_total_is_the_sum_of_its_parts_in_any_order(
    entered: list[tuple[str, str, Measure, int]], dice: random.Random
) -> None:
    sums = [Sum(*one, (number,)) for number, one in enumerate(entered)]
    book = ledger(MAY, sums)
    dice.shuffle(sums)
    assert ledger(MAY, sums).lines == book.lines
    for measure in (Measure.VOLUNTARY, Measure.MEETINGS):
        own = [one for one in sums if one.measure is measure]
        for unit in MAY.unit:
            line = book.line(unit, None, measure)
            inside = set(MAY.below(unit))
            assert line.done == sum(one.count for one in own if one.unit in inside)
            assert line.done == sum(book.line(unit, one, measure).done for one in MAY.organisation)
            assert sorted(line.entries) == sorted(number for one in own if one.unit in inside for number in one.entries)


async def _whatever_is_entered(waves: Waves, seed: int) -> None:
    """Enter people and counts in some order, take some back; the ledger is what stands."""
    dice = random.Random(seed)
    stands: dict[int, tuple[str, int]] = {}
    counted: dict[int, int] = {}
    for _ in range(30):
        who, unit = dice.randint(seed * 10, seed * 10 + 6), dice.choice(["ninh_kieu", "o_mon", "co_do"])
        if stands and dice.random() < 0.25:
            number = dice.choice([*stands])
            await waves.take_back(number)
            stands.pop(number)
            counted = {one: entry for one, entry in counted.items() if entry != number}
            continue
        one = given(Measure.VOLUNTARY, 1, unit, person=joined(who % 90_000_000), agent=f"a{dice.randint(1, 3)}")
        if who in counted:
            with pytest.raises(Refused, match="twice"):
                await waves.enter(one)
            continue
        entry = await waves.enter(one)
        assert entry is not None
        stands[entry], counted[who] = (unit, 1), entry
    assert await waves.done("can_tho", Measure.VOLUNTARY) == len(stands) == len(set(counted))
    for number in stands:
        await waves.take_back(number)


async def test_whatever_the_order_nobody_is_counted_twice(waves: Waves) -> None:
    await waves.load()
    for seed in random.Random(6).sample(range(1000), 8):
        await _whatever_is_entered(waves, seed)
        assert await waves.done("can_tho", Measure.VOLUNTARY) == 0


def test_a_target_of_a_whole_follows_from_its_parts() -> None:
    book = ledger(FIRST, [])
    city = book.line("can_tho", None, Measure.ADVICE_GROUPS).target
    assert city is not None
    assert (city.number, city.example) == (90, False)
    health = book.line("can_tho", "buu_dien", Measure.HOUSEHOLD_HEALTH).target
    assert health is not None
    assert (health.number, health.example) == (180, True)
    assert book.line("o_mon", None, Measure.HOUSEHOLD_HEALTH).target is not None
    assert book.line("o_mon", "bhxh", Measure.ADVICE_GROUPS).target is None


def test_a_written_target_holds_and_the_sum_of_the_parts_is_told_beside_it() -> None:
    marchers = ledger(FIRST, []).line("can_tho", None, Measure.MARCHERS).target
    assert marchers is not None
    assert (marchers.number, marchers.parts) == (220, 180)


@pytest.mark.parametrize(
    ("done", "target", "shown"),
    [(1, 3, "33.3"), (2, 3, "66.7"), (9999, 10_000, "99.9"), (10_000, 10_000, "100.0"), (5, 4, "125.0"), (0, 7, "0.0")],
)
def test_percent_is_to_a_tenth_and_what_is_missing_is_not_rounded_away(done: int, target: int, shown: str) -> None:
    assert percent(done, target) == Decimal(shown)


def test_units_short_of_their_target_are_found_and_others_are_not() -> None:
    book = ledger(FIRST, [Sum("o_mon", "bhxh", Measure.MOBILE_TEAMS, 1, (1,))])
    short = {line.unit for line in book.short("can_tho") if line.measure is Measure.MOBILE_TEAMS}
    assert "o_mon" not in short
    assert {"can_tho", "ninh_kieu"} <= short
    assert ledger(FIRST, []).line("o_mon", None, Measure.LEAFLETS).remaining is None


def test_waves_stand_side_by_side_and_add_up() -> None:
    books = [ledger(wave, [Sum("o_mon", "bhxh", Measure.ADVICE_GROUPS, 4 + n, (n,))]) for n, wave in enumerate(WAVES)]
    lines = compare(books, "o_mon", Measure.ADVICE_GROUPS)
    assert [line.done for line in lines] == [4, 5, 6]
    whole = added(lines)
    assert (whole.done, whole.remaining, whole.percent, whole.entries) == (15, 15, Decimal("50.0"), (0, 1, 2))
