"""«Xem dữ liệu của tôi»: what is kept about a person, in their own words, and about nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import service, words
from bot.booking.drafts import waited_for
from bot.citizens import people
from bot.citizens.people import Person
from bot.citizens.store import OUTREACH, PROFILE, facts_kept
from bot.clock import VIETNAM
from bot.outbox.rules import Message
from bot.sheets.words import place_name
from bot.vn import show
from bot.vn.communes import describe_commune

MOST_TOPICS = 8


async def seen(connection: AsyncConnection, contact_id: int, library: Library, *, now: datetime) -> tuple[Message, ...]:
    """Return what is kept about the person behind a contact, as they are shown it."""
    person = await people.person_of(connection, contact_id)
    told = await facts_kept(connection, contact_id)
    lines = [
        *(_of_person(library, person, told) or [_line(library, "nothing_told")]),
        *await _done(connection, library, person.id),
        *await _lists(connection, library, person.id),
        *await _appointments(connection, library, contact_id, now),
        *await _consents(connection, library, person.id),
        *await _messages(connection, library, contact_id),
    ]
    shown = library.text("people_seen")
    return (Message(shown.filled(lines="\n".join(lines)), shown.buttons),)


def _line(library: Library, key: str, **values: object) -> str:
    return library.text(f"people_seen_{key}").filled(**values)


def _of_person(library: Library, person: Person, told: Mapping[str, str]) -> list[str]:
    """Return the lines on who they are: what they told this contact, and what stands in the table of people."""
    known: dict[str, object] = {
        "name": person.name,
        "phone": person.phone and words.phone(person.phone),
        "sex": told.get("sex") and library.text(f"people_sex_{told['sex']}").text,
        "birth_year": told.get("birth", "")[:4] or person.birth_year,
        "place": _place(library, person, told),
        "situation": person.situation and library.text(f"people_situation_{person.situation}").text,
        "entitlements": _entitlements(library, person, told),
        "joined": person.joined and library.text(f"people_joined_{person.joined}").text,
        "paid_until": person.paid_until and show.day(person.paid_until),
    }
    return [_line(library, name, value=value) for name, value in known.items() if value]


def _place(library: Library, person: Person, told: Mapping[str, str]) -> str:
    if person.commune and (found := describe_commune(person.commune)):
        return f"{found[0]}, {found[1]}"
    return place_name(library, told.get("old_province") or told.get("province") or person.province or "")


def _entitlements(library: Library, person: Person, told: Mapping[str, str]) -> str:
    names = [library.text(f"people_entitlement_{each}").text for each in person.entitlements]
    group = f"result_group_{told.get('group')}"
    if not names and not person.situation and group in library.texts:
        names = [library.text(group).text]
    return ", ".join(names)


async def _done(connection: AsyncConnection, library: Library, person_id: int) -> list[str]:
    rows = (await connection.execute(_BEHAVIOUR, {"person": person_id})).all()
    topics = dict.fromkeys(
        library.topics[row.topic].title for row in rows if row.kind != "came_by" and row.topic in library.topics
    )
    links = [row.topic for row in rows if row.kind == "came_by"]
    lines = [_line(library, "asked", value=", ".join(list(topics)[:MOST_TOPICS]))] if topics else []
    return lines + ([_line(library, "came_by", value=", ".join(links))] if links else [])


async def _lists(connection: AsyncConnection, library: Library, person_id: int) -> list[str]:
    rows = (await connection.execute(_LISTS, {"person": person_id})).all()
    return [
        _line(library, "list", day=_day(row.made_at), proof=row.proof)
        if row.proof
        else _line(library, "list_without_proof", day=_day(row.made_at))
        for row in rows
    ]


async def _appointments(connection: AsyncConnection, library: Library, contact_id: int, now: datetime) -> list[str]:
    coming = await service.coming(connection, contact_id, now=now)
    lines = [_line(library, "appointment", when=words.when(each.starts_at), place=each.place) for each in coming]
    over = await connection.scalar(_OVER, {"contact": contact_id, "now": now})
    if over:
        lines.append(_line(library, "appointments_over", count=over))
    if await waited_for(connection, contact_id):
        lines.append(_line(library, "waiting"))
    return lines


async def _consents(connection: AsyncConnection, library: Library, person_id: int) -> list[str]:
    rows = (await connection.execute(_CONSENTS, {"person": person_id})).all()
    return [*_on_outreach(library, rows), *_on_profile(library, rows)]


def _on_outreach(library: Library, rows: Sequence[Any]) -> Iterator[str]:
    last = {row.contact_id: row for row in rows if row.purpose == OUTREACH}
    for contact, channel in {row.contact_id: row.channel for row in rows}.items():
        name = library.text(f"people_channel_{channel}").text
        if contact not in last:
            yield _line(library, "outreach_never", channel=name)
        else:
            said = "given" if last[contact].given else "refused"
            yield _line(library, f"outreach_{said}", channel=name, day=_day(last[contact].at))


def _on_profile(library: Library, rows: Sequence[Any]) -> Iterator[str]:
    last = next((row for row in reversed(rows) if row.purpose == PROFILE), None)
    if last is not None:
        yield _line(library, "profile_given" if last.given else "profile_refused", day=_day(last.at))


async def _messages(connection: AsyncConnection, library: Library, contact_id: int) -> list[str]:
    row = (await connection.execute(_COUNTS, {"contact": contact_id})).one()
    return [_line(library, "messages", mine=show.grouped(row.mine), ours=show.grouped(row.ours))]


def _day(moment: datetime | date) -> str:
    return show.day(moment.astimezone(VIETNAM).date() if isinstance(moment, datetime) else moment)


_BEHAVIOUR = text("SELECT kind, topic FROM behaviour WHERE person_id = :person ORDER BY last_at DESC")
_LISTS = text(
    """
    SELECT l.made_at, l.proof FROM people_list_row r JOIN people_list l ON l.id = r.list_id
    WHERE r.person_id = :person ORDER BY l.id
    """
)
_OVER = text(
    """
    SELECT count(*) FROM appointment
    WHERE contact_id = :contact AND NOT (state IN ('held', 'booked', 'confirmed') AND ends_at > :now)
      AND state NOT IN ('held', 'lapsed', 'moved')
    """
)
_CONSENTS = text(
    """
    SELECT k.id AS contact_id, k.channel, c.purpose, c.given, c.at FROM contact k
    LEFT JOIN consent c ON c.contact_id = k.id WHERE k.person_id = :person ORDER BY k.id, c.id
    """
)
_COUNTS = text(
    """
    SELECT (SELECT count(*) FROM inbox WHERE contact_id = :contact) AS mine,
           (SELECT count(*) FROM outbox WHERE contact_id = :contact AND state = 'sent') AS ours
    """
)
