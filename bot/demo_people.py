"""The people of the demonstration, evidently invented: their consents, what they asked, appointments, who waits for a person."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.booking import service
from bot.booking.rules import Appointment, Kind, State, Wish
from bot.citizens.rules import Situation
from bot.citizens.store import contact_id
from bot.clock import VIETNAM, day_in_vietnam
from bot.conversation.actions import answer_topic, hand_over, search_answer
from bot.conversation.intents import conversational_intents
from bot.conversation.respond import Reply, Responder, as_reply
from bot.conversation.rules import Event
from bot.conversation.rules import Kind as Came
from bot.conversation.service import Conversation
from bot.conversation.turn import Turn, Understanding

PEOPLE = 320
FIRST = 700_000  # simulated addresses begin behind it
COMMUNES = ("07900", "07894", "07909", "08935", "08950", "04795", "05200", "05128", "04924", "05089")
SITUATIONS = (*([Situation.FARMER] * 3), Situation.TRADER, Situation.SELF_EMPLOYED, Situation.HOUSEHOLD_BUSINESS,
              Situation.LEFT_COMPULSORY, Situation.WORKER, Situation.CRAFT_VILLAGE, Situation.OTHER)  # fmt: skip
JOINED = ("no", "no", "no", "voluntary", "voluntary", "left", "compulsory", "no", "pension", "no")
ENTITLED: tuple[list[str], ...] = ([], [], [], ["ho_can_ngheo"], [], ["dtts"], [], ["ho_ngheo"], [], [])


def name(number: int) -> str:
    """Return a name that nobody bears: «Người dân 017»."""
    return f"Người dân {number:03}"


def phone(number: int) -> str:
    """Return a number that nobody has: no operator of Vietnam uses 095 any more."""
    return f"+8495{number:07}"


def channel(number: int) -> str:
    """Return through which channel somebody speaks with us."""
    return ("telegram", "sms", "telegram", "zalo_bot", "telegram")[number % 5]


def address(number: int) -> str:
    """Return the address of somebody on their channel."""
    return phone(number) if channel(number) == "sms" else str(FIRST + number)


async def bring_people(connection: AsyncConnection, *, now: datetime) -> None:
    """Write everybody with their contact and what they said about messages."""
    lot, today = random.Random(17), day_in_vietnam(now)  # noqa: S311
    await connection.execute(_PERSON, [_person(number, lot, today) for number in range(1, PEOPLE + 1)])
    await connection.execute(_CONTACTS)
    given = [{"phone": phone(n), "given": n % 17 != 0, "n": n} for n in range(1, PEOPLE + 1) if n % 7]
    await connection.execute(_CONSENT, given)


def _person(number: int, lot: random.Random, today: date) -> dict[str, Any]:
    joined = JOINED[lot.randrange(len(JOINED))]
    month = date(today.year, today.month, 1) + timedelta(days=31 * lot.randrange(0, 4))
    return {
        "name": name(number), "phone": phone(number), "province": "phu_tho",
        "commune": COMMUNES[lot.randrange(len(COMMUNES))], "situation": SITUATIONS[lot.randrange(len(SITUATIONS))],
        "entitlements": ENTITLED[lot.randrange(len(ENTITLED))], "birth_year": 1958 + lot.randrange(48),
        "joined": joined, "paid_until": month.replace(day=1) - timedelta(days=1) if joined == "voluntary" else None,
        "channel": channel(number), "address": address(number),
    }  # fmt: skip


_PERSON = text(
    """
    WITH made AS (
        INSERT INTO person (name, phone, province, commune, situation, entitlements, birth_year, joined, paid_until)
        VALUES (:name, :phone, :province, :commune, :situation, cast(:entitlements AS text[]), :birth_year, :joined, :paid_until)
        RETURNING id
    ) INSERT INTO contact (channel, address, person_id) SELECT :channel, :address, id FROM made
    """
)
_CONTACTS = text(
    "INSERT INTO contact (channel, address, person_id) SELECT 'sms', phone, id FROM person"
    " WHERE phone IS NOT NULL AND id % 3 = 0 ORDER BY id ON CONFLICT DO NOTHING"
)
_CONSENT = text(
    """
    INSERT INTO consent (contact_id, purpose, given, text_version, proof)
    SELECT c.id, 'outreach', :given, 'demo', 'demo:' || :n FROM contact c JOIN person p ON p.id = c.person_id
    WHERE p.phone = :phone ORDER BY c.id
    """
)

TALKS: tuple[tuple[str, ...], ...] = (
    ("mức đóng BHXH tự nguyện là bao nhiêu", "nhà nước hỗ trợ bao nhiêu"),
    ("em làm ruộng có được tham gia không", "thủ tục cần giấy tờ gì"),
    ("mấy tuổi thì được nghỉ hưu",),
    ("rút bảo hiểm một lần được không", "gặp cán bộ"),
    ("bị mất sổ bảo hiểm thì làm thế nào", "gặp cán bộ"),
    ("bảo hiểm y tế hộ gia đình đóng bao nhiêu",),
    ("tỉnh mình có hỗ trợ thêm không",),
    ("đóng thiếu mấy năm thì sao", "gặp cán bộ"),
    ("con trâu nhà em có được mua bảo hiểm không",),
    ("giá vàng hôm nay bao nhiêu",),
    ("có những phương thức đóng nào", "dừng"),
    ("nghe nói quỹ sắp vỡ có đúng không",),
    ("chế độ thai sản được mấy triệu",),
    ("tra cứu trên VssID thế nào", "gặp cán bộ"),
)  # fmt: skip
TOPICS: Mapping[str, str] = {
    "mức đóng BHXH tự nguyện là bao nhiêu": "contribution_amount",
    "nhà nước hỗ trợ bao nhiêu": "state_subsidy",
    "em làm ruộng có được tham gia không": "who_can_join",
    "thủ tục cần giấy tờ gì": "how_to_register",
    "mấy tuổi thì được nghỉ hưu": "retirement_age",
    "rút bảo hiểm một lần được không": "lump_sum_withdrawal",
    "bị mất sổ bảo hiểm thì làm thế nào": "si_book_issues",
    "bảo hiểm y tế hộ gia đình đóng bao nhiêu": "health_insurance_contribution",
    "tỉnh mình có hỗ trợ thêm không": "local_subsidy",
    "đóng thiếu mấy năm thì sao": "missing_years",
    "có những phương thức đóng nào": "payment_methods",
    "chế độ thai sản được mấy triệu": "maternity",
    "tra cứu trên VssID thế nào": "vssid_lookup",
}


@dataclass(frozen=True, slots=True)
class Script:
    """A dialogue engine that knows the few questions of the demonstration by heart; the real one takes over afterwards."""

    library: Library
    day: date

    async def converse(self, _sender: str, said: str, _known: Mapping[str, str]) -> Reply:
        """Answer from the pages."""
        turn = Turn(text=said, topic=TOPICS.get(said, ""))
        act = hand_over if said == "gặp cán bộ" else answer_topic if turn.topic else search_answer
        return as_reply(act(self.library, turn, self.day))

    async def forget(self, _sender: str) -> None:
        """Nothing is kept here."""

    async def understand(self, _said: str) -> Understanding:
        """Nothing is understood here."""
        return Understanding("", 0.0, True)


async def let_talk(engine: AsyncEngine, library: Library, *, now: datetime) -> None:
    """Let people ask and be answered as ever; most of it days ago, and some wait for a person."""
    today = day_in_vietnam(now)
    conversation = Conversation(engine, _at_once, lambda: now)
    responder = Responder(library, Script(library, today), lambda: today, conversational_intents())
    speakers = [number for number in range(1, PEOPLE + 1) if channel(number) != "sms"]
    for turn, number in enumerate(speakers[:42]):
        contact = await conversation.open_contact(channel(number), address(number))
        for step, words in enumerate(TALKS[turn % len(TALKS)] if turn < 28 else TALKS[turn % len(TALKS)][:1]):
            await conversation.receive(contact, Event(f"demo-{number}-{step}", Came.TEXT, words))
            await conversation.answer_waiting(contact, responder)
    async with engine.begin() as connection:
        await connection.execute(_SENT, {"now": now})
        await connection.execute(_EARLIER)
        await connection.execute(_ASKED_IN, {"now": now})
        await connection.execute(_TAKEN, {"now": now})
        await connection.execute(_RUMOURS)


async def _at_once(_: AsyncConnection, __: int) -> None:
    """Nothing waits for a worker: who speaks is answered at once."""


_SENT = text("UPDATE outbox SET state = 'sent', finished_at = :now WHERE state = 'planned' AND campaign_id IS NULL")
_EARLIER = text(
    "UPDATE inbox SET received_at = received_at - contact_id % 9 * interval '1 day' WHERE NOT EXISTS"
    " (SELECT FROM hand_over h WHERE h.contact_id = inbox.contact_id)"
)
_ASKED_IN = text(
    "UPDATE hand_over SET province = p.province, asked_at = :now - hand_over.id * interval '7 minutes',"
    " waits_since = :now - hand_over.id * interval '7 minutes'"
    " FROM contact c JOIN person p ON p.id = c.person_id WHERE c.id = hand_over.contact_id"
)
_TAKEN = text(
    """
    UPDATE hand_over SET taken_by = c.id, taken_at = :now, said_at = :now FROM consultant c
    WHERE c.key = 'viet_tri.01' AND hand_over.id = (SELECT min(id) FROM hand_over WHERE closed_at IS NULL)
    """
)
_RUMOURS = text(
    """
    INSERT INTO rumour (theme, province, commune, snippet) VALUES
        (NULL, 'phu_tho', '08935', 'nghe nói sang năm không được đóng bù nữa'),
        (NULL, 'phu_tho', '07900', 'người ta bảo đóng qua đại lý là mất tiền'),
        ('fund_broke', 'phu_tho', '04795', 'nghe nói quỹ sắp vỡ')
    """
)

ENDS = (State.BOOKED, State.CONFIRMED, State.CANCELLED, State.DECLINED, State.HELD, State.MOVED)
CONSULTANTS = ("viet_tri.01", "viet_tri.02", "binh_xuyen.03", "hoa_binh.05")


async def book(connection: AsyncConnection, *, now: datetime) -> None:
    """Make appointments in all states: those that were, with who came and who did not, and those to come."""
    slots, number = list(_slots(day_in_vietnam(now))), 0
    for consultant in CONSULTANTS:
        who = await connection.scalar(text("SELECT id FROM consultant WHERE key = :key"), {"key": consultant})
        for starts in slots:
            number += 1
            made = await _booked(connection, int(who), starts, number, now)
            if made is not None:
                await _ended(connection, made, number, now)
    lapse = now + timedelta(minutes=11)
    await service.lapse(connection, now=lapse)  # most of who held a time and went away
    await _held(connection, now)
    for at in range(60, 66):
        who = await contact_id(connection, channel(at), address(at))
        wish = Wish(("voluntary", "health")[at % 2], province="phu_tho", commune=COMMUNES[at % 3], part="morning")
        await service.wait(connection, who, wish, now=now)


def _slots(today: date) -> Iterator[datetime]:
    for ahead in range(-7, 11):
        for hour, minute in ((8, 0), (9, 30), (14, 30)):
            if (ahead * 3 + hour) % 4 < 2:
                yield datetime.combine(today + timedelta(days=ahead), time(hour, minute), VIETNAM)


async def _booked(
    connection: AsyncConnection, consultant: int, starts: datetime, number: int, now: datetime
) -> Appointment | None:
    """Hold a time and book it two days before; None when the consultant does not work then."""
    who = await contact_id(connection, channel(100 + number), address(100 + number))
    topic = ("voluntary", "pension", "health", "withdrawal")[number % 4]
    made_at = min(starts - timedelta(days=2), now)
    held = await service.hold(connection, who, consultant, Kind.OFFICE, starts, topic, now=made_at)
    if held is None or ENDS[number % len(ENDS)] is State.HELD and starts > now:
        return None
    told = {"name": name(100 + number), "phone": phone(100 + number), "brief": {}}
    return await service.confirm(connection, held.id, **told, key=f"demo-{number}", now=made_at)  # type: ignore[arg-type]


async def _ended(connection: AsyncConnection, made: Appointment, number: int, now: datetime) -> None:
    if made.ends_at <= now:
        state = State.ABSENT if number % 4 == 0 else State.DONE
        await service.mark(connection, made.id, state, by=f"consultant:{made.consultant_id}", now=now)
        return
    by = f"consultant:{made.consultant_id}"
    match ENDS[number % len(ENDS)]:
        case State.CONFIRMED:
            await service.mark(connection, made.id, State.CONFIRMED, by=by, now=now)
        case State.CANCELLED:
            await service.cancel(connection, made.id, by=service.CITIZEN, now=now)
        case State.DECLINED:
            await service.decline(connection, made.id, by=by, now=now, reason="bận họp")
        case State.MOVED:
            later = made.starts_at + timedelta(minutes=60)
            await service.move(connection, made.id, made.consultant_id, made.kind, later, by=by, now=now)


async def _held(connection: AsyncConnection, now: datetime) -> None:
    """Let somebody hold a time right now."""
    who = await contact_id(connection, channel(99), address(99))
    consultant = int(await connection.scalar(text("SELECT id FROM consultant WHERE key = 'viet_tri.01'")) or 0)
    for day in range(1, 9):
        starts = datetime.combine(day_in_vietnam(now) + timedelta(days=day), time(16), VIETNAM)
        if await service.hold(connection, who, consultant, Kind.OFFICE, starts, "health", now=now):
            return
