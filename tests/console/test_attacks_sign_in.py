"""The doors under attack: sessions that are put in, kept or taken over; passwords and codes that are guessed, one after another or at once."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pyotp
import pytest

from bot.console.pages import PAGES
from bot.console.visit import HOME
from bot.staff import accounts, sign_in
from bot.staff.rules import Role
from bot.staff.sign_in import MOST_OF_ACCOUNT, MOST_OF_ADDRESS
from tests.conftest import fresh_database
from tests.console.conftest import NOW, Console, running_console

PASSWORD = "ruộng lúa chín vàng"


@pytest.fixture(scope="module")
async def house(postgres: str) -> AsyncIterator[Console]:
    async with running_console(fresh_database(postgres, "doors_attacked")) as console:
        yield console


@pytest.fixture
async def console(house: Console) -> AsyncIterator[Console]:
    """The console, in which nobody has guessed yet."""
    yield house
    await house.do("DELETE FROM sign_in_failure")


def browser(console: Console, **more: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=console.url, trust_env=False, timeout=60, **more)


@cache
def hashed() -> str:
    return sign_in.hash_password(PASSWORD)


async def hire(console: Console, key: str, *, device: bool = True) -> str:
    """Make an account with a password that is known; return the secret of its device."""
    await console.hire(key, Role.ADMIN)
    secret = pyotp.random_base32() if device else None
    await console.do("UPDATE staff SET password = :p, totp = :t WHERE key = :k", p=hashed(), t=secret, k=key)
    return secret or ""


async def comes(
    client: httpx.AsyncClient, key: str, password: str = PASSWORD, *, says: str = "", **headers: str
) -> int:
    """Try to sign in; return the status. `says`: what a proxy says of the address."""
    if says:
        headers["x-forwarded-for"] = says
    data = {"key": key, "password": password}
    return (await client.post(f"{HOME}/sign-in", data=data, headers=headers)).status_code


async def inside(client: httpx.AsyncClient) -> bool:
    return (await client.get(f"{HOME}/staff")).status_code == 200


async def enter(console: Console, client: httpx.AsyncClient, key: str, secret: str, at: datetime = NOW) -> None:
    assert await comes(client, key) == 303
    data = {"csrf": await csrf(client, "code"), "code": pyotp.TOTP(secret).at(at)}
    assert (await client.post(f"{HOME}/code", data=data)).status_code == 303


async def csrf(client: httpx.AsyncClient, door: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await client.get(f"{HOME}/{door}")).text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
async def led(house: Console) -> str:
    """The secret of the device of somebody who follows links."""
    return await hire(house, "led")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/console", "//evil.example/console", "/\\evil.example", "\\\\evil.example", "https:evil.example", "javascript:alert(1)",
        "/", "/console\\@evil.example", "/consoleevil", "//[", "///evil.example", "%2f%2fevil.example", "/%2fevil.example", "\t//evil.example",
        "/console/\\evil.example", "http:/evil.example", "", "/console/?next=//evil.example#//evil.example",
    ],
)  # fmt: skip
async def test_nobody_is_led_elsewhere_by_signing_in(wanted: str, led: str, console: Console) -> None:
    await console.do("UPDATE staff SET totp_step = 0 WHERE key = 'led'")
    async with browser(console) as client:
        where = {"next": wanted}
        first = await client.post(f"{HOME}/sign-in", params=where, data={"key": "led", "password": PASSWORD})
        assert first.headers["location"] in (f"{HOME}/code?next=%2Fconsole", f"{HOME}/code?next=%2Fconsole%2F")
        data = {"csrf": await csrf(client, "code"), "code": pyotp.TOTP(led).at(NOW)}
        second = await client.post(f"{HOME}/code", params=where, data=data)
        assert second.headers["location"] in (HOME, f"{HOME}/")


async def test_a_session_put_into_a_browser_beforehand_is_worth_nothing(console: Console) -> None:
    secret = await hire(console, "fixed")
    async with browser(console) as attacker, browser(console) as victim:
        assert await comes(attacker, "fixed") == 303
        put_in = attacker.cookies["an_sinh_staff"]
        for known in ("known-to-somebody-else", put_in):
            victim.cookies.set("an_sinh_staff", known, path=HOME)
            await enter(console, victim, "fixed", secret, NOW + timedelta(seconds=30 * (known == put_in)))
            assert await inside(victim)
            attacker.cookies.set("an_sinh_staff", known, path=HOME)
            assert not await inside(attacker)
        assert known not in [cookie.value for cookie in victim.cookies.jar if cookie.domain], (
            "each door gives another one"
        )


async def test_a_device_that_somebody_else_knows_cannot_be_put_in(console: Console) -> None:
    await hire(console, "put_in", device=False)
    async with browser(console) as victim:
        assert await comes(victim, "put_in") == 303
        known = pyotp.random_base32()
        victim.cookies.set("an_sinh_device", known, path=HOME)
        page = (await victim.get(f"{HOME}/device")).text
        assert known not in page
        data = {"csrf": await csrf(victim, "device"), "code": pyotp.TOTP(known).at(NOW)}
        assert (await victim.post(f"{HOME}/device", data=data)).status_code == 403
        assert not await inside(victim)


async def test_the_session_of_a_password_alone_opens_nothing(console: Console) -> None:
    await hire(console, "half")
    async with browser(console) as client:
        assert await comes(client, "half") == 303
        token = sign_in.csrf_of(client.cookies["an_sinh_staff"])
        for page in PAGES:
            at = HOME + re.sub(r"\{\w+(:int)?\}", "1", page.path)
            for method in (["GET"] if page.get else []) + (["POST"] if page.post else []):
                answer = await client.request(method, at, headers={"x-csrf-token": token})
                assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/code"), page.path
        assert (await client.get(f"{HOME}/password")).status_code == 303


END: dict[str, Callable[[Any, httpx.AsyncClient], Awaitable[object]]] = {
    "signing out": lambda _, client: client.post(f"{HOME}/sign-out", data={"csrf": sign_in.csrf_of(client.cookies["an_sinh_staff"])}),
    "another password": lambda _, client: client.post(
        f"{HOME}/password", data={"csrf": sign_in.csrf_of(client.cookies["an_sinh_staff"]), "old": PASSWORD, "new": "trâu ăn cỏ đồng xa", "again": "trâu ăn cỏ đồng xa"}
    ),
    "another role": lambda connection, _: accounts.change(connection, "ended", roles=[Role.VIEWER], by="test", now=NOW),
    "another place": lambda connection, _: accounts.change(connection, "ended", scope=["ca_mau"], by="test", now=NOW),
    "leaving": lambda connection, _: accounts.change(connection, "ended", active=False, by="test", now=NOW),
    "a password by somebody else": lambda connection, _: accounts.reset(connection, "ended", by="test", now=NOW),
}  # fmt: skip


@pytest.mark.parametrize("what", END)
async def test_all_sessions_end_with(what: str, console: Console) -> None:
    await console.as_("stays", Role.ADMIN)
    secret = await hire(console, "ended")
    async with browser(console) as client, browser(console) as other:
        await enter(console, client, "ended", secret)
        await enter(console, other, "ended", secret, NOW + timedelta(seconds=30))
        kept, there = client.cookies["an_sinh_staff"], other.cookies["an_sinh_staff"]
        assert await inside(client)
        if what in ("signing out", "another password"):
            assert (await END[what](None, client)).status_code == 303  # type: ignore[attr-defined]
        else:
            async with console.parts.engine.begin() as connection:
                await END[what](connection, client)
        for token in (kept, there) if what != "signing out" else (kept,):
            client.cookies.set("an_sinh_staff", token, path=HOME)
            assert not await inside(client)
    await console.do("DELETE FROM staff_session WHERE staff_id = (SELECT id FROM staff WHERE key = 'ended')")
    await console.do("DELETE FROM staff WHERE key = 'ended'")


async def test_one_code_lets_one_in_however_many_come_at_once(console: Console) -> None:
    secret = await hire(console, "raced")
    clients = [browser(console) for _ in range(8)]
    for client in clients:
        assert await comes(client, "raced") == 303
    tokens = [sign_in.csrf_of(client.cookies["an_sinh_staff"]) for client in clients]
    code = pyotp.TOTP(secret).at(NOW)
    tries = [
        client.post(f"{HOME}/code", data={"csrf": token, "code": code})
        for client, token in zip(clients, tokens, strict=True)
    ]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(303) == 1 and statuses.count(403) == 7
    for client in clients:
        await client.aclose()


async def test_many_guesses_at_once_are_no_more_guesses(console: Console) -> None:
    for number in range(MOST_OF_ADDRESS + 15):
        await console.do(
            "INSERT INTO staff (key, name, password, roles, created_at) VALUES (:key, 'x', 'x', '{viewer}', now())", key=f"spray_{number}"
        )  # fmt: skip
    async with browser(console) as client:
        await asyncio.gather(*(comes(client, "spray_0", f"sai {number} sai sai") for number in range(20)))
        [(one,)] = await console.rows("SELECT count(*) FROM sign_in_failure WHERE who = 'account:spray_0'")
        assert one == MOST_OF_ACCOUNT
        await asyncio.gather(
            *(comes(client, f"spray_{number}", "sai sai sai") for number in range(MOST_OF_ADDRESS + 15))
        )
    [(all_,)] = await console.rows("SELECT count(*) FROM sign_in_failure WHERE who = 'address:127.0.0.1'")
    assert all_ == MOST_OF_ADDRESS


async def test_a_flood_of_guesses_keeps_nobody_else_waiting(console: Console) -> None:
    colleague = await console.as_("colleague", Role.ADMIN)
    async with browser(console, limits=httpx.Limits(max_connections=100)) as client:
        flood = [asyncio.create_task(comes(client, f"flood_{number}", "sai sai sai")) for number in range(24)]
        await asyncio.sleep(0)
        for _ in range(5):
            assert (await colleague.get(f"{HOME}/help", timeout=20)).status_code == 200
        assert not all(task.done() for task in flood), "they are still at it"
        assert set(await asyncio.gather(*flood)) == {403}


async def test_a_name_that_is_none_takes_as_long(console: Console) -> None:
    await hire(console, "known")
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    async with browser(console) as client:
        for _ in range(MOST_OF_ACCOUNT):
            for key, times in took.items():
                begun = time.perf_counter()
                assert await comes(client, key, "sai sai sai") == 403
                times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(took[key]) for key in ("known", "unknown"))
    assert known / 3 < unknown < known * 3, took  # without the work for an unknown name it is thirty times


PROXIED = {
    "what a proxy says is believed": ("203.0.113.7", "203.0.113.7"),
    "only what our proxy itself says": ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
    "words that are no address are counted too": ("x" * 5000, "x" * 64),
    "a network of IPv6 is one subscriber": ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    "an address of IPv4 is the same in both spellings": ("::ffff:203.0.113.7", "203.0.113.7"),
}


@pytest.mark.parametrize("how", PROXIED)
async def test_behind_a_proxy(how: str, console: Console) -> None:
    said, counted = PROXIED[how]
    async with browser(console) as client:
        assert await comes(client, "nobody", says=said) == 403
    who = [row[0] for row in await console.rows("SELECT who FROM sign_in_failure WHERE who LIKE 'address:%'")]
    assert who == [f"address:{counted}"]


async def test_one_who_guesses_behind_a_proxy_does_not_lock_out_the_others(console: Console) -> None:
    await hire(console, "innocent")
    values = [{"who": "address:198.51.100.1"}] * MOST_OF_ADDRESS
    for value in values:
        await console.do("INSERT INTO sign_in_failure (who, at) VALUES (:who, :now)", now=NOW, **value)
    async with browser(console) as client:
        assert await comes(client, "innocent", says="198.51.100.1") == 403
        assert await comes(client, "innocent", says="198.51.100.2") == 303


async def test_nobody_but_a_proxy_that_is_named_is_believed(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1")
    async with running_console(fresh_database(postgres, "unproxied")) as console, browser(console) as client:
        for number in range(3):
            await comes(client, f"n{number}", says=f"203.0.113.{number}", **{"x-forwarded-proto": "https"})
        rows = await console.rows("SELECT DISTINCT who FROM sign_in_failure WHERE who LIKE 'address:%'")
        assert [row[0] for row in rows] == ["address:127.0.0.1"]


async def test_a_cookie_is_for_this_console_alone_and_by_https_for_https_alone(console: Console) -> None:
    await hire(console, "flags")
    async with browser(console) as client:
        for scheme in ("http", "https"):
            data = {"key": "flags", "password": PASSWORD}
            answer = await client.post(f"{HOME}/sign-in", data=data, headers={"x-forwarded-proto": scheme})
            flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")}
            assert {"httponly", "samesite=strict", "path=/console"} <= flags and "domain" not in str(flags)
            assert ("secure" in flags) == (scheme == "https")
            assert PASSWORD not in str(answer.headers)


@pytest.mark.parametrize("door", ["sign-in", "code", "device", "password", "sign-out"])
async def test_no_door_opens_for_a_form_from_elsewhere(door: str, console: Console) -> None:
    secret = await hire(console, f"else_{door.replace('-', '_')}", device=door != "device")
    key = f"else_{door.replace('-', '_')}"
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}, {}):
        async with browser(console) as client:
            if door != "sign-in":
                async with console.parts.engine.begin() as connection:
                    staff = await accounts.find(connection, key)
                    whole = door in ("password", "sign-out")
                    token = await sign_in.open_session(connection, staff, whole=whole, now=NOW)
                client.cookies.set("an_sinh_staff", token, path=HOME)
            before = client.cookies.get("an_sinh_staff") or ""
            right = sign_in.csrf_of(before) if headers else "0" * 64
            code = pyotp.TOTP(secret or sign_in.device_of(before)).at(NOW)
            data = {
                "csrf": right,
                "code": code,
                "old": PASSWORD,
                "new": "trâu ăn cỏ đồng xa",
                "again": "trâu ăn cỏ đồng xa",
            }
            if door == "sign-in":
                data = {"key": key, "password": PASSWORD if headers else "sai sai sai"}
            answer = await client.post(f"{HOME}/{door}", data=data, headers=headers)
            assert "set-cookie" not in answer.headers and client.cookies.get("an_sinh_staff", "") == before
            if before:
                assert await console.rows("SELECT FROM staff_session WHERE hash = :h", h=sign_in._hashed(before))
    [row] = await console.rows("SELECT password, totp, totp_step FROM staff WHERE key = :k", k=key)
    assert row.totp == (secret or None) and row.totp_step == 0


async def test_what_staff_see_stays_in_no_browser_and_in_no_frame(console: Console) -> None:
    somebody = await console.as_("every_role", *Role)
    for page in PAGES:
        if page.get:
            answer = await somebody.get(HOME + re.sub(r"\{\w+(:int)?\}", "1", page.path))
            assert answer.headers["cache-control"] == "no-store", page.path
            policy = answer.headers["content-security-policy"]
            assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
    async with browser(console) as nobody:
        for door in ("", "/sign-in", "/code", "/device", "/password", "/sign-out", "/staff", "/nowhere"):
            answer = await nobody.get(HOME + door)
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store" or answer.status_code == 404, door
