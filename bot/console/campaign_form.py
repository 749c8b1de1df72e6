"""The builder's form and a campaign's plan, one made from the other; what is typed is kept even where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from bot.campaigns.plan import plan_json, read_plan
from bot.campaigns.templates import Template
from bot.console.campaign_words import fault_of
from bot.console.places import Said, said_places
from bot.console.visit import Visit
from bot.errors import ContentError
from bot.staff.rules import Staff
from bot.vn.named import meant_by
from bot.vn.sms import plain

Values = dict[str, list[str]]
SIDES = ("", "not_")  # who is meant, and without whom
TICKED = ("situations", "entitlements", "joined", "asked", "calculated", "booked", "came_by")
NUMBERS = ("born_from", "born_to", "within_days")
DAYS = ("paid_from", "paid_to")
CHANNEL_PLACES = ("channel1", "channel2", "channel3", "channel4")
LONGEST = 4000  # signs of a field
MOST_LINKS = 40  # invitations to tick; others are typed
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Form:
    """What stands in the fields: `form(name)` is the first value of a field, `form.all(name)` all that are ticked."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.links: Mapping[str, str] = {}  # invitations by code and name

    def __call__(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "")

    def all(self, name: str) -> list[str]:
        """Return every value of a name that is not empty."""
        return [value for value in self.values.get(name, []) if value]

    @classmethod
    def typed(cls, form: FormData) -> Form:
        """Return what somebody has typed."""
        values: Values = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                values.setdefault(name, []).append(value.strip()[:LONGEST])
        return cls(values)

    @classmethod
    def of_plan(cls, plan: Mapping[str, Any]) -> Form:
        """Return the fields of a plan."""
        values: Values = {name: [str(plan.get(name, ""))] for name in ("campaign", "title", "template", "wave")}
        values |= _match_values(plan["audience"], "") | _match_values(plan["audience"].get("not", {}), "not_")
        document = plan.get("document", {})
        values |= {"document": [document.get("what", "")], "document_place": [document.get("place", "")]}
        values["holdout"] = [str(plan["audience"].get("holdout_percent", ""))]
        values |= {name: [channel] for name, channel in zip(CHANNEL_PLACES, plan["channels"], strict=False)}
        values |= {f"share_{arm}": [str(share)] for arm, share in plan.get("arms", {}).items()}
        values |= {f"at_most_{name}": [str(number)] for name, number in plan.get("at_most", {}).items()}
        return cls(values | _schedule_values(plan) | _trial_values(plan.get("trial")))

    @classmethod
    def of_template(cls, template: Template, audience: Mapping[str, Any], today: date) -> Form:
        """Return the fields of a campaign that begins with the audience its texts are written for."""
        values = _match_values(audience, "")
        offsets = [step for step in template.steps if step]
        values |= {
            "template": [template.key],
            "title": [template.title],
            "kind": ["around" if offsets else "once"],
            "days": [", ".join(offsets)],
            "begin_day": [today.isoformat()],
            "begin_time": ["09:00"],
            "end_time": ["20:00"],
            "channel1": ["zalo_oa"],
            "channel2": ["telegram"],
            "channel3": ["zalo_bot"],
        }
        return cls(values | {f"share_{arm}": [str(100 // len(template.arms))] for arm in template.arms})


def _match_values(match: Mapping[str, Any], side: str) -> Values:
    values = {side + name: [str(one) for one in match.get(name, [])] for name in ("places", *TICKED)}
    values |= {side + name: [str(match[name])] for name in (*NUMBERS, *DAYS) if name in match}
    return values


def _schedule_values(plan: Mapping[str, Any]) -> Values:
    schedule, (end_day, _, end_time) = plan["schedule"], str(plan["ends"]).partition(" ")
    day, _, hour = str(schedule.get("at", f"{schedule.get('from')} {schedule.get('time')}")).partition(" ")
    kind = next((name for name in ("weekdays", "month_days", "around") if name in schedule), "once")
    return {
        "kind": [kind], "begin_day": [day], "begin_time": [hour], "end_day": [end_day], "end_time": [end_time],
        "weekdays": list(schedule.get("weekdays", [])),
        "month_days": [", ".join(str(one) for one in schedule.get("month_days", []))],
        "days": [", ".join(str(one) for one in schedule.get("days", []))],
    }  # fmt: skip


def _trial_values(trial: Mapping[str, Any] | None) -> Values:
    if not trial:
        return {}
    return {"trial": ["yes"], "trial_by": [trial["by"]], "trial_hours": [str(trial["after_hours"])], "trial_least": [str(trial["least"])]}  # fmt: skip


def places_in(form: Form, side: str, staff: Staff) -> Said:
    """Return what the field of places of a side says."""
    return said_places(staff, f"{side}places", form.all(f"{side}places"), form(f"{side}places_more"))


def links_shown(form: Form, side: str) -> dict[str, str]:
    """Return the invitations that a side shows by code and name: those that are ticked, and the newest."""
    ticked = {code: form.links.get(code, code) for code in form.all(side + "came_by")}
    return ticked | dict(list(form.links.items())[:MOST_LINKS])


def _links(form: Form, line: str) -> list[str]:
    """Return the code of the invitation that a line means by its name, or the line where it is a code; [] is neither."""
    meant = meant_by(line, form.links)
    return meant[:1] if len(meant) == 1 else [line] if not meant and _CODE.fullmatch(line) else []


def _link_faults(form: Form, side: str) -> str:
    lines = [line for line in _lines(form(side + "came_by_more")) if not _links(form, line)]
    told = [
        f"Có nhiều lời mời như «{line}». Hãy ghi rõ hơn." if meant_by(line, form.links)
        else f"Không có lời mời nào như «{line}» ở nơi bạn phụ trách. Hãy ghi tên sự kiện như ở trang Lời mời."
        for line in lines
    ]  # fmt: skip
    return " ".join(told)


def raw_plan(form: Form, staff: Staff) -> dict[str, Any]:
    """Return the plan that the fields say, as staff would have written it; `read_plan` says what is wrong with it."""
    audience = _match(form, "", staff)
    if without := _match(form, "not_", staff):
        audience["not"] = without
    if form("holdout") not in ("", "0"):
        audience["holdout_percent"] = _number(form("holdout"))
    found: dict[str, Any] = {
        "campaign": form("campaign") or _key(form),
        "title": form("title"),
        "template": form("template"),
        "audience": audience,
        "channels": [form(name) for name in CHANNEL_PLACES if form(name)],
        "schedule": _schedule(form),
        "ends": f"{form('end_day')} {form('end_time')}".strip(),
    }
    shares = {name[-1]: _number(form(name)) for name in sorted(form.values) if re.fullmatch("share_[a-z]", name)}
    if shares := {arm: share for arm, share in shares.items() if share not in (0, "")}:
        found["arms"] = shares
    if found["schedule"].keys() != {"at"} and (form("at_most_messages") or form("at_most_days")):
        found["at_most"] = {name: _number(form(f"at_most_{name}")) for name in ("messages", "days")}
    if form("trial"):
        found["trial"] = {"by": form("trial_by"), "after_hours": _number(form("trial_hours")), "least": _number(form("trial_least"))}  # fmt: skip
    if form("document"):
        found["document"] = {"what": form("document"), "place": form("document_place")}
    return found | ({"wave": form("wave")} if form("wave") else {})


def _key(form: Form) -> str:
    """Return a key made of the title and the month: staff need not think of one."""
    words = re.sub(r"[^a-z0-9]+", "_", plain(form("title")).lower()).strip("_")[:50].strip("_")
    year, _, rest = form("begin_day").partition("-")
    return "_".join(part for part in (words if words[:1].isalpha() else f"tin_{words}", rest[:2], year) if part)


def _match(form: Form, side: str, staff: Staff) -> dict[str, Any]:
    where = places_in(form, side, staff)
    places = [*where.codes, *(line.typed for line in where.lines if line.fault)]
    found: dict[str, Any] = {"places": places}
    found |= {name: form.all(side + name) for name in TICKED}
    found["came_by"] += [code for line in _lines(form(side + "came_by_more")) for code in _links(form, line)]
    found |= {name: _number(form(side + name)) for name in NUMBERS}
    found |= {name: form(side + name) for name in DAYS}
    return {name: value for name, value in found.items() if value not in ([], "")}


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _number(written: str) -> int | str:
    """Return a whole number, and anything else as it was typed, for the reader of plans to refuse."""
    return int(written) if re.fullmatch(r"[+-]?\d{1,9}", written, re.ASCII) else written


def _numbers(written: str) -> list[int | str]:
    return [_number(one) for one in re.split(r"[\s,;]+", written.replace("−", "-")) if one]


def _schedule(form: Form) -> dict[str, Any]:
    kind = form("kind")
    if kind not in ("weekdays", "month_days", "around"):
        return {"at": f"{form('begin_day')} {form('begin_time')}".strip()}
    found: dict[str, Any] = {"from": form("begin_day"), "time": form("begin_time")}
    if kind == "around":
        return found | {"around": "paid_until", "days": _numbers(form("days"))}
    return found | {kind: form.all("weekdays") if kind == "weekdays" else _numbers(form("month_days"))}


def checked(visit: Visit, form: Form) -> tuple[Mapping[str, Any] | None, dict[str, str]]:
    """Return the plan of a form as it is kept, or None and for fields what is wrong with them."""
    raw = raw_plan(form, visit.staff)
    places = {side: places_in(form, side, visit.staff).faults for side in SIDES}
    faults = {f"{side}places": " ".join(told) for side, told in places.items() if told}
    faults |= {f"{side}came_by": told for side in SIDES if (told := _link_faults(form, side))}
    for part in _parts(raw):
        try:
            read_plan(part, visit.house.library.topics)
        except ContentError as error:
            name, told = fault_of(str(error))
            faults.setdefault(name, told)
    if faults:
        return None, faults
    return plan_json(read_plan(raw, visit.house.library.topics)), {}


_SOUND: Mapping[str, Any] = {
    "campaign": "a_key", "title": "x", "template": "x", "audience": {"joined": ["no"]}, "channels": ["sms"],
    "schedule": {"at": "2026-12-01 09:00"}, "ends": "2026-12-02 20:00",
}  # fmt: skip
_TOGETHER: Sequence[frozenset[str]] = (
    frozenset({"title"}), frozenset({"template"}), frozenset({"audience"}), frozenset({"channels"}), frozenset({"document"}),
    frozenset({"schedule", "ends"}), frozenset({"at_most", "schedule", "ends"}), frozenset({"arms", "trial", "schedule", "ends"}), frozenset({"campaign", "wave"}),
)  # fmt: skip


def _parts(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the plan a few fields at a time beside sound ones, so that every fault is told at once."""
    parts = [{**_SOUND, **{name: raw[name] for name in names if name in raw}} for names in _TOGETHER]
    return [*parts, dict(raw)]
