"""Reads content/campaigns: a campaign's texts as people wrote them, by step, arm of a comparison and situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.answers.pages import Button, Topic, load_buttons
from bot.campaigns.audience import Audience, read_audience
from bot.citizens.rules import Situation
from bot.conversation.told import FACTS
from bot.errors import ContentError
from bot.yaml_files import as_date, as_list, as_text, checked_keys, read_yaml, shown

T = TypeVar("T")
ARMS = ("a", "b")
ONCE, EVERYBODY = "", ""  # the step of a campaign that speaks once; the situation of all whom no other text is for
PICTURES = (
    "contribution",
    "curve",
    "household",
)  # examples: of the lowest contribution, of a plan, of a household's cards
LOWEST = "lowest"  # the income of an example; the law of the day makes a sum of it


class Theme(StrEnum):
    """What a campaign is about; the codes are those of the outreach plans."""

    MEANING = "y_nghia"
    RIGHTS = "quyen_loi_nghia_vu"
    MONEY = "muc_dong_muc_huong"
    HOW_AND_WHERE = "thu_tuc_dia_diem"
    SUPPORT = "ho_tro_nn_dia_phuong"
    NEW_LAW = "diem_moi_luat_2024"
    STORIES = "cau_chuyen_nguoi_that"
    WITHDRAWAL = "rut_mot_lan"
    OBEYING = "chap_hanh_phap_luat"
    ABROAD = "lao_dong_nuoc_ngoai"
    VSSID = "vssid"
    FALSE_NEWS = "tin_sai"
    HOUSEHOLD_HEALTH = "bhyt_ho_gia_dinh"


@dataclass(frozen=True, slots=True)
class Basis:
    """A document and article that a campaign rests on, in force from a day and, where that is known, until one."""

    document: str
    article: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Words:
    """What one message says: on messengers, by SMS, and what its buttons lead to."""

    text: str
    sms: str
    buttons: tuple[Button, ...]
    picture: Mapping[str, str]  # what it shows, and the facts of the example; empty: none


@dataclass(frozen=True, slots=True)
class Template:
    """A campaign ready to be sent: for whom it is written, what it rests on, and its words."""

    key: str
    where: str
    title: str
    purpose: str
    themes: tuple[str, ...]
    audience: Audience
    advertising: bool
    basis: tuple[Basis, ...]
    valid_from: date
    valid_to: date | None
    checked: date
    words: Mapping[tuple[str, str, str], Words]  # by step, arm and situation

    @property
    def steps(self) -> tuple[str, ...]:
        """The days of a series, counted from the day that is due, such as "-7"; one empty step for a campaign without."""
        return tuple(dict.fromkeys(step for step, _, _ in self.words))

    @property
    def arms(self) -> tuple[str, ...]:
        """The texts that are compared; «a» alone where there is nothing to compare."""
        return tuple(dict.fromkeys(arm for _, arm, _ in self.words))


_NEEDED = {"title", "purpose", "theme", "audience", "advertising", "basis", "valid_from", "valid_to", "checked"}


def read_template(path: Path, topics: Mapping[str, Topic]) -> Template:
    """Read one file strictly; raise ContentError naming file, key and reason."""
    where = str(path)
    raw = checked_keys(read_yaml(path), where, needed=_NEEDED, allowed={"messages", "steps", "figures", "buttons"})
    if not isinstance(raw["advertising"], bool):
        raise ContentError(f"{where}: advertising: must be true or false")
    template = Template(
        key=path.stem,
        where=where,
        title=as_text(raw["title"], f"{where}: title"),
        purpose=as_text(raw["purpose"], f"{where}: purpose"),
        themes=_some(as_list(raw["theme"], f"{where}: theme", _theme), f"{where}: theme"),
        audience=read_audience(raw["audience"], f"{where}: audience", topics),
        advertising=raw["advertising"],
        basis=_some(as_list(raw["basis"], f"{where}: basis", _basis), f"{where}: basis"),
        valid_from=as_date(raw["valid_from"], f"{where}: valid_from"),
        valid_to=None if raw["valid_to"] is None else as_date(raw["valid_to"], f"{where}: valid_to"),
        checked=as_date(raw["checked"], f"{where}: checked"),
        words=dict(_words(raw, where, topics)),
    )
    _check_days(template)
    return template


def _some(found: tuple[T, ...], where: str) -> tuple[T, ...]:
    if not found:
        raise ContentError(f"{where}: needs at least one")
    return found


def _theme(raw: Any, where: str) -> str:
    if raw not in tuple(Theme):
        raise ContentError(f"{where}: {shown(raw)} is none of {', '.join(Theme)}")
    return str(raw)


def _basis(raw: Any, where: str) -> Basis:
    found = checked_keys(raw, where, needed={"document", "article", "since"}, allowed={"until"})
    return Basis(
        as_text(found["document"], f"{where}.document"),
        as_text(found["article"], f"{where}.article"),
        as_date(found["since"], f"{where}.since"),
        as_date(found["until"], f"{where}.until") if "until" in found else None,
    )


def _check_days(template: Template) -> None:
    """A campaign ends no later than what it rests on."""
    if template.valid_to is not None and template.valid_to < template.valid_from:
        raise ContentError(f"{template.where}: valid_to: lies before valid_from")
    for basis in template.basis:
        if basis.since > template.valid_from:
            raise ContentError(f"{template.where}: valid_from: {basis.document} is in force from {basis.since} only")
        if basis.until is not None and (template.valid_to is None or template.valid_to > basis.until):
            raise ContentError(f"{template.where}: valid_to: {basis.document} ends on {basis.until}")


def _words(
    raw: Mapping[str, Any], where: str, topics: Mapping[str, Topic]
) -> Iterator[tuple[tuple[str, str, str], Words]]:
    if ("messages" in raw) == ("steps" in raw):
        raise ContentError(f"{where}: needs either messages, or steps for a series")
    shared = {name: raw[name] for name in ("figures", "buttons") if name in raw}
    if "messages" in raw:
        yield from _step(ONCE, raw["messages"], f"{where}: messages", topics, shared)
        return
    if not isinstance(raw["steps"], dict) or not raw["steps"]:
        raise ContentError(f"{where}: steps: expected days counted from the day that is due, such as -7")
    for day, messages in raw["steps"].items():
        if type(day) is not int or not -60 <= day <= 60:
            raise ContentError(f"{where}: steps: {day!r} is no number of days from -60 to 60")
        yield from _step(str(day), messages, f"{where}: steps.{day}", topics, shared)
    if len({frozenset(messages) for messages in raw["steps"].values()}) > 1:
        raise ContentError(f"{where}: steps: each step needs the same arms")


def _step(
    step: str, raw: Any, where: str, topics: Mapping[str, Topic], shared: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str, str], Words]]:
    for arm, message in checked_keys(raw, where, needed={"a"}, allowed=ARMS).items():
        place = f"{where}.{arm}"
        own = {**shared, **checked_keys(message, place, needed={"text", "sms"}, allowed={"buttons", "picture", "for"})}
        yield (step, arm, EVERYBODY), _message(own, place, topics)
        for situation, other in checked_keys(
            own.get("for", {}), f"{place}.for", needed=(), allowed=tuple(Situation)
        ).items():
            spot = f"{place}.for.{situation}"
            changed = checked_keys(other, spot, needed=(), allowed={"text", "sms", "buttons", "picture"})
            yield (step, arm, situation), _message({**own, **changed}, spot, topics)


def _message(raw: Mapping[str, Any], where: str, topics: Mapping[str, Topic]) -> Words:
    figures = as_text(raw["figures"], f"{where}.figures") + "\n" if "figures" in raw else ""
    return Words(
        figures + as_text(raw["text"], f"{where}.text"),
        figures + as_text(raw["sms"], f"{where}.sms"),
        _some(load_buttons(raw.get("buttons", []), f"{where}.buttons", topics), f"{where}.buttons"),
        _picture(raw["picture"], f"{where}.picture") if raw.get("picture") else {},
    )


def _picture(raw: Any, where: str) -> dict[str, str]:
    found = checked_keys(raw, where, needed={"what"}, allowed=FACTS - {"income", "province", "old_province"})
    if found["what"] not in PICTURES:
        raise ContentError(f"{where}.what: must be one of {', '.join(PICTURES)}")
    facts = {name: as_text(value, f"{where}.{name}") for name, value in found.items()}
    return facts if facts["what"] == "household" else {"income": LOWEST, "group": "other", **facts}
