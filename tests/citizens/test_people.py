"""One human being behind several contacts: what they do is counted once, and who proves a number is who has it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.citizens import erasure
from bot.citizens import people as store
from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.intake import take_in
from bot.conversation.rules import Event, Kind
from tests.citizens.people_world import People

PHONE = "+84912777333"


async def did(people: People, contact: int) -> list[tuple[str, str, int]]:
    query = (
        "SELECT kind, topic, times FROM behaviour b JOIN contact c ON c.person_id = b.person_id WHERE c.id = :contact"
        " ORDER BY kind, topic"
    )
    return [tuple(row) for row in await people.rows(query, contact=contact)]


async def shares(people: People, address: str, number: str, event: str = "e") -> None:
    await take_in(people.conversation, "telegram", [Inbound(event, address, InboundKind.CONTACT, number)])


async def listed(people: People, phone: str = PHONE) -> int:
    """Put somebody of a list there; return their contact."""
    contact = await people.contact(phone, "sms")
    await people.do(
        "UPDATE person SET phone = :phone, name = 'Nhạn', situation = 'nong_dan', birth_year = 1980"
        " WHERE id = (SELECT person_id FROM contact WHERE id = :contact)",
        phone=phone, contact=contact,
    )  # fmt: skip
    return contact


async def test_questions_and_results_are_counted_by_topic(people: People) -> None:
    contact = await people.contact()
    for topic in ("maternity", "maternity", "calculate_contribution", ""):
        people.speaker.topic = topic
        await people.say(contact, f"hỏi về {topic}")
    assert await did(people, contact) == [("asked", "maternity", 2), ("calculated", "calculate_contribution", 1)]
    (row,) = await people.rows("SELECT first_at, last_at FROM behaviour WHERE topic = 'maternity'")
    assert row.first_at == row.last_at == people.now


async def test_an_event_that_comes_twice_counts_once(people: People) -> None:
    contact = await people.contact()
    for _ in range(2):
        await people.conversation.receive(contact, Event("same", Kind.TEXT, "hỏi"))
        await people.conversation.answer_waiting(contact, people.responder)
    assert await did(people, contact) == [("asked", "contribution_amount", 1)]


async def test_who_comes_by_a_link_is_noted_with_it(people: People) -> None:
    start = [Inbound(f"s{n}", "7", InboundKind.START, "CHO_12") for n in (1, 1, 2)]
    await take_in(people.conversation, "telegram", start)
    contact = await people.contact("7")
    assert await did(people, contact) == [("came_by", "CHO_12", 2)]


async def test_a_shared_number_makes_one_person_of_a_chat_and_a_list_once(people: People) -> None:
    on_list, chat = await listed(people), await people.contact("7")
    await people.say(chat, "hỏi")
    await people.do(
        "INSERT INTO behaviour SELECT person_id, 'asked', 'contribution_amount', 3, :early, :early FROM contact WHERE id = :c",
        early=people.now - timedelta(days=9), c=on_list,
    )  # fmt: skip
    await people.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof) VALUES (:c, 'outreach', true, 'v', 'list:1:2')",
        c=on_list,
    )
    for number in (1, 2):
        await shares(people, "7", "84912777333", f"e{number}")
    one, other = await people.person(on_list), await people.person(chat)
    assert (one.id, one.name, one.situation) == (other.id, "Nhạn", "nong_dan")
    assert await did(people, chat) == [("asked", "contribution_amount", 4)]
    consents = await people.rows("SELECT id, outreach FROM contact ORDER BY id")
    assert [tuple(row) for row in consents] == [(on_list, True), (chat, None)]  # each contact's own
    merged = await people.rows("SELECT * FROM person WHERE merged_into IS NOT NULL")
    assert [(row.merged_into, row.name, row.phone) for row in merged] == [(one.id, None, None)]


async def test_what_was_told_in_the_chat_outranks_the_list_and_the_rest_is_filled(people: People) -> None:
    await listed(people)
    chat = await people.contact("7")
    people.speaker.keep = {"birth": "1985", "province": "vinh_phuc"}
    await people.say(chat, "nhớ")
    await shares(people, "7", PHONE)
    found = await people.person(chat)
    assert (found.birth_year, found.province, found.situation, found.name) == (1985, "phu_tho", "nong_dan", "Nhạn")
    assert set(found.told) == {"birth_year", "province"}


async def test_people_of_different_numbers_are_never_made_one(people: People) -> None:
    first, second = await listed(people, PHONE), await listed(people, "+84912777444")
    a, b = await people.person(first), await people.person(second)
    async with people.go() as connection:
        assert not await store.merge(connection, keep=a.id, gone=b.id)
        assert not await store.merge(connection, keep=a.id, gone=a.id)
        assert not await store.prove_phone(connection, second, PHONE)
    assert (await people.person(first)).id != (await people.person(second)).id


async def test_a_number_that_nobody_has_is_kept_only_with_leave(people: People) -> None:
    shy, open_one = await people.contact("7"), await people.contact("8")
    await people.say(open_one, "nhớ")
    await shares(people, "7", PHONE, "a")
    await shares(people, "8", "84912777444", "b")
    assert (await people.person(shy)).phone is None
    assert (await people.person(open_one)).phone == "+84912777444"


async def test_two_merges_at_once_make_one_person(people: People) -> None:
    await listed(people)
    chats = [await people.contact(str(number)) for number in range(4)]
    await asyncio.gather(*(shares(people, str(number), PHONE, f"e{number}") for number in range(4)))
    assert len({(await people.person(chat)).id for chat in chats}) == 1


async def test_two_chats_that_prove_a_new_number_at_once_are_one_person(people: People) -> None:
    chats = [await people.contact(str(number)) for number in range(4)]
    for chat in chats:
        await people.say(chat, "nhớ")
    await asyncio.gather(*(shares(people, str(number), PHONE, f"e{number}") for number in range(4)))
    assert len({(await people.person(chat)).id for chat in chats}) == 1


async def test_a_campaign_that_meant_both_reaches_the_one_person_once(people: People) -> None:
    on_list, chat = await listed(people), await people.contact("7")
    await people.do("INSERT INTO campaign (key, title, plan, author, created_at) VALUES ('k', 't', '{}', 'a', now())")
    for contact, step in ((on_list, "once"), (chat, "once"), (chat, "later")):
        await people.do(
            "INSERT INTO outbox (key, contact_id, class, body, state, campaign_id, person_id, step)"
            " SELECT cast(:key AS text), id, 'campaign', '{\"text\": \"x\"}', 'planned', 1, person_id, :step FROM contact WHERE id = :c",
            key=f"{contact}{step}", step=step, c=contact,
        )  # fmt: skip
    await shares(people, "7", PHONE)
    person = await people.person(chat)
    rows = await people.rows(
        "SELECT step, state, reason, person_id = :p AS theirs FROM outbox ORDER BY id", p=person.id
    )
    assert [tuple(row) for row in rows] == [
        ("once", "planned", None, True), ("once", "excluded", "merged", False), ("later", "planned", None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("listed_one", "chat_one", "left"),
    [
        (("planned", None), ("sent", None), ["excluded", "sent"]),
        (("planned", None), ("sending", None), ["excluded", "sending"]),
        (("planned", None), ("failed", None), ["planned", "failed"]),
        (("sent", None), ("planned", None), ["sent", "excluded"]),
        (("excluded", "holdout"), ("planned", None), ["excluded", "excluded"]),
        (("excluded", "never_consented"), ("planned", None), ["excluded", "planned"]),
    ],
)
async def test_who_got_it_as_one_of_two_people_gets_it_no_second_time_as_the_other(
    people: People, listed_one: tuple[str, str | None], chat_one: tuple[str, str | None], left: list[str]
) -> None:
    on_list, chat = await listed(people), await people.contact("7")
    await people.do("INSERT INTO campaign (key, title, plan, author, created_at) VALUES ('k', 't', '{}', 'a', now())")
    for contact, (state, reason) in ((on_list, listed_one), (chat, chat_one)):
        await people.do(
            "INSERT INTO outbox (key, contact_id, class, body, state, reason, campaign_id, person_id, step)"
            " SELECT id::text, id, 'campaign', '{\"text\": \"x\"}', :state, :reason, 1, person_id, 'once'"
            " FROM contact WHERE id = :c",
            state=state, reason=reason, c=contact,
        )  # fmt: skip
    await shares(people, "7", PHONE)
    rows = await people.rows("SELECT state FROM outbox WHERE campaign_id = 1 ORDER BY contact_id = :chat", chat=chat)
    assert [row.state for row in rows] == left


async def test_a_merge_and_an_erasure_find_a_persons_messages_by_an_index(people: People) -> None:
    statements = [*store._MERGE, erasure._CAMPAIGNS]
    async with people.go() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement in statements:
            names = {"keep": 1, "gone": 2, "person": 1, "contacts": [1]}
            explained = text(f"EXPLAIN {statement.text}")
            given = {name: value for name, value in names.items() if f":{name}" in statement.text}
            plan = "\n".join(await connection.scalars(explained, given))
            assert "Seq Scan on outbox" not in plan, plan


@pytest.mark.parametrize(
    ("heard", "column", "value"),
    [
        ({"group": "poor"}, "entitlements", ["ho_ngheo"]), ({"group": "ethnic_minority"}, "entitlements", ["dtts"]),
        ({"group": "farmer"}, "situation", "nong_dan"), ({"group": "student"}, "situation", "hssv"),
        ({"group": "other"}, "situation", None), ({"birth": "1979-12-31"}, "birth_year", 1979),
        ({"province": "binh_duong"}, "province", "ho_chi_minh"), ({"province": "unknown"}, "province", None),
    ],
)  # fmt: skip
async def test_what_the_dialogue_hears_is_written_by_the_codes_of_campaigns(
    people: People, heard: dict[str, str], column: str, value: object
) -> None:
    contact = await people.contact()
    people.speaker.keep = heard
    await people.say(contact, "nhớ")
    assert getattr(await people.person(contact), column) == value


async def test_another_province_forgets_the_commune_of_the_old_one(people: People) -> None:
    contact = await people.contact()
    async with people.go() as connection:
        await store.tell(connection, contact, {"province": "phu_tho", "commune": "08935"})
        await store.tell(connection, contact, {"province": "phu_tho"})
    assert (await people.person(contact)).commune == "08935"
    async with people.go() as connection:
        await store.tell(connection, contact, {"province": "ha_noi"})
    assert (await people.person(contact)).commune is None
