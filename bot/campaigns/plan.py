"""What a campaign is to be, read strictly from what staff wrote: all that an approval binds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.answers.pages import Topic
from bot.campaigns.audience import Audience, audience_json, read_audience
from bot.campaigns.document import Document, document_json, read_document
from bot.campaigns.schedule import Schedule, read_schedule, schedule_json
from bot.clock import VIETNAM
from bot.errors import ContentError
from bot.outbox.caps import Cap
from bot.outbox.channels import CAPABILITIES
from bot.yaml_files import as_list, as_text, checked_keys

_KEY = re.compile(r"[a-z][a-z0-9_]{2,63}")
_ARM = re.compile(r"[a-z]")
REST = "rest"  # the arm of those who wait for the better text
TRIED_BY = ("pressed", "replied")
LONGEST = timedelta(days=400)  # from the first to the last message
MOST_MESSAGES = 100  # that a campaign's own cap may allow


@dataclass(frozen=True, slots=True)
class Trial:
    """How an A/B comparison ends, stated beforehand.

    So many hours after the beginning the arm with the larger share of people who did `by` goes to all who wait, unless the
    shares differ by less than `least` percent points: then the first arm does.
    """

    by: str
    after_hours: int
    least: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as it is to be. `arms`: percent of the audience for each text; with a trial the rest waits."""

    key: str
    title: str
    template: str
    audience: Audience
    channels: tuple[str, ...]  # the first of them that a person allows is used
    schedule: Schedule
    arms: Mapping[str, int]
    trial: Trial | None
    wave: str
    at_most: Cap | None = None  # of this campaign for one person, beside the caps that hold over all
    document: Document | None = None  # a leaflet that goes with every message

    @property
    def shares(self) -> dict[str, int]:
        """Return the percent of each arm, those who wait for the better text included; the sum is 100."""
        rest = 100 - sum(self.arms.values())
        return {**self.arms, REST: rest} if rest else dict(self.arms)


def read_plan(raw: Any, topics: Mapping[str, Topic], where: str = "plan") -> Plan:
    """Read a plan; raise ContentError that says where it is wrong."""
    found = checked_keys(
        raw,
        where,
        needed={"campaign", "title", "template", "audience", "channels", "schedule", "ends"},
        allowed={"arms", "trial", "wave", "at_most", "document"},
    )
    arms, trial = _arms(found.get("arms", {"a": 100}), found.get("trial"), where)
    schedule = read_schedule(found["schedule"], found["ends"], f"{where}.schedule")
    if schedule.ends - schedule.at > LONGEST:
        raise ContentError(f"{where}.ends: lies more than {LONGEST.days} days behind the beginning")
    if trial and (not schedule.once or schedule.at + timedelta(hours=trial.after_hours) >= schedule.ends):
        raise ContentError(f"{where}.trial: is for a campaign that speaks once, and must be decided before its end")
    return Plan(
        key=_key(found["campaign"], f"{where}.campaign"),
        title=as_text(found["title"], f"{where}.title")[:200],
        template=as_text(found["template"], f"{where}.template"),
        audience=read_audience(found["audience"], f"{where}.audience", topics),
        channels=_channels(found["channels"], f"{where}.channels"),
        schedule=schedule,
        arms=arms,
        trial=trial,
        wave=_key(found["wave"], f"{where}.wave") if found.get("wave") else "",
        at_most=_at_most(found["at_most"], schedule, f"{where}.at_most") if "at_most" in found else None,
        document=read_document(found["document"], f"{where}.document") if found.get("document") else None,
    )


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON that `read_plan` reads back to the same."""
    found: dict[str, Any] = {
        "campaign": plan.key,
        "title": plan.title,
        "template": plan.template,
        "audience": audience_json(plan.audience),
        "channels": list(plan.channels),
        "schedule": schedule_json(plan.schedule),
        "ends": f"{plan.schedule.ends.astimezone(VIETNAM):%Y-%m-%d %H:%M}",
        "arms": dict(plan.arms),
    }
    if plan.trial:
        found["trial"] = {"by": plan.trial.by, "after_hours": plan.trial.after_hours, "least": plan.trial.least}
    if plan.wave:
        found["wave"] = plan.wave
    if plan.at_most:
        found["at_most"] = {"messages": plan.at_most.most, "days": plan.at_most.within.days}
    if plan.document:
        found["document"] = document_json(plan.document)
    return found


def _key(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or not _KEY.fullmatch(raw):
        raise ContentError(f"{where}: must be small letters, digits and _, such as nong_dan_12_2026")
    return raw


def _channels(raw: Any, where: str) -> tuple[str, ...]:
    found = as_list(raw, where, as_text)
    if not found or len(set(found)) < len(found) or not set(found) <= CAPABILITIES.keys():
        raise ContentError(f"{where}: must be some of {', '.join(CAPABILITIES)}, in the order of trying")
    return found


def _arms(raw: Any, trial: Any, where: str) -> tuple[dict[str, int], Trial | None]:
    right = isinstance(raw, Mapping) and raw and all(isinstance(arm, str) and _ARM.fullmatch(arm) for arm in raw)
    if not right or any(type(share) is not int or share < 1 for share in raw.values()):
        raise ContentError(f"{where}.arms: must give each text its percent, such as a: 50, b: 50")
    total = sum(raw.values())
    if total > 100 or (total < 100) != (trial is not None):
        raise ContentError(f"{where}.arms: must add up to 100, or to less with a trial after which the rest follows")
    return dict(sorted(raw.items())), None if trial is None else _trial(trial, len(raw), f"{where}.trial")


def at_most_of(plan: Mapping[str, Any]) -> tuple[Cap, ...]:
    """Return the cap of a plan's own, as its JSON has it, if it has one."""
    found = plan.get("at_most")
    return (Cap(found["messages"], timedelta(days=found["days"]), own=True),) if found else ()


def _at_most(raw: Any, schedule: Schedule, where: str) -> Cap:
    found = checked_keys(raw, where, needed={"messages", "days"})
    for name, most in (("messages", MOST_MESSAGES), ("days", LONGEST.days)):
        if type(found[name]) is not int or not 1 <= found[name] <= most:
            raise ContentError(f"{where}.{name}: must be a number from 1 to {most}")
    if schedule.once:
        raise ContentError(f"{where}: is for a campaign that speaks more than once")
    return at_most_of({"at_most": found})[0]


def _trial(raw: Any, arms: int, where: str) -> Trial:
    found = checked_keys(raw, where, needed={"by", "after_hours", "least"})
    numbers = (("after_hours", 1, 336), ("least", 0, 50))
    if found["by"] not in TRIED_BY or arms < 2:
        raise ContentError(f"{where}: compares at least two texts by one of {', '.join(TRIED_BY)}")
    for name, least, most in numbers:
        if type(found[name]) is not int or not least <= found[name] <= most:
            raise ContentError(f"{where}.{name}: must be a number from {least} to {most}")
    return Trial(**found)
