"""Who wants to be forgotten stands in no table of answers any more; who turns out to be one has answered once."""

from __future__ import annotations

from bot.campaigns.answers.forget import forget, join
from tests.campaigns.answers.world import World

TABLES = ("campaign_answer", "series_paid", "survey_run", "survey_submission", "rumour")


async def person_of(world: World, contact: int) -> int:
    return int((await world.rows("SELECT person_id FROM contact WHERE id = :c", c=contact))[0].person_id)


async def everything(world: World, contact: int) -> None:
    """Let somebody leave a trace in every table."""
    campaign = await world.campaign()
    await world.got(contact, campaign, step="2026-12-31:-7")
    await world.press(contact, "paid")
    await world.say(contact, "nghe đồn vỡ quỹ, dấu vết lạ")
    await world.press(contact, "survey:joining_needs")
    for words in ("1", "1", "1", "1", "dấu vết lạ"):
        await world.say(contact, words)
    await world.press(contact, "quiz:voluntary_basics")


async def traces(world: World, person: int, contact: int) -> set[str]:
    """The tables that still know the person, the contact, or their words."""
    found = set()
    for table in TABLES:
        rows = await world.rows(f"SELECT to_jsonb(t) AS row FROM {table} t")  # noqa: S608
        for row in (each.row for each in rows):
            if row.get("person_id") == person or row.get("contact_id") == contact or row.get("inbox_id"):
                found.add(table)
            if "dấu vết lạ" in str(row):
                found.add(table)
    return found


async def test_nothing_of_a_person_is_left_and_what_is_counted_stays(world: World) -> None:
    other = await world.contact()
    contact = await world.contact()
    await everything(world, contact)
    person = await person_of(world, contact)
    assert await traces(world, person, contact) == set(TABLES)
    answered = len(await world.answers())
    for _ in range(2):
        async with world.engine.begin() as connection:
            await forget(connection, person, contact)
    assert await traces(world, person, contact) == set()
    assert len(await world.answers()) == answered
    assert [row.theme for row in await world.rows("SELECT theme FROM rumour")] == ["fund_broke"]
    await everything(world, other)
    assert await traces(world, await person_of(world, other), other) == set(TABLES)


async def test_of_one_who_answered_as_two_the_newer_answers_stand(world: World) -> None:
    contacts = [await world.contact(), await world.contact()]
    for contact, choice in zip(contacts, ("1", "3"), strict=True):
        await world.press(contact, "survey:joining_needs")
        for words in (choice, "1", "1", "1", "bỏ qua"):
            await world.say(contact, words)
    kept, gone = [await person_of(world, contact) for contact in contacts]
    async with world.engine.begin() as connection:
        await join(connection, kept, gone)
    (row,) = await world.rows("SELECT person_id, answers FROM survey_submission")
    assert (row.person_id, row.answers["joined"]) == (kept, "not_yet")
