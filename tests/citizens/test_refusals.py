"""Who refused at the SMS provider is written to on no channel: the provider's list is a stop like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.citizens.refusals import Refusals, take_in
from bot.errors import AnSinhError
from tests.citizens.people_world import People

LIST = "STT;Số điện thoại;Ngày\n1;0912 345 678;01/11/2026\n2;84987654321;\n3;+84912345678;\n\n4;chưa rõ;\n5;0243 825 1234;\n6;0912345678 / 0987654321;\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tu_choi.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


async def test_every_number_of_the_list_is_a_stop_and_what_is_no_number_is_told_with_its_row(
    people: People, file: Path
) -> None:
    known = await people.contact("+84912345678", "sms")
    chat = await people.contact("7", "telegram")
    await people.do(
        "UPDATE contact SET person_id = (SELECT person_id FROM contact WHERE id = :known) WHERE id = :chat",
        known=known, chat=chat,
    )  # fmt: skip
    await people.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
        " SELECT id, 'outreach', true, 'v', 'list:1' FROM contact"
    )
    found = await take_in(people.engine, file, now=people.now)
    assert found == Refusals(2, 2, [(6, "phone"), (7, "phone_landline"), (8, "phone_several")])
    assert await people.said_of_consent(known) == [True, False]
    rows = await people.rows("SELECT address, outreach, stopped_elsewhere FROM contact ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("+84912345678", False, False), ("7", True, True), ("+84987654321", False, False),
    ]  # fmt: skip
    proofs = [row.proof for row in await people.rows("SELECT proof FROM consent WHERE NOT given ORDER BY id")]
    assert [proof.rpartition(":")[2] for proof in proofs] == ["2", "3"]


async def test_a_first_row_with_digits_is_no_heading(people: People, file: Path) -> None:
    file.write_text("0912345678 / 0987654321\n0912345678\n", encoding="utf-8")
    assert await take_in(people.engine, file, now=people.now) == Refusals(1, 1, [(1, "phone_several")])


async def test_the_same_list_again_changes_nothing_also_for_who_has_asked_anew(people: People, file: Path) -> None:
    await take_in(people.engine, file, now=people.now)
    contact = (await people.rows("SELECT id FROM contact WHERE address = '+84912345678'"))[0].id
    await people.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof) VALUES (:id, 'outreach', true, 'v', 'event')",
        id=contact,
    )
    assert (await take_in(people.engine, file, now=people.now)).stopped == 0
    assert await people.said_of_consent(contact) == [False, True]
    file.write_text(LIST + "7;0912345678\n", encoding="utf-8")
    assert (await take_in(people.engine, file, now=people.now)).stopped == 1, "a newer list is a newer word"


async def test_who_was_erased_does_not_come_back_by_the_list(people: People, file: Path) -> None:
    await people.do(
        "INSERT INTO contact (channel, address) VALUES"
        " ('sms', 'erased:' || encode(sha256(convert_to('+84912345678', 'UTF8')), 'hex'))"
    )
    assert (await take_in(people.engine, file, now=people.now)).stopped == 1
    assert not await people.rows("SELECT FROM contact WHERE address = '+84912345678'")


async def test_a_file_that_is_none_is_refused_as_a_whole(people: People, tmp_path: Path) -> None:
    with pytest.raises(AnSinhError, match="There is no file"):
        await take_in(people.engine, tmp_path / "missing.csv", now=people.now)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(AnSinhError, match="empty"):
        await take_in(people.engine, tmp_path / "empty.csv", now=people.now)
