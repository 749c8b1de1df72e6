"""What became of a campaign: everybody is accounted for, each act counts once, and open data name nobody."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.campaigns.numbers import DIMENSIONS, FIGURES, OUTCOMES, WITHIN, Numbers, Tally, numbers
from bot.campaigns.open_data import ALL, FEWEST, HIDDEN, SHOWN, as_csv, lines
from bot.database import open_engine
from tests.booking.world import World
from tests.campaigns.campaign_world import NOON, a_campaign, campaign, message, someone

DAY = timedelta(days=1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    engine = open_engine(database_url)
    yield World(engine)
    await engine.dispose()


async def of(world: World, *campaigns: int, **how: Any) -> Numbers:
    async with world.go() as connection:
        return await numbers(connection, campaigns, **how)


async def test_everybody_who_was_meant_is_accounted_for_whatever_became_of_it(world: World) -> None:
    dice, made, other = random.Random(3), await campaign(world), await a_campaign(world, sent=3)
    states = ["planned", "sending", "sent", "failed", "unknown", "excluded", "expired"]
    for _ in range(60):
        known = {"province": dice.choice(["phu_tho", "can_tho", None]), "situation": dice.choice(["nong_dan", None])}
        contact, person = await someone(world, **known)
        state = dice.choice(states)
        reason = dice.choice(["stopped", "holdout"]) if state == "excluded" else None
        more: dict[str, Any] = {
            "variant": dice.choice(["a", "b/nong_dan"]),
            "channel": dice.choice(["telegram", "zalo_oa"]),
        }
        await message(world, made, contact, person, state, reason=reason, **more)
    found = await of(world, made)
    assert found.all.planned == 60
    assert found.all.whole
    for dimension in DIMENSIONS:
        assert all(tally.whole for tally in found.by[dimension].values())
        assert sum(found.by[dimension].values(), Tally()) == found.all, dimension
    assert sum(found.excluded.values()) == found.all.excluded
    assert found.by["channel"].keys() == {"telegram", "zalo_oa"}
    assert "12" in found.by["hour"]
    assert (await of(world, made, other)).all.planned == 63
    assert (await of(world)).all == Tally()


async def test_places_are_counted_and_may_be_all_that_is_counted(world: World) -> None:
    made = await campaign(world)
    for commune in ("08935", "08935", "08950", None):
        contact, person = await someone(world, province="phu_tho", commune=commune)
        await message(world, made, contact, person)
    found = await of(world, made)
    assert {key: one.sent for key, one in found.by["commune"].items()} == {"": 1, "08935": 2, "08950": 1}
    assert (await of(world, made, communes=["08935"])).all.sent == 2
    assert (await of(world, made, communes=[])).all == Tally()


async def heard(world: World, contact: int, kind: str, payload: str, after: timedelta) -> None:
    await world.put(
        "inbox", contact_id=contact, event_id=f"{kind}{after}", kind=kind, payload=payload, received_at=NOON + after
    )


async def acts(world: World, contact: int, person: int, after: timedelta) -> None:
    """Do everything that counts, so long after noon."""
    at = NOON + after
    await heard(world, contact, "text", "cho tôi hỏi", after)
    await world.do(
        "INSERT INTO behaviour (person_id, kind, topic, first_at, last_at) VALUES (:person, 'calculated', 'x', :at, :at)",
        person=person,
        at=at,
    )
    await world.put("consent", contact_id=contact, purpose="outreach", given=False, text_version="1", proof="x", at=at)
    office = await world.office(f"o{contact}")
    consultant = await world.consultant(office, f"c{contact}")
    await world.put(
        "appointment", code=f"K{contact}", state="booked", contact_id=contact, consultant_id=consultant, office_id=office,
        kind="office", topic="other", starts_at=at + DAY, ends_at=at + DAY + timedelta(minutes=30), taken="[1,2)",
        created_at=at,
    )  # fmt: skip


def deeds(tally: Tally) -> tuple[int, ...]:
    return (tally.replied, tally.booked, tally.calculated, tally.stopped)


@pytest.mark.parametrize(
    ("state", "after", "counts"),
    [
        ("sent", DAY, 1), ("unknown", DAY, 1), ("sent", WITHIN, 1), ("sent", WITHIN + timedelta(seconds=1), 0),
        ("sent", -DAY, 0), ("failed", DAY, 0), ("excluded", DAY, 0),
    ],
)  # fmt: skip
async def test_what_people_did_counts_after_a_message_that_may_have_reached_them(
    world: World, state: str, after: timedelta, counts: int
) -> None:
    made = await campaign(world)
    contact, person = await someone(world)
    await message(world, made, contact, person, state)
    await acts(world, contact, person, after)
    assert deeds((await of(world, made)).all) == (counts,) * 4


async def test_an_act_counts_for_the_last_message_before_it_only(world: World) -> None:
    first, second = await campaign(world), await campaign(world)
    contact, person = await someone(world)
    await message(world, first, contact, person)
    await message(world, second, contact, person, at=NOON + 2 * DAY)
    await acts(world, contact, person, 3 * DAY)
    assert deeds((await of(world, first)).all) == (0,) * 4
    assert deeds((await of(world, second)).all) == (1,) * 4
    assert deeds((await of(world, first, second)).all) == (1,) * 4


async def test_a_hold_that_ran_out_does_not_count(world: World) -> None:
    made = await campaign(world)
    contact, person = await someone(world)
    await message(world, made, contact, person)
    await acts(world, contact, person, DAY)
    await world.do("UPDATE appointment SET state = 'lapsed'")
    assert deeds((await of(world, made)).all) == (1, 0, 1, 1)


async def test_what_the_channel_tells_of_delivery_and_reading_counts(world: World) -> None:
    made = await campaign(world)
    for receipt in (None, "delivered", "received", "seen", "rejected"):
        contact, person = await someone(world)
        await message(world, made, contact, person, receipt=receipt)
    found = (await of(world, made)).all
    assert (found.delivered, found.read) == (3, 1)


async def test_presses_are_those_that_the_answers_say_belong_to_the_message(world: World) -> None:
    made = await campaign(world)
    contact, person = await someone(world)
    number = await message(world, made, contact, person)
    await heard(world, contact, "button", "calculate_contribution", DAY)
    assert (await of(world, made)).all.pressed == 0
    for kind, pressed in (("replied", 0), ("pressed", 1), ("pressed", 1)):
        await world.put(
            "campaign_answer", key=f"{kind}{pressed}{random.random()}", outbox_id=number, campaign_id=made,
            person_id=person, contact_id=contact, kind=kind,
        )  # fmt: skip
        assert (await of(world, made)).all.pressed == pressed


SMALL = st.integers(0, 12)
TALLIES = st.builds(
    lambda states, deeds: Tally(sum(states), *states, *(min(deed, states[0]) for deed in deeds)),
    st.lists(SMALL, min_size=len(OUTCOMES), max_size=len(OUTCOMES)),
    st.lists(SMALL, min_size=7, max_size=7),
)


def split(whole: Tally, parts: int, dice: random.Random) -> dict[str, Tally]:
    """Divide a tally among some values of a dimension."""
    shares = [dict.fromkeys(FIGURES, 0) for _ in range(parts)]
    for figure in FIGURES[1:]:
        for _ in range(getattr(whole, figure)):
            dice.choice(shares)[figure] += 1
    for share in shares:
        share["planned"] = sum(share[state] for state in OUTCOMES)
    return {f"v{number}": Tally(**share) for number, share in enumerate(shares)}


@settings(max_examples=60, deadline=None)
@for_all(TALLIES, st.randoms(use_true_random=False))
def test_no_small_cell_is_published_and_none_is_the_only_one_missing_from_a_sum(
    whole: Tally, dice: random.Random
) -> None:
    by = {name: split(whole, dice.randint(1, 5), dice) for name in DIMENSIONS}
    shown = {(name, value): dict(zip(FIGURES, cells, strict=True)) for name, value, cells in lines(Numbers(whole, by))}
    truth = {(name, value): tally for name in SHOWN for value, tally in by[name].items()} | {(ALL, ALL): whole}
    for key, cells in shown.items():
        for figure, cell in cells.items():
            assert cell in (HIDDEN, str(getattr(truth[key], figure)))
            assert cell == HIDDEN or int(cell) == 0 or int(cell) >= FEWEST
    sums = [[(key, figure) for figure in ("planned", *OUTCOMES)] for key in shown]
    for name in SHOWN:
        sums += [[*((key, f) for key in shown if key[0] == name), ((ALL, ALL), f)] for f in FIGURES]
    for each in sums:
        hidden = [key for key, figure in each if shown[key][figure] == HIDDEN]
        assert len(hidden) != 1


def test_large_numbers_are_published_as_they_are() -> None:
    tally = Tally(planned=100, sent=80, excluded=20, pressed=30)
    by = {name: {"x": tally} for name in DIMENSIONS}
    rows = list(csv.reader(io.StringIO(as_csv("nhac_dong", Numbers(tally, by)))))
    assert rows[0][:5] == ["campaign", "dimension", "value", "planned", "sent"]
    assert rows[1][:5] == ["nhac_dong", "all", "all", "100", "80"]
    assert {row[1] for row in rows[1:]} == {"all", *SHOWN}
    assert HIDDEN not in {cell for row in rows for cell in row}
