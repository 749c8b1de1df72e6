"""What counts as an answer to a campaign, for how long, and which words say that somebody has paid. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

from bot.vn.text import fold_key


class Kind(StrEnum):
    """What somebody did on a campaign's message."""

    PRESSED = "pressed"
    REPLIED = "replied"
    BOOKED = "booked"
    CALCULATED = "calculated"
    STOPPED = "stopped"
    RESUMED = "resumed"
    PAID = "paid"


REPLY_WINDOW = timedelta(hours=72)  # words and typed numbers answer the last campaign message that came so recently
LATER_WINDOW = timedelta(days=7)  # bookings, calculations, stops and payments told count to the last one of so recently
ALL_OF_A_PERSON = frozenset({Kind.BOOKED, Kind.CALCULATED, Kind.STOPPED, Kind.RESUMED, Kind.PAID})
# done through whichever of a person's channels; a reply belongs to the channel on which the message came

PAID_BUTTON = "paid"
LONGEST_PAID = 14  # words
_PAID = re.compile(
    r"\b(?:(?:da|vua|moi|co|dong|nop|chuyen|thanh toan|gia han)\b.*\b)?(?:dong|nop|chuyen khoan|chuyen tien|thanh toan|gia han|dong tien|nop tien)\b"
    r".*\b(?:roi|xong|r|du)\b|^(?:da|vua|moi|vua moi) (?:dong|nop|chuyen khoan|thanh toan|gia han)(?: (?:tien|bao hiem|bhxh|bhyt|phi|hom qua|hom nay|sang nay|chieu qua|tuan truoc))*$"
)
_ASKS_OR_DENIES = re.compile(
    r"\b(?:khong|ko|k|hong|kg|chua|chang|bao gio|bao nhieu|bao lau|khi nao|the nao|ra sao|sao|gi|nao|dau|may|neu|ma|nhung|nam|rut|lay|tinh|hoi|quen|khi|ho so|bu|not|sap|se|dinh|muon|hui|vua roi|cho xong)\b|\?"
)


def says_paid(text: str) -> bool:
    """Tell whether a text says that the money is paid, and nothing else: «em đóng rồi nhé»; no question, no «chưa», no years."""
    key = fold_key(text)
    if "?" in text or len(key.split()) > LONGEST_PAID or _ASKS_OR_DENIES.search(key):
        return False
    return bool(_PAID.search(key))
