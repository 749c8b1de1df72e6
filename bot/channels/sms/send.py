"""Sends SMS through eSMS; the ledger's key is the RequestId, by which a second one within 24 hours is refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.calls import Clients, NotSent, Unanswered, outcome_of_failure
from bot.channels.sms.errors import outcome_of
from bot.outbox.channels import ADVERTISING, SMS
from bot.outbox.contract import Outcome, Part, Reject
from bot.vn.sms import count

OFFICIAL = "https://rest.esms.vn"
_PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
CUSTOMER_CARE = "2"
LONGEST_KEY = 50


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends: keys, the registered name, and where eSMS tells what became of a message."""

    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    brandname: str
    callback_url: str = field(default="", repr=False)
    sandbox: bool = False
    # eSMS documents its SmsType 1 for batches of 30 numbers and more alone, which carry no RequestId and so might go out
    # twice: a single message of advertising leaves only by a type that was agreed on with them.
    advertising_type: str = ""  # empty: advertising is refused


class Sms:
    """One account with eSMS."""

    capabilities = SMS

    def __init__(self, account: Account, clients: Clients, *, base_url: str = OFFICIAL) -> None:
        self._account, self._clients, self._url = account, clients, base_url + _PATH

    async def send(self, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        """Send one part to a telephone number; advertising only where a type for it is set."""
        if part.text.startswith(ADVERTISING) and not self._account.advertising_type:
            return Reject("advertising_type")
        try:
            status, answer = await self._clients.post(self._url, json=self._body(address, part.text, key))
        except (NotSent, Unanswered) as error:
            return outcome_of_failure(error)
        return outcome_of(status, answer, now)

    def _body(self, address: str, text: str, key: str) -> dict[str, Any]:
        account = self._account
        body = {
            "ApiKey": account.api_key,
            "SecretKey": account.secret_key,
            "Phone": address.removeprefix("+"),
            "Content": text,
            "Brandname": account.brandname,
            "SmsType": account.advertising_type if text.startswith(ADVERTISING) else CUSTOMER_CARE,
            "IsUnicode": "1" if count(text).unicode else "0",
            "Sandbox": "1" if account.sandbox else "0",
            "RequestId": request_id(key),
        }
        return body | ({"CallbackUrl": account.callback_url} if account.callback_url else {})

    async def aclose(self) -> None:
        """Close all connections."""
        await self._clients.aclose()


def request_id(key: str) -> str:
    """Return the ledger's key as eSMS takes it: a longer one as its digest, the same for the same key."""
    return key if 0 < len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()[:LONGEST_KEY]
