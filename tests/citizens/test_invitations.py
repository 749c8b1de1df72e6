"""An invitation tells by which event and agent somebody came: the first one, once for each person, however often it is pressed."""

from __future__ import annotations

import argparse
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from websockets.asyncio.client import connect

from bot.channels.webchat.socket import COOKIE, address_of
from bot.citizens import invitations
from bot.citizens.commands import add_invitation_arguments, invite
from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.intake import take_in
from bot.errors import AnSinhError
from bot.wiring import Parts
from tests.citizens.people_world import People


async def made(people: People, event: str = "cho_huong_canh", agent: str = "binh_xuyen.lan", wave: str = "w1") -> str:
    async with people.go() as connection:
        return await invitations.invite(connection, event, agent, wave, now=people.now)


async def starts(people: People, address: str, code: str, event: str) -> None:
    await take_in(people.conversation, "telegram", [Inbound(event, address, InboundKind.START, code)])


async def counted(people: People) -> dict[str, int]:
    async with people.go() as connection:
        return {one.code: one.people for one in await invitations.brought(connection)}


async def test_an_invitation_has_one_code_however_often_it_is_asked_for(people: People) -> None:
    code = await made(people)
    assert await made(people) == code
    assert re.fullmatch(r"[A-Z2-9]{8}", code)
    assert (
        len({code, await made(people, agent=""), await made(people, event="other"), await made(people, wave="")}) == 4
    )


async def test_the_first_invitation_of_a_person_counts_and_a_flood_counts_once(people: People) -> None:
    lan, minh = await made(people), await made(people, agent="binh_xuyen.minh")
    for number in range(30):
        await starts(people, "7", lan, f"a{number}")
        people.now += timedelta(minutes=1)
        await starts(people, "7", minh, f"b{number}")
    await starts(people, "8", minh, "c")
    await starts(people, "8", "MADE_UP", "d")
    assert await counted(people) == {lan: 1, minh: 1}


async def test_on_the_web_who_only_looks_does_not_count_and_a_reload_changes_nothing(people: People) -> None:
    code = await made(people)
    looks, writes = await people.contact("a", "web"), await people.contact("b", "web")
    for contact in (looks, writes, writes):
        async with people.go() as connection:
            await invitations.arrive(connection, contact, code, now=people.now)
    assert await counted(people) == {code: 0}
    await people.say(writes, "xin chào")
    assert await counted(people) == {code: 1}
    assert len(await people.rows("SELECT 1 FROM arrival")) == 2


async def test_a_code_that_nobody_made_leaves_no_trace_on_the_web(people: People) -> None:
    contact = await people.contact("a", "web")
    async with people.go() as connection:
        assert not await invitations.arrive(connection, contact, "x" * 1000, now=people.now)
    assert not await people.rows("SELECT 1 FROM arrival")


async def test_two_contacts_of_one_person_count_as_one(people: People) -> None:
    code = await made(people)
    await starts(people, "7", code, "a")
    await starts(people, "8", code, "b")
    await people.do(
        "UPDATE person SET phone = '+84912777333' WHERE id = (SELECT person_id FROM contact WHERE address = '7')"
    )
    assert await counted(people) == {code: 2}
    await take_in(people.conversation, "telegram", [Inbound("c", "8", InboundKind.CONTACT, "84912777333")])
    assert await counted(people) == {code: 1}


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_invitation_arguments(parser)
    return parser.parse_args(given)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
async def test_the_command_prints_the_links_and_draws_the_code(people: People, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"x.{suffix}"
    given = arguments("--event", "cho", "--agent", "lan", "--telegram", "@an_sinh_bot", "--out", str(out))
    telegram, web, file = await invite(people.engine, given, web="https://ansinh.example/", now=people.now)
    code = telegram.removeprefix("https://t.me/an_sinh_bot?start=")
    assert (web, file) == (f"https://ansinh.example/?via={code}", str(out))
    assert out.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix])
    if suffix == "png":
        with Image.open(out) as drawn:
            assert min(drawn.size) > 300
    listed = await invite(people.engine, arguments(), web="", now=people.now)
    assert [line.split()[:3] for line in listed] == [[code, "cho", "lan"]]


async def test_another_kind_of_file_is_refused_and_leaves_no_invitation(people: People, tmp_path: Path) -> None:
    given = arguments("--event", "cho", "--out", str(tmp_path / "x.jpg"))
    with pytest.raises(AnSinhError, match="must end in"):
        await invite(people.engine, given, web="http://x", now=people.now)
    assert not await people.rows("SELECT 1 FROM invitation")


async def test_the_web_chats_socket_notes_by_which_link_a_visitor_came(parts: Parts, address: str) -> None:
    async with parts.engine.begin() as connection:
        code = await invitations.invite(connection, "web_socket", "", "", now=parts.clock())
    url = address.replace("http://", "ws://") + "/chat?via="
    for via in (code, code, "MADE_UP"):
        async with connect(url + via, additional_headers={"Cookie": f"{COOKIE}=invited-visitor"}) as socket:
            await socket.send(json.dumps({"kind": "hello", "row": 0}))
            await socket.recv()
    async with parts.engine.connect() as connection:
        query = "SELECT link FROM arrival a JOIN contact c ON c.id = a.contact_id WHERE c.address = :address"
        found = await connection.scalars(text(query), {"address": address_of("invited-visitor")})
        assert list(found) == [code]
