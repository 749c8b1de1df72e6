"""Template messages of Zalo: a registry with parameter limits, night rules, caps and quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.clock import VIETNAM
from bot.errors import SetupError
from bot.simulator.world import Citizen, World

LONGEST = {
    "name": 30, "phone": 15, "address": 200, "code": 30, "label": 30, "status": 30, "contact": 50, "title": 5,
    "product": 200, "amount": 20, "time": 20, "otp": 10, "url": 200, "vnd": 12,
}  # fmt: skip
TRANSACTION, CARE, PROMOTION = 1, 2, 3
MORNING, EVENING = 6, 22  # hours in Vietnam between which pushes may sound


@dataclass
class No(Exception):
    """Zalo says no: its error number and words."""

    error: int
    message: str


@dataclass(frozen=True, slots=True)
class Template:
    """One approved text; `parameters` maps each name to its type."""

    id: str
    tag: int = TRANSACTION
    parameters: Mapping[str, str] = field(default_factory=dict)
    status: str = "ENABLE"
    quiet_at_night: bool = False  # by phone: −133 between 22:00 and 06:00
    price_uid: int = 560
    price_phone: int = 800


def template_from(given: Mapping[str, Any]) -> Template:
    """Read a template for the registry; raise SetupError if it is none."""
    kinds: dict[str, type] = {
        "id": str, "tag": int, "parameters": dict, "status": str, "quiet_at_night": bool, "price_uid": int, "price_phone": int,
    }  # fmt: skip
    wrong = [name for name, value in given.items() if type(value) is not kinds.get(name)]
    if wrong or not given.get("id"):
        raise SetupError(f"A template has no such {', '.join(wrong) or 'id'}.")
    template = Template(**given)
    if template.tag not in (TRANSACTION, CARE, PROMOTION) or set(template.parameters.values()) - LONGEST.keys():
        raise SetupError(f"Tags are 1 to 3; parameter types are {', '.join(LONGEST)}.")
    return template


class Templates:
    """The registry and what was sent by it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.known: dict[str, Template] = {}
        self._day, self._sent = date.min, 0

    def local(self) -> datetime:
        """Return the simulated moment in Vietnam; the documents state no zone."""
        return self._world.clock.moment().astimezone(VIETNAM)

    def remaining(self) -> int:
        """Return what is left of today's quota."""
        if self._day != (today := self.local().date()):
            self._day, self._sent = today, 0
        return max(0, self._world.switches.zalo_oa_daily_quota - self._sent)

    def checked(self, given: Mapping[str, Any]) -> Template:
        """Return the template of a message whose data fit it; raise No otherwise."""
        template = self.known.get(str(given.get("template_id", "")))
        if template is None:
            raise No(-109, "Template ID is invalid")
        if template.status != "ENABLE":
            raise No(-131, "Template is not approved")
        data = given.get("template_data")
        if not isinstance(data, dict) or (template.parameters and not data):
            raise No(-111, "Template data is empty")
        for name, kind in template.parameters.items():
            value = data.get(name)
            if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
                raise No(-1122, f"Template data is missing parameter {name}")
            if len(str(value).encode("utf-16-le")) // 2 > LONGEST[kind]:
                raise No(-1124, f"Parameter {name} is longer than {LONGEST[kind]}")
        return template

    def allow(self, template: Template, citizen: Citizen, *, by_phone: bool) -> None:
        """Keep night, caps and quota; raise No if one forbids."""
        if self._world.switches.unlimited:
            return
        night = not MORNING <= self.local().hour < EVENING
        if night and by_phone and template.quiet_at_night:
            raise No(-133, "Messages of this template are not sent at night")
        if template.tag == PROMOTION:
            self._allow_promotion(citizen, night=night)
        if self.remaining() <= 0:
            raise No(-144, "OA has exceeded its daily quota")

    def _allow_promotion(self, citizen: Citizen, *, night: bool) -> None:
        if night:
            raise No(-234, "Promotion messages are sent from 06:00 to 21:59 only")
        now = self.local()
        days = [datetime.fromtimestamp(at, VIETNAM) for at in citizen.promotions]
        if any(day.date() == now.date() for day in days):
            raise No(-1472, "User has received the day's promotion messages")
        month = sum((day.year, day.month) == (now.year, now.month) for day in days)
        if month >= self._world.switches.zalo_oa_promotions_a_month:
            raise No(-1441, "User has received the month's promotion messages")

    def count(self, template: Template, citizen: Citizen) -> None:
        """Note one that was accepted."""
        self._sent += 1
        if template.tag == PROMOTION:
            citizen.promotions.append(self._world.clock.now())
