"""What the error numbers of Zalo's Official Account and template messages mean for a message."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.bodies import id_of, inside, moment_of
from bot.clock import VIETNAM
from bot.outbox.contract import Defer, Outcome, Refresh, Reject, Retry, Sent, StopChannel, StopContact, Unknown

_REFRESH = {-216, -220, -124}
BACK_OFF = {-32, -100, -200, -211}
_NEXT_DAY, _NEXT_MONTH = {-144, -147, -1472}, {-1441, -1471}
_NIGHT = {-133, -234}
_WINDOW_CLOSED = {-230, -232}  # a template or another channel may still reach the person
_NO_CONTACT = {-213, -217, -244, -114, -118, -119, -139, -140, -141, -227}
_BAD_TEMPLATE = {-109, -117, -131, -145, -146}
_NO_CHANNEL = {
    -115, -137, -321, -101, -102, -103, -104, -105, -135, -1351, -136, -219, -221, -223, -224,
}  # fmt: skip
_ARTICLES_FULL = "quota create article"  # the other meaning of -223
_SPREAD = 900  # seconds over which what waited for the morning is let go


def outcome_of(status: int, answer: Any, *, key: str, now: datetime) -> Outcome:
    """Return what an answer to a message means."""
    code = inside(answer, "error")
    if type(code) is not int:
        refused = status >= 500 or status == 429
        return Retry(5.0, "account", counted=status != 429) if refused else Unknown("answer")
    if code == 0:
        return _sent(inside(answer, "data"), now)
    if code == -223 and _ARTICLES_FULL in str(inside(answer, "message")).lower():
        return Reject("zalo_-223")
    return _meant(code, key=key, now=now)


def _meant(code: int, *, key: str, now: datetime) -> Outcome:
    why = f"zalo_{code}"
    if code in BACK_OFF:
        return _back_off(code)
    later = _later(code, key=key, now=now)
    if later:
        return Defer(later, why)
    if code in _REFRESH:
        return Refresh()
    if code in _NO_CONTACT:
        return StopContact(why)
    if code in _NO_CHANNEL:
        return StopChannel(why)
    return Reject("window_closed" if code in _WINDOW_CLOSED else why, whole_template=code in _BAD_TEMPLATE)


def _back_off(code: int) -> Retry:
    if code == -32:  # the application's or the account's rate: calls are counted anew each minute
        return Retry(60.0, "account", counted=False)
    return Retry(5.0, "contact", counted=True)


def _later(code: int, *, key: str, now: datetime) -> datetime | None:
    """Return when it is worth trying again: in the morning, in Vietnam, of this day, the next or the next month's first."""
    local = now.astimezone(VIETNAM)
    if code in _NIGHT:
        return _morning(local if local.hour < 6 else local + timedelta(days=1), key=key)
    if code in _NEXT_DAY:
        return _morning(local + timedelta(days=1), key=key)
    if code in _NEXT_MONTH:
        return _morning((local.replace(day=1) + timedelta(days=31)).replace(day=1), key=key)
    return None


def _morning(local: datetime, *, key: str) -> datetime:
    """Return 06:05 of a day, a little later for each key, so that not all come at once."""
    later = timedelta(seconds=zlib.crc32(key.encode()) % _SPREAD)
    return (local.replace(hour=6, minute=5, second=0, microsecond=0) + later).astimezone(UTC)


def _sent(data: Any, now: datetime) -> Sent:
    number = id_of(inside(data, "message_id")) or id_of(inside(data, "msg_id"))
    return Sent(number, moment_of(inside(data, "sent_time"), per_second=1000) or now)
