"""Accounts, signing in and the account of acts, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database import open_engine
from bot.errors import Refused
from bot.staff import accounts, audit, sign_in
from bot.staff.rules import RIGHTS, Right, Role, Staff

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
HERE = "10.0.0.1"


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        yield connection


async def lan(connection: AsyncConnection, *roles: Role) -> tuple[Staff, str]:
    password = await accounts.add(connection, "lan", name="Lan", roles=roles or [Role.AUTHOR], by="admin", now=NOW)
    return await accounts.find(connection, "lan"), password


async def comes(connection: AsyncConnection, password: str, now: datetime = NOW, address: str = HERE) -> Staff | None:
    return await sign_in.check_password(connection, "lan", password, address=address, now=now)


async def test_the_first_administrator_is_made_once(connection: AsyncConnection) -> None:
    password = await accounts.ensure_admin(connection, now=NOW)
    assert password and await accounts.ensure_admin(connection, now=NOW) is None
    assert await sign_in.check_password(connection, "admin", password, address=HERE, now=NOW)


async def test_a_password_is_kept_only_by_argon2id(connection: AsyncConnection) -> None:
    _, password = await lan(connection)
    kept = await connection.scalar(text("SELECT password FROM staff"))
    assert kept.startswith("$argon2id$") and password not in kept
    assert password not in str((await connection.execute(text("SELECT * FROM audit"))).all())


async def test_who_guesses_is_locked_out_and_let_in_again_later(connection: AsyncConnection) -> None:
    _, password = await lan(connection)
    for _ in range(sign_in.MOST_OF_ACCOUNT):
        assert await comes(connection, "wrong") is None
    assert await comes(connection, password) is None, "even the right password"
    assert await comes(connection, password, NOW + sign_in.WINDOW + timedelta(seconds=1))


async def test_an_address_that_tries_many_names_is_locked_out(connection: AsyncConnection) -> None:
    _, password = await lan(connection)
    for number in range(sign_in.MOST_OF_ADDRESS):
        await sign_in.check_password(connection, f"x{number}", "wrong", address="10.9.9.9", now=NOW)
    assert await comes(connection, password, address="10.9.9.9") is None
    assert await comes(connection, password), "others come in"


async def test_a_code_is_good_once_and_only_about_now(connection: AsyncConnection) -> None:
    staff, _ = await lan(connection)
    secret = pyotp.random_base32()
    made = pyotp.TOTP(secret)
    assert not await sign_in.enrol(connection, staff, secret, "000000" if made.at(NOW) != "000000" else "1", now=NOW)
    assert await sign_in.enrol(connection, staff, secret, made.at(NOW), now=NOW)

    async def right(code: str, now: datetime) -> bool:
        return await sign_in.check_code(connection, staff, code, address=HERE, now=now)

    later = NOW + timedelta(minutes=2)
    assert not await right(made.at(NOW), NOW), "it was used to enrol"
    assert await right(made.at(later), later)
    assert not await right(made.at(later), later), "it was used"
    assert not await right(made.at(later), later + timedelta(minutes=2)), "it is old"
    assert not await right("١٢٣٤٥٦", later), "digits of another script"


async def test_a_second_device_cannot_be_enrolled_over_the_first(connection: AsyncConnection) -> None:
    staff, _ = await lan(connection)
    first, second = pyotp.random_base32(), pyotp.random_base32()
    assert await sign_in.enrol(connection, staff, first, pyotp.TOTP(first).at(NOW), now=NOW)
    assert not await sign_in.enrol(connection, staff, second, pyotp.TOTP(second).at(NOW), now=NOW)


async def test_a_session_is_changed_at_sign_in_and_ends(connection: AsyncConnection) -> None:
    staff, _ = await lan(connection)
    first = await sign_in.open_session(connection, staff, whole=False, now=NOW)
    second = await sign_in.open_session(connection, staff, whole=True, now=NOW, old=first)
    assert await sign_in.session_of(connection, first, now=NOW) is None, "nobody gets in with a session known before"
    session = await sign_in.session_of(connection, second, now=NOW)
    assert session and session.whole and session.staff == staff
    assert await sign_in.session_of(connection, second, now=NOW + sign_in.IDLE + timedelta(seconds=1)) is None
    assert second not in str((await connection.execute(text("SELECT * FROM staff_session"))).all())


async def test_a_session_that_is_used_lasts_a_day_of_work_and_no_longer(connection: AsyncConnection) -> None:
    staff, _ = await lan(connection)
    token, now = await sign_in.open_session(connection, staff, whole=True, now=NOW), NOW
    while now < NOW + sign_in.LONGEST:
        assert await sign_in.session_of(connection, token, now=now)
        now += timedelta(minutes=50)
    assert await sign_in.session_of(connection, token, now=now) is None


async def test_who_has_left_is_out_at_once(connection: AsyncConnection) -> None:
    await accounts.ensure_admin(connection, now=NOW)
    staff, password = await lan(connection)
    token = await sign_in.open_session(connection, staff, whole=True, now=NOW)
    await accounts.change(connection, "lan", active=False, by="admin", now=NOW)
    assert await sign_in.session_of(connection, token, now=NOW) is None
    assert await comes(connection, password) is None


async def test_the_last_administrator_stays(connection: AsyncConnection) -> None:
    await accounts.ensure_admin(connection, now=NOW)
    with pytest.raises(Refused, match="Phải còn ít nhất một người quản trị"):
        await accounts.change(connection, "admin", roles=[Role.VIEWER], by="admin", now=NOW)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"key": "Lan Nguyễn"}, "«Lan Nguyễn» chưa đúng"),
        ({"name": " "}, "điền họ tên"),
        ({"roles": []}, "ít nhất một vai trò"),
        ({"roles": ["root"]}, "ít nhất một vai trò"),
        ({"scope": ["atlantis"]}, "Không có nơi nào mang mã «atlantis»"),
        ({"consultant": "nobody"}, "Không có tư vấn viên «nobody»"),
    ],
)
async def test_a_wrong_account_is_refused(given: dict[str, str], complaint: str, connection: AsyncConnection) -> None:
    right = {"key": "lan", "name": "Lan", "roles": ["author"], "by": "admin", "now": NOW}
    with pytest.raises(Refused, match=complaint):
        await accounts.add(connection, **{**right, **given})  # type: ignore[arg-type]


async def test_a_chosen_password_is_new_and_long_and_ends_other_sessions(connection: AsyncConnection) -> None:
    staff, password = await lan(connection)
    token = await sign_in.open_session(connection, staff, whole=True, now=NOW)
    own = "ruộng lúa chín vàng"
    for new, complaint in (
        (password, "khác mật khẩu cũ"),
        ("short", "ít nhất 10"),
        ("xin chao LAN nhe", "không chứa tên"),
    ):
        with pytest.raises(Refused, match=complaint):
            await accounts.choose_password(connection, staff, old=password, new=new, address=HERE, now=NOW)
    assert await accounts.choose_password(connection, staff, old=password, new=own, address=HERE, now=NOW)
    assert await comes(connection, own)
    assert await sign_in.session_of(connection, token, now=NOW) is None


async def test_who_guesses_the_old_password_is_locked_out_too(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        staff, password = await lan(connection)
    for guess in (*("wrong" + str(n) for n in range(sign_in.MOST_OF_ACCOUNT)), password):
        async with engine.begin() as connection:
            new = "ruộng lúa chín vàng"
            assert not await accounts.choose_password(connection, staff, old=guess, new=new, address=HERE, now=NOW)


async def test_many_guesses_at_once_are_no_more_guesses(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await lan(connection)

    async def guess(number: int) -> None:
        async with engine.begin() as connection:
            await comes(connection, f"wrong{number}")

    await asyncio.gather(*(guess(number) for number in range(12)))
    async with engine.connect() as connection:
        looked_at = await connection.scalar(text("SELECT count(*) FROM sign_in_failure WHERE who = 'account:lan'"))
    assert looked_at == sign_in.MOST_OF_ACCOUNT


def test_the_scope_of_a_province_holds_its_communes() -> None:
    staff = Staff(1, "lan", "Lan", frozenset({Role.AUTHOR}), frozenset({"phu_tho", "31153"}))
    assert staff.answers_for(["phu_tho", "08950", "31153"])
    assert not staff.answers_for(["can_tho"]) and not staff.answers_for(["08950", "31157"])
    assert not staff.answers_for([]), "everywhere is more than one's own"
    assert Staff(1, "a", "A", frozenset(), frozenset()).answers_for([])


def test_nobody_writes_and_approves_by_one_role_and_an_administrator_reads_no_citizens_words() -> None:
    assert not [role for role, rights in RIGHTS.items() if {Right.WRITE_CAMPAIGNS, Right.APPROVE_CAMPAIGNS} <= rights]
    assert Right.OPEN_PERSONAL not in RIGHTS[Role.ADMIN]
    assert RIGHTS.keys() == set(Role) and set().union(*RIGHTS.values()) == set(Right)


async def written(connection: AsyncConnection, count: int = 5) -> None:
    for number in range(count):
        await audit.write(connection, by="lan", act="approve", about="campaign:x", note=f"lần {number}", now=NOW)


async def test_the_account_of_acts_holds_together(connection: AsyncConnection) -> None:
    await written(connection)
    assert await audit.broken(connection) is None
    assert [line.note for line in await audit.lines(connection, most=2)] == ["lần 4", "lần 3"]
