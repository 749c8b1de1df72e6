"""What the ledger and the channels agree on: what a channel can show, what is sent, how sending ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.answers.pages import Button


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show; lengths are UTF-16 units of NFC text, or GSM-7 signs where `accents` is false."""

    name: str
    longest_text: int
    longest_caption: int = 0  # 0: a picture or file goes without words
    buttons: int = 0  # on one message; 0: a numbered menu
    payload_bytes: int = 0
    answers: bool = True  # false: nobody can choose, so buttons are left out
    accents: bool = True
    edits: bool = False
    asks: bool = False  # a button that sends the person's own number or place
    pictures: Literal["upload", "url", "none"] = "none"
    files: tuple[str, ...] = ()  # how the names of the files end that it takes; "" is any
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture or a file, and where it lies for channels that fetch it or can only show a link."""

    name: str
    kind: Literal["picture", "file"]
    data: bytes = field(repr=False)
    url: str = field(default="", repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish for something only the person's own device can give: the number, the place."""

    kind: Literal["contact", "location"]
    title: str
    subtitle: str = ""
    picture: str = ""  # an address; Zalo shows it beside the title


@dataclass(frozen=True, slots=True)
class Template:
    """A text the provider has approved beforehand, and its values; by phone number or by the provider's own id."""

    number: str
    values: Mapping[str, str] = field(repr=False)
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message as one channel can show it.

    `button_keys` come back when a button is pressed, in the order of `buttons`; where a key is not its button's `to`,
    the caller keeps which is which. `menu` is what the numbers in the text stand for.
    """

    text: str = field(default="", repr=False)
    buttons: tuple[Button, ...] = ()
    button_keys: tuple[str, ...] = ()
    menu: tuple[Button, ...] = ()
    upload: Upload | None = None
    ask: Ask | None = None
    template: Template | None = None
    edits: str = ""  # the provider's id of our message that this one replaces


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has accepted it."""

    provider_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """Not sent; try again after so long at the earliest. `scope`: who must wait. `counted`: it was an attempt.

    `outage`: the provider could not be reached, which is no reason to send more slowly afterwards.
    """

    after_seconds: float
    scope: Literal["account", "contact"]
    counted: bool
    outage: bool = False


@dataclass(frozen=True, slots=True)
class Defer:
    """Not sent, and pointless before a moment."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """Not sent; the access token must be renewed first."""


@dataclass(frozen=True, slots=True)
class StopContact:
    """Not sent; this person cannot be reached on this channel."""

    why: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Not sent and never will be as it is; `whole_template`: the same holds for all that use the template."""

    why: str
    whole_template: bool = False


@dataclass(frozen=True, slots=True)
class StopChannel:
    """Not sent; nothing can be until an operator has looked."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It left us and nobody said what became of it."""

    why: str


Outcome = Sent | Retry | Defer | Refresh | StopContact | Reject | StopChannel | Unknown
Ended = Retry | StopChannel  # how polling ends: start it again later, or when an operator has looked


class Channel(Protocol):
    """One account of one channel."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can show."""
        ...

    async def send(self, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        """Send one part; `key` is our ledger's, given to providers that take one. Never raises for the network."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...
