"""Contacts and the append-only consent ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Table, Text, delete, desc, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.citizens.behaviour import CAME_BY, note_behaviour
from bot.database import metadata

contact = Table(
    "contact",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

consent = Table(
    "consent",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("contact_id", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("text_version", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

profile = Table(
    "profile",
    metadata,
    Column("contact_id", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

arrival = Table(
    "arrival",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("contact_id", BigInteger, nullable=False),
    Column("link", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

OUTREACH = "outreach"  # purpose: messages that the person did not ask for
PROFILE = "profile"  # purpose: keeping what somebody told about themselves for later conversations


async def contact_id(connection: AsyncConnection, channel: str, address: str) -> int:
    """Return the contact's number, made at the first sight of the address."""
    found = await known_contact(connection, channel, address)
    if found is None:
        await connection.execute(upsert(contact).values(channel=channel, address=address).on_conflict_do_nothing())
        return await contact_id(connection, channel, address)
    return found


async def known_contact(connection: AsyncConnection, channel: str, address: str) -> int | None:
    """Return the contact's number, None for an address that was never seen."""
    return await connection.scalar(
        select(contact.c.id).where(contact.c.channel == channel, contact.c.address == address)
    )


async def channel_of(connection: AsyncConnection, person: int) -> str:
    """Return through which channel a contact speaks with us."""
    return str(await connection.scalar(select(contact.c.channel).where(contact.c.id == person)))


async def latest_consent(connection: AsyncConnection, person: int, purpose: str) -> bool | None:
    """Return what the person last said about the purpose; None: never asked, which is no consent."""
    return await connection.scalar(
        select(consent.c.given)
        .where(consent.c.contact_id == person, consent.c.purpose == purpose)
        .order_by(desc(consent.c.id))
        .limit(1)
    )


async def record_consent(
    connection: AsyncConnection, person: int, *, purpose: str, given: bool, text_version: str, proof: str
) -> None:
    """Append what the person said, with the text they answered to and the event that proves it."""
    await connection.execute(
        insert(consent).values(contact_id=person, purpose=purpose, given=given, text_version=text_version, proof=proof)
    )


async def facts_kept(connection: AsyncConnection, person: int) -> dict[str, str]:
    """Return what the person told about themselves and allowed us to keep."""
    rows = await connection.execute(select(profile.c.name, profile.c.value).where(profile.c.contact_id == person))
    return {row.name: row.value for row in rows}


async def keep_facts(connection: AsyncConnection, person: int, facts: Mapping[str, str]) -> None:
    """Keep facts about a person, each in its newest version; whoever calls has the consent."""
    for name, value in facts.items():
        new = upsert(profile).values(contact_id=person, name=name, value=value)
        await connection.execute(
            new.on_conflict_do_update(
                index_elements=[profile.c.contact_id, profile.c.name], set_={"value": value, "told_at": func.now()}
            )
        )


async def forget_facts(connection: AsyncConnection, person: int) -> None:
    """Erase all that is kept about a person."""
    await connection.execute(delete(profile).where(profile.c.contact_id == person))


async def note_arrival(connection: AsyncConnection, person: int, link: str, at: datetime) -> None:
    """Remember by which link, of a campaign, an event or an agent, somebody came."""
    await connection.execute(insert(arrival).values(contact_id=person, link=link[:64], at=at))
    await note_behaviour(connection, person, CAME_BY, link[:64], at)
