"""Appointments that staff make for somebody who telephones or stands at the counter, and people who came without one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import agenda, brief, drafts, news, offers, service
from bot.booking.contact_heard import LONGEST_NAME
from bot.booking.counter import by_whom
from bot.booking.rules import TOPICS, Appointment, Offer, Wish
from bot.citizens import store as citizens
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Staff
from bot.vn.phones import find_phones
from bot.vn.text import clean

CHANNEL = "sms"  # whoever has no chat with us is reached on their telephone
LOOKED_AT, SHOWN = 60, 12  # offers
_NAME = re.compile(r"[^\W\d_]+(?:['’. -]+[^\W\d_]+)*\.?")


def name_of(typed: str) -> str:
    """Return a name that staff typed; Refused when it is none."""
    name = clean(typed).strip()
    if not 2 <= len(name) <= LONGEST_NAME or not _NAME.fullmatch(name):
        raise Refused(f"Hãy ghi họ tên bằng chữ, không quá {LONGEST_NAME} chữ cái.")
    return name


def phone_of(typed: str) -> str:
    """Return a telephone number that staff typed, in E.164; Refused when it is none."""
    found = find_phones(typed)
    if len(found) != 1:
        raise Refused("Số điện thoại chưa đúng. Ví dụ: 0912 345 678.")
    return found[0].number


async def free(connection: AsyncConnection, member: Staff, wish: Wish, *, now: datetime) -> list[tuple[Offer, str]]:
    """Return free times for a wish with those for whom somebody answers, the best first, and the consultants' names."""
    found = await offers.find(connection, wish, now=now, most=LOOKED_AT)
    ids = {each.consultant_id for each in found}
    theirs = {one.id: one.name for one in await agenda.people(connection, member, ids=ids)}
    return [(each, theirs[each.consultant_id]) for each in found if each.consultant_id in theirs][:SHOWN]


async def make(
    connection: AsyncConnection, library: Library, member: Staff, key: str, topic: str, name: str, phone: str, *,
    now: datetime,
) -> Appointment | None:  # fmt: skip
    """Make an appointment at an offered time; None: the place is not theirs. Refused: the time is gone, or a field is wrong."""
    name, phone, wanted = name_of(name), phone_of(phone), offers.parse(key)
    if wanted is None or topic not in TOPICS:
        raise Refused("Hãy chọn giờ hẹn và việc cần hỏi.")
    by = by_whom(member, wanted[0])
    contact = await citizens.contact_id(connection, CHANNEL, phone)
    held = await service.hold(connection, contact, *wanted, topic, by=by, now=now)
    if held is None:
        raise Refused("Giờ này vừa có người khác đặt, hoặc người này đã có hẹn vào giờ đó. Hãy chọn giờ khác.")
    if await agenda.one(connection, member, held.id) is None:
        await service.release(connection, contact, now=now)
        return None
    told: dict[str, Any] = {"name": name, "phone": phone, "brief": await brief.write(connection, contact)}
    found = await service.confirm(connection, held.id, key=f"counter:{held.id}", by=by, now=now, **told)
    assert found, "what is held for somebody is theirs"
    await drafts.stop_waiting(connection, contact, now)
    await news.tell(connection, library, found, news.News.BOOKED, now=now)
    about = f"appointment:{found.id}"
    await audit.write(connection, by=member.key, act="appointment_make", about=about, note=found.code, now=now)
    return found
