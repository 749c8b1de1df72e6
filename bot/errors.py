"""What can go wrong, and who can mend it.

AnSinhError
├── CitizenError        the citizen can mend it: carries the key of the text that says how
├── ContentError        an editor must mend content/ or a roster: names file, key and reason
│   └── NotInForce      the law has no value for that day: never answered with 0
├── Refused             staff may not do that, or not now: says why and what to do instead
├── BadInput            another program must mend its JSON question (calculators/catalogue)
├── BadBody             what came to a web hook is not what the provider sends (conversation/inbound)
├── TokenRefused        an administrator must allow the application anew (channels/zalo_oa)
├── TooManyAttempts     an event whose worker died each time: a programmer must look at it
├── SetupError          an operator must mend the installation: says what to do
└── TryLater            the other side is away; the same call may succeed later
    ├── RasaAway        Rasa is down, starting or too slow
    ├── NotSent         a call to a provider never left us (channels/calls)
    └── Unanswered      a call left us, and no answer came (channels/calls)
"""

from __future__ import annotations


class AnSinhError(Exception):
    """Anything this program raises on purpose."""


class CitizenError(AnSinhError):
    """The citizen can mend it; `key` names the text in content/messages."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class ContentError(AnSinhError):
    """A file under content/, or a roster, is wrong; the message names file, key and reason."""


class NotInForce(ContentError):
    """The law has no usable value for the day asked."""


class Refused(AnSinhError):
    """What a member of staff asked for may not be done, or not now; the message says why and what to do instead."""


class TooManyAttempts(AnSinhError):
    """An event has ended its worker too often to be tried again."""


class SetupError(AnSinhError):
    """The installation is incomplete or wrong; the message says what to do."""


class TryLater(AnSinhError):
    """The other side is away; trying again later may help."""


class RasaAway(TryLater):
    """Rasa does not answer."""
