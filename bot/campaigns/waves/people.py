"""Who joined, as a digest: the same number gives the same one, and nobody without the secret reads the number from it."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from bot.campaigns.waves.rules import Refused
from bot.errors import SetupError
from bot.vn.phones import find_phones

SHORTEST_SECRET = 16
_ID = re.compile(r"0\d{11}", re.ASCII)  # of a citizen's card: twelve digits, the first three a province


@dataclass(frozen=True, slots=True)
class Person:
    """Digests of a telephone number and of a card's number; one of them is known."""

    phone_key: str | None
    id_key: str | None


def person(secret: str, *, phone: str = "", id_number: str = "") -> Person | None:
    """Return who is meant, None for nobody; Refused when a number cannot be one."""
    if not phone.strip() and not id_number.strip():
        return None
    if len(secret) < SHORTEST_SECRET:
        raise SetupError(f"AN_SINH_PERSON_SECRET of {SHORTEST_SECRET} signs or more is needed to count people once.")
    phone_key = _digest(secret, "phone", _phone(phone)) if phone.strip() else None
    return Person(phone_key, _digest(secret, "id", _id(id_number)) if id_number.strip() else None)


def _phone(typed: str) -> str:
    found = find_phones(typed)
    if len(found) != 1:
        raise Refused("phone")
    return found[0].number


def _id(typed: str) -> str:
    digits = re.sub(r"[\s.-]", "", typed)
    if not _ID.fullmatch(digits):
        raise Refused("id_number")
    return digits


def _digest(secret: str, kind: str, number: str) -> str:
    return hmac.digest(secret.encode(), f"wave person\0{kind}\0{number}".encode(), hashlib.sha256).hex()
