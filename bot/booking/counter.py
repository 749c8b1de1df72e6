"""What staff do with appointments at the counter, in the consultant's stead or as the consultant; citizens are told as ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import after_note, agenda, news, offers, proposals, service, shown, staff
from bot.booking.acts import ACTS, Act
from bot.booking.rules import AGREED, Appointment, Kind, State, may_become
from bot.booking.staff import Consultant
from bot.clock import day_in_vietnam
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Staff

CHANGED = "Lịch hẹn này vừa được người khác thay đổi. Hãy xem lại rồi làm tiếp nếu còn cần."
TAKEN = "Giờ này không còn trống. Hãy chọn giờ khác."
NOT_THEN = "Chưa dời: giờ này không còn trống, hoặc ngoài giờ làm việc của cán bộ. Hãy chọn giờ khác."


def possible(found: Appointment, now: datetime) -> set[str]:
    """Return what can be done with an appointment now: confirm, offer, move, decline, done, absent, note. Pure."""
    done = set()
    if found.state in AGREED and now < found.starts_at:
        done |= {"offer", "move", "decline"}
    if found.state is State.BOOKED and now < found.starts_at:
        done.add("confirm")
    if day_in_vietnam(now) >= day_in_vietnam(found.starts_at) and found.state is not State.HELD:
        done |= {str(each) for each in (State.DONE, State.ABSENT) if may_become(found.state, each)}
    if found.state is State.DONE:
        done.add("note")
    return done


def by_whom(member: Staff, consultant: int) -> str:
    """Return who does something for a consultant, as the history says it."""
    return f"consultant:{consultant}" if member.consultant_id == consultant else f"staff:{member.key}"


async def act(
    connection: AsyncConnection, library: Library, member: Staff, number: int, verb: str, argument: str = "", *,
    version: int, line: str = "", now: datetime,
) -> bool:  # fmt: skip
    """Do something with an appointment as it was seen; False: it is not theirs. Refused: somebody was faster, or too late."""
    found = await agenda.one(connection, member, number, lock=True)
    if found is None:
        return False
    if found.version != version:
        raise Refused(CHANGED)
    if verb not in possible(found, now):
        raise Refused("Việc này không còn làm được với lịch hẹn ở trạng thái hiện tại.")
    by = by_whom(member, found.consultant_id)
    if verb == "offer":
        await _check_free(connection, found, argument, now)
    if verb == "move":
        await _move(connection, library, found, await _wanted(connection, member, found, argument), by, now)
    else:
        await ACTS[verb](Act(connection, library, await _whose(connection, found), found, now, by), argument)
    if verb == "note":
        await _line(connection, found, argument, line)
    if verb in ("offer", "note"):
        await _seen_by_others(connection, found)
    about = f"appointment:{found.id}"
    await audit.write(connection, by=member.key, act=f"appointment_{verb}", about=about, note=argument, now=now)
    return True


async def _whose(connection: AsyncConnection, found: Appointment) -> Consultant:
    """Return the consultant of an appointment, also one who works here no more."""
    known = await staff.of_id(connection, found.consultant_id)
    return known or Consultant(found.consultant_id, found.consultant, None)


async def _check_free(connection: AsyncConnection, found: Appointment, key: str, now: datetime) -> None:
    wanted = offers.parse(key)
    if (
        wanted is None
        or wanted[0] != found.consultant_id
        or wanted[1:] not in await free_times(connection, found, now=now)
    ):
        raise Refused(TAKEN)


async def free_times(
    connection: AsyncConnection, found: Appointment, *, now: datetime
) -> Sequence[tuple[str, datetime]]:
    """Return the times to which an appointment could be moved."""
    return await proposals.next_starts(connection, found, now=now)


async def _wanted(
    connection: AsyncConnection, member: Staff, found: Appointment, key: str
) -> tuple[int, Kind, datetime]:
    """Read where an appointment is to go: met as before or in the office, by its consultant or a colleague of that office."""
    wanted = offers.parse(key)
    if wanted is None or wanted[1] not in (found.kind, Kind.OFFICE):
        raise Refused(NOT_THEN)
    if wanted == (found.consultant_id, found.kind, found.starts_at):
        raise Refused(NOT_THEN)
    who = wanted[0]
    if who != found.consultant_id and not await agenda.people(connection, member, office=found.office_id, ids=[who]):
        raise Refused(NOT_THEN)
    return wanted


async def _move(
    connection: AsyncConnection, library: Library, found: Appointment, to: tuple[int, Kind, datetime], by: str,
    now: datetime,
) -> None:  # fmt: skip
    """Move at once, for the person has agreed on the telephone; both sides get the new time in writing.

    A consultant who moves to a time of their own has agreed as well.
    """
    agreed = by if by == f"consultant:{to[0]}" else ""
    moved = await service.move(connection, found.id, *to, by=by, proposed_by=agreed, now=now)
    if not moved:
        raise Refused(NOT_THEN)
    await news.tell(connection, library, moved, news.News.ACCEPTED if agreed else news.News.MOVED, now=now)
    told = shown.with_file(shown.about(library, "visit_moved", moved), moved)
    await Act(connection, library, await _whose(connection, moved), moved, now, by).ask_citizen("moved", told)


async def _line(connection: AsyncConnection, found: Appointment, kind: str, line: str) -> None:
    if kind not in after_note.KINDS:
        raise Refused("Hãy chọn kết quả buổi gặp.")
    if line.strip():
        await after_note.add_line(connection, found, line)


async def _seen_by_others(connection: AsyncConnection, found: Appointment) -> None:
    """Let whoever looked at the appointment before see that something was done since, though its state is the same."""
    await connection.execute(text("UPDATE appointment SET version = version + 1 WHERE id = :id"), {"id": found.id})


async def opened(connection: AsyncConnection, member: Staff, number: int, *, now: datetime) -> Appointment | None:
    """Return an appointment with name, number and words to be read, and write down who read them."""
    found = await agenda.one(connection, member, number)
    if found:
        await audit.write(connection, by=member.key, act="open_personal", about=f"appointment:{found.id}", now=now)
    return found
