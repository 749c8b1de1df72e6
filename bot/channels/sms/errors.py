"""What eSMS's result codes mean; see developers.esms.vn, «Bảng mã lỗi»."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.channels.bodies import id_of, inside
from bot.outbox.contract import Outcome, Reject, Retry, Sent, StopChannel, StopContact, Unknown

_ACCEPTED, _SEEN_BEFORE = "100", "124"  # 124: the same RequestId within 24 hours, so the first one was accepted
_OUTCOMES: dict[str, Outcome] = {
    "99": StopContact("blocked"),
    "101": StopChannel("credentials"),
    "102": StopChannel("no_price_list"),
    "103": StopChannel("balance"),
    "104": StopChannel("brandname"),
    "108": Reject("phone"),
    "118": StopChannel("message_type"),
    "140": StopChannel("ip_not_allowed"),
    "146": Reject("content_not_registered", whole_template=True),
    "177": Reject("network_not_registered"),
    "300": StopChannel("message_type"),
}


def outcome_of(status: int, answer: Any, now: datetime) -> Outcome:
    """Return what an answer to a message means."""
    code = id_of(inside(answer, "CodeResult"))
    if code in (_ACCEPTED, _SEEN_BEFORE):
        return Sent(id_of(inside(answer, "SMSID")), now)
    if code in _OUTCOMES:
        return _OUTCOMES[code]
    if status == 429 or status >= 500:
        return Retry(5.0, "account", counted=status != 429)
    return Reject(f"esms_{code}") if code.isdecimal() else Unknown("answer")
